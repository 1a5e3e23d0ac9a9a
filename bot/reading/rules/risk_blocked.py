"""Blocked: work, an approval or a deal cannot go on."""

from __future__ import annotations

from bot.reading.rules.frame import table
from bot.reading.rules.guards import DENIED, STATED
from bot.reading.types import Category, Kind

_NOBODY_CAN = r"(?:<CANT>|won't|not (?:allowed|permitted)|may not|nobody|no one|nothing|none|never|impossible)"
_UNTIL = r"(?:until|till|unless|without|as long as)"

_STATES = (
    (
        "risk.blocked.state",
        "blocked stuck stalled frozen hold ice halted suspended paused parked held locked standstill grounded idle",
        r"\b(?:is|are|'s|'re|be|been|still|currently|now|remains?|fully|sits?|stays?|stands?|has|have|gets|put)\b"
        r"(?: [\w'-]+){0,3}? (?:blocked|stuck|stalled|frozen|on hold|on ice|halted|suspended|paused|parked"
        r"|held (?:up|back)|locked out|at a standstill|grounded|idle)\b",
    ),
    (
        "risk.blocked.blocks",
        "blocks blocking holding blocker bottleneck showstopper show-stopper",
        r"\b(?:blocks|blocking|holding up) (?:us|the|our|your|their|everything|all|both)\b"
        r"|\b(?:a|the|our|main|only|biggest|real|big) (?:blocker|show-?stopper|bottleneck)\b(?! (?:list|board|call))",
    ),
    (
        "risk.blocked.idle-hands",
        "idle around hands",
        r"\b(?:sit|stand)(?:s|ting|ing)? (?:around|idle)\b|\bhands (?:are )?tied\b",
    ),
    (
        "risk.blocked.refused",
        "refuses refused refusing declines declined withheld withholds withholding froze stop plug",
        r"\b(?:refus(?:es|ed|ing)|declin(?:es|ed)) (?:to (?:sign|pay|release|approve|accept|ship|file|join|let|give"
        r"|confirm|start)|the|our|your|any)\b|\bwith(?:holds?|held|holding) (?:\w+ ){0,2}(?:payment|approval|access"
        r"|consent|signature)|\bfroze (?:all|the|our|your|spending)\b|\bcredit stop\b|\bpull(?:ed|s) the plug\b",
    ),
)
_CANNOT = (
    (
        "risk.blocked.cannot-until",
        "until till before unless without while as",
        rf"\b{_NOBODY_CAN}\b[^;.?]{{0,70}}\b(?:{_UNTIL}|while|before (?!(?:the )?<DAY>))\b"
        rf"|\b(?:doesn't|don't|isn't(?! until))\b[^;.?]{{0,70}}\b{_UNTIL}\b"
        rf"|\bno (?!need\b|worr|problem|rush\b|doubt\b)(?:[\w-]+ ){{1,5}}{_UNTIL}\b",
    ),
    (
        "risk.blocked.until-no",
        "until till unless without before as",
        rf"(?:^|[,;:–—-] ?|\b(?:and|but|so) )(?:{_UNTIL}|before)\b[^;.?]{{3,90}}?\b(?:{_NOBODY_CAN}|no [\w-]+|doesn't"
        r"|don't|stays?|refuse)\b",
    ),
    (
        "risk.blocked.cannot-proceed",
        "can't cannot unable couldn't able can",
        r"\b(?:(?:we|they|i|team|crew|people|testers?|engineers?|consultants)(?: (?:still|now|currently))? <CANT>"
        r"|(?:nobody|no one) can) (?:even |yet |now )?(?:start|proceed|continue|go (?:on|ahead|live)|move (?:on|ahead"
        r"|forward)|deploy|invoice|quote|ship|order|onboard|book|approve|submit|test|install|begin)\b(?! (?:if|to)\b)",
    ),
    (
        "risk.blocked.so-nothing",
        "so hence therefore means meaning",
        r"[,;:–—]\s?(?:so|hence|therefore|meaning|which means|and so)(?: there's| there is| we have| i have)? (?:no"
        r"|none|nobody|nothing) (?!worries|problem|need|more|rush|harm|hurry|question|surprise|change|reason|complaint"
        r"|pressure|obstacle)[\w-]+"
        r"|[,;:–—] ?(?:so|hence) (?:the|our|my|your|we|i|they) (?:\w+ ){0,3}(?:<CANT>|won't|stays? (?:closed|down"
        r"|dark)|wait)\b",
    ),
)
# Words that speak of work by themselves: no party, date or deliverable need stand beside them.
_STATES_OUTRIGHT = (
    (
        "risk.blocked.outright",
        "hold stalled held halted suspended frozen stopped",
        r"\b(?:is|are|'s|'re|still|been|now|currently) (?:on hold|(?:held up|halted|suspended|frozen|stopped) (?:by"
        r"|until|till|since|because|again))\b|\b(?:has|have|is|are|'s) stalled\b",
    ),
)
_CANNOT_OUTRIGHT = (
    (
        "risk.blocked.unable",
        "can't cannot unable able couldn't",
        r"\b<CANT> (?:continue|move (?:any )?(?:further|forward|ahead)|get (?:anyone|anybody|hold of|a (?:reply"
        r"|response|answer)))\b",
    ),
)

RULES = (
    *table(Kind.RISK, Category.BLOCKED, ("no_work", "request", *STATED), _STATES),
    *table(Kind.RISK, Category.BLOCKED, ("no_work", "request", *DENIED), _CANNOT),
    *table(Kind.RISK, Category.BLOCKED, ("request", *STATED), _STATES_OUTRIGHT),
    *table(Kind.RISK, Category.BLOCKED, ("request", *DENIED), _CANNOT_OUTRIGHT),
)
