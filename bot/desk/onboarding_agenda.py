"""What onboardings put before a person in the morning: their steps that are due, and what is late of a plan."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement
from sqlmodel import and_, col, or_, select

from bot.desk.agenda import Agenda, AgendaItem, Morning
from bot.desk.onboarding_views import waiting_for
from bot.policy import Policy
from models.base import row_id
from models.calendar import OnboardingPlan, OnboardingTask, Side
from models.partners import Partner, Person
from models.risks import SubjectKind
from models.store import UnitOfWork

_NAMED = 3  # of the late steps on one line


def agenda(uow: UnitOfWork, morning: Morning, *, policy: Policy, limit: int = 20) -> Agenda:
    """The steps this person sees to that are late, due today, or to be reminded of (policy.digest.remind_days): late
    ones first. One that waits for others is named only when it is late. What somebody who left had is the partner's
    manager's."""
    today, ranges = morning.due_days(policy.digest.remind_days)
    due = col(OnboardingTask.due_on)
    ours = select(Person.slack_id).where(
        Person.team_id == uow.workspace_id, ~col(Person.is_deleted), ~col(Person.is_stranger), ~col(Person.is_guest)
    )
    orphaned = or_(col(OnboardingTask.owner).is_(None), col(OnboardingTask.owner).not_in(ours))
    statement = (
        select(col(OnboardingTask.id), col(OnboardingTask.plan_id), due, col(OnboardingTask.depends_on))
        .join(Partner, col(Partner.id) == col(OnboardingTask.partner_id))
        .join(OnboardingPlan, col(OnboardingPlan.id) == col(OnboardingTask.plan_id))
        .where(
            col(OnboardingTask.closed_at).is_(None),
            col(OnboardingPlan.closed_at).is_(None),
            or_(col(OnboardingTask.owner) == morning.person, and_(Partner.manager == morning.person, orphaned)),
            or_(due <= today, *(and_(due > after, due <= up_to) for after, up_to in ranges)),
        )
        .order_by(due, col(OnboardingTask.id))
    )
    rows = uow.session.exec(statement).all()
    unfinished = _unfinished(uow, {plan for _, plan, on, after in rows if after and on >= morning.day})
    named = [
        (number or 0, plan, on)
        for number, plan, on, after in rows
        if not morning.is_quiet(SubjectKind.ONBOARDING_TASK, number or 0)
        and not morning.is_quiet(SubjectKind.ONBOARDING_PLAN, plan)
        and (on < morning.day or not any((plan, key) in unfinished for key in after))
    ]
    lines = _lines(named, morning.day)
    return Agenda(_items(uow, lines[:limit]), max(0, len(lines) - limit))


def _lines(steps: Iterable[tuple[int, int, date]], day: date) -> list[list[int]]:
    """Steps (number, plan and due day of each) by the line of the morning they share: those of one plan that are late
    are one line, where the first of them stands."""
    lines: list[list[int]] = []
    late: dict[int, list[int]] = {}
    for number, plan, on in steps:
        if on < day and plan in late:
            late[plan].append(number)
            continue
        lines.append([number])
        if on < day:
            late[plan] = lines[-1]
    return lines


def _unfinished(uow: UnitOfWork, plan_ids: Collection[int]) -> frozenset[tuple[int, str]]:
    """The plan and key of every open step of these plans."""
    if not plan_ids:
        return frozenset()
    statement = select(OnboardingTask.plan_id, OnboardingTask.key).where(
        col(OnboardingTask.plan_id).in_(plan_ids), col(OnboardingTask.closed_at).is_(None)
    )
    return frozenset(uow.session.exec(statement).all())


def _items(uow: UnitOfWork, lines: Sequence[Sequence[int]]) -> tuple[AgendaItem, ...]:
    """These steps for the morning, in this order: those of a line as one."""
    numbers = [number for line in lines for number in line]
    tasks = {task.id: task for task in _tasks(uow, col(OnboardingTask.id).in_(numbers))}
    siblings = _tasks(uow, col(OnboardingTask.plan_id).in_({task.plan_id for task in tasks.values()}))
    of_plan: dict[int, list[OnboardingTask]] = {}
    for each in siblings:
        of_plan.setdefault(each.plan_id, []).append(each)
    found = [[tasks[number] for number in line] for line in lines]
    ids = {task.partner_id for task in tasks.values()}
    partners = {row.id: row for row in uow.session.exec(select(Partner).where(col(Partner.id).in_(ids))).all()}
    return tuple(
        _item(line[0], partners[line[0].partner_id], waiting_for(line[0], of_plan[line[0].plan_id]))
        if len(line) == 1
        else _late_item(line, partners[line[0].partner_id])
        for line in found
    )


def _tasks(uow: UnitOfWork, which: ColumnElement[bool]) -> Sequence[OnboardingTask]:
    return uow.session.exec(select(OnboardingTask).where(which)).all()


def _item(task: OnboardingTask, partner: Partner, waits: tuple[str, ...]) -> AgendaItem:
    turn = {Side.PARTNER: "the partner's turn", Side.CUSTOMER: "the customer's turn"}.get(Side(task.side), "")
    note = f"waits for {', '.join(waits)}" if waits else turn
    return AgendaItem(
        kind=SubjectKind.ONBOARDING_TASK,
        id=row_id(task),
        title=f"Onboarding: {task.title}",
        partner=partner.name,
        due_on=task.due_on,
        note=note,
        request=_show(partner),
        step="done",
    )


def _late_item(tasks: Sequence[OnboardingTask], partner: Partner) -> AgendaItem:
    """Several late steps of one plan; to hear less of it is to hear less of the plan."""
    titles = [task.title for task in tasks[:_NAMED]] + ([f"{len(tasks) - _NAMED} more"] if tasks[_NAMED:] else [])
    return AgendaItem(
        kind=SubjectKind.ONBOARDING_PLAN,
        id=tasks[0].plan_id,
        title=f"Onboarding: {len(tasks)} steps are late: {', '.join(titles)}",
        partner=partner.name,
        due_on=min(task.due_on for task in tasks),
        request=_show(partner),
    )


def _show(partner: Partner) -> str:
    name = partner.name.replace('"', "'")
    return f'onboarding of "{name}"'
