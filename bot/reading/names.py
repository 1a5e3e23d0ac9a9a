"""Does a proper name stand in a text? Tolerant of case, accents, escapes and legal suffixes."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from html import unescape

from bot.reading.wordlists import words

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?", re.UNICODE)
_DOTTED = re.compile(r"\b(\w)\.(?=\w\b)")  # "S.A." is one word
_ESCAPE = re.compile(r"&(?:amp|lt|gt|quot|#\d+);")  # "amp" is no word
# Legal forms are not part of the name people say ("Globex GmbH" is Globex).
_SUFFIXES = words(
    "inc incorporated ltd limited llc llp lp plc corp corporation co company gmbh ag kg mbh ug sa sas sarl srl "
    "spa bv nv ab as oy aps a/s pty pte kk se"
)


@lru_cache(maxsize=2**15)
def core(name: str) -> tuple[str, ...]:
    """The words that make a name: folded case and accents, no legal suffix, no punctuation; () when nothing is left."""
    words = [_fold(word) for word in _WORD.findall(_DOTTED.sub(r"\1", unescape(name)))]
    while len(words) > 1 and words[-1] in _SUFFIXES:
        words.pop()
    return tuple(words)


def _fold(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(ch for ch in plain if not unicodedata.combining(ch)).replace("’", "'").removesuffix("'s")


def stands_in(name: str, text: str) -> bool:
    """True when the core words of `name` stand together in `text`, whatever the case, accents or legal suffix."""
    wanted = core(name)
    if not wanted:
        return False
    words = [_fold(word) for word in _WORD.findall(_ESCAPE.sub(" ", text))]
    return any(tuple(words[i : i + len(wanted)]) == wanted for i in range(len(words) - len(wanted) + 1))
