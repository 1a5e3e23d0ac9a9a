"""What time does to business reviews: the next one of every active partner, the pack a week before, overdue ones, and
what a person is reminded of in the morning.

A partner has one open review at a time. The next is made when one is closed or skipped, the first by the clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from sqlmodel import col, func, or_, select

from bot.business_time import add_working_days
from bot.desk import outgoing, qbr_pack
from bot.desk.agenda import Agenda, AgendaItem, Morning
from bot.desk.naming import person_view
from bot.desk.qbr_periods import complete_before, due_after, following, period_of
from bot.language.slots.periods import Period
from bot.policy import Policy
from bot.recurrence import moment
from models.base import row_id
from models.calendar import Qbr
from models.events import ROBOT
from models.partners import Partner, PartnerStatus
from models.risks import SubjectKind
from models.states import QbrState as State
from models.store import UnitOfWork

REVIEWED = (PartnerStatus.ACTIVE, PartnerStatus.STRATEGIC, PartnerStatus.AT_RISK_REVIEW)
_LEFT = (PartnerStatus.OFFBOARDING, PartnerStatus.EXITED)
_PREPARED_BEFORE = timedelta(days=7)


def months(partner: Partner, policy: Policy) -> int:
    """How many months a partner of this tier goes between reviews."""
    return policy.tier(partner.tier).qbr_months


def zone_of(uow: UnitOfWork, row: Qbr) -> str:
    """Where its days are counted: as scheduled, else its owner's zone."""
    return row.zone or (person_view(uow, row.owner).zone if row.owner else "UTC")


def local_day(now: datetime, zone: str) -> date:
    return now.astimezone(ZoneInfo(zone)).date()


def next_at(uow: UnitOfWork, row: Qbr, policy: Policy) -> datetime | None:
    """When something happens to it by itself: its pack is made, or it is overdue. UTC; None when nothing does."""
    if row.state not in (State.DUE, State.SCHEDULED, State.PREPARED):
        return None
    last = max(row.due_on, row.on) if row.on else row.due_on
    overdue = moment(last + timedelta(days=policy.qbr.overdue_days + 1), time(), zone_of(uow, row)).astimezone(UTC)
    if row.state == State.SCHEDULED and row.starts_at is not None:
        return min(overdue, row.starts_at - _PREPARED_BEFORE)
    return overdue


def add(
    uow: UnitOfWork, partner: Partner, period: Period, due_on: date, *, actor: str, now: datetime, policy: Policy
) -> Qbr:
    """A new review of `partner` (taken), due on that day."""
    row = Qbr(
        workspace_id=uow.workspace_id,
        partner_id=row_id(partner),
        label=period.label,
        covers_from=period.start,
        covers_to=period.end,
        due_on=due_on,
        owner=partner.manager,
        state=State.DUE,
        minutes=policy.qbr.minutes,
        policy_version=policy.version,
    )
    row.next_at = next_at(uow, row, policy)
    uow.add(row)
    uow.record(SubjectKind.QBR, row_id(row), at=now, actor=actor, to_state=row.state, policy_version=policy.version)
    return row


def plan_next(
    uow: UnitOfWork, partner: Partner, base: date, today: date, *, actor: str, now: datetime, policy: Policy
) -> Qbr:
    """The review after `base` (a day), by the tier's cadence, on a working day; never due before `today`."""
    zone = person_view(uow, partner.manager).zone if partner.manager else "UTC"
    due_on = due_after(base, months(partner, policy), not_before=today)
    due_on = add_working_days(due_on, 0, zone, policy.hours)
    return add(uow, partner, next_period(uow, partner, due_on, policy), due_on, actor=actor, now=now, policy=policy)


def next_period(uow: UnitOfWork, partner: Partner, due_on: date, policy: Policy) -> Period:
    """What a review due on that day looks back on: the newest period that is over, after those reviewed already."""
    length, starts = months(partner, policy), policy.fiscal.year_starts
    period = complete_before(due_on, length, starts)
    reviewed = uow.session.exec(select(func.max(Qbr.covers_to)).where(Qbr.partner_id == partner.id)).one()
    if reviewed is not None and period.start < reviewed:
        period = period_of(reviewed, length, starts)
        if period.start < reviewed:
            period = following(period, starts)
    return period


