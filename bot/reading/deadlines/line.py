"""One tokenised text being read, and the small pieces every part of the grammar shares: numbers, days, years."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from bot.reading.deadlines import words
from bot.reading.deadlines.calendar import full_year
from bot.reading.deadlines.context import DateContext
from bot.reading.deadlines.tokens import Token
from bot.reading.deadlines.words import Kind


@dataclass(frozen=True, slots=True)
class Reading:
    """A date expression that ends before token `end`. `last` is its due day, `first` the day it begins.

    `weak`: only an anchor ("by", "due") or standing alone makes it a date (3/4, a bare month, "week 5").
    `tensed`: a past verb turns it to the past ("we sent it Friday"). `past`: past by itself (yesterday).
    `period`: a bare month, quarter or year, for which fewer words are anchors. `clock`: a time of day only.
    `undated`: due, but nobody can say when ("in the next few days"). `parts`: the two ends of a range.
    """

    end: int
    first: date
    last: date
    weak: bool = False
    tensed: bool = False
    past: bool = False
    period: bool = False
    clock: bool = False
    undated: bool = False
    yearless: bool = False
    parts: tuple[tuple[int, Reading], ...] = ()

    def until(self, end: int) -> Reading:
        """The same reading, ending later."""
        return replace(self, end=end)


_NONE = Token(-1, -1, Kind.MARK, "")
# Rules look a few tokens past either end of the text. The padding answers them: a list's negative indices count from
# its end, so the empty tokens there stand before the text as well as after it.
_PADDING = 16


class Line:
    """The tokens of one text with the context it was said in; outside the text every token is an empty mark."""

    __slots__ = ("context", "count", "text", "today", "tokens", "words")

    def __init__(self, text: str, tokens: list[Token], context: DateContext) -> None:
        self.text = text
        self.context = context
        self.today: date = context.today
        self.count = len(tokens)
        self.tokens = tokens + [_NONE] * _PADDING
        self.words = [token.word for token in self.tokens]

    def at(self, index: int) -> Token:
        return self.tokens[index]

    def word(self, index: int) -> str:
        return self.words[index]

    def glued(self, index: int) -> bool:
        """Whether nothing stands between this token and the next."""
        return self.tokens[index].end == self.tokens[index + 1].start

    def skip(self, index: int, *passed: str) -> int:
        """The first index at or after `index` whose word is none of `passed`."""
        while self.words[index] in passed:
            index += 1
        return index


def number(line: Line, index: int) -> tuple[int, int] | None:
    """A count or a written number below 100: (value, next index)."""
    token = line.at(index)
    if token.kind not in (Kind.NUMBER, Kind.ORDINAL):
        return None
    if token.kind is Kind.NUMBER and token.word.isalpha() and token.value >= 20:
        after = line.skip(index + 1, "-")
        ones = line.at(after)
        if ones.kind in (Kind.NUMBER, Kind.ORDINAL) and ones.word.isalpha() and ones.value < 10:
            return token.value + ones.value, after + 1
    return token.value, index + 1


def day_number(line: Line, index: int) -> tuple[int, int] | None:
    """A day of the month: (1 to 31, next index)."""
    found = number(line, index)
    if found is None or not 1 <= found[0] <= 31 or len(line.word(index)) > 2 and line.word(index).isdigit():
        return None
    return found


def year_number(line: Line, index: int) -> tuple[int, int] | None:
    """A year, after an optional comma, "of" or "in": (year, next index)."""
    index = line.skip(index, ",", "of", "in")
    token, word = line.at(index), line.word(index)
    if token.kind is Kind.NUMBER:
        if len(word) == 4 and word.isdigit() and 1900 <= token.value < 2200:
            return token.value, index + 1
        return _spoken_year(line, index) if word.isalpha() else None
    digits = line.at(index + 1)
    if digits.kind is not Kind.NUMBER or not digits.word.isdigit():
        return None
    if word == "fy" or (word == "'" and line.glued(index) and len(digits.word) == 2):
        return full_year(digits.value, len(digits.word)), index + 2
    return None


def _spoken_year(line: Line, index: int) -> tuple[int, int] | None:
    if line.word(index) == "two" and line.word(index + 1) == "thousand":
        rest = number(line, line.skip(index + 2, "and"))
        return (2000 + rest[0], rest[1]) if rest else (2000, index + 2)
    if line.word(index) in ("nineteen", "twenty"):
        rest = number(line, line.skip(index + 1, "-"))
        if rest and rest[0] >= 10 and line.word(index + 1).isalpha():
            return line.at(index).value * 100 + rest[0], rest[1]
    return None


def relative_shift(word: str) -> int | None:
    """next / coming = 1, this = 0, last = -1."""
    if word in words.NEXT or word in words.COMING:
        return 1
    if word in words.THIS:
        return 0
    return -1 if word in words.LAST else None


def ends_a_day(line: Line, index: int) -> bool:
    """Whether the token at `index` may follow a bare day of the month: not another noun, number or unit."""
    token = line.at(index)
    if token.kind is Kind.MARK:
        return token.word not in ("%", "€", "$", "/", "+", "*", "=", "#") and not _joined(line, index)
    if token.kind in (Kind.CLOCK, Kind.OPAQUE):
        return True
    return token.kind is Kind.WORD and token.word in words.AFTER_A_DAY


def _joined(line: Line, index: int) -> bool:
    """A hyphen glued on both sides makes a compound: "the 14th-floor"."""
    return line.word(index) == "-" and line.glued(index) and line.glued(index - 1)
