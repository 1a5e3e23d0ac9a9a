"""The relationship's calendar: onboarding, check-ins, QBRs, renewals, and what was agreed in them.

A local intention (a day, a wall-clock time and an IANA zone) is stored as such; the UTC moment beside it is computed
from it and computed again when it moves. `next_at` is when the next thing happens by itself, None when nothing does.
`version` grows with every visible change, so that each version of a card is delivered once.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, Numeric, UniqueConstraint, text
from sqlmodel import Field

from models.base import JSON_DICT, JSON_LIST, TenantRow


class Side(StrEnum):
    """Whose turn it is."""

    US = "us"
    PARTNER = "partner"
    CUSTOMER = "customer"


def _clock(table: str) -> Index:
    """The index the pulse asks for the next moment of a table."""
    waiting = text("next_at IS NOT NULL")
    return Index(f"ix_{table}_next", "next_at", sqlite_where=waiting, postgresql_where=waiting)


def _open(table: str, *columns: str) -> Index:
    unfinished = text("closed_at IS NULL")
    return Index(f"ix_{table}_open", "workspace_id", *columns, sqlite_where=unfinished, postgresql_where=unfinished)


class OnboardingPlan(TenantRow, table=True):
    """One partner's way in, made from the template of its tier and type. One open plan per partner."""

    __table_args__ = (
        Index(
            "uq_onboardingplan_open",
            "workspace_id",
            "partner_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    partner_id: int = Field(foreign_key="partner.id")
    tier: str = ""
    type: str = Field(default="", max_length=16)
    owner: str | None = Field(default=None, max_length=32)
    state: str = Field(max_length=16)
    starts_on: date
    due_on: date
    policy_version: str = ""
    started_by: str = Field(default="", max_length=32)
    started_at: datetime
    closed_at: datetime | None = None
    version: int = 1


class OnboardingTask(TenantRow, table=True):
    """One step of a plan. `key` is its name in the template, `depends_on` keys of steps that come first.

    `owner` (a Slack user id of ours) sees that it happens, also where `side` says that the partner does it.
    `evidence` is a link or a note on what shows that it is done; `starts_at` the moment of a meeting (the kickoff).
    """

    __table_args__ = (
        UniqueConstraint("workspace_id", "plan_id", "key"),
        _open("onboardingtask", "owner", "due_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="onboardingplan.id", index=True)
    partner_id: int = Field(foreign_key="partner.id")
    place: int
    key: str = Field(max_length=32)
    title: str
    side: str = Field(default=Side.US, max_length=16)
    owner: str | None = Field(default=None, max_length=32)
    state: str = Field(max_length=16)
    due_on: date
    depends_on: list[str] = Field(default_factory=list, sa_type=JSON_LIST)
    done_means: str = ""
    evidence: str = ""
    note: str = ""
    starts_at: datetime | None = None
    zone: str = ""
    closed_by: str = Field(default="", max_length=32)
    closed_at: datetime | None = None


class Cadence(TenantRow, table=True):
    """A meeting that comes back: check-ins with a partner. `rule` is an RFC 5545 RRULE over local dates from
    `starts_on`; `at` the wall-clock time in `zone`. One open cadence per partner and owner."""

    __table_args__ = (_open("cadence", "partner_id"),)

    id: int | None = Field(default=None, primary_key=True)
    partner_id: int = Field(foreign_key="partner.id")
    owner: str = Field(max_length=32)
    rule: str
    starts_on: date
    at: time
    zone: str
    minutes: int = 30
    state: str = Field(max_length=16)
    created_by: str = Field(default="", max_length=32)
    created_at: datetime
    closed_at: datetime | None = None
    version: int = 1


class CheckIn(TenantRow, table=True):
    """One meeting of a cadence, or one held on its own. `on`, `at` and `zone` are what was intended; `starts_at` is it
    in UTC. `slot` is the day of the cadence it stands for, whatever it was moved to."""

    __table_args__ = (
        UniqueConstraint("workspace_id", "cadence_id", "slot"),
        _clock("checkin"),
        _open("checkin", "owner", "on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    cadence_id: int | None = Field(default=None, foreign_key="cadence.id")
    partner_id: int = Field(foreign_key="partner.id", index=True)
    owner: str = Field(max_length=32)
    slot: date
    on: date
    at: time
    zone: str
    starts_at: datetime
    minutes: int = 30
    state: str = Field(max_length=16)
    next_at: datetime | None = None
    notes: str = ""
    reason: str = ""
    closed_by: str = Field(default="", max_length=32)
    closed_at: datetime | None = None
    version: int = 1


class Qbr(TenantRow, table=True):
    """One business review of a partner. `covers_from` to `covers_to` (exclusive) is the period it looks back on,
    `label` its name ("Q4 2026"); `due_on` when the tier's cadence wants it held; `pack` the figures as last computed,
    with the ids of the rows behind each."""

    __table_args__ = (
        UniqueConstraint("workspace_id", "partner_id", "covers_from", "covers_to"),
        _clock("qbr"),
        _open("qbr", "owner", "due_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    partner_id: int = Field(foreign_key="partner.id", index=True)
    label: str = Field(max_length=32)
    covers_from: date
    covers_to: date
    due_on: date
    owner: str | None = Field(default=None, max_length=32)
    attendees: list[str] = Field(default_factory=list, sa_type=JSON_LIST)
    state: str = Field(max_length=16)
    on: date | None = None
    at: time | None = None
    zone: str = ""
    starts_at: datetime | None = None
    minutes: int = 60
    pack: dict[str, Any] = Field(default_factory=dict, sa_type=JSON_DICT)
    prepared_at: datetime | None = None
    held_at: datetime | None = None
    reason: str = ""
    policy_version: str = ""
    next_at: datetime | None = None
    closed_by: str = Field(default="", max_length=32)
    closed_at: datetime | None = None
    version: int = 1


class Renewal(TenantRow, table=True):
    """The end of one agreement term (`ends_on`) and what comes of it. `value` is what the term was worth."""

    __table_args__ = (
        UniqueConstraint("workspace_id", "partner_id", "ends_on"),
        _clock("renewal"),
        _open("renewal", "owner", "ends_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    partner_id: int = Field(foreign_key="partner.id", index=True)
    ends_on: date
    owner: str | None = Field(default=None, max_length=32)
    state: str = Field(max_length=16)
    value: Decimal | None = Field(default=None, sa_type=Numeric(18, 2))
    currency: str = Field(default="", max_length=3)
    renewed_to: date | None = None
    reason: str = ""
    policy_version: str = ""
    next_at: datetime | None = None
    closed_by: str = Field(default="", max_length=32)
    closed_at: datetime | None = None
    version: int = 1


class ActionItem(TenantRow, table=True):
    """Work agreed in a meeting or needed for a renewal: who does what by when. `subject_kind` and `subject_id` say
    where it comes from. What was promised in a thread is a Commitment, because that has words to stand on."""

    __table_args__ = (
        Index("ix_actionitem_subject", "workspace_id", "subject_kind", "subject_id"),
        _open("actionitem", "owner", "due_on"),
        Index("ix_actionitem_partner", "workspace_id", "partner_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    subject_kind: str = Field(max_length=16)
    subject_id: int
    partner_id: int = Field(foreign_key="partner.id")
    key: str = Field(default="", max_length=32)
    what: str
    side: str = Field(default=Side.US, max_length=16)
    owner: str | None = Field(default=None, max_length=32)
    due_on: date | None = None
    state: str = Field(max_length=16)
    created_by: str = Field(default="", max_length=32)
    created_at: datetime
    closed_by: str = Field(default="", max_length=32)
    closed_at: datetime | None = None


class Quiet(TenantRow, table=True):
    """One person wants to hear nothing of one item: until `until` (UTC), or ever again when that is None."""

    __table_args__ = (UniqueConstraint("workspace_id", "person", "subject_kind", "subject_id"),)

    id: int | None = Field(default=None, primary_key=True)
    person: str = Field(max_length=32)
    subject_kind: str = Field(max_length=16)
    subject_id: int
    until: datetime | None = None
