"""Delay: the thing comes later than it was to come, or keeps not coming."""

from __future__ import annotations

from bot.reading.rules.frame import table
from bot.reading.rules.guards import STATED
from bot.reading.types import Category, Kind

_MOVED = (
    r"\b(?:push(?:ed|es)?|moved?s?|postponed|shift(?:ed|s)|rescheduled|deferred|slid|put (?=off|back)"
    r"|adjourned)\b"
)
_SLIPPED = (
    (
        "risk.delay.slips",
        "slips slipped slipping",
        r"\bslip(?:s|ped|ping)\b(?! of| on the)",
    ),
    (
        "risk.delay.moved-to",
        "push pushed pushes move moved moves postponed shifted shifts rescheduled deferred slid put adjourned",
        rf"{_MOVED}[^,;.]{{0,40}}?(?:\b(?:back|out)\b|(?<=put )off\b|\b(?:to|into|past|until|till|from)\b"
        r" (?:\w+ ){0,2}?(?:<DAY>|<DUR>)|\bby (?:\w+ )?<DUR>)",
    ),
    (
        "risk.delay.late",
        "late later",
        r"\b(?:runs?|running|be|is|are|'s|'re|comes?|coming|arrives?|again|already)(?: <DUR>)? late\b(?! (?:to|for) )"
        r"|\blater than (?:planned|agreed|expected|hoped|promised|thought)",
    ),
)
_SLOW = (
    (
        "risk.delay.delayed",
        "delayed delay",
        r"\b(?:(?:is|are|was|were|be|been|being|gets?|got|further|again|likely|now|still|'s|'re)(?: \w+){0,2} delayed"
        r"|delayed (?:by|until|till|to|as|because|due|again|for)|<DUR>(?:'s|'|s')? (?:of )?delay)\b",
    ),
    (
        "risk.delay.behind",
        "behind",
        r"(?:\b(?:runs?|running|falls?|falling|fallen|slipping|is|are|'re|'s|still|now)|<DUR>"
        r"|<NUM>)(?: \w+){0,2} behind(?= (?:schedule|plan|time|on|with|by|already|of)|[,.;:!]|$)",
    ),
    (
        "risk.delay.takes-longer",
        "longer age ages forever slower slowly drags dragging time",
        r"\b(?:tak(?:es?|ing|en)|took|needs?)\b[^,;.]{0,40}\b(?:longer|an age|ages|forever|more time)\b"
        r"|\b(?:go(?:es|ing)?|mov(?:es?|ing)|progress(?:es|ing)) (?:\w+ ){0,2}(?:slowly|slower)\b"
        r"|\bdrag(?:s|ging) on\b",
    ),
    (
        "risk.delay.more-time",
        "another more extra further additional",
        r"\b(?:needs?|asks?|asked|wants?|costs?|adds?|requires?|takes?)\b[^,;.]{0,30}\b(?:(?:another|an extra"
        r"|a further) (?:\w+ )?(?:week|month|sprint|quarter|day)s?|<NUM> (?:more|extra|further|additional) (?:week"
        r"|month|sprint|quarter|day)s)\b",
    ),
    (
        "risk.delay.nth-time",
        "row running time",
        r"\b<ORD> (?:time|week|month|day|quarter|sprint)s? (?:in a row|running)\b"
        r"|\b(?:postponed|moved|rejected|returned|cancelled|adjourned|sent back|pushed"
        r"|failed)\b[^,;.]{0,30}\bfor the <ORD> time\b",
    ),
)
_PAIRS = (
    (
        "risk.delay.date-pair",
        "instead rather earliest originally initially planned became moved moves went goes slipped slips pushed "
        "shifted changed postponed was were now new",
        r"\b(?:slip\w*|mov\w+|went|go(?:es|ne)?|push\w*|shift\w*|changed|postponed"
        r"|put off) [^,;.]{0,30}?\bfrom <DAY> (?:\w+ ){0,3}?to <DAY>"
        r"|\b(?:was|were|originally|planned|initially|agreed|promised|announced)\b[^;.]{0,40}?<DAY>[^;.]{0,12}\b(?:now"
        r"|became|moved to|new date)\b[^;.]{0,25}<DAY>|<DAY> (?:instead of|rather than|and not|, not) (?:on "
        r"|in )?<DAY>|<DAY> at the (?:very )?earliest\b|\bnew (?:\w+ )?date(?: is|:) (?:\w+ )?<DAY>",
    ),
)
# Words that speak of a plan by themselves: no party, date or deliverable need stand beside them.
_SAID_OUTRIGHT = (
    (
        "risk.delay.outright",
        "delayed delay longer slip",
        r"\b(?:will|to|has|have) be(?:en)? (?:\w+ )?delayed\b|\bdelayed (?:by )?(?:<DUR>|<NUM> days\b)"
        r"|\bwill (?:slip|delay)\b|\b(?:taking|takes|taken) (?:\w+ )?longer than (?:i|we|planned|expected|hoped"
        r"|thought)\b",
    ),
)

RULES = (
    *table(Kind.RISK, Category.DELAY, ("no_work", "request", "calendar", *STATED), _SLIPPED),
    *table(Kind.RISK, Category.DELAY, ("off_topic", "request", *STATED), _SLOW),
    *table(Kind.RISK, Category.DELAY, ("request", "calendar", *STATED), _SAID_OUTRIGHT),
    *table(
        Kind.RISK,
        Category.DELAY,
        ("no_work", "request", "calendar", *(guard for guard in STATED if guard != "negated")),
        _PAIRS,
    ),
)
