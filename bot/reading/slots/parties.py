"""Whose people are meant, and the side they stand for: what commitments, requests and the plan have in common."""

from __future__ import annotations

import re
from itertools import pairwise

from bot.reading.people import Named
from bot.reading.rules.frame import View, frame
from bot.reading.types import Side
from bot.reading.wordlists import words

# "Your <...>" of one of these is the other side, "our <...>" the speaker's.
PEOPLE = words(
    "team side folks people desk office legal finance counsel lawyer lawyers engineer engineers architect colleague "
    "colleagues support buyer procurement purchasing depot warehouse helpdesk technician driver pm director boss admin "
    "dba lead manager owner sponsor security consultant consultants sales rep ae board ceo cio cfo coo cto ciso dpo "
    "partner accounting treasury compliance hr it guys crew"
)
YOUR_PEOPLE = rf"\b(?:your|ur) (?:\w+ ){{0,3}}?(?:{'|'.join(sorted(PEOPLE))})\b"
_CLAUSE = re.compile(r"(?<=\w)[,;:.!](?=\s)|\s[–—-]\s|\n|\s(?:and|but|so|then|while|because|where)\s")
_RIGHT_BEFORE = 40  # characters
MOST_NAMED = 30  # of one text: a longer list of names says nothing of any of them
# A customer who says these speaks to the vendor: to us.
_TO_THE_VENDOR = frame(
    r"\b(?:(?:your|our|my|the) (?:\w+ )?(?:partner|reseller|integrator|distributor)|both of you|you two|licen[cs]es?"
    r"|activation|telemetry|your (?:release|product|platform|cloud|software|price list))\b"
)
_OTHER = {Side.PARTNER: Side.US, Side.US: Side.PARTNER, Side.CUSTOMER: Side.PARTNER}


def clauses(view: View) -> list[tuple[int, int]]:
    """Where the clauses of the sentence stand, in order."""
    return list(pairwise([0, *(match.end() for match in _CLAUSE.finditer(view.low)), len(view.low)]))


def across(view: View) -> str | None:
    """The side "you" means: that of the message which is answered, else partner <-> us, and the partner who delivers
    for a customer, unless they speak of the vendor's things."""
    message = view.message
    if view.reply_to is not None:
        return side_name(view.reply_to.side)
    if message.side is Side.CUSTOMER and _TO_THE_VENDOR.search(message.text.lower()):
        return Side.US.value
    other = _OTHER.get(message.side)
    return other.value if other else None


def side_name(side: Side) -> str | None:
    """The side as an owner is spelled; None when it is not known."""
    return None if side is Side.UNKNOWN else side.value


def stands_after(pattern: re.Pattern[str], named: Named, text: str) -> bool:
    """Whether the words right before the name end like `pattern`; not the whole text is searched for each name."""
    return pattern.search(text, max(0, named.start - _RIGHT_BEFORE), named.start) is not None
