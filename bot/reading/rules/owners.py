"""Who owes it: a user id, a side, or nobody we can name."""

from __future__ import annotations

import re

from bot.reading.names import core
from bot.reading.rules.frame import View, frame
from bot.reading.rules.promises import Promise
from bot.reading.types import ReadMessage, Side, Window

_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_OPENING = re.compile(r"\W*(?:(?:hi|hey|hello|morning)\b\W*)?<@([UW][A-Z0-9]+)", re.IGNORECASE)
_SUBJECT_MENTION = re.compile(
    r"(?:^|[,;:–—-]\s?|\b(?:and|so|then|ask|asked) )<@([UW][A-Z0-9]+)(?:\|[^>]*)?>(?:'ll"
    r"|(?: from [\w' -]{2,30}?)? will|'s| is going to| has| and| to| takes| does| owns| sends| brings| [a-z]+s\b)"
)
_YOUR_SIDE = frame(
    r"^(?:\W|<@\w+>|(?:and|so|then|ok)\b)*(?:your (?:team|side|folks|people|\w+)|you (?:will|'ll|send|check|get back)"
    r"|you'll (?:send|provide|fix))\b(?! (?:referral|rebate|refund|order|booth|quote|application|money|request|answer"
    r"|invoice|key|gold|ticket|case))"
)
_CUSTOMER = frame(
    r"\b(?:the |their |our )?(?:customer|client|bank|end customer)(?:'s [\w ]{2,20})?(?: team| side)?(?:'ll| will"
    r"| [a-z]+s\b)"
)
_US_WORDS = frame(r"\b(?:our|us|your way|refund|money)\b")
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
    if re.search(r"\b(?:from|by) me\b|\bi\b|\bmyself\b", view.low):
        return message.user
    return _side(message.side)


def _opens_with(partner: str | None, text: str) -> bool:
    name, said = core(partner or ""), core(text)
    return bool(name and said) and name[0] == said[0]


def owner_of_request(view: View, reply_to: ReadMessage | None) -> str | None:
    """Whom a request addresses: the mentioned person (in the sentence, or opening the message), else the other side."""
    message = view.message
    mentions: list[str] = [user for user in _MENTION.findall(view.text) if user != message.user]
    if not mentions:
        opening = _OPENING.match(message.text)
        mentions = [opening.group(1)] if opening and opening.group(1) != message.user else []
    if mentions:
        return mentions[0]
    if reply_to is not None and reply_to.user != message.user and message.side is Side.CUSTOMER:
        return _side(reply_to.side)
    return other_side(message.side)
