"""The way out: every message is claimed, looked up if it may be out already, composed, checked, posted and settled.

What keeps it "never lost, never twice": a row is `sending` under a lease before Slack is called; the call
is made only in the first half of the lease; a row with an earlier attempt is looked up by its key in message metadata
before anything is posted; and only the holder of the claim can settle it. A crash anywhere is a lease that runs out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy.exc import IntegrityError

from bot import monitoring
from bot.cards.card import Attachment, Card
from bot.clock import Clock, SystemClock, elapsed
from bot.in_thread import in_thread
from bot.log import reference
from bot.policy import Policy
from bot.slack import alerts
from bot.slack.audience import is_person, refusal
from bot.slack.errors import MessageGone, MissingScope, RateLimited, SlackProblem, UnknownOutcome
from bot.slack.files import SHARE
from bot.slack.gateway import Gateway, Posted
from bot.slack.pacing import Pacer
from models import outbox
from models.delivery import Delivery, DeliveryState
from models.outbox import Claim
from models.partners import Person
from models.store import Store, UnitOfWork

_log = structlog.get_logger(__name__)
_UNFORESEEN = "Something in me broke when I made it; the log says what."
UPDATES_A_SECOND = 0.8  # chat.update is tier 3: 50 a minute for the whole workspace


class Compose(Protocol):
    """Makes the card from what is true now; None when there is nothing to tell any more."""

    def __call__(self, uow: UnitOfWork, delivery: Delivery, /, *, now: datetime, policy: Policy) -> Card | None: ...


class OnSettled(Protocol):
    """Told of a delivery in the transaction that settles it."""

    def __call__(self, uow: UnitOfWork, delivery: Delivery, /, *, now: datetime, policy: Policy) -> None: ...


@dataclass(frozen=True, slots=True)
class Timing:
    """`lease` is how long a claim holds; the seconds after a failure double from `first_wait` to `longest_wait`;
    `give_up_after` counts attempts, `unforeseen` those after which an error nobody foresaw is no longer tried again;
    `concurrency` is messages in flight; `file_shown` is how many seconds after a lost answer a file is in its thread if
    it ever will be."""

    lease: timedelta = timedelta(seconds=60)
    first_wait: float = 2.0
    longest_wait: float = 300.0
    give_up_after: int = 20
    unforeseen: int = 3
    concurrency: int = 8
    file_shown: float = 20.0


@dataclass(frozen=True, slots=True)
class _Try:
    """One claimed message on its way. `now` is product time at `started`; `started` and `claimed` are of elapsed()."""

    claim: Claim
    now: datetime
    started: float
    claimed: float

    @property
    def delivery(self) -> Delivery:
        return self.claim.delivery

    def later(self, seconds: float) -> datetime:
        """Product time that many seconds from this moment."""
        return self.now + timedelta(seconds=elapsed() - self.started + seconds)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a message goes: `target` as we name it, Slack's `channel`, and the posted message to edit, if any."""

    target: str
    channel: str
    key: str
    ts: str = ""


class _LeaseTooOld(Exception):
    """Half of the lease is gone: another worker may soon believe this message to be its own."""


