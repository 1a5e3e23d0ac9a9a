"""Quarters, halves and years as people name them -> Period."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from dateutil.relativedelta import relativedelta

from bot.language.slots.found import Found

Lean = Literal["begun", "nearest"]

_RANKS = {"1st": 1, "first": 1, "2nd": 2, "second": 2, "3rd": 3, "third": 3, "4th": 4, "fourth": 4, "last": 4}
_SHIFTS = {
    "last": -1, "previous": -1, "past": -1, "prior": -1, "prev": -1, "this": 0, "current": 0, "present": 0,
    "next": 1, "nxt": 1, "coming": 1, "upcoming": 1, "following": 1,
}  # fmt: skip
_LEAD = r"(?:\b(?:covering|cover|period|in|of|during|for|over|across|from)\s+)?(?:the\s+)?"
_YEAR = r"(?P<year>(?:20\d\d|['’]?\d\d(?!\d|[.,:]\d|\s*%)))"
_FISCAL = r"(?:(?P<fiscal>fy|cy|fiscal(?:\s+year)?)\s*)?"
_LINK = r"[\s/\-']*(?:of\s+)?(?:the\s+)?"
_QUARTER = (
    r"(?:q(?:uarter\s*|tr\s*)?(?P<digit>[1-4])|(?P<digit_first>[1-4])q|"
    r"(?P<rank>1st|2nd|3rd|4th|first|second|third|fourth|last)\s+(?:quarter|qtr))"
)
_HALF = r"(?:h(?P<half>[12])|(?P<half_first>[12])h|(?P<half_rank>1st|2nd|first|second)\s+half)"
_END = r"(?![\w.]\w|\w)"
_I = re.IGNORECASE

# The longest reading first: a year before or after the part, then the part alone.
_PARTS = [
    re.compile(rf"{_LEAD}\b{_FISCAL}{_YEAR}{_LINK}{part}{_END}", _I) for part in (_QUARTER, _HALF)
] + [
    re.compile(rf"{_LEAD}\b{part}{_LINK}{_FISCAL}{_YEAR}{_END}", _I) for part in (_QUARTER, _HALF)
]  # fmt: skip
_RELATIVE = re.compile(
    rf"{_LEAD}\b(?P<shift>{'|'.join(_SHIFTS)})\s+(?:fiscal\s+)?(?P<unit>quarter|qtr|half(?:[ -]year)?|year){_END}", _I
)
_ALONE = [re.compile(rf"{_LEAD}\b{part}{_END}", _I) for part in (_QUARTER, _HALF)]
_WHOLE = re.compile(rf"{_LEAD}\b(?:(?P<fiscal>fy|fiscal\s+year|fiscal|cy)\s*{_YEAR}){_END}", _I)
_BARE_YEAR = re.compile(rf"{_LEAD}\b(?:calendar\s+)?(?:year\s+)?(?<![$€£#.,-])(?P<year>20[1-4]\d)(?![\w.,]?\d|\w)", _I)


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` to the day before `end`; `label` is how people call it ("Q4 2026", "FY2026", "2025")."""

    start: date
    end: date
    label: str


def find_period(text: str, today: date, fiscal_start: int = 1, lean: Lean = "nearest") -> Found[Period] | None:
    """The first period said in `text`: Q4, Q4 2026, 2026Q4, Q4'26, FY26, H2, 4th quarter, last quarter, FY26 Q4.

    Quarters and halves are those of the fiscal year that starts in month `fiscal_start` and is named after the year
    it ends in. Without a year, "begun" takes the latest that has begun by `today`, "nearest" the one closest to it
    (the earlier of two). A bare year is found by `find_year`.
    """
    for pattern in _PARTS:
        for match in pattern.finditer(text):
            first, months, name = _part(match)
            year = _full(match["year"])
            return Found(_of_year(year, first, months, name, fiscal_start), match.start(), match.end())
    if relative := _RELATIVE.search(text):
        unit = relative["unit"].lower()
        months = 3 if unit.startswith("q") else 6 if unit.startswith("half") else 12
        period = _around(today, months, _SHIFTS[relative["shift"].lower()], fiscal_start)
        return Found(period, relative.start(), relative.end())
    for pattern in _ALONE:
        if alone := pattern.search(text):
            first, months, name = _part(alone)
            return Found(_without_year(today, first, months, name, fiscal_start, lean), alone.start(), alone.end())
    return _fiscal_year(text, fiscal_start)


def _fiscal_year(text: str, fiscal_start: int) -> Found[Period] | None:
    """FY26, "fiscal year 2026"; CY26 is the calendar year."""
    match = _WHOLE.search(text)
    if match is None:
        return None
    year, calendar = _full(match["year"]), match["fiscal"].lower() == "cy"
    period = _of_year(year, 0, 12, "", 1 if calendar else fiscal_start)
    label = f"{year}" if calendar else f"FY{year}"
    return Found(Period(period.start, period.end, label), match.start(), match.end())


def find_year(text: str) -> Found[Period] | None:
    """The first calendar year said in `text`, 2010 to 2049."""
    match = _BARE_YEAR.search(text)
    if match is None:
        return None
    year = int(match["year"])
    return Found(Period(date(year, 1, 1), date(year + 1, 1, 1), str(year)), match.start(), match.end())


def _part(match: re.Match[str]) -> tuple[int, int, str]:
    """(months after the year's start, length in months, name) of the quarter or half that was matched."""
    said = match.groupdict()
    if half := said.get("half") or said.get("half_first") or said.get("half_rank"):
        number = _RANKS.get(half.lower()) or int(half)
        return (number - 1) * 6, 6, f"H{number}"
    quarter = said.get("digit") or said.get("digit_first") or said["rank"]
    number = _RANKS.get(quarter.lower()) or int(quarter)
    return (number - 1) * 3, 3, f"Q{number}"


def _full(year: str) -> int:
    number = int(year.lstrip("'’"))
    return number if number > 99 else 2000 + number


def _of_year(year: int, first: int, months: int, name: str, fiscal_start: int) -> Period:
    """The part of fiscal year `year` that begins `first` months into it."""
    begins = date(year if fiscal_start == 1 else year - 1, fiscal_start, 1) + relativedelta(months=first)
    called = f"{year}" if fiscal_start == 1 else f"FY{year}"
    return Period(begins, begins + relativedelta(months=months), f"{name} {called}".strip())


def _without_year(today: date, first: int, months: int, name: str, fiscal_start: int, lean: Lean) -> Period:
    around = [_of_year(year, first, months, name, fiscal_start) for year in range(today.year - 2, today.year + 3)]
    if lean == "begun":
        return max((period for period in around if period.start <= today), key=lambda period: period.start)
    return min(around, key=lambda period: (_gap(period, today), period.start))


def _gap(period: Period, today: date) -> int:
    return max((period.start - today).days, (today - period.end).days + 1, 0)


def _around(today: date, months: int, shift: int, fiscal_start: int) -> Period:
    """The quarter, half or year `shift` after the one `today` is in."""
    day = today + relativedelta(months=months * shift)
    year = day.year + (fiscal_start > 1 and day.month >= fiscal_start)
    place = (day.month - fiscal_start) % 12 // months
    name = {3: f"Q{place + 1}", 6: f"H{place + 1}", 12: ""}[months]
    return _of_year(year, place * months, months, name, fiscal_start)
