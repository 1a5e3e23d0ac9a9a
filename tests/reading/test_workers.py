"""Reading in several processes: bounded, in order, and an end to it whatever happens."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import Refused
from bot.reading.reader import RulesReader
from bot.reading.types import Finding, Reader, ReadMessage, Side, Window
from bot.reading.workers import AHEAD, BLOCK, read_in_order

ROOT = Path(__file__).parents[2]
SAID_AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
RISK = "We're blocked on the firewall change, nothing moves until your network team approves it."
DEADLY = "this one kills"


class Mortal:
    """A reader whose process is killed by some words, as the kernel does when memory runs out."""

    def read(self, window: Window) -> list[Finding]:
        if window.messages[-1].text == DEADLY:
            os.kill(os.getpid(), signal.SIGKILL)
        return []


def no_weights() -> Reader:
    raise Refused("the weights are missing")


def _window(text: str) -> Window:
    return Window([ReadMessage("1.1", "U1", Side.PARTNER, text, SAID_AT)])


def _windows(count: int, text: str = RISK, taken: list[int] | None = None) -> Iterator[tuple[int, Window]]:
    for number in range(count):
        if taken is not None:
            taken.append(number)
        yield number, _window(text)


def test_each_thing_comes_back_with_its_own_findings_in_order() -> None:
    windows = [(text, _window(text)) for text in ["ok", RISK, "thanks"] * 200]
    read = list(read_in_order(windows, RulesReader, workers=2))
    assert [text for text, _ in read] == [text for text, _ in windows]
    assert all(bool(findings) == (text == RISK) for text, findings in read)


def test_the_program_itself_is_begun_once(tmp_path: Path) -> None:
    """A process that is started anew imports the main file of the program, unless it is not told of it."""
    program = tmp_path / "program.py"
    program.write_text(
        "from tests.reading.test_workers import RulesReader, _windows, read_in_order\n"
        "print('begun', flush=True)\n"
        "if __name__ == '__main__':\n"
        "    print(len(list(read_in_order(_windows(500, 'ok'), RulesReader, workers=2))))\n",
        encoding="utf-8",
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, program], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["begun", "500"]


def test_nothing_to_read_is_no_trouble() -> None:
    assert list(read_in_order([], RulesReader, workers=2)) == []


def test_who_stops_early_leaves_no_process_and_little_was_read_ahead() -> None:
    taken: list[int] = []
    read = read_in_order(_windows(100_000, taken=taken), RulesReader, workers=2)
    number, findings = next(read)
    assert number == 0
    assert findings
    assert isinstance(read, Iterator)
    assert len(multiprocessing.active_children()) == 2
    read.close()  # type: ignore[attr-defined]
    assert len(taken) <= AHEAD * 2 * BLOCK
    assert multiprocessing.active_children() == []


def test_a_process_that_is_killed_is_a_sentence_and_no_hang() -> None:
    windows = [*_windows(300, "fine"), (300, _window(DEADLY)), *_windows(300, "fine")]
    with pytest.raises(Refused, match="has died.*--workers 1"):
        list(read_in_order(windows, Mortal, workers=2))
    assert multiprocessing.active_children() == []


def test_what_the_making_of_a_reader_raises_reaches_who_asked() -> None:
    with pytest.raises(Refused, match="the weights are missing"):
        list(read_in_order(_windows(300), no_weights, workers=2))


@pytest.fixture
def scanning(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """`scan` in two processes, in the middle of its work, in a group of its own as a terminal would start it."""
    export = tmp_path / "year.jsonl"
    row = json.dumps({"channel": "C0JOINT", "ts": "1773237600.000100", "user": "U1", "text": RISK}) + "\n"
    export.write_text(row * 10_000, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(ROOT / "app.py"), "scan", str(export), "--json", "--workers", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["kind"] == "risk"
        yield process
        process.kill()


def _group_is_gone(group: int) -> bool:
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def test_ctrl_c_ends_every_process_without_a_trace(scanning: subprocess.Popen[str]) -> None:
    os.killpg(scanning.pid, signal.SIGINT)
    _, complaint = scanning.communicate(timeout=30)
    assert complaint.strip() == "Aborted!"
    assert scanning.returncode == 1
    assert _group_is_gone(scanning.pid)


def test_a_scan_that_is_killed_leaves_no_process_behind(scanning: subprocess.Popen[str]) -> None:
    scanning.kill()
    scanning.wait(timeout=30)
    assert _group_is_gone(scanning.pid)


def test_a_reader_of_its_output_may_leave(scanning: subprocess.Popen[str]) -> None:
    assert scanning.stdout is not None
    scanning.stdout.close()
    assert scanning.wait(timeout=30) == 1
    assert scanning.stderr is not None
    assert "Traceback" not in scanning.stderr.read()
    assert _group_is_gone(scanning.pid)
