"""Request: someone is asked for an act or a deliverable. A plain question for information is none."""

from __future__ import annotations

import re

from bot.reading.rules.frame import View, frame
from bot.reading.wordlists import words

CUES = words(
    "please pls plz kindly can could would will need needs want wants wish expect ask asking appreciate grateful "
    "require let send give get make someone somebody anyone like favour favor mind"
)
VERBS = words(
    "send give get check tell fix stop hold confirm sign add update share forward review call make let bring take "
    "keep put set move raise file upload correct return provide prepare ask name decide clear cancel chase close "
    "open approve release pay ship book look find help come join connect introduce read write mail email ping "
    "nudge escalate talk speak move remove delete drop leave push pull test run rerun resend re-send replace "
    "resolve respond reply answer advise arrange assign block block change complete copy count create deliver do "
    "don't draft enable ensure explain extend fill finish follow free grant handle have include inform install "
    "invite issue issue kick lend list load log mark merge note notify order pause pick place plan point postpone "
    "process prolong quote re-quote record reissue re-issue remind report request reset restore reschedule revise "
    "schedule settle show sort start submit supply support switch transfer treat turn unlock use verify wait wake "
    "work grab flick nominate present hand lift pass have be publish attach amend countersign clarify compare "
    "coordinate describe download edit estimate exclude export fetch figure finalize finalise freeze"
)
_VERB = rf"(?:{'|'.join(sorted(VERBS, key=len, reverse=True))})"
_COURTESY = frame(
    r"\b(?:please|do not hesitate|don't hesitate|feel free|let me know|let us know|contact|call|reach out|shout"
    r"|give me a (?:call|shout))\b[^.]{0,30}\b(?:(?:if|should) (?:you|there|we|any)|any (?:questions?|comments?"
    r"|problems?|issues?)|hesitate|with any)\b"
    r"|\b(?:any questions|if you have (?:any|questions)|should you have)\b|\bfeel free\b|\bplease (?:find|see|note"
    r"|be (?:aware|advised)|join me|accept|excuse|forgive|disregard|click)\b|\bcome and get\b"
)
_PLEASE = frame(
    r"\b(?:please|pls|plz|kindly)\b,? ?(?:<@\w+>,? )?(?:also |just |do |try to |at least |someone |somebody "
    rf"|make sure |be so kind |remember to |continue to )?(?:not |don't |never |no |{_VERB}\b|stand"
    r"|[a-z]+[- ]?[a-z]*\b)"
    r"|[, ](?:please|pls|plz|kindly|thx|tia)[\s.!?:)]*(?::[\w+-]+:)?\W*$|^\W*(?:please|pls|plz|kindly)\b"
)
_CAN_YOU = frame(
    r"\b(?:can|could|would|will|won't|can't|couldn't)(?: (?:you|someone|somebody|anyone|anybody|one of you"
    r"|your (?:\w+ ){0,2}\w+|we (?:please )?(?:get|have|add|contact|ask|see)|i (?:please )?(?:get|have|borrow|ask)"
    r"|<@\w+>|[a-z]{3,12}))(?: all| both| guys)?(?: please| maybe| possibly| kindly| also| then| perhaps)?"
    rf" (?:please |kindly )?(?!see\b|believe|imagine|say that|be (?:the|a|that|in|any))[a-z-]{{2,}}[^.?]*\?"
    rf"|\b(?:would|do) you mind\b|\bwould you (?:{_VERB}|be so kind)\b|\b(?:can|could|would) you {_VERB}\b"
)
_NEED = frame(
    r"\b(?:i|we)(?:'d| would| will|'ll| still| also| really| do)* (?:need|want|expect|require|(?:'d|would) like"
    r"|like|appreciate|be grateful|ask)\b(?! (?:to (?:know if i|be|see how|think|thank|avoid|make|do|get (?:back"
    r"|to)|have (?:a|the) (?:meeting|chat))))[^?]{0,80}?\b(?:from (?:you|your|both|each)|you to|your (?!welcome)"
    r"|you (?:and|all)|by <DAY>|someone to|somebody|in writing|before <DAY>|one of you|for <DAY>|a (?:name|date"
    r"|written|quote|answer|list|copy|written|line item))"
    r"|\b(?:i'd|i would|we'd) (?:appreciate|be grateful|ask|like to ask)\b|\bwe ask (?:you|that|for)\b|\bi(?:'m"
    r"| am) (?:requesting|asking)\b|\bneed(?:s)? your (?:signature|approval|forecast|ok|help|sign-off|input"
    r"|confirmation|decision|answer|feedback)\b|^(?:<@\w+>\W*)?need (?:the|your|a|an|that|this)\b"
    r"|\bmake sure\b|\b(?:you|someone|somebody) (?:need|needs|have|has|must) to (?!know|be aware"
    r"|understand)\b[a-z]+|\bwant your\b"
)
_WOULD_BE = frame(
    r"\b(?:if you(?:'d| would| could| can|'re able)|would be (?:great|good|nice|helpful|super|splendid|appreciated"
    r"|ideal)|be so kind|be kind enough|do me a favou?r|appreciate (?:it if|the|your|if)|it would help"
    r"|any chance (?:you|of|that|to|we)|is there a way (?:you|to|we)|how about you)\b[^.]{0,60}\b(?:you|your"
    r"|someone|could|can|send|get|have|by|names?|share|if|were|a|the)\b"
)
_LET_KNOW = frame(
    r"\b(?:let|keep) (?:me|us) (?:know|posted|informed|have)\b(?! if you (?:have|need|want)| should)|\b(?:tell|advise"
    r"|inform|send|give|get|mail|forward|call|show|copy|hand|lend|bring) (?:me|us)\b"
)
_LEAD = (
    r"^(?:<SIGN>|hi\b|hey\b|hello\b|(?:and|so|then|ok|okay|also|now|just|next|gents|guys|folks|team"
    r"|all|both|meanwhile|otherwise)\b)*(?:[a-z]{2,12}, )?"
)
_IMPERATIVE = frame(
    rf"{_LEAD}(?!let me\b|leave (?:it|that) (?:with|to) me|take a (?:break|look at this)|have (?:a|an) (?:good|nice"
    rf"|great|lovely|wonderful|fun|safe|excellent)|hold on|bear with)(?:do not |don't |never )?{_VERB}"
    r" (?:(?:me|us|the|an?|your|our|it|them|this|that|these|those|all|both|him|her|someone|somebody|any|one|each"
    r"|every|no|nothing|<NUM>|with (?:me|us)|to (?:me|us)|up with|out (?:of|the|which)|<@\w+>)\b(?! (?:is|was|are"
    r"|were|has|went|comes|goes|will)\b)|<@)"
    rf"|{_LEAD}(?:decide|confirm|reply|respond|answer|sign|send|return|approve|submit|pay|choose) (?:by|before"
    r"|until|till|today|now|asap)\b"
)
_REPORTED = frame(
    r"\b(?:i|we|he|she|they)(?:'ve|'d| have| had)? (?:asked|told|requested|begged|wanted|needed|will ask|'ll ask|ask)\b"
    r"|\b(?:i'll|we'll|i will|let me|i can|we can|happy to)\b"
)
_INFORMATION = frame(
    r"^(?:<SIGN>|hi|hey|hello|and|so|ok|quick (?:question|one))*(?:(?:can|could|would) (?:you|someone|anyone"
    r"|i|we) (?:see|use|run|still|also use|do that|have|get (?:a|an) (?:free|sense))|(?:will|would) (?:you|that|it"
    r"|this|there|we|they|your \w+) (?:be|work|have|need|fit|still|suffice|happen|change|come|join us|help|do)\b"
    r"|(?:what|when|where|who|why|how|which|is|are|do|does|did|has|have)\b)"
)
_NOT_ASKING = frame(
    r"\b(?:thanks? (?:you )?for|no need to|you (?:can|could|may|might) (?:also |always )?(?:just )?(?:use|try|do|see"
    r"|get|call|write|make)|as (?:you|we) (?:asked|requested)|if you (?:want|like|need))\b"
)


