"""From a role in the policy to a person in the book."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import col, func, select

from models.escalations import Handoff
from models.partners import Account, Partner, Person, Role
from models.states import HandoffState
from models.store import UnitOfWork

_CHAIN_LIMIT = 10
_TITLES = {
    "vp": "VP", "ae": "account executive", "sa": "solution architect", "ps": "professional services",
    "ops": "operations",
}  # fmt: skip
_DEPARTMENTS = frozenset([Role.PS, Role.OPS, Role.MARKETING])


@dataclass(frozen=True, slots=True)
class Recipient:
    """`why` completes "This came to you because …"."""

    person: Person
    why: str


def find(uow: UnitOfWork, role: str, partner: Partner | None, account: Account | None) -> Recipient | None:
    """Who `role` is for this partner and account, or the nearest person who can act; None when the book has nobody."""
    manager = _person(uow, partner.manager if partner else None)
    their = f"{partner.name}'s" if partner else "the partner's"
    if role == "partner_manager" and manager:
        return Recipient(manager, f"you manage {partner.name if partner else 'this partner'}")
    if role == "ae":
        owner = _person(uow, account.owner if account else None)
        return Recipient(owner, f"you own {account.name}") if owner and account else None
    if role in {"sa", "ps"}:
        specialist = _least_busy(uow, role)
        if specialist:
            return Recipient(specialist, f"you take {role.upper()} handoffs")
    above = _above(uow, manager, role) if manager else None
    if above:
        return Recipient(
            above, f"you are the {_title(role)} above {their} manager, {manager.display_name if manager else ''}"
        )
    return _fallback(uow, role, manager, their)


def managers_above(uow: UnitOfWork, person: Person) -> Iterator[Person]:
    """The chain of managers over a person, nearest first; a loop in the book ends it."""
    seen = {person.slack_id}
    current = person
    for _ in range(_CHAIN_LIMIT):
        above = _person(uow, current.manager)
        if above is None or above.slack_id in seen:
            return
        seen.add(above.slack_id)
        yield above
        current = above


def _above(uow: UnitOfWork, manager: Person, role: str) -> Person | None:
    chain = list(managers_above(uow, manager))
    exact = next((person for person in chain if role in person.roles), None)
    return exact or (chain[0] if chain and role == "senior_manager" else None)


def _fallback(uow: UnitOfWork, role: str, manager: Person | None, their: str) -> Recipient | None:
    """Nobody holds the role on this line: someone with that role anywhere, the partner's manager, then any leader."""
    holder = _first_with(uow, role)
    if holder:
        return Recipient(holder, f"you are {being(role)} and nobody nearer is for {their} work")
    if manager:
        nobody = f"the book names nobody who is {being(role)}"
        return Recipient(manager, f"{nobody} for {their} work and you are its manager")
    for leader in (Role.PARTNER_MANAGER, Role.DIRECTOR, Role.VP, Role.OWNER, Role.ADMIN):
        holder = _first_with(uow, leader)
        if holder:
            return Recipient(holder, f"the book names no manager for {their} work")
    return None


def _first_with(uow: UnitOfWork, role: str) -> Person | None:
    return next((person for person in _reachable(uow) if role in person.roles), None)


def _least_busy(uow: UnitOfWork, role: str) -> Person | None:
    holders = [person for person in _reachable(uow) if role in person.roles]
    return min(holders, key=lambda person: _open_handoffs(uow, person), default=None)


def _open_handoffs(uow: UnitOfWork, person: Person) -> int:
    statement = (
        select(func.count())
        .select_from(Handoff)
        .where(
            Handoff.assignee == person.slack_id,
            col(Handoff.state).in_([HandoffState.OFFERED, HandoffState.ACCEPTED]),
        )
    )
    return uow.session.exec(statement).one()


def _reachable(uow: UnitOfWork) -> list[Person]:
    people = uow.session.exec(
        select(Person).where(~col(Person.is_deleted), ~col(Person.is_stranger)).order_by(col(Person.id))
    )
    return [person for person in people if person.roles]


def _person(uow: UnitOfWork, slack_id: str | None) -> Person | None:
    person = uow.find(Person, slack_id=slack_id) if slack_id else None
    return person if person and not person.is_deleted else None


def being(role: str) -> str:
    """What somebody with that role is: "a VP", "an account executive", "in marketing"."""
    title = _title(role)
    if role in _DEPARTMENTS:
        return f"in {title}"
    return f"{'an' if title[0] in 'aeiou' else 'a'} {title}"


def _title(role: str) -> str:
    return _TITLES.get(role, role.replace("_", " "))
