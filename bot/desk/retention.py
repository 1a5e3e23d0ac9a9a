"""Retention: message text is kept only as long as the policy says; quotes of closed things a while longer."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import col, select, update

from bot.desk import hints
from bot.policy import Policy
from models.base import Workspace
from models.escalations import Handoff, Proposal
from models.messages import Message
from models.risks import Ask, Commitment, Evidence, Hint, Lesson, Risk, SubjectKind
from models.states import HintState
from models.store import UnitOfWork

_EVERY = timedelta(days=1)
_BATCH = 5_000


def purge(uow: UnitOfWork, *, now: datetime, policy: Policy) -> int:
    """Empty message text older than the policy allows, quotes of things closed long ago and of hints nobody answered.
    Returns how many messages were emptied.

    Once a day (`Workspace.retention_due_at`), in batches: after a full batch the next one is due at once.
    """
    workspace = uow.session.get(Workspace, uow.workspace_id)
    if workspace is None or (workspace.retention_due_at and workspace.retention_due_at > now):
        return 0
    emptied = _empty_messages(uow, now - timedelta(days=policy.retention.message_text_days))
    _empty_quotes(uow, now - timedelta(days=policy.retention.quote_days))
    # Last: it takes rows, and nothing may be waited for with them in hand.
    expired = hints.expire(uow, now=now, policy=policy)
    is_more = emptied == _BATCH or expired == hints.BATCH
    workspace.retention_due_at = now if is_more else now + _EVERY
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
        (SubjectKind.POSITION, Risk.id, Risk.closed_at),
        (SubjectKind.COMMITMENT, Commitment.id, Commitment.closed_at),
        (SubjectKind.ASK, Ask.id, Ask.closed_at),
        (SubjectKind.HANDOFF, Handoff.id, Handoff.closed_at),
        (SubjectKind.PROPOSAL, Proposal.id, Proposal.expires_at),
        (SubjectKind.HINT, Hint.id, Hint.closed_at),
        (SubjectKind.LESSON, Lesson.id, Lesson.at),
    )
    for kind, number, ended in over:
        _empty(uow, kind, col(Evidence.subject_id).in_(select(number).where(col(ended) < before)))
    expired = select(Hint.id).where(Hint.state == HintState.EXPIRED)
    _empty(uow, SubjectKind.HINT, col(Evidence.subject_id).in_(expired))


def _empty(uow: UnitOfWork, kind: SubjectKind, which: ColumnElement[bool]) -> None:
    of_kind = update(Evidence).where(col(Evidence.subject_kind) == kind, which, col(Evidence.quote) != "")
    uow.session.exec(of_kind.values(quote="", weighed=[]))
