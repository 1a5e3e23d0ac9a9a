"""The look-alikes: sentences that hold a cue and a frame and yet state nothing that is late, stopped or in danger.

The names are those of the label guide. A guard is asked about one match in one sentence; True means "a look-alike".
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.reading.rules.frame import Rule, View, frame

Guard = Callable[[View, "re.Match[str]"], bool]

_COURTESY = frame(
    r"\b(?:sorry|apolog(?:y|ies|ize|ise)|excuse|pardon|forgive|regrets?|thank(?:s| you)|appreciate|bear with"
    r"|patien(?:ce|t))\b"
    r"[^,;:.]{0,45}\b(?:delay\w*|wait\w*|late(?:ness)?|slow\w*|hold[- ]?up|hassle|trouble|inconvenience|belated"
    r"|patience|silence"
    r"|response|reply|answer|with (?:me|us)|missed|noise|behind)\b|^\W*(?:hi|hello|hey)?\W*(?:sorry"
    r"|apologies)\b[^,;:]{0,40}$"
)
_NEGATED_BEFORE = frame(
    r"(?:\b(?:no|not|never|nothing|none|nobody|without|neither|nor|hardly|zero|isn't|aren't|wasn't|weren't|hasn't"
    r"|haven't"
    r"|won't|doesn't|don't|didn't|shouldn't|wouldn't|can't|cannot)\b)(?: \w+){0,3}[ ,]*$"
)
_NEGATED = frame(
    r"\b(?:no (?:blockers?|delays?|risks?|issues?|impact|slippage|surprises|reason)|not (?:late|blocked|delayed"
    r"|at risk|behind|stuck)"
    r"|nothing (?:is |was |'s )?(?:\w+ )?(?:blocked|open|late|overdue|outstanding|missing|stuck|at risk|pending)"
    r"|on (?:track|schedule|time|plan)\b"
    r"|ahead of (?:schedule|plan|time)|as planned|no longer|not? any ?more|unblocked|early\b|in good (?:shape|time)"
    r"|all (?:green|good|set|clear))"
)
_RESOLVED = frame(
    r"\b(?:resolved|solved|sorted|fixed|cleared|unblocked|caught up|back (?:up|on track|to normal|in business"
    r"|online)|arrived|landed"
    r"|has been (?:lifted|released|approved|found|paid|restored)|is (?:done|over|gone|through|closed|behind us)"
    r"|made up"
    r"|we can (?:go on|continue|proceed)|came (?:back|in|through)|turned up|at last|finally|all (?:done|in)\b"
    r"|lifted|now (?:works|running|done))\b"
)
_UNRESOLVED = frame(
    r"\b(?:not|n't|until|till|before|once|when|if|unless|never|no|should|should've|supposed|promised|meant)\b[^,;.]{0,45}"
    r"(?:resolved|solved|sorted|fixed|cleared|arrived|landed|lifted|released|approved|found|paid|done|through|back)"
)
_HYPOTHETICAL = frame(
    r"(?:^|[,;:] ?|\b(?:and|but|so|or) )(?:in case|if|should (?:the|we|they|you|it|he|she|that|this|your|our"
    r"|anything|anyone|any)|suppose"
    r"|supposing|assuming|imagine|what if|even if|were (?:we|you|it|they|the)|had (?:we|you|it|they)|say )\b"
    r"|\b(?:would have|could have|might have"
    r"|as if|worst case|in theory|hypothetically|just in case|in that case)\b"
)
_WOULD_BEFORE = frame(
    r"\b(?:would|could|might|may|can|'d|should)(?: (?:be|get|have|also|then|well|only|even|easily|still|been))* ?$"
)
_PAST = frame(
    r"\b(?:back then|at the time|at that time|in those days|used to|years? ago|months? ago|last (?:year|time|spring"
    r"|summer|autumn|fall|winter)"
    r"|in (?:19|20)\d\d|previous (?:job|life|project|employer|year|wave|phase|company|vendor|release)|former \w+"
    r""
    r"|in (?:my|our|the) (?:first|old|last|previous|earlier) \w+|during (?:wave|phase|the (?:first|last|previous"
    r"|old))|once upon|historically|in hindsight"
    r"|looking back|lessons? (?:learn|from)|retro(?:spective)?|ended up|in the end|back in|two years"
    r"|the year before|long ago)\b"
)
_GENERIC = frame(
    r"\b(?:always|counts? as|usually|typically|generally|normally|as a rule|by default|whenever|in general|in principle"
    r"|per policy|policy is|every time|each time"
    r"|tends? to|anyone who|anybody who|whoever|those who|any \w+ (?:that|which|who)|rule of thumb|by design"
    r"|by definition|by law|standard(?:ly)?"
    r"|the (?:rules?|policy|guide|handbook|process) (?:is|are|says?|states?|requires?)"
    r"|the (?:contract|terms|sla|law) (?:says?|states?|requires?|gives?)|every (?:month|week|year|quarter|day)"
    r"|(?:once|twice) a (?:week|month|year|quarter)|no matter|you (?:can't|cannot|can|won't|have to|need to|may not"
    r"|must))\b"
)
_CALENDAR = frame(
    r"\b(?:meetings?|calls?|sync|stand-?ups?|lunch(?:es)?|dinners?|coffee|drinks|invites?|invitation|catch-?ups?"
    r"|1:1s?|one-on-ones?|webinars?|retros?|qbrs?"
    r"|offsite|visits?|appointments?|interviews?|town ?halls?|office hours|huddle|check-?ins?|breakfast|demo day"
    r"|session|workshop|slot|conference|barbecue|party"
    r"|summit|meetup|reception|rehearsal dinner|flight|train|calendar|telco|steerco|briefing|round ?table|jour fixe"
    r"|review call|weekly|meets|takes place)\b"
)
_DECISION = frame(
    r"\b(?:(?:we|i|they|board|team|management)(?:'ve| have| has)? (?:decided|chose|chosen|opted|elected"
    r"|agreed) (?:to|on|not|against)|let's|deliberate(?:ly)?"
    r"|on purpose|by choice|our (?:choice|decision|call)|i'd rather|we'd rather|(?:i|we) (?:prefer|suggest|propose"
    r"|recommend|plan|want) (?:to|we|that|not)|makes sense to"
    r"|happy to (?:wait|postpone|defer)|can wait|no (?:rush|hurry)|in no hurry|(?:we|i)(?:'ll| will|'re|'d"
    r"| would)? (?:skip|leave|park|defer|hold off|drop|pass|keep|save|postpone|put off|wait with)"
    r"|better (?:to )?(?:wait|later)|best (?:to )?(?:wait|left)|not worth|was our idea|suits us|fine (?:by"
    r"|with) (?:us|me))\b"
)
_REQUEST = frame(
    r"^(?:\W|<@\w+>|hi|hey|hello|@\w+|\b(?:and|so|ok|okay|then)\b)*(?:please|pls|kindly|could|can|would|will you"
    r"|don't|do not|let's|make sure|hold|delay|postpone|defer|wait|stop|park|pause|keep|leave|push)\b"
    r"|\b(?:please|pls|kindly)\b|\b(?:could|can|would|will) (?:you|someone|somebody|anyone|we)\b[^.]*\?"
    r"|\bi'd ask you to\b|\bask(?:ing)? you to\b"
)
_OTHER_SENSE = frame(
    r"\b(?:packing slip|slips? of|late (?:lunch|dinner|night|evening|afternoon|morning|shift|entr\w+|fees?"
    r"|payment fee|check ?out|breakfast|edition|in the (?:day|evening|afternoon)"
    r"|hours|riser|mr|mrs|vicar|\d{4}s|november|december|january|february|march|april|may|june|july|august"
    r"|september|october)|too late (?:to|for)|it(?:'s| is) (?:getting |a bit |very |quite )?late\b"
    r"|sooner or later|(?:a few |\d+ ?)?(?:seconds|minutes|milliseconds)\b|block (?:trade|booking|diagram|of|size"
    r"|storage|device|quote|list|chain|\d)|block(?:s|ed|ing)? (?:call|calls|thread|io|i/o|queue|seat|spam|ports?|ip"
    r"|scans?|mails?|access|ads?|out|my|your|calendar)"
    r"|blocking(?:ly)? (?:the )?(?:call|thread|read|write|queue|operation|function)|building blocks?|(?:firewall"
    r"|filter|proxy|rule|antivirus) blocks?|value at risk|risk (?:assessment|register|score|matrix|appetite"
    r"|management|free|manager|committee|team|officer|engine|model|factor|class|weight\w*|report|rating)"
    r"|missed[- ]calls?|delay(?:ed)? (?:timer|parameter|queue|line|in (?:ms|seconds)|of \d+ ?(?:ms|s|sec\w*"
    r"|milliseconds))|hold music|put (?:him|her|me|them) on hold|stuck (?:to|it|on the (?:wall|door|lid|box))"
    r"|behind (?:the|a|every|closed|it|him|her|this|that|our|your|bars)|(?:get|got|leave|left|put) (?:\w+ )?behind"
    r"|gas pipeline|frozen (?:food|fish|shoulder|goods|section|peas|yog\w+|pizza)|on ice(?! (?:until|since"
    r"|because))|paper jam|traffic|stuck in|parking|parked (?:outside|in front|car|cars|the|my|behind|next))\b"
)
# What a statement about joint work stands on: a date in days or more, a party, or a piece of work. A chat about
# somebody's own code or kernel has the same cues and none of these; measured on the background sets.
_WHEN = frame(
    r"<DAY>|\b(?:<NUM>|an?|several|many|few|another)[ -](?:\w+ )?(?:days?|weeks?|months?|sprints?|quarters?)\b"
    r"|\b(?:weeks|months)\b"
)
_WHO_OR_WHAT = frame(
    r"\b(?:customers?|clients?|vendors?|partners?|suppliers?|resellers?|distributors?|forwarder|carrier"
    r"|subcontractor|legal|procurement|purchasing|finance|board|steerco|steering|sponsor|c[isfo]o|ciso|dpo|dba|pmo"
    r"|auditors?"
    r"|consultants?|counsel|lawyers?|treasury|compliance|hr|works council|committee|management|(?:your|our|their"
    r"|the) (?:\w+ )?(?:team|side|people|desk|office|guys|folks|crew)|pm|architect|testers?|engineers?|developers?"
    r"|devs|colleagues?|replacement"
    r"|sign-?off|approvals?|contract|sows?|pos?|purchase order|invoices?|quotes?|orders?|deliver(?:y|ies|able"
    r"|ables)|milestone|deadline|go-?live|cut-?over|uat|sit|pilot|roll-?out|wave|phase|migration|training|renewals?"
    r"|registrations?|deals?|deal reg|tender"
    r"|bid|rebate|credit|payment|certificate|audit|draft|project|programme|shipment|pallets|hand-?over|acceptance"
    r"|onboarding|kick-?off|tenant|signature|amendment|change order|budget|schedule|timeline|plan|hypercare"
    r"|integration|price list|forecast|claim"
    r"|freeze|launch|eta|sla|test (?:data|environment)|sandbox|staging|data load|interface|connector)s?\b"
)
_PRESENT_CLAIM = frame(r"\b(?:still|now|currently|again|since|today|as of|to this day|so far|yet)\b")
_TAG = re.compile(
    r"[,;:–—-]\s*(?:so |and |but |or )?(?:could|can|would|will|do|does|did|is|are|shall|any|what|when|where|who|how|why"
    r"|please|which|have|has)\b[^,;:]*\?\W*$"
)
_ASKS_FIRST = frame(
    r"^(?:\W|<@\w+>|and|so|but|or|ok|hi|hey|hello|team|all)*(?:who|what|when|where|why|how|which|whose|is|are|was"
    r"|were|do|does|did|has|have|had|can|could|would|will"
    r"|shall|should|any|may|might|isn't|aren't|don't|doesn't|didn't|hasn't|haven't|won't|anyone|anybody)\b"
)


def _courtesy(view: View, match: re.Match[str]) -> bool:
    polite = _COURTESY.search(view.low)
    return bool(polite and polite.start() <= match.start() < polite.end())


def _negated(view: View, match: re.Match[str]) -> bool:
    return bool(_NEGATED_BEFORE.search(view.low[: match.start()]) or _NEGATED.search(view.low))


def _on_track(view: View, _: re.Match[str]) -> bool:
    return bool(_NEGATED.search(view.low))


def _resolved(view: View, _: re.Match[str]) -> bool:
    return bool(_RESOLVED.search(view.low)) and not _UNRESOLVED.search(view.low)


def _hypothetical(view: View, match: re.Match[str]) -> bool:
    low = view.low
    supposed = _HYPOTHETICAL.search(low)
    if supposed and supposed.start() <= match.end():
        return True
    return bool(_WOULD_BEFORE.search(low[: match.start()]))


def _question(view: View, match: re.Match[str]) -> bool:
    """A question, unless it only hangs at the end of a statement that holds the match ("X is stuck, can you look?")."""
    if not view.question:
        return False
    tag = _TAG.search(view.low)
    return not (tag and match.end() <= tag.start() + 1 and not _ASKS_FIRST.match(view.low))


def _past(view: View, _: re.Match[str]) -> bool:
    return bool(_PAST.search(view.low)) and not _PRESENT_CLAIM.search(view.low)


def _request(view: View, match: re.Match[str]) -> bool:
    asked = _REQUEST.search(view.low)
    return bool(asked and asked.start() <= match.start())


def _off_topic(view: View, _: re.Match[str]) -> bool:
    return not (_WHO_OR_WHAT.search(view.low) or _WHEN.search(view.low))


def _anywhere(pattern: re.Pattern[str]) -> Guard:
    def guard(view: View, _: re.Match[str]) -> bool:
        return bool(pattern.search(view.low))

    return guard


GUARDS: dict[str, Guard] = {
    "off_topic": _off_topic,
    "courtesy": _courtesy,
    "negated": _negated,
    "on_track": _on_track,
    "resolved": _resolved,
    "hypothetical": _hypothetical,
    "question": _question,
    "past": _past,
    "request": _request,
    "calendar": _anywhere(_CALENDAR),
    "decision": _anywhere(_DECISION),
    "generic": _anywhere(_GENERIC),
    "other_sense": _anywhere(_OTHER_SENSE),
}


def silenced_by(view: View, rule: Rule, match: re.Match[str]) -> str | None:
    """Name of the first guard of `rule` that takes the match for a look-alike, or None."""
    return next((name for name in rule.guards if GUARDS[name](view, match)), None)
