"""A request being read: slots are taken out of it one after the other; what is left are names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.language import words
from bot.language.reasons import reason_at
from bot.language.slots.found import TAKEN, Found
from bot.language.slots.hints import SLOT
from bot.language.tokens import Token, TokenKind, said
from bot.language.topics import TOPICS
from bot.language.verbs import verb_at
from bot.reading.deadlines.words import MONTHS, WEEKDAYS

T = TypeVar("T")
V = TypeVar("V", bound=str)
_LONGEST_NAME = 6
_PARTING = words.NAME_LEADS | {"and", "as"}
_CALENDAR = MONTHS.keys() | WEEKDAYS.keys()
_NO_NAME = re.compile(r"q[1-4]|h[12]|fy.*|[ap]m|est|pst|[a-z]{2}[ts]|usd|eur|gbp")
# Small words inside names: "Bank of the West", "Partners for Growth" comes quoted.
_INSIDE = frozenset(["of", "the", "de", "la", "and", "new"])


@dataclass(frozen=True, slots=True)
class Name:
    """Words left over. `lead` is the preposition before them ("with Acme"), or "partner" or "account" where the person
    said which it is ("customer BigCo"), "" without either."""

    text: str
    lead: str = ""
    plausible: bool = True
    quoted: bool = False


class Draft:
    """The tokens not yet understood. A taken token leaves a gap which no slot and no name reaches across."""

    def __init__(self, parts: Sequence[Token]) -> None:
        self._said = parts
        self._left: list[Token | None] = [None if token.is_dash else token for token in parts]
        for place, token in enumerate(parts):  # the capital of a sentence's first words is not a name's
            if token.word not in words.GLUE | words.FILLER:
                break
            self._left[place] = replace(token, text=token.word)

    @property
    def text(self) -> str:
        """What is left, for the slot readers; quoted words, mentions, gaps and names like "March Networks" are hidden
        from them."""
        return " ".join(map(self._shown, range(len(self._left))))

    @property
    def tokens(self) -> list[Token]:
        """What is left."""
        return [token for token in self._left if token is not None]

    def take(self, read: Callable[[str], Found[T] | None]) -> T | None:
        """The value `read` finds, its words taken out; None when it finds none."""
        found = read(self.text)
        if found is None:
            return None
        spans = [(found.start, found.end), *([found.also] if found.also else [])]
        at = 0
        for place in range(len(self._left)):
            end = at + len(self._shown(place))
            if any(at < last and first < end for first, last in spans):
                self._left[place] = None
            at = end + 1
        return found.value

    def take_verbs(self, table: Mapping[str, V]) -> list[V]:
        """Every verb of `table` the person used, in order. A word that follows "for" or "with" belongs to a name."""
        found: list[V] = []
        for place in range(len(self._left)):
            match = None if self._is_led(place) else verb_at(self._left, place, table)
            if match is not None:
                found.append(match.verb)
                for taken in match.places:
                    self._left[taken] = None
        return found

    def drop_aside(self) -> None:
        """Take out the words that only make a question of it ("who", "is", "already")."""
        self._left = [None if token and token.word in words.ASIDE else token for token in self._left]

    def drop_told(self) -> None:
        """Take out what only tells how things are ("went well", "can't make it")."""
        self.drop_aside()
        self._left = [None if token and _is_said(token) else token for token in self._left]

    def take_note(self, table: Mapping[str, V]) -> str:
        """The reason given for what is asked, in the person's own words."""
        reason = reason_at(self._left, table)
        if reason is None:
            return ""
        end, start = reason
        self._left[end:] = []
        return said(self._said[start:])

    def names(self) -> list[Name]:
        """The names left, in order. Commas, gaps and prepositions part them; "of" joins ("Bank of America")."""
        return [_name(lead, run) for lead, run in self._runs() if _trimmed(run)]

    def _shown(self, place: int) -> str:
        token = self._left[place]
        if token is None or token.kind != TokenKind.WORD or self._begins_name(place) or self._tells_which(place):
            return TAKEN
        return token.meant or token.text

    def _tells_which(self, place: int) -> bool:
        """ "move today's check-in to Monday"."""
        token, after = self._left[place], self._left[place + 1 :]
        return token is not None and token.word in words.WHICH and any(each and each.word == "to" for each in after)

    def _begins_name(self, place: int) -> bool:
        """Whether a month or weekday is the first word of a name: "March Networks", "June & Co"; not "March 3"."""
        token, after = self._left[place], self._left[place + 1] if place + 1 < len(self._left) else None
        if token is None or after is None or token.mark or token.word not in _CALENDAR:
            return False
        if token.text == token.word in MONTHS and not self._is_led(place):  # "october labs renewal"
            return bool(after.word) and not (
                _is_glue(after) or SLOT.fullmatch(after.word) or after.word in words.NAME_LEADS
            )
        if not token.text.istitle():
            return False
        return after.text == "&" or (
            after.kind == TokenKind.WORD
            and after.text[:1].isupper()
            and not _is_glue(after)
            and _NO_NAME.fullmatch(after.word) is None
            and after.word not in _CALENDAR | words.CONDITIONS
        )

    def _is_led(self, place: int) -> bool:
        here, before = self._left[place], self._left[place - 1] if place else None
        if here is not None and here.word in TOPICS:
            return False
        return before is not None and before.word in words.NAME_LEADS - {"to", "on", "at"}

    def _runs(self) -> Iterator[tuple[str, list[Token]]]:
        """(the preposition before, the words of a name with the glue around them)"""
        lead, run = "", list[Token]()
        for place, token in enumerate(self._left):
            after = self._left[place + 1] if place + 1 < len(self._left) else None
            if token is None or token.kind not in (TokenKind.WORD, TokenKind.QUOTED):
                yield lead, run
                label = words.KINDS.get(run[-1].word, lead) if run else lead  # "partner = Acme"
                lead, run = ("" if _trimmed(run) else label), []
            elif token.word in _PARTING and not (token.word == "of" and after is not None and _trimmed(run)):
                yield lead, run
                lead, run = (token.word if token.word != "and" else lead), []
            else:
                run.append(token)
                if token.comma and not (after is not None and after.word in words.LEGAL_FORMS):
                    yield lead, run
                    lead, run = "", []
        yield lead, run


