"""Schedule monthly check-in with GlobalSys · skip check-in with Acme because they travel"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import NoReturn

from bot.errors import Choice
from bot.language import words
from bot.language.arguments.reading import acting_verb, clock, one_day, one_name, quoted, request, take_day
from bot.language.draft import Draft
from bot.language.requests import CheckIn, CheckInVerb, Setting
from bot.language.slots.cadences import Cadence, find_rule, find_unclear, in_words
from bot.language.slots.times import find_start, find_time
from bot.language.tokens import Token
from bot.language.verbs import CHECKIN

_SCHEDULE = "schedule monthly check-in with GlobalSys"
_ONE_DAY = "schedule check-in with GlobalSys on Tue 24 Nov at 10:00"
_ONE = words.WHICH | {"next"}
_OFFERED = ("weekly", "every 2 weeks", "monthly", "quarterly")
_DAY_OFFERED = ("every Tuesday", "first Tuesday of the month", "last Thursday of the month")


def checkin(parts: Sequence[Token], setting: Setting) -> CheckIn:
    """What follows "check-in", or the whole sentence without it. Raises Refused, Choice ("twice a month"?)."""
    draft = Draft(parts)
    note = draft.take_note(CHECKIN)
    at = draft.take(find_time)
    start = draft.take(lambda text: find_start(text, setting.now, setting.zone))
    unclear = draft.take(find_unclear)
    rule = draft.take(find_rule)
    days = (start, start) if start else take_day(draft, setting)
    verb = acting_verb(draft, CHECKIN, "show")
    if verb == "stop" and not _ONE.isdisjoint(token.word for token in parts):
        verb = "skip"  # "cancel the next check-in"
    chosen: CheckInVerb = verb or ("schedule" if rule is not None or unclear or days else "show")
    name = one_name(
        draft, lambda name: request(chosen, in_words(rule) if rule else "", "check-in with", name), _SCHEDULE
    )
    if chosen != "show" and (unclear or rule == ""):
        _ask_how_often(chosen, name, at, unclear.words if unclear else "")
    if chosen not in ("schedule", "reschedule") and days and days[0] != days[1]:
        days = None  # "skip this week's check-in": the next one
    day = one_day(days, setting, lambda day: request(chosen, "check-in with", quoted(name), day, clock(at)), _ONE_DAY)
    return CheckIn(chosen, name, Cadence(rule, at) if rule else None, day, at, note)


def _ask_how_often(verb: CheckInVerb, name: str, at: time | None, words: str) -> NoReturn:
    """Raises Choice between the rhythms it may be."""
    offered = _OFFERED if words else _DAY_OFFERED
    question = f"How often is “{words}”? I keep anything from weekly to quarterly." if words else "On which day of it?"
    raise Choice(
        question, [request(verb, often, "check-in with", quoted(name), clock(at)) for often in offered], labels=offered
    )
