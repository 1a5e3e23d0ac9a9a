"""What our own people said of words like these: the judgement of the same, or nearly the same, sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.reading.types import Kind, Tuning
from bot.reading.wordlists import words

_ALIKE = 0.7  # share of all the words of both that they have in common
_WORD = re.compile(r"\w+(?:['’]\w+)?")
# One of these turns a sentence into its opposite: sentences that do not share them are not alike.
_TURNS = words(
    "no not never none nothing nobody without still yet until unless if when since again already is was were will "
    "would can't won't don't doesn't didn't hasn't haven't hadn't isn't wasn't aren't weren't couldn't wouldn't cannot"
)


@dataclass(frozen=True, slots=True)
class Taught:
    """`is_one`: our people called the words one (and the reader had missed it), or said that they are none. `same`:
    they were these very words, not only words like them."""

    is_one: bool
    same: bool


def judged_before(text: str, kind: Kind, tuning: Tuning) -> Taught | None:
    """What was said of the example that is most like `text`, None when none is like them. Quick without examples."""
    if not tuning.examples:
        return None
    said = _words(text)
    alike = [(_likeness(said, _words(item.text)), item.is_one) for item in tuning.examples if item.kind is kind]
    likeness, is_one = max(alike, key=lambda each: each[0], default=(0.0, False))
    return Taught(is_one, likeness == 1.0) if likeness >= _ALIKE else None


def was_missed(text: str, tuning: Tuning) -> bool:
    """Whether our people flagged words like these, as anything: then they are listened to."""
    kinds = {item.kind for item in tuning.examples if item.is_one}
    return any(taught.is_one for kind in kinds if (taught := judged_before(text, kind, tuning)))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    if not one or one & _TURNS != other & _TURNS:
        return 0.0
    return len(one & other) / len(one | other)


@lru_cache(maxsize=500)
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold().replace("’", "'")))
