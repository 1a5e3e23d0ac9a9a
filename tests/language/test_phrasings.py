"""The table of what people say, and the figures it holds today (evals/phrasings.py tells how it came about)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Choice, Refused
from bot.language import grammar
from evals.phrasings import KNOWN_TOPICS as TOPICS
from evals.phrasings import READ, VOCABULARY, Outcome, outcomes, read, rows, setting

FOUND = list(outcomes())
PARTS = {part: [outcome for outcome in FOUND if outcome.row["part"] == part] for part in ("A", "B1", "B2", "B", "C")}
# Right today of what strangers to the grammar wrote. What new words were read at is in evals/phrasings.py, and lower.
STRANGERS = {"D1": 109, "D2": 87, "D3": 84, "D4": 68, "D5": 74, "D": 73, "E": 69}
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


@pytest.mark.parametrize("part", ["A", "B1", "B2", "B", "C"])
def test_what_the_rules_were_written_with_is_read_exactly(part: str) -> None:
    assert [(outcome.row["text"], outcome.got) for outcome in PARTS[part] if not outcome.right] == []


@pytest.mark.parametrize("part", STRANGERS)
def test_what_strangers_wrote_is_read_no_worse_than_today(part: str) -> None:
    mine = [outcome for outcome in FOUND if outcome.row["part"] == part]
    missed = [(outcome.row["text"], outcome.got) for outcome in mine if not outcome.right]
    assert len(mine) - len(missed) >= STRANGERS[part], missed


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


REQUESTS = [
    "approve deal #14",
    "onboard Cobalt as gold",
    "reject deal #9",
    "terminate the Cobalt renewal",
    "skip the check-in with Cobalt",
    "close the QBR with Cobalt",
    "escalate the outage to VP",
    "extend deal #3",
    "register deal for BigCo, $250,000",
    "turn off the digest",
    "set up a joint campaign with Cobalt",
]
BEFORE = [
    "don't", "please don't", "we never", "should we", "who can", "how do i", "did you", "Dana will", "Dana said to",
    "they asked us to", "if they sign,", "once they sign,", "unless they pay", "before you", "no need to", "I might",
    "we could", "we plan to", "what if we", "instead of", "I'd never", "let's not", "Tom thinks we should",
]  # fmt: skip
AFTER = [
    "if they sign", "unless legal objects", "once finance agrees", "when Dana is back", "but not yet",
    ", no wait, don't", "? not sure", "- just kidding", "is what they want", "or not?", "as soon as they pay",
    "the moment legal confirms", "subject to review", "provided that they sign", "pending legal", ", said Dana",
]  # fmt: skip


@pytest.mark.parametrize("request_said", REQUESTS)
def test_what_is_conditional_hearsay_or_taken_back_is_not_done(request_said: str) -> None:
    assert read(request_said, "2026-11-20")["command"] != "ask"
    around = [f"{before} {request_said}" for before in BEFORE] + [f"{request_said} {after}" for after in AFTER]
    assert [text for text in around if Outcome({}, read(text, "2026-11-20")).acted] == []


@pytest.mark.parametrize(
    "said",
    [
        "we won the Globex deal", "we lost the deal with Acme", "the agreement ends in March", "today was rough",
        "partners are unhappy today", "action needed on the Globex deal", "mark kickoff done?",
        "don't mark kickoff done",        "mark my words, we are not done", "our portfolio looks weak",
    ],
)  # fmt: skip
def test_words_that_name_a_command_are_said_in_passing_too(said: str) -> None:
    assert read(said, "2026-11-20") == {"command": "ask", "seen": False}
