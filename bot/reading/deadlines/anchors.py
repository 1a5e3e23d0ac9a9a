"""What stands before a date: the words that make it a deadline, and the tense of its clause."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from bot.reading.deadlines import words
from bot.reading.deadlines.line import Line, Reading

_REACH = 12
_STOPS = frozenset(".;,:!?()")
_CONJUNCTIONS = frozenset(["and", "but", "so", "then", "because"])
_INTRODUCERS = frozenset([":", "=", "-", "–", "(", "is", "are", "now"])
_PRONOUNS = frozenset(["i", "we", "you", "he", "she", "it", "they"])
_TRAILING = ("latest", "eta", "deadline")


class Anchor(Enum):
    """How a date is led to: BY makes a deadline of any date, ON of one that lies ahead, NOT of none."""

    BY = "by"
    ON = "on"
    NOT = "not"
    NONE = ""


def anchor_of(line: Line, start: int, reading: Reading) -> tuple[Anchor, int]:
    """What leads to the reading at token `start`, and the token its phrase begins with ("by" and "the" included)."""
    index = start - 1
    while line.word(index) in words.SKIPPED:  # the padding before the text is not skipped
        index -= 1
    word, before = line.word(index), line.word(index - 1)
    phrase = start - 1 if line.word(start - 1) == "the" else start
    if word == "later" and line.word(index + 1) == "than":
        return Anchor.BY, index - 1 if before in ("no", "not") else index
    if line.word(start - 1) == "latest" or _is_latest(line, reading.end):
        return Anchor.BY, index if word in words.ON_WORDS or word in words.PREPOSITIONS_BY else phrase
    if word in words.NOT_DUE_WORDS or (word == "before" and before == "not"):
        return Anchor.NOT, phrase
    if word in words.BY_WORDS:
        return Anchor.BY, index if word in words.PREPOSITIONS_BY else phrase
    if word == "ahead" or (word == "to" and before == "prior"):
        return Anchor.BY, index if word == "ahead" else index - 1
    if word == "as" and line.word(index + 1) == "of":
        return Anchor.ON, index
    return _plain_anchor(line, start, index, phrase)


def _plain_anchor(line: Line, start: int, index: int, phrase: int) -> tuple[Anchor, int]:
    word = line.word(index)
    if word in words.ON_WORDS:
        return Anchor.BY if line.word(index - 1) in ("due", "deadline") else Anchor.ON, index
    if word in _INTRODUCERS and not words.DUE_NOUNS.isdisjoint((line.word(index - 1), line.word(index - 2))):
        return Anchor.BY, phrase
    opens = line.word(start) in ("in", "within", "inside") or line.word(start) in words.NEXT | words.COMING
    if opens or word in words.ON_VERBS or word in (":", "("):
        return Anchor.ON, phrase
    return Anchor.NONE, phrase


def _is_latest(line: Line, index: int) -> bool:
    at_the_latest = [line.word(index), line.word(index + 1), line.word(index + 2)] == ["at", "the", "latest"]
    return at_the_latest or line.word(index) in _TRAILING


def _clause(line: Line, start: int) -> Iterator[int]:
    """The tokens before `start`, backwards to the edge of its clause."""
    for index in range(start - 1, max(start - 1 - _REACH, -1), -1):
        if line.word(index) in _STOPS or line.word(index) in _CONJUNCTIONS:
            return
        yield index


def clause_holds(line: Line, start: int, wanted: frozenset[str]) -> bool:
    """Whether one of `wanted` stands in the clause before the date."""
    return any(line.word(index) in wanted for index in _clause(line, start))


def in_future_clause(line: Line, start: int) -> bool:
    """Whether the words before the date speak of something to come."""
    return any(
        line.word(index) in words.FUTURE_WORDS
        or line.word(index).endswith(("'ll", "'d"))
        or (line.word(index).endswith("ing") and line.word(index - 1) in words.PROGRESSIVE)
        for index in _clause(line, start)
    )


def told_as_past(line: Line, start: int, end: int) -> bool:
    """Whether the clause before or after the date tells what happened: "they said", "On Monday we shipped it"."""
    if in_past_clause(line, start):
        return True
    opens = line.word(start - 1) in _STOPS | {""}
    return opens and line.word(end) in _PRONOUNS and line.word(end + 1) in words.PAST_VERBS


def in_past_clause(line: Line, start: int) -> bool:
    """Whether the words before the date speak of the past and of nothing to come."""
    past = any(
        line.word(index) in words.PAST_VERBS and line.word(index - 1) not in words.PASSIVE
        for index in _clause(line, start)
    )
    return past and not in_future_clause(line, start)
