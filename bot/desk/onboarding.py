"""A running onboarding: its steps done, skipped, moved, passed on and opened again; the plan finished or cancelled."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from bot.days import sensible_day
from bot.desk import onboarding_status, outgoing, rights
from bot.desk.naming import person_view
from bot.desk.onboarding_plan import tell
from bot.desk.onboarding_views import Changed, OnboardingView, running, tasks_of, view_of
from bot.errors import Refused
from bot.invites import Guest, Meeting, uid
from bot.policy import Policy
from bot.recurrence import moment
from models.base import row_id
from models.calendar import OnboardingPlan, OnboardingTask
from models.delivery import Delivery
from models.events import ROBOT
from models.partners import Partner, PartnerContact, PartnerStatus, Person
from models.risks import SubjectKind
from models.states import OnboardingState, TaskState
from models.store import UnitOfWork

_SETTLED = {TaskState.DONE: "done", TaskState.SKIPPED: "skipped"}


@dataclass(frozen=True, slots=True)
class Invitation:
    """The meeting of a step; `file` is a word for the file's name, `made_at` when it was asked for."""

    meeting: Meeting
    file: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """A step, its plan and partner, all taken (bot/desk/locks.py), in that order of nesting."""

    partner: Partner
    plan: OnboardingPlan
    task: OnboardingTask


def finish(
    uow: UnitOfWork, task_id: int, *, evidence: str = "", note: str = "", actor: str, now: datetime, policy: Policy
) -> Changed:
    """The step is done; `evidence` is a link or words on what shows it. Raises Refused when it is settled or not
    theirs."""
    taken = _open_one(uow, task_id, actor)
    settle(uow, taken, TaskState.DONE, evidence=evidence, note=note, actor=actor, now=now, policy=policy)
    return _changed(uow, taken, now=now, policy=policy)


def skip(uow: UnitOfWork, task_id: int, *, reason: str, actor: str, now: datetime, policy: Policy) -> Changed:
    """The step is not needed, for a reason. Raises Refused."""
    taken = _open_one(uow, task_id, actor)
    settle(uow, taken, TaskState.SKIPPED, note=reason, actor=actor, now=now, policy=policy)
    return _changed(uow, taken, now=now, policy=policy)


def reopen(uow: UnitOfWork, task_id: int, /, *, actor: str, now: datetime, policy: Policy) -> Changed:
    """The step is to be done after all; a finished plan runs again. Raises Refused."""
    taken = take(uow, task_id)
    _require_may_change(uow, taken.plan, taken.task, actor)
    open_again(uow, taken, actor=actor, now=now, policy=policy)
    return _changed(uow, taken, now=now, policy=policy)


def reassign(uow: UnitOfWork, task_id: int, *, to: str, actor: str, now: datetime, policy: Policy) -> Changed:
    """Somebody else of our people sees to it; they get the plan. Raises Refused, also when they are none of ours."""
    taken = _open_one(uow, task_id, actor)
    person = rights.require_recipient(uow, to)
    if taken.task.owner != to:
        taken.task.owner = to
        _note(uow, taken.task, f"passed on to {person.display_name}", actor=actor, now=now)
        refresh(uow, taken.plan, now=now)
        tell(uow, taken.plan, to, now=now, policy=policy)
    return _changed(uow, taken, now=now, policy=policy)


def move(
    uow: UnitOfWork, task_id: int, *, on: date, at: time | None, actor: str, now: datetime, policy: Policy
) -> Changed:
    """It is due on another day; `at` is the time of a meeting, in the step's zone. Raises Refused."""
    taken = _open_one(uow, task_id, actor)
    task, plan = taken.task, taken.plan
    today = now.astimezone(ZoneInfo(person_view(uow, plan.owner or "").zone)).date()
    if on < today:
        raise Refused("That day is past. Pick a day from today on.")
    starts_at = _meets(task, sensible_day(on, now), at)
    if starts_at is not None and starts_at <= now:
        raise Refused("That time is past. Pick one to come.")
    if on != task.due_on or starts_at != task.starts_at:
        _note(uow, task, f"moved from {task.due_on.isoformat()} to {on.isoformat()}", actor=actor, now=now)
        task.due_on, task.starts_at = on, starts_at
        plan.due_on = max(each.due_on for each in tasks_of(uow, row_id(plan)))
        refresh(uow, plan, now=now)
    return _changed(uow, taken, now=now, policy=policy)


