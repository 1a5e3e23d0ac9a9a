"""What the desk tells of onboarding: frozen results for cards and commands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from bot.desk import gaps
from bot.desk.naming import optional_person_view, partner_name
from bot.desk.views import PersonView
from bot.did_you_mean import normal
from bot.policy import Policy
from models.base import row_id
from models.calendar import OnboardingPlan, OnboardingTask
from models.partners import Partner
from models.states import OnboardingState, TaskState
from models.store import UnitOfWork


@dataclass(frozen=True, slots=True)
class StepView:
    """One step. `side` is whose turn it is, `owner` who of us sees that it happens; `waits_for` are the titles of open
    steps that come first; `is_late` by the plan owner's calendar."""

    id: int
    key: str
    title: str
    side: str
    owner: PersonView | None
    state: str
    due_on: date
    starts_at: datetime | None
    zone: str
    done_means: str
    evidence: str
    note: str
    waits_for: tuple[str, ...]
    is_late: bool
    closed_by: PersonView | None
    closed_on: date | None

    @property
    def is_open(self) -> bool:
        return self.state == TaskState.OPEN


@dataclass(frozen=True, slots=True)
class OnboardingView:
    """A plan with its steps in the order of the template. `sponsor` is our executive sponsor; `gaps` what the
    partnership lacks; `as_of` when this was true."""

    id: int
    partner: str
    tier: str
    type: str
    state: str
    owner: PersonView | None
    sponsor: PersonView | None
    starts_on: date
    due_on: date
    closed_on: date | None
    steps: tuple[StepView, ...]
    gaps: tuple[gaps.Gap, ...]
    policy_version: str
    version: int
    as_of: datetime

    @property
    def is_running(self) -> bool:
        return self.state == OnboardingState.RUNNING

    @property
    def open_steps(self) -> tuple[StepView, ...]:
        """What is to be done: late steps first, then by due day."""
        todo = [step for step in self.steps if step.is_open]
        return tuple(sorted(todo, key=lambda step: (not step.is_late, step.due_on)))

    @property
    def late(self) -> int:
        return sum(step.is_late for step in self.steps)


@dataclass(frozen=True, slots=True)
class Progress:
    """A running plan in one line."""

    partner: str
    tier: str
    owner: PersonView | None
    settled: int
    steps: int
    late: int
    due_on: date


@dataclass(frozen=True, slots=True)
class Changed:
    """A step that was just changed, and its plan as it is now."""

    plan: OnboardingView
    step: StepView


def view(uow: UnitOfWork, plan_id: int, *, now: datetime, policy: Policy) -> OnboardingView | None:
    """The plan as its card shows it; None when there is none."""
    plan = uow.get(OnboardingPlan, plan_id)
    return view_of(uow, plan, now=now, policy=policy) if plan else None


def view_of(uow: UnitOfWork, plan: OnboardingPlan, *, now: datetime, policy: Policy) -> OnboardingView:
    partner = uow.get(Partner, plan.partner_id)
    owner = optional_person_view(uow, plan.owner)
    zone = ZoneInfo(owner.zone if owner else "UTC")
    tasks = tasks_of(uow, row_id(plan))
    today = now.astimezone(zone).date()
    return OnboardingView(
        id=row_id(plan),
        partner=partner.name if partner else "",
        tier=plan.tier,
        type=plan.type,
        state=plan.state,
        owner=owner,
        sponsor=optional_person_view(uow, partner.exec_sponsor if partner else None),
        starts_on=plan.starts_on,
        due_on=plan.due_on,
        closed_on=_day(plan.closed_at, zone),
        steps=tuple(_step(uow, task, tasks, today, zone) for task in tasks),
        gaps=gaps.gaps(uow, plan.partner_id, now, policy=policy),
        policy_version=plan.policy_version,
        version=plan.version,
        as_of=now,
    )


def waiting_for(task: OnboardingTask, tasks: Sequence[OnboardingTask]) -> tuple[str, ...]:
    """The titles of the open steps among `tasks`, all of its plan, that come before `task`."""
    return tuple(each.title for each in tasks if each.key in task.depends_on and each.state == TaskState.OPEN)


