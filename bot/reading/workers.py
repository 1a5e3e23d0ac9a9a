"""Windows read on every core, in processes with a reader each; the findings keep the order of the windows."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import cache
from itertools import islice
from multiprocessing import get_context, parent_process
from types import ModuleType
from typing import TypeVar

from bot.errors import Refused
from bot.reading.reader import read_window
from bot.reading.types import Finding, Reader, Window

BLOCK = 64  # windows that are handed over at a time
AHEAD = 2  # blocks under way per process: keeps it busy, and memory flat
MakeReader = Callable[[], Reader]
Item = TypeVar("Item")


def cores() -> int:
    """The cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def read_in_order(
    windows: Iterable[tuple[Item, Window]], make_reader: MakeReader, workers: int = 1
) -> Iterator[tuple[Item, list[Finding]]]:
    """What may be stored of each window, beside the thing it came with; the same for any number of `workers`.

    One worker is this very process. More are processes of their own, so `make_reader` must be picklable (a function or
    class of a module that is not the program's main file) and is called once in each. Raises what `windows` and the
    reader raise, and Refused when a process dies.
    """
    if workers == 1:
        reader = make_reader()
        for item, window in windows:
            yield item, read_window(reader, window)[0]
    else:
        yield from _in_processes(iter(windows), make_reader, workers)


def _in_processes(
    windows: Iterator[tuple[Item, Window]], make_reader: MakeReader, workers: int
) -> Iterator[tuple[Item, list[Finding]]]:
    # A fork would copy the locks and threads of whatever runs here; a process started anew is the same everywhere.
    pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_begin, initargs=(make_reader,))
    blocks = iter(lambda: list(islice(windows, BLOCK)), [])
    try:
        first = list(islice(blocks, workers))
        with _starting_processes():  # the pool starts one for each block until it has them all
            under_way = deque(_given(pool, block) for block in first)
        for block in blocks:
            under_way.append(_given(pool, block))
            if len(under_way) == AHEAD * workers:
                yield from _done(*under_way.popleft())
        while under_way:
            yield from _done(*under_way.popleft())
    except BrokenProcessPool as error:
        raise Refused(
            "A process that was reading messages has died, most often for want of memory."
            " What was printed so far is right, but not all. Run it again with --workers 1."
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _given(
    pool: ProcessPoolExecutor, block: list[tuple[Item, Window]]
) -> tuple[list[Item], Future[list[list[Finding]]]]:
    return [item for item, _ in block], pool.submit(_read_block, [window for _, window in block])


def _done(items: list[Item], future: Future[list[list[Finding]]]) -> Iterator[tuple[Item, list[Finding]]]:
    return zip(items, future.result(), strict=True)


@contextmanager
def _starting_processes() -> Iterator[None]:
    """What a process inherits that is started in here.

    It never hears Ctrl-C: its parent does, and ends it in good order. And it is not told of the program's main file,
    which multiprocessing would have it import: Slack, the database and all, 80 MB and a second or two for nothing.
    """
    main = sys.modules["__main__"]
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_make_reader: MakeReader  # in a reading process: what it was given


def _begin(make_reader: MakeReader) -> None:
    global _make_reader
    _make_reader = make_reader
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A parent that was killed closes nothing; its processes would wait for work for ever."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@cache
def _reader() -> Reader:
    """Made at the first block, not when the process begins: so that what it raises reaches the parent."""
    return _make_reader()


def _read_block(windows: list[Window]) -> list[list[Finding]]:
    return [read_window(_reader(), window)[0] for window in windows]
