"""The policy: who is told what and when. One versioned YAML file, overridable with PARTNERDESK_POLICY."""

from __future__ import annotations

from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, ValidationError, model_validator

from bot.calendar_policy import (
    CheckInPolicy,
    FiscalPolicy,
    LocalTime,
    OnboardingPolicy,
    Part,
    QbrPolicy,
    RegistrationPolicy,
    RelatedDesk,
    RenewalPolicy,
    Tier,
    Weekday,
)
from bot.reading.types import Kind

_SHIPPED = "bot/policy.yml"


class BadPolicy(Exception):
    """The policy file cannot be used; the text says where and what to do."""


class Route(Part):
    """`within_hours` is elapsed time from the finding; what is not immediate then waits for business hours."""

    to: Literal["partner_manager", "senior_manager", "director", "vp", "ae", "sa", "ps"]
    within_hours: int = Field(default=0, ge=0, le=24 * 90)
    via: Literal["dm", "digest", "handoff"] = "dm"
    informs: bool = False
    same_business_day: bool = False


class EscalationPolicy(Part):
    acknowledge_within_hours: int = Field(ge=1, le=240)
    climb_levels: int = Field(ge=0, le=5)
    snooze_hours: tuple[int, ...] = Field(min_length=1)
    news_hours: int = Field(ge=1)


class HandoffPolicy(Part):
    accept_within_hours: int = Field(ge=1, le=240)


class BusinessHours(Part):
    start: LocalTime
    end: LocalTime
    days: tuple[Weekday, ...] = Field(min_length=1)
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


class DigestPolicy(Part):
    at: LocalTime
    remind_days: tuple[int, ...] = Field(min_length=1)
    rollup_day: Weekday


class ProposalPolicy(Part):
    expire_after_days: int = Field(ge=1)
    request_expires_minutes: int = Field(ge=1, le=24 * 60)


class HintPolicy(Part):
    expire_after_days: int = Field(ge=1, le=365)


class RetentionPolicy(Part):
    message_text_days: int = Field(ge=1)
    receipt_hours: int = Field(ge=24)
    quote_days: int = Field(ge=1)


class Policy(Part):
    version: str = Field(min_length=1, max_length=64)
    routes: dict[Kind, tuple[Route, ...]]
    escalation: EscalationPolicy
    handoff: HandoffPolicy
    hours: BusinessHours
    digest: DigestPolicy
    tiers: tuple[Tier, ...] = Field(min_length=1)
    fiscal: FiscalPolicy
    onboarding: OnboardingPolicy
    checkin: CheckInPolicy
    qbr: QbrPolicy
    renewal: RenewalPolicy
    registration: RegistrationPolicy
    related: dict[str, RelatedDesk]
    proposals: ProposalPolicy
    hints: HintPolicy
    flag_emoji: str = Field(pattern=r"^[a-z0-9_+'-]+$")
    retention: RetentionPolicy

    def routes_for(self, kind: Kind | str) -> tuple[Route, ...]:
        """Where a finding of that kind goes; empty for kinds that are tracked without telling anyone."""
        return self.routes.get(Kind(kind), ())

    def tier(self, name: str) -> Tier:
        """The tier called `name` in any case; the lowest one when there is none such, which `unknown_tier` says."""
        return self._tier(name) or self.tiers[0]

    def unknown_tier(self, name: str) -> str:
        """What to say of a partner whose tier is none of these; "" for one that is, or when none is recorded."""
        if not name or self._tier(name):
            return ""
        return f"a tier that is not in the policy ({name}), treated as {self.tiers[0].name}"

    def _tier(self, name: str) -> Tier | None:
        return next((tier for tier in self.tiers if tier.name.casefold() == name.casefold()), None)

    def escalations_for(self, kind: Kind | str) -> tuple[Route, ...]:
        """Those of `routes_for` that ask somebody to act (docs/decisions/0003-what-scan-calls-a-route.md)."""
        return tuple(route for route in self.routes_for(kind) if not route.informs)


def default_policy_text() -> str:
    return files("bot").joinpath("policy.yml").read_text(encoding="utf-8")


def load_policy(path: Path | None = None) -> Policy:
    """The policy in `path`, or the one that comes with PartnerDesk. What `path` leaves out stays as it comes.

    Raises BadPolicy with file, line and advice.
    """
    if path is None:
        return _shipped()
    name = str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadPolicy(f"{name}: cannot be read ({error}). Check PARTNERDESK_POLICY.") from error
    raw, node = _parsed(name, text)
    if "version" not in raw:
        raise BadPolicy(f'{name}:1: version is missing: give your policy one, for example version: "{path.stem}-1".')
    return _checked(name, _laid_over(_parsed(_SHIPPED, default_policy_text())[0], raw), node)


@cache
def _shipped() -> Policy:
    """What comes with PartnerDesk, read once: a policy is never changed."""
    return _checked(_SHIPPED, *_parsed(_SHIPPED, default_policy_text()))


def _parsed(name: str, text: str) -> tuple[dict[str, Any], yaml.Node | None]:
    """(what the file says, where it stands)"""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        raw = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:  # the last two: nested too deep, a number too long
        mark = getattr(error, "problem_mark", None)
        where = f"{name}:{mark.line + 1}" if mark else name
        raise BadPolicy(f"{where}: not valid YAML: {getattr(error, 'problem', error)}") from error
    if not isinstance(raw, dict):
        raise BadPolicy(f"{name}:1: a policy is a mapping; start from the copy printed by `/pm policy`.")
    return raw, node


def _checked(name: str, raw: dict[str, Any], node: yaml.Node | None) -> Policy:
    try:
        return Policy.model_validate(raw)
    except ValidationError as error:
        problems = [
            f"{name}:{_line(node, item['loc'])}: {_path(item['loc'])}: {item['msg']}" for item in error.errors()
        ]
        raise BadPolicy("\n".join(problems)) from error


def _laid_over(shipped: dict[str, Any], raw: dict[str, Any]) -> dict[str, Any]:
    """`raw` over what is shipped, section by section: a key of a section that `raw` leaves out stays as shipped."""
    both = {
        name: {**shipped[name], **section}
        for name, section in raw.items()
        if isinstance(section, dict) and isinstance(shipped.get(name), dict)
    }
    return {**shipped, **raw, **both}


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
