"""What registrations and conflict cases look like to people: frozen views. What may name a rival is marked so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlmodel import and_, col, func, or_, select

from bot.desk import referee
from bot.desk.naming import optional_person_view, person_view
from bot.desk.registrations_base import unknown
from bot.desk.views import PersonView
from models.base import row_id
from models.deals import ApprovalStep, ConflictCase, DealRegistration, Touch
from models.events import ROBOT, Event
from models.partners import Account, Opportunity, Partner, Person, Role
from models.risks import SubjectKind
from models.states import ApprovalState, ConflictState, RegistrationState
from models.store import UnitOfWork


@dataclass(frozen=True, slots=True)
class StepView:
    """`note` are the approver's own words. `stands_in`: who decided it, or whom it waits for, does so in the
    place of whoever has the `role`."""

    id: int
    role: str
    approver: PersonView
    state: str
    why: str
    due_at: datetime | None
    decided_by: PersonView | None
    decided_at: datetime | None
    note: str
    stands_in: bool = False


@dataclass(frozen=True, slots=True)
class MomentView:
    """One line of a timeline: who did what. `words` may name a rival."""

    at: datetime
    who: PersonView | None
    what: str
    words: str


@dataclass(frozen=True, slots=True)
class RegistrationView:
    """`reason` is the referee's and may name a rival; `neutral` is what the partner can be told. `steps` are those of
    the newest round. `case` is the number of a conflict case that has to be decided first, 0 for none. `deals` are open
    deals of the account it can be linked to, as (id, name)."""

    id: int
    external_id: str
    partner: str
    tier: str
    account: str
    is_known: bool
    type: str
    products: tuple[str, ...]
    region: str
    value: Decimal
    currency: str
    contact: str
    expected_close: date | None
    customer_choice: str
    state: str
    rule: str
    reason: str
    neutral: str
    policy_version: str
    manager: PersonView | None
    submitted_by: PersonView
    submitted_at: datetime
    decided_at: datetime | None
    protected_until: date | None
    extensions: int
    deal: str
    deals: tuple[tuple[int, str], ...]
    steps: tuple[StepView, ...]
    case: int
    touches: int
    timeline: tuple[MomentView, ...]
    is_open: bool
    domain: str = ""
    partner_id: int = 0
    version: int = 0


@dataclass(frozen=True, slots=True)
class RegistrationLine:
    """One registration in a list. `waits_for` is who has to decide now."""

    id: int
    partner: str
    account: str
    value: Decimal
    currency: str
    state: str
    waits_for: str
    protected_until: date | None


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """One step as its approver's card shows it."""

    step: StepView
    registration: RegistrationView
    is_current: bool


@dataclass(frozen=True, slots=True)
class CaseView:
    """A conflict, for our own people only: it names both sides. `rival` is None where it stands against a direct deal
    or a name that is alike. `until` is when the next thing has to be done by; `appeal_until` when a decision takes
    effect."""

    id: int
    rule: str
    state: str
    owner: PersonView
    registration: RegistrationView
    rival: RegistrationLine | None
    rival_submitted_at: datetime | None
    rival_manager: PersonView | None
    direct: str
    decision: str
    words: str
    decided_by: PersonView | None
    opened_at: datetime
    until: datetime | None
    timeline: tuple[MomentView, ...]


def view(uow: UnitOfWork, number: int, *, now: datetime) -> RegistrationView:
    """Everything there is to know of one registration. Raises Refused when there is none."""
    row = uow.get(DealRegistration, number)
    partner = uow.get(Partner, row.partner_id) if row else None
    if row is None or partner is None:
        raise unknown(number)
    deal = uow.get(Opportunity, row.opportunity_id)
    steps = [step for step in uow.list(ApprovalStep, registration_id=number) if not _is_old(step, row)]
    return RegistrationView(
        id=number,
        external_id=row.external_id,
        partner=partner.name,
        tier=partner.tier,
        account=row.account_name,
        is_known=row.account_id is not None,
        type=row.type,
        products=tuple(row.products),
        region=row.region,
        value=row.value,
        currency=row.currency,
        contact=row.contact,
        expected_close=row.expected_close,
        customer_choice=row.customer_choice,
        state=row.state,
        rule=row.rule,
        reason=row.reason,
        neutral=_neutral(row),
        policy_version=row.policy_version,
        manager=optional_person_view(uow, partner.manager),
        submitted_by=person_view(uow, row.submitted_by),
        submitted_at=row.submitted_at,
        decided_at=row.decided_at,
        protected_until=row.protected_until,
        extensions=row.extensions,
        deal=(deal.name or deal.external_id) if deal else "",
        deals=_linkable(uow, row),
        steps=tuple(step_view(uow, step) for step in sorted(steps, key=lambda each: each.place)),
        case=_open_case(uow, number),
        touches=_touches(uow, number, now - timedelta(days=30)),
        timeline=_timeline(uow, row, steps),
        is_open=row.closed_at is None,
        domain=row.account_domain,
        partner_id=row.partner_id,
        version=row.version,
    )


