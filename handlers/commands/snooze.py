from __future__ import annotations

from bot.cards import text
from bot.cards.card import Card
from bot.cards.notice import notice_card
from bot.desk import risks
from bot.language import arguments
from handlers.commands.registry import CommandContext, command
from handlers.unit import write


@command(
    "snooze",
    usage="snooze <risk #> <for how long>",
    summary="Keep a risk quiet for a while (4 hours, 3 days, a week); it comes back by itself.",
)
async def snooze(context: CommandContext) -> Card:
    asked = arguments.snooze(context.parts)
    await write(
        context.services, context.workspace_id, risks.snooze, asked.risk, hours=asked.hours, actor=context.actor,
        now=context.services.clock.now(), policy=context.services.policy,
    )  # fmt: skip
    return notice_card(f"Risk #{asked.risk} is quiet for {text.span(asked.hours)}.")
