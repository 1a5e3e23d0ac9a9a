"""A request -> which command it names. One grammar for `/pm`, for mentions and for direct messages."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.language import mood
from bot.language.passing import is_request
from bot.language.slots.cadences import RHYTHMS
from bot.language.spelling import corrected
from bot.language.tokens import Token, TokenKind, said, tokens, without
from bot.language.topics import ALONE, FREE, KEEP_THEIR_WORDS, ONBOARD, OVER_OTHERS, SHOWS
from bot.language.verbs import OF_COMMAND
from bot.language.verbs import WORDS as VERBS
from bot.language.words import FILLER, LABELS, OPENERS, TAILS, WHICH, is_talk, is_told

_CLOSE = 0.7
_GUESSES = 3
_LONGEST = 3
_LONGEST_STEP = 10  # words of a request about a step
_LONGEST_ASIDE = 5  # words that say what somebody is
_ARE = frozenset(["they're", "theyre", "it's", ("they", "are"), ("it", "is")])
_MARKING = frozenset(["mark", "tick"])
_DONE = frozenset(["done", "complete", "completed", "finished", "off"])
_LONGEST_REQUEST = 40  # words; more is no request but a text that mentions something


@dataclass(frozen=True, slots=True)
class Intent:
    """`command` is a command's name, None when none was recognised; then `guesses` are whole requests to offer."""

    command: str | None
    rest: tuple[Token, ...] = ()
    guesses: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        return self.command is None and not self.rest


@dataclass(frozen=True, slots=True)
class _Topic:
    """A topic's words in the request: parts[start:end] name `command`."""

    command: str
    phrase: str
    start: int
    end: int


def parse(text: str, vocabulary: Mapping[str, str], topics: Mapping[str, str] | None = None) -> Intent:
    """Read `text`. `vocabulary` maps every word or phrase (lower case) that names a command at the beginning to the
    command's name, `topics` those that name one anywhere. `rest` is every other token, in order.

    A topic counts only where the sentence asks for something: "the Globex deal slipped" mentions one in passing.
    """
    parts = _without_copula(_without_tail(_unwrapped(tokens(text))))
    if topics:
        parts = corrected(parts, VERBS | RHYTHMS | topics.keys())
    if alone := _alone(parts, vocabulary):
        return alone
    leading = _leading(parts, vocabulary)
    about = _topics(parts, topics or {}) if len(parts) <= _LONGEST_REQUEST else []
    about = [topic for topic in about if topic.command not in SHOWS] or about
    if leading is not None and _settles(parts, leading, about, topics or {}):
        return Intent(leading.command, tuple(parts[leading.end :]))
    if not about and leading is not None:
        about = [leading]
    if about:
        return _by_topic(parts, about)
    return _step(parts, vocabulary) or _unknown(parts, vocabulary, topics or {})


def is_greeting(text: str) -> bool:
    """Whether `text` says nothing but what people put in front of a request ("hey", "can you please")."""
    return all(token.word in FILLER for token in tokens(text))


def _unwrapped(parts: Sequence[Token]) -> Sequence[Token]:
    """What somebody put in quotes as a whole, without them."""
    whole = len(parts) == 1 and parts[0].kind == TokenKind.QUOTED
    return tokens(parts[0].text) if whole and " " in parts[0].text else parts


def _alone(parts: Sequence[Token], vocabulary: Mapping[str, str]) -> Intent | None:
    """What a request without a topic is about where little else is said: "what's late?"."""
    said = " ".join(token.word or token.text for token in parts if token.word not in FILLER | OPENERS)
    command = ALONE.get(said)
    return Intent(command) if command in vocabulary.values() else None


def _step(parts: Sequence[Token], vocabulary: Mapping[str, str]) -> Intent | None:
    """ "mark kickoff done": a step of an onboarding, as nothing else is called so."""
    begins = next((place for place, token in enumerate(parts) if token.word not in FILLER), len(parts))
    marks = len(parts) - begins in range(3, _LONGEST_STEP) and parts[begins].word in _MARKING
    asks = mood.is_question(parts) or mood.is_doubtful(parts)
    plain = not (asks or mood.is_denied(parts) or mood.is_supposed(parts))
    if marks and plain and parts[-1].word in _DONE and "onboard" in vocabulary.values():
        return Intent("onboard", tuple(parts[begins:]))
    return None


def _without_tail(parts: Sequence[Token]) -> list[Token]:
    """The request without the politeness behind it."""
    left = list(parts)
    while tail := next((each for each in TAILS if tuple(token.word for token in left[-len(each) :]) == each), ()):
        del left[-len(tail) :]
    return left


