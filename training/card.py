"""Writes docs/model-card.md: what the reader was taught on, and how well it does on writers it never saw."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.reading.learned.decide import Scale, read_scales
from bot.reading.learned.targets import KINDS
from bot.reading.types import Kind
from evals.scoring import Score, Tally, score
from training import ablation, fit_scales
from training.examples import UNSURE, Row
from training.folds import Fold

CARD = Path(__file__).parent.parent / "docs" / "model-card.md"
_WORDS = Path(__file__).parent / "model-card.md"  # what is not a figure, written by hand
_BINS = 10


def write(rows: Sequence[Row], folds: Sequence[Fold], scales: Mapping[str, object], hashes: Mapping[str, str]) -> None:
    """Fill the figures into the words of training/model-card.md."""
    read = read_scales(scales)
    full = read.full
    tables = {
        "weights": "\n".join(f"- `{name}` SHA-256 `{value}`" for name, value in hashes.items()),
        "data": _data(rows),
        "kinds": _kinds(folds, full),
        "writers": _writers(folds, full),
        "ablation": ablation.table(folds, read),
        "calibration": _calibration(folds, full),
    }
    text = _WORDS.read_text(encoding="utf-8")
    for name, table in tables.items():
        text = text.replace(f"<!-- {name} -->", table)
    CARD.write_text(text, encoding="utf-8")


def _data(rows: Sequence[Row]) -> str:
    writers: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        counts = writers[row.writer]
        counts["messages"] += 1
        counts["sentences"] += len(row.targets)
        for targets in row.targets:
            counts["risk"] += targets[0] == 1
            counts["any"] += 1 in targets[: len(KINDS)]
    head = "| writer | messages | sentences | with a label | risk |\n|---|---|---|---|---|\n"
    lines = [
        f"| {name} | {c['messages']:,} | {c['sentences']:,} | {c['any']:,} | {c['risk']:,} |"
        for name, c in sorted(writers.items())
    ]
    whole = sum(writers.values(), Counter[str]())
    lines.append(
        f"| all | {whole['messages']:,} | {whole['sentences']:,} | {whole['any']:,} | {whole['risk']:,} |",
    )
    return head + "\n".join(lines)


def _tallies(folds: Sequence[Fold], scale: Scale, at: int, writer: str | None = None) -> Iterator[Tally]:
    """One tally per message: what is over the threshold against the firm labels."""
    for fold in folds:
        over = fit_scales.escalates(scale, fold.voices, at)
        first = 0
        for row in fold.rows:
            here = slice(first, first + len(row.targets))
            first = here.stop
            wanted, said = fold.voices.wanted[here, at], over[here]
            if writer in (None, row.writer):
                yield Tally(
                    row.group,
                    int((said & (wanted == 1)).sum()),
                    int((said & (wanted == 0)).sum()),
                    int((~said & (wanted == 1)).sum()),
                )


def _figures(row: Score) -> str:
    points = (row.precision, row.recall, row.f1)
    return " | ".join(f"{p:.2f} [{low:.2f}, {high:.2f}]" for p, (low, high) in zip(points, row.intervals, strict=True))


def _kinds(folds: Sequence[Fold], scales: Mapping[Kind, Scale]) -> str:
    head = "| kind | threshold | precision | recall | F1 |\n|---|---|---|---|---|\n"
    lines = []
    for at, kind in enumerate(KINDS):
        found = score(kind.value, list(_tallies(folds, scales[kind], at)))
        lines.append(f"| {kind.value} | {scales[kind].sure:.2f} | {_figures(found)} |")
    return head + "\n".join(lines)


def _writers(folds: Sequence[Fold], scales: Mapping[Kind, Scale]) -> str:
    head = "| writer | precision | recall | F1 |\n|---|---|---|---|\n"
    at = KINDS.index(Kind.RISK)
    names = sorted({writer for fold in folds for writer in fold.writers})
    lines = [
        f"| {name} | {_figures(score(name, list(_tallies(folds, scales[Kind.RISK], at, name))))} |" for name in names
    ]
    return head + "\n".join(lines)


def _calibration(folds: Sequence[Fold], scales: Mapping[Kind, Scale]) -> str:
    """Said against true, in tenths: for the risk kind, and for all kinds together."""
    head = "| said | risk: sentences | risk: true | all kinds: sentences | all kinds: true |\n|---|---|---|---|---|\n"
    risk = _said_and_true(folds, scales, (KINDS.index(Kind.RISK),))
    everything = _said_and_true(folds, scales, tuple(range(len(KINDS))))
    lines = []
    for number in range(_BINS):
        cells = []
        for said, true in (risk, everything):
            inside = np.minimum((said * _BINS).astype(int), _BINS - 1) == number
            share = f"{true[inside].mean():.2f}" if inside.any() else "–"
            cells += [f"{int(inside.sum()):,}", share]
        lines.append(f"| {number / _BINS:.1f}–{(number + 1) / _BINS:.1f} | " + " | ".join(cells) + " |")
    return head + "\n".join(lines)


def _said_and_true(
    folds: Sequence[Fold], scales: Mapping[Kind, Scale], kinds: Sequence[int]
) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    said, true = [], []
    for at in kinds:
        for fold in folds:
            known = fold.voices.wanted[:, at] != UNSURE
            said.append(fit_scales.probabilities(scales[KINDS[at]], fold.voices, at)[known])
            true.append(fold.voices.wanted[known, at])
    return np.concatenate(said), np.concatenate(true)
