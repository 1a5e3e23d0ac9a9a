"""Is this the same thing said again? Compared by the content words two quotes share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol, TypeVar

from bot.reading.subject import content_words
from models.base import row_id
from models.messages import Message


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Shared words as a share of the shorter list, 0 to 1 (overlap coefficient); 0 when either is empty."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0


def same_in_thread(quote: str, earlier: list[str]) -> bool:
    """Within one thread: the same subject unless both say what they are about and share nothing of it."""
    words = content_words(quote)
    known = frozenset[str]().union(*map(content_words, earlier))
    return len(words) < 3 or len(known) < 3 or bool(words & known)


def same_elsewhere(quote: str, earlier: list[str]) -> bool:
    """Across threads of the same partner and account: at least two words in common and half of the shorter quote."""
    words = content_words(quote)
    return any(len(words & known) >= 2 and overlap(words, known) >= 0.5 for known in map(content_words, earlier))


class _Tracked(Protocol):
    id: int | None
    channel: str
    thread_ts: str


Row = TypeVar("Row", bound=_Tracked)


def first_same(rows: Iterable[Row], quotes: Mapping[int, list[str]], quote: str, message: Message) -> Row | None:
    """The first of `rows` that `quote`, said in `message`, is about; `quotes` holds each row's words by id."""
    for row in rows:
        in_thread = (row.channel, row.thread_ts) == (message.channel, message.root_ts)
        same = same_in_thread if in_thread else same_elsewhere
        if same(quote, quotes[row_id(row)]):
            return row
    return None
