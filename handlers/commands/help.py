from __future__ import annotations

from bot.cards.card import Card
from bot.cards.help import help_card
from handlers.commands.registry import CommandContext, command, help_lines


@command("help", aliases=("commands", "?"), summary="What you can ask, and how.")
async def show_help(_context: CommandContext) -> Card:
    return help_card(help_lines())
