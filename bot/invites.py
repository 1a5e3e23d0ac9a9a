"""Calendar files (RFC 5545) that a person opens to put a meeting into their own calendar.

METHOD is PUBLISH (RFC 5546, 3.2): REQUEST would have us invite partner people in somebody's name, and Outlook would
show buttons to respond whose answers nobody reads. PUBLISH may not carry attendees, so who comes stands in the
description, and must carry an organizer: without their address METHOD is left out, which makes it a plain event.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import (
    Calendar,
    Component,
    Event,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vCalAddress,
    vRecur,
)

_PRODUCT = "-//PartnerDesk//Calendar//EN"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")
_ADDRESS = re.compile(r"[\w.+'-]+@[\w-]+(\.[\w-]+)+")
_YEARS = 10  # how far clock changes are looked at, and spelled out where they follow no rule
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who comes; `email` "" when it is not known."""

    name: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class Repeats:
    """`rule` is the value of an RRULE counted from the meeting's day. `moved` are days of the rule that are held on
    another day or at another time, `dropped` days on which there is no meeting."""

    rule: str
    moved: Mapping[date, tuple[date, time]] = field(default_factory=dict)
    dropped: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Meeting:
    """`on` and `at` are wall-clock in `zone` (IANA). `sequence` must grow with every change (a row's version does):
    calendars take the file with the higher one."""

    uid: str
    title: str
    on: date
    at: time
    zone: str
    minutes: int
    sequence: int = 0
    description: str = ""
    guests: tuple[Guest, ...] = ()
    organizer: Guest | None = None
    cancelled: bool = False
    repeats: Repeats | None = None


def uid(workspace_id: str, kind: str, number: int) -> str:
    """The identity of one meeting in every calendar that has it: the same row gives the same one."""
    return f"{kind}-{number}-{workspace_id}@partnerdesk".lower()


