"""The linear model: lets ordinary talk pass in microseconds, has a say in every decision, and stands in for the encoder
where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.reading.learned.features import buckets_of
from bot.reading.learned.words import Passage

Floats = NDArray[np.float32]


class Linear:
    """One weight per bucket and output: the kinds and the sorts of risk."""

    def __init__(self, path: Path) -> None:
        with np.load(path, allow_pickle=False) as stored:
            self._weights: NDArray[np.int8] = stored["weights"]
            self._scale: Floats = stored["scale"].astype(np.float32)
            self._bias: Floats = stored["bias"].astype(np.float32)

    def logits(self, read: Passage) -> Floats:
        """Sentences × outputs: the logit of each."""
        out = np.empty((len(read.words), len(self._bias)), dtype=np.float32)
        for row, found in enumerate(buckets_of(read)):
            out[row] = self._weights[list(found)].sum(axis=0, dtype=np.int32)
        out *= self._scale
        out += self._bias
        return out

    @staticmethod
    def above(logits: Floats, gates: Sequence[float]) -> list[list[float]]:
        """How far the logit of each kind lies above its gate, sentence by sentence."""
        margins: list[list[float]] = (logits[:, : len(gates)] - np.array(gates, np.float32)).tolist()
        return margins
