"""Watch: an open dependency with no word that it is late or stops work."""

from __future__ import annotations

from bot.reading.rules.frame import table
from bot.reading.rules.guards import STATED
from bot.reading.types import Category, Kind

_SETTLED = r"(?:signed|countersigned|approved|confirmed|released|decided|finali[sz]ed|received|sent|replied|answered)"

# The words of any wait, for a plumber or a database lock.
_WAITS = (
    (
        "watch.waiting-for",
        "waiting waits wait await awaiting awaits awaited",
        r"\bwaiting (?:for|on)\b(?! (?:you to|nothing|anything))|\bwaits for\b|\b(?:we|i|they) (?:\w+ )?wait for\b"
        r"|\bawait(?:s|ing|ed)?\b",
    ),
    (
        "watch.pending",
        "pending outstanding",
        r"\b(?:is|are|'s|'re|still|remains?)(?: \w+)? (?:pending|outstanding)\b|^[^,;.]{3,50}\bpending\b"
        r"|\bpending (?:from|with|on|your|their|approval|sign|review)\b",
    ),
)
_OPEN = (
    (
        "watch.still-need",
        "still need needs missing owe owes only last open left",
        r"\bstill (?:need|needs|require|missing|lack)\b[^.]{0,60}\b(?:from|your|their|his|her|signed|approval"
        r"|signature|confirmation|access)\b|\bstill owes? (?:us|me|them|you)\b"
        r"|\b(?:is|are) the (?:only|one|last) (?:thing|piece|item|document)s? (?:that's |still )?(?:missing|open"
        r"|left)\b",
    ),
    (
        "watch.yet-to",
        "yet still has have",
        r"\b(?:has|have|is|are) yet to (?!see|learn)|\b(?:<HASNT>"
        rf"|not)\b[^,;.]{{0,45}}\b{_SETTLED}\b[^,;.]{{0,20}}\byet\b"
        rf"|\b(?:has|have|still)(?: yet)? to be {_SETTLED}\b",
    ),
    (
        "watch.sits-with",
        "with",
        r"\b(?:is|are|sits?|lies?|it's|still|now|rests?) (?:still |now |currently )?with (?:your|their|our|the|his"
        r"|her)? ?(?:legal|counsel|lawyers?|finance|procurement|purchasing|security|ciso|cfo|cio|compliance|hr"
        r"|treasury|board|signatory|controller|auditors?|works council|management|committee|vendor|customer"
        r"|client)\b",
    ),
)
_GUARDS = ("request", "calendar", *STATED)

RULES = (
    *table(Kind.WATCH, Category.WATCH, ("no_work", *_GUARDS), _WAITS),
    *table(Kind.WATCH, Category.WATCH, _GUARDS, _OPEN),
)
