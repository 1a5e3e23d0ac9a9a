"""The morning digest: one DM with what waits for a person, on working days, only when something does."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from bot.business_time import next_daily, next_working_moment
from bot.desk import commitments, handoffs, hint_views, hints, outgoing, rights
from bot.desk.naming import person_view
from bot.desk.risk_views import view_of
from bot.desk.views import DigestView, RiskView
from bot.policy import Policy
from bot.reading.types import Kind
from models.base import row_id
from models.delivery import Delivery
from models.escalations import Escalation
from models.events import ROBOT
from models.partners import Partner, Person
from models.risks import Commitment, Risk, SubjectKind
from models.states import EscalationState, HintState
from models.store import UnitOfWork

_LIMIT = 15
_AHEAD = timedelta(days=2)  # commitments due by then are listed


def plan_due(uow: UnitOfWork, *, now: datetime, policy: Policy, limit: int = 200) -> int:
    """Queue every digest that is due in this workspace and set the next one. Returns how many people were due."""
    statement = (
        select(Person)
        .where(col(Person.digest_due_at) <= now)
        .order_by(col(Person.digest_due_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    people = uow.session.exec(statement).all()
    for person in people:
        _plan(uow, person, now=now, policy=policy)
    return len(people)


def _plan(uow: UnitOfWork, person: Person, *, now: datetime, policy: Policy) -> None:
    person.digest_due_at = None
    opens = policy.hours.model_copy(update={"start": min(policy.digest.at, policy.hours.start)})
    if next_working_moment(now, person.zone, opens) != now:  # late, after we were down: not at night
        person.digest_due_at = next_daily(now, person.zone, policy.hours, policy.digest.at)
        return
    day = now.astimezone(ZoneInfo(person.zone)).date()
    digest = view(uow, row_id(person), day, now=now)
    if not person.wants_digest:
        return
    if digest is None or not _is_worth_sending(digest):
        _wait_for_the_next_promise(uow, person, day, now=now, policy=policy)
        return
    listed = {
        "day": day.isoformat(),
        SubjectKind.RISK: [risk.id for risk in digest.risks],
        SubjectKind.COMMITMENT: [promise.id for promise in digest.commitments_due],
        SubjectKind.HANDOFF: [handoff.id for handoff in digest.handoffs],
        SubjectKind.HINT: [hint.id for hint in digest.hints],
    }
    outgoing.send(
        uow,
        "digest",
        person.slack_id,
        key=f"digest:{person.slack_id}:{day.isoformat()}",
        subject_kind=SubjectKind.PERSON,
        subject_id=row_id(person),
        now=now,
        params=listed,
    )
    for told in uow.list(Escalation, recipient=person.slack_id, via="digest", state=EscalationState.OPEN):
        row = uow.lock(Escalation, told.id)
        if row is None or row.state != EscalationState.OPEN:
            continue  # settled at this very moment
        uow.move(row, EscalationState.NOTIFIED, actor=ROBOT, at=now, rule=row.rule, policy_version=row.policy_version)
        row.notified_at = now
    hints.mark_listed(uow, [hint.id for hint in digest.hints], now=now)
    person.digest_due_at = next_daily(now, person.zone, policy.hours, policy.digest.at)


def _is_worth_sending(digest: DigestView) -> bool:
    """Something waits, or is newly worth a look: that alone does not come back every morning."""
    waits = digest.risks or digest.commitments_due or digest.handoffs
    return bool(waits) or any(hint.is_new for hint in digest.hints)


def _wait_for_the_next_promise(uow: UnitOfWork, person: Person, day: date, *, now: datetime, policy: Policy) -> None:
    """Nothing waits today. The next new finding starts the digests again, or the next promise that comes due."""
    due_on = commitments.next_due(uow, person.slack_id, day)
    if due_on is not None:
        eve = datetime.combine(due_on - _AHEAD, time(), tzinfo=ZoneInfo(person.zone)) - timedelta(seconds=1)
        person.digest_due_at = next_daily(max(eve, now), person.zone, policy.hours, policy.digest.at)


def view(uow: UnitOfWork, person_id: int, day: date, *, now: datetime) -> DigestView | None:
    """What waits for this person on `day` (their date): open risks of their partners or sent to them, commitments due
    within two days, handoffs; and what is worth a look. None when there is none of it."""
    person = uow.get(Person, person_id)
    if person is None:
        return None
    digest = DigestView(
        person=person_view(uow, person.slack_id),
        day=day,
        risks=_risks(uow, person, now),
        commitments_due=commitments.due_for(uow, person.slack_id, day + _AHEAD, now=now),
        handoffs=handoffs.open_for(uow, person.slack_id),
        hints=hint_views.open_for(uow, person.slack_id),
    )
    return digest if _holds_anything(digest) else None


def as_listed(uow: UnitOfWork, digest: Delivery, *, now: datetime) -> DigestView | None:
    """The items a digest was planned with, as they are now and without what was settled since. Words that were deleted
    can thus be dropped from it later: it never shows what came after it was planned.

    An edit also says how what was worth a look was answered; before the first post None when nothing is left.
    """
    person = uow.get(Person, digest.subject_id)
    if person is None:
        return None
    listed = digest.params
    risks = [uow.get(Risk, number) for number in listed.get(SubjectKind.RISK, ())]
    promises = [uow.get(Commitment, number) for number in listed.get(SubjectKind.COMMITMENT, ())]
    work = [handoffs.view(uow, number) for number in listed.get(SubjectKind.HANDOFF, ())]
    worth_a_look = [hint_views.view(uow, number) for number in listed.get(SubjectKind.HINT, ())]
    shown = DigestView(
        person=person_view(uow, person.slack_id),
        day=date.fromisoformat(listed["day"]),
        risks=tuple(view_of(uow, risk, now=now) for risk in risks if risk and risk.closed_at is None),
        commitments_due=tuple(
            commitments.view_of(uow, promise, now=now) for promise in promises if promise and promise.closed_at is None
        ),
        handoffs=tuple(handoff for handoff in work if handoff and handoff.state in handoffs.UNFINISHED),
        hints=tuple(hint for hint in worth_a_look if hint and (digest.updates or hint.state == HintState.OPEN)),
    )
    return shown if digest.updates or _holds_anything(shown) else None


def _holds_anything(digest: DigestView) -> bool:
    return bool(digest.risks or digest.commitments_due or digest.handoffs or digest.hints)


def _risks(uow: UnitOfWork, person: Person, now: datetime) -> tuple[RiskView, ...]:
    sent = select(Escalation.risk_id).where(Escalation.recipient == person.slack_id, ~col(Escalation.informs))
    managed = select(Partner.id).where(Partner.manager == person.slack_id)
    statement = (
        select(Risk)
        .where(
            col(Risk.closed_at).is_(None),
            col(Risk.id).in_(sent) | col(Risk.partner_id).in_(managed),
            col(Risk.snoozed_until).is_(None) | (col(Risk.snoozed_until) <= now),
        )
        .order_by(col(Risk.last_seen_at).desc())
        .limit(_LIMIT)
    )
    newest_first = uow.session.exec(statement).all()
    pressing = sorted(newest_first, key=lambda risk: (risk.held_by is not None, risk.kind != Kind.RISK))
    return tuple(view_of(uow, risk, now=now) for risk in pressing)


def set_wanted(uow: UnitOfWork, slack_id: str, wanted: bool, *, now: datetime, policy: Policy) -> None:
    """Switch a person's own morning digest on or off; escalations still arrive."""
    person = rights.require_member(uow, slack_id)
    person.wants_digest = wanted
    if wanted:
        outgoing.expect_digest(uow, person, next_daily(now, person.zone, policy.hours, policy.digest.at))
