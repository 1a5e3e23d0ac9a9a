"""What time and the partner book do to renewals: a row for every agreement term that ends soon, its tasks, its stages,
and what the owner is reminded of in the morning.

A term that ends in `policy.renewal.notice_days[0]` days or less has a row. When the book moves the end of a term, its
open row follows; the day after the end, one that nobody decided has lapsed.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import and_, col, or_, select

from bot.business_time import add_working_days, is_working_day
from bot.desk import actions, outgoing
from bot.desk.actions import Agreed
from bot.desk.agenda import Agenda, AgendaItem, Morning
from bot.desk.naming import person_view
from bot.policy import Policy
from bot.recurrence import moment
from models.base import row_id
from models.calendar import ActionItem, Renewal
from models.events import ROBOT
from models.partners import Partner, PartnerStatus
from models.risks import SubjectKind
from models.states import ActionState
from models.states import RenewalState as State
from models.store import UnitOfWork

STAGES = (State.UPCOMING, State.PREPARING, State.NEGOTIATING)
UNDECIDED = "nobody said what was decided"
_CATCH_UP_DAYS = 2  # working days for each task that should have been done before anybody knew of the term
_LEFT = "the partner left"
_MOVED = "the end of the term was moved in the partner book"


def zone_of(uow: UnitOfWork, partner: Partner) -> str:
    """Where the days of its agreement are counted: its manager's zone."""
    return person_view(uow, partner.manager).zone if partner.manager else "UTC"


def local_day(now: datetime, zone: str) -> date:
    return now.astimezone(ZoneInfo(zone)).date()


def stage(ends_on: date, today: date, policy: Policy) -> State:
    """How far the preparation of a term that ends on that day should be."""
    _, preparing, negotiating, _ = policy.renewal.notice_days
    left = (ends_on - today).days
    return State.NEGOTIATING if left <= negotiating else State.PREPARING if left <= preparing else State.UPCOMING


def open_row(uow: UnitOfWork, partner_id: int) -> Renewal | None:
    """The renewal of a partner nobody has decided on yet."""
    statement = select(Renewal).where(Renewal.partner_id == partner_id, col(Renewal.closed_at).is_(None))
    return uow.session.exec(statement).first()


def add(
    uow: UnitOfWork, partner: Partner, ends_on: date, *, actor: str, now: datetime, policy: Policy,
    with_tasks: bool = True,
) -> Renewal:  # fmt: skip
    """A new renewal of `partner` (taken), with its tasks."""
    row = Renewal(
        workspace_id=uow.workspace_id,
        partner_id=row_id(partner),
        ends_on=ends_on,
        owner=partner.manager,
        state=State.UPCOMING,
        policy_version=policy.version,
    )
    uow.add(row)
    uow.record(SubjectKind.RENEWAL, row_id(row), at=now, actor=actor, to_state=row.state, policy_version=policy.version)
    zone = zone_of(uow, partner)
    due = _due_days(ends_on, local_day(now, zone), zone, policy)
    for task in policy.renewal.tasks if with_tasks else ():
        agreed = Agreed(task.title, owner=partner.manager or "", due_on=due[task.key])
        actions.add(
            uow, SubjectKind.RENEWAL, row_id(row), row_id(partner), agreed, actor=ROBOT, now=now, policy=policy,
            key=task.key,
        )  # fmt: skip
    advance(uow, row, stage(ends_on, local_day(now, zone), policy), actor=actor, now=now, policy=policy)
    row.next_at = next_at(row, now, zone, policy)
    return row


def advance(uow: UnitOfWork, row: Renewal, to: State, *, actor: str, now: datetime, policy: Policy) -> None:
    """Go forward to the stage `to`, one after the other; nothing when it is there or beyond."""
    for each in STAGES[STAGES.index(State(row.state)) + 1 : STAGES.index(to) + 1]:
        move(uow, row, each, actor=actor, now=now, policy=policy)


def move(
    uow: UnitOfWork, row: Renewal, state: State, *, actor: str, now: datetime, policy: Policy, note: str = ""
) -> None:
    """Change its state and edit what was posted about it."""
    uow.move(row, state, actor=actor, at=now, policy_version=policy.version, note=note)
    row.version += 1
    outgoing.refresh_cards(uow, SubjectKind.RENEWAL, row_id(row), version=row.version, now=now)


def close(
    uow: UnitOfWork, row: Renewal, state: State, *, actor: str, now: datetime, policy: Policy, reason: str = ""
) -> None:
    """It is decided (or nobody did in time): what was left to do for it is dropped."""
    row.closed_at, row.closed_by, row.next_at, row.reason = now, actor, None, reason
    move(uow, row, state, actor=actor, now=now, policy=policy, note=reason)
    note = f"the renewal is {state}"
    actions.drop_open(uow, SubjectKind.RENEWAL, row_id(row), actor=actor, now=now, policy=policy, note=note)


