from __future__ import annotations

from bot.cards.card import Card
from bot.cards.help import commands_card, help_card
from handlers.commands.registry import CommandContext, command, help_lines


@command("help", aliases=("commands", "?"), summary="What you can ask, and how.")
async def show_help(context: CommandContext) -> Card:
    return commands_card(help_lines()) if context.parts else help_card()
