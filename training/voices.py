"""What each voice says of sentences it was not taught on: the models as the bot loads them, asked about whole messages.

The gate before the encoder, and the parting of long messages (bot/reading/learned/reader.py), are not in here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.reading.learned.encoder import Encoder
from bot.reading.learned.linear import Linear
from bot.reading.learned.targets import KINDS, TARGETS
from bot.reading.learned.weights import ENCODER, LINEAR, TOKENIZER
from bot.reading.learned.words import Passage
from bot.reading.rules.engine import read_message
from training.examples import Row


@dataclass(frozen=True, slots=True)
class Voices:
    """Held-out sentences: logits of both models (`alone`: of the encoder without what was said before), what the rules
    heard (0 or 1), how many sentences their messages have, and the labels; one row each."""

    encoder: NDArray[np.float32]
    alone: NDArray[np.float32]
    linear: NDArray[np.float32]
    rules: NDArray[np.float32]
    sentences: NDArray[np.int32]
    wanted: NDArray[np.int8]


def voices(folder: Path, rows: Sequence[Row]) -> Voices:
    """The voices of the models in `folder` on every sentence of `rows`, in order."""
    rows = [row for row in rows if row.targets]
    encoder, linear = Encoder(folder / ENCODER, folder / TOKENIZER), Linear(folder / LINEAR)
    return Voices(
        encoder=_heard(encoder, [row.passage for row in rows]),
        alone=_heard(encoder, [replace(row.passage, turns=()) for row in rows]),
        linear=np.concatenate([linear.logits(row.passage) for row in rows]),
        rules=np.concatenate([_ruled(row) for row in rows]),
        sentences=np.array([len(row.targets) for row in rows for _ in row.targets], np.int32),
        wanted=np.array([each for row in rows for each in row.targets], np.int8).reshape(-1, len(TARGETS)),
    )


def _heard(encoder: Encoder, passages: Sequence[Passage]) -> NDArray[np.float32]:
    return np.array([heard.logits for read in passages for heard in encoder.hear(read)], np.float32)


def _ruled(row: Row) -> NDArray[np.float32]:
    """Sentences × kinds: 1 where a rule heard it."""
    out = np.zeros((len(row.targets), len(KINDS)), np.float32)
    for finding in read_message(row.message, row.window):
        for number, sentence in enumerate(row.passage.sentences):
            if finding.start < sentence.end and sentence.start < finding.end:
                out[number, KINDS.index(finding.kind)] = 1.0
    return out
