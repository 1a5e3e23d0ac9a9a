"""Text as people type it -> words and Slack tokens. Smart quotes, odd spaces and stray punctuation do not matter."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
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


class TokenKind(StrEnum):
    WORD = "word"
    QUOTED = "quoted"
    USER = "user"
    CHANNEL = "channel"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is what was typed, tidied; `id` Slack's id of a user or channel token, else ""."""

    kind: TokenKind
    text: str
    id: str = ""

    @property
    def word(self) -> str:
        """The token for comparing: lower case; "" for anything but an unquoted word."""
        return self.text.casefold() if self.kind == TokenKind.WORD else ""


def tokens(text: str) -> list[Token]:
    """The tokens of `text` (as Slack stores it, escaped). Tokens of nothing but punctuation are left out."""
    found = (_token(match) for match in _TOKEN.finditer(_tidy(text)))
    return [token for token in found if token.text]


def said(parts: Sequence[Token]) -> str:
    """The tokens as one string again, mentions in Slack's form."""
    return " ".join(_written(token) for token in parts)


def _tidy(text: str) -> str:
    """One kind of quote and space, no invisible characters."""
    spaced = "".join(" " if c.isspace() or unicodedata.category(c).startswith("Z") else c for c in text)
    visible = "".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cf"))
    return visible.translate(_PLAIN_QUOTES)


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
    return Token(TokenKind.WORD, _unescape(match["word"]).strip(_STRAY))


def _written(token: Token) -> str:
    if token.kind == TokenKind.USER:
        return f"<@{token.id}>"
    return f"<#{token.id}>" if token.kind == TokenKind.CHANNEL else token.text


def _unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