def _trimmed(run: Sequence[Token]) -> list[Token]:
    """Without the glue at its ends. A capital makes glue part of a name ("The Trade Desk"), and "new" is only dropped
    where more glue follows ("new partner Acme", but "new relic")."""
    rest = list(run)
    while rest and _is_glue(rest[0]):
        if rest[0].word == "new" and len(rest) > 1 and not _is_glue(rest[1]):
            break
        rest.pop(0)
    while rest and _is_glue(rest[-1]):
        rest.pop()
    return rest


def _is_glue(token: Token) -> bool:
    label = ":" in token.mark  # "Tier: silver"
    return token.word in words.GLUE and (token.text == token.word or token.text.isupper() or token.word == "i" or label)


def _is_said(token: Token) -> bool:
    return words.is_talk(token.word) and token.text == token.word


def _name(lead: str, glued: Sequence[Token]) -> Name:
    run = _trimmed(glued)
    kinds = [words.KINDS[token.word] for token in glued if token not in run and token.word in words.KINDS]
    told = any(_is_said(token) for token in run)
    priced = any(character in "$€£¥₹" for token in run for character in token.text)
    told = told or any(_is_glue(token) and token.word not in _INSIDE for token in run)
    named = not priced and any(character.isalpha() for token in run for character in token.text)
    quoted = any(token.kind == TokenKind.QUOTED for token in run)
    plausible = named and not told and len(run) <= _LONGEST_NAME
    return Name(said(run), kinds[-1] if kinds else lead, plausible, quoted)
