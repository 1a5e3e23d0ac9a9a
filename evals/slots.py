"""Who owns it and by when, asked of every labelled commitment and request, whether or not a reader hears it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.reading.rules.context import last_of_the_other_side
from bot.reading.rules.frame import View
from bot.reading.slots import due_of_request, owner_of_commitment, owner_of_request
from bot.reading.types import Due, Kind, ReadMessage, Sentence, Side, Window
from evals.statements import SAID_AT
from evals.threads import Label, Thread, rows

_OWNER = {Kind.COMMITMENT: owner_of_commitment, Kind.REQUEST: owner_of_request}
READ_ONE_BY_ONE = "commitment_request_read"
_AUTHOR = "U0AUTHOR"
_SIDES = frozenset(side.value for side in Side)


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence known to be a commitment or a request, where it was said, and the owner and day that are right.

    `owner` is spelled as in the gold; `judged` is False where the gold says nothing about it. `phrase` are the words of
    the deadline, `undated` says that the
    gold knows no day for them.
    """

    kind: Kind
    view: View
    window: Window
    owner: str | None
    due: date | None
    phrase: str | None
    judged: bool = True
    undated: bool = False


def figures(cases: Iterable[Case]) -> dict[str, float]:
    """Per kind: the shares whose owner, owner's side and day are right, and of those without a day how many got one."""
    counts: dict[str, float] = {}
    every = list(cases)
    for kind, ask in _OWNER.items():
        of_kind = [case for case in every if case.kind is kind]
        judged = [(case, ask(case.view, case.window)) for case in of_kind if case.judged]
        counts |= _share(kind, "owner right", [right(case, got) for case, got in judged])
        counts |= _share(kind, "owner's side right", [right_side(case, got) for case, got in judged])
        counts |= _share(kind, "due exact", [_right_due(case) for case in of_kind if case.due or case.undated])
        counts |= _share(kind, "due invented", [_due(case) is not None for case in of_kind if not case.phrase])
    return counts


def _due(case: Case) -> Due | None:
    due = due_of_request(case.view) if case.kind is Kind.REQUEST else case.view.future_due
    return due if due and due.day else None


def _right_due(case: Case) -> bool:
    """The day is that of the gold; where its text has no date of its own, the words are."""
    due, phrase = _due(case), case.phrase or ""
    if case.undated:
        return any(each.phrase in phrase or phrase in each.phrase for each in case.view.dues)
    return due is not None and due.day == case.due


def _share(kind: Kind, figure: str, hits: list[bool]) -> dict[str, float]:
    return {f"all {len(hits)} {kind}s: {figure}": round(sum(hits) / len(hits), 3)} if hits else {}


def right(case: Case, got: str | None) -> bool:
    """Is `got` the owner the gold names?

    Gold says a side where the window knows nobody's id; then whoever speaks stands for their side, and whoever else is
    mentioned for a side that is not the author's. Gold of mails and minutes spells names: one of several is enough.
    Whoever has no id in the window (a company, a colleague who is only written of) cannot be named: nobody is right
    then, and so is the one who speaks for them in a commitment.
    """
    want, message, window = case.owner, case.view.message, case.window
    if want == got:
        return True
    if want in _SIDES:
        return not window.people and got is not None and _stands_for(case, got, want)
    if want is None or want in window.people:
        return False
    known = {user for user, name in window.names.items() if name in _people(want) or name in want.split()[:1]}
    if known:
        return got in known
    return got is None or (case.kind is Kind.COMMITMENT and got in (message.user, message.side.value))


def _stands_for(case: Case, got: str, want: str) -> bool:
    speaker = next((message for message in case.window.messages if message.user == got), None)
    return speaker.side.value == want if speaker else got not in _SIDES and want != case.view.message.side.value


def _people(written: str) -> list[str]:
    """The names in "Ben and Robin", "Myles, Jory Tobie"."""
    return re.split(r", | and | / ", written)


def right_side(case: Case, got: str | None) -> bool:
    """Is `got` on the side of the owner the gold names?"""
    sides = case.window.people | {case.view.message.user: case.view.message.side}
    want = case.owner
    return right(case, got) or (want is not None and sides.get(want, want) == sides.get(got or "", got))


def of_thread(thread: Thread) -> Iterator[Case]:
    """The firm commitments and requests of a labelled thread."""
    for message, labels in zip(thread.window.messages, thread.labels, strict=True):
        for label in labels:
            if label.kind in _OWNER and not label.borderline:
                yield case_of(thread, message, label)


def case_of(thread: Thread, message: ReadMessage, label: Label) -> Case:
    """One labelled sentence of a thread."""
    view = _view(message, label.quote, thread.window)
    return Case(label.kind, view, thread.window, label.owner, label.due, label.due_phrase)


def _view(message: ReadMessage, quote: str, window: Window) -> View:
    start = message.text.index(quote)
    sentence = Sentence(0, start, start + len(quote), quote)
    return View(message, sentence, last_of_the_other_side(message, window))


def read_one_by_one(path: Path) -> Iterator[Case]:
    """commitment_request_read.jsonl: single sentences of minutes, mails and chats; "self" and "we" are the author's.

    Everybody whom the set names as an owner is known by name. Requests say nothing of whom they address.
    """
    items = [row for row in rows(path) if not row["borderline"]]
    names = {name: name for row in items for name in _people(row["owner"] or "") if name[:1].isupper()}
    for row in items:
        if row["label"] not in ("commitment", "request"):
            continue
        message = ReadMessage("0", _AUTHOR, Side.PARTNER, row["text"], SAID_AT)
        window = Window([message], people={_AUTHOR: Side.PARTNER, **dict.fromkeys(names, Side.UNKNOWN)}, names=names)
        owner = {"self": _AUTHOR, "we": "partner"}.get(row["owner"], row["owner"])
        view = _view(message, row["text"], window)
        commits, phrase = row["label"] == "commitment", row["due_phrase"]
        yield Case(Kind(row["label"]), view, window, owner, None, phrase, judged=commits, undated=bool(phrase))
