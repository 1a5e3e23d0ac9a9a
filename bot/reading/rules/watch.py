"""Watch: an open dependency with no word that it is late or stops work."""

from __future__ import annotations

from bot.reading.rules.frame import table
from bot.reading.types import Category, Kind

_GUARDS = (
    "off_topic",
    "courtesy",
    "question",
    "hypothetical",
    "past",
    "generic",
    "decision",
    "other_sense",
    "request",
    "resolved",
)

RULES = table(
    Kind.WATCH,
    Category.WATCH,
    _GUARDS,
    (
        (
            "watch.waiting-for",
            "waiting await awaiting awaits awaited",
            r"\b(?:(?:still |just |also |only |we're |we are |i'm |is |are |currently )*waiting (?:for"
            r"|on) (?!you to (?:join|come)|godot|the (?:bus|train))|await(?:s|ing|ed)?\b)",
        ),
        (
            "watch.pending",
            "pending outstanding",
            r"\b(?:is|are|'s|'re|still|approval|signature|access|remains?|currently)(?: \w+)? (?:pending"
            r"|outstanding)\b|^[^,;.]{3,50}\bpending\b(?! (?:changes|requests|list))|\bpending (?:from|with|on|your"
            r"|their|approval|sign|review)\b",
        ),
        (
            "watch.still-need",
            "still need needs missing only last",
            r"\b(?:we|they|i|he|she|legal|finance|team)?(?:'d)? ?still (?:need|needs|require|missing"
            r"|lack)\b(?! to (?:talk|think|see|figure|learn|do some))[^.]{0,60}\b(?:from|your|their|his|her|by"
            r"|signed|approval|signature|ok|confirmation|access)\b|\b(?:is|are) the (?:only|one|last) (?:thing"
            r"|piece|item|document)s? (?:that's |still )?(?:missing|open|left)\b",
        ),
        (
            "watch.yet-to",
            "yet haven't hasn't nothing no",
            r"\b(?:has|have|is|are) yet to (?!see|learn)|\b(?:hasn't|haven't|has not|have not|isn't|aren't|is not"
            r"|not)\b[^,;.]{0,45}\b(?:signed|approved|confirmed|replied|answered|decided|released|countersigned"
            r"|given (?:her|his|their|the)|back|through|in|there|finali[sz]ed|received|sent|been (?:sent|signed"
            r"|approved|released|addressed|finali[sz]ed|received))\b[^,;.]{0,20}\byet\b"
            r"|\b(?:nothing|no (?:answer|reply|word|response)) (?:\w+ )?(?:back )?(?:yet|so far)\b|\b(?:have|had"
            r"|has) (?:had )?(?:no|not received any) (?:answer|reply|response)\b",
        ),
        (
            "watch.sits-with",
            "with sits lies",
            r"\b(?:is|are|sits?|lies?|it's|still|now|are sitting|rests?) (?:still |now |currently )?with (?:your"
            r"|their|our|the|his|her|client|customer)? ?(?:legal|counsel|lawyers?|finance|procurement|purchasing"
            r"|security|ciso|cfo|cio|ops|compliance|hr|treasury|board|signatory|controller|ap team|auditors?"
            r"|works council|management|committee|vendor|customer|client)\b",
        ),
        (
            "watch.expected",
            "expected follow follows come requested",
            r"\b(?:approval|signature|redlines?|date|reply|answer|draft|decision|confirmation|number|letter|ok"
            r"|blessing|feedback|result|report|quote|po)\b[^,;.]{0,40}\b(?:is|are|still)? ?(?:expected|to follow"
            r"|to come|follows|requested)\b",
        ),
    ),
)