def _is_old(step: ApprovalStep, row: DealRegistration) -> bool:
    """Of a round before the registration was returned."""
    return step.decided_at is not None and step.decided_at < row.submitted_at


def _neutral(row: DealRegistration) -> str:
    """What the partner can be told, whatever else is known."""
    name, until = row.account_name, row.protected_until
    last = f" until {until.day} {until:%b %Y}" if until else ""
    said = {
        RegistrationState.APPROVED: f"Your registration of {name} is approved and protected{last}.",
        RegistrationState.REJECTED: f"We cannot register {name} for you.",
        RegistrationState.CONVERTED: f"{name} is won. Thank you.",
        RegistrationState.LOST: f"{name} did not work out this time; the registration is closed.",
        RegistrationState.EXPIRED: f"The protection of {name} has ended. You can register it again.",
        RegistrationState.REVOKED: f"Your registration of {name} had to be taken back. We will call you.",
        RegistrationState.WITHDRAWN: f"Your registration of {name} is withdrawn.",
    }
    if row.state == RegistrationState.RETURNED and row.rule not in ("C4", "C6", "C8"):
        return f"We need a little more from you before we can decide on {name}."
    return said.get(RegistrationState(row.state)) or referee.told(row.rule, name)


def step_view(uow: UnitOfWork, step: ApprovalStep) -> StepView:
    return StepView(
        id=row_id(step),
        role=step.role,
        approver=person_view(uow, step.approver),
        state=step.state,
        why=step.why,
        due_at=step.due_at,
        decided_by=optional_person_view(uow, step.decided_by),
        decided_at=step.decided_at,
        note=step.note,
        stands_in=_stands_in(uow, step),
    )


def _stands_in(uow: UnitOfWork, step: ApprovalStep) -> bool:
    """It climbed, or went to somebody above from the start: the person has not the role of the step."""
    if step.role not in set(Role):
        return False
    person = uow.find(Person, slack_id=step.decided_by or step.approver)
    row = uow.get(DealRegistration, step.registration_id)
    partner = uow.get(Partner, row.partner_id) if row else None
    if step.role == Role.PARTNER_MANAGER and partner and partner.manager:
        return person is not None and person.slack_id != partner.manager
    return person is not None and step.role not in person.roles


def approval(
    uow: UnitOfWork, step_id: int, *, reader: str = "", is_new: bool = False, now: datetime
) -> ApprovalView | None:
    """A step's card. None when it never was asked, and for a card not posted yet (`is_new`) when `reader` is not whom
    it waits for any more."""
    step = uow.get(ApprovalStep, step_id)
    if step is None or step.asked_at is None:
        return None
    is_current = step.state in (ApprovalState.ASKED, ApprovalState.CLIMBED)
    if is_new and not (is_current and step.approver == reader):
        return None
    return ApprovalView(step_view(uow, step), view(uow, step.registration_id, now=now), is_current)


def _linkable(uow: UnitOfWork, row: DealRegistration) -> tuple[tuple[int, str], ...]:
    if row.account_id is None or row.closed_at is not None:
        return ()
    deals = select(Opportunity).where(Opportunity.account_id == row.account_id, col(Opportunity.is_won).is_(None))
    rows = uow.session.exec(deals.order_by(col(Opportunity.id)).limit(100)).all()
    return tuple((row_id(deal), deal.name or deal.external_id) for deal in rows)


def _open_case(uow: UnitOfWork, number: int) -> int:
    cases = uow.list(ConflictCase, registration_id=number)
    return next((row_id(case) for case in cases if case.state != ConflictState.CLOSED), 0)


def _touches(uow: UnitOfWork, number: int, since: datetime) -> int:
    count = select(func.count()).select_from(Touch).where(Touch.registration_id == number, col(Touch.qualified))
    return uow.session.exec(count.where(col(Touch.at) >= since)).one()


_MOST = 30


def _timeline(uow: UnitOfWork, row: DealRegistration, steps: Sequence[ApprovalStep]) -> tuple[MomentView, ...]:
    """What happened to it, oldest first; the last thirty things."""
    step_ids = [row_id(step) for step in steps]
    decisions = and_(
        Event.subject_kind == SubjectKind.APPROVAL_STEP,
        col(Event.subject_id).in_(step_ids),
        col(Event.to_state).in_([ApprovalState.ASKED, ApprovalState.CLIMBED, ApprovalState.APPROVED]),
    )
    # It is under review and waits for approval in the moment it is submitted: that is not worth a line.
    at_once = [RegistrationState.UNDER_REVIEW, RegistrationState.PENDING_APPROVAL]
    its = and_(
        Event.subject_kind == SubjectKind.DEAL_REGISTRATION,
        Event.subject_id == row.id,
        col(Event.to_state).not_in(at_once),
    )
    return _moments(uow, select(Event).where(or_(its, decisions)), {row_id(step): step for step in steps})


