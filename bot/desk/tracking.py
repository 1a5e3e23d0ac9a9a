"""A finding the reader is sure of, or that a person took on, becomes what is tracked: the one way for both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.desk import asks, commitments, handoffs, risks
from bot.policy import Policy
from bot.reading.types import Finding, Kind
from models.base import row_id
from models.messages import Message
from models.partners import Channel
from models.risks import SubjectKind
from models.store import UnitOfWork


@dataclass(frozen=True, slots=True)
class Tracked:
    """What came of a finding: the kind of row and its id."""

    kind: SubjectKind
    id: int

    def __str__(self) -> str:
        """In the words of our people: "risk #12", "request #4"."""
        return f"{'request' if self.kind == SubjectKind.ASK else self.kind} #{self.id}"


def track(
    uow: UnitOfWork,
    finding: Finding,
    message: Message,
    channel: Channel,
    *,
    is_news: bool,
    now: datetime,
    policy: Policy,
) -> Tracked | None:
    """Store it and start what the policy asks for. None when the book names nobody who could take a handoff."""
    if finding.kind in risks.TRACKED:
        risk = risks.record(uow, finding, message, channel, now=now, policy=policy, is_news=is_news)
        return Tracked(SubjectKind.RISK, row_id(risk))
    if finding.kind == Kind.COMMITMENT:
        commitment = commitments.record(uow, finding, message, channel, now=now, policy=policy)
        return Tracked(SubjectKind.COMMITMENT, row_id(commitment))
    if finding.kind == Kind.REQUEST:
        return Tracked(SubjectKind.ASK, row_id(asks.record(uow, finding, message, channel, now=now, policy=policy)))
    handoff = handoffs.offer_for_finding(uow, finding, message, channel, now=now, policy=policy)
    return Tracked(SubjectKind.HANDOFF, row_id(handoff)) if handoff else None
