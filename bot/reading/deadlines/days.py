"""Days of the calendar with their month in words: 14 March, Mar 14th, March 2027, next June; and the 14th."""

from __future__ import annotations

import re

from bot.reading.deadlines import words
from bot.reading.deadlines.calendar import full_year, month_of, on_day, on_month_day, real_date, upcoming_months
from bot.reading.deadlines.figures import figures
from bot.reading.deadlines.line import Line, Reading, day_number, relative_shift, short_year, stands_alone, year_number
from bot.reading.deadlines.words import Kind

_JOINTS = (".", "-", "/", "the", "of", ",")
_NEAR = 10  # years a two-digit number is taken for a year within
_ARTICLES = ("the", "le", "el", "den", "dem")


def relative_month(line: Line, index: int) -> Reading | None:
    """next March (the next one to begin), this September, next 6/14."""
    shift = relative_shift(line.word(index))
    if shift is None:
        return None
    found = month_first(line, index + 1) or figures(line, index + 1)
    if found is None or (line.word(index) not in words.NEXT and not found.period):
        return None
    if line.word(index + 1) == "may" and not _is_may(line, index + 1):
        return None
    if shift < 0:
        return Reading(found.end, found.first, found.last, past=True)
    return Reading(found.end, found.first, found.last)


def month_first(line: Line, index: int) -> Reading | None:
    """March 14, Mar. 14th 2026, Feb-11-2027, June 8-11, and a bare month: "March", "March 2027"."""
    month = words.MONTHS.get(line.word(index))
    if month is None:
        return None
    after = line.skip(index + 1, *_JOINTS)
    if line.at(after).kind is Kind.FIGURES:
        return _month_with_figures(line, after, month)
    day = day_number(line, after)
    if day and line.word(after - 1) != "of":
        return _month_day(line, month, day[0], day[1])
    return _bare_month(line, index, month)


def _month_with_figures(line: Line, index: int, month: int) -> Reading | None:
    parts = [int(part) for part in re.split(r"\D+", line.word(index)) if part]
    if len(parts) == 2 and max(parts) >= 1900:
        found = real_date(max(parts), month, min(parts))
        return Reading(index + 1, found, found) if found else None
    if len(parts) == 2 and "." not in line.word(index):
        year = year_number(line, index + 1)
        return _days_of_month(line, month, parts[0], parts[1], year or (0, index + 1))
    return None


def _days_of_month(line: Line, month: int, start: int, stop: int, year: tuple[int, int]) -> Reading | None:
    last = real_date(year[0], month, stop) if year[0] else on_month_day(month, stop, line.today)
    first = real_date(last.year, month, start) if last else None
    return Reading(year[1], first, last) if first and last and first < last else None


def _month_day(line: Line, month: int, day: int, end: int) -> Reading | None:
    year = year_number(line, end) or _loose_year(line, end)
    if year is None and line.word(end) in ("-", "/") and line.glued(end - 1):
        year = year_number(line, end + 1) or short_year(line, end + 1)
    elif year is None and line.word(end) == "." and line.word(end - 1) in words.MONTHS:  # "3rd of Jun. 2028"
        year = year_number(line, end + 1)
    if year:
        found = real_date(year[0], month, day)
        return Reading(year[1], found, found) if found else None
    found = on_month_day(month, day, line.today)
    return Reading(end, found, found, yearless=True) if found else None


def _loose_year(line: Line, index: int) -> tuple[int, int] | None:
    """The 28 that closes "3 June 28"; after the month-first form it would be a second day."""
    token, closes = line.at(index), line.at(index + 1).kind is Kind.MARK and line.word(index + 1) not in ("-", "/", ":")
    if token.kind is not Kind.NUMBER or len(token.word) != 2 or not closes or line.word(index - 1) not in words.MONTHS:
        return None
    year = full_year(token.value, 2)
    return (year, index + 1) if abs(year - line.today.year) <= _NEAR else None


def _bare_month(line: Line, index: int, month: int) -> Reading | None:
    year = year_number(line, line.skip(index + 1, "-", "/", ".") if line.glued(index) else index + 1)
    if year is None and line.word(index + 1) == ".":
        year = year_number(line, index + 2)
    if year:
        first, last = month_of(year[0], month)
        return Reading(year[1], first, last, weak=True, period=True)
    if line.at(index - 1).kind in (Kind.NUMBER, Kind.ORDINAL):
        return None  # 32 March
    first, last = upcoming_months(month, 1, line.today)
    if line.word(index + 1) == "after" and line.word(index + 2) == "next":
        first, last = month_of(first.year + 1, month)
        return Reading(index + 3, first, last)
    return Reading(index + 1, first, last, weak=True, period=True)


