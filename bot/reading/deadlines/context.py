"""Whose calendar a phrase is read on: the author's day, day-month order, and working days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from importlib.resources import files

from holidays import HolidayBase, country_holidays, list_supported_countries

# Countries where 3/4 is 4 March: the United States and its associates, the Philippines, Panama, and the year-month-day
# countries. Checked against the "Md" pattern of each country's main language in Unicode CLDR (Babel 2.18); it has none
# for FM and PW, which follow the United States. South Africa's (MM/dd) is left out: people write the day first there.
MONTH_FIRST = frozenset(
    ["US", "PR", "GU", "VI", "AS", "MP", "UM", "FM", "MH", "PW", "PH", "PA"]
    + ["JP", "CN", "KR", "KP", "TW", "MN", "HU", "LT"]
)


@dataclass(frozen=True, slots=True)
class DateContext:
    """When and where a text was said.

    `said_at` is aware; its own offset is where "tomorrow" is meant. `zone` is the author's IANA zone ("" = unknown)
    and decides the order of 3/4. `country` is the ISO 3166 code whose public holidays working days skip; "" means
    weekends only (`country_of(zone)` gives the code for those who want holidays).
    """

    said_at: datetime
    zone: str = ""
    country: str = ""

    @property
    def today(self) -> date:
        """The author's own calendar day."""
        return self.said_at.date()

    @property
    def month_first(self) -> bool:
        """Whether 3/4 is March 4 here. Without a zone the offset decides: at or west of Greenwich reads month first,
        since an export without people's zones is in UTC and mostly American; east of it, day first."""
        if self.zone and (country := country_of(self.zone)):
            return country in MONTH_FIRST
        offset = self.said_at.utcoffset()
        return offset is None or offset <= timedelta(0)


@lru_cache(maxsize=1)
def _zone_countries() -> Mapping[str, str]:
    """IANA zone name -> ISO 3166 code, from the tz database's own tables, old names (links) included."""
    folder = files("tzdata") / "zoneinfo"
    countries: dict[str, str] = {}
    for line in (folder / "zone.tab").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            code, _, zone = line.split("\t")[:3]
            countries[zone] = code
    for line in (folder / "tzdata.zi").read_text(encoding="utf-8").splitlines():
        if line.startswith("L "):
            _, target, alias = line.split()
            if target in countries:
                countries.setdefault(alias, countries[target])
    return countries


def country_of(zone: str) -> str:
    """ISO 3166 code of the country an IANA zone lies in; "" for UTC and for names the tz database does not know."""
    return _zone_countries().get(zone, "")


@lru_cache(maxsize=64)
def _holidays_of(country: str) -> HolidayBase | None:
    return country_holidays(country) if country in list_supported_countries() else None


def add_working_days(day: date, count: int, country: str = "") -> date:
    """The `count`-th working day after `day` (before it when negative): Monday to Friday, public holidays of
    `country` skipped as well. A country `holidays` does not know counts as weekends only.

    Raises OverflowError past the calendar's end.
    """
    off = _holidays_of(country) if country else None
    step = timedelta(days=1 if count > 0 else -1)
    left = abs(count)
    while left:
        day += step
        if day.weekday() < 5 and (off is None or day not in off):
            left -= 1
    return day
