"""The thread sets (joint threads, training messages, e-mail threads) in one shape, and how a reader does on them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bot.reading.sentences import split_sentences
from bot.reading.types import Finding, Kind, PlanDate, ReadMessage, Side, Window
from evals.scoring import Gold

KIND_OF_LABEL = {kind.value: kind for kind in Kind} | {"commit": Kind.COMMITMENT, "misalign": Kind.MISALIGNMENT}
# The seed's escalation rules as the gold `routes` spell them.
ROUTES_OF_KIND: dict[Kind, tuple[str, ...]] = {
    Kind.RISK: ("senior_manager:now",),
    Kind.RELATIONSHIP: ("partner_manager:now", "senior_manager:now"),
    Kind.SCOPE: ("senior_manager:24h",),
    Kind.MISALIGNMENT: ("senior_manager:24h",),
    Kind.WATCH: ("senior_manager:24h",),
    Kind.TECHNICAL: ("sa_agent",),
    Kind.REFERRAL: ("ae_agent",),
    Kind.SOW: ("ps_agent",),
}


@dataclass(frozen=True, slots=True)
class Label:
    """One gold label of one sentence."""

    quote: str
    kind: Kind
    borderline: bool
    owner: str | None
    due: date | None
    due_phrase: str | None


@dataclass(slots=True)
class Thread:
    """A labelled thread: the window to read and, per message, its gold labels and gold sentences."""

    name: str
    part: str
    window: Window
    labels: list[list[Label]]
    sentences: list[list[str]]
    routes: list[set[str]] = field(default_factory=list)

    def gold(self, message: int, kind: Kind) -> list[Gold]:
        """Gold sentences of one message for one kind. Without a sentence list, labelled quotes plus our own split."""
        quotes = [(label.quote, not label.borderline) for label in self.labels[message] if label.kind is kind]
        out = []
        for text in self.sentences[message]:
            hits = [firm for quote, firm in quotes if quote == text]
            out.append(Gold(text, any(hits), bool(hits)))
        return out


def rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a .jsonl file."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def joint_threads(path: Path) -> Iterator[Thread]:
    """joint_threads.jsonl: labels beside the messages, or (sealed form) sentences with labels inside them."""
    for row in rows(path):
        name = str(row.get("thread_id") or row.get("thread"))
        labels = [
            [_label(item) for item in row.get("labels", []) if item["message"] == i]
            for i in range(len(row["messages"]))
        ]
        yield _thread(name, str(row.get("part", "")), row, row["messages"], [_known(each) for each in labels])


def training_messages(path: Path) -> Iterator[Thread]:
    """training_messages.jsonl: one message, read with its up to two messages of context."""
    for row in rows(path):
        before = [{"user": f"earlier-{said['side']}", "sent_at": row["sent_at"], **said} for said in row["context"]]
        known = _known([_label(item) for item in row["labels"]])
        labels: list[list[Label]] = [[] for _ in before]
        yield _thread(
            row["id"], row["id"][:2], row, [*before, {"user": "author", **row}], [*labels, known], len(before)
        )


def email_threads(path: Path) -> Iterator[Thread]:
    """threads_email.jsonl: sentences with labels; the speaker's name stands for the user id."""
    for row in rows(path):
        messages = [
            {"user": m["speaker"], "sent_at": m["sent_at"], "text": "\n".join(s["text"] for s in m["sentences"]), **m}
            for m in row["messages"]
        ]
        speakers = [{"id": name, "name": name} for name in {str(m["user"]) for m in messages}]
        yield _thread(row["thread"], "email", {**row, "users": speakers}, messages, [[] for _ in messages])


def _thread(
    name: str,
    part: str,
    row: dict[str, Any],
    messages: list[dict[str, Any]],
    labels: list[list[Label]],
    new_from: int = 0,
) -> Thread:
    people = {user["id"]: Side(user["side"]) for user in row.get("users", []) if "side" in user}
    read: list[ReadMessage] = []
    sentences: list[list[str]] = []
    routes: list[set[str]] = []
    for i, message in enumerate(messages):
        text = str(message.get("text") or " ".join(s["text"] for s in message.get("sentences", [])))
        side = Side(message.get("side", "unknown"))
        read.append(ReadMessage(f"{i:04d}", str(message["user"]), side, text, _aware(message.get("sent_at"))))
        if "sentences" in message:
            labels[i] = _known(
                [_label({"quote": s["text"], **item}) for s in message["sentences"] for item in s["labels"]]
            )
            sentences.append([s["text"] for s in message["sentences"]])
            routes.append({route for s in message["sentences"] for route in s.get("routes", [])})
        else:
            sentences.append(_sentences(text, labels[i]))
            routes.append(
                {r for label in labels[i] if not label.borderline for r in ROUTES_OF_KIND.get(label.kind, ())}
            )
    names = {user["id"]: str(user["name"]) for user in row.get("users", [])}
    window = Window(read, new_from, row.get("partner"), row.get("account"), people, names, plan=plan_of(row))
    return Thread(name, part, window, labels, sentences, routes)


def plan_of(row: Mapping[str, Any]) -> tuple[PlanDate, ...]:
    """The account plan of a labelled thread."""
    return tuple(
        PlanDate(line["item"], date.fromisoformat(line["due"]) if line.get("due") else None, line.get("owner") or "")
        for line in row.get("account_plan") or ()
    )


def _sentences(text: str, labels: list[Label]) -> list[str]:
    """The labelled quotes and, split by us, what stands between them: every word of the message, in order."""
    quotes = {label.quote for label in labels}
    spans = sorted((at, at + len(quote)) for quote in quotes if (at := text.find(quote)) >= 0)
    out: list[str] = []
    done = 0
    for start, end in [*spans, (len(text), len(text))]:
        out += [sentence.text for sentence in split_sentences(text[done:start])]
        out += [text[start:end]] if end > start else []
        done = max(done, end)
    return out


def _aware(sent_at: str | None) -> datetime:
    said = datetime.fromisoformat(sent_at or "2001-06-04T09:00:00")
    return said if said.tzinfo else said.astimezone()


def _label(item: dict[str, Any]) -> Label | None:
    kind = KIND_OF_LABEL.get(item["type"])
    if kind is None:
        return None
    due = item.get("due_date")
    return Label(
        item["quote"],
        kind,
        bool(item.get("borderline")),
        item.get("owner"),
        date.fromisoformat(due) if due else None,
        item.get("due_phrase"),
    )


def _known(labels: list[Label | None]) -> list[Label]:
    return [label for label in labels if label is not None]


def routes_of(findings: list[Finding]) -> set[str]:
    """Routes that findings of one message would take under the default map."""
    return {route for finding in findings for route in ROUTES_OF_KIND.get(finding.kind, ())}
