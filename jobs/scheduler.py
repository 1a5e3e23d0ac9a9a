"""The pulse: one APScheduler job in memory that runs when the next thing is due, and at least every few seconds.

APScheduler keeps nothing: what is due lives in our tables (its own job stores lose jobs and cannot be shared between
processes). When the next thing is due is asked after each pulse, in a thread; the trigger itself never touches the
database and never raises, because a trigger that raises kills the scheduler.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock, SystemClock
from bot.in_thread import in_thread
from bot.monitoring import Heartbeat
from models import outbox
from models.store import Store

FLOOR_S = 0.05
CEILING_S = 15.0
STUCK_S = 1.0
_JOB = "pulse"

_log = structlog.get_logger(__name__)


class NextDue(BaseTrigger):  # type: ignore[misc]  # apscheduler ships no types
    """Fires once at `due` (machine time) but not before the floor and not after the ceiling, counted from now.

    What is still due after its pulse (a failed step, another process at work) waits STUCK_S, it does not spin.
    """

    def __init__(self) -> None:
        self._due: datetime | None = None
        self._before: datetime | None = None

    def set(self, due: datetime | None, now: datetime) -> None:
        """The next due moment as just asked for, at `now`."""
        stuck = due is not None and due <= now and due == self._before
        self._before = due
        self._due = now + timedelta(seconds=STUCK_S) if stuck else due

    def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime:
        """Called when a pulse starts, too: the due moment is used up then, and only the ceiling is left."""
        due, self._due = self._due, None
        latest = now + timedelta(seconds=CEILING_S)
        return max(min(due or latest, latest), now + timedelta(seconds=FLOOR_S))


class Pulse:
    """Runs `tick(now)` again and again. `clock` is the product's time for ticks; `machine` times the pulse itself."""

    def __init__(
        self,
        store: Store,
        tick: Callable[[datetime], Awaitable[object]],
        *,
        clock: Clock,
        machine: Clock | None = None,
    ) -> None:
        self.heartbeat = Heartbeat(CEILING_S)
        self._store = store
        self._tick = tick
        self._clock = clock
        self._machine = machine or SystemClock()
        self._trigger = NextDue()
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._running = asyncio.Lock()
        self._woken = False
        self._started = False

    def start(self) -> None:
        """Begin, with a first pulse at once. Needs a running event loop."""
        self._scheduler.add_job(
            self._beat, self._trigger, id=_JOB, next_run_time=self._machine.now(),
            coalesce=True, max_instances=1, misfire_grace_time=None,
        )  # fmt: skip
        self._scheduler.start()
        self._started = True

    def wake(self) -> None:
        """Something new may be due: pulse now, or again when the running pulse is done. Call it from the event loop."""
        self._woken = True
        if self._started and not self._running.locked():
            self._scheduler.modify_job(_JOB, next_run_time=self._machine.now())

    async def stop(self, seconds: float = 20.0) -> None:
        """Start no more pulses and let the running one finish, for at most `seconds`."""
        if not self._started:
            return
        self._started = False
        self._scheduler.remove_job(_JOB)
        try:
            async with asyncio.timeout(seconds):
                await self.rest()
        except TimeoutError:
            _log.warning("stopped in the middle of a pulse: leases end by themselves")
        self._scheduler.shutdown(wait=False)

    async def rest(self) -> None:
        """Wait for the running pulse to end; return at once when none runs."""
        async with self._running:
            pass

    async def _beat(self) -> None:
        async with self._running:
            self._woken = False
            await self._tick(self._clock.now())
            self.heartbeat.beat()
            due = await self._next_due()
        now = self._machine.now()
        self._trigger.set(now if self._woken else due, now)
        if self._started:
            self._scheduler.modify_job(_JOB, next_run_time=self._trigger.get_next_fire_time(None, now))

    async def _next_due(self) -> datetime | None:
        """Machine time of the next due moment; None (the ceiling) when the database does not answer."""
        try:
            return await in_thread(self._ask)
        except SQLAlchemyError as error:
            _log.error("what is due next is not known", exc_info=error)
            return None

    def _ask(self) -> datetime | None:
        now, machine_now = self._clock.now(), self._machine.now()
        with self._store.system(write=False) as session:
            due = outbox.next_due(session, now=now, machine_now=machine_now)
        return None if due is None else machine_now + (due - now)
