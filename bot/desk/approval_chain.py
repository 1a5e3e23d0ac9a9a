"""Who decides on a registration, one after the other, and what happens while they do not.

By value in the base currency everyone from the top of policy.registration.approvers down to the first whose limit is
enough, found along the management line of the partner's manager. Nobody approves what they submitted: the person above
them does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlmodel import col, select

from bot.business_time import add_working_hours
from bot.calendar_policy import Approver
from bot.desk import outgoing, recipients, rights
from bot.desk.naming import person_view
from bot.desk.registrations_base import changed, in_their_hours, submitters, take_turn
from bot.errors import Refused
from bot.policy import Policy
from models.base import row_id
from models.deals import ApprovalStep, DealRegistration
from models.events import ROBOT
from models.partners import Partner, Person, Role
from models.risks import SubjectKind
from models.states import APPROVAL_DECIDED
from models.states import ApprovalState as State
from models.store import UnitOfWork

_LEADERS = (Role.OWNER, Role.VP, Role.DIRECTOR, Role.SENIOR_MANAGER, Role.PARTNER_MANAGER)
_WAITS = (State.ASKED, State.CLIMBED)


@dataclass(frozen=True, slots=True)
class Link:
    """`why` completes "This came to you because …"."""

    role: str
    person: Person
    why: str


@dataclass(frozen=True, slots=True)
class Chain:
    """`note` says what is special about it, "" for nothing."""

    links: tuple[Link, ...]
    note: str = ""


def chain_for(
    uow: UnitOfWork,
    partner: Partner,
    *,
    value: Decimal,
    currency: str,
    sent_by: Collection[str],
    through: str = "",
    policy: Policy,
) -> Chain:
    """Who has to approve, in order, none of those who sent it in; with `through` no less than that role. Raises Refused
    when nobody could."""
    wanted, note = _roles(value, currency, through, policy)
    line = list(_line(uow, partner))
    links: list[Link] = []
    for approver in wanted:
        person = _holder(uow, approver.role, line)
        why = _why(approver, partner, policy)
        if person is not None and person.slack_id in sent_by:
            line_above = recipients.managers_above(uow, person)
            above = next((p for p in line_above if p.slack_id not in sent_by and _is_ours(uow, p)), None)
            why = f"you are above {person.display_name}, who submitted it"
            if above is None:
                why = f"{person.display_name}, who submitted it, has nobody above"
                note = f"{note} Nobody stands above {person.display_name}, who submitted it.".strip()
            person = above or _leader(uow, but_not=sent_by)
        if person is not None and all(person.slack_id != link.person.slack_id for link in links):
            links.append(Link(approver.role, person, why))
    if not links:
        leader = _leader(uow, but_not=sent_by)
        if leader is None:
            raise Refused(
                f"Nobody in the partner book could approve this: {partner.name} has no manager, and there is nobody"
                " above whoever submits it. Ask your administrator to add one."
            )
        links.append(Link("by hand", leader, f"the book names nobody nearer for {partner.name}"))
    return Chain(tuple(links), note)


def _roles(value: Decimal, currency: str, through: str, policy: Policy) -> tuple[list[Approver], str]:
    """The approvers that the amount calls for, and what is special about them."""
    approvers, base = policy.registration.approvers, policy.fiscal.currency
    if currency == base:
        enough = next(n for n, each in enumerate(approvers) if each.up_to is None or value <= each.up_to)
        note = ""
    else:
        enough = len(approvers) - 1
        note = f"{currency} is not our base currency ({base}) and no rate is on file, so it goes all the way up."
    least = next((n for n, each in enumerate(approvers) if each.role == through), 0)
    return list(approvers[: max(enough, least) + 1]), note


def _line(uow: UnitOfWork, partner: Partner) -> Iterator[Person]:
    manager = uow.find(Person, slack_id=partner.manager) if partner.manager else None
    if manager is not None and rights.is_member(manager, uow.workspace_id):
        yield manager
        yield from (each for each in recipients.managers_above(uow, manager) if _is_ours(uow, each))


def _holder(uow: UnitOfWork, role: str, line: list[Person]) -> Person | None:
    """On the line; else the one next above the manager, anybody with that role, or whoever stands highest."""
    if role == Role.PARTNER_MANAGER and line:
        return line[0]
    exact = next((person for person in line if role in person.roles), None)
    above = line[1] if role == Role.SENIOR_MANAGER and len(line) > 1 else None
    return exact or above or _anyone(uow, role) or (line[-1] if line else None)


def _anyone(uow: UnitOfWork, role: str, but_not: Collection[str] = ()) -> Person | None:
    people = uow.session.exec(select(Person).where(~col(Person.is_deleted)).order_by(col(Person.id))).all()
    return next((p for p in people if role in p.roles and p.slack_id not in but_not and _is_ours(uow, p)), None)


def _leader(uow: UnitOfWork, *, but_not: Collection[str]) -> Person | None:
    return next((person for role in _LEADERS if (person := _anyone(uow, role, but_not))), None)


def _is_ours(uow: UnitOfWork, person: Person) -> bool:
    return rights.is_member(person, uow.workspace_id)


def _why(approver: Approver, partner: Partner, policy: Policy) -> str:
    limit = f"up to {policy.fiscal.currency} {approver.up_to:,.0f}" if approver.up_to else "without a limit"
    if approver.role == "partner_manager":
        return f"you manage {partner.name} and approve {limit}"
    return f"you approve {partner.name}'s deals {limit} as {approver.role.replace('_', ' ')}"


def start(uow: UnitOfWork, registration: DealRegistration, chain: Chain, *, now: datetime, policy: Policy) -> None:
    """Write the steps of a new round and ask the first one."""
    earlier = len(uow.list(ApprovalStep, registration_id=row_id(registration)))
    for place, link in enumerate(chain.links, earlier + 1):
        step = uow.add(
            ApprovalStep(
                workspace_id=uow.workspace_id,
                registration_id=row_id(registration),
                place=place,
                role=link.role,
                approver=link.person.slack_id,
                state=State.WAITING,
                why=link.why,
            )
        )
        uow.record(SubjectKind.APPROVAL_STEP, row_id(step), at=now, actor=ROBOT, to_state=State.WAITING, note=link.why)
    ask_next(uow, registration, now=now, policy=policy)


def steps_of(uow: UnitOfWork, number: int) -> list[ApprovalStep]:
    """Every step of a registration, in order; those of earlier rounds are decided."""
    rows = select(ApprovalStep).where(ApprovalStep.registration_id == number).order_by(col(ApprovalStep.place))
    return list(uow.session.exec(rows.execution_options(populate_existing=True)).all())


def current(uow: UnitOfWork, number: int) -> ApprovalStep | None:
    """The step that waits for its approver now."""
    return next((step for step in steps_of(uow, number) if step.state in _WAITS), None)


def ask_next(uow: UnitOfWork, registration: DealRegistration, *, now: datetime, policy: Policy) -> bool:
    """Ask whoever is next, unless an earlier step climbed to them or to somebody above them, who approved. False when
    everybody has."""
    steps = steps_of(uow, row_id(registration))
    approved = {s.decided_by for s in steps if s.state == State.APPROVED and _this_round(s, registration)}
    for step in steps:
        if step.state == State.WAITING and _settled_above(uow, step, approved):
            step.decided_at = now
            uow.move(step, State.CANCELLED, actor=ROBOT, at=now, note="they, or somebody above them, approved before")
        elif step.state == State.WAITING:
            _ask(uow, step, now=now, policy=policy)
            return True
    return False


def _settled_above(uow: UnitOfWork, step: ApprovalStep, approved: Collection[str]) -> bool:
    approver = uow.find(Person, slack_id=step.approver)
    above = recipients.managers_above(uow, approver) if approver else iter(())
    return step.approver in approved or any(each.slack_id in approved for each in above)


def _this_round(step: ApprovalStep, registration: DealRegistration) -> bool:
    return step.decided_at is not None and step.decided_at >= registration.submitted_at


def _ask(uow: UnitOfWork, step: ApprovalStep, *, now: datetime, policy: Policy) -> None:
    person = uow.find(Person, slack_id=step.approver)
    zone = person.zone if person else "UTC"
    uow.move(step, State.ASKED, actor=ROBOT, at=now, policy_version=policy.version, note=step.why)
    step.asked_at, step.warned_at = now, None
    hours = _hours(policy)
    step.due_at = add_working_hours(now, policy.registration.decide_days * hours, zone, policy.hours)
    before = policy.registration.decide_days - policy.registration.warn_hours / 24
    warning = add_working_hours(now, before * hours, zone, policy.hours) if before > 0 else step.due_at
    step.next_at = min(warning, step.due_at)
    _send(uow, step, now=now, policy=policy)


def _hours(policy: Policy) -> float:
    """How many hours a working day has."""
    opens, closes = policy.hours.start, policy.hours.end
    return closes.hour - opens.hour + (closes.minute - opens.minute) / 60


def _send(uow: UnitOfWork, step: ApprovalStep, *, now: datetime, policy: Policy, occasion: str = "") -> None:
    outgoing.send(
        uow,
        "approval",
        step.approver,
        key=f"approval:{row_id(step)}:{step.approver}{occasion}",
        subject_kind=SubjectKind.APPROVAL_STEP,
        subject_id=row_id(step),
        now=now,
        not_before=in_their_hours(uow, step.approver, now, policy),
        params={"warning": True} if occasion else {},
    )


def require_may_decide(uow: UnitOfWork, registration: DealRegistration, step: ApprovalStep, actor: str) -> Person:
    """The step's approver or somebody above them, and never who submitted it. Raises Refused."""
    person = rights.require_member(uow, actor)
    approver = uow.find(Person, slack_id=step.approver)
    name = person_view(uow, step.approver).name
    if step.state in APPROVAL_DECIDED:
        by = person_view(uow, step.decided_by).name if step.decided_by not in ("", ROBOT) else ""
        raise Refused(f"This was already {step.state}{f' by {by}' if by else ''}. Nothing was changed.")
    if step.state == State.WAITING:
        raise Refused(f"It is not {name}'s turn yet: somebody before them has to decide first.")
    if actor in submitters(uow, registration):
        raise Refused(f"You submitted this registration, so somebody else decides on it: {name}.")
    above = recipients.managers_above(uow, approver) if approver else iter(())
    if actor != step.approver and all(each.slack_id != actor for each in above):
        raise Refused(f"This waits for {name}. Only they, or somebody above them, can decide on it.")
    return person


