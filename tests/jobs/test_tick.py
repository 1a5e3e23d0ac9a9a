"""One pulse: every step alone, what fails stays due; and the scheduler that calls it at the right moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.clock import SystemClock
from bot.policy import Policy, load_policy
from jobs.scheduler import CEILING_S, FLOOR_S, STUCK_S, NextDue, Pulse
from jobs.tick import Tick
from models.base import Workspace
from models.delivery import Delivery, DeliveryState
from models.store import Store, UnitOfWork
from tests.slack.support import HOME, NOW, Office, run


def test_a_failing_step_does_not_stop_the_others(store: Store) -> None:
    ran: list[str] = []

    def broken(_uow: UnitOfWork, /, *, now: datetime, policy: Policy) -> int:
        assert now == NOW and policy.version
        raise RuntimeError("a bug")

    def planner(uow: UnitOfWork, /, *, now: datetime, policy: Policy) -> int:
        assert policy.version
        ran.append(uow.workspace_id)
        uow.enqueue(
            Delivery(workspace_id=uow.workspace_id, key="planned", lane="U0PM", target="U0PM", card="notice",
                     created_at=now, not_before=now)
        )  # fmt: skip
        return 1

    async def adopt() -> int:
        raise ConnectionError("no database")

    async def scenario(office: Office) -> None:
        with store.system() as session:
            session.add(Workspace(id="T0AAA", created_at=NOW))
        tick = Tick(store, load_policy(), office.outbox(), [("broken", broken), ("planner", planner)], adopt=adopt)
        assert await tick(NOW) == 3  # adopt, and broken in each of two workspaces
        assert ran == ["T0AAA", HOME]
        assert office.row("planned").state == DeliveryState.SENT

    run(store, scenario)


def test_the_trigger_keeps_to_its_floor_its_ceiling_and_does_not_spin() -> None:
    trigger = NextDue()

    def wait(due: datetime | None) -> float:
        trigger.set(due, NOW)
        return (trigger.get_next_fire_time(None, NOW) - NOW).total_seconds()

    assert wait(None) == CEILING_S
    assert wait(NOW + timedelta(days=1)) == CEILING_S
    assert wait(NOW + timedelta(seconds=3)) == 3
    assert wait(NOW - timedelta(hours=1)) == FLOOR_S
    assert wait(NOW - timedelta(hours=1)) == STUCK_S
    assert wait(NOW) == FLOOR_S


def test_the_pulse_comes_when_something_is_due_and_when_it_is_woken(store: Store) -> None:
    async def scenario(office: Office) -> None:
        times: list[datetime] = []
        outbox = office.outbox()

        async def tick(now: datetime) -> None:
            times.append(now)
            await outbox.send_due(now)

        def put(key: str, after: float) -> datetime:
            due = datetime.now(UTC) + timedelta(seconds=after)  # noqa: DTZ005
            with store.write(HOME) as uow:
                uow.add(Delivery(workspace_id=HOME, key=key, lane=key, target="U0PM", card="notice", created_at=NOW,
                                 not_before=due))  # fmt: skip
            return due

        pulse = Pulse(store, tick, clock=SystemClock())
        due = put("later", 0.6)
        pulse.start()
        await until(lambda: bool(office.posted("later")))
        assert len(times) <= 8  # it does not poll: every 50 ms would be a dozen and more
        assert min(abs((at - due).total_seconds()) for at in times) < CEILING_S / 3
        put("now", 0)
        pulse.wake()
        await until(lambda: bool(office.posted("now")))
        assert pulse.heartbeat.alive() and pulse.heartbeat.age() < 5
        await pulse.stop()
        before = len(times)
        put("stopped", 0)
        pulse.wake()
        await asyncio.sleep(0.2)
        assert len(times) == before

    run(store, scenario)


def test_a_wake_during_a_pulse_is_not_lost_and_stopping_waits_for_the_pulse(store: Store) -> None:
    async def scenario(_office: Office) -> None:
        started: list[float] = []
        finished: list[float] = []

        async def slow(_now: datetime) -> None:
            started.append(1)
            await asyncio.sleep(0.2)
            finished.append(1)

        pulse = Pulse(store, slow, clock=SystemClock())
        pulse.start()
        await until(lambda: len(started) == 1)
        pulse.wake()
        await until(lambda: len(started) == 2)
        await pulse.stop()
        assert len(finished) == 2

    run(store, scenario)


async def until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.01)
