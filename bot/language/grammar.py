"""A request -> which command it names. One grammar for `/pm`, for mentions and for direct messages."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.language.tokens import Token, said, tokens

# What people put in front of a request: "hey, can you please show me the open risks".
_FILLER_WORDS = (
    "a all any are can could do get give hey hi hello have i i'd is let's like list me my need of on open our "
    "please pls see show tell the there to us want was we were what what's whats which would you your"
)
_FILLER = frozenset(_FILLER_WORDS.split())
_CLOSE = 0.7
_GUESSES = 3


@dataclass(frozen=True, slots=True)
class Intent:
    """`command` is a command's name, None when none was recognised; then `guesses` are whole requests to offer."""

    command: str | None
    rest: tuple[Token, ...] = ()
    guesses: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        return self.command is None and not self.rest


def parse(text: str, vocabulary: Mapping[str, str]) -> Intent:
    """Read `text`. `vocabulary` maps every command word or phrase, in lower case, to its command's name."""
    parts = tokens(text)
    start = 0
    while start < len(parts):
        for length in (2, 1):
            phrase = " ".join("" if token.id else token.text.casefold() for token in parts[start : start + length])
            if phrase in vocabulary:
                return Intent(vocabulary[phrase], tuple(parts[start + length :]))
        if parts[start].word not in _FILLER:
            break
        start += 1
    return Intent(None, tuple(parts), _guesses(parts[start:], vocabulary))


def is_greeting(text: str) -> bool:
    """Whether `text` says nothing but what people put in front of a request ("hey", "can you please")."""
    return all(token.word in _FILLER for token in tokens(text))


def _guesses(parts: Sequence[Token], vocabulary: Mapping[str, str]) -> tuple[str, ...]:
    """The requests this may have meant: the closest commands, with what followed the mistyped word."""
    if not parts or not parts[0].word:
        return ()
    close = difflib.get_close_matches(parts[0].word, vocabulary, n=_GUESSES, cutoff=_CLOSE)
    commands = dict.fromkeys(vocabulary[word] for word in close)
    return tuple(said((Token(parts[0].kind, name), *parts[1:])) for name in commands)
