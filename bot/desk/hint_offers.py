"""What a message holds that is only worth a look: which of it is kept for the partner manager's digest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, func, select

from bot.business_time import next_daily
from bot.desk import handoffs, lessons, outgoing, risks
from bot.desk.evidence import attach
from bot.desk.hints import same_sort
from bot.policy import Policy
from bot.reading.types import Finding, Position
from models.base import row_id
from models.events import ROBOT
from models.messages import Message
from models.partners import Channel, Partner, Person
from models.risks import Evidence, Hint, SubjectKind
from models.states import HintState as State
from models.store import UnitOfWork

_PER_MESSAGE = 3
_PER_DAY = 20  # of one partner
_DAY = timedelta(days=1)


def offer(
    uow: UnitOfWork,
    unsure: Sequence[Finding],
    tracked: Sequence[Finding],
    message: Message,
    channel: Channel,
    *,
    now: datetime,
    policy: Policy,
) -> list[Hint]:
    """Keep the likeliest of what was heard `unsure` in one message for the next digest, but nothing that is `tracked`,
    on somebody's desk or listed already."""
    kept: list[Hint] = []
    covered = [*tracked]
    for finding in sorted(unsure, key=lambda each: -each.confidence):
        if len(kept) == _PER_MESSAGE or any(_covers(other, finding) for other in covered):
            continue
        hint = _keep(uow, finding, message, channel, now=now, policy=policy)
        if hint is not None:
            kept.append(hint)
            covered.append(finding)
    return kept


def _covers(other: Finding, finding: Finding) -> bool:
    """Whether these words reach people anyway."""
    return same_sort(other.kind, finding.kind) and other.start < finding.end and finding.start < other.end


def _keep(
    uow: UnitOfWork, finding: Finding, message: Message, channel: Channel, *, now: datetime, policy: Policy
) -> Hint | None:
    partner = uow.get(Partner, channel.partner_id)
    if partner is None or _is_known(uow, finding, message, channel, now=now, policy=policy):
        return None
    recent = select(func.count()).where(Hint.partner_id == partner.id, col(Hint.found_at) > now - _DAY)
    if uow.session.exec(recent).one() >= _PER_DAY:
        return None
    hint = uow.add(
        Hint(
            workspace_id=uow.workspace_id,
            kind=finding.kind,
            category=finding.category or "",
            state=State.OPEN,
            partner_id=row_id(partner),
            account_id=channel.account_id,
            channel=message.channel,
            thread_ts=message.root_ts,
            owner=finding.owner,
            due_on=finding.due,
            due_phrase=finding.due_phrase or "",
            reader=finding.reader,
            rule=finding.rule,
            confidence=finding.confidence,
            note=finding.note,
            judged_not_one=lessons.judged(uow, finding.quote, finding.kind, partner.id) is False,
            positions=[_span(position) for position in finding.positions],
            found_at=now,
        )
    )
    span = (finding.start, finding.end, finding.quote)
    said = attach(uow, SubjectKind.HINT, row_id(hint), message, *span, weighed=finding.weighed)
    uow.record(
        SubjectKind.HINT,
        row_id(hint),
        at=now,
        actor=ROBOT,
        to_state=State.OPEN,
        rule=finding.rule,
        policy_version=policy.version,
        evidence=[row_id(said)],
    )
    manager = uow.find(Person, slack_id=partner.manager) if partner.manager else None
    if manager is not None:
        outgoing.expect_digest(uow, manager, next_daily(now, manager.zone, policy.hours, policy.digest.at))
    return hint


def _is_known(
    uow: UnitOfWork, finding: Finding, message: Message, channel: Channel, *, now: datetime, policy: Policy
) -> bool:
    """Whether it is about an open risk or handoff, or the same words of this partner were listed or answered lately."""
    if finding.kind in risks.TRACKED and risks.same_open(uow, finding, message, channel) is not None:
        return True
    handoff = handoffs.of_thread(uow, finding.kind, message)
    if handoff is not None and handoff.closed_at is None:
        return True
    same_words = (
        select(Hint.id)
        .join(Evidence, (col(Evidence.subject_id) == Hint.id) & (col(Evidence.subject_kind) == SubjectKind.HINT))
        .where(
            Hint.partner_id == channel.partner_id,
            Hint.kind == finding.kind,
            Hint.state != State.EXPIRED,
            col(Hint.found_at) > now - timedelta(days=policy.hints.expire_after_days),
            Evidence.quote == finding.quote,
        )
    )
    return uow.session.exec(same_words.limit(1)).first() is not None


def _span(position: Position) -> dict[str, Any]:
    """A position without its words: they stay in their message."""
    return {
        "message_ts": position.message_ts,
        "start": position.start,
        "end": position.end,
        "holder": position.holder,
    }
