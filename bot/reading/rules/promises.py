"""Commitment: someone undertakes a future act. First-person promises need no date; everything else needs one."""

from __future__ import annotations

import re

from bot.reading.rules.frame import View, frame
from bot.reading.types import Due
from bot.reading.wordlists import words

# One of these words before a promise without a date is looked for ...
CUES = words(
    "i'll we'll ill will shall gonna going let leave i'm we're promise promised word commit commits plan intend mine"
    " owe i'd action ai agreed offered follow away"
)
# ... and one of these (or a figure) before a deadline is.
DATE_WORDS = words(
    "today tonight tomorrow tmrw tommorrow monday tuesday wednesday thursday friday saturday sunday mon tue "
    "tues wed thu thur thurs fri week month quarter year jan feb mar apr may jun jul aug sep sept oct nov dec "
    "january february march april june july august september october november december eod eow cob eob lunch "
    "noon morning afternoon evening hour hours minute minutes days weeks soon shortly asap easter christmas"
)
_FIGURE = re.compile(r"\d")  # most sentences hold none, and this is much quicker to see
_DAY_NUMBER = re.compile(r"\d(?:st|nd|rd|th)\b|\d[./]\d|\bkw ?\d|\bq[1-4]\b|\d:\d\d")
_NOT_DOING = (
    r"(?! (?:not\b|never\b|need\b|see\b|be\b(?! [a-z]+ing\b)|be (?:hearing|seeing|going|having|being|looking"
    r"|attending|travel\w+|missing|waiting|using)|have (?:to (?:see|live|wait)|no\b|some\b|a hard|trouble|live"
    r"|money)|the\b|an?\b|admit|say\b|miss\b|lose\b|wait\b|assume|guess|probably|likely"
    r"|know\b|remember|believe|only|hear\b|hardly|still|both\b|pass\b|skip|leave\b|stop\b(?! by)|hold off"
    r"|get (?:there|used|uh|back to normal)|bet\b|struggle|love|want|find out|run out|end up|spare|all\b|attempt"
    r"|go through|go alone|do the next|place no|talk about|we'll|i'll|seldom|just have to|put it\b|redo))"
)
_FIRST = frame(
    r"(?:\b(?:i'll|we'll|i will|we will|i shall|we shall|i'm going to|i am going to|we're going to|we are going to"
    rf"|i'm gonna|we're gonna|ill(?= (?:send|check|get|do|ask|look|ping|have|take))){_NOT_DOING}(?: also| then"
    rf"| just| gladly| personally| now| certainly| definitely| be| always)*{_NOT_DOING} ([a-z]+))"
    r"|(?:^(?:[^,;]{0,60}[,;:–—.!] ?|[\w ]{0,30}\b(?:and|but|so|ok|sure|yes|yep|done|right) )?)(?:will (?:do|get"
    r"|send|check|ask|look|ping|share|review|continue|revise|retest|test|work on|discuss|resend|open|close|log"
    r"|arrange|organi[sz]e|talk|speak|pass|reply|post|update|fix|correct|confirm|follow|forward|come|take|keep|raise"
    r"|try|let|have|show|call|report|make|add|be (?:with|there|in)|bring|circulate|revert|chase|prepare|provide)\b"
    r"|gonna (?!be\b|miss|need)\w+|let me (?:get|check|ask|find|see (?:what|if|who)|talk|chase|look|pull|send"
    r"|confirm|take|set|put|dig|ping|speak|follow|raise|sort|bring|add)\b)|\b(?:leave (?:it|that) (?:with|to) me"
    r"|i'm on it|we're on it|^on it\b|i(?:'ve| have)? promise|we(?:'ve| have)? promise|that one's mine|i owe you"
    r"|you have my word|(?:we|i|our side) commits? to)\b|^on it\b|\bi(?:'d| would) (?:like|love) to send you\b"
    r"|\bi plan to\b|\bi intend to\b|\bwe intend to\b"
)
_ACTION_ITEM = frame(
    r"^\W*(?:action(?: item| on me)?|ai)\b(?: [a-z]+(?: [a-z]+)?)?\s?[:*_-]+ ?(?!none|no\b|nothing"
    r"|review of)[a-z@<]{2,}|^\W*(?!(?:sorry|decide|happy|need|want|try|ready|able|glad|nice|going|due|how|what"
    r"|where|when|good|hard|easy|like|time|thanks|back|free|please|next|remember|looking|agreed|plan|hope|hoping"
    r"|used|supposed|one|something|here|only|enough|best|better|option|idea|way|access|over|up|as|not"
    r"|just) )[a-z]+(?: and [a-z]+)? to (?:follow up|send|write|open|come (?:back|forward)|work with|check|draft"
    r"|share|chase|ask|prepare|fix|provide|confirm|deliver|update|review|get back|set up|schedule|organi[sz]e"
    r"|call)\b|[–—-] [a-z]+(?: and [a-z]+)? to (?:work|follow up|send|write|check|draft|share|review|prepare"
    r"|provide)\b"
)
# Minutes and mails say who does it by name: "Robin will open an issue".
_NAMED_WILL = re.compile(
    r"(?:^|[\s(,])(?!(?:This|That|There|It|The|They|What|Which|Who|All|These|Those|Here|Then|He|She|You|Classes|No"
    r"|Nobody|If|And|But|So|As|Otherwise|Hopefully|Work|Please|When)\b)(?!We\b|I\b|\w+(?:ers|ors|ions|ments|ees"
    r"|ants) )[A-Z][a-z]+(?: [A-Z][a-z]+| and [A-Z][a-z]+(?: [A-Z][a-z]+)?)? (?:will(?: also| then)?|agreed to"
    r"|have agreed(?: this \w+)? to) (?!be\b(?! (?:providing|sending|posting|contacting|preparing))|not\b|have\b"
    r"|need\b|never|likely|probably|still|only|own\b|pay\b|continue|become|remain|take over|get\b|see\b|want|like"
    r"|lose|miss|expire|commence|begin|start|end|close|add this|pass on|ask me|come\b|attempt)[a-z]+"
)
_SUBORDINATE = re.compile(
    r"\b(?:that|which|what|whatever|where|when|how|than|if|whether|given|as|think|guess|hopefully|probably|maybe"
    r"|perhaps|otherwise)(?:,| that)? $"
)
_OFFER = frame(
    r"(?:^|[.;:–—(] ?)(?:\W|and |but |ok,? |or )*(?<!know )if\b"
    r"|\b(?:(?<!know )(?<!see )(?<!out )(?<!ask )(?<!check )if (?:you|u|not|need|needed|necessary|required|wanted"
    r"|possible|that|it|this|we|someone|anyone|any|there|of (?:use|help|interest))|when necessary|should you"
    r"|in case you|were you to|let me know if|say the word|just shout|happy to|glad to|would be happy|want me to"
    r"|shall i|should i|unless you)\b"
)
_NOT_A_PROMISE = frame(
    r"\b(?:would have|was going to|were going to|wasn't going to|should have|had promised|said (?:he|she|they|you"
    r"|i) would|i thought|never|won't|will not|not going to|can't|cannot)\b"
)
# With a coming date: who does what by then.
_YOU_GET = frame(
    r"\b(?:you(?:'ll| will| should| can)?(?: all)? (?:have|get|hear|see|receive|find|expect)\b|(?:is|are|will be"
    r"|should be|be|comes?) (?:with you|w/ you|yours\b)|(?:will be|'ll be|should be|lands?|goes|arrives?"
    r"|be) (?:in your|on your|at your) (?:inbox|queue|desk|hands|tray|table|folder|mailbox)|expect (?:it|the|an?|my"
    r"|our|that)\b|(?:coming|on its|on their) (?:your )?way)"
)
_FIRST_PRESENT = frame(
    r"\b(?:i|we)(?:'m|'re| am| are)? (?:(?:also|then|both|just|now|each|all|personally|aim to|plan to|hope to|try to"
    r"|expect to|start|should be able to) )*(?!am\b|are\b|as\b|will\b|was|were|had|have\b|haven't|don't|can't|cannot"
    r"|can\b|didn't|could|couldn't|would|wouldn't|won't|will not|need|want|must|hope\b|think|thought|believe|know"
    r"|got|did|said|asked|told|sent|met|lost|saw|missed|agreed|heard|not|never|should|may|might|late|behind|blocked"
    r"|stuck|waiting|at\b|off\b|out\b|in\b|on (?:leave|holiday|vacation|week)|a\b|an\b|the\b|away|back|done|open"
    r"|closed|traveling|travelling|missing|looking|hearing|done|short|short-staffed|still|only|is\b|understand|wait"
    r"|like|love|received|made|came|went|found|spoke|wrote|called|moved|keep (?:hearing|getting|on)|count on|go from"
    r"|see\b|stay|miss\b|fight|read\b|ran\b|fear|guess|appreciate|ask (?:you|for|again)|look forward|remember|gave"
    r"|took|put up|both have|get (?:no|to)|come to|doing in|happy|glad|sorry|sure|afraid|aware|able|unable|available"
    r"|supposed|expected|mean\b|request\b|doubt|recall|hear\b|forgot|broke\b|risk\b|owe\b|suggest|propose|recommend"
    r"|accept|run (?:out|late|behind)|lose|stand|sit\b|live\b|refer\b|skip\w*|evaluat\w+|slow\b|two\b|three\b|from\b"
    r"|confident|demo\b|going to (?:the|an?)\b|do not\b|work (?:for|with|in)\b|fly blind)([a-z]{2,})"
)
_THIRD_WILL = frame(
    r"(?:<@\w+>|\b(?!(?:i|we|which|that|there|it|what|who|this|these|everything|hopefully|if)\b)[a-z][\w.'-]+)"
    r"(?: from [\w' -]{2,30}?)?(?:'ll| will| shall| is going to| are going to| has promised| have promised"
    r"| promised(?: me| us)?| is due to| commits? to| is set to| has agreed to| has offered to| offered to) (?!not"
    r"|never|be (?:late|delayed|out|away|closed|switched|down)|need|expire|close|end|miss|slip|cost|lose"
    r"|probably)[a-z]+"
)
_THIRD_PRESENT = frame(
    r"^(?>(?:and|then|so|also|ok|yes|our|my|the|their|your|his|her|a|an|new|next|full|revised"
    r"|corrected|final|updated|first|second|signed"
    r"|[\w'-]+day's)\b ?|<SIGN>)*(?:[\w.'&/-]+,? ){1,6}?(?:[a-z]{2,}(?:[^s\W]s"
    r"|es)|come|go|follow|land|leave|arrive|are being|is being)\b"
)
_FRAGMENT = frame(
    r"^(?!\W*(?:i|we|i'm|we're|i've|the|you|it|looking|so|with|they'd|thursday|friday|monday|tuesday|wednesday"
    r"|and your)\b)(?:<SIGN>)*(?:[\w.'&/-]+ ){0,6}[\w.'&/-]+ (?:from (?:me|us|our side|\w+)|by|on|until"
    r"|this|next|tomorrow|tonight|in|within|before|after)\b"
)
_FROM_US = frame(r"\bfrom (?:me|us|our (?:side|end|team))\b")
_BARE_DATE = frame(
    r"\b(?:expires?|expiry|closes?|ends?|opens?|begins?|starts?|lapses?|runs? out|deadline|cut-?off|valid"
    r"|switche[sd] off|meetings?|call\b(?! (?:him|her|them|you))|workshop|session|sitting|holiday|off\b|on leave"
    r"|out of office|invite|meets?|takes place|missed|slip\w*|delayed|late|overdue|blocked|postponed|moved"
    r"|cancelled|not|never|nothing|nobody|no|none|neither|zero|since|ago|last (?:week|month|year|day|time|night)"
    r"|each time|every|once|kick-?off|go-live (?:is|stays)|window|birthday|cake|party|retires?|leaving|scheduled"
    r"|needs?|must|have to|has to|would|could|can|might|may\b(?! \d)|should|lunch with|lunch at|works? for|fits?"
    r"|suits?|budget|leaves? us|quarter end|wants?|asks?|expects?|says?"
    r"|reads?|shows? up|sits?|visits?|moves? to|free|closed|there's|there are|is (?:the|a|an|on|in|due|still|at"
    r"|one)|are (?:the|on|in|at|still|welcome|keyed|executed)|news|interviews?|remember|fiscal|freeze|due|welcome"
    r"|thanks|status|back (?:on|tomorrow|at|from)|goes live|until then|stays?|wait\w*|depends?|bankholiday"
    r"|weekend is|sad|unless|yours,|hope|talk to you|see you|speak to you|sign up|register|click|purpose|fires"
    r"|joins? us|enjoy)\b|n't\b"
)
_PAST_VERB = re.compile(
    r"\b(?:was|were|had|did|went|came|got|sent|told|said|wrote|met|saw|took|gave|made|held|left|ran|kept|stood|lost"
    r"|bought|sold|paid|found|spoke|heard|felt|fell|put in|signed off)\b"
    r"|\b(?<!is )(?<!are )(?<!be )(?<!get )(?<!gets )(?<!being )(?<!'s )(?<!now )(?<!the )(?<!a )(?!need|feed|speed"
    r"|proceed|red|shared|seed|bed|updated (?!by)|signed (?!by|off)|revised|corrected|amended|detailed|extended"
    r"|completed (?!by|on))[a-z]{2,}ed\b"
)


