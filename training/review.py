"""Where held-out models and the label disagree most: a label there is worth a second reading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import click
import numpy as np

from bot.reading.learned.decide import read_scales
from bot.reading.learned.targets import KINDS
from training import fit_scales
from training.examples import rows
from training.folds import Fold, held_out


@dataclass(frozen=True, slots=True)
class Doubt:
    """A sentence labelled `labelled` for `kind` to which held-out models give `probability`."""

    id: str
    kind: str
    labelled: bool
    probability: float
    words: str


def doubts(folds: Sequence[Fold]) -> Iterator[Doubt]:
    """Every sentence and kind, the strongest disagreement first within a kind."""
    scales = read_scales(fit_scales.fit(folds)).full
    for at, kind in enumerate(KINDS):
        each: list[Doubt] = []
        for fold in folds:
            sentences = [(row.id, words) for row in fold.rows for words in row.passage.words]
            found = fit_scales.probabilities(scales[kind], fold.voices, at)
            for (name, words), wanted, probability in zip(sentences, fold.voices.wanted[:, at], found, strict=True):
                if wanted in (0, 1):
                    each.append(Doubt(name, kind.value, bool(wanted), float(probability), words))
        yield from sorted(each, key=lambda doubt: -abs(doubt.labelled - doubt.probability))


@click.command(help="The labels that models which never saw their writer doubt most.")
@click.option("--most", default=40, show_default=True, help="Per kind.")
@click.option("--kind", default=None, help="Only this kind.")
def command(most: int, kind: str | None) -> None:
    """Print the doubts, one per line: probability, label, id, words."""
    shown: dict[str, int] = {}
    for doubt in doubts(held_out(list(rows()))):
        shown[doubt.kind] = shown.get(doubt.kind, 0) + 1
        if shown[doubt.kind] <= most and kind in (None, doubt.kind):
            label = doubt.kind if doubt.labelled else f"not {doubt.kind}"
            click.echo(f"{np.round(doubt.probability, 2):.2f}  {label:18} {doubt.id:12} {doubt.words}")
