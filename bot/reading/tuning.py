"""What our own people's judgements do to the reader: small shifts of its thresholds, and the newest examples. Pure.

Everything is bounded, so that nobody can teach the reader to be deaf by provoking judgements
(docs/decisions/0008-learning-on-the-spot.md has the reasons and the figures).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.reading.types import Example, Kind, Tuning

OWN_SHIFT = 0.08  # what the judgements about one partner can move that partner's thresholds at most
OTHERS_SHIFT = 0.02  # what those about all other partners together can
MAX_SHIFT = OWN_SHIFT + OTHERS_SHIFT
CERTAIN = 0.95  # no judgement raises a threshold above this
FLOOR = 0.20  # nor lowers one below this
EXAMPLES = 50  # per kind
EXAMPLE_CHARACTERS = 600  # longer words are a message that was flagged as a whole: no example of anything
EXAMPLE_WORDS = 5  # fewer are said of anything
_HALF_LIFE_DAYS = 90.0
_SLOWNESS = 6.0  # judgements that reach half of the most they can do


@dataclass(frozen=True, slots=True)
class Judged:
    """One judgement: `text` is (`is_one`) or is not a `kind`. `by` is who judged, `thread` what it counts under.

    `own` says that it is about the partner the reader is tuned for; `text` is "" when the words are gone.
    """

    kind: Kind
    text: str
    is_one: bool
    by: str
    thread: str
    at: datetime
    own: bool = True


def tuning_from(judgements: Iterable[Judged], now: datetime) -> Tuning:
    """The tuning that follows from `judgements` as of `now` (aware). Recent ones count more; many clicks of one person
    on one thread count once; an empty list is the reader as it was shipped."""
    newest = sorted(judgements, key=lambda judged: judged.at, reverse=True)
    return Tuning(shifts=_shifts(newest, now), examples=_examples(newest))


def _shifts(newest_first: Sequence[Judged], now: datetime) -> dict[Kind, float]:
    counted: dict[tuple[Kind, str, str], Judged] = {}
    for judged in newest_first:
        counted.setdefault((judged.kind, judged.by, judged.thread), judged)
    own: defaultdict[Kind, float] = defaultdict(float)
    others: defaultdict[Kind, float] = defaultdict(float)
    for judged in counted.values():
        age_days = max(0.0, (now - judged.at).total_seconds() / 86_400)
        weight = 0.5 ** (age_days / _HALF_LIFE_DAYS)
        (own if judged.own else others)[judged.kind] += -weight if judged.is_one else weight
    return {
        kind: OWN_SHIFT * _saturated(own[kind]) + OTHERS_SHIFT * _saturated(others[kind])
        for kind in Kind
        if kind in own or kind in others
    }


def _saturated(weight: float) -> float:
    """From -1 to 1: the first judgements move it most, no number of them moves it further than that."""
    return weight / (abs(weight) + _SLOWNESS)


def _examples(newest_first: Sequence[Judged]) -> tuple[Example, ...]:
    """The newest of each kind, the newest judgement where the same words were judged twice. What was judged of another
    partner's words is no example here: nobody's words teach the reader what to make of somebody else's."""
    kept: dict[Kind, dict[str, Example]] = {kind: {} for kind in Kind}
    for judged in newest_first:
        words, of_kind = _plain(judged.text), kept[judged.kind]
        says_enough = len(words.split()) >= EXAMPLE_WORDS and len(words) <= EXAMPLE_CHARACTERS
        if judged.own and says_enough and words not in of_kind and len(of_kind) < EXAMPLES:
            of_kind[words] = Example(judged.kind, judged.text, judged.is_one)
    return tuple(example for of_kind in kept.values() for example in of_kind.values())


def adjusted(threshold: float, kind: Kind, tuning: Tuning) -> float:
    """The threshold at which a finding of `kind` may escalate, with what was learned; never more than MAX_SHIFT away.

    A score of CERTAIN or more passes whatever was learned, if it passed before.
    """
    shift = max(-MAX_SHIFT, min(MAX_SHIFT, tuning.shifts.get(kind, 0.0)))
    return max(min(threshold, FLOOR), min(max(threshold, CERTAIN), threshold + shift))


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