_TAG = re.compile(r"[,;–—] ?(?:ok|okay|alright|all right|right|fine|deal)\?$")
_BARE_ASK = frame(r"\bneeds? to be\b|\bor you get\b|\bin (?:rehearsal|phase|wave)\b")
_REPORTED = frame(
    r"^\w+ said\b.{0,200}|\b(?:which|that|supplement)\b[\w ]{0,30}\bsays (?:it|he|she|they) will\b|\b(?:reads?"
    r"|notes of|in the (?:notes|minutes)|wrote (?:to )?(?:me|us)|told (?:me|us)|heard|they say)\b[^.]{0,30}"
)
# "Uploading it again right away", "getting Ann on a call today": the doing itself is the promise.
_DOING = frame(
    r"^(?>[\w' ]{2,25}, |(?:ok|ah|yes|sure|thanks|understood|now)\b|<SIGN>)*(?:sending|calling|chasing|uploading"
    r"|issuing|getting|fixing|preparing|updating|raising|opening|posting|adding|resending|forwarding|pulling|writing"
    r"|bringing|reissuing|re-[a-z]+ing)\b(?! (?:ready|there|used|better|worse|late))"
)
_AT_ONCE = frame(r"\b(?:right (?:away|now)|straight away|as we speak|in a (?:bit|minute|moment))\b")
_CLAUSE_END = re.compile(r"[;:.–—]|, (?:and|but|so|which|that|because|since|the|my|our|your|he|she|it|they)\b")
_FRAGMENT_LENGTH = 70
_LEAD_DATE_LENGTH = 25