def _moments(uow: UnitOfWork, statement: object, steps: dict[int, ApprovalStep]) -> tuple[MomentView, ...]:
    rows = uow.session.exec(statement.order_by(col(Event.id).desc()).limit(_MOST)).all()  # type: ignore[attr-defined]
    last_asked = {entry.subject_id: entry.id for entry in reversed(rows) if entry.to_state == ApprovalState.ASKED}
    made = []
    for entry in reversed(rows):
        what = entry.to_state.replace("_", " ")
        if entry.subject_kind == SubjectKind.APPROVAL_STEP:
            is_last = entry.to_state == ApprovalState.APPROVED or entry.id == last_asked.get(entry.subject_id)
            what = _decision(uow, steps[entry.subject_id], entry.to_state, is_last=is_last)
        made.append(_moment(uow, entry, what))
    return tuple(made)


def _decision(uow: UnitOfWork, step: ApprovalStep, state: str, *, is_last: bool) -> str:
    """`is_last`: it is about whoever has the step now, not about who had it before it climbed."""
    role = step.role.replace("_", " ")
    if is_last and _stands_in(uow, step):
        asked = f"{person_view(uow, step.approver).name} asked for the {role}"
        return asked if state == ApprovalState.ASKED else f"approved for the {role}"
    return {"asked": f"{role} asked", "climbed": f"{role} was late", "approved": f"{role} approved"}[state]


def _moment(uow: UnitOfWork, entry: Event, what: str) -> MomentView:
    words = "" if entry.note == what else entry.note
    return MomentView(entry.at, None if entry.actor == ROBOT else person_view(uow, entry.actor), what or "noted", words)


def lines(uow: UnitOfWork, rows: Sequence[DealRegistration]) -> tuple[RegistrationLine, ...]:
    """Registrations for a list, with three look-ups however many there are."""
    numbers = [row_id(row) for row in rows]
    names = {row_id(each): each.name for each in _all(uow, Partner, {row.partner_id for row in rows})}
    waits = select(ApprovalStep).where(
        col(ApprovalStep.registration_id).in_(numbers), ApprovalStep.state == ApprovalState.ASKED
    )
    asked = {step.registration_id: person_view(uow, step.approver).name for step in uow.session.exec(waits).all()}
    return tuple(
        RegistrationLine(
            row_id(row),
            names.get(row.partner_id, ""),
            row.account_name,
            row.value,
            row.currency,
            row.state,
            asked.get(row_id(row), ""),
            row.protected_until,
        )
        for row in rows
    )


def _all(uow: UnitOfWork, model: type[Partner], numbers: set[int]) -> Sequence[Partner]:
    return uow.session.exec(select(model).where(col(model.id).in_(numbers))).all()


def case_view(uow: UnitOfWork, number: int, *, is_new: bool = False, now: datetime) -> CaseView | None:
    """A conflict case as its card shows it to our own people. None when there is none, or when it was over before its
    card was posted (`is_new`)."""
    case = uow.get(ConflictCase, number)
    if case is None or (is_new and case.state == ConflictState.CLOSED):
        return None
    rival = uow.get(DealRegistration, case.against)
    rival_partner = uow.get(Partner, rival.partner_id) if rival else None
    deal = uow.get(Opportunity, case.opportunity_id)
    account = uow.get(Account, deal.account_id) if deal else None
    verdict, _, words = case.decision.partition(": ")
    its = and_(Event.subject_kind == SubjectKind.CONFLICT_CASE, Event.subject_id == number)
    return CaseView(
        id=number,
        rule=case.rule.partition(".")[0],
        state=case.state,
        owner=person_view(uow, case.owner),
        registration=view(uow, case.registration_id, now=now),
        rival=lines(uow, [rival])[0] if rival else None,
        rival_submitted_at=rival.submitted_at if rival else None,
        rival_manager=optional_person_view(
            uow, rival_partner.manager if rival_partner else account.owner if account else None
        ),
        direct=(deal.name or deal.external_id) if deal else "",
        decision=verdict,
        words=words,
        decided_by=optional_person_view(uow, case.decided_by),
        opened_at=case.opened_at,
        until=case.next_at,
        timeline=_moments(uow, select(Event).where(its), {}),
    )
