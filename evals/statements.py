"""The single-sentence sets: is the right kind heard in this sentence or not?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.reading.types import Finding, Kind, Reader, ReadMessage, Side, Window
from evals.scoring import Score, Tally, score
from evals.threads import rows

SAID_AT = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)  # a Wednesday; only the presence of a date matters here


def hear(reader: Reader, text: str, sent_at: str | None = None) -> list[Finding]:
    """Findings in one text said by a partner."""
    said = datetime.fromisoformat(sent_at) if sent_at else SAID_AT
    message = ReadMessage("0", "U0", Side.PARTNER, text, said if said.tzinfo else said.replace(tzinfo=UTC))
    return reader.read(Window([message]))


def _measure(
    reader: Reader,
    name: str,
    items: list[dict[str, Any]],
    kinds: set[Kind],
    gold: Callable[[dict[str, Any]], bool],
    cluster: str,
) -> Score:
    tallies = []
    for row in items:
        said = any(f.kind in kinds for f in hear(reader, row["text"], row.get("sent_at")))
        want = gold(row)
        tallies.append(
            Tally(
                str(row.get(cluster) or row["id"]), int(said and want), int(said and not want), int(want and not said)
            )
        )
    return score(name, tallies)


def risk_statements(reader: Reader, path: Path) -> Iterator[Score]:
    """Views A (clear rows: risk against none), B (borderline and watch rows in) and C (risk or watch)."""
    items = rows(path)
    clear = [row for row in items if not row.get("borderline") and row["label"] not in ("watch", "issue")]
    risk = {Kind.RISK}
    yield _measure(reader, "risk, view A", clear, risk, lambda row: row["label"] == "risk", "doc")
    yield _measure(reader, "risk, view B", items, risk, lambda row: row["label"] == "risk", "doc")
    both = {Kind.RISK, Kind.WATCH}
    yield _measure(reader, "risk or watch, view C", items, both, lambda row: row["label"] in ("risk", "watch"), "doc")


def commitment_request(reader: Reader, path: Path) -> Iterator[Score]:
    """Sentences read one by one: commitment and request, borderline rows left out."""
    items = [row for row in rows(path) if not row.get("borderline")]
    yield _measure(reader, "commitment", items, {Kind.COMMITMENT}, lambda row: row["label"] == "commitment", "doc")
    yield _measure(reader, "request", items, {Kind.REQUEST}, lambda row: row["label"] == "request", "doc")


def intents(reader: Reader, path: Path) -> Iterator[Score]:
    """Parakweet: does the sentence hold an actionable intent (a request or a commitment)?"""
    kinds = {Kind.COMMITMENT, Kind.REQUEST}
    yield _measure(reader, "intent", rows(path), kinds, lambda row: row["label"] == "intent", "id")


def speech_acts(reader: Reader, path: Path) -> Iterator[Score]:
    """BC3 mail: commit and request as at least two of three annotators heard them; quoted lines left out."""
    items = [row for row in rows(path) if not row.get("quoted")]
    yield _measure(reader, "commitment", items, {Kind.COMMITMENT}, lambda row: bool(row["commit"]), "thread")
    yield _measure(reader, "request", items, {Kind.REQUEST}, lambda row: bool(row["request"]), "thread")


def meeting_acts(reader: Reader, path: Path) -> Iterator[Score]:
    """ICSI meetings: commits and directives (spoken)."""
    items = rows(path)
    yield _measure(reader, "commitment", items, {Kind.COMMITMENT}, lambda row: row["label"] == "commit", "meeting")
    yield _measure(reader, "request", items, {Kind.REQUEST}, lambda row: row["label"] == "directive", "meeting")


def other_categories(reader: Reader, path: Path) -> Iterator[Score]:
    """Look-alikes of scope, relationship, SOW, referral, misalignment, technical: mostly none of them."""
    items = [row for row in rows(path) if not row.get("borderline")]
    kinds = {Kind.SCOPE, Kind.RELATIONSHIP, Kind.SOW, Kind.REFERRAL, Kind.MISALIGNMENT, Kind.TECHNICAL}
    yield _measure(reader, "any of the six kinds", items, kinds, lambda row: row["label"] != "none", "doc")
