"""When a person's digest and weekly portfolio are due, on their own clock, and what belongs to one morning.

A morning is what its digest covers: everything since the day of the last one. So nothing is named twice, and what fell
on days without a digest, or on which PartnerDesk did not run, is named by the next one.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.business_time import is_working_day, next_daily
from bot.desk.agenda import Morning, quiet_items
from bot.policy import Policy
from bot.recurrence import moment
from models.partners import Person
from models.store import UnitOfWork

_LOOK_AHEAD = timedelta(days=7)
NEW_WITHIN = timedelta(hours=1)  # who is new this long after their time still gets today's
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def digest_time(person: Person, policy: Policy) -> time:
    """The wall-clock time of this person's digest."""
    return person.digest_at or policy.digest.at


def next_digest(person: Person, now: datetime, policy: Policy) -> datetime:
    """When their next digest is due (UTC), strictly after `now`: on working days, or on the first one of a week."""
    at = digest_time(person, policy)
    if person.digest_every == "week":
        return _next_weekly(person, now, policy, 0, at)
    return next_daily(now, person.zone, policy.hours, at)


def next_rollup(person: Person, now: datetime, policy: Policy) -> datetime:
    """When their next weekly portfolio is due (UTC), strictly after `now`: on its day, or the next working day."""
    return _next_weekly(person, now, policy, _WEEKDAYS.index(policy.digest.rollup_day), digest_time(person, policy))


def is_time(person: Person, now: datetime, policy: Policy) -> bool:
    """Whether a digest that is due may go out now: late is fine, at night or on a day off is not."""
    local = now.astimezone(ZoneInfo(person.zone))
    works = is_working_day(local.date(), person.zone, policy.hours)
    return works and digest_time(person, policy) <= local.time() < policy.hours.end


def when_late(person: Person, now: datetime, policy: Policy) -> datetime:
    """When a digest that is due but may not go out now will: the next working day, also where it is weekly."""
    return next_daily(now, person.zone, policy.hours, digest_time(person, policy))


def morning_of(uow: UnitOfWork, person: Person, now: datetime, policy: Policy, *, last: date | None) -> Morning:
    """The morning of a digest that goes out `now`; `last` is the day of the one before it, None for the first."""
    day = now.astimezone(ZoneInfo(person.zone)).date()
    if last is None:
        last = day - timedelta(days=7 if person.digest_every == "week" else 1)
        while not is_working_day(last, person.zone, policy.hours):
            last -= timedelta(days=1)
    return Morning(person.slack_id, day, min(last, day), quiet_items(uow, person.slack_id, now), is_sent=True)


def live(uow: UnitOfWork, person: Person, now: datetime) -> Morning:
    """What is there whenever they look, whatever they were told already: what is late, due today or in a week."""
    day = now.astimezone(ZoneInfo(person.zone)).date()
    return Morning(person.slack_id, day, day - _LOOK_AHEAD, quiet_items(uow, person.slack_id, now))


def _next_weekly(person: Person, now: datetime, policy: Policy, weekday: int, at: time) -> datetime:
    today = now.astimezone(ZoneInfo(person.zone)).date()
    week = today - timedelta(days=(today.weekday() - weekday) % 7)
    while (due := moment(_first_working_day(week, person, policy), at, person.zone)) <= now:
        week += timedelta(days=7)
    return due


def _first_working_day(day: date, person: Person, policy: Policy) -> date:
    """`day`, or the next one on which people in their zone work."""
    while not is_working_day(day, person.zone, policy.hours):
        day += timedelta(days=1)
    return day
