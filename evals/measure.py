"""Measures a reader on every set of a folder and returns plain figures."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bot.reading.reader import read_window
from bot.reading.types import Finding, Kind, Reader
from evals import slots, statements, threads
from evals.dates import evaluate_dates
from evals.scoring import Score, Tally, best_sentence, fold, score, tally_message
from evals.statements import hear
from evals.threads import ROUTES_OF_KIND, Thread, rows

THREAD_SETS = {
    "joint_threads": threads.joint_threads,
    "training_messages": threads.training_messages,
    "threads_email": threads.email_threads,
}
SENTENCE_SETS = {
    "risk_statements": statements.risk_statements,
    "commitment_request_read": statements.commitment_request,
    "intent_parakweet": statements.intents,
    "speech_acts_bc3": statements.speech_acts,
    "meeting_acts_icsi_mrda": statements.meeting_acts,
    "other_category_statements": statements.other_categories,
}
_IMMEDIATE = frozenset({Kind.RISK, Kind.RELATIONSHIP})
_ESCALATING = _IMMEDIATE | {Kind.SCOPE, Kind.MISALIGNMENT, Kind.WATCH}


@dataclass(slots=True)
class Report:
    """Figures of one set: scores per kind, and whatever else was counted by name."""

    name: str
    scores: list[Score] = field(default_factory=list)
    counts: dict[str, float] = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        """The report as JSON-ready values."""
        return asdict(self)


def measure(name: str, path: Path, reader: Reader) -> Report | None:
    """Figures of the set `name` in the file `path`, or None when no measure is known for it."""
    if name in THREAD_SETS:
        return _threads(name, list(THREAD_SETS[name](path)), reader)
    if name in SENTENCE_SETS:
        counts = slots.figures(slots.read_one_by_one(path)) if name == slots.READ_ONE_BY_ONE else {}
        return Report(name, list(SENTENCE_SETS[name](reader, path)), counts)
    if name.startswith("background_"):
        return _background(name, path, reader)
    if name == "injections":
        return _injections(name, path, reader)
    return None


def dates(folder: Path) -> list[Report]:
    """Figures of the date sets of `folder`, each share with its Wilson interval; [] when it holds none."""
    return [
        Report(
            f"dates: {row.name}",
            counts={"texts": row.n, "share": round(row.share, 3), "low": round(row.low, 3), "high": round(row.high, 3)},
        )
        for row in evaluate_dates(folder)
        if row.n
    ]


def _threads(name: str, items: list[Thread], reader: Reader) -> Report:
    report = Report(name)
    started = time.process_time()
    read = [read_window(reader, thread.window) for thread in items]
    spent = time.process_time() - started
    found = [kept for kept, _ in read]
    for kind in Kind:
        tallies = list(_tallies(items, found, kind))
        if any(tally.tp + tally.fn for tally in tallies):
            report.scores.append(score(kind.value, tallies))
    if name != "threads_email":
        report.scores.append(score("routes (micro)", list(_route_tallies(items, found))))
    report.counts |= _promises(items, found)
    report.counts |= slots.figures(case for thread in items for case in slots.of_thread(thread))
    report.counts["quotes not verbatim"] = sum(
        fold(f.quote) not in fold(_text(thread, f)) for thread, fs in zip(items, found, strict=True) for f in fs
    )
    report.counts["refused by the verifier"] = sum(len(dropped) for _, dropped in read)
    report.counts["us per message"] = round(1e6 * spent / max(1, sum(len(t.window.messages) for t in items)), 1)
    return report


def _text(thread: Thread, finding: Finding) -> str:
    return next(m.text for m in thread.window.messages if m.ts == finding.message_ts)


def _tallies(items: list[Thread], found: list[list[Finding]], kind: Kind) -> Iterator[Tally]:
    for thread, findings in zip(items, found, strict=True):
        for i, message in enumerate(thread.window.messages):
            quotes = [f.quote for f in findings if f.message_ts == message.ts and f.kind is kind]
            yield tally_message(thread.name, thread.gold(i, kind), quotes)


def _route_tallies(items: list[Thread], found: list[list[Finding]]) -> Iterator[Tally]:
    """Routes per message: the set gold asks for against the set our findings would take."""
    for thread, findings in zip(items, found, strict=True):
        for i, message in enumerate(thread.window.messages):
            want = thread.routes[i]
            got = threads.routes_of([f for f in findings if f.message_ts == message.ts])
            yield Tally(thread.name, len(want & got), len(got - want), len(want - got))


def _promises(items: list[Thread], found: list[list[Finding]]) -> dict[str, float]:
    """Owner and due date of the commitments that were found and are firm in the gold."""
    hits = owners = sides = dues = dues_right = 0
    for thread, findings in zip(items, found, strict=True):
        for i, message in enumerate(thread.window.messages):
            labels = [label for label in thread.labels[i] if label.kind is Kind.COMMITMENT and not label.borderline]
            gold = thread.gold(i, Kind.COMMITMENT)
            for finding in findings:
                if finding.kind is not Kind.COMMITMENT or finding.message_ts != message.ts:
                    continue
                best = best_sentence(finding.quote, gold)
                label = next((x for x in labels if best is not None and x.quote == gold[best].text), None)
                if label is None:
                    continue
                hits += 1
                case = slots.case_of(thread, message, label)
                owners += slots.right(case, finding.owner)
                sides += slots.right_side(case, finding.owner)
                if label.due is not None:
                    dues += 1
                    dues_right += finding.due == label.due
    if not hits:
        return {}
    counts = {
        "commitments found": hits,
        "owner right": round(owners / hits, 3),
        "owner's side right": round(sides / hits, 3),
    }
    return counts | ({"due exact": round(dues_right / dues, 3)} if dues else {})


def _background(name: str, path: Path, reader: Reader) -> Report:
    """False alarms per 1,000 ordinary messages, as if each came from a partner in a joint channel."""
    texts = [
        text
        for row in rows(path)
        for text in ([m["text"] for m in row["messages"]] if "messages" in row else [row["text"]])
    ]
    started = time.process_time()
    found = [hear(reader, text) for text in texts]
    spent = time.process_time() - started
    per = 1000 / len(texts)

    def alarms(kinds: frozenset[Kind]) -> float:
        return round(per * sum(any(f.kind in kinds for f in findings) for findings in found), 2)

    return Report(
        name,
        counts={
            "messages": len(texts),
            "escalations now per 1,000": alarms(_IMMEDIATE),
            "escalations now or in 24 h per 1,000": alarms(_ESCALATING),
            "handoffs per 1,000": alarms(frozenset(ROUTES_OF_KIND) - _ESCALATING),
            "us per message": round(1e6 * spent / len(texts), 1),
        },
    )


def _injections(name: str, path: Path, reader: Reader) -> Report:
    """Injected texts must cause no route: neither said by a partner (gate open) nor, as always, by a stranger."""
    hostile = [row for row in rows(path) if row["is_injection"]]
    routed = [row for row in hostile if any(f.kind in ROUTES_OF_KIND for f in hear(reader, row["text"]))]
    return Report(name, counts={"texts": len(hostile), "that would route, gate open": len(routed)})
