"""Is this the same thing said again? Compared by the content words two quotes share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Protocol, TypeVar

from models.base import row_id
from models.messages import Message

_WORD = re.compile(r"[^\W\d_]{3,}")
# Words that say nothing about the subject: a delay of two weeks is not what is late.
_THIN = frozenset(
    _WORD.findall(
        """about after again all also and any are because been before being but can could did does done down each else
        even ever every for from get got had has have having here him his how into its just keep kept let like made make
        many more most much must need not now off once only onto other our out over own please really right said same
        say see she should since some still such sure than that the their them then there these they thing things this
        those though until very want was way week weeks day days today tomorrow yesterday month months well were what
        when where which while who will with without won would yet you your hey thanks team guys update status
        slip slips slipped slipping delay delays delayed late later behind block blocked blocker blocking miss missed
        missing overdue risk schedule date deadline push pushed moved postponed stuck hold waiting open issue problem
        one two three four five six seven eight nine ten first second third"""
    )
)


def content_words(quote: str) -> frozenset[str]:
    """The words of `quote` that say what it is about, lower case, with a plural s taken off."""
    words = (word.lower() for word in _WORD.findall(re.sub(r"<[^>]*>", " ", quote)))
    return frozenset(word.removesuffix("s") for word in words if word not in _THIN)


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