def decided(uow: UnitOfWork, step: ApprovalStep, state: State, words: str, *, actor: str, now: datetime) -> None:
    """Record one decision and edit the step's cards."""
    step.note, step.decided_by, step.decided_at, step.next_at = words, actor, now, None
    uow.move(step, state, actor=actor, at=now, note=words)
    refresh(uow, step, now=now)


def cancel_rest(uow: UnitOfWork, registration: DealRegistration, *, actor: str, now: datetime) -> None:
    """Nobody else needs to decide."""
    for step in steps_of(uow, row_id(registration)):
        if step.state not in APPROVAL_DECIDED:
            step.next_at, step.decided_at = None, now
            uow.move(step, State.CANCELLED, actor=actor, at=now)
            refresh(uow, step, now=now)


def refresh(uow: UnitOfWork, step: ApprovalStep, *, now: datetime) -> None:
    step.version += 1
    outgoing.refresh_cards(uow, SubjectKind.APPROVAL_STEP, row_id(step), version=step.version, now=now)


def refresh_all(uow: UnitOfWork, registration: DealRegistration, *, now: datetime) -> None:
    """Edit every card of a registration: its own and those of its steps."""
    for step in steps_of(uow, row_id(registration)):
        refresh(uow, step, now=now)
    changed(uow, registration, now=now)


