"""Links other people and systems give us, before anybody of ours may click them."""

from __future__ import annotations

import unicodedata
from urllib.parse import urlsplit

_LONGEST = 500
_HIDDEN = frozenset(["Cc", "Cf", "Co", "Cs", "Cn"])  # controls and formats, what has no character


def is_safe(words: str) -> bool:
    """Whether it is a link people may open: https, a host, no name or password in it, no spaces,
    nothing that cannot be seen or turns the writing around."""
    try:
        parts = urlsplit(words)
        whole = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False
    hidden = any(unicodedata.category(each) in _HIDDEN for each in words)
    return whole and not hidden and words.split() == [words] and len(words) <= _LONGEST
