"""`scan`: exported messages in, JSON objects out."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.desk import export_scan
from bot.desk.export_scan import Told, in_words, scan
from bot.imports.book import parse_book
from bot.imports.export import ExportMessage, ExportUser, open_export
from bot.imports.json_array import BadFile
from bot.policy import load_policy
from bot.reading.reader import RulesReader
from bot.reading.types import Finding, Kind, Reader, ReadMessage, Side, Window
from bot.reading.workers import cores

POLICY = load_policy()
BOOK = parse_book(
    """
workspace: T0HOME
people: [{slack: U0PM, timezone: Pacific/Auckland}]
partners: [{name: Globex Consulting, aliases: [Globex], slack_teams: [T0GLOBEX], domains: [globex.example]}]
accounts: [{name: Acme Corp, domain: acme.example}]
channels:
  - {id: C0JOINT, name: acme-globex, kind: joint, partner: Globex, account: Acme Corp}
  - {id: C0DEAL, kind: internal, partner: Globex, account: Acme Corp}
"""
)
BLOCKED = "We're blocked on the firewall change, nothing moves until your network team approves it."
PROMISE = "I'll send the migration plan by Friday."
KEYS = (
    "channel", "thread_ts", "ts", "user", "side", "kind", "category", "quote", "start", "end", "partner", "account",
    "owner", "due", "due_phrase", "routes", "reader", "rule",
)  # fmt: skip


def _message(text: str, **more: Any) -> ExportMessage:
    values: dict[str, Any] = {
        "channel": "C0JOINT", "channel_name": "x", "ts": "1772442000.000100", "thread_ts": None, "user": "U0GLX",
        "team": "T0GLOBEX", "text": text, "is_speech": True,
    }  # fmt: skip
    return ExportMessage(**(values | more))


def _told(*messages: ExportMessage, reader: Reader | None = None, **more: Any) -> list[Told]:
    return list(scan(messages, lambda: reader or RulesReader(), POLICY, **({"book": BOOK} | more)))


def _scan(*messages: ExportMessage, **more: Any) -> list[dict[str, Any]]:
    return [dict(told.contract) for told in _told(*messages, **more)]


def _of(kind: str, found: list[dict[str, Any]]) -> dict[str, Any]:
    return next(item for item in found if item["kind"] == kind)


def test_a_finding_is_the_object_of_the_design() -> None:
    text = f"Morning all &amp; sorry. {BLOCKED}"
    found = _of("risk", _scan(_message(text, thread_ts="1772441000.000100")))
    assert tuple(found) == KEYS
    assert text[found["start"] : found["end"]] == found["quote"]
    assert (found["side"], found["category"]) == ("partner", "blocked")
    assert (found["partner"], found["account"]) == ("Globex Consulting", "Acme Corp")
    assert (found["channel"], found["thread_ts"], found["ts"], found["user"]) == (
        "C0JOINT", "1772441000.000100", "1772442000.000100", "U0GLX",
    )  # fmt: skip
    assert {"to": "senior_manager", "within_hours": 0} in found["routes"]
    assert found["reader"] == "rules"
    assert found["rule"]
    assert json.loads(json.dumps(found)) == found


def test_without_a_book_nobody_is_known_and_nothing_is_routed() -> None:
    found = _of("risk", _scan(_message(BLOCKED), book=None))
    assert (found["side"], found["partner"], found["account"], found["routes"]) == ("unknown", None, None, [])


@pytest.mark.parametrize(
    ("message", "joint"),
    [
        ({"channel": "C0JOINT"}, True),
        ({"channel": "acme-globex", "channel_name": "acme-globex"}, True),
        ({"channel": "C0ELSE", "channel_name": "Acme-Globex"}, True),
        ({"channel": "C0DEAL"}, False),
        ({"channel": "C0ELSE"}, False),
    ],
)
def test_only_joint_channels_are_routed(message: dict[str, Any], joint: bool) -> None:
    found = _of("risk", _scan(_message(BLOCKED, **message)))
    assert bool(found["routes"]) is joint


USERS = {
    "U0AE": ExportUser("T0HOME", "", "", is_bot=False, is_guest=False),
    "U0GUEST": ExportUser("T0HOME", "", "globex.example", is_bot=False, is_guest=True),
    "U0BUYER": ExportUser("T0HOME", "", "acme.example", is_bot=False, is_guest=True),
    "U0FREELANCE": ExportUser("T0HOME", "", "", is_bot=False, is_guest=True),
    "U0ROBOT": ExportUser("T0HOME", "", "", is_bot=True, is_guest=False),
    "U0GLX": ExportUser("T0GLOBEX", "Not/AZone", "", is_bot=False, is_guest=False),
}


@pytest.mark.parametrize(
    ("user", "team", "side"),
    [
        ("U0PM", "", "us"),
        ("U0AE", "", "us"),
        ("U0ANY", "T0HOME", "us"),
        ("U0GLX", "", "partner"),
        ("U0ANY", "T0GLOBEX", "partner"),
        ("U0GUEST", "", "partner"),
        ("U0BUYER", "", "customer"),
        ("U0FREELANCE", "T0HOME", "unknown"),
        ("U0ANY", "T0ELSE", "unknown"),
        ("U0ANY", "", "unknown"),
    ],
)
def test_sides(user: str, team: str, side: str) -> None:
    found = _of("risk", _scan(_message(BLOCKED, user=user, team=team), users=USERS))
    assert found["side"] == side


def test_what_bots_and_systems_write_is_not_read() -> None:
    silent = [_message(BLOCKED, is_speech=False), _message(BLOCKED, user="U0ROBOT"), _message("")]
    assert _scan(*silent, users=USERS) == []


def test_a_due_day_is_the_authors_day() -> None:
    # 2026-03-05 12:30 UTC is Friday 01:30 in Auckland, Thursday elsewhere.
    late = "1772713800.000100"
    here = _of("commitment", _scan(_message("I'll send the plan tomorrow.", ts=late)))
    there = _of("commitment", _scan(_message("I'll send the plan tomorrow.", ts=late, user="U0PM", team="")))
    assert (here["due"], here["due_phrase"]) == ("2026-03-06", "tomorrow")
    assert there["due"] == "2026-03-07"


class Listening(RulesReader):
    """The rules, remembering what they were shown."""

    def __init__(self) -> None:
        self.windows: list[Window] = []

    def read(self, window: Window) -> list[Finding]:
        self.windows.append(window)
        return super().read(window)


def _texts(messages: Iterable[ReadMessage]) -> list[str]:
    return [message.text for message in messages]


def test_the_reader_is_shown_the_thread_or_the_channel_before() -> None:
    listening = Listening()
    _scan(
        _message("root", ts="1.1"),
        _message("other", ts="1.2"),
        _message("reply", ts="1.3", thread_ts="1.1"),
        _message("third", ts="1.4"),
        _message("elsewhere", ts="1.5", channel="C0DEAL"),
        _message("second reply <@U0PM> <@U0X>", ts="1.6", thread_ts="1.1"),
        reader=listening,
    )
    shown = [(_texts(w.messages[: w.new_from]), _texts(w.messages[w.new_from :])) for w in listening.windows]
    assert shown == [
        ([], ["root"]),
        (["root"], ["other"]),
        (["root"], ["reply"]),
        (["root", "other"], ["third"]),
        ([], ["elsewhere"]),
        (["root", "reply"], ["second reply <@U0PM> <@U0X>"]),
    ]
    assert listening.windows[-1].people == {"U0GLX": Side.PARTNER, "U0PM": Side.US, "U0X": Side.UNKNOWN}
    assert listening.windows[0].partner == "Globex Consulting"


def test_a_finding_the_verifier_refuses_is_not_printed() -> None:
    class Inventive:
        def read(self, window: Window) -> list[Finding]:
            return [Finding(window.messages[-1].ts, Kind.SOW, 0, 5, "never said", rule="made up")]

    assert _scan(_message("nothing of the kind"), reader=Inventive()) == []


def _many(count: int) -> Iterator[ExportMessage]:
    for number in range(count):
        yield _message("y" * 3_000, ts=f"{number}.1", thread_ts=f"{number - 1}.1" if number % 2 else None)


def test_memory_does_not_grow_with_the_export() -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        for _ in scan(_many(count), RulesReader, POLICY, book=BOOK):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    enough = 2 * export_scan.THREADS_KEPT  # from here on old threads are forgotten
    assert peak(3 * enough) < 1.3 * peak(enough)


def test_a_person_is_told_why_the_model_heard_it_and_a_program_nothing_new() -> None:
    class Model:
        def read(self, window: Window) -> list[Finding]:
            [said] = window.messages
            found = Finding(said.ts, Kind.SOW, 0, len(said.text), said.text, reader="model", rule="model.sow")
            return [replace(found, confidence=0.914, weighed=("a fresh annex",))]

    [told] = _told(_message("We want a fresh annex."), reader=Model())
    assert tuple(json.loads(json.dumps(told.contract))) == KEYS
    assert "[model.sow: 0.91, “a fresh annex”]" in in_words(told)
    [ruled] = _told(_message(BLOCKED))
    assert f"[{ruled.contract['rule']}]" in in_words(ruled)


def _week() -> Iterator[ExportMessage]:
    """Threads in two channels whose messages mean something only beside those before them."""
    for number in range(600):
        root = f"{1_772_442_000 + 3_600 * (number // 3)}.000100"
        said = (
            _message("Could you send the cutover list? <@U0GLX>", ts=root, user="U0PM", team=""),
            _message("sure, by Friday", ts=f"{root[:-1]}1", thread_ts=root),
            _message(f"{BLOCKED} Ticket {number}.", ts=f"{root[:-1]}2", thread_ts=root, channel="C0DEAL"),
        )
        yield said[number % 3]


def test_any_number_of_processes_tells_the_same_in_the_same_order() -> None:
    def lines(workers: int) -> list[str]:
        return [
            json.dumps(told.contract)
            for told in scan(_week(), RulesReader, POLICY, book=BOOK, users=USERS, workers=workers)
        ]

    alone = lines(1)
    assert len(alone) > 500
    assert any('"rule": "commitment.answer"' in line for line in alone)  # heard only with the thread before it
    assert lines(2) == lines(3) == alone


@pytest.mark.parametrize("workers", [1, 2])
def test_what_came_before_an_unreadable_place_is_told_first(workers: int) -> None:
    def broken() -> Iterator[ExportMessage]:
        yield from _week()
        raise BadFile("2026-03-02.json", 7, "not valid JSON")

    told = scan(broken(), RulesReader, POLICY, book=BOOK, workers=workers)
    found: list[Told] = []
    with pytest.raises(BadFile, match="2026-03-02.json:7"):
        found += told  # keeps what came before the error
    assert len(found) == len(list(scan(_week(), RulesReader, POLICY, book=BOOK)))


def test_a_small_export_is_not_worth_a_process(tmp_path: Path) -> None:
    path = tmp_path / "week.jsonl"
    row = json.dumps({"channel": "C0JOINT", "ts": "1772442000.000100", "user": "U1", "text": "y" * 200}) + "\n"
    for rows, workers in ((400, 1), (20_000, cores())):
        path.write_text(row * rows, encoding="utf-8")
        with open_export(path) as export:
            assert export_scan.workers_for(export) == workers
