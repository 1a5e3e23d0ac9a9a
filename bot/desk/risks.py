"""Risks: found, merged when said again, and settled by people."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.desk import escalations, handoffs, lessons, lookup, proposals, rights
from bot.desk.evidence import attach, attach_positions, quotes_of
from bot.desk.naming import person_view
from bot.desk.risk_views import view_of
from bot.desk.sameness import first_same
from bot.desk.views import RiskView
from bot.errors import Refused
from bot.policy import Policy
from bot.reading.types import Finding, Kind
from models.base import row_id
from models.escalations import Handoff
from models.events import ROBOT, Event
from models.messages import Message
from models.partners import Channel
from models.risks import Evidence, Risk, SubjectKind
from models.states import EscalationState, HandoffState, RiskState
from models.store import UnitOfWork

PERSON = "person"  # the reader of a message that a person flagged
_COMPARED = 200  # open risks of one partner and account that a new quote is compared with
TRACKED = frozenset({Kind.RISK, Kind.WATCH, Kind.RELATIONSHIP, Kind.SCOPE, Kind.MISALIGNMENT, Kind.TECHNICAL})
_ACKNOWLEDGED = frozenset({RiskState.CONFIRMED, RiskState.MITIGATING, RiskState.MONITORING})


def record(
    uow: UnitOfWork,
    finding: Finding,
    message: Message,
    channel: Channel,
    *,
    now: datetime,
    policy: Policy,
    is_news: bool = True,
) -> Risk:
    """Track what was found: one Risk however often it is said, with every quote as evidence. A new one is escalated.

    What is no news (an old message reread) only goes into the partner manager's digest.
    """
    risk = same_open(uow, finding, message, channel)
    if risk is not None:
        return _said_again(uow, risk, finding, message, now=now)
    risk = uow.add(
        Risk(
            workspace_id=uow.workspace_id,
            kind=finding.kind,
            category=finding.category or finding.kind,
            state=RiskState.DETECTED,
            partner_id=channel.partner_id,
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
            policy_version=policy.version,
            first_seen_at=now,
            last_seen_at=now,
        )
    )
    evidence = _keep_words(uow, risk, finding, message)
    uow.record(
        SubjectKind.RISK,
        row_id(risk),
        at=now,
        actor=ROBOT,
        to_state=RiskState.DETECTED,
        rule=finding.rule,
        policy_version=policy.version,
        evidence=[row_id(evidence)],
    )
    escalations.open_for(uow, risk, now=now, policy=policy, is_news=is_news)
    return risk


def _keep_words(uow: UnitOfWork, risk: Risk, finding: Finding, message: Message) -> Evidence:
    """The quote it stands on, why it was heard and, where both are said, the two views."""
    span = (finding.start, finding.end, finding.quote)
    said = attach(uow, SubjectKind.RISK, row_id(risk), message, *span, weighed=finding.weighed)
    attach_positions(uow, row_id(risk), finding.positions, message)
    return said


def same_open(uow: UnitOfWork, finding: Finding, message: Message, channel: Channel) -> Risk | None:
    """The open risk this finding is about, taken; None when it would be a new one."""
    statement = (
        select(Risk)
        .where(
            Risk.kind == finding.kind,
            Risk.partner_id == channel.partner_id,
            Risk.account_id == channel.account_id,
            col(Risk.closed_at).is_(None),
        )
        .order_by(col(Risk.last_seen_at).desc())
        .limit(_COMPARED)
    )
    risks = uow.session.exec(statement).all()
    quotes = quotes_of(uow, SubjectKind.RISK, [row_id(risk) for risk in risks])
    same = first_same(risks, quotes, finding.quote, message)
    if same is None:
        return None
    taken = uow.lock(Risk, row_id(same))
    # Somebody closed it while we waited for it: look again.
    return taken if taken and taken.closed_at is None else same_open(uow, finding, message, channel)


def _said_again(uow: UnitOfWork, risk: Risk, finding: Finding, message: Message, *, now: datetime) -> Risk:
    evidence = _keep_words(uow, risk, finding, message)
    risk.last_seen_at = now
    risk.times_seen += 1
    risk.category = finding.category or risk.category
    if finding.due is not None:
        risk.due_on, risk.due_phrase = finding.due, finding.due_phrase or ""
    risk.owner = finding.owner or risk.owner
    uow.record(
        SubjectKind.RISK,
        row_id(risk),
        at=now,
        actor=ROBOT,
        from_state=risk.state,
        to_state=risk.state,
        rule=finding.rule,
        evidence=[row_id(evidence)],
        note="said again",
    )
    escalations.refresh(uow, risk, now=now)
    return risk


def acknowledge(uow: UnitOfWork, risk_id: int, *, actor: str, now: datetime, policy: Policy) -> RiskView:
    """The clicker takes it on: it stops climbing. Raises Refused when settled already or not theirs."""
    risk = _open_one(uow, risk_id, actor)
    if risk.state in _ACKNOWLEDGED and not escalations.awaits(uow, risk_id, actor):
        raise Refused(_settled_words(uow, risk))
    take_on(uow, risk, actor=actor, now=now, policy=policy)
    return _told(uow, risk, now=now)


def take_on(uow: UnitOfWork, risk: Risk, *, actor: str, now: datetime, policy: Policy) -> None:
    """`actor` holds it from now on; whoever was told need not answer any more."""
    risk.held_by = actor
    if risk.state not in _ACKNOWLEDGED:
        uow.move(risk, RiskState.CONFIRMED, actor=actor, at=now, rule=risk.rule, policy_version=policy.version)
    escalations.settle_all(uow, risk, EscalationState.ACKED, actor=actor, now=now)


def resolve(uow: UnitOfWork, risk_id: int, *, actor: str, now: datetime, policy: Policy) -> RiskView:
    """It is put right. Raises Refused when settled already or not the clicker's to settle."""
    risk = _open_one(uow, risk_id, actor)
    close(uow, risk, actor=actor, now=now, policy=policy)
    return view_of(uow, risk, now=now)


