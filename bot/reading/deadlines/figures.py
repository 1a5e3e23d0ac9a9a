"""Dates written in figures: 2026-03-14, 14.03.2026, 3/14/26, 3/4, 14.03., 2026/10, 20260314."""

from __future__ import annotations

import re
from datetime import date

from bot.reading.deadlines.calendar import full_year, month_of, on_month_day, real_date
from bot.reading.deadlines.line import Line, Reading, ends_a_day, stands_alone, year_number
from bot.reading.deadlines.words import Kind

_SPACES = re.compile(r"\s")


def figures(line: Line, index: int, weekday: int | None = None) -> Reading | None:
    """2026-03-14, 14.03.2026, 3/14/26, 3/4, 14.03., 2026/10, 10/2026, 6/2-6/9/2027."""
    token = line.at(index)
    if token.kind is not Kind.FIGURES:
        return None
    written = _SPACES.sub("", token.word)
    if "/" in written and re.search("[-–]", written):
        return _figure_range(line, index, written)
    parts = re.split(r"[-/.–]", written.rstrip("."))
    marks = {char for char in written.rstrip(".") if not char.isdigit()}
    if len(marks) != 1 or max(map(len, parts)) > 4:
        return None
    dotted_day = written.endswith(".") and marks == {"."}
    if len(parts) == 3:
        return _three(line, index, parts, marks)
    return _two(line, index, parts, marks, weekday, dotted_day) if len(parts) == 2 else None


def _three(line: Line, index: int, parts: list[str], marks: set[str]) -> Reading | None:
    one, two, three = (int(part) for part in parts)
    if len(parts[0]) == 4:
        found = real_date(one, two, three) or real_date(one, three, two)
    elif len(parts[2]) in (2, 4) and max(len(parts[0]), len(parts[1])) <= 2:
        found = _ordered(line, one, two, full_year(three, len(parts[2])), dotted="." in marks)
    else:
        return None
    short = len(parts[0]) < 4 and len(parts[2]) < 4 and "." in marks  # 5.12.26 may be a version
    return Reading(index + 1, found, found, weak=short) if found and 1900 <= found.year < 2200 else None


def _ordered(line: Line, one: int, two: int, year: int, *, dotted: bool) -> date | None:
    """Day and month in the author's order; the other order when that one does not exist. Dotted dates with a full
    year are European everywhere."""
    if line.context.month_first and not (dotted and year >= 1000 and line.context.zone):
        return real_date(year, one, two) or real_date(year, two, one)
    return real_date(year, two, one) or real_date(year, one, two)


def _two(
    line: Line, index: int, parts: list[str], marks: set[str], weekday: int | None, dotted_day: bool
) -> Reading | None:
    one, two = int(parts[0]), int(parts[1])
    if 4 in (len(parts[0]), len(parts[1])):
        return _year_and_month(index, one, two)
    end = index + 1
    if max(map(len, parts)) > 2 or not (one and two) or (one, two) == (24, 7):
        return None
    if line.word(end) not in ("of", "in") and (written := year_number(line, end)):
        dated = _ordered(line, one, two, written[0], dotted=False)
        return Reading(written[1], dated, dated) if dated else None
    if not stands_alone(line, end):
        return None
    # A final dot ("10.07.") is the German way of writing a day and a month; otherwise the author's order decides.
    month_leads = line.context.month_first and not dotted_day
    orders = [(one, two), (two, one)] if month_leads else [(two, one), (one, two)]
    dates = [found for order in orders if (found := on_month_day(*order, line.today))]
    if not dates or ("-" in marks and not ends_a_day(line, end)):
        return None
    chosen = next((found for found in dates if found.weekday() == weekday), dates[0])
    return Reading(end, chosen, chosen, weak=True, yearless=True)


def _year_and_month(index: int, one: int, two: int) -> Reading | None:
    """2026/10, 10-2026."""
    year, month = max(one, two), min(one, two)
    if not (1 <= month <= 12 and 1900 <= year < 2200):
        return None
    first, last = month_of(year, month)
    return Reading(index + 1, first, last, weak=True, period=True)


def _figure_range(line: Line, index: int, written: str) -> Reading | None:
    """6/2-6/9/2027: the year of the later end counts for both."""
    left, _, right = written.rstrip(".").replace("–", "-").partition("-")
    pairs = [[int(part) for part in side.split("/") if part.isdigit()] for side in (left, right)]
    if any(len(pair) not in (2, 3) for pair in pairs):
        return None
    year = pairs[1][2] if len(pairs[1]) == 3 else line.today.year
    ends = [_ordered(line, pair[0], pair[1], full_year(year, len(str(year))), dotted=False) for pair in pairs]
    first, last = ends
    return Reading(index + 1, first, last, weak=True) if first and last and first < last else None


def compact(line: Line, index: int) -> Reading | None:
    """20260314."""
    token = line.at(index)
    if token.kind is not Kind.NUMBER or len(token.word) != 8:
        return None
    found = real_date(token.value // 10000, token.value // 100 % 100, token.value % 100)
    return Reading(index + 1, found, found, weak=True) if found and 1900 <= found.year < 2200 else None
