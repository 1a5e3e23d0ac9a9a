"""Does a message say that an open thing is settled? It only ever proposes a close; a person approves it."""

from __future__ import annotations

from bot.reading.rules.frame import frame
from bot.reading.sentences import LONGEST_SPEECH, MOST_SENTENCES, mask, split_sentences
from bot.reading.types import Sentence

_WHOLE_REPLY = frame(
    r"^(?:<SIGN>|(?:yes|yep|ok|okay|hi|hello|great|good news|all|and|now|it's|that's|this is|is"
    r"|just)\b)*"
    r"(?:done|sent|signed|fixed|resolved|sorted|delivered|uploaded|shipped|received|paid|approved|merged|deployed"
    r"|closed|completed?|countersigned|released|unblocked|solved|live|published)\b"
    r"(?:,? (?:now|today|yesterday|this morning|just now|already|and (?:sent|done|dusted|delivered)|it|them|by \w+"
    r"|on my side|from (?:our|my) side|thanks?|thank you|all|both|earlier))*\W*(?::[\w+-]+:\W*)*$"
)
_STATED = frame(
    r"\b(?:(?:is|are|was|were|has been|have been|got|been|'s|'re|now|finally|all|just|already)(?: (?:now|all"
    r"|finally|just|already|fully|been))* (?:resolved|sorted|fixed|solved|unblocked|cleared|delivered|signed"
    r"|countersigned|approved|released|paid|completed?|restored|lifted|merged|deployed|uploaded|settled|in place"
    r"|done|back (?:up|online|on track|to normal))"
    r"|(?:we're|we are|things are|it's|back) (?:back )?on track(?: again)?|(?:that|this|which) unblocks (?:us"
    r"|everything|it)|(?:has|have|just|it|they|finally) (?:arrived|landed|come (?:in|through|back))|(?:arrived"
    r"|landed|came (?:in|through)) (?:today|yesterday|this morning|just now|on \w+)"
    r"|(?:works|working|running|runs) (?:again|now|fine now)|caught up|no longer (?:blocked|an issue|at risk|late"
    r"|needed|open)|(?:we|i) (?:have )?(?:resolved|fixed|solved|cleared|delivered|closed|finished|got (?:it"
    r"|the \w+))\b|took care of)"
)
_NOT_SETTLED = frame(
    r"\b(?:not|n't|never|until|till|once|when|if|unless|before|as soon as|should be|will be|would be|to be|could be"
    r"|might be|must be|needs? to be|hope|expect\w*|almost|nearly|partly|half|except|but not|still (?:not|open"
    r"|missing|waiting)|being|supposed|yet to|cannot|as long as)\b|n't\b|'ll be\b"
)
_BUT = frame(r"[,;–—-] ?(?:but|except|though|only|however)\b")


def settles(text: str) -> bool:
    """True when `text` states, as its author's present claim, that something is done, fixed or arrived.

    "not done yet", "when it is done" and questions are False. Code and quoted lines do not count.
    """
    return settling_sentence(text) is not None


def settling_sentence(text: str) -> Sentence | None:
    """The first sentence of `text` that says so (see `settles`), with its span, or None."""
    sentences = split_sentences(text)[:MOST_SENTENCES]
    spoken = (each for each in sentences if each.speech and len(each.text) <= LONGEST_SPEECH)
    return next((sentence for sentence in spoken if _sentence_settles(sentence.text)), None)


def _sentence_settles(text: str) -> bool:
    low = mask(text).replace("’", "'").lower()
    if low.rstrip(" )\"'*_").endswith("?"):
        return False
    if _WHOLE_REPLY.search(low):
        return True
    stated = _STATED.search(low)
    if not stated or _BUT.search(low[stated.end() :]):
        return False
    clause = max(low.rfind(mark, 0, stated.start()) for mark in (",", ";", ":", "–", "—"))
    end = min((i for i in (low.find(mark, stated.end()) for mark in (",", ";", ":")) if i >= 0), default=len(low))
    return not _NOT_SETTLED.search(low[clause + 1 : end])
