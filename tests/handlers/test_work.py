from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta

from bot.clock import ManualClock, SystemClock
from bot.errors import Refused
from handlers.work import LEASE, TRIES, Received
from models import receipts
from models.messages import ReceiptState
from models.receipts import NewReceipt
from models.store import Store
from tests.handlers.inbound import Handler, Inbox, desk, message, rows, until

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def arrive(store: Store, *lanes: str, kind: str = "event", owner: str = "dead", now: datetime = NOW) -> None:
    """Receipts somebody else committed and never handled."""
    new = [NewReceipt("T0HOME", f"{lane}:{n}", None, kind, lane, {"n": n}) for n, lane in enumerate(lanes)]
    with store.system() as session:
        receipts.insert(session, new, owner=owner, now=now, lease=LEASE)


def failing(times: int) -> Handler:
    left = [times]

    async def handle(_received: Received) -> None:
        if left[0]:
            left[0] -= 1
            raise RuntimeError("the database of the CRM is on fire")

    return handle


def test_one_at_a_time_per_lane_and_lanes_beside_each_other(store: Store) -> None:
    running: list[str] = []
    together: list[set[str]] = []
    order: list[int] = []

    async def handle(received: Received) -> None:
        lane = str(received.payload["event"]["channel"])
        assert lane not in running
        running.append(lane)
        together.append(set(running))
        await asyncio.sleep(0.02)
        running.remove(lane)
        order.append(int(received.payload["event"]["ts"][-6:]))

    async def run() -> None:
        async with desk(store, Inbox(handle)) as way_in:
            for number in range(8):
                await way_in.intake.answer(message(number, channel=f"C{number % 2}"))

    asyncio.run(run())
    assert {"C0", "C1"} in together
    assert [n for n in order if n % 2 == 0] == [0, 2, 4, 6]
    assert [n for n in order if n % 2] == [1, 3, 5, 7]


def test_a_command_does_not_wait_for_busy_channels(store: Store) -> None:
    gate = asyncio.Event()

    async def handle(received: Received) -> None:
        if received.kind == "event":
            await gate.wait()

    inbox = Inbox(handle)

    async def run() -> None:
        async with desk(store, inbox) as way_in:
            for number in range(20):
                await way_in.intake.answer(message(number, channel=f"C{number}"))
            await way_in.intake.answer({"command": "/pm", "team_id": "T0HOME", "user_id": "U1", "trigger_id": "1"})
            await until(lambda: any(seen.kind == "command" for seen in inbox.seen))
            gate.set()

    asyncio.run(run())
    assert len(inbox.seen) == 21


def test_refusal_is_said_and_final(store: Store) -> None:
    async def refuse(_received: Received) -> None:
        raise Refused("Only people of our workspace can do that.")

    inbox = Inbox(refuse)

    async def run() -> None:
        async with desk(store, inbox) as way_in:
            await way_in.intake.answer(message())

    asyncio.run(run())
    assert inbox.told == ["Only people of our workspace can do that."]
    assert rows(store)[0].state == ReceiptState.DONE


def test_unexpected_error_is_tried_again_later_and_told_once(store: Store) -> None:
    inbox, clock = Inbox(failing(2)), ManualClock(NOW)

    async def run() -> None:
        async with desk(store, inbox, clock=clock) as way_in:
            arrive(store, "C1")
            clock.advance(LEASE)
            assert await way_in.worker.adopt() == 1
            await until(lambda: rows(store)[0].attempts == 1)
            assert await way_in.worker.adopt() == 0  # not due yet
            for wait in (5, 20):
                clock.advance(timedelta(seconds=wait))
                assert await way_in.worker.adopt() == 1
                await until(lambda: not way_in.worker.busy)

    asyncio.run(run())
    [row] = rows(store)
    assert (row.state, row.attempts) == (ReceiptState.DONE, 2)
    [told] = inbox.told
    assert re.search(r"Reference [0-9a-f]{8}\b", told)
    assert "fire" not in told


