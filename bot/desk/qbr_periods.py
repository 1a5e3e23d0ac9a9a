"""The fiscal periods business reviews look back on, and when the next one is due. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import TypeVar

from dateutil.relativedelta import relativedelta

from bot.language.slots.periods import Period
from bot.metrics.window import Window

T = TypeVar("T")
_QUARTER, _HALF, _YEAR = 3, 6, 12
_TARGET = re.compile(r"(?:Q(?P<quarter>[1-4]) )?(?:FY)?(?P<year>20\d\d)")


def period_of(day: date, months: int, year_starts: int) -> Period:
    """The stretch of `months` that `day` lies in: quarters, halves and years are those of the fiscal year; what does
    not divide a year begins with a quarter."""
    block = months if _YEAR % months == 0 else _QUARTER
    begins = date(day.year, day.month, 1) - relativedelta(months=(day.month - year_starts) % _YEAR % block)
    return named(begins, begins + relativedelta(months=months), year_starts)


def complete_before(day: date, months: int, year_starts: int) -> Period:
    """The newest such stretch that is over on `day`."""
    period = period_of(day, months, year_starts)
    step = months if _YEAR % months == 0 else _QUARTER
    while period.end > day:
        period = period_of(period.start - relativedelta(months=step), months, year_starts)
    return period


def following(period: Period, year_starts: int) -> Period:
    """The stretch of the same length after it."""
    return named(period.end, period.end + relativedelta(months=months_of(period)), year_starts)


def months_of(period: Period) -> int:
    """Its length in months, at least one."""
    between = relativedelta(period.end, period.start)
    return max(1, between.years * _YEAR + between.months)


def named(start: date, end: date, year_starts: int) -> Period:
    """The period between two days with what people call it: "Q4 2026", "H2 FY2027", "2026"; its months where it has no
    name of its own. A fiscal year is called after the year it ends in, as in bot/language/slots/periods.py."""
    length = relativedelta(end, start)
    months = length.years * _YEAR + length.months
    place = (start.month - year_starts) % _YEAR
    year = start.year + (year_starts > 1 and start.month >= year_starts)
    called = f"{year}" if year_starts == 1 else f"FY{year}"
    whole = start.day == 1 and not length.days and months in (_QUARTER, _HALF, _YEAR) and place % months == 0
    if not whole:
        last = end - relativedelta(days=1)
        return Period(start, end, f"{start.day} {start:%b %Y} – {last.day} {last:%b %Y}")
    part = {_QUARTER: f"Q{place // _QUARTER + 1} ", _HALF: f"H{place // _HALF + 1} ", _YEAR: ""}[months]
    return Period(start, end, f"{part}{called}")


def target_window(period: str, year_starts: int) -> Window | None:
    """The days a quota's period ("2026", "Q4 2026", fiscal like everything of the company's) stands for; None when it
    cannot be read."""
    match = _TARGET.fullmatch(period)
    if match is None:
        return None
    year = int(match["year"])
    begins = date(year if year_starts == 1 else year - 1, year_starts, 1)
    if match["quarter"] is None:
        return Window(begins, begins + relativedelta(years=1))
    begins += relativedelta(months=_QUARTER * (int(match["quarter"]) - 1))
    return Window(begins, begins + relativedelta(months=_QUARTER))


def tiling(window: Window, parts: Iterable[tuple[Window, T]]) -> list[T]:
    """Those of the parts that together are exactly the window, one after the other; [] when they leave a gap."""
    by_start = {part.start: (part, value) for part, value in parts}
    found, at = [], window.start
    while at < window.end and at in by_start:
        part, value = by_start[at]
        found.append(value)
        at = part.end
    return found if at == window.end else []


def due_after(base: date, months: int, *, not_before: date) -> date:
    """The first day a whole number of cadences after `base` that is not before `not_before`."""
    count = 1
    while (day := base + relativedelta(months=months * count)) < not_before:
        count += 1
    return day