def next_at(row: Renewal, now: datetime, zone: str, policy: Policy) -> datetime | None:
    """When something happens to an open one by itself: its next stage, or the day after its end. UTC."""
    _, preparing, negotiating, _ = policy.renewal.notice_days
    days = [row.ends_on - timedelta(days=preparing), row.ends_on - timedelta(days=negotiating)]
    lapses = moment(row.ends_on + timedelta(days=1), time(), zone).astimezone(UTC)
    moments = [moment(day, time(), zone).astimezone(UTC) for day in days]
    return min((each for each in moments if each > now), default=lapses)


def _due_days(ends_on: date, today: date, zone: str, policy: Policy) -> dict[str, date]:
    """The day of each task by its key: so many days before the end, or the working day before that. Those whose day is
    past, because the term became known late, follow each other from `today` on, at the latest on the last day."""
    due: dict[str, date] = {}
    soonest = today
    for task in sorted(policy.renewal.tasks, key=lambda each: -each.days_before):
        day = ends_on - timedelta(days=task.days_before)
        while not is_working_day(day, zone, policy.hours):
            day -= timedelta(days=1)
        if day <= soonest:
            day = soonest = add_working_days(soonest, _CATCH_UP_DAYS, zone, policy.hours)
        due[task.key] = min(day, max(ends_on, today))
    return due


def fire_due(uow: UnitOfWork, *, now: datetime, policy: Policy, limit: int = 200) -> int:
    """Rows for terms that end soon; rows that follow the book; stages and lapses. Returns how many were touched."""
    changed = _follow(uow, now=now, policy=policy, limit=limit) + _first(uow, now=now, policy=policy, limit=limit)
    due = select(Renewal.id).where(col(Renewal.next_at) <= now).order_by(col(Renewal.next_at), col(Renewal.id))
    numbers = uow.session.exec(due.limit(limit)).all()
    for number in numbers:
        with uow.apart(Renewal, number):
            taken = take(uow, number or 0, wait=False)
            if taken is not None and taken[0].next_at is not None and taken[0].next_at <= now:
                _pass(uow, *taken, now=now, policy=policy)
    return changed + len(numbers)


def take(uow: UnitOfWork, renewal_id: int, *, wait: bool = True) -> tuple[Renewal, Partner] | None:
    """The renewal and its partner, both taken, the partner first. None when there is none, or without `wait` when
    somebody is at it."""
    known = uow.get(Renewal, renewal_id)
    partner = uow.lock(Partner, known.partner_id, wait=wait) if known else None
    row = uow.lock(Renewal, renewal_id, wait=wait) if partner else None
    return (row, partner) if row is not None and partner is not None else None


def _pass(uow: UnitOfWork, row: Renewal, partner: Partner, *, now: datetime, policy: Policy) -> None:
    zone = zone_of(uow, partner)
    today = local_day(now, zone)
    if today > row.ends_on:
        close(uow, row, State.LAPSED, actor=ROBOT, now=now, policy=policy, reason=UNDECIDED)
        return
    advance(uow, row, stage(row.ends_on, today, policy), actor=ROBOT, now=now, policy=policy)
    row.next_at = next_at(row, now, zone, policy)


def _first(uow: UnitOfWork, *, now: datetime, policy: Policy, limit: int) -> int:
    """Rows for the terms that end soon and have none. A term that had ended before anybody counted gets none."""
    notice = policy.renewal.notice_days[0]
    ends = col(Partner.agreement_ends)
    its = select(Renewal.id).where(
        Renewal.partner_id == col(Partner.id), or_(Renewal.ends_on == ends, col(Renewal.closed_at).is_(None))
    )
    # A day more on both sides: what day it is, is asked where the partner's manager is.
    soon = ends.between(now.date() - timedelta(days=1), now.date() + timedelta(days=notice + 1))
    statement = select(Partner.id).where(soon, Partner.status != PartnerStatus.EXITED, ~its.exists())
    added = 0
    for number in uow.session.exec(statement.order_by(ends, col(Partner.id)).limit(limit)).all():
        with uow.apart(Partner, number, ""):
            partner = uow.lock(Partner, number, wait=False)
            if partner is None or partner.agreement_ends is None or open_row(uow, row_id(partner)) is not None:
                continue
            left = (partner.agreement_ends - local_day(now, zone_of(uow, partner))).days
            if 0 <= left <= notice:
                add(uow, partner, partner.agreement_ends, actor=ROBOT, now=now, policy=policy)
                added += 1
    return added


