"""register deal for BigCo, $250,000 · Approve TechCorp deal registration · extend deal #12"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from bot.errors import Choice, Refused
from bot.language import words
from bot.language.arguments.reading import acting_verb, quoted, refuse_odd, request, take_day
from bot.language.draft import Draft, Name
from bot.language.requests import Deal, DealVerb, Setting
from bot.language.slots.found import Found
from bot.language.slots.kinds import find_number
from bot.language.slots.money import Money, find_money, written
from bot.language.slots.periods import find_period
from bot.language.tokens import Token
from bot.language.verbs import DEAL

_EXAMPLE = "register deal for BigCo, $250,000"
_DECISIONS = frozenset(["approve", "reject", "return", "extend", "withdraw", "won", "lost"])
_PARTNER, _ACCOUNT = words.PARTNER_LEADS | {"partner"}, frozenset(["for", "account"])
_ENDING = frozenset(["mark", "close", "record", "log", "set"])
_CLOSING = re.compile(
    r"\b(?:closing|closes|(?:expected |to )close|close date|expected (?:on|in|by))\b"
    r"(?:\s+(?:date|is|on|by|in|around|end of))*"
    r"(?=\s+\S)",
    re.I,
)
_LENGTH = re.compile(
    r"\b(?:by|for|another)?\s*(?P<length>(?:another\s+)?(?:\d{1,3}|an?|one|two|three|four|six|eight|ten|thirty|sixty|ninety|another)\s+(?:more\s+)?(?:days?|weeks?|months?))\b",
    re.I,
)


def deal(parts: Sequence[Token], setting: Setting) -> Deal:
    """What follows "deal", or the whole sentence without it. "with", "via", "by", "from" lead to the partner, "for" to
    the account of a new registration, which beside a bare name may be either; what may be either is `name`.
    Raises Refused, Choice."""
    draft = Draft(parts)
    note = draft.take_note(DEAL)
    closes = _take_close(draft, setting)
    length = draft.take(_find_length)
    number = draft.take(find_number)
    value = draft.take(lambda text: find_money(text, setting.currency))
    verb = acting_verb(draft, DEAL, "show", _DECISIONS)
    chosen: DealVerb = verb or ("register" if value else "show")
    names = draft.names()
    if chosen in ("won", "lost") and number is None and not _ENDING & {token.word for token in parts}:
        chosen = "show"  # "we won the Globex deal" is news
    numbers = [name for name in names if re.fullmatch(r"\d{1,4}", name.text)]
    if number is None and len(numbers) == 1 and chosen != "register":  # "approve deal 12 for Contoso"
        number, names = int(numbers[0].text), [name for name in names if name not in numbers]
    if value is None:
        _ask_for_sum(names, setting)
    refuse_odd(names, _EXAMPLE)
    _refuse_terms(names, chosen, number)
    partner, account, name = _whose(names, chosen)
    return Deal(chosen, number, name, partner, account, value, closes, note or length or "")


def _refuse_terms(names: Sequence[Name], verb: DealVerb, number: int | None) -> None:
    """A decision about a numbered deal needs no name; bare small letters left over may be on what terms it is given
    ("the moment legal confirms"). Raises Refused."""
    loose = next((name.text for name in names if not name.lead and name.text.islower()), "")
    if verb in _DECISIONS and number is not None and loose:
        raise Refused(f"I did not get “{loose}”. For example: {verb} deal #{number}")


def _find_length(text: str) -> Found[str] | None:
    """ "by 30 days": how much longer, as typed."""
    match = _LENGTH.search(text)
    return Found(match["length"], match.start(), match.end()) if match else None


def _take_close(draft: Draft, setting: Setting) -> date | None:
    """When the deal is expected to close, "closing in March" the last day of it. Raises Refused for no clear day."""
    if draft.take(_find_closing) is None:
        return None
    days = take_day(draft, setting)
    period = (
        None if days else draft.take(lambda text: find_period(text, setting.today, setting.fiscal_start, "nearest"))
    )
    if days is None and period is None:
        raise Refused("When does it close? For example: register deal for BigCo, $250,000, closing 31 Mar 2027")
    return days[1] if days else period.end - timedelta(days=1) if period else None


def _find_closing(text: str) -> Found[str] | None:
    match = _CLOSING.search(text)
    return Found(match.group(), match.start(), match.end()) if match else None


def _ask_for_sum(names: Sequence[Name], setting: Setting) -> None:
    """A large number that names no currency may be the value or part of a name. Raises Choice."""
    for place, name in enumerate(names):
        *before, last = name.text.split() or [""]
        if name.quoted or not re.fullmatch(r"\d{3,12}(?:[.,]\d{1,2})?", last) or not (before or len(names) > 1):
            continue
        company = " ".join(before) or next(other.text for at, other in enumerate(names) if at != place)
        value = Money(Decimal(last.replace(",", ".")), setting.currency)
        raise Choice(
            f"Is {last} the value of the deal?",
            [f"register deal for {quoted(company)}, {written(value)}", f"deal for {quoted(f'{company} {last}')}"],
            labels=[f"Yes, {written(value)}", "No, it is part of the name"],
        )


def _whose(names: Sequence[Name], verb: DealVerb) -> tuple[str, str, str]:
    """(partner, account, name) of the names left. Raises Choice when they are more than one deal can have."""
    partners = [name.text for name in names if name.lead in _PARTNER]
    accounts = [name.text for name in names if name.lead in _ACCOUNT]
    bare = [name.text for name in names if name.lead not in _PARTNER | _ACCOUNT]
    if len(bare) == 1 and len(accounts) == 1 and not partners and verb != "register":  # "TechCorp deal for BigCo"
        partners, bare = bare, []
    if max(len(partners), len(accounts), len(bare)) > 1 or (partners and accounts and bare):
        raise Choice("One deal at a time: whose?", [request(verb, "deal", quoted(name.text)) for name in names])
    if accounts and not partners and verb != "register":
        accounts, bare = [], accounts + bare
    return "".join(partners), "".join(accounts), "".join(bare)
