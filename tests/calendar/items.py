"""What the model of the year knows: things that can be named in the morning, with the moments they began and ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from tests.calendar.days import local
from tests.calendar.life import Key


@dataclass(slots=True)
class Item:
    """Something that can be named in the morning, from `began` until `ended`; `due` is (since, day), newest last."""

    key: Key
    owner: str
    began: datetime
    due: list[tuple[datetime, date]]
    ended: datetime | None = None
    after: tuple[Item, ...] = ()
    part_of: Key = ("",)

    def is_open(self, moment: datetime) -> bool:
        return self.began <= moment and (self.ended is None or self.ended > moment)

    def due_at(self, moment: datetime) -> date:
        return [day for since, day in self.due if since <= moment][-1]


@dataclass(slots=True)
class Review(Item):
    """A QBR. `on` is what it was set for and with whom; `held` the moment that was said, and the day it was on."""

    on: list[tuple[datetime, date, list[str]]] = field(default_factory=list)
    held: tuple[datetime, date] | None = None


@dataclass(slots=True)
class Meeting(Item):
    """A check-in. `start` is (since, UTC); `told` the briefs (when, for which start) and misses; `over` its end."""

    zone: str = ""
    start: list[tuple[datetime, datetime]] = field(default_factory=list)
    brief_at: list[tuple[datetime, datetime]] = field(default_factory=list)
    told: list[tuple[datetime, datetime, bool]] = field(default_factory=list)
    again: list[datetime] = field(default_factory=list)
    over: datetime | None = None

    def starts(self, moment: datetime) -> datetime:
        return [start for since, start in self.start if since <= moment][-1]

    def on(self, moment: datetime) -> date:
        return local(self.starts(moment), self.zone).date()

    def is_told(self, moment: datetime) -> bool:
        told = [when for when, _, _ in self.told if when <= moment]
        return bool(told) and not any(told[-1] < when <= moment for when in self.again)

    def brief_day(self, moment: datetime) -> date:
        if self.is_told(moment):
            return local([when for when, _, _ in self.told if when <= moment][-1], self.zone).date()
        return local([brief for since, brief in self.brief_at if since <= moment][-1], self.zone).date()


@dataclass(slots=True)
class Step(Item):
    """One decision on a deal, asked of `owner` and decided at `ended`. `warns` is when they are to be warned, `warned`
    when they were; `told` are the moments at which a message about it reaches them."""

    warns: datetime | None = None
    warned: datetime | None = None
    told: tuple[datetime, ...] = ()
    place: int = 0