def close(uow: UnitOfWork, risk: Risk, *, actor: str, now: datetime, policy: Policy) -> None:
    """Close an open risk as put right, and edit its cards; whose right it is has been checked."""
    _close(uow, risk, RiskState.MITIGATED, EscalationState.RESOLVED, actor=actor, now=now, policy=policy)
    escalations.refresh(uow, risk, now=now)


def dismiss(uow: UnitOfWork, risk_id: int, *, actor: str, now: datetime, policy: Policy) -> RiskView:
    """Not a risk: closed, a lesson for the reader, and the same words are at most worth a look from now on."""
    risk = _open_one(uow, risk_id, actor)
    confidence = None if risk.reader == PERSON else risk.confidence
    for said in uow.list(Evidence, subject_kind=SubjectKind.RISK, subject_id=risk_id):
        lessons.learn(uow, said, risk, is_one=False, confidence=confidence, actor=actor, now=now)
    _close(uow, risk, RiskState.DISMISSED, EscalationState.CANCELLED, actor=actor, now=now, policy=policy)
    handoffs.cancel_for_risk(uow, risk, actor=actor, now=now)
    return _told(uow, risk, now=now)


def snooze(uow: UnitOfWork, risk_id: int, *, hours: int, actor: str, now: datetime, policy: Policy) -> RiskView:
    """Quiet for `hours`; then whoever has not acknowledged is told again."""
    risk = _open_one(uow, risk_id, actor)
    longest = max(policy.escalation.snooze_hours)
    if not 1 <= hours <= longest:
        raise Refused(f"I can snooze a risk for 1 to {longest} hours. Try `/pm snooze #{risk_id} 24h`.")
    risk.snoozed_until = now + timedelta(hours=hours)
    escalations.keep_quiet(uow, risk, policy=policy)
    uow.record(SubjectKind.RISK, risk_id, at=now, actor=actor, note=f"snoozed for {hours} h")
    return _told(uow, risk, now=now)