def test_after_five_tries_it_is_dead_kept_and_said(store: Store) -> None:
    inbox, clock = Inbox(failing(99)), ManualClock(NOW)

    async def run() -> None:
        async with desk(store, inbox, clock=clock) as way_in:
            arrive(store, "C1")
            for _ in range(TRIES + 2):
                clock.advance(timedelta(minutes=10))
                await way_in.worker.adopt()
                await until(lambda: not way_in.worker.busy)

    asyncio.run(run())
    [row] = rows(store)
    assert (row.state, row.attempts, len(inbox.seen)) == (ReceiptState.DEAD, TRIES, TRIES)
    assert row.payload == {"n": 0}
    assert "gave up" in inbox.told[-1]
    assert row.error.split()[0] in inbox.told[-1]  # the same reference in the row, the log and the answer


def test_person_who_cannot_be_told_does_not_matter_to_the_receipt(store: Store) -> None:
    class Deaf(Inbox):
        async def tell(self, _received: Received, sentence: str) -> None:
            raise ConnectionError(sentence)

    async def refuse(_received: Received) -> None:
        raise Refused("No.")

    async def run() -> None:
        async with desk(store, Deaf(refuse)) as way_in:
            await way_in.intake.answer(message())

    asyncio.run(run())
    assert rows(store)[0].state == ReceiptState.DONE


def test_two_processes_adopt_each_receipt_once(store: Store) -> None:
    one, two = Inbox(), Inbox()
    arrive(store, *(f"C{n}" for n in range(30)))

    async def run() -> None:
        async with desk(store, one, owner="one") as first, desk(store, two, owner="two") as second:
            late = NOW + LEASE
            adopted = await asyncio.gather(*(way_in.worker.adopt(late) for way_in in (first, second, first, second)))
            assert sum(adopted) == 30

    asyncio.run(run())
    handled = [seen.id for inbox in (one, two) for seen in inbox.seen]
    assert len(handled) == len(set(handled)) == 30


def test_what_is_not_finished_in_time_is_free_for_others_at_once(store: Store) -> None:
    stuck = asyncio.Event()

    async def hang(_received: Received) -> None:
        await stuck.wait()

    async def run() -> None:
        inbox = Inbox(hang)
        async with desk(store, inbox) as way_in:
            await way_in.intake.answer(message())
            await until(lambda: len(inbox.seen) == 1)
            assert await way_in.worker.drain(0.05) is False
            with store.system() as session:
                claimed = receipts.claim(session, owner="next", now=SystemClock().now(), lease=LEASE)
            assert len(claimed) == 1

    asyncio.run(run())


def test_worker_that_lost_its_lease_settles_nothing(store: Store) -> None:
    arrive(store, "C1", owner="slow")
    with store.system() as session:
        [taken] = receipts.claim(session, owner="fast", now=NOW + LEASE, lease=LEASE)
        receipts.finish(session, [taken.id], owner="slow")
    assert rows(store)[0].state == ReceiptState.PENDING


def test_purge_keeps_what_may_still_be_redelivered(store: Store) -> None:
    arrive(store, "C1", now=NOW - timedelta(days=2))
    arrive(store, "C2", now=NOW)
    arrive(store, "C3", now=NOW - timedelta(days=2))
    with store.system() as session:
        receipts.finish(session, [row.id for row in rows(store)[:2] if row.id], owner="dead")
        day, month = NOW - timedelta(days=1), NOW - timedelta(days=30)
        assert receipts.purge(session, done_before=day, dead_before=month) == 1
    assert [row.lane for row in rows(store)] == ["C2", "C3"]


def test_somebody_is_told_when_work_is_done(store: Store) -> None:
    woken: list[int] = []

    async def run() -> None:
        async with desk(store, Inbox(), after=lambda: woken.append(1)) as way_in:
            await asyncio.gather(*(way_in.intake.answer(message(n)) for n in range(50)))
            await until(lambda: bool(woken))

    asyncio.run(run())
    assert len(woken) <= 3
