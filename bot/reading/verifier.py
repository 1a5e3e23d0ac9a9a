"""The one gate between any reader and the store: a finding that cannot be proved from the source is dropped.

Every reader (rules, trained model, Claude) passes through here; nothing a reader says is trusted.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.reading.deadlines import DateContext, find_due
from bot.reading.moved import moved_to
from bot.reading.names import stands_in
from bot.reading.sentences import split_sentences
from bot.reading.types import Category, Finding, Kind, ReadMessage, Sentence, Side, Window

_CATEGORIES: dict[Kind, frozenset[Category | None]] = {
    Kind.RISK: frozenset({Category.DELAY, Category.BLOCKED, Category.AT_RISK, Category.MISSED}),
    Kind.WATCH: frozenset({Category.WATCH, None}),
    Kind.RELATIONSHIP: frozenset({Category.RELATIONSHIP, None}),
    Kind.SCOPE: frozenset({Category.SCOPE, None}),
    Kind.MISALIGNMENT: frozenset({Category.MISALIGNMENT, None}),
    Kind.TECHNICAL: frozenset({Category.TECHNICAL, None}),
}
_SIDES = frozenset({Side.PARTNER.value, Side.US.value, Side.CUSTOMER.value})


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
    sentences = {message.ts: split_sentences(message.text) for message in window.messages[window.new_from :]}
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
    sentences: Mapping[str, Sequence[Sentence]] | None = None,
) -> str | None:
    """The first reason to refuse the finding, or None when everything it says is proved.

    `sentences` are those of the new messages by ts, where they are known already.
    """
    message = next((m for m in window.messages[window.new_from :] if m.ts == finding.message_ts), None)
    if message is None:
        return "no new message with this ts"
    if not message.is_speech:
        return "not speech"
    return (
        _bad_quote(finding, message, sentences[message.ts] if sentences else split_sentences(message.text))
        or _bad_due(finding, message)
        or _bad_owner(finding, message, window)
        or _bad_category(finding)
        or _bad_names(finding, message, allowed_names)
    )


def _bad_quote(finding: Finding, message: ReadMessage, sentences: Sequence[Sentence]) -> str | None:
    if not 0 <= finding.start < finding.end <= len(message.text):
        return "span outside the message"
    if message.text[finding.start : finding.end] != finding.quote:
        return "quote is not the message slice"
    if not any(ch.isalnum() for ch in finding.quote):
        return "quote holds no word"
    touched = [s for s in sentences if s.start < finding.end and finding.start < s.end]
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
    owner = finding.owner
    if owner is None or owner in _SIDES or owner in window.people:
        return None
    if re.search(rf"<@{re.escape(owner)}[|>]", message.text):
        return None  # the author named this person in the very message
    return None if any(m.user == owner for m in window.messages) else "owner is nobody in the window"


def _bad_category(finding: Finding) -> str | None:
    fits = finding.category in _CATEGORIES.get(finding.kind, frozenset({None}))
    return None if fits else "category does not fit the kind"


def _bad_names(finding: Finding, message: ReadMessage, allowed_names: Collection[str]) -> str | None:
    vouched = {name.casefold() for name in allowed_names}
    for name in finding.names:
        if name.casefold() not in vouched and not stands_in(name, message.text):
            return "a name does not stand in the source"
    return None
