"""Handoffs: work passed to another role with its evidence, accepted, declined or done by a person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import and_, col, or_, select

from bot.business_time import add_working_hours, end_of_working_day, next_working_moment
from bot.desk import outgoing, recipients, rights
from bot.desk.evidence import attach
from bot.desk.naming import account_name, evidence_views, optional_person_view, partner_name
from bot.desk.recipients import Recipient
from bot.desk.views import HandoffView
from bot.policy import Policy, Route
from bot.reading.types import Finding
from models.base import row_id
from models.escalations import Handoff
from models.events import ROBOT, Event
from models.messages import Message
from models.partners import Account, Channel, Partner, Person
from models.risks import Evidence, Risk, SubjectKind
from models.states import HandoffState as State
from models.store import UnitOfWork

UNFINISHED = (State.OFFERED, State.ACCEPTED)
_SETTLED = (State.DONE, State.CANCELLED)


def offer_for_risk(uow: UnitOfWork, risk: Risk, route: Route, *, now: datetime, policy: Policy) -> Handoff | None:
    """Offer a risk's work to the role of `route`, with the risk's own evidence. None when nobody can take it."""
    quotes = uow.list(Evidence, subject_kind=SubjectKind.RISK, subject_id=row_id(risk))
    handoff = _offer(
        uow,
        key=f"risk:{row_id(risk)}:{route.to}",
        trigger=risk.kind,
        route=route,
        partner_id=risk.partner_id,
        account_id=risk.account_id,
        channel=risk.channel,
        thread_ts=risk.thread_ts,
        rule=risk.rule,
        risk_id=row_id(risk),
        now=now,
        policy=policy,
    )
    if handoff is not None:
        for quote in quotes:
            uow.add(
                Evidence(
                    **quote.model_dump(exclude={"id", "subject_kind", "subject_id"}),
                    subject_kind=SubjectKind.HANDOFF,
                    subject_id=row_id(handoff),
                )
            )
    return handoff


def offer_for_finding(
    uow: UnitOfWork, finding: Finding, message: Message, channel: Channel, *, now: datetime, policy: Policy
) -> Handoff | None:
    """Offer what a referral or SOW sentence asks for; a second such sentence in the thread is more evidence."""
    handoff = of_thread(uow, finding.kind, message)
    if handoff is None:
        for route in policy.routes_for(finding.kind):
            handoff = _offer(
                uow,
                key=_thread_key(finding.kind, message),
                trigger=finding.kind,
                route=route,
                partner_id=channel.partner_id,
                account_id=channel.account_id,
                channel=message.channel,
                thread_ts=message.root_ts,
                rule=finding.rule,
                risk_id=None,
                now=now,
                policy=policy,
            )
    if handoff is not None:
        attach(uow, SubjectKind.HANDOFF, row_id(handoff), message, finding.start, finding.end, finding.quote)
    return handoff


def of_thread(uow: UnitOfWork, kind: str, message: Message) -> Handoff | None:
    """What was offered for a `kind` of sentence in the message's thread."""
    return uow.find(Handoff, key=_thread_key(kind, message))


def _thread_key(kind: str, message: Message) -> str:
    return f"thread:{message.channel}:{message.root_ts}:{kind}"


def _offer(
    uow: UnitOfWork,
    *,
    key: str,
    trigger: str,
    route: Route,
    partner_id: int | None,
    account_id: int | None,
    channel: str,
    thread_ts: str,
    rule: str,
    risk_id: int | None,
    now: datetime,
    policy: Policy,
) -> Handoff | None:
    if uow.find(Handoff, key=key) is not None:
        return None
    recipient = recipients.find(uow, route.to, uow.get(Partner, partner_id), uow.get(Account, account_id))
    if recipient is None:
        return None
    handoff = Handoff(
        workspace_id=uow.workspace_id,
        key=key,
        trigger=trigger,
        to_role=route.to,
        assignee=recipient.person.slack_id,
        state=State.OFFERED,
        risk_id=risk_id,
        partner_id=partner_id,
        account_id=account_id,
        channel=channel,
        thread_ts=thread_ts,
        rule=rule,
        policy_version=policy.version,
        opened_at=now,
        due_at=_deadline(recipient.person, route, now, policy),
    )
    # "Same business day" may wait for the morning; a technical problem may not.
    not_before = next_working_moment(now, recipient.person.zone, policy.hours) if route.same_business_day else now
    return offer(uow, handoff, recipient, actor=ROBOT, now=now, not_before=not_before)


