"""A slot found in a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
TAKEN = "\ufffc"  # stands in a text where no slot can be: something taken already, quoted or Slack's own


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A slot's value and where it stands in the text it was read from: text[start:end], and `also` where a second
    part of it does (start, end): "every 2 weeks … on Tue"."""

    value: T
    start: int
    end: int
    also: tuple[int, int] | None = None
