from __future__ import annotations

from bot.cards.card import Card
from bot.cards.status import status_card
from bot.desk import status
from handlers.commands.registry import CommandContext, command
from handlers.unit import read


@command("status", aliases=("health", "state"), summary="What is watched, what is open, and whether all is well.")
async def show_status(context: CommandContext) -> Card:
    services = context.services
    now = services.clock.now()
    overview = await read(
        services, context.workspace_id, status.overview, now=now, policy=services.policy, reader=services.reads_with
    )
    return status_card(overview)
