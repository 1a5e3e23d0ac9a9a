from __future__ import annotations

from bot.cards.card import Card
from bot.cards.risks_list import risks_card
from bot.cards.text import span
from bot.desk import risks
from bot.desk.naming import person_view
from bot.language.arguments import a_name
from bot.slack.people import ensure_people
from handlers.commands.registry import ButtonContext, CommandContext, button, command
from handlers.context import number
from handlers.settle import settle
from handlers.unit import read, write


@command(
    "risks",
    aliases=("risk", "issues", "at risk"),
    usage="risks [partner | account]",
    summary="The open risks with their exact words, newest first; with buttons to settle them.",
)
async def list_risks(context: CommandContext) -> Card:
    name = a_name(context.parts)
    services, workspace_id = context.services, context.workspace_id
    found = await read(services, workspace_id, risks.find_open, name or None, now=context.now)
    return risks_card(found, await read(services, workspace_id, person_view, context.actor), name)


acknowledge = settle("risk_ack", risks.acknowledge, "You acknowledged risk #{}.")
resolve = settle("risk_resolve", risks.resolve, "Risk #{} is resolved.")
dismiss = settle("risk_dismiss", risks.dismiss, "Risk #{} is closed as not a risk.")


@button("risk_snooze")
async def snooze(context: ButtonContext) -> Card | None:
    hours = number(context.chosen)
    await write(
        context.services, context.workspace_id, risks.snooze, context.row, hours=hours, actor=context.actor,
        now=context.now, policy=context.services.policy,
    )  # fmt: skip
    return context.done(f"Risk #{context.row} is quiet for {span(hours)}.")


@button("risk_handoff")
async def hand_off(context: ButtonContext) -> Card | None:
    if not context.chosen:
        return None
    await ensure_people(context.services, context.workspace_id, [context.chosen], context.now)
    await write(
        context.services, context.workspace_id, risks.hand_off, context.row, to=context.chosen, actor=context.actor,
        now=context.now, policy=context.services.policy,
    )  # fmt: skip
    return context.done(f"Risk #{context.row} is handed over.")
