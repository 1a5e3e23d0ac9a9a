"""What happened with a partner, before somebody meets them."""

from __future__ import annotations

from bot.cards.card import Card
from bot.cards.checkin import brief_card
from bot.desk import checkins_brief, checkins_plan
from bot.errors import Choice
from bot.language import arguments, topics
from bot.language.tokens import said
from handlers.commands.registry import CommandContext, command
from handlers.unit import read


@command(
    "brief",
    aliases=("brief me", "prepare me", "prep me"),
    usage="brief <partner>",
    summary="What happened with a partner since the last check-in.",
    examples=("prepare me for Globex",),
)
async def brief(context: CommandContext) -> Card:
    others = {topics.TOPICS[each.word] for each in context.parts if each.word in topics.TOPICS} - {"checkin"}
    if others:
        raise Choice("A brief is for check-ins. Do you mean this?", [f"prepare {said(context.parts)}"])
    return await brief_of(
        context, arguments.a_name([each for each in context.parts if each.word not in topics.CHECKIN])
    )


async def brief_of(context: CommandContext, name: str) -> Card:
    """The brief on the partner called `name`, that of the channel, or that of the asker's next check-in."""
    partner = await read(context.services, context.workspace_id, checkins_plan.whose, name, context.channel)
    prepared = await read(
        context.services, context.workspace_id, checkins_brief.asked_for, partner, actor=context.actor, now=context.now
    )
    return brief_card(prepared)