def _follow(uow: UnitOfWork, *, now: datetime, policy: Policy, limit: int) -> int:
    """Open rows whose partner has another manager or another end by now, or has left."""
    ends, manager = col(Partner.agreement_ends), col(Partner.manager)
    other = select(Renewal.id).where(Renewal.partner_id == Partner.id, Renewal.ends_on == ends).correlate(Partner)
    statement = (
        select(Renewal.id)
        .join(Partner, col(Partner.id) == Renewal.partner_id)
        .where(
            col(Renewal.closed_at).is_(None),
            or_(
                Partner.status == PartnerStatus.EXITED,
                and_(manager.is_not(None), or_(col(Renewal.owner).is_(None), col(Renewal.owner) != manager)),
                and_(ends.is_not(None), ends != Renewal.ends_on, ~other.exists()),
            ),
        )
        .order_by(col(Renewal.id))
        .limit(limit)
    )
    numbers = uow.session.exec(statement).all()
    for number in numbers:
        with uow.apart(Renewal, number, ""):
            taken = take(uow, number or 0, wait=False)
            if taken is None or taken[0].closed_at is not None:
                continue
            row, partner = taken
            if partner.status == PartnerStatus.EXITED:
                close(uow, row, State.TERMINATED, actor=ROBOT, now=now, policy=policy, reason=_LEFT)
                continue
            if partner.manager is not None and partner.manager != row.owner:
                _hand_over(uow, row, partner.manager, now=now)
            if partner.agreement_ends is not None and partner.agreement_ends != row.ends_on:
                _move_end(uow, row, partner, partner.agreement_ends, now=now, policy=policy)
    return len(numbers)


def _hand_over(uow: UnitOfWork, row: Renewal, manager: str, *, now: datetime) -> None:
    """It goes with the partner to its new manager, with the tasks that were the old one's."""
    for task in _tasks(uow, row):
        if task.owner == row.owner and task.closed_at is None:
            task.owner = manager
    row.owner = manager
    note = "it goes with the partner to its new manager"
    uow.record(SubjectKind.RENEWAL, row_id(row), at=now, actor=ROBOT, note=note)


def _move_end(uow: UnitOfWork, row: Renewal, partner: Partner, ends_on: date, *, now: datetime, policy: Policy) -> None:
    """The term ends on another day: its stage and its tasks are counted from that. Where the countdown begins anew,
    what was done for the old day is to be done again."""
    zone = zone_of(uow, partner)
    today = local_day(now, zone)
    was, row.ends_on = row.ends_on, ends_on
    to = stage(ends_on, today, policy)
    if STAGES.index(to) < STAGES.index(State(row.state)):
        move(uow, row, to, actor=ROBOT, now=now, policy=policy, note=_MOVED)
    advance(uow, row, to, actor=ROBOT, now=now, policy=policy)
    due = _due_days(ends_on, today, zone, policy)
    is_anew = (ends_on - today).days > policy.renewal.notice_days[0]
    for task in _tasks(uow, row):
        if task.key not in due:
            continue
        if is_anew and task.closed_at is not None:
            uow.move(task, ActionState.OPEN, actor=ROBOT, at=now, policy_version=policy.version, note=_MOVED)
            task.closed_at, task.closed_by = None, ""
        if task.closed_at is None:
            task.due_on = due[task.key]
    row.next_at = next_at(row, now, zone, policy)
    row.version += 1
    note = f"the term ends on {ends_on.isoformat()} instead of {was.isoformat()}"
    uow.record(SubjectKind.RENEWAL, row_id(row), at=now, actor=ROBOT, note=note, policy_version=policy.version)


def _tasks(uow: UnitOfWork, row: Renewal) -> list[ActionItem]:
    known = uow.list(ActionItem, subject_kind=SubjectKind.RENEWAL, subject_id=row_id(row))
    taken = (uow.lock(ActionItem, row_id(each)) for each in known)
    return [each for each in taken if each is not None]


def agenda(uow: UnitOfWork, morning: Morning, *, policy: Policy, limit: int = 20) -> Agenda:
    """The terms of this person's partners that end soon: on the mornings of policy.renewal.notice_days, in the last
    days as policy.digest.remind_days says, and on the day. Their tasks are action items of their own."""
    _, ranges = morning.due_days({*policy.renewal.notice_days, *policy.digest.remind_days})
    ends = col(Renewal.ends_on)
    statement = (
        select(Renewal, Partner.name)
        .join(Partner, col(Partner.id) == Renewal.partner_id)
        .where(
            Renewal.owner == morning.person,
            col(Renewal.closed_at).is_(None),
            or_(ends == morning.day, *(and_(ends > after, ends <= up_to) for after, up_to in ranges)),
        )
        .order_by(ends, col(Renewal.id))
    )
    items = [
        _item(row, partner, morning.day, policy)
        for row, partner in uow.session.exec(statement).all()
        if not morning.is_quiet(SubjectKind.RENEWAL, row_id(row))
    ]
    return Agenda(tuple(items[:limit]), max(0, len(items) - limit))


def _item(row: Renewal, partner: str, day: date, policy: Policy) -> AgendaItem:
    left = (row.ends_on - day).days
    presses = left <= policy.renewal.notice_days[-1]
    in_days = "today" if left == 0 else "tomorrow" if left == 1 else f"in {left} days"
    name = partner.replace('"', "'")
    return AgendaItem(
        kind=SubjectKind.RENEWAL,
        id=row_id(row),
        title=f"The agreement ends {in_days}" + (" and nothing is decided" if presses else ""),
        partner=partner,
        due_on=row.ends_on,
        note="" if presses else "nothing decided",
        request=f'prepare renewal for "{name}"',
    )
