"""Days that people and files may say; links they may give."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.days import plausible, sensible_day
from bot.errors import Refused
from bot.links import is_safe

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("day", [date(2016, 11, 21), date(2026, 11, 20), date(2036, 11, 19)])
def test_a_day_within_ten_years_is_sensible(day: date) -> None:
    assert sensible_day(day, NOW) == day


@pytest.mark.parametrize("day", [date.min, date(2016, 11, 20), date(2036, 11, 20), date.max])
def test_one_further_away_is_not(day: date) -> None:
    with pytest.raises(Refused, match=f"{day.isoformat()} is more than 10 years away"):
        sensible_day(day, NOW)


def test_files_may_reach_further_but_not_to_the_ends_of_the_calendar() -> None:
    assert plausible(date(1900, 1, 1)) and plausible(date(2199, 12, 31))
    for day in (date.min, date(1899, 12, 31), date(2200, 1, 1), date.max):
        with pytest.raises(ValueError, match="write a day from 1900 to 2199"):
            plausible(day)


@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\u00ad", "\u2066", "\ufeff", "\x1b", "\ud800", "\U000e0041"])
def test_a_link_hides_nothing(hidden: str) -> None:
    assert is_safe("https://portal.example/müller?a=1#b")
    assert not is_safe(f"https://portal{hidden}.example/")
    assert not is_safe(f"https://portal.example/{hidden}x")
