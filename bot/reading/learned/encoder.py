"""The trained encoder at run time: quantised weights in onnxruntime, the tokenizer it was trained with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from bot.reading.learned.pieces import Piece, pieces
from bot.reading.learned.words import Passage

Floats = NDArray[np.float32]
_KNOWN = 64  # texts whose tokens are remembered: the sides, and what is shown again with the next message
# Joined to one step, the sum and the norm after it take three times as long as one by one (onnxruntime 1.31).
_SLOWER = ["SkipLayerNormFusion"]
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
        self._session = onnxruntime.InferenceSession(
            str(weights), options, providers=["CPUExecutionProvider"], disabled_optimizers=_SLOWER
        )
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._ids = lru_cache(_KNOWN)(self._tokens)

    def hear(self, read: Passage) -> list[Heard]:
        """One judgement per sentence of the passage, in order."""
        heard: list[Heard] = []
        for piece in pieces(read, self._ids):
            logits = self._run(piece)
            heard += (_heard(logits[start:end]) for start, end in piece.spans)
        return heard

    def phrases(self, words: str, heard: Heard, target: int) -> tuple[str, ...]:
        """The parts of `words`, as given to `hear`, that spoke most for `target`; the heaviest first."""
        offsets = self._tokenizer.encode(words, add_special_tokens=False).offsets[: len(heard.tokens)]
        return _heaviest(words, offsets, heard.tokens[:, target])

    def _tokens(self, text: str) -> list[int]:
        return self._tokenizer.encode(text, add_special_tokens=False).ids

    def _run(self, piece: Piece) -> Floats:
        """Tokens × targets. One piece a call: several at once are no faster on one core and take far more memory."""
        inputs = {
            "ids": np.array([piece.ids], np.int64),
            "types": np.array([piece.types], np.int64),
            "there": np.ones((1, len(piece.ids)), np.float32),
        }
        (logits,) = self._session.run(["logits"], inputs)
        found: Floats = logits[0]
        return found


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
