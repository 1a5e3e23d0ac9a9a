"""What this process and those it started hold in memory, by the kernel's count (Linux)."""

from __future__ import annotations

import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SAMPLE_S = 0.2
_PAGE_MB = resource.getpagesize() / 1e6


def held_mb() -> float:
    """Resident megabytes now; a library that two processes share counts in both."""
    children = " ".join(file.read_text() for file in Path("/proc/self/task").glob("*/children")).split()
    return sum(_resident_mb(process) for process in ("self", *children))


@contextmanager
def samples_of_held_mb() -> Iterator[list[float]]:
    """A list that grows by `held_mb()` a few times a second while the block runs."""
    samples = [held_mb()]
    done = threading.Event()

    def sample() -> None:
        while not done.wait(_SAMPLE_S):
            samples.append(held_mb())

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield samples
    finally:
        done.set()
        thread.join()


def _resident_mb(process: str) -> float:
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * _PAGE_MB
    except (FileNotFoundError, ProcessLookupError):  # it has just ended
        return 0.0
