"""What everything about deal registrations shares: one at a time, fresh cards, and who is told how it ended."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select

from bot.business_time import next_working_moment
from bot.desk import outgoing, recipients, rights
from bot.desk.naming import person_view
from bot.errors import Refused
from bot.policy import Policy
from models.base import Workspace, row_id
from models.deals import DealRegistration
from models.events import Event
from models.partners import Account, Partner, Person
from models.risks import SubjectKind
from models.states import RegistrationState as State
from models.store import UnitOfWork

# What a unit of work keeps of people; none of those that change registrations changes people.
_MANAGERS, _ZONES = "registrations:managers", "registrations:zones"
UNDECIDED = (State.SUBMITTED, State.UNDER_REVIEW, State.PENDING_APPROVAL)


def take_turn(uow: UnitOfWork) -> None:
    """Wait until nobody else in this workspace changes registrations, and keep them out until this unit ends.

    Two claims on one company have no row in common that could be taken (bot/desk/locks.py): the workspace stands for
    it. After a Proposal, before everything else of a registration.
    """
    ours = select(Workspace).where(col(Workspace.id) == uow.workspace_id)
    uow.session.exec(ours.with_for_update(key_share=True)).one()


def take(uow: UnitOfWork, number: int) -> DealRegistration:
    """The registration, and the turn to change it. Raises Refused when there is none."""
    take_turn(uow)
    row = uow.lock(DealRegistration, number)
    if row is None:
        raise unknown(number)
    return row


def unknown(number: int) -> Refused:
    return Refused(f"I know no deal registration #{number}. `/pm deals` lists them.")


def partner_of(uow: UnitOfWork, registration: DealRegistration) -> Partner:
    partner = uow.get(Partner, registration.partner_id)
    assert partner is not None  # a foreign key
    return partner


def manager_of(uow: UnitOfWork, partner: Partner) -> Person | None:
    """The partner's manager, or the nearest person who can act for them; None when the book has nobody."""
    kept: dict[int, Person | None] = uow.session.info.setdefault(_MANAGERS, {})  # an import asks for every row
    number = row_id(partner)
    if number not in kept:
        found = recipients.find(uow, "partner_manager", partner, None)
        kept[number] = found.person if found else None
    return kept[number]


def zone_of(uow: UnitOfWork, partner: Partner) -> str:
    """The zone a partner's days are counted in: its manager's."""
    manager = manager_of(uow, partner)
    return manager.zone if manager else "UTC"


def account_of(uow: UnitOfWork, registration: DealRegistration) -> Account | None:
    return uow.get(Account, registration.account_id)


def require_may_change(uow: UnitOfWork, registration: DealRegistration, actor: str) -> Person:
    """Who submitted it, the partner's manager, or an operator. Raises Refused."""
    person = rights.require_member(uow, actor)
    if actor == registration.submitted_by or partner_of(uow, registration).manager == actor:
        return person
    if rights.is_operator(person):
        return person
    raise Refused("Only whoever submitted it, the partner's manager or operations can do that. Ask one of them.")


def submitters(uow: UnitOfWork, registration: DealRegistration) -> frozenset[str]:
    """Everybody who ever sent it in: a return and a second pair of hands do not make it somebody else's."""
    its = uow.list(
        Event, subject_kind=SubjectKind.DEAL_REGISTRATION, subject_id=row_id(registration), to_state=State.SUBMITTED
    )
    return frozenset({registration.submitted_by, *(entry.actor for entry in its)})


def rounds(uow: UnitOfWork, registration: DealRegistration) -> int:
    """How often it was submitted: once, and once more after each return."""
    its = uow.list(
        Event, subject_kind=SubjectKind.DEAL_REGISTRATION, subject_id=row_id(registration), to_state=State.SUBMITTED
    )
    return len(its)


def changed(uow: UnitOfWork, registration: DealRegistration, *, now: datetime) -> None:
    """Something on its cards is different now: edit them."""
    registration.version += 1
    outgoing.refresh_cards(
        uow, SubjectKind.DEAL_REGISTRATION, row_id(registration), version=registration.version, now=now
    )


def in_their_hours(uow: UnitOfWork, slack_id: str, now: datetime, policy: Policy) -> datetime:
    """When to send what can wait for morning: now, when that is in this person's working hours."""
    zones: dict[str, str] = uow.session.info.setdefault(_ZONES, {})
    if slack_id not in zones:
        zones[slack_id] = person_view(uow, slack_id).zone
    return next_working_moment(now, zones[slack_id], policy.hours)


def tell_result(uow: UnitOfWork, registration: DealRegistration, *, actor: str, now: datetime, policy: Policy) -> None:
    """Whoever submitted it and the partner's manager hear how it came out, once; not whoever made it so."""
    told = {registration.submitted_by, partner_of(uow, registration).manager or ""} - {actor, ""}
    number = row_id(registration)
    for slack_id in sorted(told):
        if uow.find(Person, slack_id=slack_id) is not None:
            outgoing.send(
                uow,
                "registration",
                slack_id,
                key=f"registration:{number}:{registration.state}:{rounds(uow, registration)}:{slack_id}",
                subject_kind=SubjectKind.DEAL_REGISTRATION,
                subject_id=number,
                now=now,
                not_before=in_their_hours(uow, slack_id, now, policy),
            )