def invite(meeting: Meeting, *, now: datetime) -> bytes:
    """The .ics file of one meeting, or of one that comes back. `now` (UTC) is when it was made."""
    calendar = Calendar()
    calendar.add("PRODID", _PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    if _organizer(meeting) is not None:
        calendar.add("METHOD", "PUBLISH")
    if meeting.zone != "UTC":
        calendar.add_component(_timezone(meeting.zone, meeting.on.year))
    whole = _event(meeting, meeting.on, meeting.at, now)
    calendar.add_component(whole)
    if meeting.repeats is not None:
        whole.add("RRULE", vRecur.from_ical(meeting.repeats.rule))
        if meeting.repeats.dropped:
            whole.add("EXDATE", [_local(day, meeting.at, meeting.zone) for day in sorted(meeting.repeats.dropped)])
        for day, (on, at) in sorted(meeting.repeats.moved.items()):
            # Outlook takes no RDATE: a moved one is an exception of its own.
            moved = _event(meeting, on, at, now)
            moved.add("RECURRENCE-ID", _local(day, meeting.at, meeting.zone))
            calendar.add_component(moved)
    return bytes(calendar.to_ical())


def _event(meeting: Meeting, on: date, at: time, now: datetime) -> Event:
    begins = _local(on, at, meeting.zone)
    event = Event()
    event.add("UID", meeting.uid)
    event.add("SEQUENCE", meeting.sequence)
    event.add("DTSTAMP", now.astimezone(UTC).replace(microsecond=0))
    event.add("DTSTART", begins)
    ends = begins.astimezone(UTC) + timedelta(minutes=meeting.minutes)
    event.add("DTEND", ends.astimezone(ZoneInfo(meeting.zone)))
    event.add("SUMMARY", " ".join(_plain(meeting.title).split()))
    description = _description(meeting)
    if description:
        event.add("DESCRIPTION", description)
    organizer = _organizer(meeting)
    if organizer is not None:
        event.add("ORGANIZER", organizer)
    event.add("STATUS", "CANCELLED" if meeting.cancelled else "CONFIRMED")
    return event


def _local(on: date, at: time, zone: str) -> datetime:
    return datetime.combine(on, at, tzinfo=ZoneInfo(zone))


def _description(meeting: Meeting) -> str:
    people = [" ".join(_plain(guest.name).split()) + _in_brackets(guest.email) for guest in meeting.guests]
    comers = [f"With: {', '.join(people)}"] if people else []
    return "\n\n".join(part for part in [_plain(meeting.description), *comers] if part)


def _in_brackets(email: str) -> str:
    return f" <{email}>" if _ADDRESS.fullmatch(email) else ""


def _organizer(meeting: Meeting) -> vCalAddress | None:
    """The organizer's address with their name; None when there is no address that could be one."""
    who = meeting.organizer
    if who is None or not _ADDRESS.fullmatch(who.email):
        return None
    address = vCalAddress(f"mailto:{who.email}")
    # A parameter has no escape for quotation marks.
    address.params["CN"] = " ".join(_plain(who.name).replace('"', "'").split())
    return address


def _plain(words: str) -> str:
    """`words` without characters that no calendar shows and some choke on; line ends become plain ones."""
    return _CONTROL.sub(" ", words.replace("\r\n", "\n").replace("\r", "\n"))


@lru_cache(maxsize=256)
def _timezone(zone: str, year: int) -> Timezone:
    """The zone's clock changes from the year before `year` on, as yearly rules where that is what they are.

    Our own, because the library's lists dates, of which Outlook knows nothing ([MS-OXCICAL] 2.1.3.1.1.19: it would hold
    every meeting of summer an hour off), and begins summer time an hour late.
    """
    component = Timezone()
    component.add("TZID", zone)
    year = min(max(year, MINYEAR + 2), MAXYEAR - _YEARS)
    first, last = datetime(year - 1, 1, 1, tzinfo=UTC), datetime(year + _YEARS, 1, 1, tzinfo=UTC)
    kinds: dict[tuple[timedelta, timedelta], list[datetime]] = {}
    for change in _changes(ZoneInfo(zone), first, last):
        kinds.setdefault((change.before, change.after), []).append(change.at.replace(tzinfo=None) + change.before)
    rules = {kind: _yearly_rule(days) for kind, days in kinds.items()}
    if not kinds or None in rules.values():
        # Until the first change all is as it was.
        offset = _offset(ZoneInfo(zone), first)
        component.add_component(_observance(offset, offset, [first.replace(tzinfo=None)], None))
    for (before, after), days in kinds.items():
        component.add_component(_observance(before, after, days, rules[before, after]))
    return component


@dataclass(frozen=True, slots=True)
class _Change:
    at: datetime
    before: timedelta
    after: timedelta


def _changes(zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[_Change]:
    """When the zone's offset to UTC changes, to the minute."""
    day = timedelta(days=1)
    at = first
    while at < last:
        before, after = _offset(zone, at), _offset(zone, at + day)
        if before != after:
            yield _Change(_exactly(zone, at, after), before, after)
        at += day


def _exactly(zone: ZoneInfo, day: datetime, after: timedelta) -> datetime:
    """The minute of the 24 hours from `day` on in which the offset becomes `after`."""
    minutes = range(24 * 60)
    found = bisect_left(minutes, True, key=lambda n: _offset(zone, day + timedelta(minutes=n)) == after)
    return day + timedelta(minutes=found)


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _observance(before: timedelta, after: timedelta, days: list[datetime], rule: str | None) -> Component:
    """One kind of clock change; `days` in the local time before it (RFC 5545, 3.6.5)."""
    part = TimezoneDaylight() if after > before else TimezoneStandard()
    part.add("DTSTART", days[0])
    part.add("TZOFFSETFROM", before)
    part.add("TZOFFSETTO", after)
    if rule is not None:
        part.add("RRULE", vRecur.from_ical(rule))
    elif days[1:]:
        part.add("RDATE", days[1:])
    return part


def _yearly_rule(days: list[datetime]) -> str | None:
    """ "the second Sunday of March", when that is what the days are from year to year."""
    years = [day.year for day in days]
    places = {(day.month, day.weekday(), day.time()) for day in days}
    if len(places) > 1 or len(days) < _YEARS or years != list(range(years[0], years[0] + len(years))):
        return None
    numbered = {(day.day - 1) // _WEEK + 1 for day in days}
    is_last = all((day + timedelta(days=_WEEK)).month != day.month for day in days)
    if not is_last and len(numbered) > 1:
        return None
    place = -1 if is_last else numbered.pop()
    return f"FREQ=YEARLY;BYMONTH={days[0].month};BYDAY={place}{_WEEKDAYS[days[0].weekday()]}"
