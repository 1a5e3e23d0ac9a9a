"""Delay: the thing comes later than it was to come, or keeps not coming."""

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
    "request",
    "generic",
    "decision",
    "other_sense",
)
_PLAIN = (*_GUARDS, "calendar")

_SLIPPED = (
    (
        "risk.delay.slips",
        "slip slips slipped slipping",
        r"\bslip(?:s|ped|ping)?\b(?! of| on the)(?=.{0,60}(?:<DAY>|<DUR>|\bby\b|\binto\b|\bpast\b|\bagain\b"
        r"|\bright\b|[.,;:!]|$))",
    ),
    (
        "risk.delay.moved-to",
        "pushed moved moves postponed shifted rescheduled deferred bumped pushes push wandered wanders slides slid "
        "sliding shifts put adjourned",
        r"\b(?:push(?:ed|es)?|moved?s?|postponed|shift(?:ed|s)|rescheduled|deferred|bumped|wander(?:ed|s)|slid(?:es"
        r"|ing)?|put (?=off|back)|adjourned)\b"
        r"[^,;.]{0,40}?(?:\b(?:back|out|off|right)\b|\b(?:to|into|by|past|until|till|from)\b (?:\w+ ){0,2}?(?:<DAY>"
        r"|<DUR>))",
    ),
    (
        "risk.delay.delayed",
        "delayed delay delays",
        r"\b(?:(?:is|are|was|were|be|been|being|gets?|got|running|further|again|likely|now|still|'s"
        r"|'re)(?: \w+){0,2} delayed|delayed (?:by|until|till|to|as|because|due|again|for|several)"
        r"|<DUR>(?:'s|'|s')? (?:of )?delay|delay(?:s)? (?:of|in|on|with) (?:\w+ ){0,3}|delay (?:is|has|to|from"
        r"|because|due))\b",
    ),
)
_SLOW = (
    (
        "risk.delay.behind",
        "behind",
        r"(?:\b(?:runs?|running|falls?|falling|fallen|slipping|is|are|we're|it's|they're|'s|we are|still|now)|<DUR>"
        r"|<NUM>)(?: \w+){0,2} behind"
        r"(?= (?:schedule|plan|time|on|with|by|already|of)|[,.;:!]|$)",
    ),
    (
        "risk.delay.late",
        "late later",
        r"(?:<DUR> |\b(?:running|will be|is|are|be|we're|'s|'re|it's|comes?|coming|arrives?|came in|again|already"
        r"|too|months?|weeks?|days?|run) )late\b"
        r"(?! (?:to|for) |r\b)|<DUR> later than\b|\blater than (?:planned|agreed|expected|hoped|promised|thought)",
    ),
    (
        "risk.delay.takes-longer",
        "longer takes taking take slower slow slowly dragging drags crawling age ages",
        r"\b(?:tak(?:es?|ing|en)|took|needs?)\b[^,;.]{0,40}\b(?:longer|an age|ages|forever|more time)\b"
        r"|\b(?:going|goes|go|moving|moves|progressing) (?:forward |on )?(?:only |very |rather |so "
        r"|far too )?(?:slowly|slower)\b"
        r"|\b(?:dragging|drags) on\b|\bstill crawling\b|\bslower than (?:planned|agreed|expected|hoped|we)\b",
    ),
    (
        "risk.delay.more-time",
        "another more extra further additional",
        r"\b(?:needs?|asks?|asked|wants?|costs?|adds?|says?|require[sd]?"
        r"|takes?)\b[^,;.]{0,30}\b(?:for )?(?:(?:another|an extra|a further) (?:\w+ )?(?:week|month|sprint|quarter"
        r"|day)s?"
        r"|<NUM> (?:more|extra|further|additional) (?:week|month|sprint|quarter|day)s)\b",
    ),
    (
        "risk.delay.nth-time",
        "row running time second third fourth fifth 2nd 3rd 4th",
        r"\b<ORD> (?:time|week|month|day|status|quarter|sprint|planning|steerco|session|call)s? (?:in a row|running"
        r"|now)\b"
        r"|\b(?:postponed|moved|rejected|returned|bounced|cancelled|adjourned|sent back|pushed"
        r"|failed)\b[^,;.]{0,30}\bfor the <ORD> time\b|\bfor the <ORD> time\b[^,;.]{0,30}\b(?:postponed|rejected"
        r"|returned|bounced|cancelled)\b",
    ),
    (
        "risk.delay.no-date",
        "eta date dates timeline",
        r"\b(?:no|without an?|not? (?:\w+ )?(?:any|an?)|can't (?:give|name) (?:\w+ )?an?) (?:new |firm |clear "
        r"|delivery |end |go-live |ship |restart )?(?:eta|dates?|timeline)\b",
    ),
)
_PAIRS = (
    (
        "risk.delay.date-pair",
        "instead rather earliest originally initially planned became moved moves went goes slipped slips "
        "pushed shifted changed postponed wandered like best now",
        r"\b(?:slip\w*|mov\w+|went|go(?:es|ne)?|push\w*|shift\w*|wander\w*|changed|postponed|put off"
        r"|pushed out) [^,;.]{0,30}?\bfrom <DAY> (?:\w+ ){0,3}?to <DAY>"
        r"|\b(?:was|were|originally|planned|initially|agreed|promised"
        r"|announced)\b[^;.]{0,40}<DAY>[^;.]{0,12}\b(?:now|became|moved to|turned into|new date)\b[^;.]{0,25}<DAY>"
        r"|<DAY> (?:instead of|rather than|and not|, not) (?:on |in |the )*<DAY>|\bmore like (?:the )?<DAY>(?: than"
        r"| rather|,| now|\.|$)"
        r"|\b(?:is|it's|that's|looking like|looks like) (?:now )?<DAY> (?:at (?:the )?(?:best|earliest)|now)\b"
        r"|\b<DAY> at the (?:very )?earliest\b",
    ),
)

RULES = (
    *table(Kind.RISK, Category.DELAY, _PLAIN, _SLIPPED),
    *table(Kind.RISK, Category.DELAY, _GUARDS, _SLOW),
    *table(
        Kind.RISK,
        Category.DELAY,
        (
            "off_topic",
            "courtesy",
            "question",
            "hypothetical",
            "past",
            "request",
            "generic",
            "decision",
            "calendar",
            "resolved",
        ),
        _PAIRS,
    ),
)
