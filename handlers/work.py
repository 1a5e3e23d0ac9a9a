"""The work behind the acks: receipts are handled one at a time per lane, several lanes at once, once each.

The worker is the command runner: the one place in handlers that catches everything. A `Refused` is an answer for the
person; any other exception is logged under a reference the person is told, and the receipt is tried again later.
Lanes are kept within one process; across processes the handlers' own transactions keep the peace.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from bot import monitoring
from bot.clock import Clock, SystemClock, elapsed
from bot.errors import Refused
from bot.in_thread import Batcher, in_thread
from bot.log import reference
from bot.slack.errors import SlackProblem
from models import receipts
from models.receipts import Claimed
from models.store import Store

LEASE = timedelta(seconds=60)
TRIES = 5
_FIRST_WAIT = timedelta(seconds=5)  # then 20 s, 80 s and 5 min 20 s
_CONCURRENCY = 4
_NUDGE_S = 0.1
_MARK_S = 0.05  # marks wait for each other: every commit of theirs is one an ack may have to wait for
_RENEW_S = LEASE.total_seconds() / 3
_PURGE_S = 3600.0
_PURGE_LIMIT = 5_000  # a short transaction: acks wait for it on SQLite
_KEEP_DEAD = timedelta(days=30)
_SORRY = "Something went wrong on our side."
_WHAT_NOW = "please try again later, or give the reference to whoever runs PartnerDesk for you."

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Received:
    """One thing Slack sent, as the handlers see it. `kind` is event, command, action, shortcut or view; `payload` is
    Slack's own (for an event the whole event_callback envelope); `received_at` is aware UTC of the machine's clock."""

    id: int
    workspace_id: str
    kind: str
    payload: dict[str, Any]
    received_at: datetime


Handle = Callable[[Received], Awaitable[None]]
Answer = Callable[[Received, str], Awaitable[None]]


class Worker:
    """Runs `table[kind]` for each receipt. `answer` tells the person behind a receipt one sentence.

    `owner` names this process on its leases. `after` is called soon after receipts were handled (messages may be due).
    `keep` is how long done receipts stay for recognising repeats. `concurrency` is how many lanes of events, and how
    many of people's clicks and commands, work at once.
    """

    def __init__(
        self,
        store: Store,
        table: Mapping[str, Handle],
        *,
        answer: Answer,
        owner: str,
        after: Callable[[], None] | None = None,
        keep: timedelta = timedelta(hours=24),
        clock: Clock | None = None,
        concurrency: int = _CONCURRENCY,
    ) -> None:
        self.owner = owner
        self._store = store
        self._table = table
        self._answer = answer
        self._after = after
        self._keep = keep
        self._clock = clock or SystemClock()
        # Somebody waits for a command or a click; reading a busy channel must not hold that up.
        self._slots = {True: asyncio.Semaphore(concurrency), False: asyncio.Semaphore(concurrency)}
        self._lanes: dict[str, deque[Claimed]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._settling: set[asyncio.Future[None]] = set()
        self._held: set[int] = set()
        self._finished = Batcher("receipts-done", self._finish_all, pause=_MARK_S)
        self._after_soon: asyncio.TimerHandle | None = None
        self._renewed = elapsed()
        self._purged = -math.inf
        self._stopping = False

    @property
    def busy(self) -> bool:
        """Is anything in line, at work, or not yet settled?"""
        return bool(self._tasks or self._settling)

    def take(self, claimed: Sequence[Claimed]) -> None:
        """Put receipts leased to this process in line. Returns at once."""
        for receipt in claimed:
            if receipt.id in self._held or self._stopping:
                continue
            self._held.add(receipt.id)
            lane = self._lanes.get(receipt.lane)
            if lane is not None:
                lane.append(receipt)
                continue
            self._lanes[receipt.lane] = deque([receipt])
            task = asyncio.create_task(self._work(receipt.lane))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def adopt(self, now: datetime | None = None) -> int:
        """Take over what nobody holds any more or is due again, and keep house; returns how many were taken over.

        `now` is the machine's time, for tests; the worker's own clock by default. Call it at start and on every pulse:
        it writes nothing when there is nothing to do.
        """
        if self._stopping:
            return 0
        claimed = await in_thread(self._adopt, now or self._clock.now(), [*self._held])
        self.take(claimed)
        return len(claimed)

    async def drain(self, seconds: float) -> bool:
        """Stop taking receipts, let what is in line finish for at most `seconds`, then let go of the rest so that
        another process may take it at once. True when everything was finished."""
        self._stopping = True
        if self._after_soon is not None:
            self._after_soon.cancel()
        tasks = [*self._tasks]
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)
        left = [task for task in tasks if not task.done()]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, *self._settling, return_exceptions=True)
        if self._held:
            await in_thread(self._let_go, [*self._held], self._clock.now())
        await self._finished.close()
        return not left

    async def _work(self, lane: str) -> None:
        line = self._lanes[lane]
        try:
            while line:
                async with self._slots[line[0].kind == "event"]:
                    await self._run(line[0])
                line.popleft()
        finally:
            del self._lanes[lane]

    async def _run(self, receipt: Claimed) -> None:
        received = Received(receipt.id, receipt.workspace_id, receipt.kind, receipt.payload, receipt.received_at)
        try:
            await self._table[receipt.kind](received)
        except Refused as refusal:
            await self._tell(received, str(refusal))
        except SlackProblem as problem:
            if problem.passing:
                await self._failed(receipt, received, problem)
                return
            # A final no: the same again would only repeat what was done before it.
            _log.warning("Slack refused", receipt=receipt.id, kind=receipt.kind, problem=str(problem))
            await self._tell(received, problem.sentence)
        except Exception as error:
            await self._failed(receipt, received, error)
            return
        self._nudge()
        # Nobody waits for the mark: what is not marked when the process dies is handled again, which does no harm.
        self._settle(receipt, "done", self._finished.submit(receipt.id))

    async def _failed(self, receipt: Claimed, received: Received, error: Exception) -> None:
        mark = reference()
        tries = receipt.attempts + 1
        _log.error("receipt failed", reference=mark, receipt=receipt.id, kind=receipt.kind, tries=tries, exc_info=error)
        note = f"{mark} {type(error).__name__}"
        if tries < TRIES:
            due = self._clock.now() + _FIRST_WAIT * 4 ** (tries - 1)
            again = asyncio.ensure_future(in_thread(self._put_back, receipt.id, due, note))
            self._settle(receipt, "retried", again)
        else:
            monitoring.DEAD.labels("receipt").inc()
            self._settle(receipt, "dead", asyncio.ensure_future(in_thread(self._bury, receipt.id, note)))
        if tries == 1:
            await self._tell(received, f"{_SORRY} Reference {mark}. I will try again by myself in a few minutes.")
        elif tries == TRIES:
            await self._tell(received, f"{_SORRY} Reference {mark}. I gave up after {TRIES} tries: {_WHAT_NOW}")

    def _settle(self, receipt: Claimed, outcome: str, writing: asyncio.Future[None]) -> None:
        self._settling.add(writing)
        writing.add_done_callback(partial(self._settled, receipt, outcome))

    def _settled(self, receipt: Claimed, outcome: str, written: asyncio.Future[None]) -> None:
        self._settling.discard(written)
        self._held.discard(receipt.id)
        error = None if written.cancelled() else written.exception()
        if error is not None:
            _log.error("receipt not settled: it runs again when its lease ends", receipt=receipt.id, exc_info=error)
        monitoring.RECEIPTS.labels(receipt.kind, "unsettled" if error else outcome).inc()

    async def _tell(self, received: Received, sentence: str) -> None:
        try:
            await self._answer(received, sentence)
        except Exception as error:  # the person cannot be reached; the receipt's own fate is settled all the same
            # Not the whole exception: it may carry what the person typed.
            _log.warning("no answer possible", receipt=received.id, error=type(error).__name__)

    def _nudge(self) -> None:
        """Call `after` once for all receipts handled within a moment."""
        if self._after is not None and self._after_soon is None and not self._stopping:
            self._after_soon = asyncio.get_running_loop().call_later(_NUDGE_S, self._nudged)

    def _nudged(self) -> None:
        self._after_soon = None
        if self._after is not None:
            self._after()

    def _adopt(self, now: datetime, held: list[int]) -> list[Claimed]:
        with self._store.system(write=False) as session:
            due = receipts.any_claimable(session, now=now)
        moment = elapsed()
        renew, purge = moment - self._renewed > _RENEW_S, moment - self._purged > _PURGE_S
        if not (due or purge or (renew and held)):
            return []
        with self._store.system() as session:
            if renew:
                self._renewed = moment
                receipts.renew(session, held, owner=self.owner, until=now + LEASE)
            if purge:
                gone = receipts.purge(
                    session, done_before=now - self._keep, dead_before=now - _KEEP_DEAD, limit=_PURGE_LIMIT
                )
                self._purged = moment if gone < _PURGE_LIMIT else -math.inf  # the rest at the next pulse
            return receipts.claim(session, owner=self.owner, now=now, lease=LEASE)

    def _finish_all(self, ids: list[int]) -> list[None]:
        with self._store.system() as session:
            receipts.finish(session, ids, owner=self.owner)
        return [None] * len(ids)

    def _put_back(self, receipt: int, due: datetime, error: str) -> None:
        with self._store.system() as session:
            receipts.put_back(session, receipt, owner=self.owner, due=due, error=error)

    def _bury(self, receipt: int, error: str) -> None:
        with self._store.system() as session:
            receipts.bury(session, receipt, owner=self.owner, error=error)

    def _let_go(self, ids: list[int], now: datetime) -> None:
        with self._store.system() as session:
            receipts.renew(session, ids, owner=self.owner, until=now)
