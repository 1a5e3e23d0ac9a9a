"""The one clock everything else is given: aware, in UTC, and movable only where it is meant to be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from freezegun import freeze_time

from bot.clock import ManualClock, SystemClock, elapsed


def test_the_system_clock_is_the_machines_in_utc() -> None:
    with freeze_time("2026-03-11T10:00:00-04:00", real_asyncio=True):
        now = SystemClock().now()
    assert now.replace(tzinfo=UTC) == datetime(2026, 3, 11, 14, 0, tzinfo=UTC)
    assert now.utcoffset() == timedelta(0)


def test_a_manual_clock_moves_only_when_told() -> None:
    clock = ManualClock(datetime(2026, 3, 11, 10, 0, tzinfo=timezone(timedelta(hours=-4))))
    assert clock.now() == clock.now() == datetime(2026, 3, 11, 14, 0, tzinfo=UTC)
    clock.advance(timedelta(hours=1))
    assert clock.now().hour == 15
    clock.set(datetime(2027, 1, 1, tzinfo=UTC))
    assert clock.now().year == 2027


def test_elapsed_never_goes_back_even_when_the_date_does() -> None:
    with freeze_time("2030-01-01", real_asyncio=True) as frozen:
        before = elapsed()
        frozen.move_to("2020-01-01")
        assert elapsed() >= before
