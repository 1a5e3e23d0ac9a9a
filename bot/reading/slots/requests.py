"""Whom a request addresses, and by when it is wanted."""

from __future__ import annotations

import re

from bot.reading.people import Named, named_in
from bot.reading.rules.frame import View, frame
from bot.reading.slots.parties import MOST_NAMED, YOUR_PEOPLE, across, clauses, stands_after
from bot.reading.types import Due, Side, Window
from bot.reading.wordlists import words

# What stands before one who is only spoken of, and around one who is spoken to.
_BEFORE_OBJECT = re.compile(
    r"\b(?:tell|ask|asked|cc|with|to|ping|call|for|between|by|add|invite|in|remind|via|of|include|including|see|than"
    r"|until|about|behind|told|contact|reach|mail|email|give|send|introduce|not|if|what) $|[(/]\s?$",
    re.IGNORECASE,
)
_ADDRESSES = re.compile(
    r"(?:(?:^|[\n.!?])\W*(?:(?:hi|hey|hello|dear|(?:good )?morning|thanks|ok|so|and|yes|no|sorry|bom dia|hallo)\W+)?"
    r"|\b(?:can|could|will|would|please|pls),? |, )$",
    re.IGNORECASE,
)
_AFTER_ADDRESSED = re.compile(r"\W*[,:!?\n–—-]|\W*$|\W+(?:please|pls|can|could|would|will|to|hold|need|and|/|you)\b")
_ASKING = frame(r"\b(?:please|pls|plz|kindly|can|could|would|need|needs|send|confirm|let (?:me|us))\b")
_KEEPS = frame(
    r"\b(?:hold|keep|pause|leave|wait|stop|freeze|refrain|park|postpone|not|don't|nobody|no|stay|without|until"
    r" further)\b"
)
_LASTS = re.compile(r"(?:until|till|through|over|before|from|for)\b")
_GREETS = re.compile(
    r"\W*(?:(?:[Hh]i|[Hh]ey|[Hh]ello|[Dd]ear) (?=[A-Z])|(?=[A-Z][a-z]+(?:(?: and |,? ?/ ?| )[A-Z][a-z]+)?[,:]?\s*?"
    r"(?:\n|:)))(\w+)"
)
_NEAR, _LONG = 200, 1_000  # characters of the opening and of the last words of a long message
_NICK = 3  # letters a short name shares with the full one
_YOU = words("you you'd you'll your yours")
_SPOKEN_OF = re.compile(r"(?:'s|'ll| (?:has|is|was|will|and I|[a-z]+(?<!s)s))\b")
_SOMEBODY = frame(
    rf"\b(?:someone|somebody|anyone|anybody|one of you|y'?all|(?:your|ur) (?:\w+ )?end|team)\b|{YOUR_PEOPLE}"
)
_EVERYONE = frame(r"\b(?:everyone|everybody|all of you|each of you|to all)\b")


def due_of_request(view: View) -> Due | None:
    """By when it is wanted: of several days the one beside the asking words. "Keep it until Friday" wants nothing by
    Friday."""
    wanted = view.future_due
    if wanted is None or wanted.day is None:
        return wanted
    at = view.sentence.start
    for start, end in clauses(view):
        if _ASKING.search(view.low, start, end):
            wanted = next((due for due in reversed(view.coming_dues) if start <= due.start - at < end), wanted)
            break
    return None if _KEEPS.search(view.low) and _LASTS.match(wanted.phrase.lower()) else wanted


def owner_of_request(view: View, window: Window) -> str | None:
    """Whom a request addresses: who is mentioned or called by name, in the sentence or before it in the message; who
    is being answered; else the other side, and nobody for "everyone"."""
    text, message = view.text, view.message
    people = [named for named in named_in(text, window)[:MOST_NAMED] if named.user != message.user]
    spoken_to = [named for named in people if not stands_after(_BEFORE_OBJECT, named, text)]
    called = [named for named in spoken_to if _is_mention(named, text) or _is_called(named, text)]
    if called:
        return called[0].user or across(view)
    if _EVERYONE.search(view.low):
        return None
    if _SOMEBODY.search(view.low):
        return across(view)
    before = _opening_and_last_words(message.text[: view.sentence.start])
    earlier = [
        named
        for named in named_in(before, window)[-MOST_NAMED:]
        if named.user != message.user and _is_called(named, before)
    ]
    if earlier:
        return earlier[-1].user or across(view)
    if greets := _GREETS.match(message.text):
        return _nicknamed(greets.group(1), window) or across(view)
    if view.reply_to is None or (message.side is Side.UNKNOWN and not _is_talk_of_two(view, window)):
        return _only_other(view, window)
    return view.reply_to.user


def _opening_and_last_words(before: str) -> str:
    """Of a long message what stood at its beginning and right before: whom it calls stands in one of them."""
    return before if len(before) <= _LONG else f"{before[:_NEAR]}\n{before[-_LONG:]}"


def _nicknamed(called: str, window: Window) -> str | None:
    """The one person of the window whose name begins like what somebody is called: "Dave" is David."""
    likely = [user for user, name in window.names.items() if name[:_NICK].casefold() == called[:_NICK].casefold()]
    return likely[0] if len(likely) == 1 else None


def _is_talk_of_two(view: View, window: Window) -> bool:
    """Whether "you" can only be the one other person who spoke before."""
    users = {message.user for message in window.messages if message.said_at < view.message.said_at}
    return len(users - {view.message.user}) == 1 and not view.words.isdisjoint(_YOU)


def _only_other(view: View, window: Window) -> str | None:
    """The one person of another side, where the window knows just one; else the side."""
    author = view.message
    others = [user for user, side in window.people.items() if side not in (author.side, Side.UNKNOWN)]
    return others[0] if len(others) == 1 else across(view)


def _is_mention(named: Named, text: str) -> bool:
    return text[named.start] == "<"


def _is_called(named: Named, text: str) -> bool:
    if not stands_after(_ADDRESSES, named, text):
        return False
    if _is_mention(named, text):
        return not _SPOKEN_OF.match(text, named.end)
    return _AFTER_ADDRESSED.match(text, named.end) is not None
