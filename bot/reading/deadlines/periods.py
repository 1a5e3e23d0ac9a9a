"""Stretches of time: weeks, weekends, months, quarters, halves, years, and their beginnings, middles and ends."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.reading.deadlines import words
from bot.reading.deadlines.calendar import (
    DAY,
    Span,
    iso_week,
    month_of,
    months_of,
    nth_weekday,
    upcoming_months,
    week_of,
    weekend_of,
)
from bot.reading.deadlines.context import add_working_days
from bot.reading.deadlines.days import day_first, day_of_month, figures, month_first, relative_day, weekday
from bot.reading.deadlines.line import Line, Reading, number, relative_shift, year_number
from bot.reading.deadlines.words import Kind

_WEEK_AND_YEAR = re.compile(r"(\d{1,2})/(\d{4})")
_LENGTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}


def unit_span(line: Line, unit: str, shift: int) -> Span | None:
    """This / next / last day, week, weekend, month, quarter, half or year, `shift` of them from now."""
    today = line.today
    if unit == "day":
        return today + shift * DAY, today + shift * DAY
    if unit == "week":
        return week_of(today, shift)
    if unit == "weekend":
        return weekend_of(today, shift)
    length = _LENGTHS.get(unit)
    if length is None:
        return None
    first_month = (today.month - 1) // length * length + 1 + shift * length
    return month_of(today.year, first_month)[0], month_of(today.year, first_month + length - 1)[1]


def relative_period(line: Line, index: int) -> Reading | None:
    """next week, this month, the coming weekend, next working day, the week after next, this morning."""
    word = line.word(index)
    if (after_next := _after_next(line, index)) is not None:
        return after_next
    shift = relative_shift(word)
    if shift is None:
        return None
    after = index + 1
    if word == "this" and line.word(after) in words.COMING | words.LAST:
        shift, after = 1 if line.word(after) in words.COMING else -1, after + 1
    if line.word(after) in words.WORKING and line.word(after + 1) in ("day", "week"):
        return _working(line, after, shift)
    if line.word(after) in words.PARTS_OF_DAY:
        over = line.context.said_at.hour >= words.HOURS.get(line.word(after), 0)
        return Reading(after + 1, line.today, line.today, tensed=over) if word == "this" else None
    unit = words.UNITS.get(line.word(after), "")
    if unit == "day" and word in words.NEXT and line.at(after + 1).kind is not Kind.WORD:
        return Reading(after + 1, line.today + DAY, line.today + DAY, tensed=True)
    if unit in ("day", "half") or (unit == "weekend" and word in words.COMING):
        shift = 0 if unit == "weekend" else None
    if unit in ("hour", "minute", "second", "fortnight", "") or shift is None or line.word(after).endswith("s"):
        return None
    if unit == "week" and (day := _day_of_week(line, shift, after + 1)):
        return day
    return _span_reading(line, unit, shift, after + 1)


def _day_of_week(line: Line, shift: int, index: int) -> Reading | None:
    """next week on Friday, this week Tuesday."""
    after = line.skip(index, "on", ",", "-")
    named = words.WEEKDAYS.get(line.word(after))
    if named is None or after - index > 2:
        return None
    day = week_of(line.today, shift)[0] + named * DAY
    return Reading(after + 1, day, day, past=shift < 0, tensed=shift == 0)


def _span_reading(line: Line, unit: str, shift: int, end: int) -> Reading | None:
    span = unit_span(line, unit, shift)
    if span is None:
        return None
    first, last = span
    if unit == "week" and shift == 0:
        last = max(last, line.today)  # "this week" said on a Saturday
    long = unit in ("month", "quarter", "half", "year")
    return Reading(end, first, last, past=shift < 0, tensed=shift == 0, period=long, weak=unit == "year" and shift == 0)


def _after_next(line: Line, index: int) -> Reading | None:
    unit = words.UNITS.get(line.word(index))
    if unit in ("week", "weekend", "month", "quarter", "year") and line.word(index + 1) == "after":
        span = unit_span(line, unit, 2) if line.word(index + 2) == "next" else None
        return Reading(index + 3, *span) if span else None
    return None


def _working(line: Line, index: int, shift: int) -> Reading | None:
    if line.word(index + 1) == "week":
        return _span_reading(line, "week", shift, index + 2)
    if shift < 1:
        return None
    day = add_working_days(line.today, 1, line.context.country)
    return Reading(index + 2, day, day)


def numbered_week(line: Line, index: int) -> Reading | None:
    """W38, KW 22, CW14, week 38, calendar week 14, 2026-W38; week of 4 May, w/c 4 May, week ending 14 March."""
    if line.word(index) == "calendar":
        found = numbered_week(line, index + 1)
        return Reading(found.end, found.first, found.last) if found else None
    dated = _week_with_date(line, index)
    if dated:
        return dated
    word, after = line.word(index), line.skip(index + 1, ".", "#")
    if word not in ("w", "kw", "cw", "wk", "week") or (word == "w" and not line.glued(index)):
        return None
    digits = line.at(after)
    if digits.kind is Kind.FIGURES and (match := _WEEK_AND_YEAR.fullmatch(digits.word)):
        span = iso_week(int(match[1]), int(match[2]), line.today)
        return Reading(after + 1, *span) if span else None
    if digits.kind is not Kind.NUMBER or not digits.word.isdigit() or not 1 <= digits.value <= 53:
        return None
    year = year_number(line, line.skip(after + 1, "/", "-"))
    span = iso_week(digits.value, year[0] if year else None, line.today)
    return Reading(year[1] if year else after + 1, *span, weak=word not in ("kw", "cw")) if span else None


def _week_with_date(line: Line, index: int) -> Reading | None:
    if line.word(index) == "w" and line.word(index + 1) == "/" and line.word(index + 2) in ("c", "e", "b"):
        word, after = {"c": "commencing", "e": "ending", "b": "beginning"}[line.word(index + 2)], index + 3
    elif line.word(index) == "wc" and line.at(index + 1).kind is not Kind.MARK:
        word, after = "commencing", index + 1
    elif line.word(index) in ("week", "wk"):
        word, after = line.word(index + 1), index + 2
    else:
        return None
    if word not in ("of", "commencing", "beginning", "starting", "ending"):
        return None
    after = line.skip(after, "the", "on", ",")
    for rule in (weekday, month_first, day_first, figures, day_of_month):
        found = rule(line, after)
        if found and not found.period:
            span = (found.last, found.last) if word == "ending" else week_of(found.last)
            return Reading(found.end, *span)
    return None


def day_of_period(line: Line, index: int) -> Reading | None:
    """the last day of October, first day of next month, the last working day of the quarter."""
    count, after = _count(line, index)
    working = line.word(after) in words.WORKING
    after += working
    if count is None or line.word(after) != "day" or line.word(after + 1) not in ("of", "in"):
        return None
    whole = period(line, line.skip(after + 2, "the"))
    if whole is None or whole.first == whole.last:
        return None
    before = whole.last + DAY if count < 0 else whole.first - DAY
    steps = count if count < 0 else count + 1
    day = add_working_days(before, steps, line.context.country) if working else before + steps * DAY
    return Reading(whole.end, day, day)


def counted_week(line: Line, index: int) -> Reading | None:
    """first week of October, 2nd last week of March 2027, the last week of this month, 3rd week of 2027."""
    count, after = _count(line, index)
    if count is None or words.UNITS.get(line.word(after)) not in ("week", "weekend"):
        return None
    weekend = words.UNITS[line.word(after)] == "weekend"
    if line.word(after + 1) not in ("of", "in"):
        return None
    whole = period(line, line.skip(after + 2, "the"))
    if whole is None or whole.last - whole.first < timedelta(days=27):
        return None
    # As in ISO 8601 a week belongs to the period its Thursday lies in; a weekend goes by its Saturday.
    day = nth_weekday(5 if weekend else 3, count, (whole.first, whole.last))
    return Reading(whole.end, *(weekend_of(day) if weekend else week_of(day)))


def _count(line: Line, index: int) -> tuple[int | None, int]:
    if line.word(index) in ("last", "final"):
        return -1, index + 1
    found = number(line, index)
    if found is None or line.at(found[1] - 1).kind is not Kind.ORDINAL or found[0] > 53:
        return None, index
    if line.word(found[1]) == "last":
        return -found[0], found[1] + 1
    return found[0] - 1, found[1]


def half_of(line: Line, index: int) -> Reading | None:
    """first half of December, second half of next month."""
    found = number(line, index)
    if found is None or found[0] not in (1, 2) or line.word(found[1]) != "half" or line.word(found[1] + 1) != "of":
        return None
    whole = period(line, line.skip(found[1] + 2, "the"))
    if whole is None or not 6 <= (whole.last - whole.first).days + 1 <= 31:
        return None
    middle = whole.first + (whole.last - whole.first) // 2
    return Reading(whole.end, whole.first, middle) if found[0] == 1 else Reading(whole.end, middle + DAY, whole.last)


def quarter(line: Line, index: int) -> Reading | None:
    """Q3, Q3 2027, 2027-Q3, H1, FY26 Q2, third quarter, first half of next year."""
    lead = year_number(line, index) if line.at(index).kind is Kind.NUMBER or line.word(index) == "fy" else None
    start = line.skip(lead[1], "-", "/", ",") if lead else index
    found = _quarter_name(line, start)
    if found is None:
        return None
    part, length, end = found
    year = lead or year_number(line, line.skip(end, "-", "/", "of", "the", ","))
    if year:
        return Reading(max(year[1], end), *months_of(year[0], part, length), weak=True, period=True)
    after = line.skip(end, "of", "the")
    shift = relative_shift(line.word(after))
    if shift is not None and line.word(after + 1) == "year":
        return Reading(after + 2, *months_of(line.today.year + shift, part, length), weak=True, period=True)
    span = upcoming_months(part, length, line.today)
    end = after + 1 if line.word(after) == "year" and after > end else end
    return Reading(end, *span, weak=True, period=True)


def _quarter_name(line: Line, index: int) -> tuple[int, int, int] | None:
    word, after = line.word(index), line.at(index + 1)
    if word in ("q", "h") and line.glued(index) and after.kind is Kind.NUMBER and len(after.word) == 1:
        length = 3 if word == "q" else 6
        return (after.value, length, index + 2) if 1 <= after.value <= 12 // length else None
    found = number(line, index)
    if found and line.at(found[1] - 1).kind is Kind.ORDINAL and 1 <= found[0] <= 4:
        unit = words.UNITS.get(line.word(found[1]))
        if unit == "quarter":
            return found[0], 3, found[1] + 1
        if unit == "half" and found[0] <= 2 and line.word(found[1] + 1) == "of":
            return found[0], 6, found[1] + 1
    return None


def bare_year(line: Line, index: int) -> Reading | None:
    """2027, 2027 AD: a date only after in / by / end of."""
    if line.word(index) in (",", "of", "in", "two", "twenty", "nineteen"):
        return None
    found = year_number(line, index)
    if found is None or line.word(index) == "fy" and found[1] == index:
        return None
    end = found[1]
    if line.word(end) in ("ad", "a"):
        end = line.skip(end, "a", "d", "ad", ".")
    return Reading(end, *months_of(found[0], 1, 12), weak=True, period=True)


def period(line: Line, index: int) -> Reading | None:
    """What "end of …" may be followed by: a period or a day, "the" before it already passed."""
    for rule in (relative_period, numbered_week, counted_week, quarter, month_first, bare_year, relative_day, weekday):
        found = rule(line, index)
        if found:
            return found
    unit = words.UNITS.get(line.word(index))
    if unit in ("day", "week", "weekend", "month", "quarter", "half", "year"):
        span = unit_span(line, unit, 0)
        return Reading(index + 1, *span) if span else None
    return None


def run_out(line: Line, index: int) -> Reading | None:
    """before the week is out, until this month is over: the last day, whatever stands before."""
    if not {"is", "runs"} & set(line.words[index + 1 : index + 6]):
        return None
    whole = period(line, index)
    if whole is None or line.word(whole.end) not in ("is", "runs") or whole.first == whole.last > line.today:
        return None
    if line.word(whole.end + 1) not in ("out", "over", "up", "through"):
        return None
    return Reading(whole.end + 2, whole.last, whole.last)


def the_weekend(line: Line, index: int) -> Reading | None:
    """over the weekend, at the weekend: this week's Sunday."""
    if line.word(index) != "weekend" or line.word(index - 1) not in ("the", "on", "over", "before"):
        return None
    return Reading(index + 1, *weekend_of(line.today), tensed=True)


