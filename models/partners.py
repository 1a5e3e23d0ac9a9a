"""The partner book: people, partners, accounts, opportunities, plan items and the channels they share."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Index, Numeric, UniqueConstraint
from sqlmodel import Field

from models.base import JSON_LIST, TenantRow


class Role(StrEnum):
    PARTNER_MANAGER = "partner_manager"
    SENIOR_MANAGER = "senior_manager"
    DIRECTOR = "director"
    VP = "vp"
    OWNER = "owner"
    AE = "ae"
    SA = "sa"
    PS = "ps"
    OPS = "ops"
    MARKETING = "marketing"
    ADMIN = "admin"


class PartnerType(StrEnum):
    SI = "si"
    RESELLER = "reseller"
    MSP = "msp"
    ISV = "isv"
    ALLIANCE = "alliance"
    REFERRAL = "referral"
    DISTRIBUTOR = "distributor"
    HYPERSCALER = "hyperscaler"


class PartnerStatus(StrEnum):
    PROSPECT = "prospect"
    RECRUITING = "recruiting"
    ONBOARDING = "onboarding"
    ENABLED = "enabled"
    ACTIVE = "active"
    STRATEGIC = "strategic"
    AT_RISK_REVIEW = "at_risk_review"
    OFFBOARDING = "offboarding"
    EXITED = "exited"


# Partners that register deals (shared facts: domain model, 7.5, C8).
ENTITLED = frozenset({PartnerStatus.ENABLED, PartnerStatus.ACTIVE, PartnerStatus.STRATEGIC})


class ContactRole(StrEnum):
    SELLER = "seller"
    ALLIANCE = "alliance"
    SE = "se"
    DELIVERY = "delivery"
    MARKETING = "marketing"
    EXEC = "exec"


class ChannelKind(StrEnum):
    JOINT = "joint"
    INTERNAL = "internal"
    DM = "dm"


class Person(TenantRow, table=True):
    """Anyone Slack shows us, ours or not. `name`/`timezone`/`email` come from the book and win over what Slack says.

    `manager` is a Slack user id. `digest_due_at` is the next moment this person's digest is to be composed (UTC),
    `digest_every` "day" or "week", `digest_at` their own wall-clock time for it (None: the policy's), `digest_without`
    the sections they do not want, `rollup_due_at` the next weekly portfolio of a senior manager.
    """

    __table_args__ = (
        UniqueConstraint("workspace_id", "slack_id"),
        Index("ix_person_digest", "digest_due_at"),
        Index("ix_person_rollup", "rollup_due_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    slack_id: str = Field(max_length=32)
    team_id: str = Field(default="", max_length=32)
    name: str = ""
    email: str = ""
    timezone: str = ""
    roles: list[str] = Field(default_factory=list, sa_type=JSON_LIST)
    manager: str | None = Field(default=None, max_length=32)
    slack_name: str = ""
    slack_email: str = ""
    slack_timezone: str = ""
    is_bot: bool = False
    is_guest: bool = False
    is_stranger: bool = False
    is_deleted: bool = False
    dm_channel: str | None = Field(default=None, max_length=32)
    refreshed_at: datetime | None = None
    digest_due_at: datetime | None = None
    wants_digest: bool = True
    digest_every: str = Field(default="day", max_length=8)
    digest_at: time | None = None
    digest_without: list[str] = Field(default_factory=list, sa_type=JSON_LIST)
    rollup_due_at: datetime | None = None

    @property
    def display_name(self) -> str:
        return self.name or self.slack_name or self.slack_id

    @property
    def zone(self) -> str:
        """IANA zone name, UTC when neither the book nor Slack says."""
        return self.timezone or self.slack_timezone or "UTC"

    def has(self, *roles: Role) -> bool:
        return any(role in self.roles for role in roles)


class Partner(TenantRow, table=True):
    """`exec_sponsor` is the Slack user id of our executive sponsor; `regions` where it may sell, empty for anywhere;
    `created_at` None for a partner that came with the first book."""

    __table_args__ = (UniqueConstraint("workspace_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    name: str
    aliases: list[str] = Field(default_factory=list, sa_type=JSON_LIST)
    type: str = Field(default=PartnerType.SI, max_length=16)
    tier: str = ""
    domains: list[str] = Field(default_factory=list, sa_type=JSON_LIST)
    manager: str | None = Field(default=None, max_length=32)
    agreement_starts: date | None = None
    agreement_ends: date | None = None
    status: str = Field(default=PartnerStatus.ACTIVE, max_length=16)
    exec_sponsor: str | None = Field(default=None, max_length=32)
    regions: list[str] = Field(default_factory=list, sa_type=JSON_LIST)
    created_at: datetime | None = None


class PartnerTeam(TenantRow, table=True):
    """A Slack Connect workspace id of a partner: this decides "the partner said"."""

    __table_args__ = (UniqueConstraint("workspace_id", "team_id"),)

    id: int | None = Field(default=None, primary_key=True)
    team_id: str = Field(max_length=32)
    partner_id: int = Field(foreign_key="partner.id", index=True)


class PartnerContact(TenantRow, table=True):
    """Somebody at a partner. `certified_on` is when they passed our certification."""

    __table_args__ = (UniqueConstraint("workspace_id", "partner_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    partner_id: int = Field(foreign_key="partner.id", index=True)
    name: str
    role: str = Field(default=ContactRole.SELLER, max_length=16)
    email: str = ""
    slack_id: str = Field(default="", max_length=32)
    certified_on: date | None = None
    active_from: date | None = None
    active_to: date | None = None


class PartnerTarget(TenantRow, table=True):
    """What a partner is to bring in one period ("2026" or "Q4 2026")."""

    __table_args__ = (UniqueConstraint("workspace_id", "partner_id", "period"),)

    id: int | None = Field(default=None, primary_key=True)
    partner_id: int = Field(foreign_key="partner.id", index=True)
    period: str = Field(max_length=16)
    amount: Decimal = Field(sa_type=Numeric(18, 2))
    currency: str = Field(max_length=3)


class Account(TenantRow, table=True):
    """A customer account. `owner` is the Slack user id of its AE, `parent` the name of the company it belongs to,
    `customer_since` the day it first bought, None while it has not."""

    __table_args__ = (UniqueConstraint("workspace_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    name: str
    domain: str = ""
    segment: str = ""
    geo: str = ""
    owner: str | None = Field(default=None, max_length=32)
    parent: str = ""
    customer_since: date | None = None


class Opportunity(TenantRow, table=True):
    """A deal of the CRM. `type` is net_new, expansion or renewal; `is_won` None while it is open; `met_customer_on` the
    first meeting with the customer that was logged."""

    __table_args__ = (UniqueConstraint("workspace_id", "external_id"),)

    id: int | None = Field(default=None, primary_key=True)
    external_id: str
    account_id: int = Field(foreign_key="account.id", index=True)
    name: str = ""
    amount: Decimal | None = Field(default=None, sa_type=Numeric(18, 2))
    currency: str = Field(default="", max_length=3)
    stage: str = ""
    close_on: date | None = None
    type: str = Field(default="", max_length=16)
    product: str = ""
    opened_on: date | None = None
    closed_on: date | None = None
    is_won: bool | None = None
    met_customer_on: date | None = None


class OpportunityPartner(TenantRow, table=True):
    __table_args__ = (UniqueConstraint("workspace_id", "opportunity_id", "partner_id", "role"),)

    id: int | None = Field(default=None, primary_key=True)
    opportunity_id: int = Field(foreign_key="opportunity.id", index=True)
    partner_id: int = Field(foreign_key="partner.id", index=True)
    role: str = Field(default="co_sell", max_length=16)
    status: str = Field(default="", max_length=16)
    attached_on: date | None = None


class PlanItem(TenantRow, table=True):
    """One line of an account plan. `owner` is the side that delivers it: us, partner or customer."""

    __table_args__ = (UniqueConstraint("workspace_id", "account_id", "item"),)

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    item: str
    owner: str = Field(default="us", max_length=16)
    partner_id: int | None = Field(default=None, foreign_key="partner.id")
    due_on: date | None = None
    status: str = ""
    source: str = "book"


class Channel(TenantRow, table=True):
    """A Slack channel PartnerDesk knows. It reads only where `watched`; `cursor_ts` is the newest message seen.
    What was said before `watched_since` is read only when somebody asks for it.

    `receives` lists what an internal channel gets (`escalations`).
    """

    __table_args__ = (UniqueConstraint("workspace_id", "slack_id"),)

    id: int | None = Field(default=None, primary_key=True)
    slack_id: str = Field(max_length=32)
    name: str = ""
    kind: str = Field(default=ChannelKind.JOINT, max_length=16)
    partner_id: int | None = Field(default=None, foreign_key="partner.id", index=True)
    account_id: int | None = Field(default=None, foreign_key="account.id")
    receives: list[str] = Field(default_factory=list, sa_type=JSON_LIST)
    watched: bool = False
    watched_since: datetime | None = None
    is_archived: bool = False
    cursor_ts: str = Field(default="", max_length=32)
