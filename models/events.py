"""The append-only record: who changed what, when, from what to what, under which rule and policy, on which evidence."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from models.base import JSON_LIST, TenantRow

ROBOT = "partnerdesk"  # the actor of what nobody clicked


class Event(TenantRow, table=True):
    """`actor` is a Slack user id or ROBOT. Rows are never changed or deleted; the unit of work refuses to."""

    __table_args__ = (
        Index("ix_event_subject", "workspace_id", "subject_kind", "subject_id"),
        Index("ix_event_at", "workspace_id", "at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    at: datetime
    actor: str = Field(max_length=32)
    subject_kind: str = Field(max_length=16)
    subject_id: int
    from_state: str = Field(default="", max_length=16)
    to_state: str = Field(default="", max_length=16)
    rule: str = ""
    policy_version: str = ""
    evidence: list[int] = Field(default_factory=list, sa_type=JSON_LIST)
    note: str = ""
