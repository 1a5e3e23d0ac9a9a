"""Rules -> the days meetings are held on: always working days, at the same wall-clock time, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.business_time import is_working_day
from bot.policy import load_policy
from bot.recurrence import Recurrence, complete, first_day, held_on, moment, next_slot, slots

HOURS = load_policy().hours
TEN = time(10)
NEW_YORK, LONDON, SYDNEY = "America/New_York", "Europe/London", "Australia/Sydney"


def held(rule: str, zone: str, first: date, count: int, at: time = TEN) -> list[str]:
    """The local beginnings of the first meetings."""
    recurrence = Recurrence(rule, first_day(rule, first), at, zone)
    found, after = [], moment(first, time(), zone)
    for _ in range(count):
        slot = next_slot(recurrence, after, HOURS)
        found.append(f"{slot.starts_at.astimezone(ZoneInfo(zone)):%a %d %b %H:%M}")
        after = slot.starts_at
    return found


def test_the_last_thursday_that_is_a_holiday_is_held_the_working_day_before() -> None:
    # Thu 26 Nov 2026 is Thanksgiving, and the last Thursday; Thu 31 Dec is none.
    assert held("FREQ=MONTHLY;BYDAY=-1TH", NEW_YORK, date(2026, 11, 1), 2) == ["Wed 25 Nov 10:00", "Thu 31 Dec 10:00"]


def test_the_fourth_thursday_that_is_a_holiday_is_held_the_working_day_after() -> None:
    assert held("FREQ=MONTHLY;BYDAY=4TH", NEW_YORK, date(2026, 11, 1), 1) == ["Fri 27 Nov 10:00"]


def test_a_day_of_the_month_moves_off_the_weekend_and_over_the_holiday_behind_it() -> None:
    # 4 April 2026 is the Saturday before Easter, Monday the 6th a holiday in Berlin.
    assert held("FREQ=MONTHLY;BYMONTHDAY=4", "Europe/Berlin", date(2026, 4, 1), 2) == [
        "Tue 07 Apr 10:00",
        "Mon 04 May 10:00",
    ]


def test_the_end_of_the_month_stays_in_its_month() -> None:
    # 31 May 2026 is a Sunday.
    assert held("FREQ=MONTHLY;BYMONTHDAY=-1", LONDON, date(2026, 5, 1), 1) == ["Fri 29 May 10:00"]


def test_two_rule_days_on_one_working_day_are_one_meeting() -> None:
    # Mon 25 May 2026 is a holiday in both places; Tuesday is a rule day of its own.
    rule = "FREQ=WEEKLY;BYDAY=MO,TU"
    assert held(rule, NEW_YORK, date(2026, 5, 23), 2) == ["Tue 26 May 10:00", "Mon 01 Jun 10:00"]


def test_the_clock_time_is_kept_through_both_changes() -> None:
    weekly = "FREQ=WEEKLY;BYDAY=MO"
    recurrence = Recurrence(weekly, date(2026, 3, 2), TEN, NEW_YORK)
    march = [slot.starts_at for slot in slots(recurrence, HOURS, since=date(2026, 3, 2), until=date(2026, 3, 9))]
    assert march == [datetime(2026, 3, 2, 15, tzinfo=UTC), datetime(2026, 3, 9, 14, tzinfo=UTC)]
    november = [slot.starts_at for slot in slots(recurrence, HOURS, since=date(2026, 10, 26), until=date(2026, 11, 2))]
    assert november == [datetime(2026, 10, 26, 14, tzinfo=UTC), datetime(2026, 11, 2, 15, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("day", "at", "utc"),
    [
        (date(2026, 3, 8), time(2, 30), datetime(2026, 3, 8, 7, 30, tzinfo=UTC)),  # left out: 3:30 instead
        (date(2026, 11, 1), time(1, 30), datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),  # twice: the first
    ],
)
def test_times_that_a_clock_change_leaves_out_or_repeats(day: date, at: time, utc: datetime) -> None:
    assert moment(day, at, NEW_YORK) == utc


def test_every_other_tuesday_begins_on_the_next_one() -> None:
    rule = "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"
    assert held(rule, LONDON, date(2026, 3, 12), 3) == ["Tue 17 Mar 10:00", "Tue 31 Mar 10:00", "Tue 14 Apr 10:00"]


@pytest.mark.parametrize(
    ("rule", "first", "whole"),
    [
        ("FREQ=WEEKLY", date(2026, 11, 26), "FREQ=WEEKLY;BYDAY=TH"),
        ("FREQ=MONTHLY", date(2026, 11, 26), "FREQ=MONTHLY;BYDAY=4TH"),
        ("FREQ=MONTHLY;INTERVAL=3", date(2026, 11, 30), "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1MO"),
        ("FREQ=MONTHLY;BYMONTHDAY=15", date(2026, 11, 26), "FREQ=MONTHLY;BYMONTHDAY=15"),
    ],
)
def test_a_rule_without_a_day_gets_that_of_the_first(rule: str, first: date, whole: str) -> None:
    assert complete(rule, first) == whole


WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
RULES = st.one_of(
    st.builds(
        lambda every, days: f"FREQ=WEEKLY;INTERVAL={every};BYDAY={','.join(sorted(days))}",
        st.integers(1, 13), st.sets(st.sampled_from(WEEKDAYS), min_size=1, max_size=7),
    ),
    st.builds(
        lambda every, place, day: f"FREQ=MONTHLY;INTERVAL={every};BYDAY={place}{day}",
        st.sampled_from([1, 2, 3, 6]), st.sampled_from([1, 2, 3, 4, -1]), st.sampled_from(WEEKDAYS),
    ),
    st.builds(
        lambda every, day: f"FREQ=MONTHLY;INTERVAL={every};BYMONTHDAY={day}",
        st.sampled_from([1, 3]), st.sampled_from([1, 15, 28, 29, 31, -1]),
    ),
)  # fmt: skip
RECURRENCES = st.builds(
    Recurrence,
    RULES,
    st.dates(date(2025, 1, 1), date(2027, 12, 31)),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.sampled_from([NEW_YORK, LONDON, SYDNEY, "Asia/Kolkata", "Asia/Tokyo", "Europe/Berlin", "UTC"]),
)


@given(RECURRENCES, st.integers(0, 500))
@settings(max_examples=60, deadline=None)
def test_meetings_are_on_working_days_one_each_in_order(recurrence: Recurrence, later: int) -> None:
    since = recurrence.starts_on + timedelta(days=later)
    until = since + timedelta(days=200)
    found = list(slots(recurrence, HOURS, since=since, until=until))
    assert all(is_working_day(slot.on, recurrence.zone, HOURS) for slot in found)
    assert len({slot.on for slot in found}) == len({slot.rule_day for slot in found}) == len(found)
    assert [slot.starts_at for slot in found] == sorted(slot.starts_at for slot in found)
    # Every rule day has its meeting, and no meeting is without a rule day: dateutil counts them on its own.
    rule = rrulestr(recurrence.rule, dtstart=datetime.combine(recurrence.starts_on, time()))
    wide = timedelta(days=40)
    said = rule.between(datetime.combine(since - wide, time()), datetime.combine(until + wide, time()), inc=True)
    expected = {on for day in said if since <= (on := held_on(recurrence, day.date(), HOURS)) <= until}
    assert {slot.on for slot in found} == expected
    for slot in found:
        there = slot.starts_at.astimezone(ZoneInfo(recurrence.zone))
        meant = datetime.combine(slot.on, recurrence.at, tzinfo=UTC)
        exists = meant.replace(tzinfo=ZoneInfo(recurrence.zone)).astimezone(UTC).astimezone(there.tzinfo)
        assert (there.date(), there.time()) == (slot.on, recurrence.at) or exists.time() != recurrence.at


@given(RECURRENCES, st.integers(0, 400), st.integers(0, 24 * 60))
@settings(max_examples=60, deadline=None)
def test_the_next_one_is_the_first_strictly_after(recurrence: Recurrence, days: int, minutes: int) -> None:
    after = moment(recurrence.starts_on, time(), recurrence.zone) + timedelta(days=days, minutes=minutes)
    slot = next_slot(recurrence, after, HOURS)
    assert slot.starts_at > after
    local = after.astimezone(ZoneInfo(recurrence.zone)).date()
    between = slots(recurrence, HOURS, since=local, until=slot.on)
    assert [each for each in between if after < each.starts_at < slot.starts_at] == []
    assert next_slot(recurrence, slot.starts_at, HOURS, beyond=slot.rule_day).starts_at > slot.starts_at
