"""A stretch of days a figure is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` to the day before `end`."""

    start: date
    end: date

    def has(self, day: date | None) -> bool:
        """Whether `day` lies in it; an unknown day lies nowhere."""
        return day is not None and self.start <= day < self.end
