"""Days known by name: the holidays business English dates things by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from dateutil.easter import easter

from bot.reading.deadlines.calendar import month_of, nth_weekday
from bot.reading.deadlines.line import Line, Reading, relative_shift, year_number

MONDAY, TUESDAY, THURSDAY, FRIDAY, SUNDAY = 0, 1, 3, 4, 6


def _fixed(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


def _weekday(month: int, weekday: int, number: int, plus: int = 0) -> Callable[[int], date]:
    return lambda year: nth_weekday(weekday, number, month_of(year, month)) + timedelta(days=plus)


def _easter(plus: int) -> Callable[[int], date]:
    return lambda year: easter(year) + timedelta(days=plus)


_THANKSGIVING = (11, THURSDAY, 3)

# Name in tokens (lower case, apostrophes and "s" endings dropped by the reader) -> its day in a year.
# United States rules where countries differ, since the English names are American ones; "labour day" is 1 May.
NAMED_DAYS: dict[tuple[str, ...], Callable[[int], date]] = {
    ("new", "year"): _fixed(1, 1),
    ("new", "year", "day"): _fixed(1, 1),
    ("new", "year", "eve"): _fixed(12, 31),
    ("nye",): _fixed(12, 31),
    ("mlk", "day"): _weekday(1, MONDAY, 2),
    ("martin", "luther", "king", "day"): _weekday(1, MONDAY, 2),
    ("groundhog", "day"): _fixed(2, 2),
    ("valentine", "day"): _fixed(2, 14),
    ("president", "day"): _weekday(2, MONDAY, 2),
    ("st", "patrick", "day"): _fixed(3, 17),
    ("april", "fool"): _fixed(4, 1),
    ("april", "fool", "day"): _fixed(4, 1),
    ("tax", "day"): _fixed(4, 15),
    ("ash", "wednesday"): _easter(-46),
    ("palm", "sunday"): _easter(-7),
    ("maundy", "thursday"): _easter(-3),
    ("good", "friday"): _easter(-2),
    ("easter",): _easter(0),
    ("easter", "sunday"): _easter(0),
    ("easter", "monday"): _easter(1),
    ("ascension", "day"): _easter(39),
    ("pentecost",): _easter(49),
    ("whitsun",): _easter(49),
    ("whit", "monday"): _easter(50),
    ("labour", "day"): _fixed(5, 1),
    ("may", "day"): _fixed(5, 1),
    ("mother", "day"): _weekday(5, SUNDAY, 1),
    ("memorial", "day"): _weekday(5, MONDAY, -1),
    ("juneteenth",): _fixed(6, 19),
    ("father", "day"): _weekday(6, SUNDAY, 2),
    ("independence", "day"): _fixed(7, 4),
    ("bastille", "day"): _fixed(7, 14),
    ("labor", "day"): _weekday(9, MONDAY, 0),
    ("columbus", "day"): _weekday(10, MONDAY, 1),
    ("halloween",): _fixed(10, 31),
    ("all", "saint", "day"): _fixed(11, 1),
    ("veteran", "day"): _fixed(11, 11),
    ("remembrance", "day"): _fixed(11, 11),
    ("thanksgiving",): _weekday(*_THANKSGIVING),
    ("thanksgiving", "day"): _weekday(*_THANKSGIVING),
    ("black", "friday"): _weekday(*_THANKSGIVING, plus=1),
    ("cyber", "monday"): _weekday(*_THANKSGIVING, plus=4),
    ("christmas",): _fixed(12, 25),
    ("christmas", "day"): _fixed(12, 25),
    ("christmas", "eve"): _fixed(12, 24),
    ("xmas",): _fixed(12, 25),
    ("xmas", "eve"): _fixed(12, 24),
    ("xmas", "day"): _fixed(12, 25),
    ("boxing", "day"): _fixed(12, 26),
}

_LONGEST = max(map(len, NAMED_DAYS))
_FIRST_WORDS = frozenset(name[0] for name in NAMED_DAYS)


def _coming_named(name: tuple[str, ...], today: date) -> date:
    """The next such day on or after today."""
    this_year = NAMED_DAYS[name](today.year)
    return this_year if this_year >= today else NAMED_DAYS[name](today.year + 1)


def is_name_head(word: str) -> bool:
    """Whether a holiday's name may begin with this word."""
    return word in _FIRST_WORDS or word.removesuffix("s") in _FIRST_WORDS


def named_day(line: Line, index: int) -> Reading | None:
    """Thanksgiving, Christmas Eve 2027, next Easter, Labor Day of next year."""
    shift = relative_shift(line.word(index))
    start = index + 1 if shift is not None else index
    if not is_name_head(line.word(start)):
        return None
    for length in range(_LONGEST, 0, -1):
        name = tuple(_name_part(line.word(start + offset)) for offset in range(length))
        if name in NAMED_DAYS:
            return _named_in_year(line, name, start + length, shift)
    return None


def _name_part(word: str) -> str:
    return word if word in ("christmas", "xmas", "st") else word.removesuffix("'").removesuffix("s")


def _named_in_year(line: Line, name: tuple[str, ...], end: int, shift: int | None) -> Reading:
    year = year_number(line, end)
    if year:
        day = NAMED_DAYS[name](year[0])
        return Reading(year[1], day, day)
    after = line.skip(end, "of")
    if (of_year := relative_shift(line.word(after))) is not None and line.word(after + 1) == "year":
        day = NAMED_DAYS[name](line.today.year + of_year)
        return Reading(after + 2, day, day, past=of_year < 0)
    day = _coming_named(name, line.today)
    if shift == -1:
        day = NAMED_DAYS[name](day.year - 1)
    return Reading(end, day, day, past=shift == -1, weak=shift is None)
