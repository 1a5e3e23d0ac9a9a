"""Runs every rule family over one message. A word gate lets most ordinary messages leave at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.reading.moved import moved_to
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
from bot.reading.rules.clash import hear_clash
from bot.reading.rules.context import hear_answer, last_of_the_other_side
from bot.reading.rules.frame import WORD, RuleSet, View
from bot.reading.rules.guards import silenced_by
from bot.reading.rules.plan import against_plan
from bot.reading.rules.plan_items import Item, items_of, spoken_of
from bot.reading.rules.promises import CUES as PROMISE_CUES
from bot.reading.rules.promises import DATE_WORDS, hear_promise, names_a_day
from bot.reading.sentences import LONGEST_SPEECH, MOST_SENTENCES, split_sentences
from bot.reading.slots import due_of_request, owner_of_commitment, owner_of_request
from bot.reading.types import Category, Due, Finding, Kind, ReadMessage, Window

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
# These say that a date went from one day to another; the new one is what is now due.
_MOVES = frozenset(f"risk.delay.{name}" for name in ("slips", "moved-to", "delayed", "date-pair", "outright"))
_MIN_WORDS = 2
_NO_CLASH = frozenset({Kind.RISK, Kind.MISALIGNMENT, Kind.SOW})  # then the clash is said already, or being put right
_MAX_WORDS = 45  # a longer one is a clause of a contract or a run-on paste; no statement of risk is that long
_MAX_LENGTH = 1500  # a "sentence" longer than this is a paste, not speech


def read_message(message: ReadMessage, window: Window) -> list[Finding]:
    """All findings in one message, in order of the text; at most one per kind and sentence."""
    low = message.text.lower()
    reply_to = last_of_the_other_side(message, window)
    spoken = spoken_of(low, items_of(window.plan)) if window.plan else []
    alone = reply_to is None and not spoken
    if alone and _GATE.isdisjoint(WORD.findall(low.replace("’", "'"))) and not names_a_day(low):
        return []
    found: list[Finding] = []
    for sentence in split_sentences(message.text)[:MOST_SENTENCES]:
        if sentence.speech and sentence.end - sentence.start <= LONGEST_SPEECH:
            found += read_sentence(View(message, sentence, reply_to), window, spoken)
    return found


def read_sentence(view: View, window: Window, spoken: Sequence[Item] = ()) -> list[Finding]:
    """Findings of one sentence; `spoken` are the lines of the plan its message may speak of. The strongest statement
    wins: a risk silences watch."""
    if len(view.words) < _MIN_WORDS and view.reply_to is None:
        return []
    out: list[Finding] = []
    heard: set[Kind] = set()
    for rule in RULES.awake(view.words) if len(view.tokens) <= _MAX_WORDS else ():
        if rule.kind in heard or (rule.kind is Kind.WATCH and Kind.RISK in heard):
            continue
        match = rule.frame.search(view.low)
        if match and silenced_by(view, rule, match) is None:
            heard.add(rule.kind)
            moved = moved_to(view.sentence.text, view.context) if rule.id in _MOVES else None
            out.append(_finding(view, rule.kind, rule.id, category=rule.category, due=moved))
    against = against_plan(view, window, spoken) if window.plan and Kind.RISK not in heard else None
    if against is not None:  # it says more than a rule that only knows the words
        out = [finding for finding in out if finding.kind is not Kind.MISALIGNMENT]
        out.append(_misalignment(view, *against))
    elif heard.isdisjoint(_NO_CLASH) and (clash := hear_clash(view)):
        out.append(_misalignment(view, clash))
    out += _promise_or_request(view, window, Kind.RISK in heard)
    return out


def _misalignment(view: View, rule: str, note: str = "") -> Finding:
    return replace(_finding(view, Kind.MISALIGNMENT, rule, category=Category.MISALIGNMENT), note=note)


def _promise_or_request(view: View, window: Window, in_danger: bool) -> list[Finding]:
    asked = hear_request(view) if may_ask(view) else None
    if asked:
        both = [_request(view, window, asked)]
        own = hear_promise(view)
        if own == "commitment.first-person" and asked in ("request.please", "request.can-you"):
            both.append(_commitment(view, window, own))
        return both
    rule = hear_promise(view) or hear_answer(view)
    if rule is None:
        return []
    promise = _commitment(view, window, rule)
    # The date of a late thing is no promise, unless the author makes one in the same breath.
    return [] if in_danger and promise.owner != view.message.user else [promise]


def _request(view: View, window: Window, rule: str) -> Finding:
    return _finding(view, Kind.REQUEST, rule, owner=owner_of_request(view, window), due=due_of_request(view))


def _commitment(view: View, window: Window, rule: str) -> Finding:
    return _finding(view, Kind.COMMITMENT, rule, owner=owner_of_commitment(view, window), due=view.future_due)


def _finding(
    view: View,
    kind: Kind,
    rule: str,
    *,
    category: Category | None = None,
    owner: str | None = None,
    due: Due | None = None,
) -> Finding:
    sentence = view.sentence
    return Finding(
        message_ts=view.message.ts,
        kind=kind,
        start=sentence.start,
        end=sentence.end,
        quote=sentence.text,
        category=category,
        owner=owner,
        due=due.day if due else None,
        due_phrase=due.phrase if due else None,
        rule=rule,
    )
