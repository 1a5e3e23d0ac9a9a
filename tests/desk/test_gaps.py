"""Structural gaps: what is recorded decides, many partners cost as few queries as one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import event

from bot.desk import gaps
from bot.desk.gaps import GapKind
from models.base import row_id
from models.calendar import Qbr, Renewal
from models.partners import Partner, PartnerContact, Person
from models.store import Store, UnitOfWork
from tests.desk.world import HOME, START, World, build

TODAY = START.date()


@pytest.fixture
def world(store: Store) -> World:
    return build(store)


def found(world: World, name: str = "Globex Consulting") -> dict[GapKind, str]:
    with world.store.read(HOME) as uow:
        row = uow.find(Partner, name=name)
        assert row is not None
        return {gap.kind: gap.words for gap in gaps.gaps(uow, row_id(row), world.clock.now(), policy=world.policy)}


def contact(uow: UnitOfWork, partner_id: int, name: str, role: str, *, until: date | None = None) -> None:
    uow.add(PartnerContact(workspace_id=HOME, partner_id=partner_id, name=name, role=role, active_to=until))


def complete(uow: UnitOfWork, row: Partner) -> None:
    """Everything a partnership needs."""
    number = row_id(row)
    row.exec_sponsor, row.agreement_ends = "U0VP", date(2026, 12, 31)
    for name, role in (("Pia", "seller"), ("Per", "seller"), ("Eva", "se"), ("Ed", "se")):
        contact(uow, number, name, role)
    uow.add(
        Qbr(
            workspace_id=HOME, partner_id=number, label="Q1 2026", covers_from=date(2026, 1, 1),
            covers_to=date(2026, 4, 1), due_on=date(2026, 4, 15), state="due",
        )
    )  # fmt: skip


def test_a_tier_the_policy_does_not_have_is_named_with_what_it_is_treated_as(world: World) -> None:
    for tier, said in (("platinum", "a tier that is not in the policy (platinum), treated as Bronze"), ("gOLD", None)):
        with world.store.write(HOME) as uow:
            row = uow.find(Partner, name="Globex Consulting")
            assert row is not None
            row.tier = tier
        assert found(world).get(GapKind.TIER) == said


def test_nothing_recorded_is_said_and_a_whole_partnership_has_no_gap(world: World) -> None:
    assert found(world) == {
        GapKind.SPONSOR: "no executive sponsor",
        GapKind.SELLERS: "no active sellers recorded (2 wanted)",
        GapKind.ENGINEERS: "no active SEs recorded (2 wanted)",
        GapKind.QBR: "no next QBR",
        GapKind.AGREEMENT_END: "no recorded end of the agreement",
    }
    with world.store.write(HOME) as uow:
        row = uow.find(Partner, name="Globex Consulting")
        assert row is not None
        complete(uow, row)
    assert found(world) == {}


def test_who_left_and_what_is_over_does_not_count(world: World) -> None:
    with world.store.write(HOME) as uow:
        row = uow.find(Partner, name="Globex Consulting")
        assert row is not None
        complete(uow, row)
        for name, gone in (("Pia", TODAY - timedelta(days=1)), ("Per", TODAY)):
            seller = uow.find(PartnerContact, name=name)
            assert seller is not None
            seller.active_to = gone
        for slack_id in ("U0VP", "U0PM"):
            person = uow.find(Person, slack_id=slack_id)
            assert person is not None
            person.is_deleted = True
        review = uow.find(Qbr)
        assert review is not None
        uow.move(review, "overdue", actor="U0PM", at=START)
    assert found(world) == {
        GapKind.SPONSOR: "no executive sponsor",
        GapKind.SELLERS: "1 active seller recorded (2 wanted)",
        GapKind.QBR: "no next QBR",
        GapKind.RENEWAL_OWNER: "no renewal owner",
    }


def test_the_owner_of_the_renewal_that_runs_counts(world: World) -> None:
    with world.store.write(HOME) as uow:
        row = uow.find(Partner, name="Globex Consulting")
        assert row is not None
        complete(uow, row)
        uow.add(Renewal(workspace_id=HOME, partner_id=row_id(row), ends_on=date(2026, 12, 31), state="upcoming"))
    assert found(world) == {GapKind.RENEWAL_OWNER: "no renewal owner"}
    with world.store.write(HOME) as uow:
        renewal = uow.find(Renewal)
        assert renewal is not None
        renewal.owner = "U0SM"
    assert found(world) == {}


def test_many_partners_cost_as_few_queries_as_one(sqlite_url: str) -> None:
    world = build(Store(sqlite_url))
    with world.store.write(HOME) as uow:
        made = [row_id(uow.add(Partner(workspace_id=HOME, name=f"Partner {n}", manager="U0PM"))) for n in range(60)]
        whole = uow.get(Partner, made[7])
        assert whole is not None
        complete(uow, whole)
    asked: list[str] = []
    event.listen(world.store.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    with world.store.read(HOME) as uow:
        all_gaps = gaps.of_partners(uow, made, world.clock.now(), policy=world.policy)
    assert len([each for each in asked if each.startswith("SELECT")]) <= 8
    assert [number for number in made if not all_gaps[number]] == [made[7]]
    world.store.dispose()
