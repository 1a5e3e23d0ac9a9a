"""How a risk reaches its people: opened by the policy, sent on a clock, climbing when nobody acknowledges."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.business_time import add_working_hours, next_daily, next_working_moment
from bot.desk import handoffs, outgoing, recipients
from bot.desk.naming import optional_person_view, person_view
from bot.desk.risk_views import view_of
from bot.desk.views import AlertView, EscalationView
from bot.policy import Policy, Route
from models.base import row_id
from models.delivery import Delivery
from models.escalations import Escalation
from models.events import ROBOT, Event
from models.partners import Account, Channel, ChannelKind, Partner, Person
from models.risks import Risk, SubjectKind
from models.states import EscalationState as State
from models.store import UnitOfWork

_LIVE = (State.OPEN, State.NOTIFIED, State.CLIMBED, State.SEND_FAILED)


# Old news: whoever manages the partner finds it in the next digest, nobody is called.
_OLD_NEWS = Route(to="partner_manager", via="digest", informs=True)


def open_for(uow: UnitOfWork, risk: Risk, *, now: datetime, policy: Policy, is_news: bool = True) -> list[Escalation]:
    """Start everything the policy asks for a newly found risk. Nothing happens for a risk of no known partner."""
    partner, account = uow.get(Partner, risk.partner_id), uow.get(Account, risk.account_id)
    if partner is None:
        return []
    opened = []
    for route in policy.routes_for(risk.kind) if is_news else (_OLD_NEWS,):
        if route.via == "handoff":
            handoffs.offer_for_risk(uow, risk, route, now=now, policy=policy)
            continue
        recipient = recipients.find(uow, route.to, partner, account)
        if recipient is None:
            uow.record(SubjectKind.RISK, row_id(risk), at=now, actor=ROBOT, note=f"nobody in the book for {route.to}")
        elif not _was_told(uow, risk, recipient.person.slack_id):
            opened.append(_open(uow, risk, route, recipient, now=now, policy=policy))
    if any(not row.informs and row.via == "dm" and row.due_at is None for row in opened):
        opened += _copy_to_channels(uow, risk, now=now, policy=policy)
    return opened


def _open(
    uow: UnitOfWork, risk: Risk, route: Route, recipient: recipients.Recipient, *, now: datetime, policy: Policy
) -> Escalation:
    person = recipient.person
    row = _add(
        uow,
        risk,
        to_role=route.to,
        recipient=person.slack_id,
        informs=route.informs,
        via=route.via,
        reason=recipient.why,
        rule=f"{risk.kind} → {route.to}",
        now=now,
        policy=policy,
    )
    if route.via == "digest":
        outgoing.expect_digest(uow, person, next_daily(now, person.zone, policy.hours, policy.digest.at))
    elif route.within_hours:
        due = now + timedelta(hours=route.within_hours)
        row.due_at = next_working_moment(due, person.zone, policy.hours)
    else:
        notify(uow, row, now=now)
    return row


def _add(
    uow: UnitOfWork,
    risk: Risk,
    *,
    to_role: str,
    recipient: str,
    reason: str,
    rule: str,
    now: datetime,
    policy: Policy,
    informs: bool = False,
    via: str = "dm",
    level: int = 0,
    actor: str = ROBOT,
) -> Escalation:
    row = uow.add(
        Escalation(
            workspace_id=uow.workspace_id,
            risk_id=row_id(risk),
            to_role=to_role,
            recipient=recipient,
            level=level,
            informs=informs,
            via=via,
            state=State.OPEN,
            reason=reason,
            rule=rule,
            policy_version=policy.version,
            opened_at=now,
        )
    )
    uow.record(
        SubjectKind.ESCALATION,
        row_id(row),
        at=now,
        actor=actor,
        to_state=State.OPEN,
        rule=rule,
        policy_version=policy.version,
    )
    return row


def _copy_to_channels(uow: UnitOfWork, risk: Risk, *, now: datetime, policy: Policy) -> list[Escalation]:
    """Internal channels the book names for escalations get a copy of what goes out at once."""
    copies = []
    for channel in uow.list(Channel, kind=ChannelKind.INTERNAL):
        if "escalations" in channel.receives and not channel.is_archived:
            row = _add(
                uow,
                risk,
                to_role="channel",
                recipient=channel.slack_id,
                informs=True,
                via="channel",
                reason="this channel receives escalations",
                rule=f"{risk.kind} → channel",
                now=now,
                policy=policy,
            )
            notify(uow, row, now=now)
            copies.append(row)
    return copies


def notify(uow: UnitOfWork, row: Escalation, *, now: datetime, occasion: str = "") -> None:
    """Queue the card. The clock for climbing starts when it has really been posted (`delivered`)."""
    row.due_at = None
    key = f"escalation:{row_id(row)}" + (f":{occasion}" if occasion else "")
    outgoing.send(
        uow, "escalation", row.recipient, key=key, subject_kind=SubjectKind.ESCALATION, subject_id=row_id(row), now=now
    )


def delivered(uow: UnitOfWork, delivery: Delivery, *, now: datetime, policy: Policy) -> None:
    """An escalation card was posted: the recipient's time to acknowledge begins."""
    row = _awaiting(uow, delivery)
    if row is None:
        return
    if row.state == State.OPEN:
        uow.move(row, State.NOTIFIED, actor=ROBOT, at=now, rule=row.rule, policy_version=row.policy_version)
    row.notified_at = now
    if not row.informs:
        zone = person_view(uow, row.recipient).zone
        row.due_at = add_working_hours(now, policy.escalation.acknowledge_within_hours, zone, policy.hours)


