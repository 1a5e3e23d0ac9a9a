"""Registrations from a table: how columns may be called, what is wrong where, and what comes of it in the store."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from bot.desk import registrations_import
from bot.desk.registrations_import import RegistrationDiff
from bot.imports.registrations import RegistrationFile, read_registrations
from bot.imports.tables import parse_csv
from bot.language.slots.money import Money
from models.deals import DealRegistration
from models.delivery import Delivery
from models.events import Event
from models.store import Store
from tests.desk.deals import HOME, Deals, build


def read(text: str) -> RegistrationFile:
    return read_registrations(parse_csv(text, "deals.csv"), currency="USD")


def test_columns_are_found_by_whatever_they_are_called() -> None:
    file = read(
        "Deal ID;Partner Name;End Customer;Deal Size;Close Date;Product(s);Solution;Registered on;Colour\n"
        "R-1;Globex;BigCo;€ 1.5M;2026-09-30;x;ERP, Payroll;2026-03-01T10:00:00+01:00;red\n"
    )
    [row] = file.rows
    assert (row.external_id, row.partner, row.account, row.money) == (
        "R-1",
        "Globex",
        "BigCo",
        Money(Decimal(1_500_000), "EUR"),
    )
    assert (row.expected_close, row.products, row.line) == (date(2026, 9, 30), "ERP, Payroll", 2)
    assert row.submitted_at == datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    assert file.unread == ("Product(s)", "Colour")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("A,,BigCo,5,USD,", "partner is empty"),
        ("A,Globex,BigCo,lots,USD,", "value “lots” is not a sum"),
        ("A,Globex,BigCo,5 to 6,USD,", "value “5 to 6” is not a sum"),
        ("A,Globex,BigCo,0,USD,", "has to be above zero"),
        ("A,Globex,BigCo,-5,USD,", "is not a sum"),
        ("A,Globex,BigCo,$5,EUR,", "is not in EUR, as the currency column says"),
        ("A,Globex,BigCo,5,Dollar,", "currency “Dollar” is not a code"),
        ("A,Globex,BigCo,5,USD,soon", "expected close “soon” is not a date"),
        ("A,Globex,BigCo,5,USD,9999-12-31", "'9999-12-31' is too far away"),
        ("A,Globex,BigCo,5,USD,,0001-01-01T00:00+14:00", "'0001-01-01' is too far away"),
        (f"{'A' * 65},Globex,BigCo,5,USD,", "external id is longer than 64"),
    ],
)
def test_a_bad_line_is_named_and_the_others_go_in(line: str, words: str) -> None:
    file = read(f"id,partner,account,value,currency,close,submitted\n{line}\nB,Globex,Nile,5,USD,\n")
    assert [row.external_id for row in file.rows] == ["B"]
    [problem] = file.problems
    assert problem.line == 2
    assert words in problem.text


def test_the_same_row_twice_is_told_of_the_second() -> None:
    file = read("partner,account,value\nGlobex,BigCo,5\nglobex,BIGCO,6\n")
    assert [(problem.line, problem.text) for problem in file.problems] == [(3, "is the same registration as line 2")]


@pytest.fixture
def deals(store: Store) -> Deals:
    return build(store)


def bring_in(deals: Deals, text: str, *, dry_run: bool = False) -> RegistrationDiff:
    with deals.store.write(HOME) as uow:
        return registrations_import.apply(
            uow, read(text), actor="U0AE", now=deals.now, policy=deals.policy, dry_run=dry_run
        )


HEAD = "id,partner,account,value,submitted\n"
LATER = "I-1,Initech,BigCo,5000,2026-03-02\n"
FIRST = "G-1,Globex,BigCo,5000,2026-03-01\n"


@pytest.mark.parametrize("order", [(LATER, FIRST), (FIRST, LATER)])
def test_the_earlier_claim_wins_whatever_the_order_in_the_file(deals: Deals, order: tuple[str, str]) -> None:
    diff = bring_in(deals, HEAD + "".join(order))
    assert sorted((each.partner, each.state, each.rule) for each in diff.created) == [
        ("Globex", "pending_approval", "C0"), ("Initech", "under_review", "C2"),
    ]  # fmt: skip


def test_again_it_changes_nothing_and_a_dry_run_never_does(deals: Deals) -> None:
    tried = bring_in(deals, HEAD + FIRST, dry_run=True)
    assert [(each.account, each.state) for each in tried.created] == [("BigCo", "pending_approval")]
    with deals.store.read(HOME) as uow:
        assert not [*uow.list(DealRegistration), *uow.list(Event), *uow.list(Delivery)]
    assert len(bring_in(deals, HEAD + FIRST).created) == 1
    again = bring_in(deals, HEAD + FIRST)
    assert (again.created, again.sent_again, again.unchanged, again.problems) == ((), (), 1, ())
    said = registrations_import.render(tried, "deals.csv", dry_run=True)
    assert said.startswith(
        "1 would be created, 0 would be sent again, 0 unchanged, 0 not taken.\n+ line 2: Globex, BigCo"
    )


def test_a_returned_one_is_sent_again_when_its_row_changed(deals: Deals) -> None:
    bring_in(deals, HEAD + FIRST)
    changed = HEAD + FIRST.replace("5000", "6000")
    [(line, words)] = bring_in(deals, changed).problems
    assert (line, words) == (2, "differs from #1, which is pending approval: return or withdraw that one first")
    deals.decide(1, "U0PM", "returned", "check the value")
    [sent] = bring_in(deals, changed).sent_again
    assert (sent.number, sent.state, deals.row(1).value, deals.row(1).submitted_at) == (
        1, "pending_approval", Decimal(6000), deals.now,
    )  # fmt: skip


def test_what_the_store_refuses_is_a_problem_of_its_line(deals: Deals) -> None:
    diff = bring_in(
        deals,
        HEAD + FIRST + "X,Hooli,BigCo,5,\nG-2,Globex,BigCo,7,\nG-3,Globex,Nile,7,2099-01-01\nG-4,Globex,Nile,7,\n",
    )
    assert [each.account for each in diff.created] == ["BigCo", "Nile"]
    problems = dict(diff.problems)
    assert sorted(problems) == [3, 4, 5]
    assert "I know no partner called “Hooli”" in problems[3]
    assert "registered BigCo already" in problems[4]
    assert "future" in problems[5]
