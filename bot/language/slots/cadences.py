"""How often something comes round, as people say it -> an RFC 5545 rule."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time

from bot.language.slots.found import Found

_DAY = (
    r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday|nes)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|"
    r"sat(?:urday)?|sun(?:day)?)"
)
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "other": 2, "second": 2}
_RANKS = {"1st": 1, "first": 1, "2nd": 2, "second": 2, "3rd": 3, "third": 3, "4th": 4, "fourth": 4, "last": -1}
_UNITS = {"week": ("WEEKLY", 1), "wk": ("WEEKLY", 1), "month": ("MONTHLY", 1), "mth": ("MONTHLY", 1),
          "quarter": ("MONTHLY", 3), "qtr": ("MONTHLY", 3)}  # fmt: skip
_UNIT = r"(?P<unit>week|wk|month|mth|quarter|qtr)s?"
_ADVERBS = {
    "weekly": ("WEEKLY", 1), "wkly": ("WEEKLY", 1), "fortnightly": ("WEEKLY", 2), "monthly": ("MONTHLY", 1),
    "mthly": ("MONTHLY", 1), "quarterly": ("MONTHLY", 3), "qtrly": ("MONTHLY", 3),
}  # fmt: skip
RHYTHMS = frozenset([*_ADVERBS, "biweekly", "bimonthly", "recurring", "quarter", "regular"])
_OF_MONTH = (
    r"(?:\s+(?:of|in)\s+(?:(?:the|each|every)\s+)?(?P<span>month|quarter)(?!\w)|"
    r"\s+(?:each|every)\s+(?P<span_too>month|quarter))"
)
_I = re.IGNORECASE
_NTH_DAY = re.compile(
    rf"(?:\b(?:on|every|each|the)\s+)*\b(?P<rank>{'|'.join(_RANKS)})\s+(?P<day>{_DAY})s?\b{_OF_MONTH}?", _I
)
_NTH_DATE = re.compile(
    rf"(?:\b(?:on|every|each|the)\s+)*\b(?P<number>\d{{1,2}}(?=(?:st|nd|rd|th)\b)|first(?!\s+\w))"
    rf"(?:st|nd|rd|th)?{_OF_MONTH}?",
    _I,
)
_MONTH_END = re.compile(rf"(?:\b(?:on|at|the|every)\s+)*\b(?:last\s+day|end){_OF_MONTH}", _I)
_ADVERB = re.compile(rf"(?:\bon\s+an?\s+)?\b(?P<adverb>{'|'.join(_ADVERBS)})\b(?:\s+basis)?", _I)
_EVERY = re.compile(
    r"\b(?:every|each|once\s+(?:a|an|per|every|each|in\s+a)|1x\s*(?:/|a|per)|per)\s*"
    rf"(?:(?P<count>\d{{1,2}}|{'|'.join(_NUMBERS)})\s+)?(?:{_UNIT}|(?P<fortnight>fortnight))\b",
    _I,
)
_EVERY_DAY = re.compile(
    rf"\b(?:on\s+)?(?P<lead>every|each)\s+(?P<other>other\s+)?(?P<days>{_DAY}s?(?:\s*(?:and|&|,|/|\s)\s*{_DAY}s?)*)\b",
    _I,
)
_PLURAL_DAY = re.compile(rf"\b(?:on\s+)?(?P<days>{_DAY}s)(?!\w)", _I)
_ON_DAY = re.compile(rf"\b(?:on\s+(?:an?\s+)?)?(?P<days>{_DAY}s?(?:\s*(?:and|&)\s*{_DAY}s?)*)\b", _I)
_UNCLEAR = re.compile(
    r"\b(?:(?:bi|semi)-?\s?(?:weekly|monthly)|twice\s+(?:weekly|monthly)|"
    r"(?:twice|two\s+times|2x|2\s+times|three\s+times|several\s+times)\s*(?:an?|per|every|each|/)?\s*"
    r"(?:week|month|quarter|day|year)(?:ly)?|"
    rf"every\s+(?:second|2nd|third|3rd|fourth|4th)\s+{_DAY}s?\b(?!\s+(?:of|in)\s)|"
    r"every\s+(?:few|couple(?:\s+of)?|so)\s+(?:weeks|months|days|often)|regular(?:ly)?|often|periodic(?:ally)?|"
    r"daily|every\s*day|each\s+day|yearly|annual(?:ly)?|every\s+year|once\s+a\s+(?:day|year)|"
    r"every\s+(?:weekday|working\s+day|business\s+day|morning|half\s+year))\b",
    _I,
)
_FULL = {"mon": "MO", "tue": "TU", "wed": "WE", "thu": "TH", "fri": "FR", "sat": "SA", "sun": "SU"}
_NAMES = {code: name for name, code in _FULL.items()}


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often, as the value of an RFC 5545 RRULE ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"), without a start.

    `at` is the time of day in the asker's zone, None when none was said.
    """

    rule: str
    at: time | None = None


@dataclass(frozen=True, slots=True)
class Unclear:
    """Words that say how often, but not in one way: "biweekly", "twice a month"."""

    words: str


@dataclass(frozen=True, slots=True)
class _Base:
    frequency: str
    interval: int


def find_unclear(text: str) -> Found[Unclear] | None:
    """The first words in `text` that mean some rhythm we cannot tell or do not keep."""
    match = _UNCLEAR.search(text)
    if match is None or (_NTH_DAY.fullmatch(match.group()) and _is_monthly(text)):  # "monthly, every 3rd Thursday"
        return None
    return Found(Unclear(match.group()), match.start(), match.end())


