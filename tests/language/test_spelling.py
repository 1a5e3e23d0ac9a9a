"""Slips of the finger."""

from __future__ import annotations

import pytest

from bot.language.spelling import corrected, is_slip
from bot.language.tokens import tokens


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("onbaord", "onboard"),
        ("stauts", "status"),
        ("schedle", "schedule"),
        ("aprove", "approve"),
        ("rejcet", "reject"),
    ],
)
def test_one_letter_or_two_in_the_wrong_order_are_a_slip(typed: str, meant: str) -> None:
    assert is_slip(typed, meant)


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        ("approves", "approve"),
        ("approved", "approve"),
        ("unapprove", "approve"),
        ("stark", "start"),
        ("pepper", "prepare"),
    ],
)
def test_another_form_or_another_word_is_none(typed: str, other: str) -> None:
    assert not is_slip(typed, other)


def test_names_are_left_alone_and_what_was_typed_stays() -> None:
    words = corrected(tokens("aprove the deal of Aprove with aprove"), ["approve"])
    assert [token.word for token in words] == ["approve", "the", "deal", "of", "aprove", "with", "aprove"]
    assert words[0].text == "aprove"
