"""Run QBR for Acme Corp Q4 · schedule QBR with Acme on Tue 24 Nov at 10 · close the Acme QBR"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.errors import Refused
from bot.language.arguments.reading import acting_verb, clock, one_day, one_name, quoted, request, take_day
from bot.language.draft import Draft
from bot.language.requests import Qbr, Setting
from bot.language.slots.periods import Lean, find_period, find_year
from bot.language.slots.times import find_time
from bot.language.tokens import Token
from bot.language.verbs import QBR

_RUN = "run QBR for Acme Corp Q4"
_SCHEDULE = "schedule QBR with Acme Corp on Tue 24 Nov at 10:00"
_DECISIONS = frozenset(["hold", "close", "skip"])
_OVER = frozenset(["hold", "close"])
_WEEK = timedelta(days=7)
_AHEAD = frozenset(["schedule", "skip"])


def qbr(parts: Sequence[Token], setting: Setting) -> Qbr:
    """What follows "QBR", or the whole sentence without it. A bare Q4 is the latest that has begun, but for a meeting
    to be scheduled or skipped the nearest. Raises Refused, Choice."""
    draft = Draft(parts)
    note = draft.take_note(QBR)
    verb = acting_verb(draft, QBR, "show", _DECISIONS)
    lean: Lean = "nearest" if verb in _AHEAD else "begun"
    period = draft.take(lambda text: find_period(text, setting.today, setting.fiscal_start, lean))
    at = draft.take(find_time)
    days = take_day(draft, setting)
    period = period or draft.take(find_year)
    start = request("qbr", verb or ("schedule" if days else ""), period.label if period else "")
    name = one_name(draft, lambda name: request(start, name), _RUN)
    day = one_day(days, setting, lambda day: request(start, "with", quoted(name), day, clock(at)), _SCHEDULE)
    if verb in _OVER and day is not None and day > setting.today:
        said = {token.word for token in parts}
        if "was" in said and day - _WEEK <= setting.today and not any(map(str.isdigit, " ".join(said))):
            return Qbr("hold", name, period, day - _WEEK, at, note)  # "was held on Monday"
        raise Refused("I do that at once, not on a later day. For example: close the QBR with Acme Corp")
    return Qbr(verb or ("schedule" if day else "show"), name, period, day, at, note)
