"""What stood before in the thread: whom a message answers, and whether that asked for something."""

from __future__ import annotations

import re

from bot.reading.rules.asks import hear_request, may_ask
from bot.reading.rules.frame import View, frame
from bot.reading.sentences import LONGEST_SPEECH, split_sentences
from bot.reading.types import ReadMessage, Side, Window

# The whole reply: "will do", "sure, no problem".
_PLAIN_YES = frame(
    r"^(?:<SIGN>|(?:yes|yep|ok|okay|hi|hello|thanks|sure|and|no worries)\b)*(?:yes|yep|yeah|sure"
    r"|of course|absolutely|certainly|no problem|np|gladly|will do|on it|consider it done|you got it)(?: (?:will do"
    r"|thing|thanks|on it|happy to|no problem))?\W*(?::[\w+-]+:\W*)*$"
)
_WHEN = re.compile(r"\b(?:when|by when|eta|how soon|what day|which day|until when)\b[^?]*\?", re.IGNORECASE)
_NOT_ACTING = frame(
    r"^\W*(?:i|we|i'm|i'll|we're|message|date|sent|from|to)\b|\b(?:or|no|not|never|meet|meeting|calls?|slot|works"
    r"|suits|fits|free|was|were|sent|did|went|already|since|ago|last|late|later than|missed|thanks|thank|if|depends"
    r"|maybe|hopefully|holiday|off|out|birthday)\b|n't\b"
)
_SHORT = 60  # characters
_FIRST, _LAST = 20, 40  # sentences of an answer, and of what it answers: every pair of them is read


def last_of_the_other_side(message: ReadMessage, window: Window) -> ReadMessage | None:
    """The last thing another side said before `message`; where sides are unknown, another person stands for it."""
    found: ReadMessage | None = None
    for other in window.messages:
        if other is message:
            break
        if other.is_speech and other.text and _across(message, other):
            found = other
    return found


def _across(message: ReadMessage, other: ReadMessage) -> bool:
    if message.side is Side.UNKNOWN or other.side is Side.UNKNOWN:
        return other.user != message.user
    return other.side is not message.side


def was_asked(view: View) -> bool:
    """Did the other side, in what this message answers, ask for an act?"""
    asked = view.reply_to
    if asked is None:
        return False
    sentences = [each for each in split_sentences(asked.text) if each.speech and len(each.text) <= LONGEST_SPEECH]
    views = (View(asked, sentence) for sentence in sentences[-_LAST:])
    return any(may_ask(each) and hear_request(each) is not None for each in views)


def hear_answer(view: View) -> str | None:
    """The id of the rule, or None: a short yes or a bare day in answer to an ask of the other side is a promise.

    "Will do", "yes, Thursday", "done by EOD" after "could you send the list?"; a bare day also after "when ...?".
    """
    low = view.low
    asked = view.reply_to
    if asked is None or view.question or len(low) > _SHORT or view.sentence.number >= _FIRST:
        return None
    if _PLAIN_YES.search(low):
        return "commitment.answer" if was_asked(view) else None
    if _NOT_ACTING.search(low) or view.future_due is None:
        return None
    return "commitment.answer" if was_asked(view) or _WHEN.search(asked.text) else None
