"""What our own people judged, as labelled cases in the format of training_messages.jsonl."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from bot.errors import Refused
from bot.reading.types import Category, Kind
from models.base import Workspace
from models.messages import Message
from models.partners import Person
from models.risks import Evidence, Lesson, SubjectKind
from models.store import Store, UnitOfWork

_CONTEXT = 2  # earlier messages of the thread
_TYPES = {Kind.COMMITMENT: "commit", Kind.MISALIGNMENT: "misalign"}
_RISKS = frozenset({Category.DELAY, Category.BLOCKED, Category.AT_RISK, Category.MISSED})


def write(store: Store, out: Path) -> int:
    """Write every judged case of every workspace in `store` to `out`, one JSON object per line. Returns how many.

    Raises Refused when there is none, and nothing is written then.
    """
    with store.system(write=False) as session:
        workspaces = session.exec(select(Workspace.id).order_by(Workspace.id)).all()
    found: list[dict[str, Any]] = []
    for workspace_id in workspaces:
        with store.read(workspace_id) as uow:
            found += cases(uow)
    if not found:
        raise Refused(
            "Nobody has judged anything yet. “Not a risk”, a flagged message and the answers to what is worth a look"
            " in the digest are what this exports."
        )
    out.write_text("".join(json.dumps(case, ensure_ascii=False) + "\n" for case in found), encoding="utf-8")
    return len(found)


def cases(uow: UnitOfWork) -> Iterator[dict[str, Any]]:
    """One case for each piece of text that was judged in one workspace; the newest judgement of each kind counts.

    `text` is those words alone: of what stood beside them nobody said anything. Words that are gone give no case.
    """
    judged = (
        select(Lesson, Evidence)
        .join(Evidence, (col(Evidence.subject_id) == Lesson.id) & (col(Evidence.subject_kind) == SubjectKind.LESSON))
        .where(Evidence.quote != "")
        .order_by(col(Lesson.id))
    )
    by_words: dict[tuple[str, str, int, int], dict[str, tuple[Lesson, Evidence]]] = {}
    for lesson, said in uow.session.exec(judged):
        words = (said.channel, said.ts, said.start, said.end)
        by_words.setdefault(words, {})[lesson.kind] = (lesson, said)
    for of_kinds in by_words.values():
        yield _case(uow, [lesson for lesson, _ in of_kinds.values()], next(iter(of_kinds.values()))[1])


def _case(uow: UnitOfWork, lessons: list[Lesson], said: Evidence) -> dict[str, Any]:
    author = uow.find(Person, slack_id=said.author)
    labels = [_label(said.quote, *_named(lesson)) for lesson in lessons if lesson.is_one]
    return {
        "id": f"feedback-{lessons[0].id:06}",
        "context": _context(uow, said),
        "side": said.side,
        "sent_at": said.said_at.astimezone(ZoneInfo(author.zone if author else "UTC")).isoformat(timespec="seconds"),
        "text": said.quote,
        "labels": labels or [_label(said.quote, "none", None)],
    }


def _named(lesson: Lesson) -> tuple[str, str | None]:
    """A kind and category in the words of the data set."""
    kind = Kind(lesson.kind)
    return _TYPES.get(kind, kind.value), lesson.category if kind is Kind.RISK and lesson.category in _RISKS else None


def _label(quote: str, label: str, category: str | None) -> dict[str, Any]:
    return {
        "quote": quote,
        "type": label,
        "kind": category,
        "borderline": False,
        "owner": None,
        "due_phrase": None,
        "due_date": None,
    }


def _context(uow: UnitOfWork, said: Evidence) -> list[dict[str, str]]:
    """What stood before it in its own thread, as far as its text is still kept; oldest first."""
    message = uow.find(Message, channel=said.channel, ts=said.ts)
    root = message.root_ts if message else said.ts
    in_thread = (col(Message.thread_ts) == root) | (col(Message.ts) == root)
    before = select(Message).where(Message.channel == said.channel, in_thread, Message.ts < said.ts, Message.text != "")
    newest = uow.session.exec(before.order_by(col(Message.ts).desc()).limit(_CONTEXT)).all()
    return [{"side": message.side, "text": message.text} for message in reversed(newest)]
