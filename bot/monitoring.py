"""What operators watch: Prometheus metrics, the pulse's heartbeat, and whether this process is ready.

The metrics live in a registry of our own, so nothing else in the process leaks into `/metrics`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import elapsed
from bot.in_thread import in_thread
from models import outbox, receipts
from models.store import Store

REGISTRY = CollectorRegistry()
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

RECEIPTS = Counter(
    "partnerdesk_receipts", "What Slack sent, by kind and what became of it", ["kind", "outcome"], registry=REGISTRY
)
ACK_SECONDS = Histogram(
    "partnerdesk_ack_seconds",
    "From a payload's arrival to its ack, the receipt's commit included",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3),
    registry=REGISTRY,
)
POSTS = Counter("partnerdesk_posts", "Messages sent to Slack, by result", ["result"], registry=REGISTRY)
RECONCILES = Counter(
    "partnerdesk_reconciles", "Look-ups of a message whose fate was unknown, by result", ["result"], registry=REGISTRY
)
RATE_LIMITED = Counter("partnerdesk_rate_limited", "429 answers of Slack, by method", ["method"], registry=REGISTRY)
DEAD = Counter("partnerdesk_dead", "Rows given up on, by table", ["table"], registry=REGISTRY)
CLOCK_LATENESS_SECONDS = Histogram(
    "partnerdesk_clock_lateness_seconds",
    "How late something due was done",
    buckets=(0.1, 0.5, 1, 5, 15, 60, 300, 3600, 86400),
    registry=REGISTRY,
)
RECONNECTS = Counter("partnerdesk_reconnects", "New Socket Mode connections after the first", registry=REGISTRY)
_OUTBOX_AGE = Gauge("partnerdesk_outbox_oldest_due_seconds", "Age of the oldest due message", registry=REGISTRY)
_OUTBOX_OPEN = Gauge("partnerdesk_outbox_open", "Messages not sent yet", ["state"], registry=REGISTRY)
_INBOX_AGE = Gauge(
    "partnerdesk_receipts_oldest_open_seconds", "Age of the oldest unfinished receipt", registry=REGISTRY
)
_HEARTBEAT_AGE = Gauge("partnerdesk_pulse_age_seconds", "Since the last pulse finished", registry=REGISTRY)


class Heartbeat:
    """When the pulse last finished. `ceiling` is the longest pause between two pulses, in seconds."""

    def __init__(self, ceiling: float) -> None:
        self.ceiling = ceiling
        self._last = elapsed()

    def beat(self) -> None:
        """The pulse has just finished."""
        self._last = elapsed()

    def age(self) -> float:
        """Seconds since the last beat."""
        return elapsed() - self._last

    def alive(self) -> bool:
        """False when three pulses in a row are missing: the scheduler is dead or stuck."""
        return self.age() < 3 * self.ceiling


@dataclass(frozen=True, slots=True)
class Health:
    """What `/readyz` says: every check by name, and the verdict."""

    checks: dict[str, bool]

    @property
    def ready(self) -> bool:
        return all(self.checks.values())


async def health(store: Store, heartbeat: Heartbeat, connected: Callable[[], Awaitable[bool]] | None = None) -> Health:
    """Does the database answer, is the pulse alive, and, in Socket Mode (`connected` given), is the socket up?"""
    checks = {"database": await in_thread(_answers, store), "pulse": heartbeat.alive()}
    if connected is not None:
        checks["socket"] = await connected()
    return Health(checks)


async def metrics_page(store: Store, heartbeat: Heartbeat, *, now: datetime, machine_now: datetime) -> bytes:
    """The text of `/metrics`. `now` is the product's time (outbox), `machine_now` the machine's (receipts)."""
    _HEARTBEAT_AGE.set(heartbeat.age())
    await in_thread(_observe, store, now, machine_now)
    return generate_latest(REGISTRY)


def _observe(store: Store, now: datetime, machine_now: datetime) -> None:
    with store.system(write=False) as session:
        waiting = outbox.backlog(session, now=now)
        oldest_receipt = receipts.oldest_open(session)
    _OUTBOX_AGE.set(_seconds_since(waiting.oldest_due_at, now))
    _OUTBOX_OPEN.labels("pending").set(waiting.waiting)
    _OUTBOX_OPEN.labels("sending").set(waiting.in_flight)
    _INBOX_AGE.set(_seconds_since(oldest_receipt, machine_now))


def _seconds_since(moment: datetime | None, now: datetime) -> float:
    return max(0.0, (now - moment).total_seconds()) if moment else 0.0


def _answers(store: Store) -> bool:
    try:
        with store.system(write=False) as session:
            session.connection().execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True
