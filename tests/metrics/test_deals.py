"""The formulas on figures worked out by hand, and their laws on any rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.metrics import deals as metric
from bot.metrics.deals import Credit, Deal
from bot.metrics.window import Window

Q4 = Window(date(2026, 10, 1), date(2027, 1, 1))
FIRST, LAST, AFTER = Q4.start, Q4.end - timedelta(days=1), Q4.end
DEAL = Deal(1, 7, Decimal(100_000), "USD", "net_new", Credit.SOURCED)

days = st.none() | st.dates(date(2026, 9, 1), date(2027, 2, 1))
deals = st.builds(
    Deal,
    id=st.integers(1, 10_000),
    account=st.integers(1, 5),
    amount=st.none() | st.decimals(0, 10**6, places=2),
    currency=st.sampled_from(["USD", "EUR"]),
    type=st.sampled_from(["", "net_new", "expansion", "renewal"]),
    credit=st.none() | st.sampled_from(Credit),
    opened_on=days,
    closes_on=days,
    closed_on=days,
    is_won=st.none() | st.booleans(),
)
books = st.lists(deals, max_size=30, unique_by=lambda deal: deal.id)


def test_a_window_ends_before_its_end() -> None:
    assert [Q4.has(day) for day in (FIRST, LAST, AFTER, FIRST - timedelta(days=1), None)] == [
        True, True, False, False, False,
    ]  # fmt: skip


def test_the_strongest_credit_counts_and_claims_do_not() -> None:
    assert metric.credit_of([("influenced", ""), ("co_sell", "confirmed")]) is Credit.CO_SELL
    assert metric.credit_of([("sourced", "claimed"), ("influenced", "supported")]) is Credit.INFLUENCED
    assert metric.credit_of([("sourced", "disputed"), ("co_sell", "rejected")]) is None
    assert metric.credit_of([]) is None


@pytest.mark.parametrize(
    ("is_won", "stage", "expected"),
    [(None, "propose", None), (None, "Closed Won", True), (None, "closed_lost", False), (None, "Launched", True),
     (False, "won", False), (True, "", True)],
)  # fmt: skip
def test_what_is_recorded_wins_over_what_the_stage_says(is_won: bool | None, stage: str, expected: bool | None) -> None:
    assert metric.outcome(is_won, stage) is expected


def test_currencies_are_not_added_up_and_missing_amounts_are_counted() -> None:
    book = [
        replace(DEAL, id=3), replace(DEAL, id=1, amount=Decimal("50000.50")), replace(DEAL, id=2, amount=None),
        replace(DEAL, id=4, currency="EUR", amount=Decimal(900_000)),
    ]  # fmt: skip
    total = metric.total(book)
    assert total.sums == (("EUR", Decimal(900_000)), ("USD", Decimal("150000.50")))
    assert (total.count, total.unpriced, total.ids) == (4, 1, (1, 2, 3, 4))
    assert total.of("CHF") == 0


def test_pipeline_is_what_was_opened_and_stays_so_when_it_is_lost() -> None:
    lost = replace(DEAL, id=2, opened_on=LAST, closed_on=LAST, is_won=False)
    book = [replace(DEAL, opened_on=FIRST), lost, replace(DEAL, id=3, opened_on=AFTER), replace(DEAL, id=4)]
    book.append(replace(DEAL, id=5, opened_on=FIRST, type="renewal"))
    assert [deal.id for deal in metric.opened(book, Q4, Credit.SOURCED)] == [1, 2]
    assert metric.opened(book, Q4, Credit.CO_SELL) == []


def test_new_logos() -> None:
    """Six accounts won in the quarter; three are new, of one nobody knows."""
    won = replace(DEAL, is_won=True, closed_on=date(2026, 11, 2))
    wins = [
        replace(won, id=1, account=1),  # the customer since that day
        replace(won, id=2, account=2, type=""),  # the book says: customer since October
        replace(won, id=3, account=3),  # net new, and no day recorded
        replace(won, id=4, account=4),  # a customer since 2020
        replace(won, id=5, account=5),  # somebody else won there before
        replace(won, id=6, account=6, type=""),  # nobody knows
        replace(won, id=7, account=7, type="expansion"),  # it has bought before
        replace(won, id=8, account=8, credit=Credit.INFLUENCED),  # not theirs to count
    ]
    since = {1: date(2026, 11, 2), 2: date(2026, 10, 5), 4: date(2020, 1, 1)}
    first = {deal.account: date(2026, 11, 2) for deal in wins} | {5: date(2026, 10, 9)}
    logos = metric.new_logos(wins, since, first, Q4)
    assert logos.accounts == {1, 2, 3}
    assert [deal.id for deal in logos.unclear] == [6]


def test_two_first_deals_of_one_account_are_one_logo() -> None:
    won = replace(DEAL, is_won=True, closed_on=FIRST)
    logos = metric.new_logos([won, replace(won, id=2)], {}, {7: FIRST}, Q4)
    assert len(logos.deals) == 2
    assert len(logos.accounts) == 1


@pytest.mark.parametrize(
    ("achieved", "quota", "percent"),
    [("240000", "200000", 120), ("239000", "200000", 120), ("238999.99", "200000", 119), ("0", "200000", 0),
     ("1", "0", None)],
)  # fmt: skip
def test_attainment(achieved: str, quota: str, percent: int | None) -> None:
    assert metric.attainment(Decimal(achieved), Decimal(quota)) == percent


@given(books)
def test_a_deal_is_in_one_pipeline_only(book: list[Deal]) -> None:
    counts = Counter(deal.id for credit in Credit for deal in metric.opened(book, Q4, credit))
    assert max(counts.values(), default=1) == 1
    brought = [deal for deal in book if deal.credit and deal.type != "renewal" and deal.opened_on]
    expected = {deal.id for deal in brought if deal.opened_on and FIRST <= deal.opened_on <= LAST}
    assert set(counts) == expected


@given(books, books)
def test_totals_of_two_books_add_up(one: list[Deal], other: list[Deal]) -> None:
    both = metric.total([*one, *other])
    apart = metric.total(one), metric.total(other)
    for currency in ("USD", "EUR"):
        assert both.of(currency) == sum((each.of(currency) for each in apart), Decimal())
    assert both.count == apart[0].count + apart[1].count
    assert both.unpriced == apart[0].unpriced + apart[1].unpriced


@given(books)
def test_what_is_won_is_neither_lost_nor_to_come(book: list[Deal]) -> None:
    groups = [metric.won(book, Q4), metric.lost(book, Q4), metric.closing(book, Q4)]
    counts = Counter(deal.id for group in groups for deal in group)
    assert max(counts.values(), default=1) == 1
    assert all(deal.credit for group in groups for deal in group)


@given(books)
def test_new_logos_are_wins_that_count_once_an_account(book: list[Deal]) -> None:
    wins = metric.won(book, Q4)
    first = {deal.account: min(each.closed_on for each in wins if each.account == deal.account and each.closed_on)
             for deal in wins}  # fmt: skip
    logos = metric.new_logos(wins, {}, first, Q4)
    assert len(logos.accounts) <= len({deal.account for deal in wins})
    assert all(deal.counts_to_quota and deal.type == "net_new" for deal in logos.deals)
    assert not {deal.id for deal in logos.deals} & {deal.id for deal in logos.unclear}
