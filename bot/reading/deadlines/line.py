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
    """A count or a written number below 1000: (value, next index). "a hundred and twenty", "thirty (30)"."""
    token = line.at(index)
    if token.word == "a" and line.word(index + 1) == "hundred":
        return _hundreds(line, 1, index + 1)
    if token.kind not in (Kind.NUMBER, Kind.ORDINAL):
        return None
    if token.kind is Kind.ORDINAL or not token.word.isalpha():
        return token.value, index + 1
    value, end = token.value, index + 1
    after = line.skip(end, "-")
    ones = line.at(after)
    if value >= 20 and ones.kind in (Kind.NUMBER, Kind.ORDINAL) and ones.word.isalpha() and ones.value < 10:
        value, end = value + ones.value, after + 1
    if line.word(end) == "hundred":
        return _hundreds(line, value, end)
    repeated = line.word(end) == "(" and line.at(end + 1).value == value and line.word(end + 2) == ")"
    return value, end + 3 if repeated else end


def _hundreds(line: Line, hundreds: int, index: int) -> tuple[int, int]:
    rest = number(line, line.skip(index + 1, "and"))
    return (hundreds * 100 + rest[0], rest[1]) if rest and rest[0] < 100 else (hundreds * 100, index + 1)


def rank(line: Line, index: int) -> tuple[int, int] | None:
    """Which of several: (0 for the first, -1 for the last, next index). "third", "last", "second to last"."""
    word = line.word(index)
    if word in ("last", "final"):
        return -1, index + 1
    if word == "penultimate":
        return -2, index + 1
    found = number(line, index)
    ordinal = found is not None and line.at(found[1] - 1).kind is Kind.ORDINAL
    if found is None or not ordinal or not 1 <= found[0] <= 53:
        after, count = (index + 1, 2) if word == "next" else (index, 0)
    else:
        count, after = found[0], found[1]
    backwards = line.skip(after, "to", "-")
    if count and line.word(backwards) == "last" and (word != "next" or backwards > after):
        return -count, backwards + 1
    return (count - 1, after) if ordinal and count else None


def day_number(line: Line, index: int) -> tuple[int, int] | None:
    """A day of the month: (1 to 31, next index)."""
    found = number(line, index)
    if found is None or not 1 <= found[0] <= 31 or len(line.word(index)) > 2 and line.word(index).isdigit():
        return None
    return found


def year_number(line: Line, index: int) -> tuple[int, int] | None:
    """A year, after an optional comma, "of" or "in": (year, next index). "2027", "'27", "fy27", "next year"."""
    index = line.skip(index, ",", "of", "in", "the", *words.FISCAL)
    if line.word(index) == "year" and line.at(index + 1).value >= 1900:
        index += 1
    token, word = line.at(index), line.word(index)
    if line.word(index + 1) == "year" and (shift := relative_shift(word)) is not None:
        return line.today.year + shift, index + 2
    if token.kind is Kind.NUMBER:
        if len(word) == 4 and word.isdigit() and 1900 <= token.value < 2200:
            return token.value, index + 1
        return _spoken_year(line, index) if word.isalpha() else None
    digits = line.at(index + 1)
    if digits.kind is not Kind.NUMBER or not digits.word.isdigit():
        return None
    if word in ("fy", "cy") or (word == "'" and line.glued(index) and len(digits.word) == 2):
        return full_year(digits.value, len(digits.word)), index + 2
    return None


def short_year(line: Line, index: int) -> tuple[int, int] | None:
    """A glued year of two digits: the 28 of 3-Jun-28 or 3Q28."""
    token = line.at(index)
    if token.kind is not Kind.NUMBER or len(token.word) != 2 or not line.glued(index - 1):
        return None
    return full_year(token.value, 2), index + 1


def _spoken_year(line: Line, index: int) -> tuple[int, int] | None:
    if line.word(index) == "two" and line.word(index + 1) == "thousand":
        rest = number(line, line.skip(index + 2, "and"))
        return (2000 + rest[0], rest[1]) if rest else (2000, index + 2)
    if line.word(index) in ("nineteen", "twenty"):
        rest = number(line, line.skip(index + 1, "-"))
        if rest and rest[0] >= 10 and line.word(index + 1).isalpha():
            return line.at(index).value * 100 + rest[0], rest[1]
    return None


def working_day(line: Line, index: int) -> int:
    """The index after "working day", "business days", "weekday"; `index` itself when no such word stands there."""
    if line.word(index) in words.WEEKDAY_UNITS:
        return index + 1
    named = line.word(index) in words.WORKING and words.UNITS.get(line.word(index + 1)) == "day"
    return index + 2 if named else index


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


def stands_alone(line: Line, index: int) -> bool:
    """Whether what ends before `index` may be a date for all that follows it."""
    return index >= line.count or ends_a_day(line, index) or line.at(index).kind is Kind.FIGURES


def _joined(line: Line, index: int) -> bool:
    """A hyphen glued on both sides makes a compound: "the 14th-floor"."""
    return line.word(index) == "-" and line.glued(index) and line.glued(index - 1)
