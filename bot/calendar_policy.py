"""The sections of the policy that the relationship's calendar runs by. Their meaning is said in policy.yml."""

from __future__ import annotations

from datetime import time
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from models.calendar import Side
from models.partners import PartnerType


class Part(BaseModel):
    """A section of the policy: nothing unknown in it, never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _clock_time(value: object) -> object:
    # YAML 1.1 reads an unquoted 9:30 as the number 570 (base 60); a person means half past nine.
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 24 * 60:
        return time(value // 60, value % 60)
    return value


LocalTime = Annotated[time, BeforeValidator(_clock_time)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Days = Annotated[int, Field(ge=0, le=3660)]


class Tier(Part):
    """`revenue` (base currency, twelve months) is what it takes to be in it."""

    name: str = Field(min_length=1, max_length=40)
    revenue: Decimal = Field(ge=0)
    qbr_months: int = Field(ge=1, le=24)
    protection_days: Days


class FiscalPolicy(Part):
    year_starts: int = Field(ge=1, le=12)
    currency: str = Field(pattern=r"^[A-Z]{3}$")


class OnboardingStep(Part):
    """`days` are working days from the start of the plan; `unless_agreed` leaves it out while an agreement with the
    partner is in force."""

    key: str = Field(pattern=r"^[a-z0-9_]{1,32}$")
    title: str = Field(min_length=1, max_length=150)
    side: Side = Side.US
    days: int = Field(ge=0, le=365)
    after: tuple[str, ...] = ()
    meeting: bool = False
    for_types: tuple[PartnerType, ...] = ()
    for_tiers: tuple[str, ...] = ()
    unless_agreed: bool = False
    done_means: str = ""


class OnboardingPolicy(Part):
    kickoff_at: LocalTime
    kickoff_minutes: int = Field(ge=5, le=480)
    sellers: int = Field(ge=0)
    steps: tuple[OnboardingStep, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> OnboardingPolicy:
        earlier: set[str] = set()
        for step in self.steps:
            if step.key in earlier:
                raise ValueError(f"onboarding step '{step.key}' stands twice")
            unknown = [key for key in step.after if key not in earlier]
            if unknown:
                raise ValueError(f"onboarding step '{step.key}' comes after '{unknown[0]}', which is not above it")
            earlier.add(step.key)
        return self


class CheckInPolicy(Part):
    at: LocalTime
    minutes: int = Field(ge=5, le=480)
    brief_hours: int = Field(ge=0, le=40)


class QbrPolicy(Part):
    minutes: int = Field(ge=5, le=480)
    at: LocalTime
    remind_days: tuple[Days, ...] = Field(min_length=1)
    overdue_days: Days


class RenewalTask(Part):
    key: str = Field(pattern=r"^[a-z0-9_]{1,32}$")
    title: str = Field(min_length=1, max_length=150)
    days_before: Days


class RenewalPolicy(Part):
    """`notice_days`: when it begins to be counted down, is prepared, is negotiated, and presses."""

    notice_days: tuple[Days, Days, Days, Days]
    tasks: tuple[RenewalTask, ...]

    @model_validator(mode="after")
    def _falling(self) -> RenewalPolicy:
        if list(self.notice_days) != sorted(set(self.notice_days), reverse=True):
            raise ValueError("renewal.notice_days must fall, for example [120, 90, 60, 30]")
        return self


class ConflictHours(Part):
    """Hours from the opening of a conflict case until it is triaged, investigated and decided."""

    triage: int = Field(ge=1)
    investigate: int = Field(ge=1)
    decide: int = Field(ge=1)


class Approver(Part):
    """`up_to` is in the base currency; None for no limit."""

    role: Literal["partner_manager", "senior_manager", "director", "vp", "owner", "ops", "ae"]
    up_to: Decimal | None = Field(default=None, gt=0)


class RegistrationPolicy(Part):
    decide_days: int = Field(ge=1, le=30)
    warn_hours: int = Field(ge=0, le=240)
    expiry_notice_days: tuple[Days, ...]
    extension_days: int = Field(ge=1, le=365)
    extensions: int = Field(ge=0, le=20)
    activity_days: int = Field(ge=1, le=365)
    activity_touches: int = Field(ge=0)
    conflict_hours: ConflictHours
    fuzzy_match: tuple[float, float]
    approvers: tuple[Approver, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _somebody_may_approve_everything(self) -> RegistrationPolicy:
        if self.approvers[-1].up_to is not None:
            raise ValueError("the last of registration.approvers must have no limit")
        if any(approver.up_to is None for approver in self.approvers[:-1]):
            raise ValueError("only the last of registration.approvers may be without a limit")
        return self


class RelatedDesk(Part):
    """Who takes a request that belongs elsewhere: a role, or a Slack user id."""

    to: str = Field(min_length=1, max_length=32)
    within_hours: int = Field(ge=1, le=24 * 30)
