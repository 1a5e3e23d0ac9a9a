"""What was done for a registered deal, in words."""

from __future__ import annotations

import re

from bot.cards.card import Card
from bot.errors import Refused
from bot.language.tokens import said
from handlers.commands.deal_forms import ask_activity
from handlers.commands.registry import CommandContext, command

_NUMBER = re.compile(r"#?(\d{1,9})(?!\d)")


@command(
    "activity",
    aliases=("deal touch", "deal touches", "deal activity"),
    usage="activity #deal [what was done]",
    summary="Record what was done for a registered deal, so that its protection can be extended.",
    examples=("deal touch #12 demo for their CFO",),
)
async def activity(context: CommandContext) -> Card | None:
    """The form, with what was said filled in."""
    words = said(context.parts)
    found = _NUMBER.search(words)
    if found is None:
        raise Refused("For which deal? For example `/pm deal touch #12 demo for their CFO`.")
    note = " ".join((words[: found.start()] + words[found.end() :]).split())
    return await ask_activity(context, int(found[1]), note)
