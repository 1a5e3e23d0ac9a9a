"""Who may do what. Only current members of our workspace command: no guests, strangers or bots."""

from __future__ import annotations

from bot.errors import Refused
from models.partners import Partner, Person, Role
from models.risks import Risk
from models.store import UnitOfWork

NOT_OURS = "I only take requests from the people of the workspace I am installed in. Please ask your contact there."

_LEADERS = (Role.SENIOR_MANAGER, Role.DIRECTOR, Role.VP, Role.OWNER, Role.ADMIN)
_OPERATORS = (*_LEADERS, Role.PARTNER_MANAGER, Role.OPS)


def is_member(person: Person | None, workspace_id: str) -> bool:
    """Whether this is a current, full member of our workspace. Unknown means no."""
    return (
        person is not None
        and person.team_id == workspace_id
        and not (person.is_bot or person.is_guest or person.is_stranger or person.is_deleted)
    )


def require_member(uow: UnitOfWork, slack_id: str) -> Person:
    """The person, if they are one of ours. Raises Refused with the fixed text otherwise."""
    person = uow.find(Person, slack_id=slack_id)
    if person is None or not is_member(person, uow.workspace_id):
        raise Refused(NOT_OURS)
    return person


def require_recipient(uow: UnitOfWork, slack_id: str) -> Person:
    """Somebody internal work may be passed to. Raises Refused, naming them, when they are none of ours."""
    person = uow.find(Person, slack_id=slack_id)
    if person is None or not is_member(person, uow.workspace_id):
        name = person.display_name if person else "That person"
        raise Refused(f"{name} is not a full member of this workspace, so it cannot go to them. Pick somebody else.")
    return person


def is_leader(person: Person) -> bool:
    """The people who lead partner managers."""
    return person.has(*_LEADERS)


def is_operator(person: Person) -> bool:
    """Partner managers, operations, and the people who lead them."""
    return person.has(*_OPERATORS)


def require_operator(uow: UnitOfWork, slack_id: str) -> Person:
    """A member who may change what is watched or tracked: partner managers, operations and their managers."""
    person = require_member(uow, slack_id)
    if not is_operator(person) and not _manages_a_partner(uow, person):
        raise Refused("Only partner managers, operations and their managers can do that. Ask one of them.")
    return person


def require_may_settle(uow: UnitOfWork, slack_id: str, risk: Risk, *, told: frozenset[str]) -> Person:
    """A member who may settle this risk: whoever was told, the partner's manager, or an operator or leader."""
    person = require_member(uow, slack_id)
    partner = uow.get(Partner, risk.partner_id)
    if person.slack_id in told or (partner and partner.manager == slack_id) or is_operator(person):
        return person
    raise Refused("You can read this risk, but only the people it went to, or a partner manager, can settle it.")


def _manages_a_partner(uow: UnitOfWork, person: Person) -> bool:
    return uow.find(Partner, manager=person.slack_id) is not None
