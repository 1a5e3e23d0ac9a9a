"""At risk: a date, a milestone or a deal may not hold."""

from __future__ import annotations

from bot.reading.rules.frame import table
from bot.reading.types import Category, Kind

_GUARDS = (
    "off_topic",
    "courtesy",
    "question",
    "negated",
    "resolved",
    "past",
    "request",
    "generic",
    "decision",
    "other_sense",
)
_NEGATIVE = (
    "off_topic",
    "courtesy",
    "question",
    "resolved",
    "past",
    "request",
    "generic",
    "decision",
    "other_sense",
    "on_track",
)

_STATED = (
    (
        "risk.at_risk.at-risk",
        "risk danger jeopardy jeopardises jeopardizes jeopardise jeopardize doubt doubtful shaky wobbly",
        r"\b(?:at|under)(?: \w+){0,2} risk\b|\bin (?:\w+ )?(?:danger|jeopardy|doubt)\b|\bjeopardi[sz]e[sd]?\b"
        r"|\b(?:we|i|you|they|there's a|high|real|serious)(?: \w+)? risk (?:of |that |to )?(?:losing|missing|not"
        r"|slipping|we|the|a)\b"
        r"|\b(?:is|are|looks?|looking|feels?|it's|more than|be)(?: \w+)? (?:doubtful|shaky|wobbly|touch and go"
        r"|optimistic at best)\b",
    ),
    (
        "risk.at_risk.running-out",
        "running time tight budget hours days money used burned burnt",
        r"\b(?:running|runs|run) (?:out of|short (?:of|on)|low on) (?:time|money|budget|days|hours|road|runway"
        r"|credits|people|testers)\b|\btime is (?:running|not on)\b|\b(?:very|too|extremely|awfully|getting|is"
        r"|really) tight\b"
        r"|\b(?:budget|hours|contingency|buffer|credits|float|days)\b[^,;.]{0,20}\b(?:used up|burn(?:ed|t)"
        r"|exhausted|eaten|gone)\b",
    ),
    (
        "risk.at_risk.person-gone",
        "rolled rolls rolling notice resigned quit leaves leaving leave sick reassigned pulled lent maternity "
        "paternity replacement successor retires left off",
        r"\broll(?:s|ed|ing) off\b(?! (?:the tongue|your))|\b(?:handed in|given|gave|put in) (?:his|her|their"
        r"|my) notice\b|\b(?:has |have )?(?:resigned|quit)\b(?! (?:the app|and re|button))"
        r"|\b(?:lead|architect|consultant|developer|dev|engineer|manager|pm|sponsor|tester|admin|specialist|expert"
        r"|analyst|colleague|he|she|dba|owner)s?\b[^,;.]{0,30}\b(?:leaves?(?! (?:it|a|the|room|out|in the folder))"
        r"|left us|is leaving|has left|retires|goes on leave|is on leave|off sick|out sick"
        r"|signed off|is out until|(?:maternity|paternity|parental) leave|(?:been|was|were|got) (?:reassigned"
        r"|pulled|lent|moved to (?:another|a)|taken off|borrowed))\b|\b(?:no|without a|replacement (?:not|isn't"
        r"|hasn't|is not)|successor (?:not|isn't|hasn't))(?: \w+)? ?(?:replacement|successor|found|named|backfill)\b",
    ),
    (
        "risk.at_risk.too-few",
        "short understaffed enough few little only single half staff capacity people thin",
        r"\b(?:short[- ](?:staffed|handed|of (?:people|staff|hands|testers|time))|understaffed|too (?:few"
        r"|little) (?:people|testers|time|hands|budget|days|capacity)"
        r"|not enough (?:people|testers|time|hands|budget|capacity|days|slots)|(?:cannot|can't) staff"
        r"|no (?:capacity|bandwidth|headcount|budget|staff) (?:for|to|left|until)|(?:are|is|we're"
        r"|still) <NUM> (?:\w+ )?short)\b",
    ),
)
_WILL_NOT = (
    (
        "risk.at_risk.wont-make",
        "won't cannot can't unlikely doubt see sure confident chance bet may might not isn't hard",
        r"\b(?:won't|will not|not going to|gonna not|can't|cannot|(?:is |are |it's )?unlikely (?:to|that)|(?:i"
        r"|we)(?: \w+)? doubt|don't see|do not see|not sure|no chance|hard to see|don't think|not confident|(?:may"
        r"|might|could) (?:well )?not|wouldn't bet|would not bet|don't believe)\b"
        r"[^,;.?]{0,60}\b(?:mak(?:e|ing) (?:it (?:by|in time|for (?:the|our)|before|on time)|the|that|our|your"
        r"|<DAY>)(?! (?:work|package|call|meeting))|hit(?:ting)? (?:the|our|that|<DAY>)|meet(?:ing)? (?:the|our"
        r"|that|<DAY>) (?:\w+ )?(?:date|deadline|target|milestone|sla)|reach(?:ing)? (?:the|our)"
        r"|in time|on time|(?:be )?(?:ready|done|finished|live|complete) (?:by|for|on|before|in)"
        r"|hold(?:s)?(?: (?:the|that|this|<DAY>)|[.!]|$)|surviv\w+|land(?:ing)? (?:by|in|before|on)|by <DAY>"
        r"|happening)\b",
    ),
    (
        "risk.at_risk.may-slip",
        "might may could likely probably will looks",
        r"\b(?:might|may|could|likely to|probably|will likely|looks like (?:we|it)(?:'ll| will)|threatens to"
        r"|about to) (?:well )?(?:slip|miss|be (?:late|delayed|pushed|behind)|lose (?:the|this|it|them|our)"
        r"|fall through|take longer|not (?:make (?:it|the|that|our)|be (?:ready|done|finished|in time|on time"
        r"|delivered)|land|happen|hold))\b",
    ),
    (
        "risk.at_risk.will-miss",
        "miss missing lose losing loses",
        r"\b(?:will|'ll|going to|gonna|about to|we|otherwise we) (?:miss|lose) (?:the |our |that |this |your "
        r"|another |their |<DAY>)+(?:\w+ )?(?:date|deadline|deal|customer|slot|window|renewal|order|bid|tender"
        r"|milestone|quarter|account|cut|booking|start|sprint|week|day|funding|budget|<DAY>)\b",
    ),
    (
        "risk.at_risk.have-of-needed",
        "of need needs needed left days weeks with",
        r"\b<NUM> (?:out )?of (?:the |our |your |their )?<NUM>\b[^;.]{0,60}\b(?:left|to go|<DAY>|in <DUR>"
        r"|remain(?:s|ing)?)\b|\b(?:need|needs|needed|require[sd]?) (?:at least )?<NUM>\b[^;.]{0,30}\b(?:have|has"
        r"|got|we're at|there are|only)\b (?:only )?<NUM>"
        r"|\b(?:have|has|got|at) (?:only )?<NUM>\b[^;.]{0,30}\b(?:need|needs|needed|are needed|is needed)\b",
    ),
)

RULES = (
    *table(Kind.RISK, Category.AT_RISK, (*_GUARDS, "hypothetical"), _STATED),
    *table(Kind.RISK, Category.AT_RISK, _NEGATIVE, _WILL_NOT),
)
