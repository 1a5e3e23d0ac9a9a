"""Amounts of time and where they are counted from: in two weeks, 10 working days, 5 days before Easter."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from math import ceil

from dateutil.relativedelta import relativedelta

from bot.reading.deadlines import words
from bot.reading.deadlines.calendar import coming
from bot.reading.deadlines.context import add_working_days
from bot.reading.deadlines.line import Line, Reading, number, working_day
from bot.reading.deadlines.periods import unit_span
from bot.reading.deadlines.words import Kind

_DELTAS = {
    "day": relativedelta(days=1),
    "week": relativedelta(weeks=1),
    "fortnight": relativedelta(weeks=2),
    "month": relativedelta(months=1),
    "quarter": relativedelta(months=3),
    "year": relativedelta(years=1),
    "decade": relativedelta(years=10),
    "hour": relativedelta(hours=1),
    "minute": relativedelta(minutes=1),
    "second": relativedelta(seconds=1),
}
_HALVES = {
    "day": relativedelta(hours=12),
    "week": relativedelta(hours=84),
    "fortnight": relativedelta(weeks=1),
    "month": relativedelta(days=15),
    "quarter": relativedelta(days=45),
    "year": relativedelta(months=6),
    "decade": relativedelta(years=5),
    "hour": relativedelta(minutes=30),
    "minute": relativedelta(seconds=30),
    "second": relativedelta(),
}
_TOO_LONG = 2_000  # working days are counted one by one, and nobody promises in three thousand weeks
_VAGUE = frozenset(["few", "several", "some"])


@dataclass(frozen=True, slots=True)
class Amount:
    """How much time, ending before token `end`. `vague`: "a few days"."""

    end: int
    delta: relativedelta = field(default_factory=relativedelta)
    working_days: int = 0
    weekdays: tuple[int, int] | None = None  # (how many, which weekday): "two Mondays"
    vague: bool = False
    short: bool = False  # hours and less


def amount(line: Line, index: int) -> Amount | None:
    """2 weeks, ten working days, a week and a half, 1 year 2 months 10 days, a few days, two Mondays."""
    first = _one(line, index)
    if first is None or first.working_days or first.weekdays or first.vague:
        return first
    total, end = first.delta, first.end
    while True:
        more = _one(line, line.skip(end, ",", "and"), article=False)
        if more is None or more.working_days or more.weekdays or more.vague:
            return Amount(end, total, short=first.short)
        total, end = total + more.delta, more.end


def _one(line: Line, index: int, *, article: bool = True) -> Amount | None:
    token = line.at(index)
    if (
        token.kind is Kind.CLOCK and token.word[:-1].strip().isdigit() and token.word[-1] == "h"
    ):  # "24h", which is also how some write a time
        return Amount(index + 1, relativedelta(hours=int(token.word[:-1].strip())), short=True)
    count, after = _count(line, index, article=article)
    if after == index or count > _TOO_LONG:
        return None
    after = line.skip(after, "more", "full", "calendar", "consecutive", "-")
    after += line.word(after) in words.COMING
    if (end := working_day(line, after)) > after:
        return Amount(end, working_days=ceil(count), vague=count == 0)
    plural = words.WEEKDAY_PLURALS.get(line.word(after))
    if plural is not None and count:
        return Amount(after + 1, weekdays=(ceil(count), plural))
    unit, end = words.UNITS.get(line.word(after), ""), after + 1
    if unit not in _DELTAS:
        return None
    if count == 1 and line.word(end) == "or" and line.word(end + 1) in ("two", "so"):  # "a day or two"
        count, end = (2 if line.word(end + 1) == "two" else 1), end + 2
    elif line.words[end : end + 3] == ["and", "a", "half"]:
        count, end = count + 0.5, end + 3
    delta = _DELTAS[unit] * int(count) + (_HALVES[unit] if count % 1 else relativedelta())
    return Amount(end, delta, vague=count == 0, short=unit in ("hour", "minute", "second"))


def _count(line: Line, index: int, *, article: bool) -> tuple[float, int]:
    """(count, next index); a vague count is 0 and an unread one leaves the index where it was."""
    word = line.word(index)
    if word == "half" and line.word(index + 1) in ("a", "an"):
        return 0.5, index + 2
    found = number(line, index)
    if word in ("a", "an", "another") and found is None:
        return _article(line, index + 1) if article else (0, index)
    if word == "couple":
        return 2, line.skip(index + 1, "of")
    if word in _VAGUE:
        return 0, index + 1
    if line.at(index).kind is Kind.FIGURES:
        return _range_end(line, index)
    if found is None or line.at(found[1] - 1).kind is Kind.ORDINAL:
        return 0, index
    if line.words[found[1] : found[1] + 3] == ["and", "a", "half"]:
        return found[0] + 0.5, found[1] + 3
    if line.word(found[1]) in ("to", "or", "-", "–") and (upper := number(line, found[1] + 1)):
        return upper if upper[0] > found[0] else found
    return found


def _article(line: Line, index: int) -> tuple[float, int]:
    word = line.word(index)
    if word == "couple":
        return 2, line.skip(index + 1, "of")
    if word in _VAGUE:
        return 0, index + 1
    return (0.5, index + 1) if word == "half" else (1, index)


def _range_end(line: Line, index: int) -> tuple[float, int]:
    """2-3 days are over after three, 2.5 hours after two and a half."""
    written = line.word(index).replace("–", "-").replace(" ", "")
    if written.removesuffix(".5").isdigit():
        return int(written.removesuffix(".5")) + 0.5, index + 1
    low, dash, high = written.partition("-")
    return (int(high), index + 1) if dash and low.isdigit() and high.isdigit() and int(low) < int(high) else (0, index)


def counted_from(line: Line, base: date, much: Amount, sign: int = 1) -> date | None:
    """`base` plus (or minus) an amount; None past the calendar's end."""
    try:
        if much.working_days:
            return add_working_days(base, sign * much.working_days, line.context.country)
        if much.weekdays:
            count, named = much.weekdays
            return coming(base, named) + timedelta(weeks=count - 1) if sign > 0 else None
        if base == line.today:
            return (line.context.said_at.replace(tzinfo=None) + sign * much.delta).date()
        return (datetime.combine(base, time(12)) + sign * much.delta).date()
    except (OverflowError, ValueError):
        return None