def hand_off(uow: UnitOfWork, risk_id: int, *, to: str, actor: str, now: datetime, policy: Policy) -> RiskView:
    """Pass it to a named person: they get an escalation of their own, the giver's is acknowledged."""
    risk = _open_one(uow, risk_id, actor)
    rights.require_recipient(uow, to)
    if to == actor:
        raise Refused("That is you. Pick the person who should take it.")
    if to in escalations.told(uow, risk_id):
        raise Refused(f"{person_view(uow, to).name} already has this risk.")
    if not any(quotes_of(uow, SubjectKind.RISK, [risk_id])[risk_id]):
        raise Refused("The message this stood on was deleted: there are no words left to hand over. Close it instead.")
    take_on(uow, risk, actor=actor, now=now, policy=policy)
    risk.held_by = to
    escalations.escalate_to(
        uow,
        risk,
        to,
        role="handed to",
        reason=f"{person_view(uow, actor).name} handed it to you",
        actor=actor,
        now=now,
        policy=policy,
    )
    return _told(uow, risk, now=now)


def find_open(uow: UnitOfWork, name: str | None, *, now: datetime, limit: int = 50) -> tuple[RiskView, ...]:
    """The open risks, newest first; of one partner or account when `name` is given; Refused if unknown."""
    statement = select(Risk).where(col(Risk.closed_at).is_(None)).order_by(col(Risk.last_seen_at).desc()).limit(limit)
    if name:
        statement = statement.where(lookup.about(uow, name, Risk))
    return tuple(view_of(uow, risk, now=now) for risk in uow.session.exec(statement))


def _open_one(uow: UnitOfWork, risk_id: int, actor: str) -> Risk:
    rights.require_member(uow, actor)
    risk = uow.lock(Risk, risk_id)
    if risk is None:
        raise Refused(f"I do not know risk #{risk_id}. `/pm risks` lists the open ones.")
    rights.require_may_settle(uow, actor, risk, told=escalations.told(uow, risk_id) | _handed(uow, risk_id))
    if risk.closed_at is not None:
        raise Refused(_settled_words(uow, risk))
    return risk


def _handed(uow: UnitOfWork, risk_id: int) -> frozenset[str]:
    rows = uow.list(Handoff, risk_id=risk_id, state=HandoffState.ACCEPTED)
    return frozenset(row.assignee for row in rows if row.assignee)


def _close(
    uow: UnitOfWork,
    risk: Risk,
    state: RiskState,
    settled: EscalationState,
    *,
    actor: str,
    now: datetime,
    policy: Policy,
) -> None:
    risk.closed_at = now
    proposals.overtaken(uow, "close_risk", row_id(risk), actor=actor, now=now)
    uow.move(risk, state, actor=actor, at=now, rule=risk.rule, policy_version=policy.version)
    escalations.settle_all(uow, risk, settled, actor=actor, now=now)


def _told(uow: UnitOfWork, risk: Risk, *, now: datetime) -> RiskView:
    escalations.refresh(uow, risk, now=now)
    return view_of(uow, risk, now=now)


def _settled_words(uow: UnitOfWork, risk: Risk) -> str:
    words = {
        RiskState.CONFIRMED: "acknowledged",
        RiskState.MITIGATED: "resolved",
        RiskState.DISMISSED: "marked not a risk",
    }
    events = uow.list(Event, subject_kind=SubjectKind.RISK, subject_id=row_id(risk), to_state=risk.state)
    by = person_view(uow, events[-1].actor).name if events else "somebody"
    return f"Risk #{row_id(risk)} is already {words.get(RiskState(risk.state), risk.state)}, by {by}."
