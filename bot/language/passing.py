"""Whether a sentence that names a topic asks for something, or only mentions it. When in doubt it mentions it: what is
said in a channel is read for risks, and a person who asked gets buttons."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.language import mood, words
from bot.language.reasons import asked, reason_at
from bot.language.slots.hints import DATES, SLOT
from bot.language.tokens import Token, TokenKind
from bot.language.verbs import OF_COMMAND, verb_at
from bot.reading.deadlines.words import word_set

_MOST_NAMES = {"deal": 3, "onboard": 3}
_LONGEST_NAME, _LONGEST_MENTION = 6, 4
# What each topic has no slot for: "the Globex deal in March" is talk.
_NO_DAYS = frozenset(["deal", "onboard"])
_DAY = re.compile(rf"{DATES}|q[1-4]")
_POINTING = frozenset(["the", "that", "this", "our", "their", "your"])
_NAMING = (TokenKind.WORD, TokenKind.QUOTED)
_WANTING = word_set("need want get wanna gotta mark record")
_MODAL = word_set("will would can could")
_NEWS = frozenset(["won", "lost"])  # "we won the Globex deal"; "won deal #12" is for the record
_ENDS = word_set("end ends expire expires")
_REPORTED = frozenset(["done", "hold"])
_PLEASE = word_set("please pls plz")
_SPANNING = word_set("over across during another")
_MATTERS = word_set(
    "issue issues problem problems risk delay blocker within with to over before off on up out back not make add "
    "ask asks weeks days same more only again without look"
)
_DOING = word_set(
    "get ask request need start launch plan set organize organise run process calculate check pay send route pass "
    "hand kick begin create build propose prepare arrange submit raise open review claim change give forward bring "
    "transfer assign move switch set mark escalate involve stop turn pause resume disable no mute loop handoff handover"
)  # fmt: skip


def is_request(parts: Sequence[Token], start: int, end: int, command: str) -> bool:
    """Whether `parts`, whose topic of `command` is parts[start:end], ask for something."""
    table = OF_COMMAND.get(command)
    first = next((place for place in range(len(parts)) if not _opens(parts, place, table)), len(parts))
    if mood.is_supposed(parts) and not mood.is_question(parts):
        return False
    doing = _DOING | (table.keys() if table else frozenset())
    if any(
        parts[place].word in doing and mood.is_distant(parts, place)
        for place in range(1, min(max(first, start) + 1, len(parts)))
    ):
        return False
    if table is None:
        return _asks_freely(parts, first, start, end, command)
    told_until = mood.follow_up(parts, table)
    asking = told_until > 0 or mood.is_question(parts) or mood.is_denied(parts[: first + 3])
    verb = verb_at(parts, first, table) if first < len(parts) else None
    recorded = verb is not None and verb.verb in _NEWS and any("#" in token.text for token in parts)
    reported = recorded or (verb is not None and verb.verb in _REPORTED)  # "held the QBR with Acme"
    told = first < len(parts) and words.is_past(parts[first].word) and not reported  # "the signed renewal"
    verb_first = verb is not None and not told
    pointed = start > 0 and parts[start - 1].word in _POINTING
    wanted = any(token.word in _WANTING for token in parts[:first])
    states = parts[start].word.endswith(("ed", "renews")) or parts[end - 1].word in _ENDS
    if states and not (asking or wanted):  # "Acme renews", "the agreement ends"
        return False
    led = verb_first or asking or wanted or (first >= start and not pointed)
    reason = reason_at(parts, table) if led else None
    said = parts[: reason[0]] if reason else parts
    return _Sentence(said, start, end, command, first, told_until, asking=asking, led=led).says_little()


def _asks_freely(parts: Sequence[Token], first: int, start: int, end: int, command: str) -> bool:
    """Whether a request in a person's own words is one: not asked about, nothing told before its colon, and it begins
    as a request does. A denied one asks for nothing, but of the digest ("no more digests")."""
    if command == "digest":
        parts = asked(parts)
    denying = words.DENIALS if command == "digest" else frozenset()
    begin = mood.polite_end(parts) if command != "digest" else 0
    if begin:
        first = next((place for place in range(begin, len(parts)) if parts[place].word not in words.FILLER), len(parts))
    own = next((place for place in range(first, len(parts)) if ":" in parts[place].mark), len(parts) - 1)
    does = first < len(parts) and parts[first].word in _DOING
    told = any(_is_talk(token.word) for token in parts[first + does : own + 1] if token.word not in denying)
    if told or mood.is_question(parts):
        return False
    if command == "digest":
        return True
    if mood.is_denied(parts[: max(start, first) + 1]):
        return False
    if command == "escalate":
        return (
            _is_ordered(parts, start) and not mood.is_wish(parts) and any(token.word == "to" for token in parts[start:])
        )
    named = end == len(parts) or parts[end - 1].comma or parts[end].word in words.NAME_LEADS | _PLEASE
    return (first >= start and named) or does


def _is_ordered(parts: Sequence[Token], start: int) -> bool:
    """Whether the clause begins with the verb at `start`: "…, please escalate", not "Maria: escalate"."""
    begins = max((place + 1 for place in range(start) if parts[place].mark), default=0)
    before = [token.word for token in parts[begins:start]]
    polite = not words.POLITE.isdisjoint(before)
    if words.is_past(parts[start].word):  # "I need this escalated to my boss"
        return not _WANTING.isdisjoint(before)
    return all(word in words.FILLER for word in before) and (polite or not begins or ":" not in parts[begins - 1].mark)


def _is_talk(word: str) -> bool:
    return words.is_talk(word) and word not in _MATTERS | words.WHICH and SLOT.fullmatch(word) is None


def _opens(parts: Sequence[Token], place: int, table: Mapping[str, str] | None) -> bool:
    """Whether a word may stand before what a request begins with: filler, glue, a slot ("Q4 QBR …"); "no more" is a
    verb all the same."""
    word = parts[place].word
    if table is None:
        return word in words.FILLER
    phrase = verb_at(parts, place, table)
    if phrase is not None and len(phrase.places) > 1:
        return False
    return word in words.FILLER | words.GLUE or (word != "" and SLOT.fullmatch(word) is not None)


@dataclass(slots=True)
class _Sentence:
    """The words of a request beside its topic: `led` where a verb, a question or the topic itself comes first."""

    parts: Sequence[Token]
    start: int
    end: int
    command: str
    first: int
    told_until: int
    asking: bool
    led: bool
    names: int = 0
    run: int = 0

    def says_little(self) -> bool:
        """Whether everything is a verb of the topic, a slot, glue, or one of few short names."""
        table = OF_COMMAND[self.command]
        verbs: set[int] = set()
        for place in range(len(self.parts)):
            if self.start <= place < self.end:
                self.run = 0
            elif place >= self.first and place not in verbs:
                verb = verb_at(self.parts, place, table)
                if not (self._is_verb(place) if verb else self._fits(place)):
                    return False
                self.run = 0 if verb else self.run
                verbs.update(verb.places if verb else ())
        return self.names <= _MOST_NAMES.get(self.command, 2)

    def _is_verb(self, place: int) -> bool:
        """ "The deal was approved" tells, "Dana approves the deal" too; "is the deal approved" asks."""
        subject = self.names > 0 and place < self.start and not self.asking  # "Lars: approve deal #3"
        return self.led or not (subject or words.is_past(self.parts[place].word))

    def _fits(self, place: int) -> bool:
        token = self.parts[place]
        word = token.word
        joins = word == "of" and self.run > 0
        if token.is_dash:
            self.run = 0
            return True
        if word in _MODAL and self.run and not self.asking:  # "Dana will run the QBR"
            return False
        if not joins and (token.kind not in _NAMING or word in words.GLUE or SLOT.fullmatch(word)):
            self.run = 0
            return self.led or self.command not in _NO_DAYS or not _DAY.fullmatch(word) or self._is_titled(place)
        if self.asking and (word in words.ASIDE or (place < self.told_until and words.is_told(word))):
            return True
        after = self.parts[place + 1].word if place + 1 < len(self.parts) else ""
        if word in _SPANNING and after and SLOT.fullmatch(after):
            return True
        return not (words.is_told(word) and token.text == word) and self._names(place)

    def _is_titled(self, place: int) -> bool:
        """ "October Labs" is a name."""
        return all(token.text[:1].isupper() for token in self.parts[place : place + 2]) and place + 1 < len(self.parts)

    def _names(self, place: int) -> bool:
        """Counts a word of a name. After the topic of a sentence without a verb it needs "for" or "with"."""
        self.run += 1
        if self.run > 1:
            return self.run <= (_LONGEST_NAME if self.led else _LONGEST_MENTION)
        self.names += 1
        before = self.parts[place - 1].word if place else ""
        return self.led or place < self.start or before in words.NAME_LEADS | {"as"}
