"""The outbox: every message PartnerDesk sends is a row first, in the transaction that decided to send it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from models.base import JSON_DICT, TenantRow


class DeliveryState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    CANCELLED = "cancelled"
    DEAD = "dead"


class Classification(StrEnum):
    """Who may see it. INTERNAL: our own people only. SHARED: also partner `partner_id`, nobody else's."""

    INTERNAL = "internal"
    SHARED = "shared"


class Delivery(TenantRow, table=True):
    """One outgoing message. `key` says what, to whom and for which occasion; unique, and sent in message metadata.

    `card` names what to compose from `subject_kind`/`subject_id`/`params` at the moment of sending, so a late message
    is still true. `target` is a user id (a DM) or a channel id; `lane` orders messages of one conversation.
    `updates` is the delivery whose posted message is edited instead of a new one being posted.
    `first_try_at` and `lease_until` are of the machine's own clock, `not_before` of the product's.
    """

    __table_args__ = (
        UniqueConstraint("workspace_id", "key"),
        Index(
            "ix_delivery_due",
            "not_before",
            sqlite_where=text("state IN ('pending', 'sending')"),
            postgresql_where=text("state IN ('pending', 'sending')"),
        ),
        # One message in flight per conversation, whatever the workers think.
        Index(
            "uq_delivery_lane_in_flight",
            "workspace_id",
            "lane",
            unique=True,
            sqlite_where=text("state = 'sending'"),
            postgresql_where=text("state = 'sending'"),
        ),
        Index(
            "ix_delivery_lane",
            "workspace_id",
            "lane",
            "id",
            sqlite_where=text("state IN ('pending', 'sending')"),
            postgresql_where=text("state IN ('pending', 'sending')"),
        ),
        Index(
            "ix_delivery_dead",
            "workspace_id",
            sqlite_where=text("state = 'dead'"),
            postgresql_where=text("state = 'dead'"),
        ),
        Index("ix_delivery_subject", "workspace_id", "subject_kind", "subject_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=255)
    lane: str = Field(max_length=64)
    target: str = Field(max_length=32)
    thread_ts: str | None = Field(default=None, max_length=32)
    card: str = Field(max_length=32)
    subject_kind: str = Field(default="", max_length=16)
    subject_id: int = 0
    params: dict[str, Any] = Field(default_factory=dict, sa_type=JSON_DICT)
    classification: str = Field(default=Classification.INTERNAL, max_length=16)
    partner_id: int | None = Field(default=None, foreign_key="partner.id")
    updates: int | None = Field(default=None, foreign_key="delivery.id")
    state: str = Field(default=DeliveryState.PENDING, max_length=16)
    attempts: int = 0
    created_at: datetime
    not_before: datetime
    first_try_at: datetime | None = None
    lease_until: datetime | None = None
    owner: str = Field(default="", max_length=64)
    channel: str = Field(default="", max_length=32)
    ts: str = Field(default="", max_length=32)
    sent_at: datetime | None = None
    error: str = ""
