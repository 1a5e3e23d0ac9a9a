"""The outbox's queries: lanes, leases, fences, superseded edits, and the next moment something is due."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from models import outbox
from models.base import Workspace, row_id
from models.delivery import Delivery, DeliveryState
from models.escalations import Escalation, Handoff
from models.messages import Receipt
from models.outbox import Claim
from models.partners import Person
from models.risks import Risk
from models.store import Store

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LEASE = timedelta(seconds=60)
HOME = "T0HOME"


@pytest.fixture(autouse=True)
def workspace(store: Store) -> None:
    with store.system() as session:
        session.add(Workspace(id=HOME, created_at=NOW))


def put(store: Store, key: str, lane: str = "C1", after: float = 0, **more: Any) -> int:
    """A pending delivery that is due `after` seconds from NOW."""
    with store.write(HOME) as uow:
        row = Delivery(
            workspace_id=HOME, key=key, lane=lane, target=lane, card="notice", created_at=NOW,
            not_before=NOW + timedelta(seconds=after), **more,
        )  # fmt: skip
        return row_id(uow.add(row))


def claim(store: Store, at: float = 0, machine: float | None = None, limit: int = 10) -> list[Claim]:
    now = NOW + timedelta(seconds=at)
    machine_now = NOW + timedelta(seconds=at if machine is None else machine)
    with store.system() as session:
        return [*outbox.claim(session, now=now, machine_now=machine_now, lease=LEASE, limit=limit)]


def settle(store: Store, claimed: Claim, state: DeliveryState, **more: Any) -> bool:
    with store.system() as session:
        return outbox.settle(session, claimed, state, **more)


def next_due(store: Store, at: float = 0) -> float | None:
    """Seconds from NOW to the next due moment."""
    now = NOW + timedelta(seconds=at)
    with store.system(write=False) as session:
        due = outbox.next_due(session, now=now, machine_now=now)
    return None if due is None else (due - NOW).total_seconds()


def keys(claims: list[Claim]) -> list[str]:
    return [claimed.delivery.key for claimed in claims]


def state_of(store: Store, key: str) -> str:
    with store.read(HOME) as uow:
        row = uow.find(Delivery, key=key)
        assert row is not None
        return row.state


def test_one_message_per_lane_in_order(store: Store) -> None:
    for key, lane in (("a", "C1"), ("b", "C1"), ("c", "C2")):
        put(store, key, lane)
    first = claim(store)
    assert keys(first) == ["a", "c"]
    assert claim(store) == []
    assert not first[0].suspect
    assert settle(store, first[0], DeliveryState.SENT, channel="C1", ts="1.0", sent_at=NOW)
    assert keys(claim(store)) == ["b"]


def test_the_limit_is_kept(store: Store) -> None:
    for number in range(5):
        put(store, f"k{number}", f"C{number}")
    assert len(claim(store, limit=2)) == 2


def test_a_message_for_later_does_not_hold_up_its_lane(store: Store) -> None:
    put(store, "tomorrow", after=86400)
    put(store, "now")
    assert keys(claim(store)) == ["now"]


def test_a_message_that_waits_for_its_retry_holds_up_its_lane(store: Store) -> None:
    put(store, "limited")
    put(store, "behind")
    put(store, "elsewhere", "C2")
    (limited, _) = claim(store)
    settle(store, limited, DeliveryState.PENDING, not_before=NOW + timedelta(seconds=30), error="ratelimited")
    assert claim(store, at=29) == []
    (again,) = claim(store, at=30)
    assert again.delivery.key == "limited" and again.suspect


def test_an_unused_claim_gives_its_attempt_back(store: Store) -> None:
    put(store, "paused")
    (first,) = claim(store)
    settle(store, first, DeliveryState.PENDING, not_before=NOW, unused=True)
    (again,) = claim(store)
    assert not again.suspect and again.delivery.attempts == 1


def test_a_lease_that_ran_out_is_claimed_again_as_suspect_and_fences_the_first_owner(store: Store) -> None:
    put(store, "crashed")
    (first,) = claim(store)
    assert claim(store, at=59) == []
    (second,) = claim(store, at=61)
    assert second.suspect and second.delivery.attempts == 2
    assert second.delivery.first_try_at == NOW
    assert not settle(store, first, DeliveryState.SENT, channel="C1", ts="1.0", sent_at=NOW)
    assert state_of(store, "crashed") == DeliveryState.SENDING
    assert settle(store, second, DeliveryState.SENT, channel="C1", ts="2.0", sent_at=NOW)
    assert not settle(store, second, DeliveryState.DEAD)
    assert state_of(store, "crashed") == DeliveryState.SENT


def test_leases_are_of_the_machines_clock_whatever_the_products_says(store: Store) -> None:
    put(store, "replayed")
    claim(store, at=0, machine=0)
    assert claim(store, at=10 * 86400, machine=30) == []
    assert len(claim(store, at=-3600, machine=61)) == 1


def test_an_earlier_message_that_becomes_due_behind_a_crash_does_not_lock_the_lane(store: Store) -> None:
    put(store, "earlier", after=10)
    put(store, "crashed")
    claim(store)
    (again,) = claim(store, at=61)
    assert again.delivery.key == "crashed"
    settle(store, again, DeliveryState.SENT, channel="C1", ts="1.0", sent_at=NOW)
    assert keys(claim(store, at=61)) == ["earlier"]


def test_the_database_itself_refuses_two_in_flight_in_one_lane(store: Store) -> None:
    put(store, "one")
    put(store, "two")
    claim(store)
    with pytest.raises(IntegrityError), store.write(HOME) as uow:
        row = uow.find(Delivery, key="two")
        assert row is not None
        row.state = DeliveryState.SENDING
        uow.session.add(row)


def test_only_the_newest_edit_of_a_card_is_sent(store: Store) -> None:
    card = put(store, "card")
    (posted,) = claim(store)
    settle(store, posted, DeliveryState.SENT, channel="C1", ts="1.0", sent_at=NOW)
    other = put(store, "other", "C9", after=10**6)
    for version in (2, 3, 4):
        put(store, f"card:v{version}", updates=card)
    put(store, "other:v1", updates=other)
    assert keys(claim(store)) == ["card:v4"]
    assert [state_of(store, f"card:v{v}") for v in (2, 3)] == [DeliveryState.CANCELLED] * 2
    assert state_of(store, "other:v1") == DeliveryState.PENDING


def test_a_newer_edit_replaces_one_that_waits_for_its_retry(store: Store) -> None:
    card = put(store, "card", after=10**6)
    put(store, "card:v2", updates=card)
    (second,) = claim(store)
    settle(store, second, DeliveryState.PENDING, not_before=NOW + timedelta(seconds=5))
    put(store, "card:v3", updates=card)
    assert keys(claim(store, at=5)) == ["card:v3"]
    assert state_of(store, "card:v2") == DeliveryState.CANCELLED


def test_next_due_is_the_earliest_of_everything_with_a_clock(store: Store) -> None:
    assert next_due(store) is None
    with store.write(HOME) as uow:
        risk = uow.add(
            Risk(workspace_id=HOME, kind="risk", category="delay", state="detected", channel="C1", thread_ts="1.0",
                 first_seen_at=NOW, last_seen_at=NOW)
        )  # fmt: skip

    def add(row: Any) -> None:
        with store.write(HOME) as uow:
            uow.add(row)

    at = [NOW + timedelta(seconds=60 - 10 * step) for step in range(6)]
    with store.write(HOME) as uow:
        home = uow.session.get_one(Workspace, HOME)
        home.retention_due_at = at[0]
        uow.session.add(home)
    assert next_due(store) == 60
    add(Person(workspace_id=HOME, slack_id="U1", digest_due_at=at[1]))
    assert next_due(store) == 50
    add(Handoff(workspace_id=HOME, key="h", trigger="t", to_role="ae", state="offered", opened_at=NOW, due_at=at[2]))
    assert next_due(store) == 40
    add(Escalation(workspace_id=HOME, risk_id=row_id(risk), to_role="vp", recipient="U1", state="open", opened_at=NOW,
                   due_at=at[3]))  # fmt: skip
    assert next_due(store) == 30
    add(Receipt(key="e", kind="event", received_at=NOW, lease_until=at[4]))
    assert next_due(store) == 20
    put(store, "d", after=10)
    assert next_due(store) == 10


def test_next_due_counts_the_lease_of_what_is_in_flight_and_not_what_waits_behind_it(store: Store) -> None:
    put(store, "flying")
    put(store, "behind")
    (flying,) = claim(store)
    assert next_due(store) == 60
    settle(store, flying, DeliveryState.PENDING, not_before=NOW + timedelta(seconds=30))
    assert next_due(store) == 30
    (flying,) = claim(store, at=30)
    settle(store, flying, DeliveryState.SENT, channel="C1", ts="1.0", sent_at=NOW)
    assert next_due(store) == 0


def test_the_backlog_counts_what_is_open(store: Store) -> None:
    put(store, "late", "C1", after=-5)
    put(store, "due", "C2")
    put(store, "tomorrow", "C3", after=86400)
    claim(store, limit=1)
    with store.system(write=False) as session:
        seen = outbox.backlog(session, now=NOW)
    assert (seen.waiting, seen.in_flight, seen.oldest_due_at) == (2, 1, NOW - timedelta(seconds=5))


def test_a_pulse_costs_the_same_whatever_the_history(store: Store) -> None:
    """Both queries over a long history of sent messages, in the same lane even, against an empty one."""

    def cost() -> float:
        def once() -> float:
            began = time.perf_counter()
            assert next_due(store) is None
            assert claim(store) == []
            return time.perf_counter() - began

        return min(once() for _ in range(15))

    empty = cost()
    row = {
        "workspace_id": HOME, "lane": "C1", "target": "C1", "card": "notice", "subject_kind": "", "subject_id": 0,
        "params": {}, "classification": "internal", "state": "sent", "attempts": 1, "created_at": NOW,
        "not_before": NOW, "owner": "", "channel": "C1", "ts": "1.0", "error": "",
    }  # fmt: skip
    with store.system() as session:
        session.execute(insert(Delivery), [row | {"key": f"old{number}"} for number in range(20_000)])
    assert cost() < 3 * empty + 0.002
