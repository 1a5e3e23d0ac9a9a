from __future__ import annotations

from bot.cards.card import Card
from bot.cards.notice import notice_card
from bot.cards.words import called, name
from bot.desk import byhand
from bot.language import arguments
from bot.slack.people import ensure_people
from handlers.commands.registry import CommandContext, command
from handlers.unit import write


@command(
    "escalate",
    aliases=("raise",),
    usage="escalate <what> to <whom>",
    summary="Send a risk (its number, a partner, words of it, or this thread) to a person or a role, with its quote.",
)
async def escalate(context: CommandContext) -> Card:
    asked = arguments.escalate(context.parts)
    now = context.services.clock.now()
    if asked.to.isupper():
        await ensure_people(context.services, context.workspace_id, [asked.to], now)
    view = await write(
        context.services, context.workspace_id, byhand.escalate, asked.what, asked.to, actor=context.actor,
        channel=context.channel, thread_ts=context.thread_ts, now=now, policy=context.services.policy,
    )  # fmt: skip
    return notice_card(f"Risk #{view.risk.id} ({called(view.risk)}) goes to {name(view.recipient)} now.")
