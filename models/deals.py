"""Deal registrations: who claimed which deal, who decides, what stands against it, and what was done for it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Index, Numeric, UniqueConstraint, text
from sqlmodel import Field

from models.base import JSON_LIST, TenantRow

_OPEN = text("closed_at IS NULL")
_WAITING = text("next_at IS NOT NULL")


class DealRegistration(TenantRow, table=True):
    """A partner's claim on a deal. `account_name` and `account_domain` are as the partner gave them, `account_id` the
    account they were matched to. `protected_until` is the last local day of protection; `next_at` (UTC) its next notice
    or its end. `rule` and `reason` are the referee's."""

    __table_args__ = (
        UniqueConstraint("workspace_id", "external_id"),
        Index("ix_dealregistration_open", "workspace_id", "partner_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_dealregistration_account", "workspace_id", "account_id"),
        Index("ix_dealregistration_next", "next_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    id: int | None = Field(default=None, primary_key=True)
    external_id: str = Field(max_length=64)
    partner_id: int = Field(foreign_key="partner.id")
    account_id: int | None = Field(default=None, foreign_key="account.id")
    account_name: str
    account_domain: str = ""
    opportunity_id: int | None = Field(default=None, foreign_key="opportunity.id")
    type: str = Field(default="net_new", max_length=16)
    products: list[str] = Field(default_factory=list, sa_type=JSON_LIST)
    region: str = ""
    value: Decimal = Field(sa_type=Numeric(18, 2))
    currency: str = Field(max_length=3)
    contact: str = ""
    expected_close: date | None = None
    customer_choice: str = ""  # where the customer's written choice of this partner is to be read (rule C9)
    state: str = Field(max_length=24)
    rule: str = ""
    reason: str = ""
    policy_version: str = ""
    submitted_by: str = Field(default="", max_length=32)
    submitted_at: datetime
    decided_at: datetime | None = None
    protected_until: date | None = None
    extensions: int = 0
    next_at: datetime | None = None
    closed_at: datetime | None = None
    version: int = 1


class ApprovalStep(TenantRow, table=True):
    """One decision of the chain: the steps of a registration are decided in order of `place`.

    `next_at` is the warning, then the climb to the approver's manager.
    """

    __table_args__ = (
        UniqueConstraint("workspace_id", "registration_id", "place"),
        Index("ix_approvalstep_next", "next_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_approvalstep_approver", "workspace_id", "approver", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    registration_id: int = Field(foreign_key="dealregistration.id")
    place: int
    role: str = Field(max_length=32)
    approver: str = Field(max_length=32)
    state: str = Field(max_length=16)
    why: str = ""
    asked_at: datetime | None = None
    due_at: datetime | None = None
    next_at: datetime | None = None
    warned_at: datetime | None = None
    note: str = ""
    decided_by: str = Field(default="", max_length=32)
    decided_at: datetime | None = None
    version: int = 1


class ConflictCase(TenantRow, table=True):
    """Two claims on one deal. `rule` is the referee's; `against` the earlier registration, or None for a direct deal
    (`opportunity_id`). The rival is named to our own people only."""

    __table_args__ = (
        UniqueConstraint("workspace_id", "registration_id", "rule"),
        Index("ix_conflictcase_next", "next_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    id: int | None = Field(default=None, primary_key=True)
    registration_id: int = Field(foreign_key="dealregistration.id")
    against: int | None = Field(default=None, foreign_key="dealregistration.id")
    opportunity_id: int | None = Field(default=None, foreign_key="opportunity.id")
    rule: str = Field(max_length=16)
    owner: str = Field(max_length=32)
    state: str = Field(max_length=16)
    decision: str = ""
    decided_by: str = Field(default="", max_length=32)
    policy_version: str = ""
    opened_at: datetime
    next_at: datetime | None = None
    closed_at: datetime | None = None
    version: int = 1


class Touch(TenantRow, table=True):
    """Something a partner (or we with it) did for a deal. Only a `qualified` one counts as activity."""

    __table_args__ = (
        Index("ix_touch_opportunity", "workspace_id", "opportunity_id"),
        Index("ix_touch_registration", "workspace_id", "registration_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    partner_id: int = Field(foreign_key="partner.id")
    opportunity_id: int | None = Field(default=None, foreign_key="opportunity.id")
    registration_id: int | None = Field(default=None, foreign_key="dealregistration.id")
    kind: str = Field(max_length=32)
    at: datetime
    by: str = ""
    qualified: bool = True
    link: str = ""
