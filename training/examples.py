"""The labelled data -> what the models are taught: one row per message, with the targets of each of its sentences."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.reading.learned.targets import TARGETS
from bot.reading.learned.words import Passage, passage
from bot.reading.types import ReadMessage, Side, Window
from evals.threads import plan_of

DATA = Path(__file__).parent / "data"
JOINT = Path(__file__).parent.parent / "evals" / "cases" / "joint_threads.jsonl"
UNSURE = -1  # a borderline label: nothing is learned from it
_NAMES = {"commit": "commitment", "misalign": "misalignment"}


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled message, the last one of `window`. `targets[s][t]` is 1, 0 or UNSURE for sentence s and
    `TARGETS[t]`; `writer` is who wrote it, `group` the thread or message it belongs to."""

    id: str
    writer: str
    group: str
    window: Window
    passage: Passage
    targets: tuple[tuple[int, ...], ...]

    @property
    def message(self) -> ReadMessage:
        """The labelled message itself."""
        return self.window.messages[-1]


def files() -> list[Path]:
    """The labelled files, in the order of their names; the joint threads are among the evals' own cases."""
    return sorted([*DATA.glob("*.jsonl"), JOINT], key=lambda path: path.name)


def rows() -> Iterator[Row]:
    """Every labelled message, file by file."""
    for path in files():
        with path.open(encoding="utf-8") as file:
            for line in file:
                row = json.loads(line)
                yield from _thread(row) if "messages" in row else [_single(row)]


def _single(row: Mapping[str, Any]) -> Row:
    said_at = datetime.fromisoformat(row["sent_at"])
    said = [*row["context"], {"side": row["side"], "text": row["text"]}]
    messages = [
        ReadMessage(f"{i:03d}", f"U{i}", Side(each["side"]), each["text"], said_at) for i, each in enumerate(said)
    ]
    return _row(row["id"], row["id"][:2], row["id"], Window(messages, len(messages) - 1), row["labels"])


def _thread(row: Mapping[str, Any]) -> Iterator[Row]:
    name = row["thread_id"]
    people = {user["id"]: Side(user["side"]) for user in row["users"]}
    messages = [
        ReadMessage(f"{i:03d}", m["user"], Side(m["side"]), m["text"], datetime.fromisoformat(m["sent_at"]))
        for i, m in enumerate(row["messages"])
    ]
    window = Window(messages, 0, row["partner"], row["account"], people, plan=plan_of(row))
    writer = name.partition("-")[0] if "-" in name else "joint"
    for i in range(len(messages)):
        labels = [label for label in row["labels"] if label["message"] == i]
        yield _row(f"{name}#{i}", writer, name, replace(window, messages=messages[: i + 1], new_from=i), labels)


def _row(id: str, writer: str, group: str, window: Window, labels: Sequence[Mapping[str, Any]]) -> Row:
    message = window.messages[-1]
    read = passage(message, window)
    targets = [[0] * len(TARGETS) for _ in read.sentences]
    for label in labels:
        start = message.text.find(label["quote"])
        for i in _covered(start, start + len(label["quote"]), read) if start >= 0 else ():
            _mark(targets[i], label)
    return Row(id, writer, group, window, read, tuple(tuple(each) for each in targets))


def _covered(start: int, end: int, read: Passage) -> list[int]:
    """The sentences a labelled quote stands for: most of the sentence, or all of the quote, lies in the other. A
    greeting that a quote brings along is not meant."""
    shared = [min(end, s.end) - max(start, s.start) for s in read.sentences]
    longest = max(shared, default=0)
    return [
        i
        for i, (sentence, many) in enumerate(zip(read.sentences, shared, strict=True))
        if many > 0 and (many == end - start or (many * 2 >= len(sentence.text) and many * 3 >= longest))
    ]


def _mark(targets: list[int], label: Mapping[str, Any]) -> None:
    name = _NAMES.get(label["type"], label["type"])
    names = [f"none.{label['kind']}"] if name == "none" else [name]
    if name == "risk" and label["kind"]:
        names.append(f"risk.{label['kind']}")
    for each in names:
        if each in TARGETS:
            targets[TARGETS.index(each)] = UNSURE if label["borderline"] else 1
