"""Five weeks with a clock change and an outage in them. The whole year is `make bench-year`."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.calendar.year import Plan, run
from tests.databases import SqliteFiles

# New York changes its clocks on 8 March.
SPRING = Plan(
    begin=datetime(2026, 2, 15, 12, tzinfo=UTC),
    end=datetime(2026, 3, 21, tzinfo=UTC),
    partners=20,
    managers=3,
    zones=3,
    cadences=12,
    kills=2,
    beside=2,
    sessions=35,
    outages=((datetime(2026, 3, 10, 6, tzinfo=UTC), datetime(2026, 3, 11, 15, 30, tzinfo=UTC)),),
)


@pytest.mark.timeout(300)  # some seconds on a machine of one's own
def test_five_weeks_say_what_they_should_once_and_at_the_right_time(sqlite_files: SqliteFiles, tmp_path: Path) -> None:
    report = asyncio.run(run(SPRING, sqlite_files.clone(tmp_path)))
    assert report.wrong == []
    assert min(report.digests, report.briefs, report.kills, report.approvals, report.items) > 0, report
