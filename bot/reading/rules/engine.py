"""Runs every rule family over one message. A word gate lets most ordinary messages leave at once."""

from __future__ import annotations

from bot.reading.rules import (
    misalignment,
    referral,
    relationship,
    risk_ahead,
    risk_blocked,
    risk_delay,
    risk_missed,
    scope,
    sow,
    technical,
    watch,
)
from bot.reading.rules.asks import CUES as ASK_CUES
from bot.reading.rules.asks import VERBS, hear_request, may_ask
from bot.reading.rules.frame import WORD, Rule, RuleSet, View
from bot.reading.rules.guards import silenced_by
from bot.reading.rules.owners import owner_of_promise, owner_of_request
from bot.reading.rules.promises import CUES as PROMISE_CUES
from bot.reading.rules.promises import DATE_WORDS, hear_promise, names_a_day
from bot.reading.sentences import split_sentences
from bot.reading.types import Finding, Kind, ReadMessage, Sentence, Window

RULES = RuleSet(
    (
        *risk_missed.RULES,
        *risk_blocked.RULES,
        *risk_delay.RULES,
        *risk_ahead.RULES,
        *watch.RULES,
        *relationship.RULES,
        *scope.RULES,
        *misalignment.RULES,
        *technical.RULES,
        *referral.RULES,
        *sow.RULES,
    )
)
_GATE = RULES.cues | PROMISE_CUES | DATE_WORDS | ASK_CUES | VERBS
_MIN_WORDS = 2
_MAX_LENGTH = 1500  # a "sentence" longer than this is a paste, not speech


def read_message(message: ReadMessage, window: Window) -> list[Finding]:
    """All findings in one message, in order of the text; at most one per kind and sentence."""
    low = message.text.lower()
    if _GATE.isdisjoint(WORD.findall(low.replace("’", "'"))) and not names_a_day(low):
        return []
    found: list[Finding] = []
    for sentence in split_sentences(message.text):
        if sentence.speech and sentence.end - sentence.start <= _MAX_LENGTH:
            found += read_sentence(message, sentence, window)
    return found


def read_sentence(message: ReadMessage, sentence: Sentence, window: Window) -> list[Finding]:
    """Findings of one sentence. The strongest statement wins: a risk silences watch."""
    view = View(message, sentence)
    if len(view.words) < _MIN_WORDS:
        return []
    out: list[Finding] = []
    heard: set[Kind] = set()
    for rule in RULES.awake(view.words):
        if rule.kind in heard or (rule.kind is Kind.WATCH and Kind.RISK in heard):
            continue
        match = rule.frame.search(view.low)
        if match and silenced_by(view, rule, match) is None:
            heard.add(rule.kind)
            out.append(_finding(view, rule))
    out += _promise_or_request(view, window, Kind.RISK in heard)
    return out


def _promise_or_request(view: View, window: Window, in_danger: bool) -> list[Finding]:
    asked = hear_request(view) if may_ask(view) else None
    if asked:
        owner = owner_of_request(view, _previous(view.message, window))
        return [_with_due(view, Kind.REQUEST, asked, owner)]
    promise = hear_promise(view)
    if promise is None or (in_danger and promise.doer != "me"):
        return []  # the date of a late thing is no promise, unless the author makes one in the same breath
    return [_with_due(view, Kind.COMMITMENT, promise.rule, owner_of_promise(view, promise, window))]


def _previous(message: ReadMessage, window: Window) -> ReadMessage | None:
    before = [other for other in window.messages if other.ts < message.ts and other.user != message.user]
    return before[-1] if before else None


def _finding(view: View, rule: Rule) -> Finding:
    sentence = view.sentence
    return Finding(
        message_ts=view.message.ts,
        kind=rule.kind,
        start=sentence.start,
        end=sentence.end,
        quote=sentence.text,
        category=rule.category,
        rule=rule.id,
    )


def _with_due(view: View, kind: Kind, rule: str, owner: str | None) -> Finding:
    sentence = view.sentence
    due = view.future_due
    return Finding(
        message_ts=view.message.ts,
        kind=kind,
        start=sentence.start,
        end=sentence.end,
        quote=sentence.text,
        owner=owner,
        due=due.day if due else None,
        due_phrase=due.phrase if due else None,
        rule=rule,
    )
