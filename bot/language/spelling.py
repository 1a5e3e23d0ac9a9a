"""Slips of the finger in the words a request is made of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import takewhile

from bot.language import words
from bot.language.tokens import Token

_LONG = 6
_SWAPPED = 5  # two letters in the wrong order are told in shorter words too: "rejcet", but not "stark" for "start"
_OTHER_FORMS = ("s", "d", "ed", "r", "er", "ing")


def corrected(parts: Sequence[Token], known: Collection[str]) -> list[Token]:
    """`parts`, every word that is one slip from exactly one word of `known` meaning that word; its text stays.

    Short words are left alone; what has a capital inside the sentence or follows "with" or "for" is a name.
    """
    begun = sum(1 for _ in takewhile(lambda token: token.word in words.FILLER | words.GLUE, parts))
    return [token if _is_name(parts, place, begun) else _corrected(token, known) for place, token in enumerate(parts)]


def is_slip(typed: str, meant: str) -> bool:
    """Whether one letter too many, too few or wrong, or two that changed places, make `typed` of `meant`. Another form
    of it ("approves", "disapprove") is none."""
    if typed[0] != meant[0] or typed in (meant + form for form in _OTHER_FORMS):
        return False
    same = next((at for at, (one, other) in enumerate(zip(typed, meant, strict=False)) if one != other), None)
    if same is None:
        return abs(len(typed) - len(meant)) == 1
    left, right = typed[same:], meant[same:]
    swapped = left[:2] == right[1::-1] and left[2:] == right[2:]
    one_off = left[1:] == right or left == right[1:] or left[1:] == right[1:]
    return swapped or (one_off and min(len(typed), len(meant)) >= _LONG)


def _is_name(parts: Sequence[Token], place: int, begun: int) -> bool:
    led = place > 0 and parts[place - 1].word in words.NAME_LEADS
    return led or (place > begun and parts[place].text != parts[place].word)


def _corrected(token: Token, known: Collection[str]) -> Token:
    word = token.word
    if len(word) < _SWAPPED or word in known or word in words.ALL:
        return token
    meant = [each for each in known if len(each) >= _SWAPPED and is_slip(word, each)]
    return replace(token, meant=meant[0]) if len(meant) == 1 else token
