"""Plain date arithmetic the grammar needs. A span is (first day, last day), both inclusive."""

from __future__ import annotations

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

Span = tuple[date, date]
DAY = timedelta(days=1)


def coming(day: date, weekday: int) -> date:
    """The first such weekday (Monday = 0) strictly after `day`."""
    return day + timedelta(days=(weekday - day.weekday() - 1) % 7 + 1)


def previous(day: date, weekday: int) -> date:
    """The last such weekday strictly before `day`."""
    return day - timedelta(days=(day.weekday() - weekday - 1) % 7 + 1)


def week_of(day: date, shift: int = 0) -> Span:
    """Monday to Friday of the ISO week holding `day`, `shift` weeks on: a week phrase is due on its Friday."""
    monday = day - timedelta(days=day.weekday()) + timedelta(weeks=shift)
    return monday, monday + timedelta(days=4)


def weekend_of(day: date, shift: int = 0) -> Span:
    """Saturday and Sunday of the ISO week holding `day`, `shift` weeks on."""
    monday = week_of(day, shift)[0]
    return monday + timedelta(days=5), monday + timedelta(days=6)


def iso_week(number: int, year: int | None, today: date) -> Span | None:
    """Calendar week `number` (ISO 8601) of `year`, or the next whose Friday is not past; None when there is none."""
    for candidate in (year,) if year else (today.year - 1, today.year, today.year + 1):
        try:
            monday = date.fromisocalendar(candidate, number, 1)
        except ValueError:
            continue
        if year or monday + 4 * DAY >= today:
            return monday, monday + 4 * DAY
    return None


def month_of(year: int, month: int) -> Span:
    """A calendar month; `month` may run past 12 or below 1."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    first = date(year, month, 1)
    return first, first + relativedelta(day=31)


def months_of(year: int, part: int, length: int) -> Span:
    """The `part`-th (from 1) stretch of `length` months in a year: quarters have 3, halves 6, a year 12."""
    first = (part - 1) * length + 1
    return month_of(year, first)[0], month_of(year, first + length - 1)[1]


def upcoming_months(part: int, length: int, today: date) -> Span:
    """The same without a year: the one not yet over."""
    span = months_of(today.year, part, length)
    return span if span[1] >= today else months_of(today.year + 1, part, length)


def on_month_day(month: int, day: int, today: date) -> date | None:
    """The next `day` of `month` on or after today (29 February: of the next leap year); None for 31 June."""
    candidates = (real_date(year, month, day) for year in range(today.year, today.year + 9))
    return next((found for found in candidates if found and found >= today), None)


def on_day(day: int, today: date, weekday: int | None = None) -> date | None:
    """The next `day` of any month on or after today, falling on `weekday` when one is named."""
    first = today.replace(day=1)
    for shift in range(24):
        start = first + relativedelta(months=shift)
        candidate = real_date(start.year, start.month, day)
        if candidate and candidate >= today and weekday in (None, candidate.weekday()):
            return candidate
    return None


def real_date(year: int, month: int, day: int) -> date | None:
    """The date, or None for 31 June and the like."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def full_year(number: int, digits: int) -> int:
    """A written year as a year: two digits up to 69 are 20xx, as POSIX strptime reads %y."""
    if digits > 2:
        return number
    return number + (2000 if number < 69 else 1900)


def nth_weekday(weekday: int, number: int, span: Span) -> date:
    """The `number`-th such weekday of a span; 0 is the first, -1 the last."""
    if number < 0:
        return previous(span[1] + DAY, weekday) + timedelta(weeks=number + 1)
    return coming(span[0] - DAY, weekday) + timedelta(weeks=number)
