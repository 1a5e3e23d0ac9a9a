"""Relationship: anger, a threat to end or replace, lost trust, refusal, a partner passed over by our own sellers."""

from __future__ import annotations

from bot.reading.rules.frame import table
from bot.reading.types import Category, Kind

_GUARDS = ("courtesy", "negated", "past", "generic", "question")
_TRUST = r"\b(?:trust|confidence|faith|patience|credibility|belief|goodwill)\b"
_TOGETHER = r"(?:partnership|agreement|contract|relationship|program(?:me)?|pilot|project|cooperation|collaboration)"
_OTHERS = (
    r"\b(?:alternatives?|elsewhere|(?:another|other|different|second) (?:vendor|supplier|partner|provider|platform)s?"
    r"|your (?:competit(?:or|ion)|rival)s?|(?:somebody|someone) else)\b"
)

# Said to the other side's face: needs no subject of work beside it.
_DIRECT = (
    (
        "relationship.lost-trust",
        "trust trusting confidence faith patience credibility belief goodwill rely believe",
        rf"\b(?:los(?:t|ing|es?)|(?<!a )no(?: more)?|broken?|damaged|shaken|stopped)\b[^,;.]{{0,25}}(?:{_TRUST}"
        rf"|\btrusting\b)|{_TRUST}[^,;.]{{0,25}}\b(?:gone|lost|used up|run out|wearing thin|exhausted)\b"
        r"|\b(?:don't|do not|doesn't|no longer) (?:\w+ )?(?:trust|believe|rely on) (?:\w+ ){0,4}(?:you|your"
        r"|promises?|this team)\b",
    ),
    (
        "relationship.refusal",
        "won't will refuses refused never again longer going want",
        r"\b(?:won't|will not|refuses? to|never|(?:don't|doesn't) want to|no longer (?:want|willing) to"
        r"|not going to) (?:be )?(?:work|deal|invite|recommend|renew|sell|do business|bid|sign|extend|meet"
        r"|partner)\w*\b[^,;.]{0,40}\b(?:with you|with your|with either|you|us|your|either|another|this|again)\b",
    ),
    (
        "relationship.let-down",
        "done finished fed sick tired enough let lets left blame blaming fingers pointing face excuses",
        r"\b(?:done|finished|fed up) with (?:you|your|this)\b|\b(?:sick|tired|enough) of (?:you|your|this|being"
        r"|excuses)\b|\blets? (?:us|me|them) down\b|\bleft (?:us|me) (?:hanging|in the lurch|alone)\b"
        r"|\bblam(?:e|ing) (?:us|each other)\b|\b(?:pointing|points?) (?:\w+ )?fingers?\b|\bslap in the face\b"
        r"|\b(?:no more|enough) excuses\b",
    ),
)
_ABOUT_WORK = (
    (
        "relationship.threat-to-end",
        "terminate terminating end stop cancel leave quit exit pull walk alternative alternatives elsewhere another "
        "other different competitor competitors competition rival rivals else",
        r"\b(?:end|stop|cancel|leave|quit|exit|terminat(?:e|ing)|pull out of|walk away from) (?:the|our|this"
        rf"|your) (?:\w+ )?{_TOGETHER}\b|\b(?:look|shop|talk|bring|evaluat|consider|go(?:es|ing)? (?:with"
        rf"|to))\w*\b[^,;.]{{0,30}}{_OTHERS}",
    ),
    (
        "relationship.passed-over",
        "direct behind undercut undercutting bypassed bypassing poached account sales ae inside field rep reps",
        r"\byour (?:own )?(?:direct|account|sales|ae|inside|field|reps?|regional)[\w ]{0,20}\b(?:called|told|offered"
        r"|quoted|contacted|approached|poached|pitched)\b[^.;]{0,20}\b(?:our|my) (?:\w+ )?(?:customer|client|account"
        r"|prospect)|\bbehind (?:our|my) back\b|\b(?:bypass(?:ed|ing)|poach(?:ed|ing)|undercut(?:ting|s)?) (?:us"
        r"|our \w+)\b",
    ),
    (
        "relationship.escalate-above",
        "board ceo cfo cio vp md founder management boss director lawyers legal",
        r"\b(?:my|our|their|his|her) (?:board|ceo|cfo|cio|vp|md|founder|management|boss|director"
        r"|lawyer)s?\b[^;.]{0,40}\b(?:wants? (?:out|to (?:pull out|end|leave|cancel))|is (?:furious|angry)|asking why"
        r"|review (?:the|our|your) \w+)\b|\b(?:hand(?:ed|ing)? (?:this|it) (?:over )?to|involv(?:e|ing)"
        r"|go(?:ing)? to) (?:our|my) (?:lawyers|legal team|board|ceo)\b",
    ),
)

RULES = (
    *table(Kind.RELATIONSHIP, Category.RELATIONSHIP, _GUARDS, _DIRECT),
    *table(Kind.RELATIONSHIP, Category.RELATIONSHIP, ("off_topic", *_GUARDS), _ABOUT_WORK),
)