class Outbox:
    """Sends what is due. Build one per process. `clock` is the machine's (leases), never a replayed one."""

    def __init__(
        self,
        store: Store,
        gateway: Gateway,
        policy: Policy,
        *,
        compose: Compose,
        on_delivered: OnSettled,
        on_failed: OnSettled,
        timing: Timing | None = None,
        clock: Clock | None = None,
        pacer: Pacer | None = None,
        edits: Pacer | None = None,
    ) -> None:
        self.store = store
        self.gateway = gateway
        self._policy = policy
        self._compose = compose
        self._on_delivered = on_delivered
        self._on_failed = on_failed
        self._timing = timing or Timing()
        self._clock = clock or SystemClock()
        self._pacer = pacer or Pacer()
        self._edits = edits or Pacer(UPDATES_A_SECOND, burst=10)

    async def send_due(self, now: datetime, *, budget: float | None = None) -> int:
        """Send everything due at `now` (product time) and return how many messages were settled or put off.

        With `budget`, nothing new is started after that many seconds; what is in flight is finished.
        """
        started, done = elapsed(), 0
        flying: dict[asyncio.Task[None], _Try | None] = {}  # None where one is given up
        try:
            while True:
                room = self._timing.concurrency - len(flying)
                if room and (budget is None or elapsed() - started < budget):
                    claimed = elapsed()
                    claims = await in_thread(self._claim, now, room)
                    tries = [_Try(each, now, started, claimed) for each in claims]
                    flying |= {asyncio.create_task(self._send(this)): this for this in tries}
                if not flying:
                    return done
                finished, _ = await asyncio.wait(flying, return_when=asyncio.FIRST_COMPLETED)
                for task in finished:
                    this = flying.pop(task)
                    done += this is not None
                    if _is_broken(task) and this and this.delivery.attempts >= self._timing.unforeseen:
                        flying[asyncio.create_task(self._give_up(this, _UNFORESEEN))] = None
        finally:
            for task in flying:
                task.cancel()
            await asyncio.gather(*flying, return_exceptions=True)

    def _claim(self, now: datetime, limit: int) -> Sequence[Claim]:
        try:
            with self.store.system() as session:
                return outbox.claim(
                    session, now=now, machine_now=self._clock.now(), lease=self._timing.lease, limit=limit
                )
        except IntegrityError:  # another worker has just put a message of one of these lanes in flight
            return ()

    async def _send(self, this: _Try) -> None:
        attempts = this.delivery.attempts
        try:
            await self._attempt(this)
        except _LeaseTooOld:
            await self._put_off(this, 0, "the lease was half over", unused=True)
        except RateLimited as problem:
            monitoring.RATE_LIMITED.labels(problem.method).inc()
            await self._put_off(this, problem.retry_after, str(problem))
        except SlackProblem as problem:
            if isinstance(problem, MessageGone) and this.delivery.updates:
                await self._cancel(this, problem.sentence)
            elif problem.passing and attempts < self._timing.give_up_after:
                wait = min(self._timing.first_wait * 2.0 ** min(attempts - 1, 20), self._timing.longest_wait)
                least = self._timing.file_shown if problem.method == SHARE else 0.0
                await self._put_off(this, max(wait, least), str(problem))
            else:
                await self._give_up(this, f"{problem.sentence} ({problem.code})")

    async def _attempt(self, this: _Try) -> None:
        delivery = this.delivery
        if delivery.attempts > self._timing.give_up_after:
            return await self._give_up(this, delivery.error or "It could not be sent, for no reason Slack gave.")
        place = await self._place(delivery)
        if place is None:
            return await self._cancel(this, "the card it edits was never posted")
        if this.claim.suspect and not place.ts:
            found = await self._look_up(delivery, place)
            if found:
                return await self._finish(this, place, Posted(place.channel, found))
        await self._turn(delivery, place)
        card = await in_thread(self._card, delivery, this.now)
        if card is None:
            return await self._cancel(this, "nothing to tell any more")
        reason = await self._refusal(this, place, card)
        if reason:
            return await self._give_up(this, reason, refused=True)
        posted = await self._call(this, place, replace(card, attachment=None))
        if place.ts or card.attachment is None:
            return await self._sent(this, posted)
        return await self._sent(this, posted, lacks=await self._attach(this, posted, card.attachment))

    async def _finish(self, this: _Try, place: _Place, posted: Posted) -> None:
        """An earlier attempt did arrive: see that its file has, too."""
        card = await in_thread(self._card, this.delivery, this.now)
        if card is None or card.attachment is None:
            return await self._sent(this, posted)
        lacks = await self._refusal(this, place, card) or await self._attach(this, posted, card.attachment, look=True)
        return await self._sent(this, posted, lacks=lacks)

    async def _refusal(self, this: _Try, place: _Place, card: Card) -> str:
        """Why the card must not go there, "" when it may. A file goes to one of our people alone, to no channel."""
        if card.attachment and not is_person(place.target):
            return "Not sent: a file may only go into a direct message."
        delivery = this.delivery
        reason = await refusal(
            self, delivery.workspace_id, place.target, delivery.classification, delivery.partner_id, now=this.now
        )
        return f"Not sent: {reason}." if reason else ""

    async def _attach(self, this: _Try, posted: Posted, file: Attachment, *, look: bool = False) -> str:
        """Put the file under its card, within the lease; with `look`, unless it is there. Returns why Slack never will
        take it, "" when it is there."""
        try:
            async with asyncio.timeout(self._timing.lease.total_seconds() * 0.9 - (elapsed() - this.claimed)):
                await self._upload(this.delivery, posted, file, look)
        except TimeoutError:
            problem: SlackProblem = UnknownOutcome(SHARE, "lease")
        except SlackProblem as found:
            problem = found
        else:
            return ""
        again = problem.passing and not isinstance(problem, MissingScope)
        if again and this.delivery.attempts < self._timing.give_up_after:
            raise problem
        return "Slack did not take it. Ask me for it again later." if again else problem.sentence

    async def _upload(self, delivery: Delivery, posted: Posted, file: Attachment, look: bool) -> None:
        place = (delivery.workspace_id, posted.channel, delivery.thread_ts or posted.ts, file.name)
        if look and await self.gateway.find_file(*place, oldest=posted.ts):
            return
        data = await in_thread(file.build)
        await self._pacer.wait(posted.channel)
        await self.gateway.upload(*place, data, file.title)

    async def _turn(self, delivery: Delivery, place: _Place) -> None:
        """Wait until Slack takes the next one. What it says and who would read it is looked at after the wait."""
        await (self._edits.wait(delivery.workspace_id) if place.ts else self._pacer.wait(place.channel))

    async def _call(self, this: _Try, place: _Place, card: Card) -> Posted:
        """The call itself, only in the first half of the lease."""
        workspace_id = this.delivery.workspace_id
        if elapsed() - this.claimed > self._timing.lease.total_seconds() / 2:
            raise _LeaseTooOld
        if place.ts:
            await self.gateway.update(workspace_id, place.channel, place.ts, card, key=place.key)
            return Posted(place.channel, place.ts)
        thread_ts = this.delivery.thread_ts
        return await self.gateway.post(workspace_id, place.channel, card, key=place.key, thread_ts=thread_ts)

    async def _look_up(self, delivery: Delivery, place: _Place) -> str | None:
        """The ts when an earlier attempt did arrive. In a replay Slack's clock is the product's, else the machine's."""
        tried_at = min(delivery.first_try_at or delivery.created_at, delivery.created_at)
        found = await self.gateway.find_key(
            delivery.workspace_id, place.channel, place.key,
            oldest=tried_at.timestamp() - 60, thread_ts=delivery.thread_ts,
        )  # fmt: skip
        monitoring.RECONCILES.labels("found" if found else "not_found").inc()
        return found

    async def _place(self, delivery: Delivery) -> _Place | None:
        """Where it goes (a person's DM is opened when not known yet); None for an edit of what was never posted."""
        if delivery.updates:
            return await in_thread(self._posted_card, delivery)
        if not is_person(delivery.target):
            return _Place(delivery.target, delivery.target, delivery.key)
        channel = await in_thread(self._known_dm, delivery)
        if not channel:
            channel = await self.gateway.open_dm(delivery.workspace_id, delivery.target)
            await in_thread(self._remember_dm, delivery, channel)
        return _Place(delivery.target, channel, delivery.key)

    def _posted_card(self, delivery: Delivery) -> _Place | None:
        with self.store.read(delivery.workspace_id) as uow:
            posted = uow.get(Delivery, delivery.updates)
            return _Place(posted.target, posted.channel, posted.key, posted.ts) if posted and posted.ts else None

    def _known_dm(self, delivery: Delivery) -> str:
        with self.store.read(delivery.workspace_id) as uow:
            person = uow.find(Person, slack_id=delivery.target)
            return (person.dm_channel if person else None) or ""

    def _remember_dm(self, delivery: Delivery, channel: str) -> None:
        with self.store.write(delivery.workspace_id) as uow:
            person = uow.find(Person, slack_id=delivery.target)
            if person:
                person.dm_channel = channel

    def _card(self, delivery: Delivery, now: datetime) -> Card | None:
        with self.store.read(delivery.workspace_id) as uow:
            return self._compose(uow, delivery, now=now, policy=self._policy)

    # -- the ends of a claim --------------------------------------------------------------------------------------

    async def _sent(self, this: _Try, posted: Posted, *, lacks: str = "") -> None:
        """Settled. When its file cannot go with it, `lacks` says why, and a line under the card will."""

        def settle(uow: UnitOfWork) -> bool:
            held = outbox.settle(
                uow.session, this.claim, DeliveryState.SENT, channel=posted.channel, ts=posted.ts, sent_at=this.now
            )
            row = uow.get(Delivery, this.claim.id)
            if held and row and not row.updates:
                self._on_delivered(uow, row, now=this.now, policy=self._policy)
            if held and lacks:
                alerts.enqueue_note(
                    uow, this.delivery, posted.ts, f"I could not attach the file. {lacks}", now=this.now
                )
            return held

        held = await self._settle(this, "sent", settle)
        if held and not this.claim.suspect:
            lateness = this.later(0) - this.delivery.not_before
            monitoring.CLOCK_LATENESS_SECONDS.observe(max(0.0, lateness.total_seconds()))

    async def _put_off(self, this: _Try, seconds: float, error: str, *, unused: bool = False) -> None:
        def settle(uow: UnitOfWork) -> bool:
            return outbox.settle(
                uow.session, this.claim, DeliveryState.PENDING,
                not_before=this.later(seconds), error=error, unused=unused,
            )  # fmt: skip

        await self._settle(this, "put_off", settle)

    async def _cancel(self, this: _Try, reason: str) -> None:
        def settle(uow: UnitOfWork) -> bool:
            return outbox.settle(uow.session, this.claim, DeliveryState.CANCELLED, error=reason)

        await self._settle(this, "cancelled", settle)

    async def _give_up(self, this: _Try, reason: str, *, refused: bool = False) -> None:
        """Dead, and somebody is told in the same transaction (of an edit only when a channel must not see it)."""

        def settle(uow: UnitOfWork) -> bool:
            held = outbox.settle(uow.session, this.claim, DeliveryState.DEAD, error=reason)
            row = uow.get(Delivery, this.claim.id)
            if held and row:
                if not row.updates:
                    self._on_failed(uow, row, now=this.now, policy=self._policy)
                if not row.updates or (refused and not is_person(row.target)):
                    alerts.enqueue_alert(uow, row, now=this.now)
            return held

        if await self._settle(this, "refused" if refused else "dead", settle):
            monitoring.DEAD.labels("delivery").inc()
            _log.error("delivery dead", delivery=this.claim.id, card=this.delivery.card, reason=reason)

    async def _settle(self, this: _Try, result: str, settle: Callable[[UnitOfWork], bool]) -> bool:
        """Run `settle` in a unit of work; False when the claim was not ours any more, and nothing has changed then."""

        def write() -> bool:
            with self.store.write(this.delivery.workspace_id) as uow:
                return settle(uow)

        held = await in_thread(write)
        monitoring.POSTS.labels(result if held else "fenced").inc()
        return held


def _is_broken(finished: asyncio.Task[None]) -> bool:
    """Whether it ended in an error nobody foresaw, which is logged. That is like a crash: the row stays claimed until
    its lease ends, and is then looked up; but not for ever, because all the while it holds up its lane."""
    error = None if finished.cancelled() else finished.exception()
    if error is not None:
        _log.error("delivery failed unexpectedly", reference=reference(), exc_info=error)
    return error is not None