def hear_promise(view: View) -> str | None:
    """The id of the rule that hears a promise in this sentence, or None.

    Offers ("if you like I can ...") and plain dates are none.
    """
    undated = not view.words.isdisjoint(CUES) or view.tokens[:2] == ["on", "it"] or view.tokens[1:2] == ["to"]
    dated = not view.words.isdisjoint(DATE_WORDS) or names_a_day(view.low)
    if not (undated or dated) or (view.question and not _TAG.search(view.low)) or _OFFER.search(view.low):
        return None
    promise = _undated(view) if undated else None
    if promise is None and dated and (due := view.future_due):
        promise = _dated(view, due)
    return promise


def names_a_day(low: str) -> bool:
    """Does the lower-case text hold a figure that may be a day ("12th", "3/4", "KW 22", "Q3", "14:00")?"""
    return bool(_FIGURE.search(low) and _DAY_NUMBER.search(low))


def _undated(view: View) -> str | None:
    low = view.low
    for first in _FIRST.finditer(low):
        if not _NOT_A_PROMISE.search(low[: first.end() + 1]) and not _SUBORDINATE.search(low[: first.start()]):
            return "commitment.first-person"
    if _ACTION_ITEM.match(low):
        return "commitment.action-item"
    if _DOING.search(low) and _AT_ONCE.search(low):
        return "commitment.doing-it"
    if _NAMED_WILL.search(view.text):
        return "commitment.named-will"
    return None


