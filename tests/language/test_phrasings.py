"""The table of what people say, and the figures it holds today (evals/phrasings.py tells how it came about)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Choice, Refused
from bot.language import grammar
from bot.language.topics import TOPICS
from evals.phrasings import READ, VOCABULARY, Outcome, figures, outcomes, read, rows, setting

FOUND = list(outcomes())
PARTS = {part: [outcome for outcome in FOUND if outcome.row["part"] == part] for part in ("A", "B1", "B2", "B", "C")}
ASKED = [
    "onboard Acme Corp Gold",
    "Onboard TechCorp as Silver partner",
    "Onboard Acme Corp as a new Gold partner",
    "Run QBR for Acme Corp Q4",
    "Run QBR for TechCorp covering Q4",
    "Schedule monthly check-in with GlobalSys",
    "Approve TechCorp deal registration",
    "Escalate support issue to VP",
    "Prepare renewal for 2025",
    "register deal for BigCo, $250,000",
    "deal for Acme Corp, $1.5M",
    "status of Acme Corp",
]


def test_the_table_is_large_and_says_nothing_twice() -> None:
    texts = [row["text"] for row in rows()]
    assert len(texts) == len(set(texts)) >= 150
    assert len(PARTS["B"]) >= 60
    assert len(PARTS["C"]) >= 30
    assert set(ASKED) <= {outcome.row["text"] for outcome in PARTS["A"]}


@pytest.mark.parametrize("part", ["A", "B1", "B2", "C"])
def test_what_the_rules_were_written_with_is_read_exactly(part: str) -> None:
    assert [(outcome.row["text"], outcome.got) for outcome in PARTS[part] if not outcome.right] == []


def test_what_was_written_after_the_freeze_is_read_as_measured() -> None:
    assert figures(FOUND)["part B: right"] >= 0.95


def test_nothing_wrong_is_ever_done() -> None:
    assert [(outcome.row["text"], outcome.got) for outcome in FOUND if outcome.wrong_action] == []


def test_a_wrong_action_would_be_counted() -> None:
    row = {"part": "C", "text": "", "today": "2026-11-20", "expect": {"acts": False}}
    assert Outcome(row, {"command": "deal", "verb": "approve"}).wrong_action
    assert not Outcome(row, {"command": "deal", "verb": "show"}).wrong_action
    assert not Outcome({**row, "passing": True}, {"command": "deal", "verb": "show"}).right


@pytest.mark.parametrize("outcome", FOUND, ids=lambda outcome: outcome.row["text"])
def test_every_button_of_a_question_is_a_request_that_is_understood(outcome: Outcome) -> None:
    intent = grammar.parse(outcome.row["text"], VOCABULARY, TOPICS)
    if intent.command is None or intent.command not in READ:
        return
    try:
        READ[intent.command](intent.rest, setting(outcome.row["today"]))
    except Choice as choice:
        for request in choice.requests:
            assert read(request, outcome.row["today"])["command"] not in ("ask", "help"), request
    except Refused as refused:
        assert str(refused)


@given(st.lists(st.sampled_from(sorted({word for row in rows() for word in row["text"].split()})), max_size=12))
def test_any_words_are_read_or_refused(said: list[str]) -> None:
    assert read(" ".join(said), "2026-11-20")["command"]


@given(
    st.sampled_from(["approve", "reject", "extend", "withdraw"]),
    st.sampled_from(["don't", "never", "who", "should we"]),
)
def test_a_denial_or_a_question_never_decides(verb: str, before: str) -> None:
    got = read(f"{before} {verb} the TechCorp deal registration", "2026-11-20")
    assert got.get("verb", "show") == "show"
