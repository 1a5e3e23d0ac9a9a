"""The policy: who is told what and when. One versioned YAML file, overridable with PARTNERDESK_POLICY."""

from __future__ import annotations

from datetime import time
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from bot.reading.types import Kind


class BadPolicy(Exception):
    """The policy file cannot be used; the text says where and what to do."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _clock_time(value: object) -> object:
    # YAML 1.1 reads an unquoted 9:30 as the number 570 (base 60); a person means half past nine.
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 24 * 60:
        return time(value // 60, value % 60)
    return value


LocalTime = Annotated[time, BeforeValidator(_clock_time)]


class Route(_Part):
    """`within_hours` is elapsed time from the finding; what is not immediate then waits for business hours."""

    to: Literal["partner_manager", "senior_manager", "director", "vp", "ae", "sa", "ps"]
    within_hours: int = Field(default=0, ge=0, le=24 * 90)
    via: Literal["dm", "digest", "handoff"] = "dm"
    informs: bool = False
    same_business_day: bool = False


class EscalationPolicy(_Part):
    acknowledge_within_hours: int = Field(ge=1, le=240)
    climb_levels: int = Field(ge=0, le=5)
    snooze_hours: tuple[int, ...] = Field(min_length=1)
    news_hours: int = Field(ge=1)


class HandoffPolicy(_Part):
    accept_within_hours: int = Field(ge=1, le=240)


class BusinessHours(_Part):
    start: LocalTime
    end: LocalTime
    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = Field(min_length=1)
    holidays: bool = True

    @model_validator(mode="after")
    def _ends_after_start(self) -> BusinessHours:
        if self.end <= self.start:
            raise ValueError("hours.end must be later than hours.start")
        return self

    @cached_property
    def weekdays(self) -> frozenset[int]:
        """The working weekdays as numbers, Monday = 0."""
        order = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        return frozenset(order.index(day) for day in self.days)


class DigestPolicy(_Part):
    at: LocalTime


class ProposalPolicy(_Part):
    expire_after_days: int = Field(ge=1)


class HintPolicy(_Part):
    expire_after_days: int = Field(ge=1, le=365)


class RetentionPolicy(_Part):
    message_text_days: int = Field(ge=1)
    receipt_hours: int = Field(ge=24)
    quote_days: int = Field(ge=1)


class Policy(_Part):
    version: str = Field(min_length=1, max_length=64)
    routes: dict[Kind, tuple[Route, ...]]
    escalation: EscalationPolicy
    handoff: HandoffPolicy
    hours: BusinessHours
    digest: DigestPolicy
    proposals: ProposalPolicy
    hints: HintPolicy
    flag_emoji: str = Field(pattern=r"^[a-z0-9_+'-]+$")
    retention: RetentionPolicy

    def routes_for(self, kind: Kind | str) -> tuple[Route, ...]:
        """Where a finding of that kind goes; empty for kinds that are tracked without telling anyone."""
        return self.routes.get(Kind(kind), ())

    def escalations_for(self, kind: Kind | str) -> tuple[Route, ...]:
        """Those of `routes_for` that ask somebody to act (docs/decisions/0003-what-scan-calls-a-route.md)."""
        return tuple(route for route in self.routes_for(kind) if not route.informs)


def default_policy_text() -> str:
    return files("bot").joinpath("policy.yml").read_text(encoding="utf-8")


def load_policy(path: Path | None = None) -> Policy:
    """The policy in `path`, or the one that comes with PartnerDesk. A section that `path` leaves out stays as it comes.

    Raises BadPolicy with file, line and advice.
    """
    name = str(path) if path else "bot/policy.yml"
    try:
        text = path.read_text(encoding="utf-8") if path else default_policy_text()
    except (OSError, UnicodeDecodeError) as error:
        raise BadPolicy(f"{name}: cannot be read ({error}). Check PARTNERDESK_POLICY.") from error
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        raw = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:  # the last two: nested too deep, a number too long
        mark = getattr(error, "problem_mark", None)
        where = f"{name}:{mark.line + 1}" if mark else name
        raise BadPolicy(f"{where}: not valid YAML: {getattr(error, 'problem', error)}") from error
    if not isinstance(raw, dict):
        raise BadPolicy(f"{name}:1: a policy is a mapping; start from the copy printed by `/pm policy`.")
    if path and "version" not in raw:
        raise BadPolicy(f'{name}:1: version is missing: give your policy one, for example version: "{path.stem}-1".')
    try:
        return Policy.model_validate({**yaml.safe_load(default_policy_text()), **raw})
    except ValidationError as error:
        problems = [
            f"{name}:{_line(node, item['loc'])}: {_path(item['loc'])}: {item['msg']}" for item in error.errors()
        ]
        raise BadPolicy("\n".join(problems)) from error


def _path(location: tuple[Any, ...]) -> str:
    return ".".join(str(part) for part in location)


def _line(node: yaml.Node | None, location: tuple[Any, ...]) -> int:
    """The 1-based line of the deepest part of `location` that stands in the file."""
    line = 1
    for part in location:
        step: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(part):
                    line, step = key.start_mark.line + 1, value
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            step = node.value[part]
            line = step.start_mark.line + 1
        if step is None:
            break
        node = step
    return line
