"""Days and times of day in a request -> date, time; the days are read by the deadline grammar."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time

from bot.errors import Refused
from bot.language.slots.found import Found
from bot.reading.deadlines import DateContext
from bot.reading.deadlines.line import Line
from bot.reading.deadlines.phrases import expression
from bot.reading.deadlines.tokens import tokens_of
from bot.reading.deadlines.words import NUMBERS

_HALF = r"(?P<half>a\.?m\.?|p\.?m\.?)"
_AT = r"(?:\b(?:at|by|from|around|um|à)\s+|@\s*)"
_HOUR, _MINUTE = r"(?P<hour>\d{1,2})", r"(?P<minute>[0-5]\d)"
_HOURS = {name: hour for name, hour in NUMBERS.items() if hour <= 12}
_NAMES = "|".join(sorted(_HOURS, key=len, reverse=True))
_MINUTES = {"fifteen": 15, "thirty": 30, "forty-five": 45, "forty five": 45}
# "in the morning" and "in the afternoon" may stand on either side of the hour.
_PART = r"(?:in\s+the\s+)?(?:morning|afternoon|evening)s?"
_PART_AFTER = re.compile(rf"\s+{_PART}\b", re.IGNORECASE)
_PART_BEFORE = re.compile(rf"\b{_PART}\s+$", re.IGNORECASE)
_CLOCKS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_AT}?\b{_HOUR}(?:[:.h]{_MINUTE})?\s*{_HALF}(?!\w)",
        rf"{_AT}?\b{_HOUR}[:h]{_MINUTE}(?:\s*(?:h|hrs|uhr))?\b",
        rf"(?:\b(?:at|um|à)\s+|@\s*){_HOUR}(?:[.:]{_MINUTE})?\s*(?:h|hrs|hours|o'?clock|uhr)?(?![\w.,/-])",
        rf"\b{_HOUR}\s*(?:h|hrs|o'?clock|uhr)\b",
        rf"\b{_HOUR}(?=\s+in\s+the\s+(?:morning|afternoon|evening))",
        rf"{_AT}?\b(?P<past>half|quarter)\s+(?P<side>past|after|to|before)\s+(?P<named>{_NAMES}|\d{{1,2}})\b",
        rf"(?:\bat\s+|@\s*)(?P<named>{_NAMES})(?:\s+(?P<minutes>fifteen|thirty|forty[- ]five))?(?:\s+o'?clock)?\b",
        r"(?:\bat\s+)?\b(?P<noon>noon|midday)\b",
    )
]
_ZONE = re.compile(
    r"\s*\(?(?:(?:UTC|GMT)[+-]\d+|\b(?:UTC|GMT|BST|CES?T|EE?S?T|E[SD]T|C[SD]T|M[SD]T|P[SD]T|[ECMP]T|IST|JST|KST|SGT|AE[SD]T|"
    r"(?:eastern|central|pacific|mountain)(?: time)?)\b)"
)
_STARTING = re.compile(r"\b(?:start(?:ing|s)?|beginning|begins|from|as\s+of|first\s+one)\s+(?:on\s+|from\s+)?", re.I)
_OFFICE_OPENS = 7
_LEAD_WORDS = re.compile(r"(?:\b(?:on|for|at|by|from|starting|beginning|until|till|to|this|coming)\s+)+$", re.I)


def find_time(text: str) -> Found[time] | None:
    """The first time of day in `text`: "at 10", 10:30, 3pm, 15h, noon. An hour of which nothing tells am from pm is
    within office hours: "at 3" is 15:00. Raises Refused for one in another time zone."""
    for pattern in _CLOCKS:
        for match in pattern.finditer(text):
            clock = _clock(match)
            if clock is None:
                continue
            if zone := _ZONE.match(text, match.end()):
                raise Refused(
                    f"I read times in your own time zone. What is {text[match.start() : zone.end()].strip()} for you? "
                    "Say it without the zone, for example: at 15:00"
                )
            return _with_part_of_day(text, clock, match)
    return None


def find_day(text: str, now: datetime, zone: str) -> Found[date] | None:
    """The first single day in `text`: "on Tue 24 Nov", tomorrow, 24/11, "in 2 weeks". A month or a week is none."""
    found = _first(text, now, zone, longest=1)
    return Found(found.value[0], found.start, found.end) if found else None


def find_start(text: str, now: datetime, zone: str) -> Found[date] | None:
    """The day a rhythm begins: "starting Monday", "from 1 December"."""
    for match in _STARTING.finditer(text):
        day = find_day(text[match.end() :], now, zone)
        if day is not None and day.start == 0:
            return Found(day.value, match.start(), match.end() + day.end)
    return None


def find_days(text: str, now: datetime, zone: str) -> Found[tuple[date, date]] | None:
    """The first and last day of the first stretch of at most a month in `text` ("next week", "in December")."""
    return _first(text, now, zone, longest=31)


def _first(text: str, now: datetime, zone: str, longest: int) -> Found[tuple[date, date]] | None:
    line = Line(text, tokens_of(text), DateContext(now, zone))
    index = 0
    while index < line.count:
        reading = expression(line, index)
        if reading is None or reading.undated or reading.clock or reading.parts:
            index += 1 if reading is None else max(reading.end - index, 1)
            continue
        if (reading.last - reading.first).days < longest:
            start = line.at(index).start
            lead = _LEAD_WORDS.search(text, 0, start)
            days = (reading.first, reading.last)
            return Found(days, lead.start() if lead else start, line.at(reading.end - 1).end)
        index = max(reading.end, index + 1)
    return None


def _with_part_of_day(text: str, clock: time, match: re.Match[str]) -> Found[time]:
    """The time, and "in the afternoon" beside it, which says which half of the day an hour is in."""
    after = _PART_AFTER.match(text, match.end())
    before = None if after else _PART_BEFORE.search(text, 0, match.start())
    part = after or before
    if part is None:
        return Found(clock, match.start(), match.end())
    morning = "morning" in part.group().lower()
    if not morning and clock.hour < 12:
        clock = clock.replace(hour=clock.hour + 12)
    elif morning and not match.groupdict().get("half") and 12 < clock.hour < 12 + _OFFICE_OPENS:
        clock = clock.replace(hour=clock.hour - 12)
    return Found(clock, before.start() if before else match.start(), after.end() if after else match.end())


def _clock(match: re.Match[str]) -> time | None:
    said = match.groupdict()
    if said.get("noon"):
        return time(12)
    if named := said.get("named"):
        return _in_words(named.lower(), said)
    hour, minute = int(said["hour"]), int(said.get("minute") or 0)
    half = (said.get("half") or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        return time(hour % 12 + (12 if half.startswith("p") else 0), minute)
    if hour > 23:
        return None
    written_out = len(said["hour"]) == 2 or said.get("minute")
    return time(hour if written_out or hour >= _OFFICE_OPENS else hour + 12, minute)


def _in_words(named: str, said: Mapping[str, str | None]) -> time | None:
    """ "half past ten", "quarter to 9", "at nine thirty"; within office hours."""
    hour = _HOURS.get(named) or int(named)
    if hour > 12 and not said.get("past"):
        return None
    hour = hour + 12 if hour < _OFFICE_OPENS else hour
    minutes = _MINUTES[(said.get("minutes") or "").lower()] if said.get("minutes") else 0
    if past := said.get("past"):
        minutes = 30 if past.lower() == "half" else 15
        if (said.get("side") or "").lower() in ("to", "before"):
            hour, minutes = hour - 1, 60 - minutes
    return time(hour, minutes) if 0 <= hour <= 23 else None
