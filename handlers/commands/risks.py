from __future__ import annotations

from bot.cards.card import Card
from bot.cards.risks_list import risks_card
from bot.desk import risks
from bot.desk.naming import person_view
from bot.language.arguments import a_name
from handlers.commands.registry import CommandContext, command
from handlers.unit import read


@command(
    "risks",
    aliases=("risk", "issues", "at risk"),
    usage="risks [partner | account]",
    summary="The open risks with their exact words, newest first; with buttons to settle them.",
)
async def list_risks(context: CommandContext) -> Card:
    name = a_name(context.parts)
    services, workspace_id = context.services, context.workspace_id
    found = await read(services, workspace_id, risks.find_open, name or None, now=services.clock.now())
    return risks_card(found, await read(services, workspace_id, person_view, context.actor), name)