def delivery_failed(uow: UnitOfWork, delivery: Delivery, *, now: datetime, policy: Policy) -> None:
    """An escalation could not be delivered at all: say so in its state and go to the next manager at once."""
    row = _awaiting(uow, delivery)
    if row is None:
        return
    uow.move(row, State.SEND_FAILED, actor=ROBOT, at=now, rule=row.rule, policy_version=row.policy_version)
    if not row.informs:
        name = person_view(uow, row.recipient).name
        _climb(uow, row, reason=f"it could not be delivered to {name}", now=now, policy=policy)


def _awaiting(uow: UnitOfWork, delivery: Delivery) -> Escalation | None:
    """The escalation whose card a delivery was, taken, if that card is still what it waits for."""
    row = uow.get(Escalation, delivery.subject_id) if delivery.card == "escalation" else None
    if row is None or delivery.updates is not None:
        return None
    uow.lock(Risk, row.risk_id)
    row = uow.lock(Escalation, row.id)
    return row if row is not None and row.state in (State.OPEN, State.NOTIFIED) else None


def fire_due(uow: UnitOfWork, *, now: datetime, policy: Policy, limit: int = 200) -> int:
    """Do what is due in this workspace: first notices, wake-ups after a snooze, climbs. Returns how many rows.

    A risk somebody is at this moment is left for the next pulse.
    """
    statement = (
        select(Escalation.id, Escalation.risk_id)
        .where(col(Escalation.due_at) <= now)
        .order_by(col(Escalation.due_at))
        .limit(limit)
    )
    fired = 0
    for escalation_id, risk_id in uow.session.exec(statement).all():
        with uow.apart(Escalation, escalation_id, "due_at"):
            risk = uow.lock(Risk, risk_id, wait=False)
            row = uow.lock(Escalation, escalation_id) if risk else None
            if risk and row and row.due_at is not None and row.due_at <= now:
                _fire(uow, row, risk, now=now, policy=policy)
                fired += 1
    return fired


def _fire(uow: UnitOfWork, row: Escalation, risk: Risk, *, now: datetime, policy: Policy) -> None:
    if risk.closed_at is not None:
        row.due_at = None
    elif risk.snoozed_until is not None and risk.snoozed_until > now:
        row.due_at = next_working_moment(risk.snoozed_until, person_view(uow, row.recipient).zone, policy.hours)
    elif row.state == State.OPEN:
        notify(uow, row, now=now)
    elif risk.snoozed_until and row.notified_at and row.notified_at < risk.snoozed_until:
        notify(uow, row, now=now, occasion=f"wake:{risk.snoozed_until:%Y%m%dT%H%M%S}")
    else:
        name = person_view(uow, row.recipient).name
        hours = policy.escalation.acknowledge_within_hours
        _climb(uow, row, reason=f"{name} has not acknowledged it in {hours} working hours", now=now, policy=policy)


