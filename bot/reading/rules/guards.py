"""The look-alikes: sentences that hold a cue and a frame and yet state nothing that is late, stopped or in danger.

The names are those of the label guide. A guard is asked about one match in one sentence; True means "a look-alike".
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.reading.rules.frame import Rule, View, frame

Guard = Callable[[View, "re.Match[str]"], bool]

# What every statement of risk is asked, and what one that says "not" itself is asked ("we cannot start").
STATED = (
    "courtesy", "question", "negated", "resolved", "hypothetical", "past", "generic", "decision", "other_sense",
)  # fmt: skip
DENIED = tuple("on_track" if name == "negated" else name for name in STATED)

_COURTESY = frame(
    r"\b(?:sorry|apolog(?:y|ies|ize|ise)|excuse|pardon|forgive|thank(?:s| you)|appreciate|bear with|patien(?:ce"
    r"|t))\b[^,;:.]{0,45}\b(?:delay\w*|wait\w*|late(?:ness)?|slow\w*|hold[- ]?up|trouble|inconvenience|patience"
    r"|silence|response|reply|answer|with (?:me|us)|missed|behind)\b|^\W*(?:hi|hello|hey)?\W*(?:sorry"
    r"|apologies)\b[^,;:]{0,40}$"
)
_NEGATED_BEFORE = frame(
    r"(?:\b(?:no|not|never|nothing(?:'s)?|none|nobody(?:'s)?|without|neither|nor|hardly|zero|cannot)"
    r"|n't)\b(?: \w+){0,3}[ ,]*$"
)
_NEGATED = frame(
    r"\b(?:no (?:blockers?|delays?|risks?|issues?|impact|slippage)|(?:not|never|neither) (?:late|blocked|delayed"
    r"|at risk|behind|stuck)"
    r"|nothing (?:is |was |'s )?(?:\w+ )?(?:blocked|open|late|overdue|outstanding|missing|stuck|at risk|pending)"
    r"|on (?:track|schedule|time|plan)\b|ahead of (?:schedule|plan|time)|as planned|no longer|not? any ?more"
    r"|in good (?:shape|time)|all (?:green|good|set|clear))"
)
_RESOLVED = frame(
    r"\b(?:resolved|solved|sorted|fixed|cleared|unblocked|caught up|recovered|back (?:up|on track|to normal|online)"
    r"|at last|finally|is (?:done|behind us)|has been (?:lifted|released|approved|found|paid|restored)|(?:is"
    r"|are) (?:all )?in (?:as of|since|now)|we can (?:go on|continue|proceed)|now (?:works|done))\b"
)
_UNRESOLVED = frame(
    r"(?:\b(?:not|until|till|before|once|when|if|unless|never|no|should|should've|supposed|promised|meant)"
    r"|n't)\b[^,;.]{0,45}(?:resolved|solved|sorted|fixed|cleared|lifted|released|approved|found|paid|done|back)"
)
_HYPOTHETICAL = frame(
    r"(?:^|[,;:] ?|\b(?:and|but|so|or|only|then|that) )(?:in case|should (?:the|we|they|you|it|this|that|your|our"
    r"|any\w*)|suppose|supposing|assuming|imagine|were (?:we|you|it|they|the)|had (?:we|you|it|they))\b"
    r"|\b(?:would have|could have|might have|as if|worst case|in theory|hypothetically|in that case)\b"
)
# A condition anywhere makes it a rule or a thought: of 300 risks two held "if" or "when", of ten look-alikes four did.
_CONDITION = frame(r"\b(?:if(?! i'm honest| you ask me| not more| not earlier)|when|whenever)\b")
_UNLESS = frame(r"\bunless\b[^,;.]*$")
_WOULD_BEFORE = frame(
    r"\b(?:would|could|might|may|can|'d|should)(?: (?:be|get|have|also|then|well|only|even|easily|still|been))* ?$"
)
_PAST = frame(
    r"\b(?:back then|at the time|in those days|used to|years? ago|months? ago|last (?:year|time|spring|summer|autumn"
    r"|fall|winter)|in (?:19|20|fy ?)\d\d|(?:previous|former) \w+|in (?:my|our|the) (?:old|previous|earlier) \w+"
    r"|during the (?:first|last|previous|pilot)|historically|in hindsight|looking back|lessons? learn\w*|ended up"
    r"|in the end|long ago|(?:until|till) last|back in <DAY>)\b|(?<!for )(?<!at )(?<!than )\bonce(?=\W*$|,| (?:missed"
    r"|had|lost|got|took|was|were)\b)"
)
_PRESENT_CLAIM = frame(
    r"\b(?:still|now|currently|again|(?<!has )(?<!have )since(?! (?:and|then)\b)(?= \S)|today|as of|so far|yet)\b"
)
_GENERIC = frame(
    r"\b(?:always|usually|typically|generally|normally|as a rule|by default|in general|policy is|(?:every|each) time"
    r"|tends? to|(?:anyone|anybody|those|any \w+) (?:that|which|who)|rule of thumb|by (?:design|definition|law)"
    r"|from now on|the following (?:reports?|requests?|items?)|in (?:the|our|this) (?:\w+ )?(?:sector|industry|trade)"
    r"|the (?:rules?|policy|guide|handbook|process|terms|sla|law) (?:is|are|says?|states?|requires?)|every (?:month"
    r"|week|year|quarter|day)|no matter|you (?:can't|cannot|can|won't|have to|need to|may not|must))\b"
)
_CALENDAR = frame(
    r"\b(?:meetings?|calls?|sync|stand-?ups?|lunch|dinners?|coffee|drinks|invites?|invitation|catch-?ups?|webinars?"
    r"|retros?|qbrs?|offsite|visits?|appointments?|interviews?|town ?halls?|check-?ins?|breakfast|demo day|session"
    r"|workshop|conference|party|summit|flight|train|calendar|steerco|briefing|weekly|meets|takes place|same (?:room"
    r"|place|link|agenda)|walk-?through|tour|outing|trip|rehearsal|dry run)\b"
)
_DECISION = frame(
    r"\b(?:(?:we|i|they|board|team|management)(?:'ve| have| has)? (?:decided|chose|chosen|opted|agreed) (?:to|not"
    r"|against)|let's|deliberate(?:ly)?|on purpose|by choice|(?:i|we)'d rather|(?:i|we) (?:prefer|suggest|propose) "
    r"|(?:can|happy to) wait)\b"
)
_REQUEST = frame(
    r"^(?:<SIGN>|\b(?:hi|hey|hello|and|so|ok|okay|then)\b)*(?:can|could|would|will you|don't|do not|let's"
    r"|make sure|hold|delay|postpone|defer|wait|stop|park|pause|keep|leave|push)\b|\b(?:please|pls|kindly)\b"
    r"|\b(?:could|can|would|will) (?:you|someone|somebody|anyone|we)\b[^.]*\?|\b(?:is|are"
    r"|would be) (?:\w+ )?appreciated\b"
)
_OTHER_SENSE = frame(
    r"\b(?:(?:packing|pink|pay) slips?|slips? (?:of|up|through|his|her|my|your|their|our mind)|slipped dis[ck]"
    r"|late (?:lunch|dinner|night|evening|afternoon|morning|shift|fees?|payment fee|check ?out|in the day|\d{4}s)"
    r"|too late (?:to|for)|it(?:'s"
    r"| is) (?:getting |a bit |very |quite )?late|sooner or later|(?:seconds|minutes|milliseconds)|block (?:trade"
    r"|booking|diagram|size|storage|device|quote|list|chain)|blocked by (?:cors|the browser|an? ad ?blocker)|(?:avoid"
    r"|prevent|without|non-?) ?blocking|blocking (?:call|thread|read|write|queue|operation)|building blocks?"
    r"|value at risk|risk (?:assessment|register|score|matrix|appetite|management|model|factor|class)|missed[- ]calls?"
    r"|paper jam|traffic|parked (?:outside|in front|cars?))\b|\bbehind (?:every|closed|him|her|bars)\b"
)
# Amendments and annexes of a loan, a trading agreement or a law are not the papers of joint work.
_OTHER_PAPER = frame(
    r"\b(?:isda|credit|letter agreement|csa|counterpart(?:y|ies)|lease|loan|guarant(?:y|ees?)|bill|senate|law|gas"
    r"|power pool|confidentiality|nda|shareholders?|insurance|gdpr)\b"
)
# The paper is signed or filed, none is needed, or it is only named as the place where something stands.
_PAPER_DONE = frame(
    r"\b(?:is|are|'s|was|were|been|got) (?:\w+ )?(?:(?:counter)?signed|executed|archived|closed|accepted|filed"
    r"|in force|approved)\b(?! until)|\b(?:thanks for|would have needed|'d have needed|signed (?:change order|annex"
    r"|order|amendment))\b|: signed\b|\bno (?:\w+ ){0,2}(?:sow|statement of work|change (?:orders?|requests?)"
    r"|amendments?|addend\w+|annex|engagement letter)\b|(?:\b(?:not|will not)|n't) (?:\w+ )?(?:need|require|necessary"
    r"|extend|amend)|\b(?:in|part of|under|outside|against|since) (?:(?:the|our|your|old|original|signed"
    r"|base) )+(?:sow|msa|annex|amendment|side letter|order form|addendum)\b"
)
# The speaker's own computer or code is nobody's deliverable.
_OWN_MACHINE = frame(r"\b(?:i|i'm|i've|i'd|my|myself|anyone|anybody|ubuntu|linux|kernel|emacs|xp)\b")
# What a statement about joint work stands on: a date in days or more, a party, or a piece of work. A chat about
# somebody's own code or kernel has the same cues and none of these; measured on the background sets. Words that are as
# common off work (late, stuck, moved to Thursday) need more than a date: lunch is late too.
_WHEN = frame(
    r"<DAY>|\b(?:<NUM>|an?|several|many|few|another)[ -](?:\w+ )?(?:days?|weeks?|months?|sprints?|quarters?)\b"
    r"|\b(?:weeks|months)\b"
)
_WHO_OR_WHAT = frame(
    r"\b(?:customers?|clients?|vendors?|partners?|suppliers?|resellers?|distributors?|forwarder|carrier|subcontractor"
    r"|legal|procurement|purchasing|finance|board|steerco|steering|sponsor|c[isfo]o|ciso|dpo|dba|pmo|auditors?"
    r"|consultants?|counsel|lawyers?|treasury|compliance|hr|works council|committee|management|(?:your|our|their"
    r"|the) (?:\w+ )?(?:team|side|people|desk|office|guys|folks|crew)|pm|architect|testers?|engineers?|developers?"
    r"|devs|colleagues?|replacement|sign-?off|approvals?|contract|sows?|pos?|purchase order|invoices?|quotes?|orders?"
    r"|deliver(?:y|ies|able|ables)|milestone|deadline|go-?live|cut-?over|uat|sit|pilot|roll-?out|wave|phase|migration"
    r"|training|renewals?|registrations?|deals?|deal reg|tender|bid|rebate|credit|payment|certificate|audit|draft"
    r"|project|programme|shipment|pallets|hand-?over|acceptance|onboarding|kick-?off|tenant|signature|amendment"
    r"|change order|budget|schedule|timeline|plan|hypercare|integration|price list|forecast|claim|freeze|launch|eta"
    r"|sla|test (?:data|environment)|sandbox|staging|data load|interface|connector)s?\b"
)
_TAG = re.compile(
    r"[,;:–—-]\s*(?:so |and |but |or )?(?:could|can|would|will|do|does|did|is|are|shall|any|what|when|where|who|how"
    r"|why|please|which|have|has)\b[^,;:]*\?\W*$"
)
_ASKS_FIRST = frame(
    r"^(?:<SIGN>|and|so|but|or|ok|hi|hey|hello|team|all)*(?:who|what|when|where|why|how|which|whose|is|are|was|were"
    r"|do|does|did|has|have|had|can|could|would|will|shall|should|any|may|might|isn't|aren't|don't|doesn't|didn't"
    r"|hasn't|haven't|won't|anyone|anybody)\b"
)
# Chat drops the question mark; the verb in front still asks ("is that slipping", "or are we stuck with it").
_UNMARKED = frame(
    r"(?:^|[,;–—] ?(?:or|and) |\bor )(?:is|are|was|were|do|does|did|will|would|can|could|has|have|should) (?:we|you"
    r"|they|i|it|this|that|there|he|she|the \w+ still)\b"
)


def _courtesy(view: View, match: re.Match[str]) -> bool:
    polite = _COURTESY.search(view.low)
    return bool(polite and polite.start() <= match.start() < polite.end())


def _negated(view: View, match: re.Match[str]) -> bool:
    return bool(_NEGATED_BEFORE.search(view.low[: match.start()]) or _NEGATED.search(view.low))


def _resolved(view: View, _: re.Match[str]) -> bool:
    return bool(_RESOLVED.search(view.low)) and not _UNRESOLVED.search(view.low)


def _hypothetical(view: View, match: re.Match[str]) -> bool:
    low = view.low
    supposed = _HYPOTHETICAL.search(low)
    if supposed and supposed.start() <= match.end():
        return True
    before = low[: match.start()]
    return bool(_WOULD_BEFORE.search(before) or _UNLESS.search(before) or _CONDITION.search(low))


def _question(view: View, match: re.Match[str]) -> bool:
    """A question, unless it only hangs at the end of a statement that holds the match ("X is stuck, can you look?")."""
    if not view.question:
        asked = _UNMARKED.search(view.low)
        return bool(asked and asked.start() <= match.start())
    tag = _TAG.search(view.low)
    return not (tag and match.end() <= tag.start() + 1 and not _ASKS_FIRST.match(view.low))


def _past(view: View, _: re.Match[str]) -> bool:
    return bool(_PAST.search(view.low)) and not _PRESENT_CLAIM.search(view.low)


def _request(view: View, match: re.Match[str]) -> bool:
    asked = _REQUEST.search(view.low)
    return bool(asked and (asked.start() <= match.start() or asked.group().endswith("appreciated")))


def _off_topic(view: View, _: re.Match[str]) -> bool:
    return not (_WHO_OR_WHAT.search(view.low) or _WHEN.search(view.low))


def _no_work(view: View, _: re.Match[str]) -> bool:
    return not _WHO_OR_WHAT.search(view.low)


def _anywhere(pattern: re.Pattern[str]) -> Guard:
    def guard(view: View, _: re.Match[str]) -> bool:
        return bool(pattern.search(view.low))

    return guard


GUARDS: dict[str, Guard] = {
    "off_topic": _off_topic,
    "no_work": _no_work,
    "courtesy": _courtesy,
    "negated": _negated,
    "on_track": _anywhere(_NEGATED),
    "resolved": _resolved,
    "hypothetical": _hypothetical,
    "question": _question,
    "past": _past,
    "request": _request,
    "calendar": _anywhere(_CALENDAR),
    "decision": _anywhere(_DECISION),
    "generic": _anywhere(_GENERIC),
    "other_sense": _anywhere(_OTHER_SENSE),
    "own_machine": _anywhere(_OWN_MACHINE),
    "other_paper": _anywhere(_OTHER_PAPER),
    "paper_done": _anywhere(_PAPER_DONE),
}


def silenced_by(view: View, rule: Rule, match: re.Match[str]) -> str | None:
    """Name of the first guard of `rule` that takes the match for a look-alike, or None."""
    return next((name for name in rule.guards if GUARDS[name](view, match)), None)
