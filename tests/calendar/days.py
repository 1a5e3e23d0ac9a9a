"""Days and hours, as simply as they can be written: the model's own, so that it does not share the desk's mistakes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

_COUNTRIES = {"America/New_York": "US", "Europe/Berlin": "DE", "Australia/Sydney": "AU", "Asia/Kolkata": "IN"}
_OPENS, _CLOSES = time(9), time(18)
_STEP = timedelta(minutes=15)
WORDS = (
    "zephyr", "quartz", "bobcat", "fjord", "lumen", "mirth", "oxide", "pylon", "kiwi", "gravel", "shrub", "dwarf",
    "vexed", "jumbo", "cynic", "plaza", "torque", "nymph", "haiku", "wafer", "igloo", "ember", "yodel", "rustic",
)  # fmt: skip


@cache
def works(day: date, zone: str) -> bool:
    """Monday to Friday, and no public holiday of the whole country."""
    return day.weekday() < 5 and day not in _free(zone, day.year)


@cache
def _free(zone: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(_COUNTRIES[zone], years=year))


def local(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone))


def at(day: date, clock: time, zone: str) -> datetime:
    """A wall-clock time as UTC."""
    return datetime.combine(day, clock, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def workday_after(day: date, zone: str, count: int = 1) -> date:
    """So many working days after `day`."""
    while count:
        day += timedelta(days=1)
        count -= works(day, zone)
    return day


def workday_before(day: date, zone: str) -> date:
    """The last working day before `day`."""
    day -= timedelta(days=1)
    while not works(day, zone):
        day -= timedelta(days=1)
    return day


def hours_before(moment: datetime, hours: int, zone: str) -> datetime:
    """So many working hours before, a quarter of an hour at a time."""
    left = hours * 4
    while left:
        moment -= _STEP
        left -= _is_open(moment, zone)
    return moment


def hours_after(moment: datetime, hours: int, zone: str) -> datetime:
    """So many working hours after, a quarter of an hour at a time."""
    left = hours * 4
    while left:
        left -= _is_open(moment, zone)
        moment += _STEP
    return moment


def first_open(moment: datetime, zone: str) -> datetime:
    """`moment` itself in working hours, else the next opening."""
    if _is_open(moment, zone):
        return moment
    day = local(moment, zone).date()
    while not (works(day, zone) and at(day, _OPENS, zone) >= moment):
        day += timedelta(days=1)
    return at(day, _OPENS, zone)


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or the last one it has."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def _is_open(moment: datetime, zone: str) -> bool:
    there = local(moment, zone)
    return works(there.date(), zone) and _OPENS <= there.time() < _CLOSES
