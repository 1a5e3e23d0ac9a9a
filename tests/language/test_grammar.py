"""Which command a request names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.grammar import parse
from bot.language.tokens import said
from handlers.commands.registry import vocabulary

WORDS = vocabulary()


@pytest.mark.parametrize(
    ("typed", "command", "rest"),
    [
        ("risks", "risks", ""),
        ("RISKS Globex", "risks", "Globex"),
        ("“Risks”", "risks", ""),
        ("risks: Globex?", "risks", "Globex"),
        ("please show me the open risks for Globex", "risks", "for Globex"),
        ("What's at risk here", "risks", "here"),
        ("hi, can you list our promises with Globex", "commitments", "with Globex"),
        ("escalate #12 to <@U0SM>", "escalate", "#12 to <@U0SM>"),
        ("unwatch", "unwatch", ""),
        ("?", None, ""),
        ("Help!", "help", ""),
        ("What was promised?", "commitments", ""),
    ],
)
def test_requests(typed: str, command: str | None, rest: str) -> None:
    intent = parse(typed, WORDS)
    assert intent.command == command
    assert said(intent.rest) == rest


@pytest.mark.parametrize(
    ("typed", "first_guess"),
    [
        ("riks Globex", "risks Globex"),
        ("comitments", "commitments"),
        ("statsu", "status"),
        ("please ecsalate #12 to <@U0SM>", "escalate #12 to <@U0SM>"),
    ],
)
def test_a_slip_of_the_finger_is_offered_whole(typed: str, first_guess: str) -> None:
    intent = parse(typed, WORDS)
    assert intent.command is None
    assert intent.guesses[0] == first_guess


def test_nothing_is_empty_and_nonsense_has_no_guesses() -> None:
    assert parse("  ", WORDS).empty
    nonsense = parse("xyzzy plugh", WORDS)
    assert nonsense.command is None
    assert nonsense.guesses == ()
    assert not nonsense.empty


@given(st.text(max_size=200))
def test_anything_can_be_parsed(text: str) -> None:
    intent = parse(text, WORDS)
    assert intent.command is None or intent.command in WORDS.values()
