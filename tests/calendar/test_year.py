"""Two months with a clock change in them, on both databases. The whole year is `make bench-year`."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from tests.calendar.year import Plan, run

# New York changes its clocks on 8 March, Berlin on 29 March, Sydney on 5 April; Good Friday is 3 April.
SPRING = Plan(
    begin=datetime(2026, 2, 15, 12, tzinfo=UTC),
    end=datetime(2026, 4, 16, tzinfo=UTC),
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
def test_two_months_say_what_they_should_once_and_at_the_right_time(database: str) -> None:
    report = asyncio.run(run(SPRING, database))
    assert report.wrong == []
    assert min(report.digests, report.briefs, report.kills, report.approvals, report.items) > 0, report
