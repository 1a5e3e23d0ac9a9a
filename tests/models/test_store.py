"""Attacks on the store's promises: one tenant never sees another, states move legally, history is read-only."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, update
from sqlmodel import col, func, select

from models.base import Workspace, row_id
from models.delivery import Delivery
from models.events import Event
from models.partners import Account, Opportunity, Partner
from models.risks import Risk
from models.states import TRANSITIONS, IllegalTransition, RiskState, check
from models.store import HistoryIsReadOnly, Store, TenantBreach, database_url

NOW = datetime(2026, 3, 11, 14, 0, tzinfo=UTC)


@pytest.fixture
def two(store: Store) -> Store:
    """Two workspaces with a partner of the same name each."""
    with store.system() as session:
        session.add_all([Workspace(id=name, created_at=NOW) for name in ("T1", "T2")])
    for name in ("T1", "T2"):
        with store.write(name) as uow:
            uow.add(Partner(workspace_id=name, name="Globex", tier=name))
            uow.add(Account(workspace_id=name, name="Acme"))
    return store


def a_risk(uow_store: Store, workspace: str = "T1") -> int:
    with uow_store.write(workspace) as uow:
        risk = Risk(
            workspace_id=workspace,
            kind="risk",
            category="delay",
            state=RiskState.DETECTED,
            channel="C1",
            thread_ts="1.0",
            first_seen_at=NOW,
            last_seen_at=NOW,
        )
        return row_id(uow.add(risk))


def test_no_kind_of_query_reaches_another_workspace(two: Store) -> None:
    with two.read("T1") as uow:
        other = uow.session.exec(select(func.count()).select_from(Partner)).one()
        assert other == 1
    with two.system(write=False) as session:
        foreign = session.exec(select(Partner).where(Partner.workspace_id == "T2")).one()
        foreign_id = foreign.id
    with two.write("T1") as uow:
        assert uow.get(Partner, foreign_id) is None
        assert uow.session.get(Partner, foreign_id) is None
        assert uow.find(Partner, tier="T2") is None
        assert [row.tier for row in uow.list(Partner)] == ["T1"]
        joined = select(Account).join(Partner, col(Partner.name) != Account.name)
        assert len(uow.session.exec(joined).all()) == 1
        foreign_too = select(Account).where(col(Account.name).in_(select(Account.name)))
        assert [row.workspace_id for row in uow.session.exec(foreign_too)] == ["T1"]
        uow.session.exec(update(Partner).values(tier="taken"))
        uow.session.exec(delete(Account))
    with two.read("T2") as uow:
        assert [row.tier for row in uow.list(Partner)] == ["T2"]
        assert len(uow.list(Account)) == 1


def test_a_row_of_another_workspace_is_refused_and_nothing_of_the_unit_stays(two: Store) -> None:
    with pytest.raises(TenantBreach), two.write("T1") as uow:
        uow.add(Partner(workspace_id="T1", name="Mine"))
        uow.add(Partner(workspace_id="T2", name="Theirs"))
    with two.read("T1") as uow:
        assert uow.find(Partner, name="Mine") is None


def test_a_state_set_by_hand_is_refused(two: Store) -> None:
    risk_id = a_risk(two)
    with pytest.raises(HistoryIsReadOnly), two.write("T1") as uow:
        risk = uow.get(Risk, risk_id)
        assert risk is not None
        risk.state = RiskState.MITIGATED
    with two.read("T1") as uow:
        assert uow.list(Risk)[0].state == RiskState.DETECTED


def test_an_illegal_move_changes_nothing(two: Store) -> None:
    risk_id = a_risk(two)
    with pytest.raises(IllegalTransition), two.write("T1") as uow:
        risk = uow.get(Risk, risk_id)
        assert risk is not None
        uow.move(risk, RiskState.MONITORING, actor="U1", at=NOW)
    with two.read("T1") as uow:
        assert (uow.list(Risk)[0].state, uow.list(Event)) == (RiskState.DETECTED, [])


def test_history_cannot_be_rewritten(two: Store) -> None:
    risk_id = a_risk(two)
    with two.write("T1") as uow:
        uow.record("risk", risk_id, at=NOW, actor="U1", note="said")
    with pytest.raises(HistoryIsReadOnly), two.write("T1") as uow:
        uow.list(Event)[0].note = "never said"
    with pytest.raises(HistoryIsReadOnly), two.write("T1") as uow:
        uow.session.delete(uow.list(Event)[0])
    with pytest.raises(HistoryIsReadOnly), two.write("T1") as uow:
        uow.session.exec(update(Event).values(note="never said"))
    with two.read("T1") as uow:
        assert [entry.note for entry in uow.list(Event)] == ["said"]


@pytest.mark.parametrize("machine", sorted(TRANSITIONS))
def test_every_transition_ends_in_a_state_the_table_knows(machine: str) -> None:
    table = TRANSITIONS[machine]
    for from_state, targets in table.items():
        for target in targets:
            assert target in table
            check(machine, from_state, target)
    with pytest.raises(IllegalTransition):
        check(machine, "nowhere", next(iter(table)))


def test_one_key_is_one_delivery_also_when_two_ask_at_once(two: Store) -> None:
    queued: list[bool] = []

    def enqueue() -> None:
        row = Delivery(
            workspace_id="T1", key="k", lane="dm:U1", target="U1", card="notice", created_at=NOW, not_before=NOW
        )
        with two.write("T1") as uow:
            queued.append(uow.enqueue(row) is not None)

    workers = [threading.Thread(target=enqueue) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(queued) == 1
    with two.read("T1") as uow:
        assert len(uow.list(Delivery)) == 1


def test_what_a_broken_unit_wrote_is_gone(two: Store) -> None:
    with pytest.raises(RuntimeError), two.write("T1") as uow:
        uow.add(Opportunity(workspace_id="T1", external_id="O1", account_id=row_id(uow.list(Account)[0])))
        raise RuntimeError("in the middle")
    with two.read("T1") as uow:
        assert uow.list(Opportunity) == []


def test_the_shipped_driver_is_used() -> None:
    assert database_url("postgres://u:p@h/d") == "postgresql+psycopg://u:p@h/d"
    assert database_url("sqlite:///x.db") == "sqlite:///x.db"