def edge(line: Line, index: int) -> Reading | None:
    """end of month, start of Q3, mid-January, early next week, late May, month-end, the middle of next week."""
    word = line.word(index)
    after = line.skip(index + 1, "-")
    if word in words.END_WORDS | words.START_WORDS or word == "middle":
        if word == "close" and line.word(after) != "of":
            return None
        after = line.skip(after, "of")
        if word not in ("end", "begin", "rest") and after == index + 1:
            return None
    elif word not in words.MIDDLE_WORDS | words.EARLY | words.LATE:
        return _unit_end(line, index)
    after = line.skip(after, "of", "the", "in", "our", "your", "my") if word != "later" else after
    if word == "end" and line.word(after) in ("business", "play"):
        return None
    whole = period(line, after)
    if whole is None or (word in words.EARLY and whole.first == whole.last):
        return None
    day = _edge_day(word, whole)
    return Reading(whole.end, day, day, past=whole.past)


def _unit_end(line: Line, index: int) -> Reading | None:
    """month-end, quarter end, next year-end, June end."""
    shift = relative_shift(line.word(index))
    start = index if shift is None else index + 1
    after = line.skip(start + 1, "-")
    if line.word(after) != "end" or line.word(after + 1) in ("of", "user", "users", "to", "customer", "customers"):
        return None
    unit = words.UNITS.get(line.word(start))
    if unit in ("month", "quarter", "year"):
        span = unit_span(line, unit, shift or 0)
        return Reading(after + 1, span[1], span[1], past=shift == -1) if span else None
    named = month_first(line, start)
    if named and named.period and named.end == start + 1 and shift is None:
        return Reading(after + 1, named.last, named.last)
    return None


def _edge_day(word: str, whole: Reading) -> date:
    """Which day of a period an edge names. Ends are the last day, starts the first, "early" the end of its first third
    (Tuesday, the 10th), the middle is Wednesday, the 15th, or the last day of the middle month."""
    length = (whole.last - whole.first).days
    if word in words.START_WORDS:
        return whole.first
    if word in words.EARLY:
        return whole.first + timedelta(days=length // 3)
    if word in words.MIDDLE_WORDS:
        if length <= 31:
            return whole.first + timedelta(days=2 if length < 10 else 14)
        middle = whole.first + timedelta(days=length // 2)
        return middle.replace(day=15) if length < 100 else month_of(middle.year, middle.month - (middle.day < 15))[1]
    return whole.last
