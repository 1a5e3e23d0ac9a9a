"""The form of “Track commitment”: what was said, who does it, by when."""

from __future__ import annotations

from typing import Any

from bot.cards import limits
from bot.cards.blocks import plain, quote, rich
from bot.cards.text import readable

CALLBACK_ID = "track_commitment"
OWNER, DUE = "owner", "due"


def commitment_form(message: str, author: str, private_metadata: str) -> dict[str, Any]:
    """The modal for a message (its text as Slack stores it). `author` (a user id, may be "") is proposed as owner."""
    owner = {"type": "users_select", "action_id": "user"}
    if author[:1] in ("U", "W"):
        owner["initial_user"] = author
    return limits.view(
        {
            "type": "modal",
            "callback_id": CALLBACK_ID,
            "title": plain("Track commitment"),
            "submit": plain("Track"),
            "close": plain("Cancel"),
            "private_metadata": private_metadata,
            "blocks": [
                rich(quote(readable(message) or "(no text)")),
                {"type": "input", "block_id": OWNER, "label": plain("Who does it"), "element": owner},
                {
                    "type": "input",
                    "block_id": DUE,
                    "optional": True,
                    "label": plain("By when"),
                    "hint": plain("Leave it empty when no date was said."),
                    "element": {"type": "datepicker", "action_id": "day"},
                },
            ],
        }
    )
