"""Periods, rhythms, sums and times in people's words."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refused
from bot.language.slots.cadences import find_rule, find_unclear, in_words
from bot.language.slots.kinds import find_number, find_tier, find_type
from bot.language.slots.money import Money, find_money, written
from bot.language.slots.periods import Lean, Period, find_period, find_year
from bot.language.slots.times import find_day, find_days, find_start, find_time
from models.partners import PartnerType

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "start", "end", "label"),
    [
        ("Q4", date(2026, 10, 1), date(2027, 1, 1), "Q4 2026"),
        ("Q1", date(2027, 1, 1), date(2027, 4, 1), "Q1 2027"),
        ("covering Q4 2025", date(2025, 10, 1), date(2026, 1, 1), "Q4 2025"),
        ("2026Q2", date(2026, 4, 1), date(2026, 7, 1), "Q2 2026"),
        ("Q4'26", date(2026, 10, 1), date(2027, 1, 1), "Q4 2026"),
        ("FY26 Q1", date(2026, 1, 1), date(2026, 4, 1), "Q1 2026"),
        ("FY26", date(2026, 1, 1), date(2027, 1, 1), "FY2026"),
        ("H2", date(2026, 7, 1), date(2027, 1, 1), "H2 2026"),
        ("4th quarter", date(2026, 10, 1), date(2027, 1, 1), "Q4 2026"),
        ("last quarter", date(2026, 7, 1), date(2026, 10, 1), "Q3 2026"),
        ("next quarter", date(2027, 1, 1), date(2027, 4, 1), "Q1 2027"),
        ("last year", date(2025, 1, 1), date(2026, 1, 1), "2025"),
    ],
)
def test_periods(said: str, start: date, end: date, label: str) -> None:
    found = find_period(said, TODAY)
    assert found is not None
    assert found.value == Period(start, end, label)
    assert (found.start, found.end) == (0, len(said))


@pytest.mark.parametrize(
    ("said", "lean", "label"), [("Q1", "begun", "Q1 2026"), ("Q1", "nearest", "Q1 2027"), ("Q3", "nearest", "Q3 2026")]
)
def test_a_bare_quarter_has_begun_or_is_near(said: str, lean: Lean, label: str) -> None:
    found = find_period(said, TODAY, lean=lean)
    assert found is not None
    assert found.value.label == label


def test_a_fiscal_year_from_april_is_named_after_the_year_it_ends_in() -> None:
    for said, period in [
        ("FY26", Period(date(2025, 4, 1), date(2026, 4, 1), "FY2026")),
        ("Q1 2026", Period(date(2025, 4, 1), date(2025, 7, 1), "Q1 FY2026")),
        ("this quarter", Period(date(2026, 10, 1), date(2027, 1, 1), "Q3 FY2027")),
    ]:
        found = find_period(said, TODAY, fiscal_start=4)
        assert found is not None
        assert found.value == period


def test_a_year_alone_and_what_is_none() -> None:
    found = find_year("for 2025")
    assert found is not None
    assert found.value == Period(date(2025, 1, 1), date(2026, 1, 1), "2025")
    for none in ("$2025", "20250", "2,025", "Q", "Q5", "Acme 365"):
        assert find_year(none) is None
        assert find_period(none, TODAY) is None


@given(st.integers(1, 4), st.integers(2000, 2090), st.integers(1, 12))
def test_a_quarter_has_three_months_of_its_fiscal_year(quarter: int, year: int, fiscal_start: int) -> None:
    found = find_period(f"Q{quarter} {year}", TODAY, fiscal_start)
    assert found is not None
    months = (found.value.end.year - found.value.start.year) * 12 + found.value.end.month - found.value.start.month
    assert months == 3
    assert (found.value.start.month - fiscal_start) % 12 == (quarter - 1) * 3


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ("weekly", "FREQ=WEEKLY"),
        ("every month", "FREQ=MONTHLY"),
        ("quarterly", "FREQ=MONTHLY;INTERVAL=3"),
        ("fortnightly", "FREQ=WEEKLY;INTERVAL=2"),
        ("every other Tuesday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
        ("every 2 weeks on Tue", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
        ("Mondays", "FREQ=WEEKLY;BYDAY=MO"),
        ("every Monday and Thursday", "FREQ=WEEKLY;BYDAY=MO,TH"),
        ("first Monday of the month", "FREQ=MONTHLY;BYDAY=1MO"),
        ("last Thursday of the month", "FREQ=MONTHLY;BYDAY=-1TH"),
        ("monthly on the 15th", "FREQ=MONTHLY;BYMONTHDAY=15"),
        ("quarterly on the first Monday", "FREQ=MONTHLY;INTERVAL=3;BYDAY=1MO"),
        ("end of each month", "FREQ=MONTHLY;BYMONTHDAY=-1"),
    ],
)
def test_rhythms(said: str, rule: str) -> None:
    found = find_rule(said)
    assert found is not None
    assert found.value == rule
    again = find_rule(in_words(rule))
    assert again is not None
    assert again.value == rule


@pytest.mark.parametrize("said", ["monthly on Tuesday", "monthly on the 31st"])
def test_a_rhythm_whose_parts_do_not_fit(said: str) -> None:
    found = find_rule(said)
    assert found is not None
    assert found.value == ""


@pytest.mark.parametrize(
    "said", ["biweekly", "twice a month", "every third Wednesday", "regularly", "daily", "2x a month"]
)
def test_an_unclear_rhythm(said: str) -> None:
    found = find_unclear(said)
    assert found is not None
    assert found.value.words == said


@pytest.mark.parametrize("said", ["on the 15th", "first Monday of December", "Tuesday 24 Nov", "Acme"])
def test_no_rhythm(said: str) -> None:
    assert find_rule(said) is None
    assert find_unclear(said) is None


@pytest.mark.parametrize(
    ("said", "amount", "currency"),
    [
        ("$250,000", "250000", "USD"),
        ("$1.5M", "1500000", "USD"),
        ("250k", "250000", "USD"),
        ("USD 250 000", "250000", "USD"),
        ("€1.2m", "1200000", "EUR"),
        ("1,5 Mio €", "1500000", "EUR"),
        ("250.000 €", "250000", "EUR"),
        ("£40k", "40000", "GBP"),
        ("1.5 million dollars", "1500000", "USD"),
        ("CHF 1'200'000", "1200000", "CHF"),
        ("$1,234.56", "1234.56", "USD"),
        ("250,000", "250000", "USD"),
    ],
)
def test_sums(said: str, amount: str, currency: str) -> None:
    found = find_money(said, "USD")
    assert found is not None
    assert found.value == Money(Decimal(amount), currency)


@pytest.mark.parametrize("said", ["250000", "12", "#12", "-$250,000", "$0", "20%", "Q4", "3M's", "10:30", ""])
def test_what_is_no_sum(said: str) -> None:
    assert find_money(said, "USD") is None


@given(st.decimals(min_value=Decimal("0.01"), max_value=10**11, places=2), st.sampled_from(["USD", "EUR", "JPY"]))
def test_a_sum_written_is_the_same_sum(amount: Decimal, currency: str) -> None:
    found = find_money(written(Money(amount, currency)), "GBP")
    assert found is not None
    assert found.value == Money(amount, currency)


@pytest.mark.parametrize(
    ("said", "clock"),
    [
        ("at 10", time(10)),
        ("at 3", time(15)),
        ("3pm", time(15)),
        ("12 am", time(0)),
        ("10:30", time(10, 30)),
        ("9.15am", time(9, 15)),
        ("15h30", time(15, 30)),
        ("at noon", time(12)),
    ],
)
def test_times(said: str, clock: time) -> None:
    found = find_time(said)
    assert found is not None
    assert found.value == clock


def test_another_zone_is_asked_about_and_a_number_is_no_time() -> None:
    with pytest.raises(Refused, match="own time zone"):
        find_time("at 3pm ET")
    for none in ("10", "Q4", "25:00", "at 25", "$10", "#10"):
        assert find_time(none) is None


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("on Tue 24 Nov", date(2026, 11, 24)),
        ("tomorrow", date(2026, 11, 21)),
        ("2026-12-08", date(2026, 12, 8)),
        ("in 2 weeks", date(2026, 12, 4)),
    ],
)
def test_days(said: str, day: date) -> None:
    found = find_day(said, NOW, "Europe/Berlin")
    assert found is not None
    assert found.value == day


def test_a_week_is_no_day_and_a_start_is_one() -> None:
    assert find_day("next week", NOW, "") is None
    week = find_days("next week", NOW, "")
    assert week is not None
    assert week.value[0] == date(2026, 11, 23)
    start = find_start("monthly starting Monday", NOW, "")
    assert start is not None
    assert start.value == date(2026, 11, 23)
    assert find_start("starting soon", NOW, "") is None


@pytest.mark.parametrize(("said", "amount"), [("for 3M, $50k", "50000"), ("for 3M 50k", "3000000")])
def test_a_sum_with_its_currency_comes_first(said: str, amount: str) -> None:
    found = find_money(said, "USD")
    assert found is not None
    assert found.value.amount == Decimal(amount)


def test_tiers_types_and_numbers() -> None:
    tier = find_tier("Gold Coast as a new silver partner", ("Silver", "Gold"))
    assert tier is not None
    assert tier.value == "Silver"
    assert find_tier("Golden Gate", ("Gold",)) is None
    assert find_tier("Acme", ()) is None
    kind = find_type("Acme as a reseller")
    assert kind is not None
    assert kind.value is PartnerType.RESELLER
    assert find_type("Alliance Data for Acme") is None
    number = find_number("deal #12")
    assert number is not None
    assert number.value == 12
    assert find_number("$12") is None


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("half a million dollars", "500000 USD"),
        ("two and a half million euros", "2500000 EUR"),
        ("two hundred and fifty thousand", "250000 USD"),
        ("a quarter of a million pounds", "250000 GBP"),
        ("forty grand", "40000 USD"),
    ],
)
def test_sums_in_words(text: str, amount: str) -> None:
    found = find_money(f"worth {text} via Acme", "USD")
    assert found is not None
    assert f"{found.value.amount:f} {found.value.currency}" == amount


@pytest.mark.parametrize("text", ["two partners", "third quarter", "one hundred", "half of it"])
def test_other_numbers_in_words_are_no_sums(text: str) -> None:
    assert find_money(text, "USD") is None


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("half past ten", time(10, 30)),
        ("at quarter past eight", time(8, 15)),
        ("quarter to nine", time(8, 45)),
        ("at nine thirty", time(9, 30)),
        ("half past two", time(14, 30)),
        ("Friday morning at 9", time(9)),
        ("at 5 in the afternoon", time(17)),
        ("9 in the morning", time(9)),
    ],
)
def test_times_in_words(text: str, clock: time) -> None:
    found = find_time(text)
    assert found is not None
    assert found.value == clock
