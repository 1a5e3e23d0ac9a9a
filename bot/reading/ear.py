"""Which reader this machine can give: rules, the linear model and the encoder, or as many of them as are there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.reading.learned import weights
from bot.reading.learned.reader import LearnedReader
from bot.reading.reader import RulesReader
from bot.reading.types import Reader


@dataclass(frozen=True, slots=True)
class Ear:
    """A reader, in words what it is made of, and what is missing and how to get it ("" when nothing is)."""

    reader: Reader
    made_of: str
    missing: str = ""

    @property
    def told(self) -> str:
        """All of it in one line."""
        return f"{self.made_of} ({self.missing})" if self.missing else self.made_of


def open_ear(folder: Path = weights.FOLDER) -> Ear:
    """The best reader the files in `folder` and the installed libraries allow; takes about half a second."""
    try:
        found = weights.load(folder)
    except weights.WeightsRefused as refused:
        return Ear(RulesReader(), "rules only", str(refused))
    if found.encoder is None:
        return Ear(LearnedReader(found), "rules and the linear model", found.missing)
    return Ear(LearnedReader(found), "rules, the linear model and the encoder")


@cache
def ear() -> Ear:
    """The ear of this process, opened once."""
    return open_ear()


def lacking() -> str:
    """What keeps the ear from being whole, "" when nothing does; for a process that leaves the reading to others."""
    try:
        return weights.lacking()
    except weights.WeightsRefused as refused:
        return str(refused)


def reader() -> Reader:
    """The reader of this process; a function of its own so that reading processes can be told to call it."""
    return ear().reader
