"""What PartnerDesk tracks: risks, commitments and asks, each standing on evidence cut from a stored message."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from models.base import TenantRow


class EvidenceState(StrEnum):
    CURRENT = "current"
    EDITED = "edited"
    DELETED = "deleted"


class SubjectKind(StrEnum):
    """What a piece of evidence, a card or an event is about."""

    RISK = "risk"
    COMMITMENT = "commitment"
    ASK = "ask"
    HANDOFF = "handoff"
    ESCALATION = "escalation"
    PROPOSAL = "proposal"
    CHANNEL = "channel"
    PERSON = "person"


_OPEN = "closed_at IS NULL"


class Risk(TenantRow, table=True):
    """A partner dependency in danger. `kind` and `category` are the reader's.

    `held_by` is who last took it on (a Slack user id). `version` grows with every visible change, so that each version
    of a card is delivered once.
    """

    __table_args__ = (
        Index(
            "ix_risk_open",
            "workspace_id",
            "partner_id",
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
        Index("ix_risk_thread", "workspace_id", "channel", "thread_ts"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=16)
    category: str = Field(max_length=16)
    state: str = Field(max_length=16)
    partner_id: int | None = Field(default=None, foreign_key="partner.id")
    account_id: int | None = Field(default=None, foreign_key="account.id")
    channel: str = Field(max_length=32)
    thread_ts: str = Field(max_length=32)
    owner: str | None = Field(default=None, max_length=32)
    due_on: date | None = None
    due_phrase: str = ""
    reader: str = Field(default="rules", max_length=16)
    rule: str = ""
    policy_version: str = ""
    first_seen_at: datetime
    last_seen_at: datetime
    snoozed_until: datetime | None = None
    held_by: str | None = Field(default=None, max_length=32)
    closed_at: datetime | None = None
    times_seen: int = 1
    version: int = 1


class Commitment(TenantRow, table=True):
    """Somebody undertook a future act. `side` is who promised, `owner` who will do it, `due_on` the newest date."""

    __table_args__ = (
        Index(
            "ix_commitment_open",
            "workspace_id",
            "partner_id",
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
        Index("ix_commitment_thread", "workspace_id", "channel", "thread_ts"),
    )

    id: int | None = Field(default=None, primary_key=True)
    state: str = Field(max_length=16)
    partner_id: int | None = Field(default=None, foreign_key="partner.id")
    account_id: int | None = Field(default=None, foreign_key="account.id")
    channel: str = Field(max_length=32)
    thread_ts: str = Field(max_length=32)
    author: str = Field(default="", max_length=32)
    side: str = Field(default="unknown", max_length=16)
    owner: str | None = Field(default=None, max_length=32)
    due_on: date | None = None
    due_phrase: str = ""
    rule: str = ""
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None = None


class CommitmentDate(TenantRow, table=True):
    """One date a commitment ever had, oldest first by `id`: the slip history."""

    id: int | None = Field(default=None, primary_key=True)
    commitment_id: int = Field(foreign_key="commitment.id", index=True)
    due_on: date
    said_at: datetime
    channel: str = Field(max_length=32)
    ts: str = Field(max_length=32)


class Ask(TenantRow, table=True):
    """Something one side asked of the other. `owner` is who must answer (user id or side)."""

    __table_args__ = (
        Index(
            "ix_ask_open",
            "workspace_id",
            "partner_id",
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
        Index("ix_ask_thread", "workspace_id", "channel", "thread_ts"),
    )

    id: int | None = Field(default=None, primary_key=True)
    state: str = Field(max_length=16)
    partner_id: int | None = Field(default=None, foreign_key="partner.id")
    account_id: int | None = Field(default=None, foreign_key="account.id")
    channel: str = Field(max_length=32)
    thread_ts: str = Field(max_length=32)
    author: str = Field(default="", max_length=32)
    side: str = Field(default="unknown", max_length=16)
    owner: str | None = Field(default=None, max_length=32)
    due_on: date | None = None
    asked_at: datetime
    closed_at: datetime | None = None


class Evidence(TenantRow, table=True):
    """The exact words something stands on: `quote == message.text[start:end]` when it was stored.

    `state` says what became of the message since; a deleted message leaves an empty `quote`.
    """

    __table_args__ = (
        UniqueConstraint("workspace_id", "subject_kind", "subject_id", "channel", "ts", "start"),
        Index("ix_evidence_message", "workspace_id", "channel", "ts"),
    )

    id: int | None = Field(default=None, primary_key=True)
    subject_kind: str = Field(max_length=16)
    subject_id: int
    channel: str = Field(max_length=32)
    ts: str = Field(max_length=32)
    permalink: str = ""
    author: str = Field(default="", max_length=32)
    side: str = Field(default="unknown", max_length=16)
    said_at: datetime
    start: int
    end: int
    quote: str
    text_hash: str = Field(max_length=64)
    state: str = Field(default=EvidenceState.CURRENT, max_length=16)