def from_now(line: Line, index: int) -> Reading | None:
    """in two weeks, within 10 working days, in a week's time, within the hour, over the next few days, next 3 days."""
    word, after = line.word(index), index + 1
    if word == "in" and line.word(after) in ("a", "an") and line.word(index - 1) in words.UNITS:
        return None  # 52 weeks in a year
    if word in ("in", "within", "inside", "w"):
        after = line.skip(after, "/", "in") if word == "w" else after
        after = line.skip(after, *words.HEDGES)
        if line.word(after) in ("no", "not") and line.words[after + 1 : after + 3] == ["more", "than"]:
            after += 3
        if line.word(after - 1) == "the" and (current := _the_current(line, word, after)):
            return current
    elif word not in words.NEXT | words.COMING:
        return _coming_amount(line, index)
    if line.word(after) in words.NEXT | words.COMING:
        after += 1
    elif word in ("in", "within") and line.word(after - 1) == "the":
        return _coming_few(line, after)
    much = amount(line, after)
    if much is None:
        return _coming_few(line, after) if after > index + 1 or word in words.COMING else None
    end = line.skip(much.end, "'", "’", "time") if line.word(much.end) in ("'", "’", "time") else much.end
    if line.word(end) in ("of", "from", "after", "before", "ago", "per", "later", "since", "once", "prior", "straight"):
        return None
    if much.vague:
        return Reading(end, line.today, line.today, undated=not much.short)
    return _dated(line, counted_from(line, line.today, much), end)


def _the_current(line: Line, lead: str, index: int) -> Reading | None:
    """within the hour, within the month; in the afternoon."""
    if lead == "in" and line.word(index) in ("afternoon", "evening"):
        return Reading(index + 1, line.today, line.today, tensed=True)
    unit = line.word(index) if lead == "within" else ""
    span = unit_span(line, "day" if unit == "hour" else unit, 0)
    return Reading(index + 1, *span) if span else None


def _coming_amount(line: Line, index: int) -> Reading | None:
    """three upcoming weeks; "ETA: 2 weeks"."""
    much = amount(line, index)
    if much is None or much.vague:
        return None
    if not (_is_eta(line, index) or any(line.word(at) in words.COMING for at in range(index, much.end))):
        return None
    return _dated(line, counted_from(line, line.today, much), much.end)


def _is_eta(line: Line, index: int) -> bool:
    index -= 1
    while line.word(index) in (":", "=", "is", "~", "about", "around"):
        index -= 1
    return line.word(index) == "eta"


def _coming_few(line: Line, index: int) -> Reading | None:
    """the coming days, the next days: due, but undated."""
    if line.word(index) not in ("days", "weeks", "months") or line.word(index - 1) not in words.NEXT | words.COMING:
        return None
    return Reading(index + 1, line.today, line.today, undated=True)


def offset(line: Line, anchor: Reading | None, much: Amount) -> Reading | None:
    """The day an amount before or after `anchor`, whose span already ends the phrase."""
    if anchor is None or anchor.undated:
        return None
    before = line.word(much.end) in ("before", "prior", "ahead", "until", "to")
    base = anchor.first if before else anchor.last if not anchor.period else anchor.first
    day = counted_from(line, base, much, -1 if before else 1)
    return Reading(anchor.end, day, day) if day else None


def trailing(line: Line, index: int) -> Reading | None:
    """two weeks from now, three days later, a week hence, 2 days ago."""
    much = amount(line, index)
    if much is None:
        return None
    word, end = line.word(much.end), much.end + 1
    if word in ("later", "hence", "out") or (word == "from" and line.word(end) in ("now", "today")):
        end += word == "from"
        if much.vague:
            return Reading(end, line.today, line.today, undated=True) if word == "from" else None
        if word == "out" and line.word(end):
            return None
        return _dated(line, counted_from(line, line.today, much), end)
    if word in ("ago", "back", "earlier", "prior") and not much.vague:
        day = counted_from(line, line.today, much, -1)
        return Reading(end, day, day, past=True) if day else None
    return None


def _dated(line: Line, day: date | None, end: int) -> Reading | None:
    return Reading(end, day, day, past=day < line.today) if day else None