def offer(
    uow: UnitOfWork, handoff: Handoff, recipient: Recipient, *, actor: str, now: datetime, not_before: datetime
) -> Handoff:
    """Store a new handoff and send it to its assignee, the `recipient`."""
    uow.add(handoff)
    uow.record(
        SubjectKind.HANDOFF,
        row_id(handoff),
        at=now,
        actor=actor,
        to_state=handoff.state,
        rule=handoff.rule,
        policy_version=handoff.policy_version,
        note=recipient.why,
    )
    tell(uow, handoff, recipient.person.slack_id, now=now, not_before=not_before)
    return handoff


def _deadline(person: Person, route: Route, now: datetime, policy: Policy) -> datetime:
    by_hours = add_working_hours(now, policy.handoff.accept_within_hours, person.zone, policy.hours)
    return min(by_hours, end_of_working_day(now, person.zone, policy.hours)) if route.same_business_day else by_hours


def tell(
    uow: UnitOfWork,
    handoff: Handoff,
    person: str,
    *,
    now: datetime,
    not_before: datetime | None = None,
    occasion: str = "",
) -> None:
    """Send its card to `person`, once per `occasion`."""
    outgoing.send(
        uow,
        "handoff",
        person,
        key=f"handoff:{row_id(handoff)}:{person}" + (f":{occasion}" if occasion else ""),
        subject_kind=SubjectKind.HANDOFF,
        subject_id=row_id(handoff),
        now=now,
        not_before=not_before,
    )


