"""One pulse: every step alone, what fails stays due; and the scheduler that calls it at the right moment."""

from __future__ import annotations

import ast
import asyncio
import inspect
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import ModuleType

import pytest
from sqlmodel import col, select

from bot.clock import SystemClock
from bot.desk import approval_chain, conflicts
from bot.policy import Policy, load_policy
from jobs.clocks import CLOCKS
from jobs.scheduler import CEILING_S, FLOOR_S, STUCK_S, NextDue, Pulse
from jobs.tick import Tick
from models.base import Workspace
from models.delivery import Delivery, DeliveryState
from models.partners import Person
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


def test_a_row_that_fails_is_undone_and_put_off_and_the_others_go_on(store: Store) -> None:
    def clock(uow: UnitOfWork, /, *, now: datetime, policy: Policy) -> int:
        people = uow.session.exec(select(Person).where(col(Person.digest_due_at) <= now)).all()
        for person in people:
            with uow.apart(Person, person.id, "digest_due_at"):
                person.name, person.digest_due_at = "greeted", None
                if person.slack_id == "U0PM":
                    uow.session.flush()
                    raise OverflowError(f"date value out of range under policy {policy.version}")
        return len(people)

    async def scenario(office: Office) -> None:
        with store.write(HOME) as uow:
            for person in uow.list(Person):
                person.digest_due_at = NOW
        tick = Tick(store, load_policy(), office.outbox(), [("greetings", clock)])

        def state() -> dict[str, tuple[bool, datetime | None]]:
            with store.read(HOME) as uow:
                return {each.slack_id: (each.name == "greeted", each.digest_due_at) for each in uow.list(Person)}

        assert await tick(NOW) == 1
        rows = state()
        assert rows.pop("U0PM") == (False, NOW + timedelta(hours=1))
        assert rows and set(rows.values()) == {(True, None)}
        assert await tick(NOW + timedelta(minutes=59)) == 0
        assert await tick(NOW + timedelta(minutes=60)) == 1

    run(store, scenario)


def test_a_reader_of_digests_in_no_zone_keeps_nobody_elses_back(store: Store) -> None:
    async def scenario(office: Office) -> None:
        with store.write(HOME) as uow:
            for person in uow.list(Person):
                person.roles, person.timezone, person.digest_due_at = ["vp"], "Europe/London", NOW
            lost, newcomer = uow.list(Person, slack_id="U0PM")[0], uow.list(Person, slack_id="U0SM")[0]
            lost.timezone = newcomer.timezone = "Mars/Phobos"
            newcomer.digest_due_at = None
        assert await Tick(store, load_policy(), office.outbox(), CLOCKS)(NOW) >= 1
        with store.read(HOME) as uow:
            due = {each.slack_id: each.digest_due_at for each in uow.list(Person)}
        assert due.pop("U0PM") == due.pop("U0SM") == NOW + timedelta(hours=1)
        assert due and all(each is None or each > NOW + timedelta(hours=1) for each in due.values())

    run(store, scenario)


_CLOCKS = [inspect.getmodule(clock) for name, clock in CLOCKS if name != "retention"]


@pytest.mark.parametrize("module", [*_CLOCKS, approval_chain, conflicts], ids=lambda each: each.__name__)
def test_every_clock_brings_up_its_rows_apart(module: ModuleType) -> None:
    loops = [
        ast.unparse(node)
        for function in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(function, ast.FunctionDef) and function.name in ("fire_due", "plan_due", "_expire")
        for node in ast.walk(function)
        if isinstance(node, ast.For)
    ]
    assert loops and all("uow.apart(" in loop for loop in loops)


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
