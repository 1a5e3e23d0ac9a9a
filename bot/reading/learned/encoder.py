"""The trained encoder at run time: quantised weights in onnxruntime, the tokenizer it was trained with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from bot.reading.learned.pieces import PAD, Piece, pieces
from bot.reading.learned.words import Passage

Floats = NDArray[np.float32]
_AT_ONCE = 2_048  # padded tokens handed over in one call: bounds its memory
_PHRASE = 4  # words of a phrase that weighed
_PHRASES = 2
_NEVER = -20.0  # a logit


@dataclass(frozen=True, slots=True)
class Heard:
    """What the encoder makes of one sentence: a logit per target, the mean of `tokens`, one row per token."""

    logits: Floats
    tokens: Floats


class Encoder:
    """Judges the sentences of a passage. Safe to call from several threads; a call takes one core."""

    def __init__(self, weights: Path, tokenizer: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def hear(self, read: Passage) -> list[Heard]:
        """One judgement per sentence of the passage, in order."""
        return [
            _heard(logits[start:end])
            for piece, logits in self._run(pieces(read, self._ids))
            for start, end in piece.spans
        ]

    def phrases(self, words: str, heard: Heard, target: int) -> tuple[str, ...]:
        """The parts of `words`, as given to `hear`, that spoke most for `target`; the heaviest first."""
        offsets = self._tokenizer.encode(words, add_special_tokens=False).offsets[: len(heard.tokens)]
        return _heaviest(words, offsets, heard.tokens[:, target])

    def _ids(self, text: str) -> list[int]:
        return self._tokenizer.encode(text, add_special_tokens=False).ids

    def _run(self, each: Sequence[Piece]) -> Iterator[tuple[Piece, Floats]]:
        width = max((len(piece.ids) for piece in each), default=1)
        step = max(1, _AT_ONCE // width)
        for first in range(0, len(each), step):
            batch = each[first : first + step]
            (logits,) = self._session.run(["logits"], _inputs(batch))
            yield from zip(batch, logits, strict=True)


def _inputs(batch: Sequence[Piece]) -> dict[str, NDArray[np.int64] | Floats]:
    width = max(len(piece.ids) for piece in batch)
    ids = np.full((len(batch), width), PAD, dtype=np.int64)
    types = np.zeros_like(ids)
    there = np.zeros(ids.shape, dtype=np.float32)
    for row, piece in enumerate(batch):
        ids[row, : len(piece.ids)] = piece.ids
        types[row, : len(piece.ids)] = piece.types
        there[row, : len(piece.ids)] = 1.0
    return {"ids": ids, "types": types, "there": there}


def _heard(tokens: Floats) -> Heard:
    if not len(tokens):  # a sentence of signs the tokenizer drops
        return Heard(np.full(tokens.shape[1], _NEVER, np.float32), tokens)
    return Heard(tokens.mean(axis=0), tokens)


def _heaviest(words: str, offsets: Sequence[tuple[int, int]], weights: Floats) -> tuple[str, ...]:
    """Up to two phrases of up to four words around the tokens that weigh most; a token's word counts whole."""
    starts = [i for i, (start, _) in enumerate(offsets) if start == 0 or words[start - 1].isspace()]
    if not starts:
        return ()
    ends = [*starts[1:], len(offsets)]
    word_weights = [float(weights[a:b].sum()) for a, b in zip(starts, ends, strict=True)]
    length = min(_PHRASE, len(starts))
    sums = [sum(word_weights[i : i + length]) for i in range(len(starts) - length + 1)]
    chosen: list[int] = []
    for i in sorted(range(len(sums)), key=lambda i: -sums[i]):
        if len(chosen) < _PHRASES and sums[i] > 0 and all(abs(i - j) >= length for j in chosen):
            chosen.append(i)
    return tuple(words[offsets[starts[i]][0] : offsets[ends[i + length - 1] - 1][1]] for i in chosen)