def _without_copula(parts: Sequence[Token]) -> list[Token]:
    """ "tier is gold" says no more than "tier = gold", and so does "…, they're gold"."""
    rest = list(parts)
    for place in range(1, len(parts) - 1) if any(token.word in ONBOARD for token in parts) else ():
        two = (parts[place].word, parts[place + 1].word) in _ARE
        few = len(parts) - place <= _LONGEST_ASIDE and (two or parts[place].word in _ARE) and parts[place - 1].mark
        if few and not any(is_told(token.word) for token in parts[place + 1 + two :]):
            rest[place : place + 1 + two] = [replace(each, meant="=") for each in parts[place : place + 1 + two]]
    for place in range(1, len(parts) - 1):
        if parts[place].word == "is" and parts[place - 1].word in LABELS and not is_talk(parts[place + 1].word):
            rest[place] = replace(parts[place], meant="=")
    return rest


def _leading(parts: Sequence[Token], vocabulary: Mapping[str, str]) -> _Topic | None:
    """The command the request begins with, after the filler."""
    start = 0
    while start < len(parts):
        for length in (2, 1):
            phrase = _phrase(parts, start, length, quotes=True)
            if phrase in vocabulary:
                return _Topic(vocabulary[phrase], phrase, start, start + length)
        if parts[start].word not in FILLER:
            return None
        start += 1
    return None


def _settles(parts: Sequence[Token], leading: _Topic, about: Sequence[_Topic], topics: Mapping[str, str]) -> bool:
    """Whether the first word alone names the command, whatever follows it."""
    if about and leading.phrase in FILLER:  # "help me onboard …"
        return False
    if (
        leading.command in FREE
        and about
        and (mood.is_supposed(parts) or mood.is_question(parts) or mood.is_wish(parts))
    ):
        return False
    return leading.command in FREE or leading.command not in topics.values()


def _topics(parts: Sequence[Token], topics: Mapping[str, str]) -> list[_Topic]:
    """Every topic in the request, the longest phrases first at each place."""
    found: list[_Topic] = []
    place = 0
    while place < len(parts):
        for length in range(_LONGEST, 0, -1):
            said = _phrase(parts, place, length)
            phrase = said if said in topics else _bare(said)
            if phrase in topics:
                found.append(_Topic(topics[phrase], phrase, place, place + length))
                break
        place = found[-1].end if found and found[-1].end > place else place + 1
    return found


def _by_topic(parts: Sequence[Token], about: Sequence[_Topic]) -> Intent:
    """The intent of a request that names topics; unrecognised where it asks for nothing or names two."""
    commands = list(dict.fromkeys(topic.command for topic in about))
    command = next((each for each in OVER_OTHERS if each in commands), commands[0])
    if len(commands) > 1 and command not in OVER_OTHERS:
        both = (said((Token(TokenKind.WORD, each), *_rest(parts, about, each))) for each in commands)
        return Intent(None, tuple(parts), tuple(both)[:_GUESSES])
    own = [topic for topic in about if topic.command == command]
    if not is_request(parts, own[0].start, own[-1].end, command):
        return Intent(None, tuple(parts), (command,))
    return Intent(command, _rest(parts, own, command))


def _rest(parts: Sequence[Token], about: Sequence[_Topic], command: str) -> tuple[Token, ...]:
    """Every token but the topic's; a topic word that is a verb too ("onboard") stays. "Acme's renewal" is Acme's."""
    if command in KEEP_THEIR_WORDS:
        return tuple(parts)
    verbs = OF_COMMAND.get(command, {})
    dropped = {place for topic in about if topic.phrase not in verbs for place in range(topic.start, topic.end)}
    last = max(topic.start for topic in about)
    named = [_owner(token) if place < last else token for place, token in enumerate(parts)]
    return tuple(without(named, dropped))


def _owner(token: Token) -> Token:
    text = token.text
    return replace(token, text=text[:-2]) if text.endswith(("'s", "'S")) and token.word not in FILLER | WHICH else token


def _phrase(parts: Sequence[Token], start: int, length: int, *, quotes: bool = False) -> str:
    """The words at a place as one phrase in lower case, "" where they are not so many or not words."""
    words = parts[start : start + length]
    if len(words) < length or any(token.id or not (quotes or token.word) for token in words):
        return ""
    return " ".join(token.word or token.text.casefold() for token in words)


def _bare(word: str) -> str:
    return word.removesuffix("'s").removesuffix("'")


def _unknown(parts: Sequence[Token], vocabulary: Mapping[str, str], topics: Mapping[str, str]) -> Intent:
    """The requests this may have meant: the closest commands, with what followed the mistyped word."""
    start = next((place for place, token in enumerate(parts) if token.word not in FILLER), len(parts))
    rest = parts[start:]
    if not rest or not rest[0].word:
        return Intent(None, tuple(parts))
    known = {**topics, **vocabulary}
    close = difflib.get_close_matches(rest[0].word, known, n=_GUESSES, cutoff=_CLOSE)
    commands = dict.fromkeys(known[word] for word in close)
    return Intent(None, tuple(parts), tuple(said((Token(rest[0].kind, name), *rest[1:])) for name in commands))
