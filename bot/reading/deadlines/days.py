"""Single days: 14 March, Mar 14th, 14.03., 2026-03-14, the 14th, Friday, tomorrow, Easter."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.reading.deadlines import words
from bot.reading.deadlines.calendar import (
    coming,
    full_year,
    month_of,
    nth_weekday,
    on_day,
    on_month_day,
    previous,
    real_date,
    upcoming_months,
    week_of,
)
from bot.reading.deadlines.line import (
    Line,
    Reading,
    day_number,
    ends_a_day,
    number,
    relative_shift,
    year_number,
)
from bot.reading.deadlines.words import Kind

_JOINTS = (".", "-", "/", "the", "of", ",", "'")
_ARTICLES = ("the", "le", "el", "den", "dem")
_SPACES = re.compile(r"\s")


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
    year = year_number(line, end)
    if year is None and line.word(end) in ("-", "/") and line.glued(end - 1):
        year = year_number(line, end + 1)
    if year:
        found = real_date(year[0], month, day)
        return Reading(year[1], found, found) if found else None
    found = on_month_day(month, day, line.today)
    return Reading(end, found, found, yearless=True) if found else None


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
    if not _stands_alone(line, end):
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


def _stands_alone(line: Line, index: int) -> bool:
    return index >= line.count or ends_a_day(line, index) or line.at(index).kind is Kind.FIGURES


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


def day_of_month(line: Line, index: int, weekday: int | None = None) -> Reading | None:
    """the 14th, the twenty second, on 15; "the 14th of next month", "11th day of next month"."""
    day = day_number(line, index)
    if day is None:
        return None
    within = _of_a_month(line, day)
    if within or not _stands_alone(line, day[1]):
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
    first, _ = month_of(line.today.year, line.today.month + (shift or 0))
    found = real_date(first.year, first.month, day[0])
    return Reading(named + 1, found, found) if found else None


def weekday(line: Line, index: int) -> Reading | None:
    """Friday; Friday 9/4; Mon 13th; Friday of next week; Monday week; first Wednesday of October."""
    named = words.WEEKDAYS.get(line.word(index))
    if named is None:
        return None
    after = line.skip(index + 1, ".", ",", "(", "the")
    candidates = (
        month_first(line, after),
        day_first(line, after),
        figures(line, after, named),
        day_of_month(line, after, named),
    )
    for found in candidates:
        if found and not found.period and not (line.at(after).kind is Kind.FIGURES and "-" in line.word(after)):
            closed = found.end + (line.word(found.end) == ")" and line.word(after - 1) == "(")
            return Reading(closed, found.first, found.last, tensed=found.tensed, yearless=found.yearless)
    return _weekday_of_week(line, index, named) or _plain_weekday(line, index, named)


def _weekday_of_week(line: Line, index: int, named: int) -> Reading | None:
    after = line.skip(index + 1, "of", ",", "in", "from", "on", "the")
    shift = relative_shift(line.word(after))
    if shift is not None and line.word(after + 1) == "week":
        day = week_of(line.today, shift)[0] + timedelta(days=named)
        return Reading(after + 2, day, day, past=shift < 0)
    if line.word(index + 1) == "week" and line.word(index + 2) not in ("of", "commencing"):
        day = coming(line.today, named) + timedelta(weeks=1)
        return Reading(index + 2, day, day)
    if line.word(index + 1) == "after" and line.word(index + 2) == "next":
        day = week_of(line.today, 2)[0] + timedelta(days=named)
        return Reading(index + 3, day, day)
    return None


def _plain_weekday(line: Line, index: int, named: int) -> Reading:
    day = coming(line.today, named)
    doubtful = line.word(index) in words.DOUBTFUL_WEEKDAYS
    end = index + 1 + (doubtful and line.word(index + 1) == "." and index + 2 >= line.count)
    return Reading(end, day, day, tensed=True, weak=doubtful)


def relative_day(line: Line, index: int) -> Reading | None:
    """today, tomorrow, the day after tomorrow, the day before yesterday."""
    if line.word(index) == "day" and line.word(index + 1) in ("after", "before"):
        found = relative_day(line, index + 2)
        if found and line.word(index + 2) in ("tomorrow", "yesterday"):
            day = found.last + timedelta(days=1 if line.word(index + 1) == "after" else -1)
            return Reading(index + 3, day, day, past=day < line.today)
        return None
    shift = words.DAYS.get(line.word(index))
    if shift is None:
        return None
    day = line.today + timedelta(days=shift)
    return Reading(index + 1, day, day, past=shift < 0, tensed=shift == 0)


def relative_weekday(line: Line, index: int) -> Reading | None:
    """next Thursday (of next week), this Friday, the coming Monday, last Tuesday; this past Monday."""
    at = index + 1 if line.word(index) == "this" and line.word(index + 1) in words.LAST | words.COMING else index
    named = words.WEEKDAYS.get(line.word(at + 1))
    word = line.word(at)
    if named is None or word not in words.RELATIVE:
        return None
    if word in words.LAST:
        day = previous(line.today, named)
        return Reading(at + 2, day, day, past=True)
    if word in words.NEXT:
        day = week_of(line.today, 1)[0] + timedelta(days=named)
        return Reading(at + 2, day, day)
    dated = weekday(line, at + 1)
    if dated and dated.end > at + 2:
        return dated
    day = line.today if line.today.weekday() == named and word in words.THIS else coming(line.today, named)
    return Reading(at + 2, day, day, tensed=word in words.THIS)


def counted_weekday(line: Line, index: int) -> Reading | None:
    """second Monday of March 2027, the last Friday in May, the second Tuesday of next month."""
    if line.word(index) in ("last", "final"):
        count, after = -1, index + 1
    elif (found := number(line, index)) and line.at(found[1] - 1).kind is Kind.ORDINAL and 1 <= found[0] <= 5:
        count, after = found[0] - 1, found[1]
    else:
        return None
    named = words.WEEKDAYS.get(line.word(after))
    if named is None or line.word(after + 1) not in ("of", "in"):
        return None
    start = line.skip(after + 2, "the")
    shift = relative_shift(line.word(start))
    if shift is not None and line.word(start + 1) == "month":
        span, end = month_of(line.today.year, line.today.month + shift), start + 2
    elif (month := month_first(line, start)) and month.period:
        span, end = (month.first, month.last), month.end
    else:
        return None
    day = nth_weekday(named, count, span)
    return Reading(end, day, day)
