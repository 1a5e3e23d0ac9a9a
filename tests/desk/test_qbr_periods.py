"""Fiscal periods and cadences."""

from __future__ import annotations

from datetime import date

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.qbr_periods import (
    complete_before,
    due_after,
    following,
    months_of,
    named,
    period_of,
    target_window,
    tiling,
)
from bot.language.slots.periods import find_period
from bot.metrics.window import Window

any_day = st.dates(date(2024, 1, 1), date(2030, 12, 31))
starts = st.integers(1, 12)
lengths = st.sampled_from([1, 2, 3, 4, 6, 9, 12, 24])


@pytest.mark.parametrize(
    ("day", "months", "year_starts", "label"),
    [
        (date(2026, 11, 20), 3, 1, "Q4 2026"),
        (date(2026, 11, 20), 6, 1, "H2 2026"),
        (date(2026, 11, 20), 12, 1, "2026"),
        (date(2026, 11, 20), 3, 4, "Q3 FY2027"),
        (date(2026, 3, 31), 3, 4, "Q4 FY2026"),
        (date(2026, 4, 1), 12, 4, "FY2027"),
        (date(2026, 11, 20), 2, 1, "1 Nov 2026 – 31 Dec 2026"),
    ],
)
def test_names(day: date, months: int, year_starts: int, label: str) -> None:
    assert period_of(day, months, year_starts).label == label


@given(any_day, st.sampled_from([3, 6]), starts)
def test_people_mean_the_same_periods(day: date, months: int, year_starts: int) -> None:
    """What a period is called leads back to it."""
    period = period_of(day, months, year_starts)
    said = find_period(period.label, day, year_starts)
    assert said is not None
    assert said.value == period


@given(any_day, lengths, starts)
def test_a_period_holds_its_day_and_the_next_begins_where_it_ends(day: date, months: int, year_starts: int) -> None:
    period = period_of(day, months, year_starts)
    assert period.start <= day < period.end
    assert months_of(period) == months
    assert following(period, year_starts).start == period.end
    complete = complete_before(day, months, year_starts)
    assert complete.end <= day < complete.end + relativedelta(months=months)


def test_a_stretch_that_is_no_period_is_called_by_its_days() -> None:
    assert named(date(2026, 1, 15), date(2026, 4, 15), 1).label == "15 Jan 2026 – 14 Apr 2026"
    assert len(named(date(2026, 12, 15), date(2028, 12, 15), 1).label) <= 32


@pytest.mark.parametrize(
    ("period", "year_starts", "window"),
    [
        ("Q4 2026", 1, Window(date(2026, 10, 1), date(2027, 1, 1))),
        ("2026", 1, Window(date(2026, 1, 1), date(2027, 1, 1))),
        ("Q1 2027", 4, Window(date(2026, 4, 1), date(2026, 7, 1))),
        ("2027", 4, Window(date(2026, 4, 1), date(2027, 4, 1))),
        ("some day", 1, None),
    ],
)
def test_what_a_quota_is_for(period: str, year_starts: int, window: Window | None) -> None:
    assert target_window(period, year_starts) == window


def test_quarters_make_a_half_only_without_a_gap() -> None:
    quarters = [(target_window(f"Q{n} 2026", 1), n) for n in (1, 2, 4)]
    known = [(window, n) for window, n in quarters if window]
    half = Window(date(2026, 1, 1), date(2026, 7, 1))
    assert tiling(half, known) == [1, 2]
    assert tiling(Window(date(2026, 7, 1), date(2027, 1, 1)), known) == []


@given(any_day, lengths, any_day)
def test_the_next_one_is_the_first_that_is_not_before(base: date, months: int, not_before: date) -> None:
    due = due_after(base, months, not_before=not_before)
    assert due >= not_before
    assert due > base
    before = due - relativedelta(months=months)
    assert before <= base or before < not_before
