"""Tiers, partner types and record numbers in a request."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.language.slots.found import TAKEN, Found
from bot.reading.deadlines.words import word_set
from models.partners import PartnerType

_TYPES = {
    PartnerType.SI: r"si|sis|system integrator|systems integrator|gsi|integrator|consultancy",
    PartnerType.RESELLER: r"reseller|var|value[- ]added reseller",
    PartnerType.MSP: r"msp|managed service provider|managed services provider|managed services",
    PartnerType.ISV: r"isv|software vendor|independent software vendor|tech partner|technology partner",
    PartnerType.ALLIANCE: r"alliance|strategic alliance",
    PartnerType.REFERRAL: r"referral|referrer",
    PartnerType.DISTRIBUTOR: r"distributor|disti|distribution",
    PartnerType.HYPERSCALER: r"hyperscaler|cloud provider",
}
# A type stands beside "partner" or after "as"; alone it may be part of a name ("Alliance Data").
_AS = r"(?:(?:\bas\s+(?:an?\s+)?|\b(?:type|kind)\s+(?:is\s+|of\s+)?|\bnew\s+|\(\s*))"
_NUMBER = re.compile(
    r"(?<![\w.,$€£])(?:#|\b(?:no\.?|nr\.?|number|deal|registration|id)\s*#?)(?P<number>\d{1,9})(?![\w.,]?\d|\w)", re.I
)
# Tiers other companies have: said where ours are asked for, they are no names.
ELSEWHERE = word_set("platinum diamond premier elite registered authorized authorised select advanced titanium")


def find_tier(text: str, tiers: Sequence[str]) -> Found[str] | None:
    """The last of `tiers` said in `text` in any case, as `tiers` spells it; "gold-tier", "Gold level"."""
    spelled = {tier.lower(): tier for tier in tiers}
    if not spelled:
        return None
    one_of = "|".join(re.escape(tier) for tier in sorted(spelled, key=len, reverse=True))
    lead = r"\b(?:as|to|at|under|in|into)\s+(?:an?\s+|our\s+|the\s+)?(?:new\s+)?"
    pattern = rf"(?:{lead})?\b(?P<tier>{one_of})(?:[- ]?(?:tier|level))?(?!\w)"
    matches = list(re.finditer(pattern, text, re.IGNORECASE))
    return Found(spelled[matches[-1]["tier"].lower()], *matches[-1].span()) if matches else None


def find_type(text: str) -> Found[PartnerType] | None:
    """The partner type said in `text`: "as a reseller", "MSP partner", "SI" at the end or after a tier."""
    for kind, words in _TYPES.items():
        called = rf"{_AS}(?:{TAKEN}\s+)*(?:{words})(?!\w)(?:\s+partner)?"
        beside = rf"\b(?:{words})\s+partner\b|(?:{TAKEN}\s+|\b)(?:{words})(?:\s+partner)?\s*$"
        if match := re.search(f"{called}|{beside}", text, re.IGNORECASE):
            return Found(kind, match.start(), match.end())
    return None


def find_number(text: str) -> Found[int] | None:
    """The number of a record: "#12", "number 12", "deal 12"."""
    match = _NUMBER.search(text)
    return Found(int(match["number"]), match.start(), match.end()) if match else None
