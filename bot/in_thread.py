"""How the event loop calls synchronous code: a pool of our own for units of work, one thread per batcher."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
Item = TypeVar("Item")
Outcome = TypeVar("Outcome")

THREADS = 12  # fewer than the engine's pooled connections, so that nobody waits for one


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, thread_name_prefix="desk")


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `function` beside the event loop and return what it returns or raises. Context variables come along."""
    context = contextvars.copy_context()
    call = partial(context.run, function, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(_pool(), call)


class Batcher(Generic[Item, Outcome]):
    """Does `work(items) -> one outcome per item, in order` in one thread of its own.

    A lone item starts at once. What arrives while a batch runs becomes the next batch: N concurrent items cost one
    commit. With a `pause` (seconds) even the first item waits that long for company: for work nobody waits for.
    An exception of `work` reaches every caller of that batch.
    """

    def __init__(
        self, name: str, work: Callable[[list[Item]], Sequence[Outcome]], *, limit: int = 500, pause: float = 0.0
    ) -> None:
        self._work = work
        self._limit = limit
        self._pause = pause
        self._timer: asyncio.TimerHandle | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._waiting: list[tuple[Item, asyncio.Future[Outcome]]] = []
        self._running: asyncio.Future[Sequence[Outcome]] | None = None

    def submit(self, item: Item) -> asyncio.Future[Outcome]:
        """Add `item` to the next batch; the future holds its outcome. Call it in the event loop."""
        outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, outcome))
        if self._running is None and self._timer is None:
            self._schedule()
        return outcome

    async def close(self) -> None:
        """Finish what was submitted, without a pause, and end the thread."""
        self._pause = 0.0
        if self._timer is not None:
            self._timer.cancel()
            self._start()
        while self._running is not None:
            await asyncio.wait([self._running])
        self._thread.shutdown()

    def _schedule(self) -> None:
        if self._pause:
            self._timer = asyncio.get_running_loop().call_later(self._pause, self._start)
        else:
            self._start()

    def _start(self) -> None:
        self._timer = None
        batch, self._waiting = self._waiting[: self._limit], self._waiting[self._limit :]
        items = [item for item, _ in batch]
        self._running = asyncio.get_running_loop().run_in_executor(self._thread, self._work, items)
        self._running.add_done_callback(partial(self._done, [waiter for _, waiter in batch]))

    def _done(self, waiters: list[asyncio.Future[Outcome]], finished: asyncio.Future[Sequence[Outcome]]) -> None:
        self._running = None
        if self._waiting:
            self._schedule()
        error = finished.exception()
        outcomes: Sequence[Outcome] = () if error else finished.result()
        for place, waiter in enumerate(waiters):
            if waiter.done():  # its caller gave up
                continue
            if error is None:
                waiter.set_result(outcomes[place])
            else:
                waiter.set_exception(error)
