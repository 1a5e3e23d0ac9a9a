"""Comparing what people typed with what exists."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable

_NOT_WORD = re.compile(r"[\W_]+")


def normal(text: str) -> str:
    """A name as it is compared: no case, compatibility forms folded, one space for any punctuation."""
    return _NOT_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def close_to(text: str, names: Iterable[str]) -> str:
    """The name most like `text`, "" when none comes close."""
    by_normal = {normal(name): name for name in names}
    found = difflib.get_close_matches(normal(text), by_normal, n=1, cutoff=0.6)
    return by_normal[found[0]] if found else ""