def _climb(uow: UnitOfWork, row: Escalation, *, reason: str, now: datetime, policy: Policy) -> None:
    """Pass it to the recipient's manager, unless the line or the policy's levels end, or they know already."""
    row.due_at = None
    above = next_manager(uow, row, policy)
    risk = uow.get(Risk, row.risk_id)
    if above is None or risk is None or _was_told(uow, risk, above.slack_id):
        return
    if row.state == State.NOTIFIED:
        uow.move(row, State.CLIMBED, actor=ROBOT, at=now, rule=row.rule, policy_version=policy.version)
    higher = _add(
        uow,
        risk,
        to_role="manager",
        recipient=above.slack_id,
        level=row.level + 1,
        reason=reason,
        rule=row.rule,
        now=now,
        policy=policy,
    )
    notify(uow, higher, now=now)
    _edit(uow, row, risk, now)


def next_manager(uow: UnitOfWork, row: Escalation, policy: Policy) -> Person | None:
    """Who an unanswered escalation climbs to, or None at the end of the line."""
    person = uow.find(Person, slack_id=row.recipient)
    if person is None or row.informs or row.level >= policy.escalation.climb_levels:
        return None
    return next(recipients.managers_above(uow, person), None)


def escalate_to(
    uow: UnitOfWork, risk: Risk, recipient: str, *, role: str, reason: str, actor: str, now: datetime, policy: Policy
) -> Escalation:
    """A person sends the risk to somebody: that person gets the card, with a clock of their own."""
    row = _add(
        uow,
        risk,
        to_role=role,
        recipient=recipient,
        reason=reason,
        rule=f"{risk.kind} → by hand",
        actor=actor,
        now=now,
        policy=policy,
    )
    notify(uow, row, now=now)
    return row


def _climbs_to(uow: UnitOfWork, row: Escalation, risk: Risk, policy: Policy) -> Person | None:
    """Who it went on to, or will go to when it stays unanswered."""
    if row.state not in (State.OPEN, State.NOTIFIED, State.CLIMBED):
        return None
    above = next_manager(uow, row, policy)
    if above is not None and row.state != State.CLIMBED and _was_told(uow, risk, above.slack_id):
        return None
    return above


def _was_told(uow: UnitOfWork, risk: Risk, slack_id: str) -> bool:
    return uow.find(Escalation, risk_id=row_id(risk), recipient=slack_id) is not None


def _edit(uow: UnitOfWork, row: Escalation, risk: Risk, now: datetime) -> None:
    risk.version += 1
    outgoing.refresh_cards(uow, SubjectKind.ESCALATION, row_id(row), version=risk.version, now=now)


def settle_all(uow: UnitOfWork, risk: Risk, to_state: State, *, actor: str, now: datetime) -> None:
    """Acknowledging settles what people were told; closing (RESOLVED, CANCELLED) settles everything still open."""
    acknowledging = to_state == State.ACKED
    live = (State.NOTIFIED, State.CLIMBED, State.SEND_FAILED) if acknowledging else (*_LIVE, State.ACKED)
    for row in uow.list(Escalation, risk_id=row_id(risk)):
        if row.state in live and not (acknowledging and row.informs):
            uow.move(row, to_state, actor=actor, at=now, rule=row.rule, policy_version=row.policy_version)
        if row.state in (State.ACKED, State.RESOLVED, State.CANCELLED):
            row.due_at = None


