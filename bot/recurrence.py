"""Meetings that come back: an RFC 5545 rule over local dates, a wall-clock time and a zone -> the days they are held.

A rule day on which nobody works in that zone (weekend, public holiday) is held on the next working day; one that is
counted from the end of the month ("the last Thursday") on the working day before, so that it stays in its month. Two
rule days that come to be held on one day are one meeting. The wall-clock time is the same all year: a time that a clock
change leaves out is an hour later that day, one that comes twice is the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from bot.business_time import is_working_day
from bot.policy import BusinessHours

# No holidays anywhere last longer than this: how far a meeting can be from its rule day.
_FURTHEST = timedelta(days=31)
# How far ahead a next meeting is looked for: three years hold one of every rule we take.
_AHEAD = timedelta(days=3 * 366)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Recurrence:
    """`rule` is the value of an RRULE, counted from `starts_on`; `at` the wall-clock time in `zone` (IANA)."""

    rule: str
    starts_on: date
    at: time
    zone: str


@dataclass(frozen=True, slots=True)
class Slot:
    """One meeting: the day the rule says, the day it is held on, and its beginning in UTC."""

    rule_day: date
    on: date
    starts_at: datetime


def moment(on: date, at: time, zone: str) -> datetime:
    """A wall-clock time in `zone` as UTC."""
    # fold is 0: a time inside a spring gap is read with the offset before it, a repeated one is the first.
    return datetime.combine(on, at, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def complete(rule: str, first: date) -> str:
    """`rule` with the day it is held on, where it says none: the weekday of `first`, or "the fourth Thursday"."""
    if "BY" in rule:
        return rule
    weekday = _WEEKDAYS[first.weekday()]
    if "FREQ=MONTHLY" not in rule:
        return f"{rule};BYDAY={weekday}"
    place = (first.day - 1) // _WEEK + 1
    return f"{rule};BYDAY={place if place < 5 else -1}{weekday}"


def first_day(rule: str, earliest: date) -> date:
    """The first day of `rule` from `earliest` on, whatever its interval: "every other Tuesday" begins next Tuesday."""
    every = ";".join(part for part in rule.split(";") if not part.startswith("INTERVAL="))
    return next(iter(_parsed(every, earliest))).date()


def slots(recurrence: Recurrence, hours: BusinessHours, *, since: date, until: date) -> Iterator[Slot]:
    """Every meeting held from `since` to `until` (local days, both included), in order."""
    days = rule_days(recurrence, since - _FURTHEST, until + _FURTHEST)
    held: date | None = None
    for day in days:
        on = held_on(recurrence, day, hours)
        if on != held and since <= on <= until:
            yield Slot(day, on, moment(on, recurrence.at, recurrence.zone))
        held = on


def next_slot(recurrence: Recurrence, after: datetime, hours: BusinessHours, *, beyond: date | None = None) -> Slot:
    """The first meeting that begins strictly after `after` (UTC), and whose rule day is past `beyond`.

    Raises ValueError when the rule has none within three years.
    """
    since = after.astimezone(ZoneInfo(recurrence.zone)).date()
    for slot in slots(recurrence, hours, since=since, until=since + _AHEAD):
        if slot.starts_at > after and (beyond is None or slot.rule_day > beyond):
            return slot
    raise ValueError(f"{recurrence.rule!r} has no day within three years of {since}")


def held_on(recurrence: Recurrence, rule_day: date, hours: BusinessHours) -> date:
    """The working day of the zone on which the meeting of `rule_day` is held."""
    step = timedelta(days=-1 if counts_from_the_end(recurrence.rule) else 1)
    day = rule_day
    while not is_working_day(day, recurrence.zone, hours):
        day += step
    return day


def counts_from_the_end(rule: str) -> bool:
    """Whether the rule says "the last …": then it is held before a day on which nobody works, not after it."""
    return any(part.startswith("BY") and "-" in part for part in rule.split(";"))


def rule_days(recurrence: Recurrence, since: date, until: date) -> Iterator[date]:
    """The days the rule says from `since` to `until` (both included), whether or not anybody works on them."""
    for day in _parsed(recurrence.rule, recurrence.starts_on).xafter(_midnight(since), inc=True):
        if day.date() > until:
            return
        yield day.date()


def _parsed(rule: str, starts_on: date) -> rrule:
    parsed = rrulestr(rule, dtstart=_midnight(starts_on))
    if not isinstance(parsed, rrule):
        raise ValueError(f"not one rule: {rule!r}")
    return parsed


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())
