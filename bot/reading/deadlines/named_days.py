"""Days known by name: the holidays business English dates things by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

from dateutil.easter import easter
from holidays import country_holidays

from bot.reading.deadlines.calendar import month_of, nth_weekday
from bot.reading.deadlines.line import Line, Reading, relative_shift, year_number

MONDAY, THURSDAY, SUNDAY = 0, 3, 6
_Rule = Callable[[int], date | None]
_Name = tuple[str, ...]


def _fixed(month: int, day: int) -> _Rule:
    return lambda year: date(year, month, day)


def _weekday(month: int, weekday: int, number: int, plus: int = 0) -> _Rule:
    return lambda year: nth_weekday(weekday, number, month_of(year, month)) + timedelta(days=plus)


def _easter(plus: int) -> _Rule:
    return lambda year: easter(year) + timedelta(days=plus)


def _listed(country: str, name: str) -> _Rule:
    """A feast of another calendar, as the `holidays` library lists it for a country that keeps it."""
    return lambda year: _first_listed(country, name, year)


@lru_cache(maxsize=256)
def _first_listed(country: str, name: str, year: int) -> date | None:
    return min(country_holidays(country, years=year, language="en_US").get_named(name), default=None)


# Names, several for one day parted by "/" -> the day in a year, None where it is not known. A plural or possessive "s"
# does not matter. United States rules where countries differ, since the English names are American ones; but "labour
# day" is 1 May.
_DAYS: dict[str, _Rule] = {
    "new year / new year's day": _fixed(1, 1),
    "new year's eve / nye": _fixed(12, 31),
    "epiphany / three kings day": _fixed(1, 6),
    "mlk day / mlk jr day / martin luther king day / martin luther king jr day": _weekday(1, MONDAY, 2),
    "australia day": _fixed(1, 26),
    "chinese new year / lunar new year": _listed("CN", "Chinese New Year (Spring Festival)"),
    "groundhog day": _fixed(2, 2),
    "valentine's day": _fixed(2, 14),
    "president's day / washington's birthday": _weekday(2, MONDAY, 2),
    "international women's day / women's day": _fixed(3, 8),
    "st patrick's day / saint patrick's day / st paddy's day": _fixed(3, 17),
    "april fool / april fools day": _fixed(4, 1),
    "tax day": _fixed(4, 15),
    "earth day": _fixed(4, 22),
    "anzac day": _fixed(4, 25),
    "mardi gras / shrove tuesday / pancake day": _easter(-47),
    "ash wednesday": _easter(-46),
    "palm sunday": _easter(-7),
    "maundy thursday": _easter(-3),
    "good friday": _easter(-2),
    "easter / easter sunday": _easter(0),
    "easter monday": _easter(1),
    "ascension day": _easter(39),
    "pentecost / whitsun": _easter(49),
    "whit monday": _easter(50),
    "corpus christi": _easter(60),
    "labour day / may day": _fixed(5, 1),
    "cinco de mayo": _fixed(5, 5),
    "mother's day": _weekday(5, SUNDAY, 1),
    "memorial day": _weekday(5, MONDAY, -1),
    "flag day": _fixed(6, 14),
    "juneteenth": _fixed(6, 19),
    "father's day": _weekday(6, SUNDAY, 2),
    "eid / eid al fitr / eid ul fitr": _listed("SA", "Eid al-Fitr"),
    "eid al adha / eid ul adha": _listed("SA", "Eid al-Adha"),
    "canada day": _fixed(7, 1),
    "independence day": _fixed(7, 4),
    "bastille day": _fixed(7, 14),
    "labor day": _weekday(9, MONDAY, 0),
    "rosh hashanah": _listed("IL", "Rosh Hashanah"),
    "yom kippur": _listed("IL", "Yom Kippur"),
    "columbus day / indigenous people's day": _weekday(10, MONDAY, 1),
    "halloween": _fixed(10, 31),
    "diwali / deepavali": _listed("SG", "Diwali"),
    "all saint's day": _fixed(11, 1),
    "guy fawkes / guy fawkes day / guy fawkes night / bonfire night": _fixed(11, 5),
    "veteran's day / remembrance day / armistice day / singles day": _fixed(11, 11),
    "thanksgiving / thanksgiving day": _weekday(11, THURSDAY, 3),
    "black friday": _weekday(11, THURSDAY, 3, plus=1),
    "small business saturday": _weekday(11, THURSDAY, 3, plus=2),
    "cyber monday": _weekday(11, THURSDAY, 3, plus=4),
    "giving tuesday": _weekday(11, THURSDAY, 3, plus=5),
    "christmas / christmas day / xmas / xmas day / x mas": _fixed(12, 25),
    "christmas eve / xmas eve / x mas eve": _fixed(12, 24),
    "boxing day": _fixed(12, 26),
}


def _name_part(word: str) -> str:
    return word.removesuffix("s").removesuffix("'")


NAMED_DAYS: dict[_Name, _Rule] = {
    tuple(map(_name_part, name.split())): rule for names, rule in _DAYS.items() for name in names.split(" / ")
}
_LONGEST = max(map(len, NAMED_DAYS))
NAME_HEADS = frozenset(name[0] + plural for name in NAMED_DAYS for plural in ("", "s"))


def named_day(line: Line, index: int) -> Reading | None:
    """Thanksgiving, Christmas Eve 2027, next Easter, Labor Day of next year."""
    shift = relative_shift(line.word(index))
    start = index + 1 if shift is not None else index
    if line.word(start) not in NAME_HEADS:
        return None
    name: _Name = ()
    found: tuple[_Name, int] | None = None
    end = start
    while len(name) < _LONGEST and line.word(end):
        name, end = (*name, _name_part(line.word(end))), end + 1
        found = (name, end) if name in NAMED_DAYS else found
        end = line.skip(end, ".", "'", "-")
    return _in_its_year(line, found[0], found[1], shift) if found else None


def _in_its_year(line: Line, name: _Name, end: int, shift: int | None) -> Reading | None:
    rule, this_year = NAMED_DAYS[name], line.today.year
    if year := year_number(line, end):
        day = rule(year[0])
        return Reading(year[1], day, day, past=day < line.today) if day else None
    day = rule(this_year)
    if day and day < line.today:
        this_year, day = this_year + 1, rule(this_year + 1)
    if shift == -1:
        day = rule(this_year - 1)
    return Reading(end, day, day, past=shift == -1, weak=shift is None) if day else None