def day_first(line: Line, index: int) -> Reading | None:
    """14 March, the 3rd of May 2027, 14. März, 8-11 June, 2027/feb/09, 2018 June."""
    token = line.at(index)
    if token.kind is Kind.FIGURES:
        return _figures_then_month(line, index)
    day = day_number(line, index)
    if day is None:
        return _year_then_month(line, index)
    after = line.skip(day[1], ".", "of", "-", "/", "de", "day", "'")
    month = words.MONTHS.get(line.word(after))
    if month is None or (line.word(after) == "may" and not _is_may(line, after)):
        return None
    return _month_day(line, month, day[0], after + 1)


def _is_may(line: Line, index: int) -> bool:
    """The month, not the verb: "5 May", "5 of may, please"; not "the first 5 may fail"."""
    token = line.at(index)
    if line.text[token.start].isupper() or line.at(index + 1).kind is not Kind.WORD:
        return True
    return line.word(index + 1) in ("at", "for", "please", "pls", "if", "latest")


def _figures_then_month(line: Line, index: int) -> Reading | None:
    after = line.skip(index + 1, "-", "/", "of")
    month = words.MONTHS.get(line.word(after))
    parts = [int(part) for part in re.split(r"\D+", line.word(index)) if part]
    if month is None or len(parts) != 2 or "." in line.word(index):
        return None
    if max(parts) >= 1900:
        found = real_date(max(parts), month, min(parts))
        return Reading(after + 1, found, found) if found else None
    year = year_number(line, after + 1)
    return _days_of_month(line, month, parts[0], parts[1], year or (0, after + 1))


def _year_then_month(line: Line, index: int) -> Reading | None:
    year = year_number(line, index)
    if year is None or line.word(index) in ("of", "in", ","):
        return None
    after = line.skip(year[1], "/", "-", ",", ".")
    month = words.MONTHS.get(line.word(after))
    if month is None:
        return None
    day = day_number(line, line.skip(after + 1, "/", "-", "."))
    if day:
        found = real_date(year[0], month, day[0])
        return Reading(day[1], found, found) if found else None
    first, last = month_of(year[0], month)
    return Reading(after + 1, first, last, weak=True, period=True)


def day_of_month(line: Line, index: int, weekday: int | None = None) -> Reading | None:
    """the 14th, the twenty second, on 15; "the 14th of next month", "11th day of next month"."""
    day = day_number(line, index)
    if day is None:
        return None
    within = _of_a_month(line, day)
    if within or not stands_alone(line, day[1]):
        return within
    if weekday is None and not _is_named_day(line, index, day):
        return None
    found = on_day(day[0], line.today, weekday) or on_day(day[0], line.today)
    weak = weekday is None and line.word(index - 1) not in _ARTICLES
    return Reading(day[1], found, found, weak=weak, tensed=True) if found else None


def _is_named_day(line: Line, index: int, day: tuple[int, int]) -> bool:
    """A bare day needs its article or preposition: "the 14th", "on 15", "by the first". Small and spelled-out ordinals
    rank things as often as they date them ("the 2nd node", "at first"), so they need both."""
    articled = line.word(index - 1) in _ARTICLES
    lead = line.word(index - 2) if articled else line.word(index - 1)
    if line.at(day[1] - 1).kind is Kind.NUMBER and line.word(index).isdigit():
        return lead == "on" and not articled
    if line.word(index).isalpha():
        ranked = day[0] <= 5 and lead == "for" or line.at(index).kind is Kind.NUMBER and day[0] < 20
        return articled and lead in words.SPELLED_DAY_LEADS and not ranked
    return day[0] > 5 or lead in words.DAY_LEADS


def _of_a_month(line: Line, day: tuple[int, int]) -> Reading | None:
    after = line.skip(day[1], "day", "of", "the", "in")
    shift = relative_shift(line.word(after))
    named = after + 1 if shift is not None else after
    if line.word(named) != "month" or line.word(named - 1) not in words.RELATIVE and line.word(named - 1) != "the":
        return None
    end = named + 1
    if line.words[end : end + 2] == ["after", "next"]:
        shift, end = 2, end + 2
    first, _ = month_of(line.today.year, line.today.month + (shift or 0))
    found = real_date(first.year, first.month, day[0])
    return Reading(end, found, found) if found else None
