"""A QBR pack of any book: equal to a plain recomputation, nobody else's rows in it, and fast."""

from __future__ import annotations

import time
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, insert, select
from sqlmodel import col

from bot.desk.qbr_views import Pack
from models.base import row_id
from models.partners import Opportunity, OpportunityPartner, PartnerContact, PartnerTarget
from models.risks import Ask, Risk
from models.store import Store
from tests.desk.qbr_rows import (
    IN_NOVEMBER,
    NOVEMBER,
    OCTOBER,
    Books,
    agreed,
    pack_of,
    promise,
)
from tests.desk.world import HOME, World, build


@pytest.fixture
def world(store: Store) -> World:
    return build(store)


def sums(pack: Pack, key: str) -> dict[str, Decimal]:
    return dict(pack.figure(key).sums)


deals = st.tuples(
    st.sampled_from(["Globex Consulting", "Initech"]),
    st.sampled_from(["sourced", "co_sell", "influenced"]),
    st.sampled_from(["", "confirmed", "claimed", "disputed"]),
    st.sampled_from(["net_new", "expansion", "renewal", ""]),
    st.sampled_from(["USD", "EUR"]),
    st.none() | st.integers(0, 10**6),
    st.none() | st.dates(date(2026, 9, 20), date(2027, 1, 10)),
    st.none() | st.dates(date(2026, 9, 20), date(2027, 4, 10)),
    st.sampled_from([True, False, None]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(deals, max_size=15))
def test_figures_equal_a_plain_recomputation(sqlite_store: World, book: list[Any]) -> None:
    world = sqlite_store
    truth: dict[str, set[int]] = defaultdict(set)
    money: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    with world.store.write(HOME) as uow:
        for model in (OpportunityPartner, Opportunity):
            for old in uow.list(model):
                uow.session.delete(old)
            uow.session.flush()
        books = Books(uow)
        for number, (by, role, status, kind, currency, amount, opened, day, won) in enumerate(book):
            closed, closes = (day, None) if won is not None else (None, day)
            deal = books.deal(
                f"Account {number}", amount, by=by, role=role, status=status, type=kind, currency=currency,
                opened=opened, closes=closes, closed=closed, won=won,
            )  # fmt: skip
            if by != "Globex Consulting" or status in ("claimed", "disputed"):
                continue
            keys = set()
            if opened and opened.year == 2026 and opened.month >= 10 and kind != "renewal":
                keys.add(role)
            if day and day.year == 2026 and day.month >= 10:
                keys |= {"wins"} if won else {"lost"} if won is False else set()
                if won and kind != "renewal" and role != "influenced":
                    keys |= {"won"} | ({"new_logos"} if kind == "net_new" else set())
            if day and day.year == 2027 and day.month <= 3 and won is None and kind != "renewal":
                keys.add("ahead")
            for key in keys:
                truth[key].add(deal)
                if amount is not None:
                    money[key, currency] += amount
    pack = pack_of(world)
    for key in ("sourced", "co_sell", "influenced", "wins", "won", "lost", "new_logos", "ahead"):
        figure = pack.figure(key)
        assert {number for rows in figure.rows for number in rows.ids} == truth[key], key
        assert figure.count == len(truth[key])
        assert dict(figure.sums) == {currency: value for (name, currency), value in money.items() if name == key}


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Any:
    store = Store(sqlite_url)
    yield build(store)
    store.dispose()


def test_a_pack_never_holds_another_partners_rows(world: World) -> None:
    """The same rows for two partners, and one deal of both: each finds its own and no more."""
    with world.store.write(HOME) as uow:
        books = Books(uow)
        for name in ("Globex Consulting", "Initech"):
            number = row_id(books.partner(name))
            books.deal(f"Only {name}", 10_000, by=name, opened=OCTOBER, closed=NOVEMBER, won=True)
            books.registration(IN_NOVEMBER, "approved", 5_000, by=name)
            promise(uow, number, "kept", closed=IN_NOVEMBER, words=f"said by {number}")
            agreed(uow, number, "open", NOVEMBER, what=f"agreed with {number}")
            uow.add(PartnerContact(workspace_id=HOME, partner_id=number, name=f"Person of {name}"))
            uow.add(
                PartnerTarget(
                    workspace_id=HOME, partner_id=number, period="Q4 2026", amount=Decimal(number), currency="USD"
                )
            )
            uow.add(Risk(workspace_id=HOME, kind="risk", category="delay", state="detected", partner_id=number,
                         channel="C", thread_ts="1", first_seen_at=IN_NOVEMBER, last_seen_at=IN_NOVEMBER))  # fmt: skip
            uow.add(
                Ask(
                    workspace_id=HOME, state="open", partner_id=number, channel="C", thread_ts="1", asked_at=IN_NOVEMBER
                )
            )
        both = books.deal("Shared", 77_000, opened=OCTOBER)
        books.attach(both, "Initech", "influenced")
    packs = [pack_of(world, name) for name in ("Globex Consulting", "Initech")]
    rows = [
        {(each.kind, number) for figure in pack.figures for each in figure.rows for number in each.ids}
        for pack in packs
    ]
    assert rows[0] & rows[1] == {("opportunity", both)}
    assert sums(packs[0], "sourced") == {"USD": Decimal(87_000)}
    assert sums(packs[1], "influenced") == {"USD": Decimal(77_000)}
    stored = str(packs[0])
    assert "Initech" not in stored
    assert stored.count("said by") == stored.count("agreed with") == 1


def test_a_partner_with_5000_rows_is_fast_and_asks_as_often_as_one_with_few(sqlite_store: World) -> None:
    world = sqlite_store
    few = statements(world)
    with world.store.write(HOME) as uow:
        books = Books(uow)
        globex, account = row_id(books.partner()), row_id(books.account("Umbrella"))
        day = date(2026, 8, 1)
        # Straight into the tables: five thousand objects would take longer than the test.
        deals = [
            {
                "workspace_id": HOME, "external_id": f"M-{number}", "account_id": account, "name": f"Deal {number}",
                "amount": Decimal(number), "currency": "USD", "stage": "", "type": "net_new", "product": "",
                "opened_on": day + timedelta(days=number % 200), "close_on": day + timedelta(days=number % 300),
                "closed_on": day + timedelta(days=number % 190) if number % 2 else None,
                "is_won": number % 4 == 1 if number % 2 else None,
            }
            for number in range(5_000)
        ]  # fmt: skip
        uow.session.connection().execute(insert(Opportunity), deals)
        known = uow.session.connection().execute(
            select(col(Opportunity.id)).where(col(Opportunity.account_id) == account)
        )
        links = [
            {"workspace_id": HOME, "opportunity_id": number, "partner_id": globex, "role": "sourced", "status": ""}
            for (number,) in known
        ]
        uow.session.connection().execute(insert(OpportunityPartner), links)
    pack_of(world)
    spent = []
    for _ in range(3):
        before = time.thread_time()
        pack = pack_of(world)
        spent.append(time.thread_time() - before)
    assert pack.figure("sourced").count > 1_000
    assert min(spent) < 0.2, f"{min(spent) * 1000:.0f} ms of this thread's own time"
    assert statements(world) - few <= 2, "the names of the largest deals, however many there are"


def statements(world: World) -> int:
    """How many statements one pack takes."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(world.store.engine, "before_cursor_execute", note)
    pack_of(world)
    event.remove(world.store.engine, "before_cursor_execute", note)
    return len(seen)
