"""Prepare renewal for 2025 · renewal of Acme · mark Acme renewal as renewed until 31 Dec 2027"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from bot.errors import Refused
from bot.language.arguments.reading import acting_verb, one_name, request, take_day
from bot.language.draft import Draft
from bot.language.requests import Renewal, Setting
from bot.language.slots.periods import Period, find_period, find_year
from bot.language.tokens import Token
from bot.language.verbs import RENEWAL

_EXAMPLE = "prepare renewal for Acme Corp"
_WANTED = frozenset(["need", "want", "get"])
_OUTCOMES = frozenset(["renewed", "lapsed", "terminated"])


def renewal(parts: Sequence[Token], setting: Setting) -> Renewal:
    """What follows "renewal", or the whole sentence. A bare quarter is the one nearest to today, a month or a week is a
    period too, a single day the end of the new term. Raises Refused, Choice."""
    draft = Draft(parts)
    note = draft.take_note(RENEWAL)
    verb = acting_verb(draft, RENEWAL, "show", _OUTCOMES)
    if verb == "renewed" and not _WANTED.isdisjoint(token.word for token in parts):
        verb = "prepare"  # "we need Acme renewed"
    period = draft.take(lambda text: find_period(text, setting.today, setting.fiscal_start))
    days = take_day(draft, setting)
    period = period or draft.take(find_year)
    until = days[0] if days and days[0] == days[1] else None
    if days and not until:
        period = period or _stretch(*days)
    name = one_name(draft, lambda name: request("renewal", verb or "", name, period.label if period else ""), _EXAMPLE)
    if until and verb == "prepare" and "renew" in {token.word for token in parts}:
        verb = "renewed"  # "renew Globex until 31 Dec 2027"
    if until and verb not in _OUTCOMES:
        raise Refused("A renewal is prepared for a partner or a year. For example: prepare renewal for 2027")
    return Renewal(verb or "show", name, period, until, note)


def _stretch(first: date, last: date) -> Period:
    whole_month = first.day == 1 and (last + timedelta(days=1)).day == 1
    label = f"{first:%B %Y}" if whole_month else f"{first.isoformat()} to {last.isoformat()}"
    return Period(first, last + timedelta(days=1), label)
