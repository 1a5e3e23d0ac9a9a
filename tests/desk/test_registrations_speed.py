"""What registrations cost beside thousands of others, and that nothing is overlooked for it."""

from __future__ import annotations

import difflib
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from bot.desk import lookup, registrations_import
from bot.desk.referee import Company, is_near, is_same
from bot.desk.registrations_alike import likeness
from bot.desk.registrations_claims import Companies, account_names
from bot.desk.registrations_import import ROWS_AT_ONCE, RegistrationDiff
from bot.errors import Refused
from bot.imports.registrations import read_registrations
from bot.imports.tables import parse_csv
from bot.reading.names import core
from models.deals import DealRegistration
from models.partners import Account
from models.store import Store, UnitOfWork
from tests.desk.deals import HOME, Deals, build

ALIKE = (0.80, 0.95)
SYLLABLES = ("ba", "co", "den", "fir", "go", "hal", "in", "ja", "kor", "lu", "ment", "nor", "pa", "ri", "so", "tec")
# Few letters, so that names come close to one another.
NAMES = st.text("abcé .", min_size=1, max_size=12) | st.sampled_from(
    ["Acme", "ACME Inc.", "Acme GmbH", "Acmé", "Acme Corp Europe", "S.A.", "S A", "Acne", "Acme & Sons"]
)
COMPANIES = st.builds(
    Company,
    NAMES,
    domain=st.sampled_from(["", "a.example", "A.example", "b.example"]),
    account_id=st.sampled_from([None, None, 1, 2]),
    parent=st.sampled_from(["", "", "Acme", "abc"]),
)


@pytest.fixture
def deals(sqlite_url: str) -> Iterator[Deals]:
    store = Store(sqlite_url)
    yield build(store)
    store.dispose()


def names(count: int, seed: int) -> list[str]:
    """Company names as different as those of a customer list."""
    dice = random.Random(seed)
    made = {
        f"{''.join(dice.choices(SYLLABLES, k=3))} {''.join(dice.choices(SYLLABLES, k=2))}".title() for _ in range(count)
    }
    return sorted(made)


def claim_before(deals: Deals, count: int, seed: int) -> None:
    """Open registrations that are simply there."""
    partners = (deals.partner("Globex"), deals.partner("Initech"))
    at = deals.now - timedelta(days=1)
    rows = [
        DealRegistration(
            workspace_id=HOME, external_id=f"{seed}:{n}", partner_id=partners[n % 2], account_name=name,
            value=Decimal(1), currency="USD", state="pending_approval", submitted_at=at,
        ).model_dump(exclude={"id"})
        for n, name in enumerate(names(count, seed))
    ]  # fmt: skip
    with deals.store.write(HOME) as uow:
        uow.session.execute(insert(DealRegistration), rows)


def submitting(deals: Deals, new: list[str]) -> float:
    """Seconds of processor time that one submission takes, at best: other programs on the machine make it longer."""
    best = float("inf")
    for name in new:
        submission = deals.claim("Globex", name)
        start = time.thread_time()
        deals.submit(submission)
        best = min(best, time.thread_time() - start)
    return best


def test_a_submission_beside_thousands_costs_hardly_more(deals: Deals) -> None:
    claim_before(deals, 100, seed=1)
    few = submitting(deals, [f"Quixotry {word}" for word in ("one", "two", "three", "four")])
    claim_before(deals, 4000, seed=2)
    many = submitting(deals, [f"Zymurgist {word}" for word in ("one", "two", "three", "four")])
    assert many < 5 * few, (few, many)  # 40 times as many


def bring_in(deals: Deals, text: str) -> tuple[RegistrationDiff, int]:
    """What came of it, and in how many units of work."""
    opened = 0

    @contextmanager
    def unit() -> Iterator[UnitOfWork]:
        nonlocal opened
        opened += 1
        with deals.store.write(HOME) as uow:
            yield uow

    file = read_registrations(parse_csv(text, "deals.csv"), currency="USD")
    diff = registrations_import.bring_in(unit, file, actor="U0AE", now=deals.now, policy=deals.policy)
    return diff, opened


def importing(deals: Deals, seed: int) -> float:
    """Seconds of processor time that one row of an import takes."""
    text = "partner,account,value\n" + "".join(f"Globex,{name},5\n" for name in names(ROWS_AT_ONCE, seed))
    start = time.thread_time()
    diff, _units = bring_in(deals, text)
    return (time.thread_time() - start) / len(diff.created)


def test_an_import_grows_with_its_rows_not_with_their_square(deals: Deals) -> None:
    importing(deals, seed=3)  # warms up
    first = importing(deals, seed=4)
    claim_before(deals, 3000, seed=5)
    later = importing(deals, seed=6)
    assert later < 3 * first, (first, later)  # 30 times as many


def test_an_import_lets_others_write_in_between(deals: Deals) -> None:
    rows = [f"{'Globex' if n % 2 else 'Initech'},{name},5\n" for n, name in enumerate(names(ROWS_AT_ONCE + 5, seed=7))]
    rows.append(rows[0].replace("Initech", "Globex"))
    text = "partner,account,value\n" + "".join(rows)
    diff, units = bring_in(deals, text)
    assert units == 2
    assert len(diff.created) == len(rows)
    assert (diff.created[0].rule, diff.created[-1].rule) == ("C0", "C2")  # of another unit, and still the earlier one
    again, _units = bring_in(deals, text)
    assert (again.created, again.unchanged, again.problems) == ((), len(rows), ())


@settings(max_examples=150)
@given(st.lists(COMPANIES, max_size=6), COMPANIES)
def test_no_company_that_matters_is_overlooked(known: list[Company], wanted: Company) -> None:
    index = Companies()
    for number, each in enumerate(known):
        index.add(number, each)
    found = index.like(wanted, ALIKE[0])
    for number, each in enumerate(known):
        if is_same(wanted, each, ALIKE) or is_near(wanted, each, ALIKE):
            assert number in found, (wanted, each)


@given(NAMES, NAMES)
def test_likeness_is_difflibs_ratio_from_where_it_is_asked_for(one: str, other: str) -> None:
    a, b = " ".join(core(one)), " ".join(core(other))
    ratio = max(difflib.SequenceMatcher(None, *pair, autojunk=False).ratio() for pair in ((a, b), (b, a)))
    assert likeness(one, other, 0.8) == (ratio if ratio >= 0.8 else 0.0)


def test_an_account_is_found_by_all_it_is_called(deals: Deals) -> None:
    with deals.store.write(HOME) as uow:
        for name, domain in (("Hooli Consulting", ""), ("Hooli XYZ", "hooli.example"), ("Nile Ltd", ""), ("NILE", "")):
            uow.add(Account(workspace_id=HOME, name=name, domain=domain))
    for text in ("acme", "Acme Corp.", "ACME.EXAMPLE", "Hooli", "hooli.example", "nile", "Nile Inc", "nobody", " "):
        with deals.store.read(HOME) as uow:
            try:
                one: int | None | str = lookup.resolve_account(uow, text).id
            except lookup.Ambiguous as several:
                one = str(several)
            except Refused:
                one = None
            try:
                other: int | None | str = account_names(uow).called(text)
            except lookup.Ambiguous as several:
                other = str(several)
        assert other == one, text
