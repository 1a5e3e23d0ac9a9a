"""Precision, recall and F1 with cluster-bootstrap intervals; agrees with shared/data/score.py to the digit.

A prediction on a thread is right when its quote is a verbatim part of the message (white space folded) and at least
half of its words lie in a gold sentence of the same kind; a borderline gold sentence makes it neither right nor wrong.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

_WORD = re.compile(r"\w+")
_ROUNDS = 1000
_SEED = 1


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one unit (a message or a sentence); `cluster` is what the bootstrap draws (a thread, a document)."""

    cluster: str
    tp: int
    fp: int
    fn: int


@dataclass(frozen=True, slots=True)
class Gold:
    """A gold sentence: may it be hit (`any`), must it be found (`firm`: labelled and not borderline)?"""

    text: str
    firm: bool
    any: bool


@dataclass(slots=True)
class Score:
    """Precision, recall, F1 (0..1) of one kind on one set, each with a 95 % bootstrap interval."""

    name: str
    tp: int
    fp: int
    fn: int
    precision: float
    recall: float
    f1: float
    intervals: list[tuple[float, float]] = field(default_factory=list)

    @property
    def wanted(self) -> int:
        """How many gold positives there are."""
        return self.tp + self.fn


def prf(tp: int, fp: int, fn: int) -> tuple[float, float, float]:
    """Precision, recall, F1; 0.0 where a denominator is 0."""
    precision = tp / (tp + fp) if tp + fp else 0.0
    recall = tp / (tp + fn) if tp + fn else 0.0
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def score(name: str, tallies: Sequence[Tally]) -> Score:
    """Sum the tallies and bootstrap over clusters (1,000 rounds, fixed seed)."""
    tp, fp, fn = (sum(getattr(t, part) for t in tallies) for part in ("tp", "fp", "fn"))
    return Score(name, tp, fp, fn, *prf(tp, fp, fn), bootstrap(tallies))


def bootstrap(tallies: Sequence[Tally], rounds: int = _ROUNDS, seed: int = _SEED) -> list[tuple[float, float]]:
    """95 % percentile intervals of precision, recall and F1, drawing whole clusters with replacement."""
    clusters: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for tally in tallies:
        sums = clusters[tally.cluster]
        sums[0] += tally.tp
        sums[1] += tally.fp
        sums[2] += tally.fn
    if not clusters:
        return [(0.0, 0.0)] * 3
    names = list(clusters)
    rng = random.Random(seed)
    drawn: list[tuple[float, float, float]] = []
    for _ in range(rounds):
        total = [0, 0, 0]
        for name in rng.choices(names, k=len(names)):
            for i, count in enumerate(clusters[name]):
                total[i] += count
        drawn.append(prf(*total))
    low, high = int(0.025 * rounds), int(0.975 * rounds)
    columns = [sorted(row[i] for row in drawn) for i in range(3)]
    return [(round(column[low], 3), round(column[high], 3)) for column in columns]


def tally_message(cluster: str, gold: Sequence[Gold], quotes: Iterable[str]) -> Tally:
    """Count one message: quotes predicted for one kind against its gold sentences."""
    body = fold(" ".join(sentence.text for sentence in gold))
    hit: set[int] = set()
    fp = 0
    for quote in quotes:
        best = best_sentence(quote, gold) if fold(quote) in body else None
        if best is None or not gold[best].any:
            fp += 1
        elif gold[best].firm:
            hit.add(best)
    need = {i for i, sentence in enumerate(gold) if sentence.firm}
    return Tally(cluster, len(hit & need), fp, len(need - hit))


def best_sentence(quote: str, gold: Sequence[Gold]) -> int | None:
    """Index of the gold sentence that shares most words with the quote, if it holds at least half of them."""
    words = set(_WORD.findall(quote.lower()))
    if not gold:
        return None
    shared = [len(words & set(_WORD.findall(sentence.text.lower()))) for sentence in gold]
    best = max(range(len(gold)), key=shared.__getitem__)
    return best if shared[best] * 2 >= len(words) else None


def fold(text: str) -> str:
    """White space folded, lower case: the form in which a quote must be part of its message."""
    return re.sub(r"\s+", " ", text).strip().lower()
