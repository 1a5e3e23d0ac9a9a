"""Each time round, a message is shown whole, cut to some of its sentences, or joined with sentences of another.

Who writes training data tends to give a risk more sentences than small talk; a model that sees whole messages learns
that length instead of the words (measured: risk F1 on held-out joint threads .49 without, .75 with this).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from training.examples import Row

WHOLE = 0.3  # how often a message is left as it is
CUT = 0.4  # how often it is cut; otherwise it is joined with one or two sentences of another
_ONE = 0.6  # a cut leaves one sentence this often


def mixed(rows: Sequence[Row], rng: random.Random) -> list[Row]:
    """One round of training rows, in the order of `rows`."""
    return [_mixed(row, rows, rng) for row in rows]


def _mixed(row: Row, rows: Sequence[Row], rng: random.Random) -> Row:
    drawn, many = rng.random(), len(row.targets)
    if drawn < WHOLE:
        return row
    if drawn < WHOLE + CUT and many > 1:
        start = rng.randrange(many)
        end = start + 1 if rng.random() < _ONE else rng.randint(start + 1, many)
        return _cut(row, start, end)
    other = rng.choice(rows)
    start = rng.randrange(len(other.targets))
    piece = _cut(other, start, min(len(other.targets), start + rng.randint(1, 2)))
    return _joined(row, row, piece) if rng.random() < 0.5 else _joined(row, piece, row)


def _cut(row: Row, start: int, end: int) -> Row:
    return replace(row, passage=row.passage.only(range(start, end)), targets=row.targets[start:end])


def _joined(row: Row, first: Row, second: Row) -> Row:
    read = replace(
        row.passage,
        sentences=first.passage.sentences + second.passage.sentences,
        words=first.passage.words + second.passage.words,
    )
    return replace(row, passage=read, targets=first.targets + second.targets)
