"""The README's picture: the slipped cutover as the senior manager gets it, and the same card after Acknowledge.

Drawn from the demo itself: the real bot, up to that moment of its week.
"""

from __future__ import annotations

import asyncio
import re
from io import StringIO
from pathlib import Path

from rich.console import Console

from sandbox.demo import Build, replay
from sandbox.demo_screen import WIDTH, Screen
from sandbox.demo_week import CAST, SAM, WEEK, Presses, Says

_FROM, _SLIPS, _TAKEN = "Mon 10:02", "Mon 10:05", "Mon 10:12"
# The picture fetches nothing: whoever has no Fira Code sees their own monospaced font.
_FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def draw(build: Build, path: str) -> None:
    """Write the picture to `path` (an SVG file), with the bot that `build` makes."""
    console = Console(record=True, width=WIDTH, file=StringIO())
    for until in (_SLIPS, _TAKEN):
        week = [step for step in WEEK if step.at[:3] == "Mon" and _FROM <= step.at <= until]
        box = asyncio.run(replay(build, Console(file=StringIO()), fast=True, week=week))
        screen = Screen(box, console, {one.id: one.role for one in CAST})
        step = week[-1]
        if isinstance(step, Says):
            screen.event(step.who, f"in #{box.workspace.channels[step.where].name}", step.text)
        elif isinstance(step, Presses):
            screen.event(step.who, f"presses [{step.label}]")
        screen.card(box.dms(SAM)[0], set())
        console.print()
    Path(path).write_text(_FONT.sub("", console.export_svg(title="PartnerDesk")), encoding="utf-8")
