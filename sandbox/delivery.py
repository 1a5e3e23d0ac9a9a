"""Getting a payload to the app: the 3 s ack, redelivery, and what became of each."""

from __future__ import annotations

import asyncio
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from sandbox.workspace import Json

Kind = Literal["events_api", "slash_commands", "interactive"]
LOG_LIMIT = 50_000
SAMPLE_LIMIT = 1_000_000


@dataclass(frozen=True)
class DeliveryPolicy:
    """Slack's timing, compressible. Seconds. Retries: at once, after 1 min, after 5 min (docs, Events API)."""

    ack_timeout: float = 3.0
    retry_delays: tuple[float, ...] = (0.0, 60.0, 300.0)


@dataclass(eq=False)
class Delivery:
    """One payload on its way. Only events are retried (`retries`); `answer` is the ack's payload."""

    kind: Kind
    payload: Json
    attempt: int = 0
    reason: str = ""
    envelope_id: str = ""
    sent_at: float = 0.0
    status: Literal["pending", "acked", "lost"] = "pending"
    latency: float | None = None
    answer: Json | str | None = None
    error: str = ""
    on_done: Callable[[Delivery], None] | None = None
    retries: bool = True

    @property
    def event_id(self) -> str:
        """The outer event_id of an event, else empty."""
        return str(self.payload.get("event_id", ""))


class Transport(Protocol):
    """The way to the app: Socket Mode or HTTP."""

    def send(self, delivery: Delivery) -> bool:
        """Start one attempt; False when there is nobody to send to."""

    async def close(self) -> None:
        """Let go of every connection."""


@dataclass
class Stats:
    """Counts over the life of the sandbox; `latencies` are ack times in seconds."""

    sent: int = 0
    acked: int = 0
    late: int = 0
    timeouts: int = 0
    retried: int = 0
    lost: int = 0
    latencies: deque[float] = field(default_factory=lambda: deque(maxlen=SAMPLE_LIMIT))

    def as_dict(self) -> Json:
        """The counts, and p50/p99/max of the ack latency in milliseconds."""
        counts = {k: getattr(self, k) for k in ("sent", "acked", "late", "timeouts", "retried", "lost")}
        return counts | percentiles(self.latencies)


def percentiles(seconds: deque[float] | list[float]) -> Json:
    """p50, p99 and max in milliseconds (nearest rank); None when there is no sample."""
    ordered = sorted(seconds)
    if not ordered:
        return {"p50_ms": None, "p99_ms": None, "max_ms": None}

    def rank(share: float) -> float:
        return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 3)

    return {"p50_ms": rank(0.5), "p99_ms": rank(0.99), "max_ms": round(1000 * ordered[-1], 3)}


class Dispatcher:
    """Sends payloads through the transport of the day and keeps count of the answers."""

    def __init__(self, transport: Transport, policy: DeliveryPolicy) -> None:
        self.transport = transport
        self.policy = policy
        self.stats = Stats()
        self.log: deque[Delivery] = deque(maxlen=LOG_LIMIT)
        self.pending = 0
        self._open: dict[str, Delivery] = {}
        self._deadlines: deque[tuple[float, str]] = deque()
        self._watch: asyncio.TimerHandle | None = None
        self._retries: set[asyncio.TimerHandle] = set()

    def dispatch(
        self, kind: Kind, payload: Json, on_done: Callable[[Delivery], None] | None = None, retries: bool = True
    ) -> Delivery:
        """Send `payload`; returns at once, the delivery tells what becomes of it."""
        delivery = Delivery(kind, payload, on_done=on_done, retries=retries and kind == "events_api")
        self.log.append(delivery)
        self.pending += 1
        self._attempt(delivery)
        return delivery

    def acked(self, envelope_id: str, answer: Json | str | None = None) -> None:
        """The app answered an envelope. An answer after the limit counts as late and changes nothing."""
        delivery = self._open.pop(envelope_id, None)
        if delivery is None:
            self.stats.late += 1
            return
        delivery.latency = asyncio.get_running_loop().time() - delivery.sent_at
        delivery.answer = answer
        self.stats.acked += 1
        self.stats.latencies.append(delivery.latency)
        self._finish(delivery, "acked")

    def failed(self, envelope_id: str, reason: str, retry: bool = True) -> None:
        """One attempt came to nothing: retry an event after the next delay, or give up."""
        delivery = self._open.pop(envelope_id, None)
        if delivery is None:
            return
        delivery.reason = delivery.error = reason
        if reason == "timeout":
            self.stats.timeouts += 1
        delays = self.policy.retry_delays
        if not (retry and delivery.retries) or delivery.attempt >= len(delays):
            self.stats.lost += 1
            self._finish(delivery, "lost")
            return
        delay = delays[delivery.attempt]
        delivery.attempt += 1
        self.stats.retried += 1
        loop = asyncio.get_running_loop()

        def again() -> None:
            self._retries.discard(handle)
            self._attempt(delivery)

        handle = loop.call_later(delay, again)
        self._retries.add(handle)

    async def close(self) -> None:
        """Stop retrying and close the transport."""
        for handle in self._retries:
            handle.cancel()
        if self._watch is not None:
            self._watch.cancel()
        self._open.clear()
        await self.transport.close()

    def _attempt(self, delivery: Delivery) -> None:
        loop = asyncio.get_running_loop()
        delivery.envelope_id = str(uuid.uuid4())
        delivery.sent_at = loop.time()
        self._open[delivery.envelope_id] = delivery
        self._deadlines.append((delivery.sent_at + self.policy.ack_timeout, delivery.envelope_id))
        if self._watch is None:
            self._watch = loop.call_later(self.policy.ack_timeout, self._expire)
        self.stats.sent += 1
        if not self.transport.send(delivery):
            self.failed(delivery.envelope_id, "connection_failed")

    def _expire(self) -> None:
        """Fail every envelope past its deadline; deadlines are in order because the limit is one constant."""
        loop = asyncio.get_running_loop()
        self._watch = None
        while self._deadlines and (
            self._deadlines[0][1] not in self._open or self._deadlines[0][0] <= loop.time() + 0.0005
        ):
            self.failed(self._deadlines.popleft()[1], "timeout")
        if self._deadlines and self._watch is None:
            self._watch = loop.call_at(self._deadlines[0][0], self._expire)

    def _finish(self, delivery: Delivery, status: Literal["acked", "lost"]) -> None:
        delivery.status = status
        self.pending -= 1
        if delivery.on_done is not None:
            delivery.on_done(delivery)
