"""Comparing what people typed with what exists."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable

_ALIKE = 0.7  # of the letters, from 0 to 1
_BEGINNING = 3  # letters
_NOT_WORD = re.compile(r"[\W_]+")


def normal(text: str) -> str:
    """A name as it is compared: no case, compatibility forms folded, one space for any punctuation."""
    return _NOT_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def alike(text: str, names: Iterable[str]) -> list[str]:
    """Every name that may be meant by `text`, the likeliest first: those that begin with it, those with a word that
    does, then those spelled like it, and those whose first word is ("tehcorp": TechCorp, TechCorp Nordic)."""
    said = normal(text)
    scored = [(_likeness(said, normal(name)), name) for name in names] if said else []
    return [name for score, name in sorted(scored, key=lambda each: (-each[0], each[1])) if score >= _ALIKE]


def _likeness(said: str, name: str) -> float:
    if len(said) >= _BEGINNING and name.startswith(said):
        return 1 + len(said) / len(name)
    if len(said) >= _BEGINNING and any(word.startswith(said) for word in name.split()):
        return 1
    first = " ".join(name.split()[: said.count(" ") + 1])
    return max(difflib.SequenceMatcher(None, said, each).ratio() for each in (name, first))


def close_to(text: str, names: Iterable[str]) -> str:
    """The name most like `text`, "" when none comes close."""
    by_normal = {normal(name): name for name in names}
    found = difflib.get_close_matches(normal(text), by_normal, n=1, cutoff=0.6)
    return by_normal[found[0]] if found else ""
