"""The form of “Track commitment”: what was said, who does it, by when."""

from __future__ import annotations

from bot.cards import limits
from bot.cards.blocks import Node, quote, rich
from bot.cards.forms import field, modal
from bot.cards.text import readable

CALLBACK_ID = "track_commitment"
OWNER, DUE = "owner", "due"


def commitment_form(message: str, author: str, private_metadata: str) -> Node:
    """The modal for a message (its text as Slack stores it). `author` (a user id, may be "") is proposed as owner."""
    owner = {"type": "users_select", "action_id": "user"}
    if author[:1] in ("U", "W"):
        owner["initial_user"] = author
    blocks = [
        rich(quote(readable(message) or "(no text)")),
        field(OWNER, "Who does it", owner),
        field(
            DUE, "By when", {"type": "datepicker", "action_id": "day"}, optional=True,
            hint="Leave it empty when no date was said.",
        ),
    ]  # fmt: skip
    return limits.view(modal(CALLBACK_ID, "Track commitment", "Track", blocks) | {"private_metadata": private_metadata})
