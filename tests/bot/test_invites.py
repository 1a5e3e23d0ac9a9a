"""Calendar files, read back by the library that wrote them and by dateutil, which did not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrule, rrulestr
from dateutil.tz import tzical
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from bot.desk.checkins_clock import recurrence_of
from bot.desk.checkins_invites import repeats
from bot.invites import Guest, Meeting, Repeats, invite, uid
from bot.policy import load_policy
from bot.recurrence import first_day, moment, slots
from models.calendar import Cadence
from models.states import CadenceState

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DANA = Guest("Dana Park", "dana@contoso.example")
MEETING = Meeting(
    uid=uid("T0HOME", "checkin", 7), title="Check-in with Globex", on=date(2026, 11, 24), at=time(10),
    zone="America/New_York", minutes=30, organizer=DANA,
)  # fmt: skip


def parsed(meeting: Meeting) -> Any:  # every property of icalendar is a union of all its types
    return Calendar.from_ical(invite(meeting, now=NOW))


def event(meeting: Meeting) -> Any:
    [only] = parsed(meeting).walk("VEVENT")
    return only


def read_back(meeting: Meeting, until: datetime) -> Iterator[datetime]:
    """The beginnings of a series (UTC) as a calendar computes them: rule, minus dropped days, with moved ones moved."""
    whole, *moved = parsed(meeting).walk("VEVENT")
    zone = ZoneInfo(meeting.zone)
    rule = rrulestr(whole["RRULE"].to_ical().decode(), dtstart=whole["DTSTART"].dt.replace(tzinfo=None))
    assert isinstance(rule, rrule)
    dropped = [each.dt for each in whole["EXDATE"].dts] if "EXDATE" in whole else []
    gone = {each.replace(tzinfo=None) for each in [*dropped, *(part["RECURRENCE-ID"].dt for part in moved)]}
    kept = [day for day in rule.between(datetime(2000, 1, 1), until) if day not in gone]  # noqa: DTZ001
    found = [*(day.replace(tzinfo=zone) for day in kept), *(part["DTSTART"].dt for part in moved)]
    yield from sorted(each.astimezone(UTC) for each in found)


def test_one_meeting_is_read_back_as_it_was_meant() -> None:
    made = event(MEETING)
    assert made["DTSTART"].params["TZID"] == "America/New_York"
    assert made["DTSTART"].dt == datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("America/New_York"))
    assert made["DTEND"].dt - made["DTSTART"].dt == timedelta(minutes=30)
    assert (made["UID"], made["SEQUENCE"], made["STATUS"]) == ("checkin-7-t0home@partnerdesk", 0, "CONFIRMED")
    assert made["ORGANIZER"] == "mailto:dana@contoso.example"
    assert made["ORGANIZER"].params["CN"] == "Dana Park"
    assert made["DTSTAMP"].dt == NOW


def test_a_file_for_ones_own_calendar_publishes_and_invites_nobody() -> None:
    guests = (Guest("Pia Globex", "pia@globex.example"), Guest("No Mail"))
    calendar = parsed(replace(MEETING, guests=guests, description="Prepare the roster."))
    assert calendar["METHOD"] == "PUBLISH"
    [only] = calendar.walk("VEVENT")
    assert "ATTENDEE" not in only
    assert only["DESCRIPTION"] == "Prepare the roster.\n\nWith: Pia Globex <pia@globex.example>, No Mail"


@pytest.mark.parametrize("organizer", [None, Guest("Dana"), Guest("Dana", "dana at contoso"), Guest("D", "a@b\r\nX:y")])
def test_without_an_organizers_address_it_is_a_plain_event(organizer: Guest | None) -> None:
    calendar = parsed(replace(MEETING, organizer=organizer))
    assert "METHOD" not in calendar
    assert "ORGANIZER" not in calendar.walk("VEVENT")[0]


def test_a_later_version_is_the_same_meeting_with_a_higher_number() -> None:
    first, second = event(MEETING), event(replace(MEETING, sequence=4, cancelled=True))
    assert first["UID"] == second["UID"]
    assert second["SEQUENCE"] > first["SEQUENCE"]
    assert second["STATUS"] == "CANCELLED"


HOSTILE = st.text(
    st.sampled_from(list("aB;,:\\\"'<>&^ \t\r\n\x00\x0b\x1b\u2028\u200b😀é=")) | st.characters(codec="utf-8"),
    max_size=120,
)


@given(HOSTILE, HOSTILE, HOSTILE)
@settings(max_examples=60, deadline=None)
def test_names_stay_words(title: str, name: str, description: str) -> None:
    hostile = replace(
        MEETING,
        title=title,
        description=description,
        organizer=Guest(name, "dana@contoso.example"),
        guests=(Guest(name, "pia@globex.example"),),
    )
    data = invite(hostile, now=NOW)
    lines = data.decode().split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert not [line for line in lines if "\n" in line or "\r" in line or "\x00" in line]
    calendar: Any = Calendar.from_ical(data)
    [only] = calendar.walk("VEVENT")
    assert calendar.keys() == parsed(MEETING).keys()
    assert set(only.keys()) == {*event(MEETING).keys(), "DESCRIPTION"}
    assert str(only["SUMMARY"]).split() == _shown(title).split()
    assert description.strip() == "" or _shown(description).split()[:1] == str(only["DESCRIPTION"]).split()[:1]


def _shown(words: str) -> str:
    control = dict.fromkeys([*range(9), *range(11, 13), *range(14, 32), 127, 0x2028, 0x2029], " ")
    return words.translate(control)


def test_an_injected_line_is_no_line() -> None:
    evil = "Globex\r\nEND:VEVENT\r\nBEGIN:VALARM\nACTION:DISPLAY; x, \\n"
    data = invite(replace(MEETING, title=evil), now=NOW).decode()
    assert "\r\nBEGIN:VALARM" not in data
    assert "SUMMARY:Globex END:VEVENT BEGIN:VALARM ACTION:DISPLAY\\; x\\, \\\\n" in data.replace("\r\n ", "")


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Dublin", "Australia/Sydney", "Australia/Lord_Howe"])
def test_outlook_gets_clock_changes_as_yearly_rules(zone: str) -> None:
    [timezone] = parsed(replace(MEETING, zone=zone)).walk("VTIMEZONE")
    kinds = sorted((part.name or "", "RRULE" in part, "RDATE" in part) for part in timezone.subcomponents)
    assert kinds == [("DAYLIGHT", True, False), ("STANDARD", True, False)]


@pytest.mark.parametrize(
    "zone",
    ["America/New_York", "Europe/Berlin", "Europe/Dublin", "Australia/Sydney", "Asia/Kolkata", "Asia/Jerusalem",
     "Africa/Casablanca", "America/Santiago", "Pacific/Chatham", "America/Nuuk"],
)  # fmt: skip
def test_the_zone_in_the_file_is_the_zone(zone: str) -> None:
    """dateutil reads the VTIMEZONE alone and must come to what the zone database says."""
    text = invite(replace(MEETING, zone=zone), now=NOW).decode()
    body = text[text.index("BEGIN:VTIMEZONE") : text.index("END:VTIMEZONE")] + "END:VTIMEZONE\r\n"
    told = tzical(StringIO(body.replace("\r\n", "\n"))).get()
    assert told is not None
    for hour in range(0, 2 * 366 * 24, 11):
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour)
        local = at.astimezone(ZoneInfo(zone))
        if local.fold == 0:
            assert local.replace(tzinfo=told).utcoffset() == local.utcoffset(), (zone, local)


@pytest.mark.parametrize("on", [date(2, 1, 2), date(9999, 12, 30)])
def test_a_meeting_near_the_ends_of_the_calendar_is_still_a_file(on: date) -> None:
    assert event(replace(MEETING, on=on))["DTSTART"].dt.date() == on


def test_utc_needs_no_zone() -> None:
    assert parsed(replace(MEETING, zone="UTC")).walk("VTIMEZONE") == []
    assert b"DTSTART:20261124T100000Z" in invite(replace(MEETING, zone="UTC"), now=NOW)


def test_a_series_is_held_on_the_days_meant() -> None:
    repeats = Repeats(
        "FREQ=MONTHLY;BYDAY=4TH",
        moved={date(2026, 11, 26): (date(2026, 11, 27), time(11, 30))},
        dropped=frozenset({date(2026, 12, 24)}),
    )
    series = replace(MEETING, on=date(2026, 11, 26), repeats=repeats)
    found = list(read_back(series, datetime(2027, 4, 1)))  # noqa: DTZ001  # local
    assert [f"{each:%d %b %H:%M}" for each in found] == ["27 Nov 16:30", "28 Jan 15:00", "25 Feb 15:00", "25 Mar 14:00"]


RULES = (
    "FREQ=WEEKLY;BYDAY=MO", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "FREQ=WEEKLY;BYDAY=MO,TU", "FREQ=MONTHLY;BYDAY=-1TH",
    "FREQ=MONTHLY;BYDAY=4TH", "FREQ=MONTHLY;BYMONTHDAY=15", "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1",
)  # fmt: skip
HOURS = load_policy().hours


@given(
    st.sampled_from(RULES),
    st.dates(date(2025, 6, 1), date(2027, 6, 1)),
    st.sampled_from([time(10), time(2, 30), time(23, 45)]),
    st.sampled_from(["America/New_York", "Europe/Berlin", "Australia/Sydney", "Asia/Kolkata"]),
)
@settings(max_examples=25, deadline=None)
def test_a_calendar_holds_a_series_on_the_days_we_hold_it(rule: str, earliest: date, at: time, zone: str) -> None:
    """Holidays moved, two on one day dropped: a calendar that reads the file comes to our own slots."""
    first = first_day(rule, earliest)
    cadence = Cadence(
        workspace_id="T0HOME", partner_id=1, owner="U0PM", rule=rule, starts_on=first, at=at, zone=zone,
        state=CadenceState.RUNNING, created_at=NOW,
    )  # fmt: skip
    now = moment(first, time(), zone)
    series = Meeting(
        uid="x@y", title="Check-in", on=first, at=at, zone=zone, minutes=30,
        repeats=repeats(cadence, {}, now, load_policy()),
    )  # fmt: skip
    until = first + timedelta(days=500)
    ours = slots(recurrence_of(cadence), HOURS, since=first - timedelta(days=9), until=until)
    theirs = read_back(series, datetime.combine(until + timedelta(days=9), time()))
    assert [each for each in theirs if each.astimezone(ZoneInfo(zone)).date() <= until] == [
        slot.starts_at for slot in ours
    ]
