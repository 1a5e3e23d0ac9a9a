"""Attacks on the one gate: whatever a reader claims, only what the window proves comes through."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.reading.reader import RulesReader
from bot.reading.types import Category, Finding, Kind, Position, Side
from bot.reading.verifier import verify, why_not
from tests.reading.helpers import message, window

TEXT = "Morning. The cutover at Acme is blocked until legal signs, I'll send the plan by Friday."
OTHER = "The other message says the rollout slipped to June."
OLD = "An old message about a blocked cutover."
W = window(
    message(OLD, ts="0.5"),
    message(TEXT),
    message(OTHER, ts="2.0", user="U0ANN"),
    message("bot says blocked", ts="3.0", speech=False),
    message("&gt; the go-live is blocked\nok", ts="4.0"),
    new_from=1,
)
START = TEXT.index("The cutover")
GOOD = Finding("1.0", Kind.RISK, START, len(TEXT), TEXT[START:], Category.BLOCKED)


def test_a_proved_finding_is_kept_unchanged() -> None:
    due = replace(
        GOOD,
        kind=Kind.COMMITMENT,
        category=None,
        owner="U0PAT",
        due=date(2026, 3, 6),
        due_phrase="by Friday",
        names=("ACME",),
    )
    assert verify([GOOD, due], W) == ([GOOD, due], [])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"message_ts": "9.9"}, "no new message with this ts"),
        ({"message_ts": "0.5"}, "no new message with this ts"),
        ({"message_ts": "3.0", "start": 0, "end": 3, "quote": "bot"}, "not speech"),
        ({"message_ts": "4.0", "start": 5, "end": 15, "quote": "the go-liv"}, "quote is not speech"),
        ({"quote": GOOD.quote.lower()}, "quote is not the message slice"),
        ({"quote": GOOD.quote.replace("blocked", "block\u200bed")}, "quote is not the message slice"),
        ({"message_ts": "2.0"}, "span outside the message"),
        ({"start": -5}, "span outside the message"),
        ({"end": 10_000}, "span outside the message"),
        ({"start": 8, "end": 9, "quote": " "}, "quote holds no word"),
        ({"owner": "U0NOBODY"}, "owner is nobody in the window"),
        ({"owner": ""}, "owner is nobody in the window"),
        ({"category": Category.WATCH}, "category does not fit the kind"),
        ({"category": None}, "category does not fit the kind"),
        ({"kind": Kind.COMMITMENT}, "category does not fit the kind"),
        ({"names": ("Initech",)}, "a name does not stand in the source"),
        ({"names": ("",)}, "a name does not stand in the source"),
        ({"names": ("Ac",)}, "a name does not stand in the source"),
        ({"due": date(2026, 3, 6)}, "due without a phrase"),
        (
            {"due": date(2026, 3, 9), "due_phrase": "by Friday"},
            "due phrase does not stand in the quote or means another day",
        ),
        ({"due": None, "due_phrase": "by Monday"}, "due phrase does not stand in the quote or means another day"),
    ],
)
def test_every_false_claim_is_refused_with_its_reason(change: dict[str, Any], reason: str) -> None:
    fields = {name: getattr(GOOD, name) for name in GOOD.__slots__} | change
    assert why_not(Finding(**fields), W) == reason


CLASH = "Your plan has the 12th, our crew comes on the 19th."
SAID = "Go-live is the 12th."
DISPUTE = window(
    message(SAID, ts="0.5", user="U0ANN", side=Side.US),
    message("Go-live is the 19th.", ts="0.6", speech=False),
    message(CLASH, ts="1.0"),
    new_from=2,
)
HERE = Position("1.0", 24, 51, CLASH[24:51], "U0PAT")
THERE = Position("0.5", 0, len(SAID), SAID, "us")
BOTH = Finding("1.0", Kind.MISALIGNMENT, 0, len(CLASH), CLASH, Category.MISALIGNMENT, positions=(THERE, HERE))


def test_two_positions_of_the_window_are_kept() -> None:
    assert why_not(BOTH, DISPUTE) is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"positions": (HERE,)}, "positions do not fit the kind"),
        ({"kind": Kind.RISK, "category": Category.DELAY}, "positions do not fit the kind"),
        ({"positions": (THERE, THERE)}, "no position stands in the message"),
        ({"positions": (HERE, replace(THERE, message_ts="9.9"))}, "no message of the window says a position"),
        ({"positions": (HERE, replace(THERE, message_ts="0.6"))}, "no message of the window says a position"),
        ({"positions": (HERE, replace(THERE, quote=SAID.lower()))}, "a position is not what its message says"),
        ({"positions": (HERE, replace(THERE, end=5))}, "a position is not what its message says"),
        ({"positions": (HERE, replace(THERE, holder="U0NOBODY"))}, "a position is held by nobody in the window"),
        ({"weighed": ("our boat",)}, "weighed words are not said"),
        ({"weighed": ("",)}, "weighed words are not said"),
        ({"confidence": 1.2}, "confidence is no probability"),
        ({"confidence": float("nan")}, "confidence is no probability"),
    ],
)
def test_views_and_weights_that_are_not_said_are_refused(change: dict[str, Any], reason: str) -> None:
    fields = {name: getattr(BOTH, name) for name in BOTH.__slots__} | change
    assert why_not(Finding(**fields), DISPUTE) == reason


def test_names_may_come_from_the_channel_link() -> None:
    finding = replace(GOOD, names=("Globex Consulting",))
    assert why_not(finding, W, {"Globex Consulting"}) is None
    assert why_not(finding, W) is not None


def test_an_owner_may_be_someone_the_message_mentions() -> None:
    seen = window(message("<@U0NEW1> sends the plan tomorrow."))
    claim = Finding("1.0", Kind.COMMITMENT, 0, 34, "<@U0NEW1> sends the plan tomorrow.", owner="U0NEW1")
    assert why_not(claim, seen) is None
    assert why_not(replace(claim, owner="U0NEW"), seen) == "owner is nobody in the window"


@given(st.integers(-3, 120), st.integers(-3, 120), st.sampled_from([TEXT, OTHER, OLD]))
def test_random_spans_pass_only_when_they_are_the_slice(start: int, end: int, source: str) -> None:
    finding = replace(GOOD, start=start, end=end, quote=source[max(0, start) : max(0, end)])
    kept, _ = verify([finding], W)
    if kept:
        assert TEXT[start:end] == finding.quote
        assert any(ch.isalnum() for ch in finding.quote)


@given(st.text(max_size=40), st.integers(0, 80))
def test_an_invented_quote_never_passes(quote: str, start: int) -> None:
    assume(TEXT[start : start + len(quote)] != quote)
    assert verify([replace(GOOD, start=start, end=start + len(quote), quote=quote)], W)[0] == []


@given(
    st.text(
        alphabet=st.sampled_from(
            "I'll send the plan by Friday.blocked until no reply since Monday\n&gt;`*_🙂é\u200b<@U0ANN>?!"
        ),
        max_size=160,
    )
)
def test_what_the_rules_hear_always_passes(text: str) -> None:
    seen = window(message(text))
    findings = RulesReader().read(seen)
    assert verify(findings, seen) == (findings, [])
