"""How alike two company names are: exactly, and quickly for one name against thousands. Pure."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.did_you_mean import normal
from bot.reading.names import core

_FAR = 0.6  # less alike than that is not looked at closely
_BUCKETS = 64


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name as it is compared: `said` without case and punctuation, `text` also without accents and legal form.

    `letters` has one bit for each letter of `text` and each time it comes up, so the bits two names share are at least
    the letters they share (letters 64 code points apart share their bits).
    """

    said: str
    text: str
    letters: int


@lru_cache(maxsize=2**15)
def spelling(name: str) -> Spelling:
    text, letters = " ".join(core(name)), 0
    seen: Counter[int] = Counter()
    for letter in text:
        bucket = ord(letter) % _BUCKETS
        letters |= 1 << (_BUCKETS * seen[bucket] + bucket)
        seen[bucket] += 1
    return Spelling(normal(name), text, letters)


def likeness(one: str, other: str, least: float = _FAR) -> float:
    """0 to 1: how alike two company names are without case, accents and legal form (difflib's ratio, the larger of the
    two directions because it depends on them); 0 where that is less than `least`."""
    a, b = spelling(one), spelling(other)
    if a.text == b.text:
        return 1.0
    if next(maybe_alike(a, [b], least), None) is None:
        return 0.0
    ratio = max(_ratio(a.text, b.text), _ratio(b.text, a.text))
    return ratio if ratio >= least else 0.0


def _ratio(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()


def maybe_alike(name: Spelling, others: Iterable[Spelling], least: float) -> Iterator[Spelling]:
    """Those of `others` whose likeness to `name` can be `least` or more: all that are, and few that are not.

    difflib's ratio is 2 * matches / both lengths, and its matches are letters of both names that stand in one order in
    both: never more than the letters they share, nor than their longest common subsequence.
    """
    length, letters = len(name.text), name.letters
    places: dict[str, int] = {}
    for place, letter in enumerate(name.text):
        places[letter] = places.get(letter, 0) | 1 << place
    for other in others:
        needed = least * (length + len(other.text)) / 2 - 1e-9
        if (letters & other.letters).bit_count() >= needed and _in_order(length, places, other.text) >= needed:
            yield other


def _in_order(length: int, places: dict[str, int], text: str) -> int:
    """The length of the longest common subsequence of `text` and a name of that `length` whose letters stand at
    `places` (bits). Source: Hyyrö, Bit-parallel LCS-length computation revisited, 2004."""
    everywhere = (1 << length) - 1
    left = everywhere
    for letter in text:
        met = left & places.get(letter, 0)
        left = ((left + met) | (left - met)) & everywhere
    return length - left.bit_count()