def move(uow: UnitOfWork, row: Qbr, state: State, *, actor: str, now: datetime, policy: Policy, note: str = "") -> None:
    """Change its state and set its clock anew."""
    uow.move(row, state, actor=actor, at=now, policy_version=policy.version, note=note)
    changed(uow, row, now=now, policy=policy)


def changed(uow: UnitOfWork, row: Qbr, *, now: datetime, policy: Policy) -> None:
    """Something visible changed: set its clock anew and edit what was posted about it."""
    row.next_at = next_at(uow, row, policy)
    row.version += 1
    outgoing.refresh_cards(uow, SubjectKind.QBR, row_id(row), version=row.version, now=now)


def prepare(uow: UnitOfWork, row: Qbr, partner: Partner, *, now: datetime, policy: Policy) -> None:
    """Store its figures as they are now."""
    period = Period(row.covers_from, row.covers_to, row.label)
    row.pack = qbr_pack.dumped(qbr_pack.compute(uow, partner, period, now=now, policy=policy))
    row.prepared_at = now


def fire_due(uow: UnitOfWork, *, now: datetime, policy: Policy, limit: int = 50) -> int:
    """Make packs and first reviews, and name what is overdue. Returns how many reviews were touched."""
    due = select(Qbr.id).where(col(Qbr.next_at) <= now).order_by(col(Qbr.next_at), col(Qbr.id)).limit(limit)
    numbers = uow.session.exec(due).all()
    for number in numbers:
        with uow.apart(Qbr, number):
            row = uow.lock(Qbr, number, wait=False)
            if row is not None and row.next_at is not None and row.next_at <= now:
                _pass(uow, row, now=now, policy=policy)
    return len(numbers) + _first(uow, now=now, policy=policy, limit=limit) + _follow_managers(uow, now=now, limit=limit)


def _pass(uow: UnitOfWork, row: Qbr, *, now: datetime, policy: Policy) -> None:
    partner = uow.get(Partner, row.partner_id)
    assert partner is not None
    if partner.status in _LEFT:
        row.closed_at, row.closed_by = now, ROBOT
        row.reason = f"the partner is {partner.status}"
        move(uow, row, State.SKIPPED, actor=ROBOT, now=now, policy=policy, note=row.reason)
        return
    overdue = row.state != State.SCHEDULED or row.starts_at is None or row.starts_at + timedelta(days=1) < now
    if overdue:
        move(uow, row, State.OVERDUE, actor=ROBOT, now=now, policy=policy)
        return
    prepare(uow, row, partner, now=now, policy=policy)
    move(uow, row, State.PREPARED, actor=ROBOT, now=now, policy=policy)


def _first(uow: UnitOfWork, *, now: datetime, policy: Policy, limit: int) -> int:
    """The next review of active partners that have none to come."""
    is_open = select(Qbr.id).where(Qbr.partner_id == col(Partner.id), col(Qbr.closed_at).is_(None)).exists()
    without = (
        select(Partner.id).where(col(Partner.status).in_(REVIEWED), ~is_open).order_by(col(Partner.id)).limit(limit)
    )
    numbers = uow.session.exec(without).all()
    for number in numbers:
        with uow.apart(Partner, number, ""):
            partner = uow.lock(Partner, number, wait=False)
            if partner is None or uow.session.exec(select(Qbr.id).where(Qbr.partner_id == number, is_open)).first():
                continue
            today = local_day(now, person_view(uow, partner.manager).zone if partner.manager else "UTC")
            last = uow.session.exec(select(func.max(Qbr.due_on)).where(Qbr.partner_id == number)).one()
            base = last or partner.agreement_starts or today
            plan_next(uow, partner, min(base, today), today, actor=ROBOT, now=now, policy=policy)
    return len(numbers)


