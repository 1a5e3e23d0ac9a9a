from __future__ import annotations

from bot.cards.card import Card
from bot.cards.policy import policy_card
from handlers.commands.registry import CommandContext, command


@command("policy", aliases=("rules", "routes"), summary="Who is told what, and when.")
async def show_policy(context: CommandContext) -> Card:
    return policy_card(context.services.policy)