def _dated(view: View, due: Due) -> str | None:
    low = view.low
    at = due.start - view.sentence.start
    if _YOU_GET.search(low) and not _NOT_A_PROMISE.search(low) and not _BARE_ASK.search(low):
        return "commitment.you-get-it-by"
    will = _THIRD_WILL.search(low)
    if will and not _NOT_A_PROMISE.search(low) and not _REPORTED.search(low):
        return "commitment.will-by-date"
    if _DOING.search(low):
        return "commitment.doing-it"
    present = next((m for m in _FIRST_PRESENT.finditer(low) if _one_clause(low, m.start(), at)), None)
    if present and not present.group(1).endswith("ed"):
        return "commitment.present-with-date"
    if _BARE_DATE.search(low) or _PAST_VERB.search(low):
        return None
    if _FROM_US.search(low):
        return "commitment.from-us-by"
    if _THIRD_PRESENT.search(low):
        return "commitment.third-with-date"
    if _FRAGMENT.search(low) and len(low) < _FRAGMENT_LENGTH:
        return "commitment.fragment-with-date"
    return None


def _one_clause(low: str, subject: int, due: int) -> bool:
    """The date is of the subject's clause: after it without a stop between, or right before it ("Tonight I ...")."""
    between = low[subject:due] if due > subject else low[due:subject]
    return not _CLAUSE_END.search(between) and (due > subject or len(between) < _LEAD_DATE_LENGTH)
