"""Whole expressions: the longest reading at a place, with times of day, "EOD Friday", offsets and ranges."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import replace
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from bot.reading.deadlines import words
from bot.reading.deadlines.amounts import amount, counted_from, from_now, offset, trailing
from bot.reading.deadlines.calendar import DAY, coming, previous, week_of, weekend_of
from bot.reading.deadlines.clocks import time_alone, time_of_day, with_time
from bot.reading.deadlines.context import add_working_days
from bot.reading.deadlines.days import day_first, day_of_month, month_first, relative_month
from bot.reading.deadlines.edges import (
    counted_week,
    counted_weekday,
    day_of_period,
    edge,
    first_few_of,
    half_of,
    period,
    run_out,
)
from bot.reading.deadlines.figures import compact, figures
from bot.reading.deadlines.line import Line, Reading, rank, working_day
from bot.reading.deadlines.named_days import NAME_HEADS, named_day
from bot.reading.deadlines.periods import (
    bare_year,
    numbered_week,
    quarter,
    relative_period,
    season,
    the_weekend,
    unit_span,
)
from bot.reading.deadlines.weekdays import relative_day, relative_weekday, weekday
from bot.reading.deadlines.words import Kind

_Rule = Callable[[Line, int], Reading | None]
_CLOSES = frozenset(["business", "play", "day", "work"])
_TO = ("to", "till", "until", "through", "thru", "-", "–")

_AMOUNTS = words.word_set("a an another couple few several some half") | words.NUMBERS.keys() | {Kind.NUMBER}
_RANKS = words.word_set("last final penultimate next") | words.NUMBERS.keys() | {Kind.ORDINAL}
_SPANS = words.RELATIVE | words.UNITS.keys()
_NUMBERED = words.NUMBERS.keys() | {Kind.NUMBER, Kind.ORDINAL}
# What each rule may begin with: words, and kinds of tokens that are no words. Earlier rules win among equals.
_DATES: tuple[tuple[_Rule, Set[str]], ...] = (
    (relative_day, words.DAYS.keys()),
    (weekday, words.WEEKDAYS.keys()),
    (month_first, words.MONTHS.keys()),
    (day_first, _NUMBERED | {Kind.FIGURES}),
    (figures, {Kind.FIGURES}),
    (compact, {Kind.NUMBER}),
    (relative_weekday, words.RELATIVE),
    (relative_month, words.RELATIVE),
    (named_day, words.RELATIVE | NAME_HEADS),
    (counted_weekday, _RANKS),
    (edge, _SPANS | words.MONTHS.keys() | words.EDGES),
    (from_now, _AMOUNTS | words.NEXT | words.COMING | {"in", "within", "inside", "w", Kind.FIGURES}),
    (trailing, _AMOUNTS | {Kind.FIGURES, Kind.CLOCK}),
    (run_out, _SPANS),
    (relative_period, _SPANS),
    (the_weekend, {"weekend"}),
    (season, words.RELATIVE | words.SEASONS),
    (numbered_week, words.word_set("w kw cw wk week weekend wc calendar iso")),
    (counted_week, _RANKS),
    (day_of_period, _RANKS),
    (first_few_of, _RANKS),
    (half_of, _RANKS),
    (quarter, _NUMBERED | words.word_set("q h fy") | {Kind.CLOCK}),
    (day_of_month, _NUMBERED),
    (bare_year, {"fy", "cy", "year", *words.FISCAL, Kind.NUMBER}),
)


def _by_head(rules: tuple[tuple[_Rule, Set[str]], ...]) -> dict[str, tuple[_Rule, ...]]:
    heads = {head for _, begins in rules for head in begins}
    return {head: tuple(rule for rule, begins in rules if head in begins) for head in heads}


_DATE_RULES = _by_head(_DATES)


def _longest(rules: tuple[_Rule, ...], line: Line, index: int) -> Reading | None:
    best: Reading | None = None
    for rule in rules:
        found = rule(line, index)
        if found and (best is None or found.end > best.end):
            best = found
    return best


def simple(line: Line, index: int) -> Reading | None:
    """The longest reading of one date at `index`; among equals the earlier rule."""
    token = line.tokens[index]
    return _longest(_DATE_RULES.get(token.word) or _DATE_RULES.get(token.kind, ()), line, index)


def expression(line: Line, index: int) -> Reading | None:
    """The longest date expression starting at token `index`."""
    token = line.tokens[index]
    rules = _EXPRESSION_RULES.get(token.word) or _EXPRESSION_RULES.get(token.kind)
    best = _longest(rules, line, index) if rules else None
    return _lasting(line, with_time(line, best)) if best else None


def _lasting(line: Line, found: Reading) -> Reading:
    """from 4 May for 6 days: over when the days are."""
    much = amount(line, found.end + 1) if line.word(found.end) == "for" and not found.undated else None
    last = counted_from(line, found.last, much) if much and not much.short and not much.vague else None
    return replace(found, end=much.end, last=last) if much and last else found


def _span(line: Line, index: int) -> Reading | None:
    """One date, or two joined by to / till / - ("8 to 11 June", "May 3 - May 7", "May 4th and 5th")."""
    first = simple(line, index)
    shared = _shared_month(line, index)
    if shared and (first is None or shared.end > first.end):
        return shared
    if first is None or first.past and first.undated:
        return first
    after = with_time(line, first).end
    joint = line.word(after)
    if joint not in (*_TO, "and", "or") or line.at(after).kind is Kind.CLOCK:
        return first
    start = line.skip(after + 1, "the")
    second = simple(line, start)
    if joint == "and" and not _between(line, index):
        second = None
    if second is not None and second.last <= first.first:
        first, second = _reordered(line, start, first, second)
    if second is None or second.last <= first.first:
        second = _later_day(line, start, first)
    if second is None or (joint == "and" and not _between(line, index) and not second.yearless):
        return first
    return Reading(
        second.end,
        first.first,
        second.last,
        weak=first.weak and second.weak and not (first.tensed and second.tensed),
        period=second.period,
        parts=((index, first), (start, second)),
    )


def _reordered(line: Line, start: int, first: Reading, second: Reading) -> tuple[Reading, Reading]:
    """Ends read apart can come out in the wrong order, each being the next such day: "Friday to Monday" goes on into
    the next week, and of "the 12th to the 26th" said on the 15th the first end is over."""
    if line.word(start) in words.WEEKDAYS and second.tensed:
        return first, _moved(second, relativedelta(weeks=1))
    if first.tensed and second.tensed and first.last.day < second.last.day:
        return _moved(first, relativedelta(months=-1)), second
    if first.yearless and second.yearless:
        return _moved(first, relativedelta(years=-1)), second
    return first, second


def _moved(reading: Reading, by: relativedelta) -> Reading:
    return replace(reading, first=reading.first + by, last=reading.last + by)


def _between(line: Line, index: int) -> bool:
    return "between" in (line.word(index - 1), line.word(index - 2))


def _later_day(line: Line, index: int, first: Reading) -> Reading | None:
    """The "5th" of "May 4th and 5th", the "5th" of "April 29th to the 5th"."""
    token = line.at(index)
    if token.kind not in (Kind.NUMBER, Kind.ORDINAL) or not first.yearless and token.kind is not Kind.ORDINAL:
        return None
    if not 1 <= token.value <= 31 or line.at(index + 1).kind in (Kind.NUMBER, Kind.ORDINAL):
        return None
    if words.UNITS.get(line.word(index + 1)) or first.first != first.last:
        return None
    for day in range(1, 32):
        later = first.last + timedelta(days=day)
        if later.day == token.value:
            return Reading(index + 1, later, later, yearless=True)
    return None


def _shared_month(line: Line, index: int) -> Reading | None:
    """8 to 11 June, from the 8th to the 11th of June: the month stands only after the second day."""
    token = line.at(index)
    if token.kind not in (Kind.NUMBER, Kind.ORDINAL) or not 1 <= token.value <= 31:
        return None
    at = index + 1 + (line.word(index + 1) == "." and line.word(index + 2) in ("-", "–"))  # 14.-16. November
    if line.word(at) not in (*_TO, "and", "or", "&", ",", "/"):
        return None
    start = line.skip(at + 1, "the")
    last = day_first(line, start) or _of_next_month(line, start)
    if last is None or last.period or last.first != last.last:
        return None
    first = last.last.replace(day=token.value) if token.value < last.last.day else None
    if first is None:
        return None
    opening = Reading(index + 1, first, first, yearless=last.yearless)
    return Reading(last.end, first, last.last, parts=((index, opening), (start, last)))


def _of_next_month(line: Line, index: int) -> Reading | None:
    found = day_of_month(line, index)
    return found if found and found.end > index + 2 else None


def _end_of_day(line: Line, index: int) -> Reading | None:
    """EOD, COB Friday, end of business tomorrow, close of play on Thursday, EOW, EOM March, EOY."""
    word, after = line.word(index), index + 1
    if word in words.ENDS:
        unit = words.ENDS[word]
    elif word in ("end", "close") and line.word(after) == "of":
        after = line.skip(after + 1, "the", "my", "your", "our", "business", "working")
        if line.word(after) not in _CLOSES and line.word(after - 1) != "business":
            return None
        unit, after = "day", after + (line.word(after) in _CLOSES)
    else:
        return None
    start = line.skip(after, "on", "of", ",", "the", "-", "(")
    named = simple(line, start) if unit == "day" else period(line, start)
    if named and not (named.undated or named.past) and (unit != "day" or named.first == named.last):
        return Reading(named.end, named.last, named.last)
    span = unit_span(line, unit, 0)
    idiom = word == "end" and line.word(after - 1) == "day"
    return Reading(after, line.today, max(span[1], line.today), weak=idiom) if span else None


def _counted_off(line: Line, index: int) -> Reading | None:
    """5 days before Easter, three weeks from tomorrow, a week on Friday, Thursday two weeks from now."""
    start = line.skip(index, "in") if line.word(index) == "in" else index
    much = amount(line, start)
    if much is None or much.vague:
        return _weekday_after(line, index) or _neighbour(line, index)
    word = line.word(much.end)
    after = much.end + 1
    if word in ("prior", "ahead"):
        after = line.skip(after, "to", "of")
    elif word == "starting":
        after = line.skip(after, "on", "from")
    elif word not in ("from", "after", "before", "on"):
        if word not in words.WEEKDAYS or start != index:
            return None
        after = much.end
    if word == "on" and start != index:
        return None
    return offset(line, simple(line, line.skip(after, "the")), much)


def _neighbour(line: Line, index: int) -> Reading | None:
    """the day before Christmas, the second Monday after Thanksgiving, the week after Easter."""
    found = rank(line, index)
    count, at = found or (0, index)
    named, end = words.WEEKDAYS.get(line.word(at)), working_day(line, at)
    unit = words.UNITS.get(line.word(at))
    worked = end > at
    if named is None and not worked and unit not in ("day", "week", "weekend"):
        return None
    end = end if worked else at + 1
    ahead = line.word(end) in ("after", "following")
    if not (ahead or line.word(end) == "before"):
        return None
    base = simple(line, line.skip(end + 1, "the"))
    if base is None or base.undated or (base.weak and base.period) or (ahead and count < 0):
        return None
    steps = count + 1 if ahead else min(count, -count - 1)  # the last Friday before is the first, counted back
    edge_day = base.last if ahead else base.first
    if named is not None:
        near = coming(edge_day, named) if ahead else previous(edge_day, named)
        day = near + (steps - 1 if ahead else steps + 1) * 7 * DAY
    elif worked:
        day = add_working_days(edge_day, steps, line.context.country)
    elif unit == "day":
        day = edge_day + steps * DAY
    else:
        span = (week_of if unit == "week" else weekend_of)(edge_day, steps)
        return Reading(base.end, *span, past=span[1] < line.today)
    return Reading(base.end, day, day, past=day < line.today)


def _weekday_after(line: Line, index: int) -> Reading | None:
    named = words.WEEKDAYS.get(line.word(index))
    if named is None:
        return None
    after = line.skip(index + 1, ",", "in")
    much = amount(line, after)
    if much is None or much.vague or (line.word(much.end) != "from" and line.word(after - 1) != "in"):
        return None
    far = counted_from(line, line.today, much)
    if far is None:
        return None
    day = far + timedelta(days=(named - far.weekday()) % 7)
    end = much.end + 2 if line.word(much.end) == "from" and line.word(much.end + 1) == "now" else much.end
    return Reading(end, day, day)


def _with_clock(line: Line, index: int) -> Reading | None:
    """10 am PT on Friday, noon tomorrow, half past four."""
    found = time_of_day(line, index)
    if found:
        named = simple(line, line.skip(found[1], "on", ",", "of", "the"))
        if named and named.first == named.last and not named.period:
            return named
    return time_alone(line, index)


def _at_once(line: Line, index: int) -> Reading | None:
    """right away, straight away, a closing "now" of somebody who will or should; asap and soon, which have no day."""
    word, after = line.word(index), line.word(index + 1)
    if word in ("right", "straight") and after == "away":
        return Reading(index + 2, line.today, line.today, tensed=True)
    if word == "now" and (line.at(index + 1).kind is Kind.MARK or after in ("please", "pls", "plz")):
        said = [line.word(index - back) for back in range(1, 8)] + [after]
        if any(word in words.ASKING or word.endswith("'ll") for word in said) and said[0] not in words.STANDING:
            return Reading(index + 1, line.today, line.today)
    if word in words.SOON and line.word(index - 1) not in ("as", "too", "how", "well") and after != "as":
        return Reading(index + 1, line.today, line.today, undated=True)
    if word == "after" and after in ("lunch", "lunchtime"):
        named = simple(line, line.skip(index + 2, "on"))
        return named if named and named.first == named.last else Reading(index + 2, line.today, line.today, tensed=True)
    if word == "as" and after == "soon" and line.word(index + 2) == "as" and line.word(index + 3) == "possible":
        return Reading(index + 4, line.today, line.today, undated=True)
    if word == "then" and line.word(index - 1) == "by":
        return Reading(index + 1, line.today, line.today, undated=True)
    return None


_EXPRESSION_RULES = _by_head(
    (
        (_span, _DATE_RULES.keys()),
        (_end_of_day, words.ENDS.keys() | {"end", "close"}),
        (
            _counted_off,
            _AMOUNTS
            | _RANKS
            | words.WEEKDAYS.keys()
            | words.WORKING
            | words.WEEKDAY_UNITS
            | {"in", "day", "week", "weekend", Kind.FIGURES, Kind.CLOCK},
        ),
        (
            _with_clock,
            words.MOMENTS
            | words.NUMBERS.keys()
            | {"a", "half", "quarter", "evening", "morning", Kind.CLOCK, Kind.NUMBER},
        ),
        (_at_once, words.SOON | {"right", "straight", "now", "then", "as", "after"}),
    )
)
