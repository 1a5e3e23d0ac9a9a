"""Faults on the Web API, by rule and by seed: 429, 500, dropped connections, delays, errors."""

from __future__ import annotations

import random
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

FaultKind = Literal["429", "500", "500_after", "drop_before", "drop_after", "delay", "error"]


@dataclass
class Fault:
    """One rule. `method` may be a pattern (`chat.*`, `*`); it fires with `probability`, at most `times` times.

    "500" and "drop_before" happen before the call is recorded, "500_after" and "drop_after" once it is.
    Delays are in seconds; with `jitter` each is uniform between 0 and the figure. `retry_after` in seconds.
    """

    method: str
    kind: FaultKind
    probability: float = 1.0
    times: int | None = None
    retry_after: int = 1
    before_s: float = 0.0
    after_s: float = 0.0
    jitter: bool = False
    error: str = "internal_error"
    fired: int = 0


@dataclass
class Outcome:
    """What one call meets: waits in seconds, and at most one failure."""

    before_s: float = 0.0
    after_s: float = 0.0
    failure: Fault | None = None


class Faults:
    """The rules in force; the dice are seeded, so a run can be repeated."""

    def __init__(self, seed: int = 0) -> None:
        self.rules: list[Fault] = []
        self._random = random.Random(seed)

    def add(
        self,
        method: str,
        kind: FaultKind,
        *,
        probability: float = 1.0,
        times: int | None = None,
        retry_after: int = 1,
        before_s: float = 0.0,
        after_s: float = 0.0,
        jitter: bool = False,
        error: str = "internal_error",
    ) -> Fault:
        """Add a rule and return it; its `fired` counts."""
        rule = Fault(method, kind, probability, times, retry_after, before_s, after_s, jitter, error)
        self.rules.append(rule)
        return rule

    def clear(self) -> None:
        """Forget every rule."""
        self.rules.clear()

    def roll(self, method: str) -> Outcome:
        """Throw the dice for one call: delays add up, the first failing rule wins."""
        outcome = Outcome()
        for rule in self.rules:
            spent = rule.times is not None and rule.fired >= rule.times
            if spent or not fnmatchcase(method, rule.method) or self._random.random() >= rule.probability:
                continue
            if rule.kind == "delay":
                outcome.before_s += self._wait(rule, rule.before_s)
                outcome.after_s += self._wait(rule, rule.after_s)
            elif outcome.failure is None:
                outcome.failure = rule
            else:
                continue
            rule.fired += 1
        return outcome

    def _wait(self, rule: Fault, seconds: float) -> float:
        return self._random.uniform(0, seconds) if rule.jitter else seconds