def tasks_of(uow: UnitOfWork, plan_id: int) -> Sequence[OnboardingTask]:
    """The steps of a plan, in the order of the template."""
    return sorted(uow.list(OnboardingTask, plan_id=plan_id), key=lambda task: task.place)


def running(uow: UnitOfWork, partner_id: int) -> OnboardingPlan | None:
    """The plan of this partner that runs now."""
    statement = select(OnboardingPlan).where(
        OnboardingPlan.partner_id == partner_id, col(OnboardingPlan.closed_at).is_(None)
    )
    return uow.session.exec(statement).first()


def latest(uow: UnitOfWork, partner_id: int) -> OnboardingPlan | None:
    """The running plan of this partner, else the one that was closed last."""
    plans = uow.list(OnboardingPlan, partner_id=partner_id)
    return running(uow, partner_id) or (plans[-1] if plans else None)


def called(uow: UnitOfWork, step: str, partner_id: int | None) -> tuple[tuple[int, str, str], ...]:
    """Open steps called `step` of onboardings that run, of one partner or of all: (id, title, the partner's name)."""
    wanted = normal(step)
    rows = uow.session.exec(
        select(OnboardingTask, Partner)
        .join(Partner, col(Partner.id) == col(OnboardingTask.partner_id))
        .join(OnboardingPlan, col(OnboardingPlan.id) == col(OnboardingTask.plan_id))
        .where(OnboardingPlan.state == OnboardingState.RUNNING, OnboardingTask.state == TaskState.OPEN)
    ).all()
    fits = [
        (row_id(task), task.title, partner.name)
        for task, partner in rows
        if partner_id in (None, partner.id) and (wanted == normal(task.key) or wanted in normal(task.title))
    ]
    return tuple(sorted(fits, key=lambda each: each[2]))


def overview(uow: UnitOfWork, *, now: datetime) -> tuple[Progress, ...]:
    """Every running plan, those with most late steps first."""
    statement = select(OnboardingPlan).where(col(OnboardingPlan.closed_at).is_(None))
    plans = uow.session.exec(statement.order_by(col(OnboardingPlan.id))).all()
    of_plans = select(OnboardingTask).where(col(OnboardingTask.plan_id).in_([row_id(plan) for plan in plans]))
    tasks: dict[int, list[OnboardingTask]] = {row_id(plan): [] for plan in plans}
    for task in uow.session.exec(of_plans).all():
        tasks[task.plan_id].append(task)
    found = [_progress(uow, plan, tasks[row_id(plan)], now) for plan in plans]
    return tuple(sorted(found, key=lambda each: (-each.late, each.due_on, each.partner)))


def _progress(uow: UnitOfWork, plan: OnboardingPlan, tasks: Sequence[OnboardingTask], now: datetime) -> Progress:
    owner = optional_person_view(uow, plan.owner)
    today = now.astimezone(ZoneInfo(owner.zone if owner else "UTC")).date()
    unfinished = [task for task in tasks if task.state == TaskState.OPEN]
    return Progress(
        partner=partner_name(uow, plan.partner_id),
        tier=plan.tier,
        owner=owner,
        settled=len(tasks) - len(unfinished),
        steps=len(tasks),
        late=sum(task.due_on < today for task in unfinished),
        due_on=plan.due_on,
    )


def _step(
    uow: UnitOfWork, task: OnboardingTask, tasks: Sequence[OnboardingTask], today: date, zone: ZoneInfo
) -> StepView:
    is_open = task.state == TaskState.OPEN
    return StepView(
        id=row_id(task),
        key=task.key,
        title=task.title,
        side=task.side,
        owner=optional_person_view(uow, task.owner),
        state=task.state,
        due_on=task.due_on,
        starts_at=task.starts_at,
        zone=task.zone,
        done_means=task.done_means,
        evidence=task.evidence,
        note=task.note,
        waits_for=waiting_for(task, tasks) if is_open else (),
        is_late=is_open and task.due_on < today,
        closed_by=optional_person_view(uow, task.closed_by),
        closed_on=_day(task.closed_at, zone),
    )


def _day(moment: datetime | None, zone: ZoneInfo) -> date | None:
    return moment.astimezone(zone).date() if moment else None
