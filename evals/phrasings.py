"""How well requests in people's own words are read: evals/cases/phrasings.jsonl, `python -m evals --set phrasings`.

Part A was written with the grammar. Three times the grammar was frozen (2026-11-20, hash of bot/language) and a part
written after that was measured once. Round 1 (1cee5a1b): B1 68 of 91 right, 4 wrong actions. Then repaired, round 2
(29d9e28e): B2 67 of 79, 5 wrong actions, of C 18 of 19. Then repaired, round 3 (daf8508e): B 68 of 71, no wrong action,
of C 14 of 14; B has not been repaired for. B1 and B2 belong to the rules since, so only B says how new words fare; all
were written by the grammar's author. Part C must not act; in B2 the row "… on the first" was expected to ask, and its
expectation corrected.

The D parts came from somebody else, each measured once before any repair for it; strictly, any field that differs is
wrong. Only D1 was written without having read the rules. The others are by whoever repaired them, after each repair:

    D1 (aa3b8497)  73 of 110 right, 8 wrong actions (80 and 2 by the corrected expectations)
    D2, D3         working batches: 64 of 93, 8 wrong (2 of them only show a status); 68 of 89, 3 wrong
    D4 (6c923d88)  59 of 72, 2 wrong: the figure of docs/figures.md
    D5 (39e57cb5)  62 of 76, 3 wrong
    D  (74a2bf00)  68 of 75, 5 wrong

    E  (f7b83f06)  51 of 70, 5 wrong (54 and 4 by the corrected expectations); by another person, who had read nothing
                   but the requests and ten rows of A; up to it the table's own list of command words was used,
                   since then the real one (handlers/commands/registry.py)

All were repaired for since, so none of them is held out any more. Expectations that broke the table's conventions were
corrected after measuring: nine rows of D1, two of D2, three of D3, one of D4, one of D, five of E. Seven more changed
with what is right (after E: "BigCo deal for Initech" leaves it to the partner book who is the partner). Since D3 a
status counts as shown, not done.

A row names only what was said:
`{"part", "text", "today", "expect": {"command", "verb", "name", …}}`; `{"command": "ask"}` where a question back is
right; `{"acts": false}` where anything is right but doing something; `"passing": true` where no command may be seen.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.errors import Refused
from bot.language import arguments, grammar
from bot.language.requests import Setting
from bot.language.slots.cadences import Cadence
from bot.language.slots.money import Money
from bot.language.slots.periods import Period
from bot.language.tokens import Token
from bot.language.topics import CHECKIN
from handlers.commands.registry import topics, vocabulary

CASES = Path(__file__).resolve().parent / "cases" / "phrasings.jsonl"
_ZONE = "America/New_York"
VOCABULARY, KNOWN_TOPICS = vocabulary(), topics()
_Read = Callable[[Sequence[Token], Setting], object]
READ: Mapping[str, _Read] = {
    "onboard": arguments.onboard,
    "qbr": arguments.qbr,
    "checkin": arguments.checkin,
    "deal": arguments.deal,
    "renewal": arguments.renewal,
    "escalate": lambda parts, _: arguments.escalate(parts),
    "status": lambda parts, _: arguments.status(parts),
    "digest": lambda parts, _: arguments.digest(parts),
    "handoff": lambda parts, _: arguments.handoff(parts),
    "brief": lambda parts, setting: replace(arguments.checkin(_topicless(parts), setting), verb="brief"),
    "actions": lambda parts, _: arguments.actions(parts),
}


def _topicless(parts: Sequence[Token]) -> list[Token]:
    """As handlers/commands/brief.py does."""
    return [token for token in parts if token.word not in CHECKIN]


_AS = {"brief": "checkin"}  # a command of its own for what both hear
# Requests that only show: everything else changes something.
_SHOWS = frozenset(["show", "brief", "deck", "run"])
_READ_ONLY = frozenset(["ask", "risks", "commitments", "help", "scan", "status", "agenda", "portfolio", "approvals"])


@dataclass(frozen=True, slots=True)
class Outcome:
    """One row and what was made of it; `acted` when it would have changed something."""

    row: dict[str, Any]
    got: dict[str, Any]

    @property
    def right(self) -> bool:
        expect = self.row["expect"]
        if expect == {"acts": False}:
            unseen = not self.row.get("passing") or self.got.get("seen") is False
            return unseen and not self.acted
        return bool({key: value for key, value in self.got.items() if key != "seen"} == expect)

    @property
    def acted(self) -> bool:
        return self.got["command"] not in _READ_ONLY and self.got.get("verb", "do") not in _SHOWS

    @property
    def wrong_action(self) -> bool:
        return self.acted and not self.right


def read(text: str, today: str, zone: str = _ZONE) -> dict[str, Any]:
    """What `text` is taken for at nine in the morning of `today` (ISO): command, verb and every slot that was said."""
    intent = grammar.parse(text, VOCABULARY, KNOWN_TOPICS)
    if intent.command is None:
        return {"command": "ask", "seen": False}
    if intent.command not in READ:
        return {"command": intent.command}
    try:
        request = READ[intent.command](intent.rest, setting(today, zone))
    except Refused:
        return {"command": "ask"}
    return {"command": _AS.get(intent.command, intent.command), **_said(request)}


def setting(today: str, zone: str = _ZONE) -> Setting:
    """Nine in the morning of `today` (ISO) in `zone`."""
    return Setting(datetime.combine(date.fromisoformat(today), time(9), ZoneInfo(zone)), zone)


def rows(path: Path = CASES) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def outcomes(path: Path = CASES) -> Iterator[Outcome]:
    """Every row of the table, read."""
    for row in rows(path):
        yield Outcome(row, read(row["text"], row["today"], row.get("zone", _ZONE)))


def figures(found: Sequence[Outcome]) -> dict[str, float]:
    """Per part: rows, the share read exactly; and how many would have done something wrong."""
    counts: dict[str, float] = {}
    for part in sorted({outcome.row["part"] for outcome in found}):
        mine = [outcome for outcome in found if outcome.row["part"] == part]
        counts[f"part {part}: rows"] = len(mine)
        counts[f"part {part}: right"] = round(sum(outcome.right for outcome in mine) / len(mine), 4)
    counts["wrong actions"] = sum(outcome.wrong_action for outcome in found)
    return counts


def _said(request: object) -> dict[str, Any]:
    """The fields of a request that were said, as JSON has them."""
    assert is_dataclass(request)
    values = {field.name: getattr(request, field.name) for field in fields(request)}
    return {name: _plain(value) for name, value in values.items() if value not in ("", None, False)}


def _plain(value: object) -> object:
    match value:
        case Period():
            return value.label
        case Cadence():
            return value.rule if value.at is None else f"{value.rule} at {value.at:%H:%M}"
        case Money():
            return f"{value.amount.normalize():f} {value.currency}"
        case time():
            return f"{value:%H:%M}"
        case date():
            return value.isoformat()
        case _:
            return value
