"""Who owes it: a user id, a side, or nobody we can name."""

from __future__ import annotations

import re

from bot.reading.names import core
from bot.reading.rules.frame import View, frame
from bot.reading.rules.promises import Promise
from bot.reading.types import Side, Window

_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_OPENING = re.compile(r"\W*(?:(?:hi|hey|hello|morning)\b\W*)?<@([UW][A-Z0-9]+)", re.IGNORECASE)
_SUBJECT_MENTION = re.compile(
    r"(?:^|[,;:–—-]\s?|\b(?:and|so|then|ask|asked) )<@([UW][A-Z0-9]+)(?:\|[^>]*)?>(?:'ll"
    r"|(?: from [\w' -]{2,30}?)? will|'s| is going to| has| and| to| takes| does| owns| sends| brings| [a-z]+s\b)"
)
_YOUR_SIDE = frame(
    r"^(?:<SIGN>|(?:and|so|then|ok)\b)*(?:your (?:team|side|folks|people|\w+)|you (?:will|'ll|send|check|get back)"
    r"|you'll (?:send|provide|fix))\b(?! (?:referral|rebate|refund|order|booth|quote|application|money|request|answer"
    r"|invoice|key|gold|ticket|case))"
)
_CUSTOMER = frame(
    r"\b(?:the |their |our )?(?:customer|client|bank|end customer)(?:'s [\w ]{2,20})?(?: team| side)?(?:'ll| will"
    r"| [a-z]+s\b)"
)
_US_WORDS = frame(r"\b(?:our|us|your way|refund|money)\b")
# Where a name stands for the doer ("Martin owns the plan", "runbook from Martin") or for the one who is asked.
_DOER = (
    r"(?:^\W*|[,;:–—(] ?|\b(?:and|then|so|our|my|from|by|colleague|AE|SA) ){}\b"
    r"(?!'s (?:team|mail|desk)|[,:]? (?:can|could|please))"
)
_ASKED = (
    r"(?:^\W*(?:(?:[Hh]i|[Hh]ey|[Hh]ello|[Oo]k|[Tt]hanks|[Ss]o|[Aa]nd)\W+)?"
    r"|\b(?:[Cc]an|[Cc]ould|[Ww]ill|[Ww]ould|[Pp]lease,?) ){}\b"
)
# A document is drafted by the one who announces it; "our", "their" or a role says whose work it is instead.
_OWN_WORK = frame(
    r"\b(?:from|by) me\b|\bi\b|\bmyself\b|\bmy (?:mail|note|call|draft|proposal)\b|^\W*(?:the |a |an |and the |full "
    r"|final |revised )*(?:[\w-]+ ){0,2}(?:annex|spec|draft|runbook|report|material|list|document|mapping|deck"
    r"|estimate|plan|summary|notes|minutes|one-pager|numbers|slides)\b(?: for [\w ]{2,30}?)? (?:comes?|will be|goes"
    r"|follows?|is coming|lands?)\b"
)
_OTHERS_WORK = frame(r"\b(?:our|their|his|her|your) \w+")
_OTHER = {Side.PARTNER: Side.US, Side.US: Side.PARTNER, Side.CUSTOMER: Side.PARTNER}


def other_side(side: Side) -> str | None:
    """The side that "you" means when nobody is named: partner <-> us; a customer speaks to the partner who delivers."""
    other = _OTHER.get(side)
    return other.value if other else None


def _side(side: Side) -> str | None:
    return None if side is Side.UNKNOWN else side.value


def owner_of_promise(view: View, promise: Promise, window: Window) -> str | None:
    """Owner of a commitment: the author for "I", the author's side for "we", the mentioned person, else the side named.

    A third party nobody can resolve ("Meera sends it") counts for the author's side, who brought the promise forward.
    """
    message = view.message
    named = _SUBJECT_MENTION.search(view.text)
    if named:
        return named.group(1)
    if promise.doer == "third" and (person := person_named(view.text, window, _DOER)):
        return person
    if promise.doer in ("me", "you-get"):
        return _side(message.side) if promise.doer == "you-get" and _US_WORDS.search(view.low) else message.user
    if promise.doer == "us":
        return _side(message.side)
    if _YOUR_SIDE.search(view.low):
        return other_side(message.side)
    if _CUSTOMER.search(view.low) and message.side is not Side.CUSTOMER:
        return Side.CUSTOMER.value
    if message.side is not Side.PARTNER and _opens_with(window.partner, view.text):
        return Side.PARTNER.value
    if _OWN_WORK.search(view.low) and not _OTHERS_WORK.search(view.low):
        return message.user
    return _side(message.side)


def _opens_with(partner: str | None, text: str) -> bool:
    name, said = core(partner or ""), core(text)
    return bool(name and said) and name[0] == said[0]


def person_named(text: str, window: Window, where: str) -> str | None:
    """The one person of the window whose full or first name stands in `text` at `where` (a frame with `{}` for the
    name), or None: none fits, or two do."""
    if not window.names:
        return None
    found = {
        user
        for user, name in window.names.items()
        for said in {name, name.split(" ")[0]}
        if len(said) > 1 and said in text and re.search(where.format(re.escape(said)), text)
    }
    return found.pop() if len(found) == 1 else None


def owner_of_request(view: View, window: Window) -> str | None:
    """Whom a request addresses: the mentioned person (in the sentence, or opening the message), else the other side."""
    message = view.message
    mentions: list[str] = [user for user in _MENTION.findall(view.text) if user != message.user]
    if not mentions:
        opening = _OPENING.match(message.text)
        mentions = [opening.group(1)] if opening and opening.group(1) != message.user else []
    if mentions:
        return mentions[0]
    if person := person_named(view.text, window, _ASKED):
        return person
    if view.reply_to is not None and message.side is Side.CUSTOMER:
        return _side(view.reply_to.side)
    return other_side(message.side)
