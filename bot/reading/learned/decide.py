"""From what the rules, the linear model and the encoder say to one probability, and from that to a verdict."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from bot.reading.learned.taught import Taught
from bot.reading.tuning import CERTAIN, adjusted
from bot.reading.types import Kind, Tuning

PROMISES = frozenset({Kind.COMMITMENT, Kind.REQUEST})  # listed, never escalated: a wrong one wakes nobody
_CHAT = 5  # sentences


class Verdict(Enum):
    """SURE may escalate; LOOK is worth a look in a digest; NOTHING is silence."""

    SURE = auto()
    LOOK = auto()
    NOTHING = auto()


def length_of(sentences: int) -> float:
    """0 for a message of chat length, then growing: with every further sentence there is one more chance to mishear."""
    return math.log(max(1.0, sentences / _CHAT))


@dataclass(frozen=True, slots=True)
class Scale:
    """How one kind is decided: the weights of a logistic regression over the three voices and the message's length,
    fitted on held-out sentences, so that what comes out is a probability; and the marks a lone sentence must reach."""

    encoder: float
    linear: float
    rule: float
    length: float
    bias: float
    sure: float
    look: float

    def probability(self, encoder: float, linear: float, ruled: bool, sentences: int) -> float:
        """That a sentence is one, from 0 to 1; `encoder` and `linear` are logits, `sentences` those of its message.

        Where a rule heard it, its weight stands in for the length's.
        """
        x = self.bias + self.encoder * encoder + self.linear * linear
        x += self.rule if ruled else self.length * length_of(sentences)
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, x))))

    def mark(self, kind: Kind, sentences: int) -> float:
        """What a sentence of a message of so many must reach to escalate: each is one more chance to wake somebody for
        nothing, so each may be wrong an n-th as often as a lone one (Bonferroni). Promises wake nobody."""
        return self.sure if kind in PROMISES else 1.0 - (1.0 - self.sure) / max(1, sentences)

    def verdict(
        self,
        probability: float,
        kind: Kind,
        tuning: Tuning,
        taught: Taught | None = None,
        *,
        ruled: bool = False,
        sentences: int = 1,
    ) -> Verdict:
        """What a probability comes to in a message of so many `sentences`, with what the workspace has `taught` of such
        words and of the kind.

        Words that people missed are one when they are said again; words like them when they are at least worth a look.
        Words that are none, and shifts of the mark, may take a finding off the escalation, never off the digest, and
        silence neither a rule nor a certain score.
        """
        if taught and taught.is_one and (taught.same or probability >= self.look):
            return Verdict.SURE
        refused = taught is not None and not taught.is_one and not ruled and probability < CERTAIN
        mark = self.sure if ruled else self.mark(kind, sentences)  # what is said in so many words must be heard
        moved = adjusted(mark, kind, tuning)
        if probability >= (min(moved, mark) if ruled else moved):
            return Verdict.LOOK if refused else Verdict.SURE
        return Verdict.LOOK if probability >= self.look else Verdict.NOTHING


@dataclass(frozen=True, slots=True)
class Scales:
    """The scales with and without the encoder, and `gates`: a sentence whose linear logits all lie below them, kind by
    kind in the order of `Kind`, is ordinary talk to the linear model."""

    gates: tuple[float, ...]
    full: Mapping[Kind, Scale]
    without_encoder: Mapping[Kind, Scale]


def read_scales(stored: Mapping[str, object]) -> Scales:
    """Scales from scales.json. Raises KeyError, TypeError, ValueError when it is not what training writes."""

    def table(name: str) -> dict[Kind, Scale]:
        rows = stored[name]
        if not isinstance(rows, dict):
            raise TypeError(name)
        return {Kind(kind): Scale(**{key: float(value) for key, value in row.items()}) for kind, row in rows.items()}

    gates = stored["gates"]
    if not isinstance(gates, dict):
        raise TypeError("gates")
    return Scales(tuple(float(gates[kind]) for kind in Kind), table("full"), table("without_encoder"))
