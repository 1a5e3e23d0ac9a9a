"""What registrations put before a person in the morning, and what waits for their decision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import and_, col, or_, select

from bot.desk import approval_chain
from bot.desk.agenda import Agenda, AgendaItem, Morning
from bot.desk.naming import person_view
from bot.policy import Policy
from models.base import row_id
from models.deals import ApprovalStep, ConflictCase, DealRegistration
from models.delivery import Delivery
from models.partners import Partner
from models.risks import SubjectKind
from models.states import ConflictState
from models.states import RegistrationState as State
from models.store import UnitOfWork


def agenda(uow: UnitOfWork, morning: Morning, *, policy: Policy, limit: int) -> Agenda:
    """Protection of this person's partners that ends soon (policy.registration.expiry_notice_days), conflict cases they
    own, and what was returned to them; the soonest first."""
    items = [*_cases(uow, morning), *_ending(uow, morning, policy), *_returned(uow, morning)]
    heard = [item for item in items if not morning.is_quiet(item.kind, item.id)]
    heard.sort(key=lambda item: (item.due_on or date.max, item.kind, item.id))
    return Agenda(tuple(heard[:limit]), max(0, len(heard) - limit))


def _ending(uow: UnitOfWork, morning: Morning, policy: Policy) -> list[AgendaItem]:
    today, ranges = morning.due_days(policy.registration.expiry_notice_days)
    until = col(DealRegistration.protected_until)
    soon = [and_(until > after, until <= up_to) for after, up_to in ranges]
    statement = (
        select(DealRegistration, Partner)
        .join(Partner, col(Partner.id) == col(DealRegistration.partner_id))
        .where(
            Partner.manager == morning.person,
            DealRegistration.state == State.APPROVED,
            col(DealRegistration.closed_at).is_(None),
            or_(until == today, *soon),
        )
    )
    return [
        AgendaItem(
            SubjectKind.DEAL_REGISTRATION,
            row_id(row),
            f"The protection of {row.account_name} (#{row_id(row)}) ends",
            partner.name,
            row.protected_until,
            note=f"extended {row.extensions} of {policy.registration.extensions} times",
            request=f"extend deal #{row_id(row)}" if row.extensions < policy.registration.extensions else _show(row),
        )
        for row, partner in uow.session.exec(statement).all()
    ]


def _returned(uow: UnitOfWork, morning: Morning) -> list[AgendaItem]:
    """What this person submitted and has to complete: named the morning after, and a week later."""
    statement = (
        select(DealRegistration, Partner)
        .join(Partner, col(Partner.id) == col(DealRegistration.partner_id))
        .where(DealRegistration.submitted_by == morning.person, DealRegistration.state == State.RETURNED)
    )
    items = []
    for row, partner in uow.session.exec(statement).all():
        since = row.decided_at.date() if row.decided_at else morning.day
        if any(morning.previous <= since + timedelta(days=n) < morning.day for n in (0, 7)):
            title = f"{row.account_name} (#{row_id(row)}) was returned: complete it and send it again"
            items.append(
                AgendaItem(SubjectKind.DEAL_REGISTRATION, row_id(row), title, partner.name, None, request=_show(row))
            )
    return items


def _cases(uow: UnitOfWork, morning: Morning) -> list[AgendaItem]:
    statement = (
        select(ConflictCase, DealRegistration, Partner)
        .join(DealRegistration, col(DealRegistration.id) == col(ConflictCase.registration_id))
        .join(Partner, col(Partner.id) == col(DealRegistration.partner_id))
        .where(
            ConflictCase.owner == morning.person,
            col(ConflictCase.closed_at).is_(None),
            col(ConflictCase.state).in_([ConflictState.OPEN, ConflictState.TRIAGED, ConflictState.INVESTIGATING]),
        )
    )
    zone = ZoneInfo(person_view(uow, morning.person).zone)
    return [
        AgendaItem(
            SubjectKind.CONFLICT_CASE,
            row_id(case),
            f"Conflict about {row.account_name} (#{row_id(row)}) is to be decided",
            partner.name,
            case.next_at.astimezone(zone).date() if case.next_at else None,
            note=f"rule {case.rule.partition('.')[0]}, {case.state}",
            request=_show(row),
        )
        for case, row, partner in uow.session.exec(statement).all()
    ]


def decisions(uow: UnitOfWork, morning: Morning) -> tuple[AgendaItem, ...]:
    """Approvals that wait for this person, the soonest due first; never snoozed."""
    zone = ZoneInfo(person_view(uow, morning.person).zone)
    waiting = approval_chain.waiting_for(uow, morning.person)
    if morning.is_sent:
        told = _told_apart(uow, [step for step, _ in waiting], morning, zone)
        waiting = [(step, row) for step, row in waiting if row_id(step) not in told]
    ids = {row.partner_id for _, row in waiting}
    named = select(Partner.id, Partner.name).where(col(Partner.id).in_(ids))
    partners = dict(uow.session.exec(named).all()) if waiting else {}
    return tuple(
        AgendaItem(
            SubjectKind.APPROVAL_STEP,
            row_id(step),
            f"Approve or reject {row.account_name} (#{row_id(row)}), {row.currency} {row.value:,.0f}",
            partners.get(row.partner_id, ""),
            _day(step.due_at, zone),
            request=_show(row),
            step="decide",
        )
        for step, row in waiting
    )


def _told_apart(uow: UnitOfWork, steps: Sequence[ApprovalStep], morning: Morning, zone: ZoneInfo) -> set[int]:
    """The steps about which a message of its own reaches this person on that day: they were just asked, or the warning
    comes."""
    days = {
        row_id(step): {_day(step.next_at, zone)}
        for step in steps
        if step.warned_at is None and step.next_at != step.due_at
    }
    its = select(Delivery.subject_id, Delivery.not_before, Delivery.sent_at).where(
        Delivery.subject_kind == SubjectKind.APPROVAL_STEP,
        col(Delivery.subject_id).in_([row_id(step) for step in steps]),
        Delivery.target == morning.person,
        col(Delivery.updates).is_(None),
    )
    for number, not_before, sent_at in uow.session.exec(its).all():
        days.setdefault(number, set()).add(_day(sent_at or not_before, zone))
    return {number for number, on in days.items() if morning.day in on}


def _day(moment: datetime | None, zone: ZoneInfo) -> date | None:
    return moment.astimezone(zone).date() if moment else None


def _show(row: DealRegistration) -> str:
    return f"deal #{row_id(row)}"
