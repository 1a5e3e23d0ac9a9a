"""Days people and files give us, before anything is reckoned with them: at the ends of the calendar a zone, or a few
days more, are beyond it."""

from __future__ import annotations

from datetime import date, datetime

from dateutil.relativedelta import relativedelta

from bot.errors import Refused

_YEARS_AWAY = 10
_YEARS = range(1900, 2200)


def sensible_day(day: date, now: datetime) -> date:
    """`day` itself, if it is within ten years of `now`. Raises Refused."""
    if abs(relativedelta(day, now.date()).years) >= _YEARS_AWAY:
        raise Refused(f"{day.isoformat()} is more than {_YEARS_AWAY} years away. Name a day that is nearer.")
    return day


def plausible(day: date) -> date:
    """`day` itself, if a file of ours may say it, whenever it is read. Raises ValueError."""
    if day.year not in _YEARS:
        raise ValueError(f"'{day.isoformat()}' is too far away: write a day from {_YEARS[0]} to {_YEARS[-1]}")
    return day
