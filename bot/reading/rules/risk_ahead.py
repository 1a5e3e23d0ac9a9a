"""At risk: a date, a milestone or a deal may not hold."""

from __future__ import annotations

from bot.reading.rules.frame import table
from bot.reading.rules.guards import DENIED, STATED
from bot.reading.types import Category, Kind

_DOUBT = (
    r"\b(?:won't|will not|not going to|can't|cannot|unlikely|(?:i|we)(?: \w+)? doubt|(?:don't|do not) (?:see|think"
    r"|believe)|not (?:sure|confident)|no chance|hard to see|(?:may|might|could) (?:well )?not|wouldn't bet)\b"
)
_MILESTONE = (
    r"(?:date|deadline|cut-?off|cut|window|slot|milestone|launch|go-?live|target|release|start|sprint|delivery)"
)
_PERSON = (
    r"\b(?:lead|architect|consultant|developer|dev|engineer|manager|pm|sponsor|tester|admin|specialist|expert|analyst"
    r"|colleague|he|she|owner)s?\b"
)

_STATED = (
    (
        "risk.at_risk.at-risk",
        "risk danger jeopardy jeopardises jeopardizes doubt doubtful shaky",
        r"\b(?:at|under)(?: \w+){0,2} risk\b|\bin (?!no )(?:\w+ )?(?:danger|jeopardy|doubt)\b|\bjeopardi[sz]e[sd]?\b"
        r"|\b(?:we|i|you|they|there's a|high|real|serious)(?: \w+)? risk (?:of |that |to )?(?:losing|missing|not"
        r"|slipping|we|the|a)\b|\b(?:is|are|looks?|looking|feels?)(?: \w+)? (?:doubtful|shaky|touch and go)\b",
    ),
    (
        "risk.at_risk.running-out",
        "running runs run tight used burned burnt gone exhausted",
        r"\brun(?:ning|s)? (?:out of|short of|low on) (?:time|money|budget|days|hours|people)\b"
        r"|\b(?:very|too|getting|is|really) tight\b|\b(?:budget|hours|contingency|buffer"
        r"|days)\b[^,;.]{0,20}\b(?:used up|burn(?:ed|t)|exhausted|gone)\b",
    ),
    (
        "risk.at_risk.person-gone",
        "rolled rolls rolling notice resigned leaves leaving leave left sick reassigned pulled lent retires off",
        r"\broll(?:s|ed|ing) off\b|\b(?:handed in|given|gave) (?:his|her|their|my) notice\b"
        rf"|\b(?:has |have )?resigned\b|{_PERSON}[^,;.]{{0,30}}\b(?:leaves (?=us\b|the \w+\b|on\b|in\b|at\b|<DAY>)"
        r"|left us|is leaving|has left|retires|(?:is|goes) on leave|(?:off|out) sick|(?:been|was|were"
        r"|got) (?:reassigned|pulled|lent|taken off))\b",
    ),
)
_WILL_NOT = (
    (
        "risk.at_risk.wont-make",
        "won't cannot can't unlikely doubt see sure confident chance may might could think believe bet not",
        rf"{_DOUBT}[^,;.?]{{0,60}}\b(?:(?:mak(?:e|ing)|hit(?:ting)?|meet|reach(?:ing)?) (?:(?:the|that|our"
        rf"|your) (?:[\w-]+ ){{0,3}}?{_MILESTONE}|<DAY>)|(?:in|on) time|(?:ready|done|finished|live|complete) (?:by"
        r"|for|on|before|in)|<DAY> hold|hold(?:s)?(?: (?:the|that|this) (?:date|plan)| <DAY>)|land(?:ing)? (?:by|in"
        r"|before|on) <DAY>|by <DAY>|(?:about|of) <DAY>)",
    ),
    (
        "risk.at_risk.may-slip",
        "might may could likely probably will looks threatens",
        r"\b(?:might|may|could|likely to|probably|will likely|threatens to|about to) (?:well )?(?:slip|miss|be (?:late"
        r"|delayed|pushed|behind)|lose (?:the|this|it|them|our)|fall through|take longer|not (?:make (?:it|the|that"
        r"|our)|be (?:ready|done|in time)|hold))\b",
    ),
    (
        "risk.at_risk.will-miss",
        "miss lose",
        r"\b(?:will|'ll|going to|about to) (?:miss|lose) (?:(?:the|our|that|this|your"
        rf"|their) (?:[\w-]+ ){{0,2}}?(?:{_MILESTONE}|deal|customer|renewal|order|bid|tender)|<DAY>)\b",
    ),
    (
        "risk.at_risk.have-of-needed",
        "of need needs needed",
        r"\b<NUM> (?:out )?of (?:the |our |your |their )?<NUM>\b[^;.]{0,60}\b(?:left|to go|<DAY>|in <DUR>|remain(?:s"
        r"|ing)?)|\bneed(?:s|ed)? (?:at least )?<NUM>\b[^;.]{0,30}\b(?:have|has|got|there are) (?:only )?<NUM>\b",
    ),
)

RULES = (
    *table(Kind.RISK, Category.AT_RISK, ("off_topic", "request", *STATED), _STATED),
    *table(
        Kind.RISK,
        Category.AT_RISK,
        ("off_topic", "request", *(guard for guard in DENIED if guard != "hypothetical")),
        _WILL_NOT,
    ),
)
