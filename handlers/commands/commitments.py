from __future__ import annotations

from bot.cards.card import Card
from bot.cards.commitments_list import commitments_card
from bot.desk import commitments
from bot.desk.naming import person_view
from bot.language.arguments import a_name
from handlers.commands.registry import CommandContext, command
from handlers.unit import read


@command(
    "commitments",
    aliases=("commitment", "promises", "promised", "ledger"),
    usage="commitments [partner | account]",
    summary="Who promised what by when, soonest due first, with every date it ever had.",
)
async def list_commitments(context: CommandContext) -> Card:
    name = a_name(context.parts)
    services, workspace_id = context.services, context.workspace_id
    found = await read(services, workspace_id, commitments.find_open, name or None, now=services.clock.now())
    return commitments_card(found, await read(services, workspace_id, person_view, context.actor), name)
