"""From the held-out voices (rules, linear model, encoder) to probabilities and thresholds, kind by kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from bot.reading.learned.decide import PROMISES, Scale, length_of
from bot.reading.learned.targets import KINDS
from bot.reading.types import Kind
from training.examples import UNSURE
from training.folds import Fold
from training.voices import Voices

SEEN_BY_RULES = frozenset({"joint", "ta", "tb", "tc", "td", "te"})
# Of these, only what no rule heard counts (promises excepted): the rules of the other kinds were repaired on them.
_REPAIRED_ON = frozenset({"pa", "pc", "pe", "qa", "ra", "rb"})
# What the models alone route must be right this often on held-out writers; the promise is .80. Our writers fill every
# message with partner business: in ordinary talk, where nothing is at stake, more goes wrong, so what is told at once
# must be right oftener. Of promises, which wake nobody, the best F1 decides.
_AT_ONCE = frozenset({Kind.RISK, Kind.RELATIONSHIP})
_PRECISION_AT_ONCE = 0.89
_PRECISION = 0.85
# The regression gives a rule little weight: our writers flatter the models, which learned from their like. But what is
# said in so many words must be heard. So a rule gets the largest of these weights, in logits, with which all that is
# routed (of promises: what a rule heard) is still right as often as promised.
_RULES = (3.0, 2.5, 2.0, 1.5, 1.0)
_PROMISED = 0.80
_LOOK_PRECISION = 0.45  # "worth a look" may be wrong every second time
_KEEP = 0.95  # of what is rightly reported, the linear model alone lets this share pass to the encoder
_CERTAIN = 0.99


def fit(folds: Sequence[Fold]) -> dict[str, object]:
    """What goes into scales.json, from the held-out sentences of the writers whom the rules' authors never read: on the
    others the rules look better than they are."""
    unseen = [_unseen(folds, at) for at in range(len(KINDS))]
    full = {kind: _scale(unseen[at], at, with_encoder=True) for at, kind in enumerate(KINDS)}
    alone = {kind: _scale(unseen[at], at, with_encoder=False) for at, kind in enumerate(KINDS)}
    return {
        "gates": {kind.value: _gate(unseen[at], full[kind], at) for at, kind in enumerate(KINDS)},
        "full": {kind.value: asdict(scale) for kind, scale in full.items()},
        "without_encoder": {kind.value: asdict(scale) for kind, scale in alone.items()},
    }


def probabilities(scale: Scale, voices: Voices, at: int) -> NDArray[np.float64]:
    """The probability of kind number `at` for every row."""
    x = scale.bias + scale.encoder * voices.encoder[:, at] + scale.linear * voices.linear[:, at]
    x += np.where(voices.rules[:, at] > 0, scale.rule, scale.length * _lengths(voices))
    return 1.0 / (1.0 + np.exp(-np.clip(x, -30.0, 30.0)))


def marks(scale: Scale, voices: Voices, at: int) -> NDArray[np.float64]:
    """What every row must reach to be told as kind number `at`: the mark in a message of its length; that of a lone
    sentence where a rule heard it."""
    by_length = np.array([scale.mark(KINDS[at], n) for n in range(int(voices.sentences.max(initial=1)) + 1)])
    return np.where(voices.rules[:, at] > 0, scale.sure, by_length[voices.sentences])


def escalates(scale: Scale, voices: Voices, at: int) -> NDArray[np.bool_]:
    """Which rows are told as kind number `at`."""
    return probabilities(scale, voices, at) >= marks(scale, voices, at)


def _as_if_alone(found: NDArray[np.float64], sentences: NDArray[np.int32]) -> NDArray[np.float64]:
    """What a lone sentence would have to score to be as near to its mark (Scale.mark, turned round)."""
    return 1.0 - (1.0 - found) * sentences


def _lengths(voices: Voices) -> NDArray[np.float64]:
    known = np.array([length_of(n) for n in range(int(voices.sentences.max(initial=1)) + 1)])
    return known[voices.sentences]


def _scale(voices: Voices, at: int, *, with_encoder: bool) -> Scale:
    known = voices.wanted[:, at] != UNSURE
    encoder = voices.encoder[:, at] * with_encoder
    ruled = voices.rules[:, at]
    inputs = np.stack([encoder, voices.linear[:, at], ruled, _lengths(voices) * (1.0 - ruled)], axis=1)
    wanted = voices.wanted[known, at]
    model = LogisticRegression(C=10.0, random_state=0).fit(inputs[known], wanted)
    voice, line, rule, length, bias = (round(float(each), 4) for each in (*model.coef_[0], model.intercept_[0]))
    promise = KINDS[at] in PROMISES
    scale = Scale(voice, line, rule, length, bias, sure=1.0, look=1.0)
    found = probabilities(scale, voices, at)[known]
    alone = voices.rules[known, at] == 0
    if promise:
        sure = look = best_f1(found, wanted)
    else:
        needed = _PRECISION_AT_ONCE if KINDS[at] in _AT_ONCE else _PRECISION
        sure = reaching(_as_if_alone(found, voices.sentences[known])[alone], wanted[alone], needed)
        look = min(sure, reaching(found[alone], wanted[alone], _LOOK_PRECISION))
    marked = replace(scale, sure=round(sure, 3), look=round(look, 3))
    heavier = (replace(marked, rule=weight) for weight in _RULES if weight > rule)
    return next((each for each in heavier if _right(each, voices, at) >= _PROMISED), marked)


def _right(scale: Scale, voices: Voices, at: int) -> float:
    """How much of what is over the threshold is right."""
    told = (voices.wanted[:, at] != UNSURE) & escalates(scale, voices, at)
    if KINDS[at] in PROMISES:
        told &= voices.rules[:, at] > 0
    return float((voices.wanted[told, at] == 1).mean()) if told.any() else 0.0


def reaching(found: NDArray[np.float64], wanted: NDArray[np.int8], precision: float) -> float:
    """The lowest threshold above which `precision` of what is said is right (_CERTAIN if there is none)."""
    order = np.argsort(-found, kind="stable")
    right = np.cumsum(wanted[order]) / np.arange(1, len(order) + 1)
    fine = np.flatnonzero(right >= precision)
    return float(found[order[fine[-1]]]) if len(fine) else _CERTAIN


def best_f1(found: NDArray[np.float64], wanted: NDArray[np.int8]) -> float:
    """The threshold with the highest F1."""
    order = np.argsort(-found, kind="stable")
    hits = np.cumsum(wanted[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + wanted.sum())
    return float(found[order[int(f1.argmax())]])


def _gate(voices: Voices, scale: Scale, at: int) -> float:
    """The highest linear logit that still lets _KEEP of what is rightly over the threshold without a rule pass."""
    right = escalates(scale, voices, at) & (voices.wanted[:, at] == 1)
    alone = right & (voices.rules.max(axis=1) == 0)
    return round(float(np.quantile(voices.linear[alone, at], 1 - _KEEP)), 3) if alone.any() else 0.0


def _unseen(folds: Sequence[Fold], at: int) -> Voices:
    """What kind number `at` is fitted on."""
    masks = []
    for fold in folds:
        writers = np.array([row.writer for row in fold.rows for _ in row.targets])
        kept = ~np.isin(writers, list(SEEN_BY_RULES))
        if KINDS[at] not in PROMISES:
            kept &= ~(np.isin(writers, list(_REPAIRED_ON)) & (fold.voices.rules[:, at] > 0))
        masks.append(kept)
    return Voices(
        *(
            np.concatenate([getattr(fold.voices, each.name)[mask] for fold, mask in zip(folds, masks, strict=True)])
            for each in fields(Voices)
        )
    )
