"""Technical: something delivered or shared does not work. A handoff to a solution architect, not a risk by itself."""

from __future__ import annotations

from bot.reading.rules.frame import table
from bot.reading.types import Category, Kind

_GUARDS = ("resolved", "hypothetical", "question", "past", "generic", "negated")

# A symptom is plain without a date or a party, but not on the speaker's own machine.
_SYMPTOMS = (
    (
        "technical.since-update",
        "update upgrade release patch firmware hotfix certificate cert rollout deployment build cutover redesign",
        r"\b(?:since|after) (?:the|your|our|their|yesterday's|last \w+(?:'s)?"
        r"|this morning's) (?:\w+[ -]){0,3}(?:update|upgrade|release|patch|firmware|hotfix|cert(?:ificate)? (?:swap"
        r"|change)|rollout|deployment|build|cutover|redesign)\b(?! path)",
    ),
    (
        "technical.shows-wrong",
        "prints print shows show showing displays display returns return comes come came",
        r"\b(?:prints?|shows?|showing|displays?|returns?|(?:comes?|came) (?:out|back|up"
        r"|over)) (?:[\w'-]+ ){0,3}(?:blank|empty|white|black|garbled|corrupt|wrong|negative|twice|zero|null|nan|404"
        r"|500|403|errors?)\b",
    ),
    (
        "technical.symptom",
        "loop mismatch rounding page screen keeps",
        r"\b(?:(?:redirect|boot|endless) loop|checksum mismatch|rounding error|(?:blank"
        r"|white|black) (?:page|screen))|\bkeeps (?:crashing|failing|dying|dropping|restarting|freezing|hanging)\b",
    ),
)

RULES = table(Kind.TECHNICAL, Category.TECHNICAL, ("own_machine", *_GUARDS), _SYMPTOMS)
