"""Conflict cases: two claims on one deal, decided by people against the clock of policy.registration.conflict_hours.

The owner is the manager of the partner that registered; the manager of the other claim may appeal before a decision
takes effect. A stage that is late brings in the next manager above the owner. The names of both sides are for our own
people only.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.desk import approval_chain, recipients, registrations_review, rights
from bot.desk.naming import person_view
from bot.desk.registrations_base import changed, partner_of, submitters, take_turn
from bot.desk.registrations_review import close_case, other_managers, refresh_case, show_case
from bot.desk.registrations_views import CaseView, case_view
from bot.errors import Refused
from bot.policy import Policy
from models.base import row_id
from models.deals import ConflictCase, DealRegistration
from models.delivery import Delivery
from models.events import ROBOT
from models.partners import OpportunityPartner, Person
from models.risks import SubjectKind
from models.states import ConflictState as State
from models.states import RegistrationState
from models.store import UnitOfWork

# What can be decided -> what it means. "co_sell" only where it stands against a direct deal of our own.
VERDICTS = {
    "through": "Let it go on to the approvers",
    "reject": "The other claim stands: reject this one",
    "return": "Ask the partner for more",
    "co_sell": "Keep our deal direct and offer co-sell",
}
_BEFORE = {State.OPEN: "triaged", State.TRIAGED: "investigated", State.INVESTIGATING: "decided"}
_OVER = (State.DECIDED_FINAL, State.CLOSED)


def triage(uow: UnitOfWork, number: int, /, *, actor: str, now: datetime, policy: Policy) -> CaseView:
    """Somebody has looked at it. Raises Refused."""
    return _step(uow, number, State.OPEN, State.TRIAGED, actor=actor, now=now, policy=policy)


def investigate(uow: UnitOfWork, number: int, /, *, actor: str, now: datetime, policy: Policy) -> CaseView:
    """Both sides are being heard. Raises Refused."""
    return _step(uow, number, State.TRIAGED, State.INVESTIGATING, actor=actor, now=now, policy=policy)


def _step(
    uow: UnitOfWork, number: int, before: State, after: State, *, actor: str, now: datetime, policy: Policy
) -> CaseView:
    case = _take(uow, number)
    _require_side(uow, case, actor)
    if case.state != before:
        raise _is_already(uow, case)
    uow.move(case, after, actor=actor, at=now, policy_version=policy.version)
    case.next_at = _deadline(case, policy)
    return _shown(uow, case, now=now)


def decide(
    uow: UnitOfWork, number: int, verdict: str, words: str, *, actor: str, now: datetime, policy: Policy
) -> CaseView:
    """What becomes of the claim, and why. It takes effect when the other side agrees or lets the time for an appeal
    pass, at once where there is no other side; after an appeal the decision is final. Raises Refused."""
    case = _take(uow, number)
    if verdict not in VERDICTS or (verdict == "co_sell" and case.opportunity_id is None):
        raise Refused("That cannot be decided here. Pick one of the choices on the card.")
    if case.state == State.APPEALED:
        _require_above(uow, case, actor)
        case.decision, case.decided_by = f"{verdict}: {words}", actor
        uow.move(case, State.DECIDED_FINAL, actor=actor, at=now, policy_version=policy.version, note=words)
        return _carry_out(uow, case, actor=actor, now=now, policy=policy)
    _require_owner(uow, case, actor)
    if case.state == State.OPEN:  # whoever decides at once has looked at it
        uow.move(case, State.TRIAGED, actor=actor, at=now, policy_version=policy.version)
    if case.state not in (State.TRIAGED, State.INVESTIGATING):
        raise _is_already(uow, case)
    case.decision, case.decided_by = f"{verdict}: {words}", actor
    uow.move(case, State.DECIDED, actor=actor, at=now, policy_version=policy.version, note=words)
    if not other_managers(uow, case) - {case.owner, actor}:
        return _carry_out(uow, case, actor=actor, now=now, policy=policy)
    case.next_at = now + timedelta(hours=policy.registration.conflict_hours.triage)
    return _shown(uow, case, now=now)


def accept(uow: UnitOfWork, number: int, /, *, actor: str, now: datetime, policy: Policy) -> CaseView:
    """The other side agrees with the decision: it takes effect now. Raises Refused."""
    case = _take(uow, number)
    _require_other(uow, case, actor)
    if case.state != State.DECIDED:
        raise _is_already(uow, case)
    return _carry_out(uow, case, actor=actor, now=now, policy=policy)


def appeal(uow: UnitOfWork, number: int, words: str, *, actor: str, now: datetime, policy: Policy) -> CaseView:
    """The other side does not agree: the manager above the owner, or another leader, decides for good. Raises
    Refused; also when there is nobody who could."""
    case = _take(uow, number)
    _require_other(uow, case, actor)
    if case.state != State.DECIDED:
        raise _is_already(uow, case)
    if not _appeal_judges(uow, case):
        raise Refused("Nobody who has no part in this case could decide on an appeal, so the decision stands.")
    uow.move(case, State.APPEALED, actor=actor, at=now, policy_version=policy.version, note=words)
    case.next_at = now + timedelta(hours=policy.registration.conflict_hours.triage)
    _bring_in(uow, case, now=now, policy=policy)
    return _shown(uow, case, now=now)


def fire_due(uow: UnitOfWork, *, now: datetime, policy: Policy, limit: int = 200) -> int:
    """A stage is late: the next manager above is brought in. A decision nobody appealed takes effect. Returns how
    many were due."""
    due = select(ConflictCase.id).where(col(ConflictCase.next_at) <= now).order_by(col(ConflictCase.next_at))
    numbers = uow.session.exec(due.limit(limit)).all()
    if numbers:
        take_turn(uow)
    for number in numbers:
        with uow.apart(ConflictCase, number):
            case = uow.lock(ConflictCase, number)
            if case is None or case.next_at is None or case.next_at > now:
                continue
            if case.state == State.DECIDED:
                _carry_out(uow, case, actor=ROBOT, now=now, policy=policy)
            else:
                _late(uow, case, now=now, policy=policy)
    return len(numbers)


def _late(uow: UnitOfWork, case: ConflictCase, *, now: datetime, policy: Policy) -> None:
    """Not done in time: the next one above hears of it, and the next deadline counts."""
    hours, what = (now - case.opened_at).total_seconds() / 3600, _BEFORE.get(State(case.state), "decided")
    note = f"not {what} after {hours:.0f} hours"
    uow.record(SubjectKind.CONFLICT_CASE, row_id(case), at=now, actor=ROBOT, policy_version=policy.version, note=note)
    clock = policy.registration.conflict_hours
    later = [case.opened_at + timedelta(hours=each) for each in (clock.triage, clock.investigate, clock.decide)]
    case.next_at = next((each for each in later if each > now), None) if case.state != State.APPEALED else None
    _bring_in(uow, case, now=now, policy=policy)
    refresh_case(uow, case, now=now)


def _bring_in(uow: UnitOfWork, case: ConflictCase, *, now: datetime, policy: Policy) -> None:
    """Show it to the nearest who could decide now and has not seen it."""
    told = {row.target for row in uow.list(Delivery, card="conflict", subject_id=row_id(case))}
    judges = _appeal_judges(uow, case) if case.state == State.APPEALED else above_owner(uow, case)
    unaware = next((each for each in judges if each not in told), None)
    if unaware is not None:
        show_case(uow, case, unaware, now=now, policy=policy)


def _carry_out(uow: UnitOfWork, case: ConflictCase, *, actor: str, now: datetime, policy: Policy) -> CaseView:
    """The decision takes effect on the registration, and the case is closed."""
    verdict, _, words = case.decision.partition(": ")
    row = uow.lock(DealRegistration, case.registration_id)
    assert row is not None  # a foreign key
    close_case(uow, case, VERDICTS[verdict], actor=actor, now=now)
    decider = case.decided_by
    if verdict == "through" and row.state == RegistrationState.UNDER_REVIEW:
        least = "senior_manager" if case.rule.startswith(("C1", "C2")) else ""
        registrations_review.ask_approvers(uow, row, through=least, now=now, policy=policy)
    elif verdict == "through":
        approval_chain.refresh_all(uow, row, now=now)
    elif row.state in (RegistrationState.UNDER_REVIEW, RegistrationState.PENDING_APPROVAL):
        state = RegistrationState.RETURNED if verdict == "return" else RegistrationState.REJECTED
        if verdict == "co_sell":
            _offer_co_sell(uow, case, row, now=now)
        registrations_review.settle(uow, row, state, words, actor=decider, now=now, policy=policy, rule=case.rule)
    return _shown(uow, case, now=now)


def _offer_co_sell(uow: UnitOfWork, case: ConflictCase, row: DealRegistration, *, now: datetime) -> None:
    known = uow.find(OpportunityPartner, opportunity_id=case.opportunity_id, partner_id=row.partner_id, role="co_sell")
    if known is None and case.opportunity_id is not None:
        uow.add(
            OpportunityPartner(
                workspace_id=uow.workspace_id,
                opportunity_id=case.opportunity_id,
                partner_id=row.partner_id,
                role="co_sell",
                status="claimed",
                attached_on=now.date(),
            )
        )


def _take(uow: UnitOfWork, number: int) -> ConflictCase:
    take_turn(uow)
    case = uow.lock(ConflictCase, number)
    if case is None:
        raise Refused("I do not know that case any more. `/pm deals` shows what is open.")
    return case


def _deadline(case: ConflictCase, policy: Policy) -> datetime | None:
    clock = policy.registration.conflict_hours
    hours = {State.TRIAGED: clock.investigate, State.INVESTIGATING: clock.decide}.get(State(case.state))
    return case.opened_at + timedelta(hours=hours) if hours else case.next_at


def _shown(uow: UnitOfWork, case: ConflictCase, *, now: datetime) -> CaseView:
    registration = uow.get(DealRegistration, case.registration_id)
    refresh_case(uow, case, now=now)
    if registration is not None:
        changed(uow, registration, now=now)
    shown = case_view(uow, row_id(case), now=now)
    assert shown is not None
    return shown


def above_owner(uow: UnitOfWork, case: ConflictCase) -> list[str]:
    """The managers above the owner, nearest first."""
    owner = uow.find(Person, slack_id=case.owner)
    above = recipients.managers_above(uow, owner) if owner else iter(())
    return [person.slack_id for person in above if rights.is_member(person, uow.workspace_id)]


def _appeal_judges(uow: UnitOfWork, case: ConflictCase) -> list[str]:
    """Who may decide after an appeal, nearest first: those above the owner, or any leader where nobody is; none who
    has a part in it."""
    parties = {case.owner, case.decided_by, *other_managers(uow, case), *_sent_in_by(uow, case)}
    ours = (each for each in uow.list(Person) if rights.is_member(each, uow.workspace_id))
    leaders = [each.slack_id for each in ours if rights.is_leader(each)]
    above = [each for each in above_owner(uow, case) if each not in parties]
    return above or [each for each in leaders if each not in parties]


def _require_owner(uow: UnitOfWork, case: ConflictCase, actor: str) -> None:
    rights.require_member(uow, actor)
    if actor != case.owner and actor not in above_owner(uow, case):
        raise Refused(f"This case is {person_view(uow, case.owner).name}'s. They decide, or somebody above them.")
    theirs = _sent_in_by(uow, case)
    if actor in theirs and not theirs.issuperset({case.owner, *above_owner(uow, case)}):
        raise Refused("You sent this registration in, so somebody else decides on its case: its owner, or above them.")


def _sent_in_by(uow: UnitOfWork, case: ConflictCase) -> frozenset[str]:
    row = uow.get(DealRegistration, case.registration_id)
    return submitters(uow, row) if row is not None else frozenset()


def _require_side(uow: UnitOfWork, case: ConflictCase, actor: str) -> None:
    rights.require_member(uow, actor)
    if actor not in {case.owner, *other_managers(uow, case), *above_owner(uow, case)}:
        raise Refused(f"This case is {person_view(uow, case.owner).name}'s. Only the managers in it can do that.")


def _require_other(uow: UnitOfWork, case: ConflictCase, actor: str) -> None:
    rights.require_member(uow, actor)
    others = other_managers(uow, case) - {case.decided_by}
    if actor not in others:
        names = ", ".join(sorted(person_view(uow, each).name for each in others)) or "nobody"
        raise Refused(f"Only the other side answers a decision: {names}.")


def _require_above(uow: UnitOfWork, case: ConflictCase, actor: str) -> None:
    rights.require_member(uow, actor)
    if actor not in _appeal_judges(uow, case):
        raise Refused("After an appeal somebody above the owner decides, or another leader where nobody is.")


def _is_already(uow: UnitOfWork, case: ConflictCase) -> Refused:
    words, by = case.state.replace("_", " "), person_view(uow, case.decided_by).name if case.decided_by else ""
    name = partner_of_case(uow, case)
    return Refused(f"Case #{case.id} ({name}) is {words}{f' by {by}' if by else ''} already. Nothing was changed.")


def partner_of_case(uow: UnitOfWork, case: ConflictCase) -> str:
    """The name of the partner whose registration the case is about."""
    row = uow.get(DealRegistration, case.registration_id)
    return partner_of(uow, row).name if row else ""
