"""Fits the linear model: one logistic regression per output over the buckets of bot/reading/learned/features.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bot.reading.learned.features import BUCKETS, buckets_of
from bot.reading.learned.targets import LINEAR_OUTPUTS
from training.examples import UNSURE, Row

_STRENGTH = 1.0
_STEPS = 127  # weights are stored as whole numbers from -127 to 127 times a scale per output


@dataclass(frozen=True, slots=True)
class LinearWeights:
    """Buckets × outputs, and a bias per output."""

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def scale(self) -> NDArray[np.float32]:
        """What one step of a stored weight is worth, per output."""
        return np.maximum(np.abs(self.weights).max(axis=0) / _STEPS, 1e-9).astype(np.float32)

    def save(self, path: Path) -> None:
        """Write them in a byte."""
        stored = np.round(self.weights / self.scale()).astype(np.int8)
        np.savez_compressed(path, weights=stored, scale=self.scale(), bias=self.bias)


def fit(rows: Sequence[Row]) -> LinearWeights:
    """The linear model taught on the sentences of `rows`; the same rows give the same weights."""
    inputs = _matrix([each for row in rows for each in buckets_of(row.passage)])
    wanted = _outputs(rows)
    weights = np.zeros((BUCKETS, LINEAR_OUTPUTS), np.float32)
    bias = np.zeros(LINEAR_OUTPUTS, np.float32)
    for output in range(LINEAR_OUTPUTS):
        known = wanted[:, output] != UNSURE
        model = LogisticRegression(C=_STRENGTH, solver="liblinear", random_state=0)
        model.fit(inputs[known], wanted[known, output])
        weights[:, output], bias[output] = model.coef_[0], model.intercept_[0]
    return LinearWeights(weights, bias)


def _matrix(sentences: Sequence[set[int]]) -> csr_matrix:
    indices = np.concatenate([np.array(sorted(each)) for each in sentences])
    starts = np.cumsum([0, *(len(each) for each in sentences)])
    return csr_matrix((np.ones(len(indices), np.float32), indices, starts), shape=(len(sentences), BUCKETS))


def _outputs(rows: Sequence[Row]) -> NDArray[np.int8]:
    return np.array([each[:LINEAR_OUTPUTS] for row in rows for each in row.targets], np.int8)
