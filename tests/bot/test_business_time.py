"""Working hours: weekends, holidays, nights and the hours that clock changes make or take."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.business_time import add_working_hours, end_of_working_day, is_working_day, next_daily, next_working_moment
from bot.policy import load_policy

HOURS = load_policy().hours
NEW_YORK, BERLIN = "America/New_York", "Europe/Berlin"


def at(text: str, zone: str = NEW_YORK) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-11T10:00", "2026-03-11T10:00"),
        ("2026-03-11T07:00", "2026-03-11T09:00"),
        ("2026-03-11T18:00", "2026-03-12T09:00"),
        ("2026-03-13T20:00", "2026-03-16T09:00"),  # Friday evening
        ("2026-03-14T11:00", "2026-03-16T09:00"),  # Saturday
        ("2026-07-02T19:00", "2026-07-06T09:00"),  # Independence Day, kept on Friday the 3rd
    ],
)
def test_what_can_wait_waits_for_the_next_opening(moment: str, expected: str) -> None:
    assert next_working_moment(at(moment), NEW_YORK, HOURS) == at(expected)


@pytest.mark.parametrize(
    ("moment", "hours", "expected"),
    [
        ("2026-03-11T10:00", 4, "2026-03-11T14:00"),
        ("2026-03-11T16:00", 4, "2026-03-12T11:00"),
        ("2026-03-13T17:00", 4, "2026-03-16T12:00"),
        ("2026-03-06T17:00", 2, "2026-03-09T10:00"),  # over the weekend on which US clocks go forward
        ("2026-03-11T22:00", 9, "2026-03-12T18:00"),
    ],
)
def test_a_clock_runs_in_working_hours_only(moment: str, hours: float, expected: str) -> None:
    assert add_working_hours(at(moment), hours, NEW_YORK, HOURS) == at(expected)


def test_nine_stays_nine_when_the_clocks_change() -> None:
    before = next_daily(at("2026-03-27T10:00", BERLIN), BERLIN, HOURS, time(9))
    assert before == at("2026-03-30T09:00", BERLIN)  # Monday after the change, now UTC+2
    assert before.hour == 7


def test_the_day_ends_at_closing_time() -> None:
    assert end_of_working_day(at("2026-03-11T10:00"), NEW_YORK, HOURS) == at("2026-03-11T18:00")
    assert end_of_working_day(at("2026-03-11T19:00"), NEW_YORK, HOURS) == at("2026-03-12T18:00")


def test_holidays_are_those_of_the_zones_country() -> None:
    unity_day = at("2026-10-03T12:00", BERLIN).date()
    assert not is_working_day(unity_day.replace(month=12, day=25), BERLIN, HOURS)
    assert is_working_day(unity_day.replace(month=11, day=26), BERLIN, HOURS)  # Thanksgiving is a Thursday in Berlin
    assert not is_working_day(unity_day.replace(month=11, day=26), NEW_YORK, HOURS)


@given(
    st.datetimes(datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2027-12-31")),
    st.floats(0.1, 40),
    st.sampled_from([NEW_YORK, BERLIN, "Asia/Kolkata", "Pacific/Apia", "UTC"]),
)
def test_a_clock_never_ends_outside_working_hours(naive: datetime, hours: float, zone: str) -> None:
    moment = naive.replace(tzinfo=UTC)
    ends = add_working_hours(moment, hours, zone, HOURS)
    local = ends.astimezone(ZoneInfo(zone))
    assert ends > moment
    assert is_working_day(local.date(), zone, HOURS)
    assert HOURS.start <= local.time() <= HOURS.end
