"""The one gate between any reader and the store: a finding that cannot be proved from the source is dropped.

Every reader (rules, trained model, Claude) passes through here; nothing a reader says is trusted.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bot.reading.deadlines import DateContext, find_due
from bot.reading.moved import moved_to
from bot.reading.names import stands_in
from bot.reading.sentences import split_sentences
from bot.reading.types import Category, Finding, Kind, Position, ReadMessage, Sentence, Side, Window

_CATEGORIES: dict[Kind, frozenset[Category | None]] = {
    Kind.RISK: frozenset({Category.DELAY, Category.BLOCKED, Category.AT_RISK, Category.MISSED}),
    Kind.WATCH: frozenset({Category.WATCH, None}),
    Kind.RELATIONSHIP: frozenset({Category.RELATIONSHIP, None}),
    Kind.SCOPE: frozenset({Category.SCOPE, None}),
    Kind.MISALIGNMENT: frozenset({Category.MISALIGNMENT, None}),
    Kind.TECHNICAL: frozenset({Category.TECHNICAL, None}),
}
_WITH_POSITIONS = frozenset({Kind.SCOPE, Kind.MISALIGNMENT})
_SIDES = frozenset({Side.PARTNER.value, Side.US.value, Side.CUSTOMER.value})


Sentences: TypeAlias = dict[str, list[Sentence]]


@dataclass(frozen=True, slots=True)
class Dropped:
    """A finding that was refused and why (one short phrase, for logs and for `evals`)."""

    finding: Finding
    reason: str


def verify(
    findings: Sequence[Finding], window: Window, allowed_names: Collection[str] = ()
) -> tuple[list[Finding], list[Dropped]]:
    """Split findings into those proved by the window and those dropped, in the given order.

    `allowed_names` are names the channel link vouches for (its partner and account); any other name in
    `finding.names` must stand in the source message.
    """
    kept: list[Finding] = []
    dropped: list[Dropped] = []
    sentences: Sentences = {}
    for finding in findings:
        reason = why_not(finding, window, allowed_names, sentences)
        if reason is None:
            kept.append(finding)
        else:
            dropped.append(Dropped(finding, reason))
    return kept, dropped


def why_not(
    finding: Finding,
    window: Window,
    allowed_names: Collection[str] = (),
    sentences: Sentences | None = None,
) -> str | None:
    """The first reason to refuse the finding, or None when everything it says is proved.

    `sentences` remembers those of the messages by ts from one finding to the next.
    """
    known: Sentences = {} if sentences is None else sentences
    message = next((m for m in window.messages[window.new_from :] if m.ts == finding.message_ts), None)
    if message is None:
        return "no new message with this ts"
    if not message.is_speech:
        return "not speech"
    return (
        _bad_quote(finding, message, known)
        or _bad_due(finding, message)
        or _bad_owner(finding, message, window)
        or _bad_category(finding)
        or _bad_names(finding, message, allowed_names)
        or _bad_weight(finding)
        or _bad_positions(finding, window, known)
        or _bad_note(finding, window)
    )


def _bad_quote(finding: Finding | Position, message: ReadMessage, known: Sentences) -> str | None:
    if not 0 <= finding.start < finding.end <= len(message.text):
        return "span outside the message"
    if message.text[finding.start : finding.end] != finding.quote:
        return "quote is not the message slice"
    if not any(ch.isalnum() for ch in finding.quote):
        return "quote holds no word"
    if message.ts not in known:
        known[message.ts] = split_sentences(message.text)
    touched = [s for s in known[message.ts] if s.start < finding.end and finding.start < s.end]
    if not touched or not all(s.speech for s in touched):
        return "quote is not speech"
    return None


def _bad_due(finding: Finding, message: ReadMessage) -> str | None:
    if finding.due_phrase is None:
        return None if finding.due is None else "due without a phrase"
    context = DateContext(said_at=message.said_at, zone=message.zone, country="")
    for due in (*find_due(finding.quote, context), moved_to(finding.quote, context)):
        if due is not None and due.phrase == finding.due_phrase and due.day == finding.due:
            return None
    return "due phrase does not stand in the quote or means another day"


def _bad_owner(finding: Finding, message: ReadMessage, window: Window) -> str | None:
    return None if _is_somebody(finding.owner, message, window) else "owner is nobody in the window"


def _is_somebody(who: str | None, message: ReadMessage, window: Window) -> bool:
    """A side, nobody, or a person of the window: known, speaking, or named by the author in the very message."""
    if who is None or who in _SIDES or who in window.people:
        return True
    return bool(re.search(rf"<@{re.escape(who)}[|>]", message.text)) or any(m.user == who for m in window.messages)


def _bad_category(finding: Finding) -> str | None:
    fits = finding.category in _CATEGORIES.get(finding.kind, frozenset({None}))
    return None if fits else "category does not fit the kind"


def _bad_names(finding: Finding, message: ReadMessage, allowed_names: Collection[str]) -> str | None:
    vouched = {name.casefold() for name in allowed_names}
    for name in finding.names:
        if name.casefold() not in vouched and not stands_in(name, message.text):
            return "a name does not stand in the source"
    return None


def _bad_weight(finding: Finding) -> str | None:
    if not 0.0 <= finding.confidence <= 1.0:
        return "confidence is no probability"
    return None if all(words and words in finding.quote for words in finding.weighed) else "weighed words are not said"


def _bad_positions(finding: Finding, window: Window, known: Sentences) -> str | None:
    """Two views, cut word for word from what people say in the window, one of them from the finding's own message."""
    if not finding.positions:
        return None
    if finding.kind not in _WITH_POSITIONS or len(finding.positions) != 2:
        return "positions do not fit the kind"
    if all(position.message_ts != finding.message_ts for position in finding.positions):
        return "no position stands in the message"
    return next((reason for each in finding.positions if (reason := _bad_position(each, window, known))), None)


def _bad_note(finding: Finding, window: Window) -> str | None:
    """The only words of our own a finding may bring are those of the plan."""
    said = {words for line in window.plan for words in (line.says_when, line.says_who)}
    return None if not finding.note or finding.note in said else "the plan does not say that"


def _bad_position(position: Position, window: Window, known: Sentences) -> str | None:
    message = next((m for m in window.messages if m.ts == position.message_ts), None)
    if message is None or not message.is_speech:
        return "no message of the window says a position"
    if _bad_quote(position, message, known):
        return "a position is not what its message says"
    return None if _is_somebody(position.holder, message, window) else "a position is held by nobody in the window"
