"""How a risk reaches people: escalations on a clock, handoffs to other roles, and proposals somebody must approve."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from models.base import JSON_DICT, TenantRow


class Escalation(TenantRow, table=True):
    """One risk on its way to one person. `due_at` is when the next thing happens: the first notice while OPEN, the
    climb while NOTIFIED, nothing when None. `informs` marks a recipient who is told, not asked to act (the AE).
    `via` is "dm", "digest" or "channel".
    """

    __table_args__ = (
        UniqueConstraint("workspace_id", "risk_id", "recipient", "level"),
        Index(
            "ix_escalation_due",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
        Index("ix_escalation_risk", "risk_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    risk_id: int = Field(foreign_key="risk.id")
    to_role: str = Field(max_length=32)
    recipient: str = Field(max_length=32)
    level: int = 0
    informs: bool = False
    via: str = Field(default="dm", max_length=16)
    state: str = Field(max_length=16)
    reason: str = ""
    rule: str = ""
    policy_version: str = ""
    opened_at: datetime
    due_at: datetime | None = None
    notified_at: datetime | None = None


class Handoff(TenantRow, table=True):
    """Work passed to another role (AE, SA, PS, another desk) or a named person: with its evidence, or with the `note`,
    the own words, of one of our people who asked for it (`requested_by`, told when it is done or declined)."""

    __table_args__ = (
        UniqueConstraint("workspace_id", "key"),
        Index(
            "ix_handoff_due",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=255)
    trigger: str = Field(max_length=32)
    to_role: str = Field(max_length=32)
    assignee: str | None = Field(default=None, max_length=32)
    state: str = Field(max_length=16)
    risk_id: int | None = Field(default=None, foreign_key="risk.id", index=True)
    partner_id: int | None = Field(default=None, foreign_key="partner.id")
    account_id: int | None = Field(default=None, foreign_key="account.id")
    channel: str = Field(default="", max_length=32)
    thread_ts: str = Field(default="", max_length=32)
    note: str = ""
    requested_by: str = Field(default="", max_length=32)
    rule: str = ""
    policy_version: str = ""
    opened_at: datetime
    due_at: datetime | None = None
    closed_at: datetime | None = None
    version: int = 1


class Proposal(TenantRow, table=True):
    """A side effect waiting for a person: frozen parameters, rights checked at the click, run once."""

    __table_args__ = (UniqueConstraint("workspace_id", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=255)
    kind: str = Field(max_length=32)
    params: dict[str, Any] = Field(default_factory=dict, sa_type=JSON_DICT)
    state: str = Field(max_length=16)
    offered_to: str = Field(max_length=32)
    offered_at: datetime
    expires_at: datetime
    decided_by: str = Field(default="", max_length=32)
    version: int = 1
