"""A portfolio of partners in numbers: what is open, late, overdue and coming up, per partner and per manager."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, String, cast
from sqlmodel import SQLModel, and_, col, func, or_, select

from bot.desk import mornings, outgoing, rights
from bot.desk.digest_sections import Section
from bot.desk.naming import person_view
from bot.desk.views import PersonView
from bot.policy import Policy
from models.base import row_id
from models.calendar import ActionItem, OnboardingTask, Qbr, Renewal
from models.deals import DealRegistration
from models.delivery import Delivery
from models.partners import Partner, PartnerStatus, Person, Role
from models.risks import Commitment, Risk, SubjectKind
from models.states import RegistrationState
from models.store import UnitOfWork

LEADERS = (Role.SENIOR_MANAGER, Role.DIRECTOR, Role.VP, Role.OWNER)
_RENEWS_WITHIN = timedelta(days=90)
_UNDECIDED = (RegistrationState.SUBMITTED, RegistrationState.UNDER_REVIEW, RegistrationState.PENDING_APPROVAL)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Of some partners: `late` are promises, onboarding steps and actions past their day, `qbrs` business reviews past
    theirs, `renewals` terms that end within 90 days, `registrations` deals nobody has decided on."""

    risks: int = 0
    late: int = 0
    qbrs: int = 0
    renewals: int = 0
    registrations: int = 0

    def __add__(self, other: Numbers) -> Numbers:
        return Numbers(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    @property
    def total(self) -> int:
        return sum(getattr(self, each.name) for each in fields(self))


@dataclass(frozen=True, slots=True)
class Row:
    """`partners` is how many it stands for: one, or all of a manager's."""

    name: str
    numbers: Numbers
    partners: int = 1
    tier: str = ""


@dataclass(frozen=True, slots=True)
class PortfolioView:
    """`scope` is "mine", "team" or "all". `managers` is empty for one person's own partners; `partners` has those with
    something to say, the most pressing first; `quiet` is how many have nothing."""

    reader: PersonView
    scope: str
    day: date
    total: Row
    managers: tuple[Row, ...]
    partners: tuple[Row, ...]
    quiet: int


def plan_due(uow: UnitOfWork, *, now: datetime, policy: Policy, limit: int = 200) -> int:
    """Queue every weekly portfolio that is due and set the next one. Returns how many people were due."""
    _begin(uow, now, policy)
    statement = (
        select(Person)
        .where(col(Person.rollup_due_at) <= now)
        .order_by(col(Person.rollup_due_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    people = uow.session.exec(statement).all()
    for person in people:
        with uow.apart(Person, person.id, "rollup_due_at"):
            _plan(uow, person, now=now, policy=policy)
    return len(people)


def _begin(uow: UnitOfWork, now: datetime, policy: Policy) -> None:
    """Every leader who wants it and has none planned gets the next one."""
    newcomers = select(Person).where(
        col(Person.rollup_due_at).is_(None),
        col(Person.wants_digest),
        Person.team_id == uow.workspace_id,
        cast(col(Person.roles), String) != "[]",
    )
    for person in uow.session.exec(newcomers.with_for_update(skip_locked=True)).all():
        if _gets_one(uow, person):
            with uow.apart(Person, person.id, "rollup_due_at"):
                person.rollup_due_at = mornings.next_rollup(person, now - mornings.NEW_WITHIN, policy)


def _gets_one(uow: UnitOfWork, person: Person) -> bool:
    wants = person.wants_digest and Section.PORTFOLIO not in person.digest_without
    return wants and person.has(*LEADERS) and rights.is_member(person, uow.workspace_id)


def _plan(uow: UnitOfWork, person: Person, *, now: datetime, policy: Policy) -> None:
    person.rollup_due_at = None
    if not _gets_one(uow, person):
        return
    if not mornings.is_time(person, now, policy):
        person.rollup_due_at = mornings.when_late(person, now, policy)
        return
    person.rollup_due_at = mornings.next_rollup(person, now, policy)
    day = now.astimezone(ZoneInfo(person.zone)).date()
    if view(uow, person.slack_id, "team", now=now).total.numbers.total == 0:
        return
    outgoing.send(
        uow,
        "portfolio",
        person.slack_id,
        key=f"portfolio:{person.slack_id}:{day.isoformat()}",
        subject_kind=SubjectKind.PERSON,
        subject_id=row_id(person),
        now=now,
    )


def as_sent(uow: UnitOfWork, delivery: Delivery, *, now: datetime) -> PortfolioView | None:
    """The weekly portfolio as it is now; None when there is nothing left to say."""
    person = uow.get(Person, delivery.subject_id)
    shown = view(uow, person.slack_id, "team", now=now) if person else None
    return shown if shown and shown.total.numbers.total else None


def view(uow: UnitOfWork, reader: str, scope: str, *, now: datetime) -> PortfolioView:
    """The numbers of the partners `reader` manages ("mine"), of those they and the people under them manage ("team"),
    or of all. Raises Refused when `reader` is none of ours."""
    person = rights.require_member(uow, reader)
    day = now.astimezone(ZoneInfo(person.zone)).date()
    partners = in_scope(uow, reader, scope)
    numbers = counted(uow, partners, day, now)
    rows = [Row(each.name, numbers.get(row_id(each), Numbers()), tier=each.tier) for each in partners]
    telling = sorted((row for row in rows if row.numbers.total), key=lambda row: (*_pressing(row), row.name))
    return PortfolioView(
        reader=person_view(uow, reader),
        scope=scope,
        day=day,
        total=_sum("", rows),
        managers=() if scope == "mine" else _by_manager(uow, partners, rows),
        partners=tuple(telling),
        quiet=len(rows) - len(telling),
    )


def asked(uow: UnitOfWork, reader: str, scope: str = "", *, now: datetime) -> PortfolioView:
    """The scope they ask for, or their usual one. Raises Refused."""
    return view(uow, reader, scope or usual_scope(rights.require_member(uow, reader)), now=now)


def usual_scope(person: Person) -> str:
    """What somebody looks at who does not say: those who lead their team's partners, others their own."""
    return "team" if person.has(*LEADERS) else "mine"


def in_scope(uow: UnitOfWork, reader: str, scope: str) -> Sequence[Partner]:
    """The partners of a scope as `view` has it, without those that left."""
    statement = select(Partner).where(condition(uow, reader, scope)).order_by(col(Partner.name))
    return uow.session.exec(statement).all()


def condition(uow: UnitOfWork, reader: str, scope: str) -> ColumnElement[bool]:
    """The condition on Partner that makes up a scope."""
    stays = col(Partner.status) != PartnerStatus.EXITED
    if scope == "mine":
        return and_(stays, Partner.manager == reader)
    return and_(stays, col(Partner.manager).in_(team_of(uow, reader))) if scope == "team" else stays


def team_of(uow: UnitOfWork, leader: str) -> frozenset[str]:
    """`leader` and everyone under them by the book (Slack user ids); a loop in the book ends it."""
    under: dict[str, list[str]] = {}
    named = select(Person.manager, Person.slack_id).where(col(Person.manager).is_not(None))
    for manager, who in uow.session.exec(named).all():
        under.setdefault(manager or "", []).append(who)
    team, level = {leader}, [leader]
    while level:
        level = [who for manager in level for who in under.get(manager, ()) if who not in team]
        team.update(level)
    return frozenset(team)


def counted(uow: UnitOfWork, partners: Iterable[Partner], day: date, now: datetime) -> dict[int, Numbers]:
    """The numbers of each of the partners, by id: seven queries however many they are. `day` is the reader's date."""
    ids = frozenset(row_id(partner) for partner in partners)
    awake = or_(col(Risk.snoozed_until).is_(None), col(Risk.snoozed_until) <= now)
    late = Counter[int]()
    for model in (Commitment, OnboardingTask, ActionItem):
        late.update(_count(uow, model, ids, col(model.closed_at).is_(None), col(model.due_on) < day))
    risks = _count(uow, Risk, ids, col(Risk.closed_at).is_(None), awake)
    qbrs = _count(uow, Qbr, ids, col(Qbr.closed_at).is_(None), col(Qbr.held_at).is_(None), col(Qbr.due_on) < day)
    renewals = _count(uow, Renewal, ids, col(Renewal.closed_at).is_(None), col(Renewal.ends_on) <= day + _RENEWS_WITHIN)
    waiting = _count(uow, DealRegistration, ids, col(DealRegistration.state).in_(_UNDECIDED))
    return {
        number: Numbers(risks[number], late[number], qbrs[number], renewals[number], waiting[number]) for number in ids
    }


def _count(uow: UnitOfWork, model: type[SQLModel], ids: Collection[int], *where: ColumnElement[bool]) -> Counter[int]:
    """How many rows of each of the partners; one query over the open rows, whatever the number of partners."""
    partner = model.partner_id  # type: ignore[attr-defined]  # every table counted here has one
    rows = uow.session.exec(select(partner, func.count()).where(*where, partner.is_not(None)).group_by(partner)).all()
    return Counter({number: times for number, times in rows if number in ids})


def _by_manager(uow: UnitOfWork, partners: Sequence[Partner], rows: Sequence[Row]) -> tuple[Row, ...]:
    theirs: dict[str, list[Row]] = {}
    for partner, row in zip(partners, rows, strict=True):
        theirs.setdefault(partner.manager or "", []).append(row)
    names = {
        row.slack_id: row.display_name
        for row in uow.session.exec(select(Person).where(col(Person.slack_id).in_(theirs)))
    }
    summed = [_sum(names.get(who, who) or "Nobody", each) for who, each in theirs.items()]
    return tuple(sorted(summed, key=lambda row: (*_pressing(row), row.name)))


def _sum(name: str, rows: Sequence[Row]) -> Row:
    return Row(name, sum((row.numbers for row in rows), Numbers()), partners=len(rows))


def _pressing(row: Row) -> tuple[int, int]:
    return (-(row.numbers.risks + row.numbers.late + row.numbers.qbrs), -row.numbers.total)


def only(shown: PortfolioView, partner: str) -> PortfolioView:
    """The same for one partner by name."""
    rows = tuple(row for row in shown.partners if row.name == partner)
    return replace(shown, partners=rows, managers=(), total=_sum("", rows), quiet=0)
