from __future__ import annotations

import asyncio
import threading
from contextvars import ContextVar

import pytest

from bot.in_thread import Batcher, in_thread

WHO: ContextVar[str] = ContextVar("WHO", default="nobody")


def test_runs_beside_the_loop_with_the_callers_context() -> None:
    async def run() -> tuple[str, str]:
        WHO.set("Dana")
        return await in_thread(lambda suffix: (WHO.get() + suffix, threading.current_thread().name), "!")

    said, thread = asyncio.run(run())
    assert said == "Dana!"
    assert thread.startswith("desk")


def test_what_arrives_while_a_batch_runs_is_the_next_batch() -> None:
    batches: list[list[int]] = []
    go = threading.Event()

    def work(items: list[int]) -> list[int]:
        batches.append(items)
        go.wait(5)
        return [item * 10 for item in items]

    async def run() -> list[int]:
        batcher = Batcher("test", work, limit=3)
        waiting = [batcher.submit(n) for n in range(8)]
        go.set()
        answers = await asyncio.gather(*waiting)
        await batcher.close()
        return answers

    assert asyncio.run(run()) == [n * 10 for n in range(8)]
    assert batches == [[0], [1, 2, 3], [4, 5, 6], [7]]


def test_an_error_reaches_its_own_batch_only() -> None:
    def work(items: list[int]) -> list[int]:
        if 0 in items:
            raise OSError("disk")
        return items

    async def run() -> None:
        batcher = Batcher("test", work)
        first, second = batcher.submit(0), batcher.submit(1)
        with pytest.raises(OSError, match="disk"):
            await first
        assert await second == 1
        await batcher.close()

    asyncio.run(run())


def test_closing_finishes_what_was_submitted() -> None:
    async def run() -> list[bool]:
        batcher: Batcher[int, int] = Batcher("test", lambda items: items, limit=2)
        waiting = [batcher.submit(n) for n in range(7)]
        await batcher.close()
        return [outcome.done() for outcome in waiting]

    assert asyncio.run(run()) == [True] * 7


def test_a_caller_who_gave_up_does_not_disturb_the_others() -> None:
    async def run() -> int:
        batcher: Batcher[int, int] = Batcher("test", lambda items: items)
        gone, stays = batcher.submit(1), batcher.submit(2)
        gone.cancel()
        answer = await stays
        await batcher.close()
        return answer

    assert asyncio.run(run()) == 2


def test_with_a_pause_items_wait_for_company_but_not_for_closing() -> None:
    batches: list[list[int]] = []

    def work(items: list[int]) -> list[int]:
        batches.append(items)
        return items

    async def run() -> None:
        batcher = Batcher("test", work, pause=0.02)
        first = batcher.submit(1)
        await asyncio.sleep(0)
        second = batcher.submit(2)
        assert (await first, await second) == (1, 2)
        long = Batcher("test", work, pause=60)
        last = long.submit(3)
        await long.close()
        assert await last == 3
        await batcher.close()

    asyncio.run(run())
    assert batches == [[1, 2], [3]]