def may_ask(view: View) -> bool:
    """Cheap test before `hear_request`: an asking word anywhere, or a bare verb among the first words."""
    return not view.words.isdisjoint(CUES) or any(word in VERBS for word in view.tokens[:4])


def hear_request(view: View) -> str | None:
    """The id of the request rule that holds in this sentence, or None."""
    low = view.low
    if _COURTESY.search(low):
        return None
    if _PLEASE.search(low):
        return "request.please"
    if view.question and _INFORMATION.search(low):
        return None
    if _CAN_YOU.search(low):
        return "request.can-you"
    if _NEED.search(low) and not _REPORTED.search(low):
        return "request.we-need-from-you"
    if _WOULD_BE.search(low) and not _REPORTED.search(low):
        return "request.if-you-could"
    if _NOT_ASKING.search(low):
        return None
    if not view.question and _IMPERATIVE.search(low) and not re.match(r"\W*(?:do|let's|have) (?:we|i|you|they)\b", low):
        return "request.imperative"
    if (
        _LET_KNOW.search(low)
        and not _REPORTED.search(low)
        and not re.search(
            r"\b(?:he|she|they|it|who|that|which|someone|you|could|didn't) (?:\w+ )?(?:sen[dt]s?|g[ia]ve?s?|told|tells?"
            r"|show(?:s|ed)|brings?|brought|calls?|called|hand(?:s|ed)|mail(?:s|ed)) (?:me|us)",
            low,
        )
    ):
        return "request.let-me-know"
    return None
