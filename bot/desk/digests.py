"""The morning digest: one DM with what waits for a person, on working days, only when something does."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, String, cast
from sqlmodel import SQLModel, col, or_, select

from bot.desk import agendas, digest_sections, digest_view, hints, mornings, outgoing, portfolio, rights
from bot.desk.agenda import Agenda, Morning
from bot.desk.digest_sections import Section
from bot.desk.views import DigestView
from bot.errors import Refused
from bot.policy import Policy
from models.base import row_id
from models.calendar import ActionItem, CheckIn, OnboardingTask, Qbr, Renewal
from models.delivery import Delivery
from models.escalations import Escalation
from models.events import ROBOT
from models.partners import Account, Partner, Person
from models.risks import SubjectKind
from models.states import EscalationState
from models.store import UnitOfWork

as_listed = digest_view.as_listed
_EVERYTHING = 90  # things on an agenda: a table has room for so many


@dataclass(frozen=True, slots=True)
class Settings:
    """How somebody gets their digest: `every` "day" or "week", at their own wall-clock time `at`, without some
    sections; `next_at` (UTC) is the next one, None when they switched it off."""

    wants: bool
    every: str
    at: time
    without: tuple[Section, ...]
    next_at: datetime | None
    gets_portfolio: bool


def plan_due(uow: UnitOfWork, *, now: datetime, policy: Policy, limit: int = 200) -> int:
    """Queue every digest that is due in this workspace and set the next one. Returns how many people were due."""
    _begin(uow, now, policy)
    statement = (
        select(Person)
        .where(col(Person.digest_due_at) <= now)
        .order_by(col(Person.digest_due_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    people = uow.session.exec(statement).all()
    for person in people:
        with uow.apart(Person, person.id, "digest_due_at"):
            _plan(uow, person, now=now, policy=policy)
    return len(people)


def _begin(uow: UnitOfWork, now: datetime, policy: Policy) -> None:
    """Whoever has a role or owns something, and no digest planned, gets the next one, or the one that was just due."""
    owns: list[ColumnElement[bool]] = [
        col(Person.slack_id).in_(select(Partner.manager)),
        col(Person.slack_id).in_(select(Account.owner)),
        *(col(Person.slack_id).in_(_owners(model)) for model in (OnboardingTask, CheckIn, Qbr, Renewal, ActionItem)),
    ]
    has_role = cast(col(Person.roles), String) != "[]"
    newcomers = (
        select(Person)
        .where(
            col(Person.digest_due_at).is_(None),
            col(Person.wants_digest),
            Person.team_id == uow.workspace_id,
            ~(col(Person.is_bot) | col(Person.is_guest) | col(Person.is_stranger) | col(Person.is_deleted)),
            or_(has_role, *owns),
        )
        .with_for_update(skip_locked=True)
    )
    for person in uow.session.exec(newcomers).all():
        with uow.apart(Person, person.id, "digest_due_at"):
            person.digest_due_at = mornings.next_digest(person, now - mornings.NEW_WITHIN, policy)


def _owners(model: type[SQLModel]) -> Select[Any]:
    """Who owns an open row of `model`."""
    return select(model.owner).where(model.closed_at.is_(None), model.owner.is_not(None))  # type: ignore[attr-defined]


def _plan(uow: UnitOfWork, person: Person, *, now: datetime, policy: Policy) -> None:
    person.digest_due_at = None
    if not (person.wants_digest and rights.is_member(person, uow.workspace_id)):
        return
    if not mornings.is_time(person, now, policy):  # late, after we were down: not at night
        person.digest_due_at = mornings.when_late(person, now, policy)
        return
    person.digest_due_at = mornings.next_digest(person, now, policy)
    last = _last(uow, person)
    before = date.fromisoformat(last.params["day"]) if last else None
    morning = mornings.morning_of(uow, person, now, policy, last=before)
    digest = digest_view.build(
        uow, person, morning, _since(person, morning, last), now=now, policy=policy, without=person.digest_without
    )
    if not digest_view.is_worth_sending(digest):
        return
    outgoing.send(
        uow,
        "digest",
        person.slack_id,
        key=f"digest:{person.slack_id}:{morning.day.isoformat()}",
        subject_kind=SubjectKind.PERSON,
        subject_id=row_id(person),
        now=now,
        params=digest_view.listed(digest),
    )
    for told in uow.list(Escalation, recipient=person.slack_id, via="digest", state=EscalationState.OPEN):
        row = uow.lock(Escalation, told.id)
        if row is None or row.state != EscalationState.OPEN:
            continue  # settled at this very moment
        uow.move(row, EscalationState.NOTIFIED, actor=ROBOT, at=now, rule=row.rule, policy_version=row.policy_version)
        row.notified_at = now
    hints.mark_listed(uow, [hint.id for hint in digest.hints], now=now)


def _last(uow: UnitOfWork, person: Person) -> Delivery | None:
    """Their last digest."""
    theirs = select(Delivery).where(
        Delivery.subject_kind == SubjectKind.PERSON,
        Delivery.subject_id == row_id(person),
        Delivery.card == "digest",
        col(Delivery.updates).is_(None),
    )
    return uow.session.exec(theirs.order_by(col(Delivery.id).desc()).limit(1)).first()


def _since(person: Person, morning: Morning, last: Delivery | None) -> datetime:
    """From when on what happened is news to them."""
    return last.created_at if last else datetime.combine(morning.previous, time(), tzinfo=ZoneInfo(person.zone))


def live(
    uow: UnitOfWork, slack_id: str, *, now: datetime, policy: Policy, without: Collection[str] | None = None
) -> DigestView:
    """What their digest would hold if it came now, also what they were told already; `without` the sections they leave
    out, or those given. Raises Refused."""
    person = rights.require_member(uow, slack_id)
    left_out = person.digest_without if without is None else without
    morning, last = mornings.live(uow, person, now), _last(uow, person)
    return digest_view.build(
        uow, person, morning, _since(person, morning, last), now=now, policy=policy, without=left_out
    )


def everything(uow: UnitOfWork, slack_id: str, *, now: datetime, policy: Policy) -> tuple[Agenda, date]:
    """All that is late, due or coming up for somebody, on which day of theirs. Raises Refused."""
    morning = mornings.live(uow, rights.require_member(uow, slack_id), now)
    return agendas.collect(uow, morning, policy=policy, limit=_EVERYTHING), morning.day


def agenda_of(uow: UnitOfWork, slack_id: str, *, now: datetime, policy: Policy) -> Agenda:
    """The same of somebody else; nothing for one who is not there any more."""
    person = uow.find(Person, slack_id=slack_id)
    if person is None:
        return Agenda()
    return agendas.collect(uow, mornings.live(uow, person, now), policy=policy, limit=_EVERYTHING)


def settings(uow: UnitOfWork, slack_id: str, *, now: datetime, policy: Policy) -> Settings:
    """How they get their digest. Raises Refused."""
    person = rights.require_member(uow, slack_id)
    due = person.digest_due_at if person.digest_due_at and person.digest_due_at > now else None
    return Settings(
        wants=person.wants_digest,
        every=person.digest_every,
        at=mornings.digest_time(person, policy),
        without=tuple(section for section in Section if section in person.digest_without),
        next_at=(due or mornings.next_digest(person, now, policy)) if person.wants_digest else None,
        gets_portfolio=person.has(*portfolio.LEADERS),
    )


def change(
    uow: UnitOfWork, slack_id: str, *, wants: bool = True, every: str = "", at: time | None = None, content: str = "",
    now: datetime, policy: Policy,
) -> Settings:  # fmt: skip
    """Change how somebody gets their own digest: what is not said stays as it is, and whoever changes something wants
    one. Without it nothing comes unasked but escalations, approvals, handoffs and briefs. Raises Refused."""
    person = rights.require_member(uow, slack_id)
    if at is not None and at >= policy.hours.end:
        raise Refused(f"Please choose a time before {policy.hours.end:%H:%M}: a digest belongs in the morning.")
    if content:
        person.digest_without = [*digest_sections.wanted(content, person.digest_without)]
    person.wants_digest = wants
    person.digest_every = every or person.digest_every
    person.digest_at = at or person.digest_at
    person.digest_due_at = mornings.next_digest(person, now, policy) if wants else None
    person.rollup_due_at = None  # planned anew by its own clock
    uow.session.add(person)
    uow.session.flush()
    return settings(uow, slack_id, now=now, policy=policy)
