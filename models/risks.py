"""What PartnerDesk tracks: risks, commitments and asks, each standing on evidence cut from a stored message.

And what is only worth a look, and what our own people judged of it.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from models.base import JSON_LIST, TenantRow


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
    HINT = "hint"
    LESSON = "lesson"
    POSITION = "position"  # one of the two views of a risk; the subject's id is the risk's
    CHANNEL = "channel"
    PERSON = "person"
    PARTNER = "partner"
    ONBOARDING_PLAN = "onboardingplan"
    ONBOARDING_TASK = "onboardingtask"
    CADENCE = "cadence"
    CHECK_IN = "checkin"
    QBR = "qbr"
    RENEWAL = "renewal"
    ACTION_ITEM = "actionitem"
    DEAL_REGISTRATION = "dealregistration"
    APPROVAL_STEP = "approvalstep"
    CONFLICT_CASE = "conflictcase"


_OPEN = "closed_at IS NULL"


class Risk(TenantRow, table=True):
    """A partner dependency in danger. `kind` and `category` are the reader's.

    `held_by` is who last took it on (a Slack user id). `confidence` (0 to 1) is what its reader gave it at first,
    `note` what the account plan says against it, for our own people only.
    `version` grows with every visible change, so that each version of a card is delivered once.
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
    confidence: float = 1.0
    note: str = ""
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


class Hint(TenantRow, table=True):
    """A finding below the threshold at which it may escalate: worth a look, listed in a digest, nothing more.

    Its words are its one Evidence. `judged_not_one` says that our people had judged these very words not to be one.
    `due_phrase` and `positions` (spans of messages, as `{"message_ts", "start", "end", "holder"}`) wait for whoever
    takes it on, and are emptied when it closes.
    """

    __table_args__ = (
        Index("ix_hint_open", "workspace_id", "partner_id", sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
        Index("ix_hint_found", "workspace_id", "partner_id", "found_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=16)
    category: str = Field(default="", max_length=16)
    state: str = Field(max_length=16)
    partner_id: int = Field(foreign_key="partner.id")
    account_id: int | None = Field(default=None, foreign_key="account.id")
    channel: str = Field(max_length=32)
    thread_ts: str = Field(max_length=32)
    owner: str | None = Field(default=None, max_length=32)
    due_on: date | None = None
    due_phrase: str = ""
    reader: str = Field(default="", max_length=16)
    rule: str = ""
    confidence: float
    note: str = ""
    judged_not_one: bool = False
    positions: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON_LIST)
    found_at: datetime
    listed_at: datetime | None = None
    closed_at: datetime | None = None


class Lesson(TenantRow, table=True):
    """One of our own people judged words: they are (`is_one`) or are not a `kind`. Never changed; the newest counts.

    The words are its one Evidence, so that they go when their message is deleted. `channel` and `thread_ts`, those of
    the risk or hint that was judged, say under which thread it counts. `confidence` is what the reader gave, None when
    it heard nothing or did not say; `by` is a Slack user id.
    """

    __table_args__ = (
        Index("ix_lesson_partner", "workspace_id", "partner_id", "id"),
        Index("ix_lesson_newest", "workspace_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=16)
    category: str = Field(default="", max_length=16)
    is_one: bool
    partner_id: int | None = Field(default=None, foreign_key="partner.id")
    channel: str = Field(max_length=32)
    thread_ts: str = Field(max_length=32)
    confidence: float | None = None
    rule: str = ""
    by: str = Field(max_length=32)
    at: datetime


class Evidence(TenantRow, table=True):
    """The exact words something stands on: `quote == message.text[start:end]` when it was stored.

    `state` says what became of the message since; a deleted message leaves an empty `quote`. `weighed` are pieces of
    the quote that made the reader hear it, and go with it. `holder` is whose view a position is: a user id or a side.
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
    weighed: list[str] = Field(default_factory=list, sa_type=JSON_LIST)
    holder: str | None = Field(default=None, max_length=32)
    text_hash: str = Field(max_length=64)
    state: str = Field(default=EvidenceState.CURRENT, max_length=16)
