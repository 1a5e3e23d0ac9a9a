"""The check-ins of one cadence in the model of the year, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial

from tests.calendar.days import at, hours_before, local, works
from tests.calendar.items import Meeting
from tests.calendar.life import Did

_BRIEF_HOURS, _DAY = 2, timedelta(days=1)


class Series:
    """The check-ins of one cadence, one after the other."""

    def __init__(self, begun: Did, said: Sequence[Did], *, end: datetime, back: Callable[[datetime], datetime]) -> None:
        """`said` is what people did to its check-ins; `back` is when what is due at a moment is done."""
        self.partner, self.owner, self.begun = begun.key[1], begun.who, begun.at
        self.clock, self.zone = begun.more["at"], begun.more["zone"]
        self.said, self.end, self.back = said, end, back
        last = end.date() + timedelta(days=200)
        self.slots = list(_slots(begun.more["rule"], begun.more["starts_on"], last, self.zone))
        self.rows: list[Meeting] = []

    def play(self) -> list[Meeting]:
        self._next(self.begun)
        said = list(self.said)
        while True:
            clock = min(self._events(), key=lambda event: event[0], default=None)
            if said and (clock is None or clock[0] > said[0].at):
                self._say(said.pop(0))
            elif clock is not None and clock[0] < self.end:
                clock[1](clock[0])
            else:
                return self.rows

    def _events(self) -> Iterator[tuple[datetime, Callable[[datetime], None]]]:
        for row in self.rows:
            if row.ended is not None or row.over is not None:
                continue
            since, start = row.start[-1]
            told = row.is_told(self.end)
            due = start + timedelta(minutes=30) if told else row.brief_at[-1][1]
            moment = self.back(max(due, since))
            yield moment, partial(self._pass if told else self._tell, row)

    def _tell(self, row: Meeting, now: datetime) -> None:
        start = row.start[-1][1]
        row.told.append((now, start, start + timedelta(minutes=30) > now))

    def _pass(self, row: Meeting, now: datetime) -> None:
        row.over = now
        for older in self.rows:
            if older.ended is None and older.over is not None and older.start[-1][1] < row.start[-1][1]:
                older.ended = now
        self._next(now)

    def _next(self, now: datetime) -> None:
        if any(row.ended is None and row.start[-1][1] > now for row in self.rows):
            return
        beyond = max((row.key[2] for row in self.rows), default=date.min)
        for slot, on in self.slots:
            start = at(on, self.clock, self.zone)
            if start > now and slot > beyond:
                row = Meeting(("checkin", self.partner, slot), self.owner, now, [(now, on)], zone=self.zone)
                row.start.append((now, start))
                row.brief_at.append((now, hours_before(start, _BRIEF_HOURS, self.zone)))
                self.rows.append(row)
                return

    def _say(self, did: Did) -> None:
        row = next(each for each in self.rows if each.key == did.key)
        if did.verb in ("held", "skipped"):
            row.ended = did.at
            self._next(did.at)
            return
        start = at(did.more["on"], did.more["at"], self.zone)
        brief, today = hours_before(start, _BRIEF_HOURS, self.zone), local(did.at, self.zone).date()
        is_told = row.is_told(did.at) and (row.on(did.at) <= today or row.brief_day(did.at) == today)
        row.start.append((did.at, start))
        row.over = None
        if not (is_told and local(brief, self.zone).date() <= today):
            row.brief_at.append((did.at, brief))
            row.again.append(did.at)


def _slots(rule: str, first: date, last: date, zone: str) -> Iterator[tuple[date, date]]:
    """(the day of the rule, the working day it is held on), day by day."""
    monday, held = first - timedelta(days=first.weekday()), None
    day = first
    while day <= last:
        weeks, next_week = (day - monday).days // 7, day + timedelta(days=7)
        months = (day.year - first.year) * 12 + day.month - first.month
        is_day = {
            "FREQ=WEEKLY;BYDAY=TU": day.weekday() == 1,
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE": day.weekday() == 2 and weeks % 2 == 0,
            "FREQ=MONTHLY;BYDAY=-1TH": day.weekday() == 3 and next_week.month != day.month,
            "FREQ=MONTHLY;BYDAY=1MO": day.weekday() == 0 and day.day <= 7,
            "FREQ=MONTHLY;BYMONTHDAY=15": day.day == 15,
            "FREQ=MONTHLY;INTERVAL=3;BYDAY=2FR": day.weekday() == 4 and 8 <= day.day <= 14 and months % 3 == 0,
        }[rule]
        if is_day:
            on = day
            while not works(on, zone):
                on += -_DAY if "-" in rule else _DAY
            if on != held:
                yield day, on
            held = on
        day += _DAY
