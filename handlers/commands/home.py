"""The menus of the Home tab: the tab is drawn anew after every press, with what was chosen (handlers/home.py)."""

from __future__ import annotations

from bot.cards.home import PARTNER, SCOPE, SECTION
from handlers.commands.registry import Button, ButtonContext


async def _look(_context: ButtonContext) -> None:
    """Nothing changes but what they look at."""


whose = Button(SCOPE, _look)
which = Button(PARTNER, _look)
what = Button(SECTION, _look)
