"""Stretches of time: weeks, weekends, months, quarters, halves, years, and their beginnings, middles and ends."""

from __future__ import annotations

import re

from bot.reading.deadlines import words
from bot.reading.deadlines.calendar import (
    DAY,
    Span,
    full_year,
    iso_week,
    month_of,
    months_of,
    upcoming_months,
    week_of,
    weekend_of,
)
from bot.reading.deadlines.context import add_working_days
from bot.reading.deadlines.days import day_first, day_of_month, month_first
from bot.reading.deadlines.figures import figures
from bot.reading.deadlines.line import (
    Line,
    Reading,
    ends_a_day,
    number,
    relative_shift,
    short_year,
    working_day,
    year_number,
)
from bot.reading.deadlines.named_days import named_day
from bot.reading.deadlines.weekdays import weekday
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
    if (end := working_day(line, after)) > after:
        return _next_working_day(line, end) if shift == 1 else None
    if line.word(after) in words.WORKING and line.word(after + 1) == "week":
        after += 1
    if line.word(after) in words.PARTS_OF_DAY:
        begun = line.word(after) == "morning" or line.context.said_at.hour >= words.HOURS.get(line.word(after), 0)
        return Reading(after + 1, line.today, line.today, tensed=begun) if word == "this" else None
    unit = words.UNITS.get(line.word(after), "")
    if unit == "day" and word in words.NEXT and line.at(after + 1).kind is not Kind.WORD:
        return Reading(after + 1, line.today + DAY, line.today + DAY, tensed=True)
    if unit in ("day", "half") or (unit == "weekend" and word in words.COMING):
        shift = 0 if unit == "weekend" else None
    if unit == "fortnight" and shift == 1:
        return Reading(after + 1, line.today + 14 * DAY, line.today + 14 * DAY)
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
    if unit not in ("week", "weekend", "month", "quarter", "year"):
        return None
    span = unit_span(line, unit, 2) if line.words[index + 1 : index + 3] == ["after", "next"] else None
    return Reading(index + 3, *span) if span else None


def _next_working_day(line: Line, end: int) -> Reading:
    day = add_working_days(line.today, 1, line.context.country)
    return Reading(end, day, day)


def season(line: Line, index: int) -> Reading | None:
    """this summer, next spring, in the autumn: due, but where a season ends is nobody's agreement."""
    relative = relative_shift(line.word(index))
    start = index if relative is None else index + 1
    word, lead = line.word(start), line.word(index - 2 if line.word(index - 1) == "the" else index - 1)
    if word not in words.SEASONS or relative == -1:
        return None
    year = year_number(line, start + 1)
    named = relative is not None or year is not None or line.word(index - 1) == "the" or word in ("summer", "winter")
    if not named or (relative is None and lead not in words.PERIOD_WORDS | {"of"}):
        return None
    end = year[1] if year else start + 1
    return Reading(end, line.today, line.today, undated=True) if ends_a_day(line, end) else None


def numbered_week(line: Line, index: int) -> Reading | None:
    """W38, KW 22, CW14, week 38, calendar week 14, 2026-W38; week of 4 May, w/c 4 May, week ending 14 March."""
    if line.word(index) in ("calendar", "iso"):
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
    elif line.word(index) in ("week", "wk", "weekend"):
        word, after = line.word(index + 1), index + 2
    else:
        return None
    if word not in ("of", "commencing", "beginning", "starting", "ending"):
        return None
    after = line.skip(after, "the", "on", ",")
    for rule in (weekday, month_first, day_first, figures, named_day, day_of_month):
        found = rule(line, after)
        if found and not found.period:
            if word == "ending":
                return Reading(found.end, found.last, found.last)
            return Reading(found.end, *(weekend_of if line.word(index) == "weekend" else week_of)(found.last))
    return None


def quarter(line: Line, index: int) -> Reading | None:
    """Q3, Q3 2027, 2027-Q3, H1, FY26 Q2, third quarter, first half of next year."""
    if half := _half_and_year(line, index):
        return half
    lead = year_number(line, index) if line.at(index).kind is Kind.NUMBER or line.word(index) == "fy" else None
    start = line.skip(lead[1], "-", "/", ",") if lead else index
    found = _quarter_name(line, start)
    if found is None:
        return None
    part, length, end = found
    year = lead or short_year(line, end) or year_number(line, line.skip(end, "-", "/", "of", "the", ","))
    if year:
        return Reading(max(year[1], end), *months_of(year[0], part, length), weak=True, period=True)
    span = upcoming_months(part, length, line.today)
    after = line.skip(end, "of", "the")
    return Reading(after + 1 if line.word(after) == "year" and after > end else end, *span, weak=True, period=True)


def _half_and_year(line: Line, index: int) -> Reading | None:
    """1H26, which in small letters is a time."""
    token = line.at(index)
    match = re.fullmatch(r"([12])h(\d\d)", token.word) if token.kind is Kind.CLOCK else None
    if match is None or line.text[token.start + 1] != "H":
        return None
    return Reading(index + 1, *months_of(full_year(int(match[2]), 2), int(match[1]), 6), weak=True, period=True)


def _quarter_name(line: Line, index: int) -> tuple[int, int, int] | None:
    if short := _short_quarter(line, index):
        return short
    found = number(line, index)
    if found and line.at(found[1] - 1).kind is Kind.ORDINAL and 1 <= found[0] <= 4:
        unit = words.UNITS.get(line.word(found[1]))
        if unit == "quarter":
            return found[0], 3, found[1] + 1
        if unit == "half" and found[0] <= 2 and line.word(found[1] + 1) == "of":
            return found[0], 6, found[1] + 1
    return None


def _short_quarter(line: Line, index: int) -> tuple[int, int, int] | None:
    """Q3, H1, and the other way round where a year follows: 3Q 2027, 1H27."""
    token = line.at(index)
    if token.kind is Kind.CLOCK and re.fullmatch(r"[12]h", token.word) and year_number(line, index + 1):
        return int(token.word[0]), 6, index + 1
    letter, digit = (index + 1, index) if token.kind is Kind.NUMBER else (index, index + 1)
    number_token, word = line.at(digit), line.word(letter)
    if word not in ("q", "h") or not line.glued(index) or number_token.kind is not Kind.NUMBER:
        return None
    length = 3 if word == "q" else 6
    if len(number_token.word) > 1 or not 1 <= number_token.value <= 12 // length:
        return None
    return number_token.value, length, index + 2


def bare_year(line: Line, index: int) -> Reading | None:
    """2027, 2027 AD: a date only after in / by / end of."""
    named = line.word(index) in ("fy", "cy", "year", *words.FISCAL) and line.word(index + 1) != "of"
    if not named and not (line.at(index).kind is Kind.NUMBER and line.word(index).isdigit()):
        return None
    found = year_number(line, index)
    if found is None:
        return None
    end = found[1]
    if line.word(end) in ("ad", "a"):
        end = line.skip(end, "a", "d", "ad", ".")
    return Reading(end, *months_of(found[0], 1, 12), weak=True, period=True)


def the_weekend(line: Line, index: int) -> Reading | None:
    """over the weekend, at the weekend: this week's Sunday."""
    if line.word(index) != "weekend" or line.word(index - 1) not in ("the", "on", "over", "before"):
        return None
    return Reading(index + 1, *weekend_of(line.today), tensed=True)