def fire_due(uow: UnitOfWork, *, now: datetime, policy: Policy, limit: int = 200) -> int:
    """Warn approvers whose time runs out, pass on what they did not decide to their manager. Returns how many."""
    due = select(ApprovalStep.id).where(col(ApprovalStep.next_at) <= now).order_by(col(ApprovalStep.next_at))
    numbers = uow.session.exec(due.limit(limit)).all()
    if numbers:
        take_turn(uow)
    for number in numbers:
        with uow.apart(ApprovalStep, number):
            step = uow.lock(ApprovalStep, number)
            if step is None or step.next_at is None or step.next_at > now or step.due_at is None:
                continue
            if now >= step.due_at:
                _climb(uow, step, now=now, policy=policy)
            else:
                step.next_at, step.warned_at = step.due_at, now
                _send(uow, step, now=now, policy=policy, occasion=":warning")
    return len(numbers)


def _climb(uow: UnitOfWork, step: ApprovalStep, *, now: datetime, policy: Policy) -> None:
    """The same step, now with the manager above; it stays where it is when nobody is."""
    registration = uow.lock(DealRegistration, step.registration_id)
    late = uow.find(Person, slack_id=step.approver)
    assert registration is not None  # a foreign key
    line = recipients.managers_above(uow, late) if late else iter(())
    theirs = submitters(uow, registration)
    above = next((p for p in line if p.slack_id not in theirs and _is_ours(uow, p)), None)
    if above is None:
        step.next_at = None
        note = f"{person_view(uow, step.approver).name} did not decide in time, and nobody stands above them"
        uow.record(SubjectKind.APPROVAL_STEP, row_id(step), at=now, actor=ROBOT, note=note)
        return
    name = late.display_name if late else step.approver
    uow.move(step, State.CLIMBED, actor=ROBOT, at=now, note=f"{name} did not decide in time")
    step.approver = above.slack_id
    step.why = f"{name} has not decided in {policy.registration.decide_days} working days"
    _ask(uow, step, now=now, policy=policy)
    refresh(uow, step, now=now)
    changed(uow, registration, now=now)


def waiting_for(uow: UnitOfWork, slack_id: str) -> list[tuple[ApprovalStep, DealRegistration]]:
    """What this person has to decide now, the soonest due first."""
    rows = (
        select(ApprovalStep, DealRegistration)
        .join(DealRegistration, col(DealRegistration.id) == col(ApprovalStep.registration_id))
        .where(ApprovalStep.approver == slack_id, col(ApprovalStep.state).in_(_WAITS))
        .order_by(col(ApprovalStep.due_at), col(ApprovalStep.id))
    )
    return [(step, registration) for step, registration in uow.session.exec(rows).all()]
