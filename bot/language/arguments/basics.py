"""Names and channels, and what follows watch and snooze."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import Choice, Refused
from bot.language.tokens import Token, TokenKind, said
from bot.language.topics import TOPICS
from bot.language.verbs import OF_COMMAND

_LEADING_WORDS = "for with of about on at in from by the all open partner account customer client"
_LEADING = frozenset(_LEADING_WORDS.split())
_TRAILING = frozenset(["please", "pls", "thanks", "in", "on", "at"])
_HERE = frozenset(["this", "here", "channel"])
_HOURS = {"h": 1, "hr": 1, "hour": 1, "d": 24, "day": 24, "w": 168, "wk": 168, "week": 168}
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
_DURATION = re.compile(r"(\d{1,3}) ?(h|hrs?|hours?|d|days?|w|wks?|weeks?)")
_NUMBER = re.compile(r"#?(\d{1,9})")
_SNOOZE = "Which risk, and for how long? For example: snooze #12 for 3 days"
_WATCH = "Which partner? For example: watch Globex for Acme"


@dataclass(frozen=True, slots=True)
class Watch:
    """`channel` is a channel id, "" for the one the request was made in."""

    channel: str
    partner: str
    account: str | None


@dataclass(frozen=True, slots=True)
class Snooze:
    risk: int
    hours: int


def a_name(parts: Sequence[Token]) -> str:
    """The partner or account somebody names: "for the Globex" -> "Globex"; "" when they name none."""
    rest = [*parts]
    while len(rest) > 1 and rest[0].word in _LEADING:
        rest.pop(0)
    while len(rest) > 1 and rest[-1].word in _TRAILING:
        rest.pop()
    return "" if len(rest) == 1 and rest[0].word in _LEADING else said(rest)


def a_channel(parts: Sequence[Token]) -> str:
    """The id of the first channel named, "" when none is."""
    return next((token.id for token in parts if token.kind == TokenKind.CHANNEL), "")


def watch(parts: Sequence[Token]) -> Watch:
    """ "Globex", "#joint Globex Consulting for Acme". Raises Refused."""
    named = [token for token in parts if token.kind != TokenKind.CHANNEL and token.word not in _HERE]
    split = max((place for place, token in enumerate(named) if token.word == "for" and place > 0), default=len(named))
    partner, account = a_name(named[:split]), a_name(named[split + 1 :])
    if not partner:
        raise Refused(_WATCH)
    return Watch(a_channel(parts), partner, account or None)


def snooze(parts: Sequence[Token]) -> Snooze:
    """ "#12 for 3 days", "risk 12 4h", "12 a week", "12" (one day). Raises Refused, Choice where something of the
    calendar is to be quiet."""
    if any(TOPICS.get(token.word) in OF_COMMAND for token in parts):
        raise Choice("I snooze risks. To hear less of anything else, press “Remind me less” beside it:", ["agenda"])
    words = [token.word for token in parts if token.word not in ("risk", "for", "number")]
    number = _NUMBER.fullmatch(words[0]) if words else None
    if number is None:
        raise Refused(_SNOOZE)
    return Snooze(int(number.group(1)), _hours(words[1:]))


def _hours(words: Sequence[str]) -> int:
    if not words or list(words) == ["until", "tomorrow"] or list(words) == ["tomorrow"]:
        return 24
    spelled = " ".join(str(_NUMBERS.get(word, word)) for word in words)
    match = _DURATION.fullmatch(spelled)
    if match is None or int(match.group(1)) == 0:
        raise Refused(_SNOOZE)
    unit = match.group(2)
    return int(match.group(1)) * _HOURS[unit if unit in _HOURS else unit.removesuffix("s")]
