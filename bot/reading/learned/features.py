"""Words of a sentence -> the buckets of the linear model: single words, pairs, and beginnings and ends of words."""

from __future__ import annotations

import re
from zlib import crc32

from bot.reading.learned.words import Passage

BUCKETS = 1 << 18
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+|[?!@€$£%]")
_LONG = 6  # words from this length on are also known by their beginning and their end


def buckets_of(read: Passage) -> list[set[int]]:
    """The buckets of every sentence of a passage."""
    before = read.turns[-1][1] if read.turns else ""
    out = []
    for words in read.words:
        out.append(set(buckets(words, read.speaker, before)))
        before = words
    return out


def buckets(words: str, speaker: str, before: str) -> list[int]:
    """Buckets (0 ≤ b < BUCKETS) of one plain sentence: `speaker` is the author's side, `before` the plain words said
    just before it by whoever spoke ("" at the beginning)."""
    tokens = [_shape(token) for token in _TOKEN.findall(words.lower().replace("’", "'"))]
    last = "<"
    out = [speaker]
    for token in tokens:
        out += (token, f"{last} {token}")
        if len(token) >= _LONG:
            out += (token[:4] + "*", "*" + token[-3:])
        last = token
    out += (f"{last} >", f"#{min(len(tokens), 12) // 3}")
    out.append("?<" if before.rstrip().endswith("?") else ".<" if before else "<<")
    return [crc32(each.encode()) % BUCKETS for each in out]


def _shape(token: str) -> str:
    return f"{len(token)}#" if token.isdigit() else token
