"""A passage -> the numbers the encoder takes: token ids, which are being judged, and where each sentence lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.reading.learned.words import Passage

LONGEST = 160  # tokens of one piece; a longer message is read in several
_TURN = 20  # tokens kept of an earlier message
_SENTENCE = 72  # tokens kept of one sentence
CLS, SEP, PAD = 101, 102, 0


class Tokens(Protocol):
    """What is needed of a tokenizer: token ids of a text, without special tokens."""

    def __call__(self, text: str) -> list[int]: ...


@dataclass(frozen=True, slots=True)
class Piece:
    """`ids` with `types` 1 where the message itself stands, 0 in what came before; `spans[k]` are the tokens of
    sentence number `first + k` of the passage."""

    ids: list[int]
    types: list[int]
    first: int
    spans: tuple[tuple[int, int], ...]


def pieces(read: Passage, tokens: Tokens) -> list[Piece]:
    """The passage cut into pieces of at most LONGEST tokens, each opening with what was said before."""
    head = [CLS]
    for side, words in read.turns:
        head += [*tokens(side + ":"), *tokens(words)[:_TURN], SEP]
    opening = tokens(read.speaker + ":")
    sentences = [tokens(words)[:_SENTENCE] for words in read.words]
    out: list[Piece] = []
    first = 0
    while first < len(sentences):
        piece = _fill(head, opening, sentences, first)
        out.append(piece)
        first += len(piece.spans)
    return out


def _fill(head: Sequence[int], opening: Sequence[int], sentences: Sequence[Sequence[int]], first: int) -> Piece:
    """As many sentences from `first` on as fit (at least one); the sentence before them opens a later piece."""
    before = [*sentences[first - 1], SEP] if first else []
    ids = [*head, *opening, *before] if first == 0 else [CLS, *opening, *before]
    types = [0] * (len(head) if first == 0 else 1)
    types += [1] * (len(ids) - len(types))
    spans: list[tuple[int, int]] = []
    for sentence in sentences[first:]:
        if spans and len(ids) + len(sentence) + 1 > LONGEST:
            break
        spans.append((len(ids), len(ids) + len(sentence)))
        ids += [*sentence, SEP]
        types += [1] * (len(sentence) + 1)
    return Piece(ids, types, first, tuple(spans))
