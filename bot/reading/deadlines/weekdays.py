"""Weekdays and days near today: Friday, next Thursday, Monday week, tomorrow."""

from __future__ import annotations

from datetime import timedelta

from bot.reading.deadlines import words
from bot.reading.deadlines.calendar import coming, previous, week_of
from bot.reading.deadlines.days import day_first, day_of_month, month_first
from bot.reading.deadlines.figures import figures
from bot.reading.deadlines.line import Line, Reading, relative_shift
from bot.reading.deadlines.words import Kind

_WEEKS_ON = {"week": timedelta(weeks=1), "fortnight": timedelta(weeks=2)}  # "Monday week", "tomorrow fortnight"


def weekday(line: Line, index: int) -> Reading | None:
    """Friday; Friday 9/4; Mon 13th; Friday of next week; Monday week; first Wednesday of October."""
    named = words.WEEKDAYS.get(line.word(index))
    if named is None or (line.word(index) == "sun" and line.word(index - 1) == "the"):
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
    after = after if line.words[after : after + 2] == ["week", "after"] else index
    if line.words[after + 1 : after + 3] == ["after", "next"]:
        day = week_of(line.today, 2)[0] + timedelta(days=named)
        return Reading(after + 3, day, day)
    weeks = _WEEKS_ON.get(line.word(index + 1))
    if weeks and line.word(index + 2) not in ("of", "commencing"):
        day = coming(line.today, named) + weeks
        return Reading(index + 2, day, day)
    return None


def _plain_weekday(line: Line, index: int, named: int) -> Reading:
    day = coming(line.today, named)
    doubtful = line.word(index) in words.DOUBTFUL_WEEKDAYS
    end = index + 1 + (doubtful and line.word(index + 1) == "." and index + 2 >= line.count)
    timed = line.word(end) in words.PARTS_OF_DAY or line.at(end).kind is Kind.CLOCK
    return Reading(end, day, day, tensed=True, weak=doubtful and not timed)


def relative_day(line: Line, index: int) -> Reading | None:
    """today, tomorrow, yesterday, tomorrow week."""
    shift = words.DAYS.get(line.word(index))
    if shift is None:
        return None
    weeks = _WEEKS_ON.get(line.word(index + 1))
    if weeks and line.at(index + 2).kind is not Kind.NUMBER and shift >= 0:
        day = line.today + timedelta(days=shift) + weeks
        return Reading(index + 2, day, day)
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