def cancel(uow: UnitOfWork, plan_id: int, /, *, actor: str, now: datetime, policy: Policy) -> OnboardingView:
    """End the plan unfinished; the partner is again what it was before. Raises Refused."""
    known = uow.get(OnboardingPlan, plan_id)
    partner = uow.lock(Partner, known.partner_id if known else None)
    plan = uow.lock(OnboardingPlan, plan_id)
    if plan is None or partner is None:
        raise Refused("I do not know that plan. `/pm onboarding` lists those that run.")
    _require_may_change(uow, plan, None, actor)
    _require_running(plan)
    plan.closed_at = now
    uow.move(plan, OnboardingState.CANCELLED, actor=actor, at=now, policy_version=policy.version)
    if partner.status == PartnerStatus.ONBOARDING:
        was = onboarding_status.before_onboarding(uow, plan)
        note = "its onboarding was cancelled"
        onboarding_status.change(uow, partner, was, actor=actor, now=now, policy=policy, note=note)
    refresh(uow, plan, now=now)
    return view_of(uow, plan, now=now, policy=policy)


def get(uow: UnitOfWork, task_id: int, *, actor: str, now: datetime, policy: Policy) -> Changed:
    """A step that `actor` may change now, for its form. Raises Refused."""
    taken = _open_one(uow, task_id, actor)
    return _changed(uow, taken, now=now, policy=policy)


def send_invite(uow: UnitOfWork, task_id: int, *, actor: str, now: datetime, occasion: str) -> None:
    """Queue the calendar file of a meeting for `actor`, once per `occasion` (one press). Raises Refused."""
    rights.require_member(uow, actor)
    task = uow.get(OnboardingTask, task_id)
    if task is None or task.starts_at is None or task.state != TaskState.OPEN:
        raise Refused("That meeting is over or no longer planned. `/pm onboarding` shows what runs.")
    outgoing.send(
        uow,
        "onboarding_file",
        actor,
        key=f"onboarding_file:{task_id}:{actor}:{occasion}",
        subject_kind=SubjectKind.ONBOARDING_TASK,
        subject_id=task_id,
        now=now,
    )


def invitation(uow: UnitOfWork, delivery: Delivery, *, policy: Policy) -> Invitation | None:
    """The meeting of a queued file as it is now; None when it is gone."""
    task = uow.get(OnboardingTask, delivery.subject_id)
    plan = uow.get(OnboardingPlan, task.plan_id if task else None)
    partner = uow.get(Partner, task.partner_id if task else None)
    if task is None or plan is None or partner is None or task.starts_at is None:
        return None
    local = task.starts_at.astimezone(ZoneInfo(task.zone))
    owner = uow.find(Person, slack_id=task.owner) if task.owner else None
    meeting = Meeting(
        uid=uid(uow.workspace_id, "kickoff", row_id(task)),
        title=f"{task.title} with {partner.name}",
        on=local.date(),
        at=local.time(),
        zone=task.zone,
        minutes=policy.onboarding.kickoff_minutes,
        sequence=plan.version,
        guests=tuple(Guest(each.name, each.email) for each in uow.list(PartnerContact, partner_id=row_id(partner))),
        organizer=Guest(owner.display_name, owner.email or owner.slack_email) if owner else None,
        cancelled=task.state == TaskState.SKIPPED or plan.state == OnboardingState.CANCELLED,
    )
    word = re.sub(r"[^a-z0-9]+", "-", f"{task.key} {partner.name}".casefold()).strip("-")
    return Invitation(meeting, word, delivery.created_at)


def take(uow: UnitOfWork, task_id: int) -> Taken:
    """The step with its plan and partner, for whoever is about to change it. Raises Refused when there is none."""
    known = uow.get(OnboardingTask, task_id)
    partner = uow.lock(Partner, known.partner_id if known else None)
    plan = uow.lock(OnboardingPlan, known.plan_id if known else None)
    task = uow.lock(OnboardingTask, task_id)
    if task is None or plan is None or partner is None:
        raise Refused("I do not know that step. `/pm onboarding` lists the plans that run.")
    return Taken(partner, plan, task)


def settle(
    uow: UnitOfWork,
    taken: Taken,
    state: TaskState,
    *,
    evidence: str = "",
    note: str = "",
    actor: str,
    now: datetime,
    policy: Policy,
    closed_at: datetime | None = None,
) -> None:
    """End an open step of a running plan as `state`, at `closed_at` (now when that is None); with the last one the plan
    is done."""
    task, plan = taken.task, taken.plan
    task.evidence, task.note = evidence, note
    task.closed_at, task.closed_by = closed_at or now, actor
    uow.move(task, state, actor=actor, at=now, policy_version=policy.version, note=note)
    if all(each.state != TaskState.OPEN for each in tasks_of(uow, row_id(plan))):
        plan.closed_at = now
        uow.move(plan, OnboardingState.DONE, actor=actor, at=now, policy_version=policy.version)
        if taken.partner.status == PartnerStatus.ONBOARDING:
            to = onboarding_status.after_onboarding(uow, plan)
            note = "every step of its onboarding is settled"
            onboarding_status.change(uow, taken.partner, to, actor=ROBOT, now=now, policy=policy, note=note)
    refresh(uow, plan, now=now)


