"""Whom a text names: mentions, and the display names of those the window knows, with where they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.reading.types import Window

_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_SHORTEST = 2  # characters of a name


@dataclass(frozen=True, slots=True)
class Named:
    """`user` is named by `text[start:end]`; None when two people bear that name."""

    start: int
    end: int
    user: str | None


def named_in(text: str, window: Window) -> list[Named]:
    """Everyone the text names, in order of the text; the longest name that fits stands, and a whole
    display name before somebody's first name."""
    found = [Named(match.start(), match.end(), match.group(1)) for match in _MENTION.finditer(text)]
    if window.names:
        spans = _bearers(text, window.names, _beginnings) | _bearers(text, window.names, _whole)
        found += [Named(*span, spans[span].pop() if len(spans[span]) == 1 else None) for span in _longest(spans)]
    return sorted(found, key=lambda named: named.start)


def _bearers(
    text: str, names: Mapping[str, str], said: Callable[[str], Iterable[str]]
) -> dict[tuple[int, int], set[str]]:
    """Where what people say for a name stands in `text` as a word, and who bears it."""
    spans: dict[tuple[int, int], set[str]] = {}
    for user, full in names.items():
        for name in said(full):
            start = text.find(name) if len(name) >= _SHORTEST else -1
            while start >= 0:
                end = start + len(name)
                if not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum()):
                    spans.setdefault((start, end), set()).add(user)
                start = text.find(name, end)
    return spans


def _whole(name: str) -> Iterable[str]:
    return (name,)


def _beginnings(name: str) -> Iterable[str]:
    """ "Wei", "Wei Ling" of "Wei Ling Tan"."""
    parts = name.split()
    return (" ".join(parts[:count]) for count in range(1, len(parts)))


def _longest(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Those that lie in no other: from left to right, the longer first, one that reaches further than all before it."""
    reached = 0
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if end > reached:
            yield start, end
            reached = end
