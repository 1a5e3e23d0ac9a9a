"""Proper names in text against names we know: tolerant of case, escapes and legal suffixes, never guessing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import unescape

from bot.reading.wordlists import words

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?", re.UNICODE)
_DOTTED = re.compile(r"\b(\w)\.(?=\w\b)")  # "S.A." is one word
# Legal forms are not part of the name people say ("Globex GmbH" is Globex).
_SUFFIXES = words(
    "inc incorporated ltd limited llc llp lp plc corp corporation co company gmbh ag kg mbh ug sa sas sarl srl "
    "spa bv nv ab as oy aps a/s pty pte kk se"
)


@dataclass(frozen=True, slots=True)
class NameHit:
    """A known name standing in a text: `surface == text[start:end]`, `name` is the known (canonical) name."""

    name: str
    start: int
    end: int
    surface: str


def core(name: str) -> tuple[str, ...]:
    """The words that make a name: folded case and accents, no legal suffix, no punctuation; () when nothing is left."""
    words = [_fold(word) for word in _WORD.findall(_DOTTED.sub(r"\1", unescape(name)))]
    while len(words) > 1 and words[-1] in _SUFFIXES:
        words.pop()
    return tuple(words)


def _fold(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(ch for ch in plain if not unicodedata.combining(ch)).replace("’", "'").removesuffix("'s")


class NameIndex:
    """Known names and aliases, looked up by their core words. A core shared by two names finds neither."""

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        """`names` maps a canonical name to its aliases (the canonical name itself is always included)."""
        owners: dict[tuple[str, ...], set[str]] = {}
        for name, aliases in names.items():
            for said in (name, *aliases):
                key = core(said)
                if key:
                    owners.setdefault(key, set()).add(name)
        self._names = {key: next(iter(who)) for key, who in owners.items() if len(who) == 1}
        self._lengths = sorted({len(key) for key in self._names}, reverse=True)

    def find(self, text: str) -> list[NameHit]:
        """Every known name in `text` (Slack's stored, escaped text), longest first at each place, left to right.

        A one-word name must start with a capital in the text: a partner called "Summit" is not found in "the summit".
        """
        words = [(m.start(), m.end(), _fold(m.group())) for m in _WORD.finditer(_blank_escapes(text))]
        hits: list[NameHit] = []
        at = 0
        while at < len(words):
            hit = next((h for n in self._lengths if (h := self._match(text, words, at, n))), None)
            if hit:
                hits.append(hit)
                at += next(n for n in range(1, len(words) - at + 1) if words[at + n - 1][1] == hit.end)
            else:
                at += 1
        return hits

    def _match(self, text: str, words: list[tuple[int, int, str]], at: int, length: int) -> NameHit | None:
        span = words[at : at + length]
        name = self._names.get(tuple(word for _, _, word in span))
        if name is None or len(span) < length:
            return None
        start, end = span[0][0], span[-1][1]
        if length == 1 and not text[start].isupper() and not text[start].isdigit():
            return None
        return NameHit(name, start, end, text[start:end])


def stands_in(name: str, text: str) -> bool:
    """True when the core words of `name` stand together in `text`, whatever the case, accents or legal suffix."""
    wanted = core(name)
    if not wanted:
        return False
    words = [_fold(word) for word in _WORD.findall(_blank_escapes(text))]
    return any(tuple(words[i : i + len(wanted)]) == wanted for i in range(len(words) - len(wanted) + 1))


def _blank_escapes(text: str) -> str:
    """`&amp;` and its kin as blanks of equal length: offsets stay true and "amp" is no word."""
    return re.sub(r"&(?:amp|lt|gt|quot|#\d+);", lambda match: " " * len(match.group()), text)
