"""Parts of a stretch of time: end of Q3, mid-January, month-end, the last Friday of May, its first week."""

from __future__ import annotations

from datetime import date, timedelta

from bot.reading.deadlines import words
from bot.reading.deadlines.calendar import DAY, month_of, nth_weekday, week_of, weekend_of
from bot.reading.deadlines.context import add_working_days
from bot.reading.deadlines.days import month_first
from bot.reading.deadlines.line import Line, Reading, number, rank, relative_shift, working_day, year_number
from bot.reading.deadlines.periods import bare_year, numbered_week, quarter, relative_period, season, unit_span
from bot.reading.deadlines.weekdays import relative_day, weekday


def period(line: Line, index: int) -> Reading | None:
    """What "end of …" may be followed by: a period or a day, "the" before it already passed."""
    for rule in (
        relative_period,
        season,
        numbered_week,
        counted_week,
        quarter,
        month_first,
        bare_year,
        relative_day,
        weekday,
    ):
        found = rule(line, index)
        if found:
            return found
    index = line.skip(index, *words.FISCAL)
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


def counted_weekday(line: Line, index: int) -> Reading | None:
    """second Monday of March 2027, the last Friday in May, the second to last Tuesday of next quarter."""
    found = rank(line, index)
    named = words.WEEKDAYS.get(line.word(found[1])) if found else None
    whole = _whole_of(line, found[1] + 1) if found else None
    if found is None or named is None or whole is None:
        return None
    day = nth_weekday(named, found[0], (whole.first, whole.last))
    return Reading(whole.end, day, day) if whole.first <= day <= whole.last else None


def day_of_period(line: Line, index: int) -> Reading | None:
    """the last day of October, first day of next month, the last working day of the quarter."""
    found = rank(line, index)
    if found is None:
        return None
    count, after = found
    end = working_day(line, after)
    working = end > after
    if not working and line.word(after) != "day":
        return None
    whole = _whole_of(line, end if working else after + 1)
    if whole is None:
        return None
    before = whole.last + DAY if count < 0 else whole.first - DAY
    steps = count if count < 0 else count + 1
    day = add_working_days(before, steps, line.context.country) if working else before + steps * DAY
    return Reading(whole.end, day, day)


def counted_week(line: Line, index: int) -> Reading | None:
    """first week of October, 2nd last week of March 2027, the last weekend of this month, 3rd week of 2027."""
    found = rank(line, index)
    unit = words.UNITS.get(line.word(found[1])) if found else None
    whole = _whole_of(line, found[1] + 1) if found and unit in ("week", "weekend") else None
    if found is None or whole is None or whole.last - whole.first < timedelta(days=27):
        return None
    # As in ISO 8601 a week belongs to the period its Thursday lies in; a weekend goes by its Saturday.
    day = nth_weekday(5 if unit == "weekend" else 3, found[0], (whole.first, whole.last))
    return Reading(whole.end, *(weekend_of(day) if unit == "weekend" else week_of(day)))


def _whole_of(line: Line, index: int) -> Reading | None:
    """The period after "of" or "in", several days long."""
    if line.word(index) not in ("of", "in"):
        return None
    whole = period(line, line.skip(index + 1, "the"))
    return None if whole is None or whole.undated or whole.first == whole.last else whole


def first_few_of(line: Line, index: int) -> Reading | None:
    """the first two weeks of September, the last ten days of the quarter."""
    found = rank(line, index)
    count = number(line, found[1]) if found and found[0] in (0, -1) else None
    length = {"day": 1, "week": 7}.get(words.UNITS.get(line.word(count[1]), ""), 0) if count else 0
    whole = _whole_of(line, count[1] + 1) if count and length else None
    if found is None or count is None or whole is None:
        return None
    if found[0] == -1:
        return Reading(whole.end, whole.last - (count[0] * length - 1) * DAY, whole.last)
    return Reading(whole.end, whole.first, min(whole.last, whole.first + (count[0] * length - 1) * DAY))


def half_of(line: Line, index: int) -> Reading | None:
    """first half of December, second half of next month."""
    found = number(line, index)
    if found is None or found[0] not in (1, 2) or line.word(found[1]) != "half" or line.word(found[1] + 1) != "of":
        return None
    whole = _whole_of(line, found[1] + 1)
    if whole is None or not 6 <= (whole.last - whole.first).days + 1 <= 31:
        return None
    middle = whole.first + (whole.last - whole.first) // 2
    return Reading(whole.end, whole.first, middle) if found[0] == 1 else Reading(whole.end, middle + DAY, whole.last)


def edge(line: Line, index: int) -> Reading | None:
    """end of month, start of Q3, mid-January, early next week, late May, month-end, the middle of next week."""
    word = line.word(index)
    after = line.skip(index + 1, "-")
    if word in words.END_WORDS | words.START_WORDS or word == "middle":
        if word == "close" and line.word(after) != "of":
            return None
        after = line.skip(after, "of", "-")
        if word not in ("end", "begin", "rest") and after == index + 1:
            return None
    elif word not in words.MIDDLE_WORDS | words.EARLY | words.LATE:
        return _unit_end(line, index)
    after = line.skip(after, "of", "the", "in", "our", "your", "my") if word != "later" else after
    if word == "end" and line.word(after) in ("business", "play", "day"):
        return None
    whole = period(line, after)
    if whole is None or (word in words.EARLY and whole.first == whole.last):
        return None
    if whole.undated:
        return whole
    day = _edge_day(word, whole)
    if word in words.MIDDLE_WORDS and day < line.today and line.word(after) == "week":  # said on a Thursday
        day += timedelta(weeks=1)
    return Reading(whole.end, day, day, past=whole.past)


def _unit_end(line: Line, index: int) -> Reading | None:
    """month-end, quarter end, next year-end, week's end, June end."""
    shift = relative_shift(line.word(index))
    start = index if shift is None else index + 1
    after = line.skip(start + 1, "-")
    if line.word(after) != "end" or line.word(after + 1) in ("of", "user", "users", "to", "customer", "customers"):
        return None
    unit = words.UNITS.get(line.word(start))
    if unit in ("month", "quarter", "year") or (unit == "week" and line.word(start + 1) != "-"):
        if unit == "year" and (year := year_number(line, after + 1)):
            return Reading(year[1], date(year[0], 12, 31), date(year[0], 12, 31))
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
