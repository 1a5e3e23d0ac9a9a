"""The workspace's own clock: the wall clock, or a frozen one that a test moves by hand."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """Tells the workspace what time it is.

    `Clock()` follows the wall clock. `Clock(datetime(..., tzinfo=UTC))` stands still until `advance` or `set`.
    Deadlines between processes (the 3 s ack, rate limits) never use it: clients wait in real time.
    """

    def __init__(self, at: datetime | None = None) -> None:
        self._frozen = None if at is None else _aware(at)

    @property
    def manual(self) -> bool:
        """Whether the clock only moves when told to."""
        return self._frozen is not None

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        return datetime.now(UTC) if self._frozen is None else self._frozen

    def time(self) -> float:
        """The current instant in seconds since the epoch."""
        return self.now().timestamp()

    def set(self, at: datetime) -> None:
        """Freeze the clock at `at` (aware)."""
        self._frozen = _aware(at)

    def advance(self, seconds: float) -> datetime:
        """Move a frozen clock by `seconds` and return the new instant. Raises ValueError on the wall clock."""
        if self._frozen is None:
            raise ValueError("the wall clock cannot be moved; set() it first")
        self._frozen += timedelta(seconds=seconds)
        return self._frozen

    def follow(self, epoch: float) -> None:
        """Move a frozen clock up to `epoch` (seconds) when that is later; the wall clock ignores it."""
        if self._frozen is not None and epoch > self._frozen.timestamp():
            self._frozen = datetime.fromtimestamp(epoch, UTC)


def wall() -> float:
    """Real seconds since the epoch, whatever the workspace's clock says (request signatures are checked against it)."""
    return time.time()


def steady() -> float:
    """Real seconds that never go backwards (rate limits)."""
    return time.monotonic()


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("the workspace clock needs an aware datetime")
    return at.astimezone(UTC)
