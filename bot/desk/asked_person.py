"""Who is meant by "my boss", "the VP of sales", "@sam" or "Vera": a person of ours, found from the partner book."""

from __future__ import annotations

from collections.abc import Iterator

from bot.desk import recipients, rights
from bot.desk.lookup import Ambiguous
from bot.errors import Choice, Refused
from models.partners import Account, Partner, Person, Role
from models.store import UnitOfWork

_SPOKEN = {
    "manager": Role.SENIOR_MANAGER, "sm": Role.SENIOR_MANAGER, "senior manager": Role.SENIOR_MANAGER,
    "pm": Role.PARTNER_MANAGER, "partner manager": Role.PARTNER_MANAGER, "channel manager": Role.PARTNER_MANAGER,
    "am": Role.AE, "account executive": Role.AE, "account manager": Role.AE, "account owner": Role.AE,
    "svp": Role.VP, "evp": Role.VP, "avp": Role.VP, "vice president": Role.VP, "senior vice president": Role.VP,
    "exec": Role.VP, "executive": Role.VP, "head": Role.DIRECTOR, "senior director": Role.DIRECTOR,
    "se": Role.SA, "solution architect": Role.SA, "solutions architect": Role.SA, "architect": Role.SA,
    "professional services": Role.PS, "operations": Role.OPS, "partner operations": Role.OPS, "partner ops": Role.OPS,
    "partner marketing": Role.MARKETING,
}  # fmt: skip
# "VP sales", "regional director": whose VP it is, the management line says.
_DEPARTMENTS = frozenset(
    ["sales", "partnerships", "partnership", "partners", "partner", "channel", "channels", "alliances", "regional"]
)
_TITLES = {"vp": "VP", "ae": "AE", "sa": "SA", "ps": "PS"}
_SHOWN = 6


def is_user_id(to: str) -> bool:
    return to.startswith(("U", "W")) and to.isupper()


def role_of(to: str) -> str | None:
    """The role these words stand for ("vp of sales" -> "vp"), None for none."""
    words = [word for word in to.casefold().replace("_", " ").split() if word not in ("the", "my", "our", "a")]
    if "of" in words:
        words = words[: words.index("of")]
    for said in (words, [word for word in words if word not in _DEPARTMENTS]):
        spoken = " ".join(said)
        role = _SPOKEN.get(spoken, spoken.replace(" ", "_"))
        if role in set(Role):
            return role
    return None


def find(
    uow: UnitOfWork, to: str, partner: Partner | None, account: Account | None, *, actor: str, asked: str
) -> Person:
    """The person: a user id, the asker's own manager ("boss"), the nearest holder of a role above the partner's manager
    or above whoever asks, or somebody of ours by name.

    `asked` is the request up to the recipient ("escalate #12 to"). Raises Refused, or Choice among the people above.
    """
    if is_user_id(to):
        return rights.require_recipient(uow, to)
    asker = rights.require_member(uow, actor)
    if to.casefold().split()[-1:] == ["boss"]:
        return _boss(uow, asker)
    role = role_of(to)
    if role is None:
        person = by_name(uow, to)
        if person is not None:
            return person
        roles = ", ".join(_title(each) for each in sorted(Role))
        unknown = f"I do not know who “{to}” is. Mention a person (@name) or a role: {roles}."
        raise _choice(uow, unknown, asked, partner, asker)
    above = next((person for person in recipients.managers_above(uow, asker) if role in person.roles), None)
    found = recipients.find(uow, role, partner, account)
    held = found.person if found and role in found.person.roles else above
    if held is not None:
        return held
    if to.casefold().split()[-1:] == ["manager"] and role == Role.SENIOR_MANAGER:
        return _boss(uow, asker)
    nobody = f"The partner book names nobody as {_title(role)}. Mention a person instead."
    raise _choice(uow, nobody, asked, partner, asker)


def _boss(uow: UnitOfWork, asker: Person) -> Person:
    boss = next(recipients.managers_above(uow, asker), None)
    if boss is None:
        raise Refused("The partner book does not say who your manager is. Mention a person (@name) or a role instead.")
    return boss


def by_name(uow: UnitOfWork, to: str) -> Person | None:
    """One of our people called so, by full or first name. Raises Ambiguous when several are."""
    wanted = to.casefold().strip()
    ours = [
        person for person in uow.list(Person, team_id=uow.workspace_id) if rights.is_member(person, uow.workspace_id)
    ]
    called = [person for person in ours if person.display_name.casefold() == wanted]
    called = called or [person for person in ours if person.display_name.casefold().split()[:1] == [wanted]]
    if len(called) > 1:
        raise Ambiguous(to, sorted(person.display_name for person in called))
    return called[0] if called else None


def _choice(uow: UnitOfWork, words: str, asked: str, partner: Partner | None, asker: Person) -> Refused:
    """The people above the partner's manager, and above the asker, to choose from."""
    people = list({person.slack_id: person for person in _above(uow, partner, asker)}.values())[:_SHOWN]
    return Choice(
        words,
        [f"{asked} <@{person.slack_id}>" for person in people],
        labels=[_labelled(person) for person in people],
    )


def _above(uow: UnitOfWork, partner: Partner | None, asker: Person) -> Iterator[Person]:
    manager = uow.find(Person, slack_id=partner.manager) if partner and partner.manager else None
    for start in (manager, asker):
        if start is not None:
            yield from (
                person for person in recipients.managers_above(uow, start) if rights.is_member(person, uow.workspace_id)
            )


def _labelled(person: Person) -> str:
    """ "Vera Petit (VP)"."""
    return f"{person.display_name} ({_title(person.roles[0])})" if person.roles else person.display_name


def _title(role: str) -> str:
    return _TITLES.get(role, role.replace("_", " "))