def fire_due(uow: UnitOfWork, *, now: datetime, policy: Policy, limit: int = 200) -> int:
    """Handoffs nobody accepted in time are told, once, to whoever asked for them, else to the partner's manager.
    Returns how many were due."""
    statement = (
        select(Handoff)
        .where(col(Handoff.due_at) <= now)
        .order_by(col(Handoff.due_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = uow.session.exec(statement).all()
    for handoff in rows:
        with uow.apart(Handoff, handoff.id, "due_at"):
            _fire(uow, handoff, now=now, policy=policy)
    return len(rows)


def _fire(uow: UnitOfWork, handoff: Handoff, *, now: datetime, policy: Policy) -> None:
    handoff.due_at = None
    if handoff.state not in (State.OFFERED, State.DECLINED):
        return
    if handoff.requested_by:
        _back_to_asker(uow, handoff, now=now)
    else:
        _tell_manager(uow, handoff, now=now, policy=policy)


def _back_to_asker(uow: UnitOfWork, handoff: Handoff, *, now: datetime) -> None:
    """Tell whoever asked that nobody answers; of a refusal they heard at once. Where they left, the partner's manager
    takes their place."""
    if not rights.is_member(uow.find(Person, slack_id=handoff.requested_by), uow.workspace_id):
        manager = _manager(uow, handoff)
        if manager is None:
            return
        handoff.requested_by = manager.person.slack_id
    elif handoff.state == State.DECLINED:
        return
    uow.record(SubjectKind.HANDOFF, row_id(handoff), at=now, actor=ROBOT, rule="handoff.unanswered")
    refresh(uow, handoff, now=now)
    tell_requester(uow, handoff, actor=ROBOT, now=now)


def _manager(uow: UnitOfWork, handoff: Handoff) -> Recipient | None:
    partner, account = uow.get(Partner, handoff.partner_id), uow.get(Account, handoff.account_id)
    return recipients.find(uow, "partner_manager", partner, account)


def _tell_manager(uow: UnitOfWork, handoff: Handoff, *, now: datetime, policy: Policy) -> None:
    manager = _manager(uow, handoff)
    if manager is not None:
        unanswered = f"nobody accepted it in {policy.handoff.accept_within_hours} working hours"
        note = "it was declined" if handoff.state == State.DECLINED else unanswered
        uow.record(SubjectKind.HANDOFF, row_id(handoff), at=now, actor=ROBOT, note=note)
        tell(uow, handoff, manager.person.slack_id, now=now)


def tell_requester(uow: UnitOfWork, handoff: Handoff, *, actor: str, now: datetime) -> None:
    """Whoever asked for it hears that it was done, declined or not answered, unless they did that themselves."""
    if handoff.requested_by and handoff.requested_by != actor:
        outgoing.send(
            uow,
            "handoff_answer",
            handoff.requested_by,
            key=f"handoff:{row_id(handoff)}:answer:{handoff.version}",
            subject_kind=SubjectKind.HANDOFF,
            subject_id=row_id(handoff),
            now=now,
        )


def cancel_for_risk(uow: UnitOfWork, risk: Risk, *, actor: str, now: datetime) -> None:
    """A dismissed risk takes its handoffs with it."""
    for handoff in uow.list(Handoff, risk_id=row_id(risk)):
        if handoff.state not in _SETTLED:
            handoff.due_at, handoff.closed_at = None, now
            uow.move(handoff, State.CANCELLED, actor=actor, at=now)


def refresh_for_risk(uow: UnitOfWork, risk: Risk, *, now: datetime) -> None:
    for handoff in uow.list(Handoff, risk_id=row_id(risk)):
        refresh(uow, handoff, now=now)


def refresh(uow: UnitOfWork, handoff: Handoff, *, now: datetime) -> None:
    handoff.version += 1
    outgoing.refresh_cards(uow, SubjectKind.HANDOFF, row_id(handoff), version=handoff.version, now=now)


def refresh_by_id(uow: UnitOfWork, handoff_id: int, *, now: datetime) -> None:
    handoff = uow.lock(Handoff, handoff_id)
    if handoff is not None:
        refresh(uow, handoff, now=now)


def view(uow: UnitOfWork, handoff_id: int) -> HandoffView | None:
    """The handoff as its card shows it; None when it was cancelled before anybody saw it."""
    handoff = uow.get(Handoff, handoff_id)
    if handoff is None:
        return None
    events = uow.list(Event, subject_kind=SubjectKind.HANDOFF, subject_id=handoff_id)
    by_people = [entry for entry in events if entry.actor != ROBOT and entry.to_state == handoff.state]
    offers = [entry.at for entry in events if entry.to_state == State.OFFERED]
    return HandoffView(
        id=handoff_id,
        trigger=handoff.trigger,
        to_role=handoff.to_role,
        state=handoff.state,
        assignee=optional_person_view(uow, handoff.assignee),
        partner=partner_name(uow, handoff.partner_id),
        account=account_name(uow, handoff.account_id),
        evidence=evidence_views(uow, SubjectKind.HANDOFF, handoff_id),
        reason=next((entry.note for entry in reversed(events) if entry.note), ""),
        rule=handoff.rule,
        policy_version=handoff.policy_version,
        due_at=handoff.due_at,
        settled_by=optional_person_view(uow, by_people[-1].actor if by_people else None),
        note=handoff.note,
        requested_by=optional_person_view(uow, handoff.requested_by),
        offered_at=offers[-1] if offers else None,
        version=handoff.version,
    )


def asked_by(uow: UnitOfWork, slack_id: str) -> tuple[HandoffView, ...]:
    """What this person asked of others that is not finished."""
    rows = [row for row in uow.list(Handoff, requested_by=slack_id) if row.state not in _SETTLED]
    views = (view(uow, row_id(row)) for row in rows)
    return tuple(each for each in views if each is not None)


def open_for(uow: UnitOfWork, slack_id: str) -> tuple[HandoffView, ...]:
    """What this person was offered or took on and has not finished."""
    rows = [row for row in uow.list(Handoff, assignee=slack_id) if row.state in UNFINISHED]
    views = (view(uow, row_id(row)) for row in rows)
    return tuple(each for each in views if each is not None)


def waits_for(slack_id: str) -> ColumnElement[bool]:
    """The condition for what this person's mornings name: what they took on, and offers that still run. A request they
    left unanswered is back with whoever asked."""
    runs = or_(col(Handoff.due_at).is_not(None), Handoff.requested_by == "")
    open_to = or_(Handoff.state == State.ACCEPTED, and_(Handoff.state == State.OFFERED, runs))
    return and_(Handoff.assignee == slack_id, open_to)