def keep_quiet(uow: UnitOfWork, risk: Risk, *, policy: Policy) -> None:
    """The risk was snoozed: whoever has not answered is told again afterwards, in their working hours."""
    assert risk.snoozed_until is not None
    for row in uow.list(Escalation, risk_id=row_id(risk)):
        if row.informs or row.state not in (State.OPEN, State.NOTIFIED):
            continue
        zone = person_view(uow, row.recipient).zone
        wakes_at = next_working_moment(risk.snoozed_until, zone, policy.hours)
        first_notice = row.due_at if row.state == State.OPEN else None
        row.due_at = max(wakes_at, first_notice or wakes_at)


def awaits(uow: UnitOfWork, risk_id: int, slack_id: str) -> bool:
    """Whether this person was told of the risk and has not answered."""
    rows = uow.list(Escalation, risk_id=risk_id, recipient=slack_id)
    return any(row.state in (State.NOTIFIED, State.CLIMBED, State.SEND_FAILED) and not row.informs for row in rows)


def told(uow: UnitOfWork, risk_id: int) -> frozenset[str]:
    """The user ids this risk was or will be sent to."""
    return frozenset(row.recipient for row in uow.list(Escalation, risk_id=risk_id))


def refresh(uow: UnitOfWork, risk: Risk, *, now: datetime) -> None:
    """The risk changed visibly: edit every card about it."""
    risk.version += 1
    for row in uow.list(Escalation, risk_id=row_id(risk)):
        outgoing.refresh_cards(uow, SubjectKind.ESCALATION, row_id(row), version=risk.version, now=now)
    handoffs.refresh_for_risk(uow, risk, now=now)


def view(uow: UnitOfWork, escalation_id: int, *, now: datetime, policy: Policy) -> EscalationView | None:
    """One recipient's card; None when there is nothing to tell any more (closed before it was ever sent)."""
    row = uow.get(Escalation, escalation_id)
    risk = uow.get(Risk, row.risk_id) if row else None
    if row is None or risk is None:
        return None
    if row.notified_at is None and row.state in (State.RESOLVED, State.CANCELLED):
        return None
    settled = _settled_by(uow, row)
    climbs = _climbs_to(uow, row, risk, policy)
    climbs_at = row.due_at if climbs and row.state == State.NOTIFIED else None
    if climbs and climbs_at is None and row.state in (State.OPEN, State.NOTIFIED):
        # Composed before it is posted, for the first time or after a snooze: its clock starts with the post.
        zone = person_view(uow, row.recipient).zone
        climbs_at = add_working_hours(now, policy.escalation.acknowledge_within_hours, zone, policy.hours)
    return EscalationView(
        id=row_id(row),
        risk=view_of(uow, risk, now=now),
        recipient=person_view(uow, row.recipient),
        to_role=row.to_role,
        level=row.level,
        state=row.state,
        informs=row.informs,
        reason=row.reason,
        rule=row.rule,
        climbs_at=climbs_at,
        climbs_to=optional_person_view(uow, climbs.slack_id if climbs else None),
        settled_by=optional_person_view(uow, settled.actor if settled else None),
        settled_at=settled.at if settled else None,
    )


def _settled_by(uow: UnitOfWork, row: Escalation) -> Event | None:
    events = uow.list(Event, subject_kind=SubjectKind.ESCALATION, subject_id=row_id(row))
    settled = [e for e in events if e.actor != ROBOT and e.to_state in (State.ACKED, State.RESOLVED, State.CANCELLED)]
    return settled[-1] if settled else None


def alert(uow: UnitOfWork, delivery_id: int, *, now: datetime) -> AlertView | None:
    """What could finally not be delivered, for the person who has to know."""
    delivery = uow.get(Delivery, delivery_id)
    if delivery is None:
        return None
    row = uow.get(Escalation, delivery.subject_id) if delivery.card == "escalation" else None
    risk = uow.get(Risk, row.risk_id) if row else None
    channel = uow.find(Channel, slack_id=delivery.target)
    return AlertView(
        delivery_id=delivery_id,
        card=delivery.card,
        target=f"#{channel.name}" if channel and channel.name else person_view(uow, delivery.target).name,
        error=delivery.error,
        risk=view_of(uow, risk, now=now) if risk else None,
    )
