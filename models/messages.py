"""What was said, and the receipts that make sure nothing Slack sent is lost or done twice."""

from __future__ import annotations

import hashlib
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.base import JSON_DICT, TenantRow


class ReceiptState(StrEnum):
    PENDING = "pending"
    DONE = "done"
    DEAD = "dead"


class Message(TenantRow, table=True):
    """A message of a watched channel. Retention or deletion empties `text`; `text_hash` stays to prove a quote."""

    __table_args__ = (
        UniqueConstraint("workspace_id", "channel", "ts"),
        Index("ix_message_thread", "workspace_id", "channel", "thread_ts", "ts"),
        Index(
            "ix_message_retention",
            "said_at",
            sqlite_where=text("text <> ''"),
            postgresql_where=text("text <> ''"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    channel: str = Field(max_length=32)
    ts: str = Field(max_length=32)
    thread_ts: str | None = Field(default=None, max_length=32)
    author: str = Field(default="", max_length=32)
    side: str = Field(default="unknown", max_length=16)
    text: str = ""
    text_hash: str = Field(default="", max_length=64)
    said_at: datetime
    edited_at: datetime | None = None
    edited_ts: str = Field(default="", max_length=32)
    deleted_at: datetime | None = None
    is_speech: bool = True

    @property
    def root_ts(self) -> str:
        """The ts of the thread this message belongs to (its own when it starts one)."""
        return self.thread_ts or self.ts


class Receipt(SQLModel, table=True):
    """One thing Slack sent, committed before it is acked. `key` is Slack's event id (or interaction id);
    `message_key` makes one message one receipt even when it arrives as several events.

    Not a scoped row: it is written before anybody knows whose workspace it is; `workspace_id` is what the payload says.
    Lease times are of the machine's own clock, never of a replayed one.
    """

    __table_args__ = (
        UniqueConstraint("key"),
        UniqueConstraint("message_key"),
        Index(
            "ix_receipt_open",
            "lease_until",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index("ix_receipt_received", "received_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    workspace_id: str = Field(default="", max_length=32)
    key: str = Field(max_length=255)
    message_key: str | None = Field(default=None, max_length=128)
    kind: str = Field(max_length=32)
    lane: str = Field(default="", max_length=64)
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=JSON_DICT)
    received_at: datetime
    state: str = Field(default=ReceiptState.PENDING, max_length=16)
    attempts: int = 0
    owner: str = Field(default="", max_length=64)
    lease_until: datetime
    error: str = ""


def hash_text(value: str) -> str:
    """SHA-256 of the exact stored text, hex: proves later that a quote was cut from it."""
    return hashlib.sha256(value.encode()).hexdigest()
