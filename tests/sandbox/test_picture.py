"""The README's picture is drawn from what the real bot did."""

from __future__ import annotations

import html
from pathlib import Path

from app import on_sandbox
from sandbox.picture import draw


def test_the_picture_shows_the_card_before_and_after_acknowledge(tmp_path: Path) -> None:
    draw(on_sandbox, str(tmp_path / "demo.svg"))
    drawn = html.unescape((tmp_path / "demo.svg").read_text(encoding="utf-8")).replace("\xa0", " ")
    assert drawn.count("│ The cutover has slipped from the 14th to the 26th.") == 2
    assert drawn.count("[Acknowledge] [Resolve] [Not a risk] [Snooze ▾] [Hand off to… ▾]") == 1
    assert drawn.count("Acknowledged by Sam Ortiz today at 10:12.") == 1
    assert "@font-face" not in drawn
