"""Technical: something delivered or shared does not work. A handoff to a solution architect, not a risk by itself."""

from __future__ import annotations

from bot.reading.rules.frame import table
from bot.reading.types import Category, Kind

# What partners deliver to each other; talk about somebody's own code is not taken for a broken deliverable.
_THING = (
    r"\b(?:the|your|our|their|this)\b[^,;.]{0,60}\b(?:api|endpoint|portal|connector|sandbox|tenant|environment"
    r"|interface|integration|build|release|feed|import|export|report|dashboard|gateway|service|module|licen[cs]e|key"
    r"|node|login|sso|webhook|sync|job|load|migration|extract|file|form|app|search|upload|download|printer|label"
    r"|firmware|installer|workflow|page|link|certificate|token|database|server|box|mapping|batch|mail|invoice|agent"
    r"|scanner|device|backup|restore|console|site|system|platform|record|data)s?\b"
)
_FAILS = (
    r"(?:fail(?:s|ing)|crash(?:es|ed|ing)|throw(?:s|ing)?|hang(?:s|ing)|dies|bounc(?:es|ing)|reject(?:s|ing)|breaks?"
    r"|broke|times out|errors?|exceptions?|timeouts?|(?:an?|with|returns?) [45]\d\d)"
)
_BROKEN = r"(?:broken|corrupt(?:ed)?|unreadable|unusable|garbled|down|offline|unreachable)"
_DOES_NOT = r"(?:doesn't|don't|does not|do not|won't|isn't|aren't|still not)"
_GUARDS = ("resolved", "hypothetical", "question", "past", "generic", "negated")

_NAMED = (
    (
        "technical.fails",
        "fails failing crashes crashed crashing error errors throws throw throwing hangs dies bounces rejects breaks "
        "broke times timeout timeouts exception exceptions 500 502 503 504 400 401 403 404",
        rf"{_THING}[^;.]{{0,60}}\b{_FAILS}\b",
    ),
    (
        "technical.does-not-work",
        "doesn't don't isn't aren't won't not broken corrupt corrupted unreadable unusable garbled down offline",
        rf"{_THING}[^;.]{{0,40}}\b(?:{_DOES_NOT} (?:work|load|start|open|run|accept|respond|connect|sync|install"
        rf"|convert|reachable)\w*|(?:is|are|still|was|went|comes? (?:out|back|up)) (?:\w+ )?{_BROKEN})\b",
    ),
)
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
        "loop mismatch leak memory rounding page screen keeps",
        r"\b(?:(?:redirect|boot|endless) loop|checksum mismatch|memory leak|out of memory|rounding error|(?:blank"
        r"|white|black) (?:page|screen))|\bkeeps (?:crashing|failing|dying|dropping|restarting|freezing|hanging)\b",
    ),
)

RULES = (
    *table(Kind.TECHNICAL, Category.TECHNICAL, ("off_topic", *_GUARDS), _NAMED),
    *table(Kind.TECHNICAL, Category.TECHNICAL, ("own_machine", *_GUARDS), _SYMPTOMS),
)