def _is_monthly(text: str) -> bool:
    base = _base(text)
    return base is not None and base.value.frequency == "MONTHLY"


def find_rule(text: str) -> Found[str] | None:
    """The rule said in `text`, None when none is.

    Weekly to quarterly: "every other Tuesday", "every 2 weeks … on Tue", "first Monday of the month", "monthly on the
    15th". The value is "" where its parts do not fit one another ("monthly on Tuesday": which one?).
    """
    if ranked := _ranked(text):
        return ranked
    if match := _EVERY_DAY.search(text):
        interval = ";INTERVAL=2" if match["other"] else ""
        rule = f"FREQ=WEEKLY{interval};BYDAY={_days(match['days'])}"
        return _with_extra_weekly(text, Found(rule, match.start(), match.end()))
    base = _base(text)
    if base is None:
        match = _PLURAL_DAY.search(text)
        return match and Found(f"FREQ=WEEKLY;BYDAY={_days(match['days'])}", match.start(), match.end())
    interval = f";INTERVAL={base.value.interval}" if base.value.interval > 1 else ""
    plain = f"FREQ={base.value.frequency}{interval}"
    hidden = text[: base.start] + " " * (base.end - base.start) + text[base.end :]
    day = _ON_DAY.search(hidden)
    if day is None or _is_dated(text, day.end()):
        return Found(plain, base.start, base.end)
    rule = f"{plain};BYDAY={_days(day['days'])}" if base.value.frequency == "WEEKLY" else ""
    return Found(rule, base.start, base.end, also=day.span())


def _is_dated(text: str, end: int) -> bool:
    """Whether a weekday goes on as a date: "Tue 24 Nov" says when the first one is, not the rhythm."""
    return re.match(r"\s+(?:the\s+)?\d", text[end:]) is not None


def _ranked(text: str) -> Found[str] | None:
    """ "first Monday of the month", "monthly on the 15th", "last day of each month"."""
    base = _base(text)
    for pattern in (_NTH_DAY, _MONTH_END, _NTH_DATE):
        for match in pattern.finditer(text):
            said = match.groupdict()
            span = said.get("span") or said.get("span_too")
            every = re.match(r"(?:on\s+)?(?:every|each)\b", match.group(), re.IGNORECASE) is not None
            monthly = base is not None and base.value.frequency == "MONTHLY" and not _overlap(base, match)
            if not (span or monthly or every):
                continue
            months = 3 if (span or "").lower() == "quarter" else base.value.interval if base and monthly else 1
            interval = f";INTERVAL={months}" if months > 1 else ""
            place = _place(said)
            rule = f"FREQ=MONTHLY{interval};{place}" if place else ""
            also = (base.start, base.end) if base is not None and monthly else None
            return Found(rule, match.start(), match.end(), also)
    return None


def _place(said: dict[str, str | None]) -> str:
    if rank := said.get("rank"):
        return f"BYDAY={_RANKS[rank.lower()]}{_days(said['day'] or '')}"
    if number := said.get("number"):
        day = int(number) if number.isdecimal() else 1
        return f"BYMONTHDAY={day}" if 1 <= day <= 28 else ""  # not every month has a 29th
    return "BYMONTHDAY=-1"


def _overlap(base: Found[_Base], match: re.Match[str]) -> bool:
    return base.start < match.end() and match.start() < base.end


def _base(text: str) -> Found[_Base] | None:
    if match := _EVERY.search(text):
        frequency, months = ("WEEKLY", 2) if match["fortnight"] else _UNITS[match["unit"].lower()]
        count = (match["count"] or "1").lower()
        interval = months * (_NUMBERS.get(count) or int(count))
        return Found(_Base(frequency, interval), match.start(), match.end()) if interval else None
    if match := _ADVERB.search(text):
        return Found(_Base(*_ADVERBS[match["adverb"].lower()]), match.start(), match.end())
    return None


def _with_extra_weekly(text: str, found: Found[str]) -> Found[str]:
    """ "weekly, every Tuesday": the adverb says the same again; another one ("monthly every Tuesday") does not fit."""
    base = _base(text[: found.start] + " " * (found.end - found.start) + text[found.end :])
    if base is None:
        return found
    weekly = base.value == _Base("WEEKLY", 1)
    two = base.value == _Base("WEEKLY", 2) and "INTERVAL" not in found.value
    rule = found.value if weekly else found.value.replace("WEEKLY;", "WEEKLY;INTERVAL=2;") if two else ""
    return Found(rule, found.start, found.end, also=(base.start, base.end))


def _days(said: str) -> str:
    named = [_FULL[day[:3].lower()] for day in re.findall(_DAY, said, _I)]
    return ",".join(dict.fromkeys(named))


def in_words(rule: str) -> str:
    """A rule of `find_rule` as people type it: "every 2 weeks on TU", "first MO of the month"; it reads as the same."""
    parts = dict(part.split("=") for part in rule.split(";"))
    interval = int(parts.get("INTERVAL", "1"))
    unit = "week" if parts["FREQ"] == "WEEKLY" else "month"
    every = f"every {interval} {unit}s" if interval > 1 else f"every {unit}"
    days = " and ".join(_NAMES[day[-2:]] for day in parts.get("BYDAY", "").split(",") if day)
    if unit == "week":
        return f"{every} on {days}" if days else every
    if days:
        rank = next(word for word, number in _RANKS.items() if number == int(parts["BYDAY"][:-2]))
        return f"{every} on the {rank} {days}"
    number = parts.get("BYMONTHDAY")
    if number is None:
        return every
    return "end of each month" if number == "-1" else f"{every} on the {number}th"
