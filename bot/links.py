"""Links other people and systems give us, before anybody of ours may click them."""

from __future__ import annotations

from urllib.parse import urlsplit

_LONGEST = 500


def is_safe(words: str) -> bool:
    """Whether it is a link people may open: https, a host, no name or password in it, no spaces."""
    try:
        parts = urlsplit(words)
        whole = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False
    return whole and words.split() == [words] and len(words) <= _LONGEST
