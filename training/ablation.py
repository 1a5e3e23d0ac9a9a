"""What each part of the ear adds, on writers the models never saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from bot.reading.learned.decide import Scale, Scales
from bot.reading.learned.targets import KINDS
from bot.reading.tuning import Judged, adjusted, tuning_from
from bot.reading.types import Kind
from evals.scoring import prf
from training import fit_scales
from training.folds import Fold
from training.voices import Voices

# The six that are neither risk nor promise; their mean F1 is what shared/data/README.md asks for.
SIX = (Kind.RELATIONSHIP, Kind.SCOPE, Kind.MISALIGNMENT, Kind.TECHNICAL, Kind.REFERRAL, Kind.SOW)
STEPS = ("rules", "+ linear", "+ encoder", "+ what was said before", "+ feedback")
_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_TAUGHT_SHARE = 0.5  # of a writer's messages people judge what was reported or listed; the figure is of the rest
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Step:
    """F1 of a part and everything before it: of risk, and the mean over the six other kinds, for joint threads and for
    all the writers together."""

    name: str
    risk_joint: float
    six_joint: float
    risk_all: float
    six_all: float


def steps(folds: Sequence[Fold], scales: Scales) -> list[Step]:
    """One step per part; the last is measured on the second half of every writer, with that of the step before it."""
    said = {name: [_said(name, fold, scales) for fold in folds] for name in STEPS[:4]}
    everyone = [np.ones(len(fold.voices.wanted), bool) for fold in folds]
    later = [_second_half(fold) for fold in folds]
    out = [_step(name, folds, found, everyone) for name, found in said.items()]
    out.append(_step("second half only, as before", folds, said[STEPS[3]], later))
    out.append(_step(STEPS[4], folds, [_taught(fold, scales.full) for fold in folds], later))
    return out


def _said(name: str, fold: Fold, scales: Scales) -> Flags:
    """Sentences × kinds: what this step reports."""
    voices = fold.voices
    if name == "rules":
        return voices.rules > 0
    if name == "+ linear":
        return _over(voices, scales.without_encoder)
    if name == "+ encoder":
        alone = Voices(voices.alone, voices.alone, voices.linear, voices.rules, voices.sentences, voices.wanted)
        return _over(alone, scales.full)
    return _over(voices, scales.full)


def _over(voices: Voices, scales: Mapping[Kind, Scale]) -> Flags:
    return np.stack(
        [fit_scales.escalates(scales[kind], voices, at) for at, kind in enumerate(KINDS)],
        axis=1,
    )


def _second_half(fold: Fold) -> Flags:
    """The sentences of the later half of each writer's messages."""
    seen: dict[str, int] = {}
    many = {writer: sum(row.writer == writer for row in fold.rows) for writer in fold.writers}
    flags = []
    for row in fold.rows:
        seen[row.writer] = seen.get(row.writer, 0) + 1
        flags += [seen[row.writer] > many[row.writer] * _TAUGHT_SHARE] * len(row.targets)
    return np.array(flags, bool)


def _taught(fold: Fold, scales: Mapping[Kind, Scale]) -> Flags:
    """What is reported when people have judged the first half: "not one" where a report was wrong, "it is one" where
    something listed as worth a look was right. A writer counts as one partner, as one person's judgements."""
    later, out = _second_half(fold), np.zeros((len(fold.voices.wanted), len(KINDS)), bool)
    writers = np.array([row.writer for row in fold.rows for _ in row.targets])
    groups = [row.group for row in fold.rows for _ in row.targets]
    for at, kind in enumerate(KINDS):
        found = fit_scales.probabilities(scales[kind], fold.voices, at)
        wanted = fold.voices.wanted[:, at]
        sure, look = fit_scales.marks(scales[kind], fold.voices, at), scales[kind].look
        for writer in fold.writers:
            mine = writers == writer
            wrong = np.flatnonzero(mine & ~later & (found >= sure) & (wanted == 0))
            listed = np.flatnonzero(mine & ~later & (found >= look) & (found < sure) & (wanted == 1))
            judged = [_judged(kind, groups[i], is_one=False) for i in wrong]
            judged += [_judged(kind, groups[i], is_one=True) for i in listed]
            tuning = tuning_from(judged, _NOW)
            out[mine, at] = found[mine] >= [adjusted(mark, kind, tuning) for mark in sure[mine].tolist()]
    return out


def _judged(kind: Kind, thread: str, *, is_one: bool) -> Judged:
    return Judged(kind, "", is_one, "a person", thread, _NOW)


def _step(name: str, folds: Sequence[Fold], said: Sequence[Flags], where: Sequence[Flags]) -> Step:
    joint = [
        inside & np.array([row.writer == "joint" for row in fold.rows for _ in row.targets], bool)
        for fold, inside in zip(folds, where, strict=True)
    ]

    def f1(kind: Kind, inside: Sequence[Flags]) -> float:
        return _f1(KINDS.index(kind), folds, said, inside)

    return Step(
        name,
        f1(Kind.RISK, joint),
        float(np.mean([f1(kind, joint) for kind in SIX])),
        f1(Kind.RISK, where),
        float(np.mean([f1(kind, where) for kind in SIX])),
    )


def _f1(at: int, folds: Sequence[Fold], said: Sequence[Flags], inside: Sequence[Flags]) -> float:
    tp = fp = fn = 0
    for fold, found, here in zip(folds, said, inside, strict=True):
        wanted, over = fold.voices.wanted[here, at], found[here, at]
        tp += int((over & (wanted == 1)).sum())
        fp += int((over & (wanted == 0)).sum())
        fn += int((~over & (wanted == 1)).sum())
    return prf(tp, fp, fn)[2] if tp + fn else float("nan")  # nothing of it to be heard there


def table(folds: Sequence[Fold], scales: Scales) -> str:
    """The steps as a Markdown table."""
    head = "| | risk, joint | six others, joint | risk, all | six others, all |\n|---|---|---|---|---|\n"
    return head + "\n".join(
        f"| {step.name} | {_shown(step.risk_joint)} | {_shown(step.six_joint)}"
        f" | {_shown(step.risk_all)} | {_shown(step.six_all)} |"
        for step in steps(folds, scales)
    )


def _shown(f1: float) -> str:
    return "–" if np.isnan(f1) else f"{f1:.2f}"
