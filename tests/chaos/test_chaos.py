"""The short chaos run: kills, a stop longer than the lease, dropped replies, 500s, 429s; nothing lost or twice."""

from __future__ import annotations

import asyncio

import pytest

from bench.chaos import SHORT, run


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("kind", "workers"), [("sqlite", 1), ("postgres", 2)])
def test_nothing_is_lost_and_nothing_sent_twice(request: pytest.FixtureRequest, kind: str, workers: int) -> None:
    url = request.getfixturevalue(f"{kind}_url")
    result = asyncio.run(run(kind, url, workers, SHORT))
    assert (result.lost, result.twice, result.unsettled) == (0, 0, 0), result
    assert result.posts >= SHORT.reminders
