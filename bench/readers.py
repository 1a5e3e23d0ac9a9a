"""The readers a benchmark can be asked for, as factories that other processes can be given."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from bot.reading.learned.weights import FOLDER, load
from bot.reading.reader import RulesReader
from bot.reading.types import Finding, Reader, Window
from bot.reading.workers import MakeReader

NAMES = ("learned", "rules", "none")


class Silent:
    """A reader that hears nothing: what is left is the cost of everything around it."""

    def read(self, window: Window) -> list[Finding]:
        assert window.messages
        return []


def learned(weights: Path = FOLDER) -> Reader:
    """The whole cascade. Raises WeightsRefused when it cannot be loaded."""
    from bot.reading.learned.reader import LearnedReader  # needs numpy, which the rules do not

    return LearnedReader(load(weights))


def maker(name: str, weights: Path) -> MakeReader:
    """What makes the reader of that name."""
    makers: dict[str, MakeReader] = {"learned": partial(learned, weights), "rules": RulesReader, "none": Silent}
    return makers[name]
