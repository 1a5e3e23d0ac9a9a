"""Retention: message text is kept only as long as the policy says; quotes of closed things a while longer."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import col, select, update

from bot.policy import Policy
from models.base import Workspace
from models.escalations import Handoff, Proposal
from models.messages import Message
from models.risks import Ask, Commitment, Evidence, Risk, SubjectKind
from models.store import UnitOfWork

_EVERY = timedelta(days=1)
_BATCH = 5_000


def purge(uow: UnitOfWork, *, now: datetime, policy: Policy) -> int:
    """Empty message text older than the policy allows and quotes of things closed long ago. Returns rows emptied.

    Once a day (`Workspace.retention_due_at`), in batches: after a full batch the next one is due at once.
    """
    workspace = uow.session.get(Workspace, uow.workspace_id)
    if workspace is None or (workspace.retention_due_at and workspace.retention_due_at > now):
        return 0
    emptied = _empty_messages(uow, now - timedelta(days=policy.retention.message_text_days))
    _empty_quotes(uow, now - timedelta(days=policy.retention.quote_days))
    workspace.retention_due_at = now if emptied == _BATCH else now + _EVERY
    return emptied


def _empty_messages(uow: UnitOfWork, before: datetime) -> int:
    old = (
        select(Message.id)
        .where(Message.said_at < before, Message.text != "")
        .order_by(col(Message.said_at))
        .limit(_BATCH)
    )
    ids = uow.session.exec(old).all()
    if ids:
        uow.session.exec(update(Message).where(col(Message.id).in_(ids)).values(text=""))
    return len(ids)


def _empty_quotes(uow: UnitOfWork, before: datetime) -> None:
    over = (
        (SubjectKind.RISK, Risk.id, Risk.closed_at),
        (SubjectKind.COMMITMENT, Commitment.id, Commitment.closed_at),
        (SubjectKind.ASK, Ask.id, Ask.closed_at),
        (SubjectKind.HANDOFF, Handoff.id, Handoff.closed_at),
        (SubjectKind.PROPOSAL, Proposal.id, Proposal.expires_at),
    )
    for kind, number, ended in over:
        closed = select(number).where(col(ended) < before)
        uow.session.exec(
            update(Evidence)
            .where(col(Evidence.subject_kind) == kind, col(Evidence.subject_id).in_(closed), col(Evidence.quote) != "")
            .values(quote="")
        )
