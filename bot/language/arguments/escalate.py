"""escalate #12 to @sam · Escalate support issue to VP · escalate this to my boss"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import Refused
from bot.language import words
from bot.language.tokens import Token, TokenKind, said, without
from bot.reading.deadlines.words import word_set

_THIS = frozenset(["this", "it", "that", "thread", "risk", "message"])
_MY = frozenset(["my", "our", "the", "a"])
_POLITE = word_set("please pls plz thanks thank you now asap immediately today urgently")
_ABOUT = word_set("for about regarding re because since with as concerning")
# The words roles are made of: "to VP support issue" ends its role before "support".
_ROLE = word_set(
    "vp svp evp avp vice president senior manager managers director head chief boss lead leader owner of sales "
    "partnerships partner partners channel alliances ceo cro coo cto exec executive sa ae ps ops gm regional "
    "general"
)
# Said behind it, one of these takes it back: "to VP, no wait, don't", "to VP is what he said".
_UNSURE = words.DENIALS | word_set("said says wait kidding joking what sure later")
_REFUSED = "To whom? Name a person or a role, for example: escalate #12 to @name, or: escalate this to VP"


@dataclass(frozen=True, slots=True)
class Escalate:
    """`to` is a user id or the words of a role; `what` is "" when it was left to the thread."""

    what: str
    to: str


def escalate(parts: Sequence[Token]) -> Escalate:
    """ "#12 to @sam", "support issue to the VP of sales", "to VP: support issue at Globex". Raises Refused."""
    colon = next((place for place, token in enumerate(parts) if ":" in token.mark), len(parts))
    places = [place for place, token in enumerate(parts) if token.word == "to"]
    last_to = max((place for place in places if place < colon), default=max(places, default=-1))
    if last_to < 0:
        people = [token for token in parts if token.kind == TokenKind.USER]
        if not people:
            raise Refused(_REFUSED)
        at = parts.index(people[0])
        with_ = at > 0 and parts[at - 1].word in words.PARTNER_LEADS  # "raise the delay with @sam"
        return Escalate(_what(without(parts, [at - with_, at])), people[0].id)
    after = _plain(parts[last_to + 1 :])
    while after and after[0].word in _MY:
        after.pop(0)
    length = _length(after)
    if not length:
        raise Refused(_REFUSED)
    rest = after[length:]
    if ":" not in after[length - 1].mark and not _UNSURE.isdisjoint(token.word for token in rest):
        raise Refused(_REFUSED)
    to = after[0].id if after[0].kind == TokenKind.USER else said(after[:length]).casefold()
    return Escalate(_what([*parts[:last_to], *rest]), to)


def _length(whom: Sequence[Token]) -> int:
    """How many of the tokens say to whom: one person, a role, or a name up to a comma or "for"."""
    if whom and whom[0].kind == TokenKind.USER:
        return 1
    role = bool(whom) and whom[0].word in _ROLE
    for place, token in enumerate(whom):
        more = _ROLE | _MY if place and whom[place - 1].word == "of" else _ROLE  # "VP of the Americas"
        of = any(each.word == "of" for each in whom[max(place - 2, 0) : place]) and _ends_soon(whom[place:])
        if token.word in _ABOUT or token.kind == TokenKind.USER or (role and token.word not in more and not of):
            return place
        if token.comma:
            return place + 1
    return len(whom)


def _ends_soon(parts: Sequence[Token]) -> bool:
    """Whether the role ends within two words: "VP of Customer Success: …"."""
    return len(parts) <= 2 or any(token.mark for token in parts[:2])


def _what(parts: Sequence[Token]) -> str:
    rest = _plain(parts)
    while rest and rest[-1].word in words.POLITE:  # "…, can you escalate"
        rest.pop()
    return "" if all(token.word in _THIS | _MY | words.GLUE for token in rest) else said(rest)


def _plain(parts: Sequence[Token]) -> list[Token]:
    return without(parts, [place for place, token in enumerate(parts) if token.word in _POLITE])
