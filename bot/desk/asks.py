"""Asks: what one side asked of the other, open until the other side answers in the thread."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select

from bot.desk.evidence import attach
from bot.policy import Policy
from bot.reading.types import Finding, Side
from models.base import row_id
from models.events import ROBOT
from models.messages import Message
from models.partners import Channel
from models.risks import Ask, SubjectKind
from models.states import AskState
from models.store import UnitOfWork


def record(
    uow: UnitOfWork, finding: Finding, message: Message, channel: Channel, *, now: datetime, policy: Policy
) -> Ask:
    ask = uow.add(
        Ask(
            workspace_id=uow.workspace_id,
            state=AskState.OPEN,
            partner_id=channel.partner_id,
            account_id=channel.account_id,
            channel=message.channel,
            thread_ts=message.root_ts,
            author=message.author,
            side=message.side,
            owner=finding.owner,
            due_on=finding.due,
            asked_at=message.said_at,
        )
    )
    attach(uow, SubjectKind.ASK, row_id(ask), message, finding.start, finding.end, finding.quote)
    uow.record(
        SubjectKind.ASK,
        row_id(ask),
        at=now,
        actor=ROBOT,
        to_state=AskState.OPEN,
        rule=finding.rule,
        policy_version=policy.version,
    )
    return ask


def answered_by(uow: UnitOfWork, message: Message, *, now: datetime) -> int:
    """A reply answers the open asks of its thread that the other side put. Returns how many it answered."""
    if message.side == Side.UNKNOWN:
        return 0
    statement = select(Ask).where(
        Ask.channel == message.channel,
        Ask.thread_ts == message.root_ts,
        Ask.side != message.side,
        Ask.asked_at < message.said_at,
        col(Ask.closed_at).is_(None),
    )
    asks = uow.session.exec(statement).all()
    for ask in asks:
        ask.closed_at = now
        uow.move(ask, AskState.ANSWERED, actor=message.author or ROBOT, at=now)
    return len(asks)