def _follow_managers(uow: UnitOfWork, *, now: datetime, limit: int) -> int:
    """A review is its partner's manager's, whoever that is by now."""
    statement = (
        select(Qbr, Partner.manager)
        .join(Partner, col(Partner.id) == Qbr.partner_id)
        .where(
            col(Qbr.closed_at).is_(None),
            col(Partner.manager).is_not(None),
            or_(col(Qbr.owner).is_(None), col(Qbr.owner) != col(Partner.manager)),
        )
        .limit(limit)
        .with_for_update(of=Qbr, skip_locked=True)
    )
    found = uow.session.exec(statement).all()
    for row, manager in found:
        row.owner = manager
        note = "it goes with the partner to its new manager"
        uow.record(SubjectKind.QBR, row_id(row), at=now, actor=ROBOT, note=note)
    return len(found)


def agenda(uow: UnitOfWork, morning: Morning, *, policy: Policy, limit: int = 20) -> Agenda:
    """The reviews this person is to arrange, hold or close, and those they are to come to, the most pressing first.

    Named so many days before (policy.qbr.remind_days), on the day, and daily while it is late.
    """
    remind_days = policy.qbr.remind_days
    upto = morning.day + timedelta(days=max(remind_days))
    comes = col(Qbr.on).between(morning.day, upto)
    presses = (col(Qbr.owner) == morning.person) & (func.coalesce(Qbr.on, Qbr.due_on) <= upto)
    statement = (
        select(Qbr, Partner.name)
        .join(Partner, col(Partner.id) == Qbr.partner_id)
        .where(
            col(Qbr.closed_at).is_(None),
            col(Partner.status).not_in(_LEFT),
            or_(presses, comes),
        )
        .order_by(col(Qbr.due_on), col(Qbr.id))
    )
    items = [
        item
        for row, partner in uow.session.exec(statement)
        if not morning.is_quiet(SubjectKind.QBR, row_id(row)) and (item := _item(row, partner, morning, remind_days))
    ]
    items.sort(key=lambda item: (item.due_on or date.max, item.id))
    return Agenda(tuple(items[:limit]), max(0, len(items) - limit))


def _item(row: Qbr, partner: str, morning: Morning, remind_days: Sequence[int]) -> AgendaItem | None:
    """What this morning says of one review; None when it is not named today."""
    is_owner = row.owner == morning.person
    if not (is_owner or morning.person in row.attendees):
        return None
    name = partner.replace('"', "'")
    day, words, request = row.due_on, f"Schedule the QBR of {row.label}", f'schedule QBR with "{name}"'
    note, step = f"due {row.due_on:%a} {row.due_on.day} {row.due_on:%b}", "schedule"
    if row.state == State.HELD and row.held_at is not None:
        day, words, note = (
            local_day(row.held_at, row.zone or "UTC"),
            f"Close the QBR of {row.label}",
            "actions and next date",
        )
        request, step = f'close QBR with "{name}"', "close"
    elif row.on is not None and row.at is not None:
        is_past = row.on < morning.day
        day, note = row.on, f"{row.on:%a} {row.on.day} {row.on:%b} {row.at:%H:%M}"
        words = f"Was the QBR of {row.label} held?" if is_past else f"QBR of {row.label}"
        request = f'hold QBR with "{name}"' if is_past else f'run QBR for "{name}"'
        step = "hold" if is_past else ""
    elif row.state == State.OVERDUE:
        note = f"overdue since {row.due_on:%a} {row.due_on.day} {row.due_on:%b}"
    if not is_owner and day < morning.day:
        return None
    upto, ranges = morning.due_days(remind_days)
    is_due = day <= upto and not (row.state == State.HELD and day == morning.day)
    if is_due or any(after < day <= until for after, until in ranges):
        return AgendaItem(SubjectKind.QBR, row_id(row), words, partner, day, note, request, step)
    return None


def one_year_on(day: date) -> date:
    """The furthest day a review can be set for."""
    return day + relativedelta(years=1)
