"""What other systems say of onboarding steps (a CSV, the webhook): the step is settled or opened, once.

Said again, or of a plan that is finished already, it changes nothing: whoever sends may send twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.desk import onboarding
from bot.desk.lookup import resolve_partner
from bot.desk.naming import person_view
from bot.desk.onboarding_views import latest, tasks_of
from bot.did_you_mean import close_to, normal
from bot.errors import Refused
from bot.imports.tasks import StepStatus, StepUpdate, TaskFile
from bot.policy import Policy
from models.base import row_id
from models.calendar import OnboardingPlan, OnboardingTask
from models.states import OnboardingState, TaskState
from models.store import UnitOfWork

IMPORT, HOOK = "import", "hook"  # who settled a step, when no person did
_SKIPPED = "not needed, according to the system it came from"
_NOON = time(12)


class Verb(StrEnum):
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class UpdateDiff:
    """What became (or would become) of one update: `change` is "open → done", `problem` why it was refused."""

    line: int
    partner: str
    step: str
    verb: Verb
    change: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class TasksDiff:
    """Update by update, in the order of the file."""

    updates: tuple[UpdateDiff, ...]

    def count(self, verb: Verb) -> int:
        return sum(update.verb is verb for update in self.updates)


def plan(uow: UnitOfWork, file: TaskFile, *, now: datetime) -> TasksDiff:
    """What `apply` would do. Writes nothing."""
    expected: dict[int, tuple[str, str]] = {}
    found: list[UpdateDiff] = []
    for update in file.updates:
        try:
            task, _ = _task(uow, update)
            _check_day(update, now)
            state, evidence = expected.get(row_id(task), (task.state, task.evidence))
            found.append(_told(update, task, state, evidence))
            expected[row_id(task)] = (update.status, update.link or (evidence if state == update.status else ""))
        except Refused as problem:
            found.append(_refused(update, problem))
    return _with_problems(found, file)


def apply(uow: UnitOfWork, file: TaskFile, *, now: datetime, policy: Policy, actor: str = IMPORT) -> TasksDiff:
    """Do what the updates say, each that can be done; a bad one changes nothing and is told."""
    found: list[UpdateDiff] = []
    for update in file.updates:
        try:
            found.append(record(uow, update, now=now, policy=policy, actor=actor))
        except Refused as problem:
            found.append(_refused(update, problem))
    return _with_problems(found, file)


def record(uow: UnitOfWork, update: StepUpdate, *, now: datetime, policy: Policy, actor: str = HOOK) -> UpdateDiff:
    """Do what one update says. Raises Refused, and nothing has changed then."""
    task, _ = _task(uow, update)
    _check_day(update, now)
    taken = onboarding.take(uow, row_id(task))
    told = _told(update, taken.task, taken.task.state, taken.task.evidence)
    if told.verb is Verb.UNCHANGED:
        return told
    if taken.task.state == update.status:
        onboarding.add_evidence(uow, taken, update.link, actor=actor, now=now)
        return told
    if update.status == StepStatus.OPEN:
        onboarding.open_again(uow, taken, actor=actor, now=now, policy=policy)
        return told
    if taken.task.state != TaskState.OPEN:
        onboarding.open_again(uow, taken, actor=actor, now=now, policy=policy)
    onboarding.settle(
        uow,
        taken,
        TaskState(update.status.value),
        evidence=update.link,
        note=_SKIPPED if update.status == StepStatus.SKIPPED else "",
        actor=actor,
        now=now,
        policy=policy,
        closed_at=_closed_at(uow, update, taken.plan, now),
    )
    return told


def render(diff: TasksDiff) -> str:
    """The diff as plain text: ~ what changes, ! what is refused and why, then how many of each."""
    lines = []
    for each in diff.updates:
        if each.verb is Verb.CHANGED:
            lines.append(f"~ {each.partner}: {each.step}: {each.change}")
        elif each.verb is Verb.REFUSED:
            called = ", ".join(part for part in (each.partner, each.step) if part)
            lines.append(f"! line {each.line}{f' ({called})' if called else ''}: {each.problem}")
    counts = ", ".join(f"{diff.count(verb)} {verb.value}" for verb in Verb)
    return "\n".join([*lines, f"{counts}."])


def _task(uow: UnitOfWork, update: StepUpdate) -> tuple[OnboardingTask, OnboardingPlan]:
    """The step that is meant, of the partner's newest plan. Raises Refused."""
    partner = resolve_partner(uow, update.partner)
    known = latest(uow, row_id(partner))
    if known is None or known.state == OnboardingState.CANCELLED:
        raise Refused(f"no onboarding of {partner.name} is running")
    tasks = tasks_of(uow, row_id(known))
    wanted = normal(update.step)
    found = [task for task in tasks if wanted in (normal(task.key), normal(task.title))]
    if not found:
        raise Refused(f"there is no step '{update.step}' in the plan{_meant(update.step, tasks)}")
    return found[0], known


def _meant(said: str, tasks: Sequence[OnboardingTask]) -> str:
    guess = close_to(said, [name for task in tasks for name in (task.title, task.key)])
    return f" (did you mean '{guess}'?)" if guess else f": it has {', '.join(task.key for task in tasks)}"


def _told(update: StepUpdate, task: OnboardingTask, state: str, evidence: str) -> UpdateDiff:
    """What the update makes of a step that has this state and evidence. An open step needs no link."""
    has_news = bool(update.link) and update.status != StepStatus.OPEN and update.link != evidence
    if state == update.status and not has_news:
        return UpdateDiff(update.line, update.partner, task.title, Verb.UNCHANGED)
    change = f"{state} → {update.status.value}" if state != update.status else state
    link = f", {update.link}" if has_news else ""
    return UpdateDiff(update.line, update.partner, task.title, Verb.CHANGED, change + link)


def _check_day(update: StepUpdate, now: datetime) -> None:
    # The newest day there is anywhere on earth; whose day it is, is not worth a refusal.
    if update.done_on and update.done_on > now.astimezone(ZoneInfo("Pacific/Kiritimati")).date():
        raise Refused(f"done_on: {update.done_on} is in the future")


def _closed_at(uow: UnitOfWork, update: StepUpdate, known: OnboardingPlan, now: datetime) -> datetime:
    """Noon of the day that is said, in the plan's zone; now when none is said or that is still to come."""
    if update.done_on is None:
        return now
    zone = ZoneInfo(person_view(uow, known.owner or "").zone)
    return min(now, datetime.combine(update.done_on, _NOON, tzinfo=zone).astimezone(UTC))


def _refused(update: StepUpdate, problem: Refused) -> UpdateDiff:
    return UpdateDiff(update.line, update.partner, update.step, Verb.REFUSED, problem=str(problem))


def _with_problems(found: Iterable[UpdateDiff], file: TaskFile) -> TasksDiff:
    unread = [UpdateDiff(each.line, "", "", Verb.REFUSED, problem=each.text) for each in file.problems]
    return TasksDiff(tuple(sorted([*found, *unread], key=lambda each: each.line)))
