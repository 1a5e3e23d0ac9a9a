"""Missed: a due thing is not there, an answer past its time has not come."""

from __future__ import annotations

from bot.reading.rules.frame import table
from bot.reading.rules.guards import DENIED, STATED
from bot.reading.types import Category, Kind

_REPLY = (
    r"(?:answers?|repl(?:y|ies)|responses?|word|feedback|reaction|news|ack|sign of (?:life|it|them|him|her|the|any))"
)
_NO_REPLY = (
    rf"\b(?:(?:no|without|zero|never (?:an?|any|got|had)|not (?:an?|one|any))(?: \w+){{0,2}} {_REPLY}|(?:<HASNT>|not"
    r"|never|didn't) (?:\w+ )?(?:heard|replied|answered|responded|reacted|(?:come|got(?:ten)?|called) back))\b"
)
_NOT_COME = (
    r"\b(?:never|didn't|did not|<HASNT>) (?:yet |been |even |actually )*(?:arrived?|come|came|reach(?:ed)?|received?"
    r"|delivered|landed|issued|sent|happen(?:ed)?|(?:show|turn)(?:n|ed)? up)\b"
)
# The time that has passed: "since Monday", "for three weeks", "after 4 mails".
_ANCHOR = (
    r"(?:since|for <DUR>|in <DUR>|after <DUR>|<DUR> (?:now|ago|later|after)|(?!(?:today|tomorrow|tonight)\b)<DAY>"
    r"|\bday \d+|<NUM> times|\d+ (?:mails|messages|reminders|calls|chasers))"
)
_WAS_DUE = (
    r"\b(?:due(?! process| diligence| dates?)|promised|supposed|agreed|announced|confirmed|meant|asked|requested"
    r"|scheduled|planned|expected|(?:was|were) (?:to|for)|had (?:till|until))"
)
_NOT_THERE = (
    r"(?:n't\b|\b(?:(?<!will )not|never|no|nothing|none|nowhere|still|yet to|empty|missing|without|where|(?:it's|it is"
    r"|today is) (?:the |week )?(?:<DAY>|\d+))\b)"
)

_OVERDUE = (
    (
        "risk.missed.overdue",
        "overdue past",
        r"\b(?:is|are|'s|'re|been|still|long|already|months?|weeks?|days?) (?:past due|overdue)\b(?! [a-z]+s\b)"
        r"|\boverdue (?:by|since|from|for)\b|^[^,;.]{3,60}\boverdue(?=\W*$|[,;.])|<DUR> past\b"
        r"|\bpast (?:its|the|your|our|their) (?:due|date|deadline)\b",
    ),
    (
        "risk.missed.missed-date",
        "missed failed passed went",
        r"\bmissed (?:[\w'-]+ ){1,4}?(?:date|deadline|milestone|checkpoint|slot|window|target|delivery|<DAY>)"
        r"|\bfailed to (?:deliver|send|bring|provide|submit|meet|respond|pay)\b|\bcame and went\b"
        r"|\b(?:deadline|date|milestone)\b[^,;.]{0,25}\b(?:passed|went by)\b",
    ),
    (
        "risk.missed.should-have",
        "should should've supposed meant ought",
        r"(?<!you )\b(?:should|ought to)(?:'ve| have) (?:been|come|arrived|reached|left|started|had|received)\b"
        r"|\b(?:was|were) (?:supposed|meant) (?:to|for)\b",
    ),
    (
        "risk.missed.nth-reminder",
        "reminder chaser asked requested reminded written pinged chased called mailed chasing time",
        r"\b<ORD> (?:and (?:last|final) )?(?:reminder|chaser)\b|\bask\w* (?:\w+ ){0,3}for the <ORD> time\b"
        r"|\b(?:asked|requested|reminded|written|pinged|chased|called|mailed)\b[^,;.]{0,40}\b(?:twice|<NUM> times"
        r"|repeatedly)\b|\bchas(?:ed|ing)\b[^,;.]{0,50}\b(?:since|for <DUR>)",
    ),
    (
        "risk.missed.still-waiting",
        "waiting waited",
        r"\bwait(?:ing|ed)\b[^;.]{0,60}(?:\bsince\b|\bfor <DUR>|<DUR> (?:now|already)\b)",
    ),
)
_ABSENT = (
    (
        "risk.missed.no-reply-since",
        "answer answers reply replies response responses word feedback reaction news sign ack heard replied answered "
        "responded reacted back quiet silent dark silence",
        rf"{_NO_REPLY}[^;.]{{0,60}}{_ANCHOR}|{_ANCHOR}[^;.]{{0,60}}{_NO_REPLY}"
        r"|\b(?:gone|went) (?:\w+ )?(?:quiet|silent|dark)\b|\bsilence (?:from|since|for)\b",
    ),
    (
        "risk.missed.due-and-not-there",
        "due promised supposed agreed announced confirmed meant asked requested scheduled planned expected was were "
        "had",
        rf"{_WAS_DUE} ?(?:\w+ ){{0,4}}?<DAY>[^.?]{{0,70}}{_NOT_THERE}"
        r"|\b(?:was|were|had)\b[^.?,;]{0,25}<DAY>[^.?,;]{0,40}[,;:–—][^.?]{0,12}\b(?:no|nothing|(?:it's"
        r"|today is) (?:the )?<DAY>)",
    ),
    (
        "risk.missed.not-arrived",
        "arrived arrive come came show shown showed happen happened turned reached reach received receive delivered "
        "landed issued sent",
        rf"{_NOT_COME}[^;.]{{0,50}}{_ANCHOR}|{_ANCHOR}[^;.]{{0,60}}{_NOT_COME}"
        r"|\bnever (?:arrived|came|reached|happened|(?:show|turn)ed up)\b",
    ),
    (
        "risk.missed.day-count",
        "day it's it today now",
        r"\b(?:it's|it is|now|is|we're) (?:(?:on|at|in|now) )*day (?:\d+|<NUM>)\b"
        r"|(?:^|[,;:] ?)(?:and )?(?:today|now|it)(?:'s| is) (?:already )?<DAY>(?: today| now| already)?(?: and"
        r"|,)(?=[^.?]*(?:n't\b|\b(?:no|not|nothing|none|never|still|without|empty|waits?)\b))",
    ),
)
# "We still have not received your check": late whatever the thing is.
_NOT_RECEIVED = (
    (
        "risk.missed.not-received",
        "received gotten got heard arrived come turned delivered called contacted replied answered responded",
        r"\b(?:still <HASNT>|never) (?:been )?(?:received|gotten|got|heard) (?:an?|any|the|your|back)\b(?! (?:point"
        r"|idea|chance))|\b(?:has|have) not (?:yet )?(?:arrived|come in|been delivered)\b"
        r"|\b(?:no one|nobody) has (?:called|contacted|replied|answered|responded|come back)\b",
    ),
)

RULES = (
    *table(Kind.RISK, Category.MISSED, ("off_topic", *STATED), _OVERDUE),
    *table(Kind.RISK, Category.MISSED, ("off_topic", *DENIED), _ABSENT),
    *table(Kind.RISK, Category.MISSED, DENIED, _NOT_RECEIVED),
)
