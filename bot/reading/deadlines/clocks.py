"""Times of day: they only choose the day, which is today or, once the time has passed, tomorrow."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.reading.deadlines import words
from bot.reading.deadlines.line import Line, Reading, number
from bot.reading.deadlines.words import Kind

_LONGEST_ZONE = 4
_AFTERNOON = frozenset(["p", "pm", "afternoon", "evening", "night"])
_FORENOON = frozenset(["a", "am", "morning"])
_LEADS = ("by", "before", "until", "till")


def time_of_day(line: Line, index: int) -> tuple[int, int] | None:
    """(minutes after midnight, next index): 17:30, 5 pm PT, noon, half past four, five thirty p.m."""
    token = line.at(index)
    if token.kind is Kind.CLOCK:
        minute = _written_minute(token.word)
        return (minute, _after_zone(line, index + 1)) if minute is not None else None
    if token.kind is Kind.NUMBER and line.word(index + 1) in ("noon", "midnight"):
        index, token = index + 1, line.at(index + 1)
    if token.word in words.MOMENTS:
        return words.HOURS[token.word] * 60, _after_zone(line, index + 1)
    return _spoken(line, index)


def _written_minute(clock: str) -> int | None:
    digits = [int(part) for part in "".join(c if c.isdigit() else " " for c in clock).split()]
    hour, minute = digits[0], digits[1] if len(digits) > 1 else 0
    if "p" in clock and hour < 12:
        hour += 12
    elif "a" in clock and hour == 12:
        hour = 0
    return hour * 60 + minute if hour <= 24 and minute < 60 else None


def _after_zone(line: Line, index: int) -> int:
    zone = line.at(index)
    written = line.text[zone.start : zone.end]
    named = zone.kind is Kind.WORD and written.isupper() and len(written) <= _LONGEST_ZONE
    return index + (named and zone.word not in words.ENDS)


def _spoken(line: Line, index: int) -> tuple[int, int] | None:
    """half past four, a quarter to five, 20 minutes past eight; seven, seven thirty with what tells am from pm."""
    start = index + (line.word(index) == "a")
    if line.word(start) in ("half", "quarter"):
        return _past_or_to(line, 30 if line.word(start) == "half" else 15, start + 1)
    found = number(line, index)
    if found is None or found[0] >= 60:
        return None
    side = line.skip(found[1], "minutes", "minute", "min", "mins")
    if side > found[1] or line.word(side) == "past":  # "ten to twelve" is more often a range
        return _past_or_to(line, found[0], side)
    return _hour_with_half(line, *found) if found[0] <= 12 else None


def _past_or_to(line: Line, shift: int, side: int) -> tuple[int, int] | None:
    hour = number(line, side + 1) if line.word(side) in ("past", "to") else None
    if hour is None or not 1 <= hour[0] <= 12:
        return None
    minute = hour[0] * 60 + (shift if line.word(side) == "past" else -shift)
    half_of_day = _half_of_day(line, hour[1])
    return (minute % 720 + half_of_day[0], half_of_day[1]) if half_of_day else (_office(minute), hour[1])


def _hour_with_half(line: Line, hour: int, index: int) -> tuple[int, int] | None:
    minutes = number(line, index)
    after = minutes[1] if minutes and minutes[0] < 60 else index
    minute = hour * 60 + (minutes[0] if minutes and minutes[0] < 60 else 0)
    if line.word(after) == "o'clock":
        return _office(minute), after + 1
    half_of_day = _half_of_day(line, after)
    return (minute % 720 + half_of_day[0], half_of_day[1]) if half_of_day else None


def _half_of_day(line: Line, index: int) -> tuple[int, int] | None:
    """(0 or 720 minutes, next index) for am, p.m., "in the evening", "at night"."""
    part = line.skip(index, "o'clock", "in", "the", "at")
    word, end = line.word(part), part + 1
    if word not in _AFTERNOON | _FORENOON or (word in words.PARTS_OF_DAY and line.word(part - 1) not in ("the", "at")):
        return None
    if len(word) == 1:
        end = line.skip(end, ".")
        if line.word(end) != "m":
            return None
        end += 1
    return (720 if word in _AFTERNOON else 0), end


def _office(minute: int) -> int:
    """An hour of which nothing tells am from pm: office hours."""
    return minute + 720 if minute < 7 * 60 + 30 else minute


def time_alone(line: Line, index: int) -> Reading | None:
    """by 5pm, at half past four; before five, by evening: a time nobody would take for an amount."""
    if found := time_of_day(line, index):
        return _on_its_day(line, found[1], found[0])
    word, lead = line.word(index), line.word(index - 1)
    if word in ("evening", "morning") and lead in ("by", "before"):
        return _on_its_day(line, index + 1, (18 if word == "evening" else 9) * 60)
    token = line.at(index)
    spelled = token.kind is Kind.NUMBER and (word.isalpha() or lead != "by") and token.value <= 12
    if spelled and lead in _LEADS and line.word(index - 2) != word and line.at(index + 1).kind is Kind.MARK:
        return _on_its_day(line, index + 1, _office(token.value * 60))
    return None


def _on_its_day(line: Line, end: int, minute: int) -> Reading:
    said = line.context.said_at.hour * 60 + line.context.said_at.minute
    day = line.today + timedelta(days=1 if minute <= said else 0)
    return Reading(end, day, day, weak=True, clock=True)


def with_time(line: Line, found: Reading) -> Reading:
    """Take a following time of day into the phrase: "Friday at 10 am", "tomorrow morning", "today EOD"."""
    single = found.first == found.last
    end = found.end
    while True:
        after = line.skip(end, "in", "at", "@", ",", "by", "before", "around", "the", "first", "late", "early")
        token = line.at(after)
        near = after - end <= 2
        if near and token.kind is Kind.CLOCK and token.word.count(":") == 2:
            return replace(found, end=after + 1, past=True)  # a log line's time stamp
        clock = near and single and token.kind is Kind.CLOCK
        part = near and token.word in words.PARTS_OF_DAY
        shorthand = after == end and token.word in ("eod", "cob", "eob")
        hour = token.kind is Kind.NUMBER and line.word(after - 1) in ("at", "@") and after > end and token.value <= 24
        if not (clock or part or shorthand or hour):
            return found if end == found.end else found.until(end)
        end = after + 1
