"""What one person wants to hear nothing of: one item, for some days or for good. Others still hear of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.desk import rights
from bot.errors import Refused
from models.base import row_id
from models.calendar import Quiet
from models.partners import Person
from models.risks import SubjectKind
from models.store import UnitOfWork

LONGEST_DAYS = 30


def snooze(uow: UnitOfWork, kind: SubjectKind, number: int, *, days: int, actor: str, now: datetime) -> datetime:
    """`actor` hears nothing of the item for `days` times 24 hours; returns until when (UTC). Raises Refused."""
    if not 1 <= days <= LONGEST_DAYS:
        raise Refused(f"I can keep one thing quiet for 1 to {LONGEST_DAYS} days.")
    until = now + timedelta(days=days)
    _keep(uow, kind, number, until, actor=actor)
    return until


def stop(uow: UnitOfWork, kind: SubjectKind, number: int, *, actor: str) -> None:
    """`actor` is reminded of the item no more. Raises Refused."""
    _keep(uow, kind, number, None, actor=actor)


def hear_again(uow: UnitOfWork, kind: SubjectKind, number: int, *, actor: str) -> None:
    """Take back a snooze or stop; nothing when there is none. Raises Refused."""
    rights.require_member(uow, actor)
    row = uow.find(Quiet, person=actor, subject_kind=kind, subject_id=number)
    if row is not None:
        uow.session.delete(row)


def _keep(uow: UnitOfWork, kind: SubjectKind, number: int, until: datetime | None, *, actor: str) -> None:
    # One writer per person: two clicks at once would both want to add the row.
    uow.lock(Person, row_id(rights.require_member(uow, actor)))
    row = uow.find(Quiet, person=actor, subject_kind=kind, subject_id=number)
    if row is None:
        row = uow.add(Quiet(workspace_id=uow.workspace_id, person=actor, subject_kind=kind, subject_id=number))
    row.until = until
