"""Whole expressions: the longest reading at a place, with times of day, "EOD Friday", offsets and ranges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from bot.reading.deadlines import words
from bot.reading.deadlines.amounts import amount, counted_from, from_now, offset, trailing
from bot.reading.deadlines.calendar import DAY, coming, previous
from bot.reading.deadlines.days import (
    compact,
    counted_weekday,
    day_first,
    day_of_month,
    figures,
    month_first,
    relative_day,
    relative_month,
    relative_weekday,
    weekday,
)
from bot.reading.deadlines.line import Line, Reading
from bot.reading.deadlines.named_days import is_name_head, named_day
from bot.reading.deadlines.periods import (
    bare_year,
    counted_week,
    day_of_period,
    edge,
    half_of,
    numbered_week,
    period,
    quarter,
    relative_period,
    run_out,
    the_weekend,
    unit_span,
)
from bot.reading.deadlines.words import Kind

_Rule = Callable[[Line, int], Reading | None]
_WORD_RULES: tuple[_Rule, ...] = (
    relative_day,
    weekday,
    month_first,
    relative_weekday,
    relative_month,
    named_day,
    counted_weekday,
    edge,
    from_now,
    trailing,
    run_out,
    relative_period,
    the_weekend,
    numbered_week,
    counted_week,
    day_of_period,
    half_of,
    quarter,
    bare_year,
)
_NUMBER_RULES: tuple[_Rule, ...] = (
    day_first,
    figures,
    compact,
    counted_weekday,
    from_now,
    trailing,
    counted_week,
    day_of_period,
    half_of,
    quarter,
    day_of_month,
    bare_year,
)
_CLOSES = frozenset(["business", "play", "day", "work"])
_TO = ("to", "till", "until", "through", "thru", "-", "–")
_LONGEST_ZONE = 4


def _may_begin(word: str) -> bool:
    return word in words.HEADS or is_name_head(word)


def simple(line: Line, index: int) -> Reading | None:
    """The longest reading of one date at `index`; among equals the earlier rule."""
    best: Reading | None = None
    for rule in _WORD_RULES if line.at(index).kind is Kind.WORD else _NUMBER_RULES:
        found = rule(line, index)
        if found and (best is None or found.end > best.end):
            best = found
    return best


def expression(line: Line, index: int) -> Reading | None:
    """The longest date expression starting at token `index`."""
    token = line.tokens[index]
    if token.kind in (Kind.OPAQUE, Kind.MARK) or (token.kind is Kind.WORD and not _may_begin(token.word)):
        return None
    candidates = (
        _span(line, index),
        _end_of_day(line, index),
        _counted_off(line, index),
        _with_clock(line, index),
        _at_once(line, index),
    )
    best: Reading | None = None
    for found in candidates:
        if found and (best is None or found.end > best.end):
            best = found
    return _lasting(line, _tail(line, best)) if best else None


def _lasting(line: Line, found: Reading) -> Reading:
    """18 December for 10 days: over when the days are."""
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
    after = _tail(line, first).end
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
    if line.word(at) not in (*_TO, "and", "or", "&", ","):
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
    idiom = word == "end" and line.word(after - 1) == "day"  # "at the end of the day" is mostly a figure of speech
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
    """the day before Christmas, the Monday after Thanksgiving."""
    named, side = words.WEEKDAYS.get(line.word(index)), line.word(index + 1)
    if (named is None and line.word(index) != "day") or side not in ("before", "after"):
        return None
    base = simple(line, line.skip(index + 2, "the"))
    if base is None or base.undated:
        return None
    if named is None:
        day = base.last + DAY if side == "after" else base.first - DAY
    else:
        day = coming(base.last, named) if side == "after" else previous(base.first, named)
    return Reading(base.end, day, day)


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
    """10 am PT on Friday, noon tomorrow; and a time alone, which is today or, once past, tomorrow."""
    token = line.at(index)
    if token.kind is not Kind.CLOCK and token.word not in words.MOMENTS:
        return _bare_hour(line, index)
    after = index + 1
    zone = line.text[line.at(after).start : line.at(after).end]
    if line.at(after).kind is Kind.WORD and zone.isupper() and len(zone) <= _LONGEST_ZONE:
        after += zone.lower() not in words.ENDS
    named = simple(line, line.skip(after, "on", ",", "of", "the"))
    if named and named.first == named.last and not named.period:
        return replace(named, period=False)
    return _time_alone(line, after, _minute_of_day(token.word))


def _bare_hour(line: Line, index: int) -> Reading | None:
    """before five, by evening: an hour nobody would take for an amount."""
    word, lead = line.word(index), line.word(index - 1)
    ends = line.at(index + 1).kind is Kind.MARK
    if word in ("evening", "morning") and lead in ("by", "before"):
        return _time_alone(line, index + 1, (18 if word == "evening" else 9) * 60)
    spelled = line.at(index).kind is Kind.NUMBER and (word.isalpha() or lead != "by") and line.at(index).value <= 12
    if spelled and ends and lead in ("by", "before", "until", "till"):
        hour = line.at(index).value
        return _time_alone(line, index + 1, (hour + 12 if hour <= 7 else hour) * 60)  # office hours
    return None


def _time_alone(line: Line, end: int, minute: int | None) -> Reading | None:
    if minute is None:
        return None
    said = line.context.said_at.hour * 60 + line.context.said_at.minute
    day = line.today + timedelta(days=1 if minute <= said else 0)
    return Reading(end, day, day, weak=True, clock=True)


def _minute_of_day(clock: str) -> int | None:
    if clock in words.MOMENTS:
        return words.HOURS[clock] * 60
    digits = [int(part) for part in "".join(c if c.isdigit() else " " for c in clock).split()]
    hour, minute = digits[0], digits[1] if len(digits) > 1 else 0
    if "p" in clock and hour < 12:
        hour += 12
    elif "a" in clock and hour == 12:
        hour = 0
    return hour * 60 + minute if hour <= 24 and minute < 60 else None


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
        return Reading(index + 2, line.today, line.today, tensed=True)
    if word == "as" and after == "soon" and line.word(index + 2) == "as" and line.word(index + 3) == "possible":
        return Reading(index + 4, line.today, line.today, undated=True)
    if word == "then" and line.word(index - 1) == "by":
        return Reading(index + 1, line.today, line.today, undated=True)
    return None


def _tail(line: Line, found: Reading) -> Reading:
    """Take a following time of day into the phrase: "Friday at 10 am", "tomorrow morning", "today EOD"."""
    single = found.first == found.last
    end = found.end
    while True:
        after = line.skip(end, "in", "at", "@", ",", "by", "before", "around", "the", "first", "late", "early")
        token = line.at(after)
        near = after - end <= 2
        if near and token.kind is Kind.CLOCK and token.word.count(":") == 2:
            return replace(found, end=after + 1, past=True)  # a log line's time stamp
        clock = near and single and token.kind is Kind.CLOCK
        part = near and token.word in words.PARTS_OF_DAY
        shorthand = after == end and token.word in ("eod", "cob", "eob")
        hour = token.kind is Kind.NUMBER and line.word(after - 1) in ("at", "@") and after > end and token.value <= 24
        if not (clock or part or shorthand or hour):
            return found if end == found.end else found.until(end)
        end = after + 1