def add_evidence(uow: UnitOfWork, taken: Taken, evidence: str, *, actor: str, now: datetime) -> None:
    """Something more shows that a settled step is settled."""
    taken.task.evidence = evidence
    _note(uow, taken.task, f"evidence: {evidence}", actor=actor, now=now)
    refresh(uow, taken.plan, now=now)


def open_again(uow: UnitOfWork, taken: Taken, *, actor: str, now: datetime, policy: Policy) -> None:
    """Open a settled step; its evidence is gone then. Raises Refused when it is open, its plan was cancelled, or
    another one runs by now."""
    task, plan = taken.task, taken.plan
    if task.state == TaskState.OPEN:
        raise Refused(f"“{task.title}” is open already.")
    if plan.state == OnboardingState.CANCELLED:
        _require_running(plan)
    if plan.state == OnboardingState.DONE:
        if running(uow, plan.partner_id) is not None:
            raise Refused(f"Another onboarding of {taken.partner.name} runs by now; this one stays as it is.")
        plan.closed_at = None
        uow.move(plan, OnboardingState.RUNNING, actor=actor, at=now, policy_version=policy.version)
        if taken.partner.status == PartnerStatus.ENABLED:
            note = f"“{task.title}” was opened again"
            onboarding_status.change(
                uow, taken.partner, PartnerStatus.ONBOARDING, actor=actor, now=now, policy=policy, note=note
            )
    uow.move(task, TaskState.OPEN, actor=actor, at=now, policy_version=policy.version)
    task.evidence, task.note, task.closed_by, task.closed_at = "", "", "", None
    refresh(uow, plan, now=now)


def refresh(uow: UnitOfWork, plan: OnboardingPlan, *, now: datetime) -> None:
    """Something on its cards is different now: edit them."""
    plan.version += 1
    outgoing.refresh_cards(uow, SubjectKind.ONBOARDING_PLAN, row_id(plan), version=plan.version, now=now)


def _open_one(uow: UnitOfWork, task_id: int, actor: str) -> Taken:
    taken = take(uow, task_id)
    _require_may_change(uow, taken.plan, taken.task, actor)
    if taken.plan.state != OnboardingState.DONE:
        _require_running(taken.plan)
    if taken.task.state != TaskState.OPEN:
        by = person_view(uow, taken.task.closed_by).name
        raise Refused(f"“{taken.task.title}” is {_SETTLED[TaskState(taken.task.state)]} already, by {by}.")
    return taken


def _require_running(plan: OnboardingPlan) -> None:
    if plan.state != OnboardingState.RUNNING:
        raise Refused(f"This onboarding is {plan.state} already; nothing was changed.")


def _require_may_change(uow: UnitOfWork, plan: OnboardingPlan, task: OnboardingTask | None, actor: str) -> None:
    person = rights.require_member(uow, actor)
    partner = uow.get(Partner, plan.partner_id)
    theirs = {plan.owner, partner.manager if partner else None, task.owner if task else None}
    if actor not in theirs and not rights.is_operator(person):
        owner = person_view(uow, plan.owner).name if plan.owner else "its owner"
        raise Refused(f"Only {owner}, the owner of the step, or a partner manager can change this.")


def _meets(task: OnboardingTask, on: date, at: time | None) -> datetime | None:
    """When the meeting of a step is on that day, at its old time unless another is said; None for other steps."""
    if task.starts_at is None:
        return None
    return moment(on, at or task.starts_at.astimezone(ZoneInfo(task.zone)).time(), task.zone)


def _changed(uow: UnitOfWork, taken: Taken, *, now: datetime, policy: Policy) -> Changed:
    shown = view_of(uow, taken.plan, now=now, policy=policy)
    return Changed(shown, next(step for step in shown.steps if step.id == taken.task.id))


def _note(uow: UnitOfWork, task: OnboardingTask, words: str, *, actor: str, now: datetime) -> None:
    uow.record(SubjectKind.ONBOARDING_TASK, row_id(task), at=now, actor=actor, note=words)
