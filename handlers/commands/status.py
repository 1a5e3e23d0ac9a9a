from __future__ import annotations

from bot.cards.card import Card
from bot.cards.portfolio import portfolio_card
from bot.cards.standing import standing_card
from bot.cards.status import status_card
from bot.desk import portfolio, standing, status
from bot.language import arguments, topics
from handlers.commands.registry import CommandContext, command
from handlers.unit import read


@command(
    "status",
    aliases=("health", "state"),
    usage="status [of <partner | account>]",
    summary="How a partner or account stands; alone: what is watched, what is open, and whether all is well.",
    topics=topics.STATUS,
    examples=("status of Acme Corp",),
)
async def show_status(context: CommandContext) -> Card:
    asked = arguments.status(context.parts)
    services, workspace_id, now = context.services, context.workspace_id, context.now
    if asked.name:
        found = await read(
            services, workspace_id, standing.of, asked.name, actor=context.actor, now=now, policy=services.policy
        )
        return standing_card(found)
    if asked.everyone:
        return portfolio_card(await read(services, workspace_id, portfolio.asked, context.actor, "all", now=now))
    overview = await read(
        services, workspace_id, status.overview, now=now, policy=services.policy, reader=services.reads_with
    )
    return status_card(overview)
