"""Numbers in words: "ten", "half a million", "two hundred and fifty thousand"."""

from __future__ import annotations

from decimal import Decimal

from bot.reading.deadlines.words import NUMBERS

SCALES = {"thousand": 3, "grand": 3, "million": 6, "billion": 9}
_PARTS = {"half": Decimal("0.5"), "quarter": Decimal("0.25")}
_JOINTS = frozenset(["a", "an", "and", "of"])
# What numbers are spelled with.
WORDS = frozenset([*NUMBERS, *SCALES, *_PARTS, "hundred"])
_WORD = "|".join(sorted(WORDS, key=len, reverse=True))
# As a pattern: at least one of the words, joined by the small ones.
SPELLED = rf"\b(?:an?\s+)?(?:{_WORD})(?:[\s-]+(?:(?:an?|and|of)\s+)*(?:{_WORD}))*\b"


def spelled(text: str) -> Decimal:
    """The number `text` spells, which matches SPELLED: "two and a half million" -> 2500000."""
    total, count = Decimal(0), Decimal(0)
    for word in text.lower().replace("-", " ").split():
        if word in SCALES:
            total += (count or Decimal(1)) * 10 ** SCALES[word]
            count = Decimal(0)
        elif word == "hundred":
            count = (count or Decimal(1)) * 100
        elif word not in _JOINTS:
            count += _PARTS.get(word) or NUMBERS[word]
    return total + count
