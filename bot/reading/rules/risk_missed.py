"""Missed: a due thing is not there, an answer past its time has not come."""

from __future__ import annotations

from bot.reading.rules.frame import table
from bot.reading.types import Category, Kind

_GUARDS = (
    "off_topic",
    "courtesy",
    "question",
    "negated",
    "resolved",
    "hypothetical",
    "past",
    "generic",
    "decision",
    "other_sense",
)
# These frames say "not there" themselves.
_NEGATIVE = (
    "off_topic",
    "courtesy",
    "question",
    "resolved",
    "hypothetical",
    "past",
    "generic",
    "decision",
    "other_sense",
)

_NOTHING = r"(?:answers?|repl(?:y|ies)|responses?|word|feedback|reaction|acknowledge?ment|news|sign of|ack)"
_ANCHOR = (
    r"(?:since|for <DUR>|in <DUR>|after <DUR>|<DUR> (?:now|ago|later|after)"
    r"|(?!(?:today|tomorrow|tonight)\b)<DAY>|\bday \d+|<NUM> times|\d+ (?:mails"
    r"|messages|emails|reminders|calls|chasers))"
)

_OVERDUE = (
    (
        "risk.missed.overdue",
        "overdue past",
        r"\b(?:is|are|was|now|still|long|already|months?|weeks?|days?|'s|'re|been|the|our|badly) overdue\b"
        r"|\boverdue (?:by|since|from|for|now)\b|^[^,;.]{3,60}\boverdue\b|<DUR> past\b|\bpast (?:due|(?:its|the"
        r"|your|our|their) (?:due|date|deadline|sla|milestone))\b",
    ),
    (
        "risk.missed.missed-date",
        "missed miss missing failed passed lapsed expired",
        r"\bmissed (?:the|our|your|its|their|a|another|this|that|<DAY>)(?: [\w-]+){0,3}? ?(?:date|deadline"
        r"|milestone|checkpoint|slot|window|cut|target|sla|due|delivery|submission|<DAY>)\b"
        r"|\bfailed to (?:deliver|send|bring|provide|submit|meet|hand|produce|respond|pay|show)\b|\b(?:deadline"
        r"|date|milestone|due date|cut-?off)\b[^,;.]{0,25}\b(?:passed|came and went|lapsed|went by|missed)\b",
    ),
    (
        "risk.missed.should-have",
        "should should've supposed meant ought",
        r"(?<!you )\bshould(?:'ve| have) (?:been|arrived|reached|left|come|gone|had|got|landed|started|gotten|received"
        r"|seen"
        r"|sent)\b|\b(?:was|were) (?:supposed|meant) (?:to|for)\b|\bought to have\b",
    ),
    (
        "risk.missed.owed",
        "owe owes owed",
        r"\b(?:you|your [\w ]{2,25}) (?:still )?owes? (?:us|me|them)\b|\bstill owes? (?:us|me|them|you)\b",
    ),
    (
        "risk.missed.nth-reminder",
        "reminder reminders chaser asked asking chasing chased written requested remind nudged pinged",
        r"\b(?:<ORD>|another|yet another) (?:and (?:last|final) )?(?:reminder|chaser|nudge|request)\b"
        r"|\b<NUM> (?:reminders|chasers|mails|follow-ups)\b|\b(?:asked|requested|reminded|written|pinged|chased"
        r"|called|mailed)\b[^,;.]{0,40}\b(?:twice|<NUM> times|again and again|repeatedly)\b"
        r"|\basked? (?:\w+ ){0,3}?for the <ORD> time\b|\bfor the <ORD> time\b[^.]{0,15}\b(?:ask\w*|where|who"
        r"|when)\b|\bchas(?:ed|ing)\b[^,;.]{0,50}\b(?:since|for <DUR>|again|<NUM> times)\b",
    ),
    (
        "risk.missed.still-waiting",
        "still waiting waited",
        r"\b(?:still )?(?:waiting|waited)\b[^;.]{0,60}(?:\bsince\b|\bfor <DUR>(?: now)?(?: for| on)?\b"
        r"|\b<DUR> (?:now|already)\b)",
    ),
)
_ABSENT = (
    (
        "risk.missed.no-reply-since",
        "answer answers reply replies response responses word feedback reaction acknowledgement news sign ack "
        "heard replied answered responded reacted back quiet silent dark silence nothing",
        r"\b(?:no|without|zero|never (?:an?|any|got|had)|not (?:an?|one"
        rf"|any))(?: \w+){{0,2}} {_NOTHING}\b[^;]{{0,60}}{_ANCHOR}|{_ANCHOR}[^;.]{{0,60}}\b(?:no|without|zero"
        rf"|not (?:an?|one|any)|never (?:an?|any|got|had))(?: \w+){{0,2}} {_NOTHING}\b"
        r"|\b(?:haven't|hasn't|have not|has not|not|never|didn't) (?:\w+ )?(?:heard|replied|answered|responded"
        rf"|reacted|come back|got(?:ten)? back|called back|written back)\b[^;.]{{0,50}}{_ANCHOR}"
        rf"|{_ANCHOR}[^;.]{{0,60}}\b(?:haven't|hasn't|have not|has not|not|never) (?:\w+ )?(?:heard|replied"
        r"|answered|responded|reacted|come back|got(?:ten)? back)\b"
        r"|\b(?:gone|went) (?:\w+ )?(?:quiet|silent|dark)\b|\b(?:radio )?silence (?:from|since|for)\b"
        rf"|\bnothing (?:\w+ ){{0,2}}(?:back|from|since|has come|came|yet)\b[^;.]{{0,40}}{_ANCHOR}",
    ),
    (
        "risk.missed.due-and-not-there",
        "due promised supposed agreed announced fixed confirmed meant asked requested ordered wanted scheduled "
        "planned expected foreseen was were had",
        r"\b(?:due|promised|supposed|agreed|announced|fixed|confirmed|meant|asked|requested|ordered|wanted|was|were"
        r"|had) ?(?:\w+ ){0,4}?<DAY>[^.?]{0,70}(?:n't\b|\b(?:not|never|no|nothing|none|nowhere|still|yet to|empty"
        r"|missing|fell through|without|today is|it's (?:the )?<DAY>|it is (?:the )?<DAY>|day \d+|where)\b)",
    ),
    (
        "risk.missed.not-arrived",
        "arrived come came show shown showed happen happened turned reached received delivered landed appeared "
        "arrive reach issued sent paid",
        r"\b(?:never|didn't|did not|hasn't|haven't|has not|have not|still (?:hasn't|haven't|not)|isn't"
        r"|aren't) (?:yet |been |even |actually )*(?:arrived?|come|came|show(?:n|ed)? up|happen(?:ed)?|turned up"
        rf"|reach(?:ed)?|received?|delivered|landed|appeared?|issued|sent|paid)\b[^;.]{{0,50}}{_ANCHOR}"
        rf"|{_ANCHOR}[^;.]{{0,60}}\b(?:never|didn't|did not|hasn't|haven't|has not|have not|still not) (?:yet "
        r"|been |even )*(?:arrived?|come|came|show(?:n|ed)? up|happen(?:ed)?|turned up|reach(?:ed)?|received?"
        r"|delivered|landed|appeared?|issued|sent|paid)\b"
        r"|\bnever (?:arrived|came|showed up|turned up|reached|happened|appeared|landed)\b|\b(?:did not"
        r"|didn't) (?:happen|take place|materiali[sz]e|show up|turn up)\b|\bno[- ]show\b",
    ),
    (
        "risk.missed.day-count",
        "day it's",
        r"\b(?:it's|it is|we're (?:on|at|in)|now (?:on|at)|is (?:on|at)) (?:now )?day (?:\d+|<NUM>)\b|(?:^"
        r"|[,;:] ?)(?:and )?(?:today|now|it)(?:'s| is) (?:already )?(?:the )?(?:<DAY>|\d{1,2}(?:st|nd|rd"
        r"|th))(?: today| now| already)? (?:and|,)",
    ),
)

RULES = (
    *table(Kind.RISK, Category.MISSED, _GUARDS, _OVERDUE),
    *table(Kind.RISK, Category.MISSED, _NEGATIVE, _ABSENT),
)
