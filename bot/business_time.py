"""Working hours in a person's own zone: when a message that can wait should arrive, and how long a clock has run."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from bot.policy import BusinessHours
from bot.reading.deadlines.context import country_of


@lru_cache(maxsize=256)
def _public_holidays(country: str, year: int) -> frozenset[date]:
    if country not in holidays.list_supported_countries(include_aliases=False):
        return frozenset()
    return frozenset(holidays.country_holidays(country, years=year))


def is_working_day(day: date, zone: str, hours: BusinessHours) -> bool:
    """Whether people in `zone` work on `day`: a weekday of the policy that is no public holiday there."""
    if day.weekday() not in hours.weekdays:
        return False
    return not (hours.holidays and day in _public_holidays(country_of(zone), day.year))


def next_working_moment(moment: datetime, zone: str, hours: BusinessHours) -> datetime:
    """`moment` itself when it lies in working hours of `zone`, else the next opening. UTC in and out."""
    local = moment.astimezone(ZoneInfo(zone))
    if is_working_day(local.date(), zone, hours):
        if local.time() < hours.start:
            return _at(local.date(), hours.start, zone)
        if local.time() < hours.end:
            return moment.astimezone(UTC)
    return _at(_next_working_day(local.date(), zone, hours), hours.start, zone)


def add_working_hours(moment: datetime, amount: float, zone: str, hours: BusinessHours) -> datetime:
    """The moment at which `amount` working hours of `zone` have passed since `moment`. UTC in and out."""
    left = timedelta(hours=amount)
    at = next_working_moment(moment, zone, hours)
    while True:
        day = at.astimezone(ZoneInfo(zone)).date()
        room = _at(day, hours.end, zone) - at
        if left <= room:
            return at + left
        left -= room
        at = _at(_next_working_day(day, zone, hours), hours.start, zone)


def end_of_working_day(moment: datetime, zone: str, hours: BusinessHours) -> datetime:
    """The closing hour of the working day that `moment` falls in (or of the next one, after hours). UTC in and out."""
    opened = next_working_moment(moment, zone, hours)
    return _at(opened.astimezone(ZoneInfo(zone)).date(), hours.end, zone)


def next_daily(moment: datetime, zone: str, hours: BusinessHours, at: time) -> datetime:
    """The next working day's occurrence of local time `at` strictly after `moment`. UTC in and out."""
    local = moment.astimezone(ZoneInfo(zone))
    day = local.date()
    while True:
        if is_working_day(day, zone, hours) and _at(day, at, zone) > moment:
            return _at(day, at, zone)
        day += timedelta(days=1)


def add_working_days(start_on: date, count: int, zone: str, hours: BusinessHours) -> date:
    """The working day of `zone` that is `count` working days after `start_on`; 0 is `start_on`, or the next one."""
    day = start_on if is_working_day(start_on, zone, hours) else _next_working_day(start_on, zone, hours)
    for _ in range(count):
        day = _next_working_day(day, zone, hours)
    return day


def _next_working_day(day: date, zone: str, hours: BusinessHours) -> date:
    day += timedelta(days=1)
    while not is_working_day(day, zone, hours):
        day += timedelta(days=1)
    return day


def _at(day: date, local_time: time, zone: str) -> datetime:
    # A wall time inside a spring gap is shifted forward by the gap; a repeated one in autumn means the first.
    return datetime.combine(day, local_time, tzinfo=ZoneInfo(zone)).astimezone(UTC)
