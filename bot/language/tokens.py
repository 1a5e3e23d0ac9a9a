"""Text as people type it -> words and Slack tokens. Smart quotes, odd spaces and stray punctuation do not matter."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

_PLAIN_QUOTES = str.maketrans("“”„‟«»″＂‘’‚‛′＇`´", '""""""""' + "''''''''")
_TOKEN = re.compile(
    r"<(?P<sigil>[@#!])(?P<id>[^>|\s]+)(?:\|(?P<label>[^>]*))?>"
    r"|<(?P<url>[^>|\s]+)(?:\|(?P<shown>[^>]*))?>"
    r'|"(?P<quoted>[^"]+)"'
    r'|(?P<word>[^\s<"]+|[<"])'
)
# Ends of words that are punctuation, not name. An apostrophe inside ("don't", "O'Brien") is a letter.
_STRAY = ".,;:!?()[]{}'\"*_~|"
_PARTING = frozenset(",;:)!?")
# Slack stores emoji by name (":pray:", ":+1::skin-tone-2:"); a time ("10:30:00") is none.
_EMOJI = re.compile(r"(?<!\w)(?::[a-z+-][\w+'-]*:)+(?!\w)", re.IGNORECASE)
_PICTURES = range(0x1F000, 0x20000)


class TokenKind(StrEnum):
    WORD = "word"
    QUOTED = "quoted"
    USER = "user"
    CHANNEL = "channel"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is what was typed, tidied; `id` Slack's id of a user or channel token, else ""; `mark` the punctuation
    after it, "" without any."""

    kind: TokenKind
    text: str
    id: str = ""
    mark: str = field(default="", compare=False)
    meant: str = field(default="", compare=False)

    @property
    def word(self) -> str:
        """The token for comparing: lower case, spelled right; "" for anything but an unquoted word."""
        return (self.meant or self.text.casefold()) if self.kind == TokenKind.WORD else ""

    @property
    def is_dash(self) -> bool:
        return self.kind == TokenKind.WORD and not self.word.strip("-–—/\\=>•…")

    @property
    def comma(self) -> bool:
        """Whether a mark that parts names came after it (a full stop does not: "Acme Inc. Europe")."""
        return not _PARTING.isdisjoint(self.mark)


def tokens(text: str) -> list[Token]:
    """The tokens of `text` (as Slack stores it, escaped). Tokens of nothing but punctuation are left out."""
    found = [_token(match) for match in _TOKEN.finditer(_tidy(text))]
    return without(found, [place for place, token in enumerate(found) if not token.text])


def without(parts: Sequence[Token], dropped: Collection[int]) -> list[Token]:
    """The tokens but those at the places `dropped`; the punctuation after a dropped one goes to the one before it."""
    rest: list[Token] = []
    for place, token in enumerate(parts):
        if place not in dropped:
            rest.append(token)
        elif token.mark and rest:
            rest[-1] = replace(rest[-1], mark=rest[-1].mark + token.mark)
    return rest


def said(parts: Sequence[Token]) -> str:
    """The tokens as one string again, mentions in Slack's form."""
    return " ".join(_written(token) for token in parts)


def _tidy(text: str) -> str:
    """One kind of quote and space, no invisible characters, no emoji."""
    spaced = "".join(" " if _is_blank(c) else c for c in _EMOJI.sub(" ", text))
    visible = "".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cf"))
    return visible.translate(_PLAIN_QUOTES)


def _is_blank(character: str) -> bool:
    category = unicodedata.category(character)
    return character.isspace() or category.startswith("Z") or category == "So" or ord(character) in _PICTURES


def _token(match: re.Match[str]) -> Token:
    if match["sigil"] == "@":
        return Token(TokenKind.USER, match["label"] or match["id"], match["id"])
    if match["sigil"] == "#":
        return Token(TokenKind.CHANNEL, match["label"] or match["id"], match["id"])
    if match["sigil"]:
        return Token(TokenKind.OTHER, match["label"] or match["id"])
    if match["url"]:
        # Slack turns a typed domain into a link; the person meant the words.
        return Token(TokenKind.WORD, _unescape(match["shown"] or match["url"]))
    if match["quoted"]:
        return Token(TokenKind.QUOTED, _unescape(match["quoted"]).strip())
    word = _unescape(match["word"])
    bare = word.rstrip("\"'*_~")
    return Token(TokenKind.WORD, word.strip(_STRAY), mark=bare[len(bare.rstrip(_STRAY)) :])


def _written(token: Token) -> str:
    if token.kind == TokenKind.USER:
        return f"<@{token.id}>"
    return f"<#{token.id}>" if token.kind == TokenKind.CHANNEL else token.text


def _unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
