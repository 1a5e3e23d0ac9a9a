"""Action items: work agreed in a check-in or a review, or needed for a renewal. Added, done, dropped, and named in the
morning.

What was promised in a thread is a commitment (bot/desk/commitments.py), because that has words to stand on.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement
from sqlmodel import and_, col, func, or_, select

from bot.days import sensible_day
from bot.desk import rights
from bot.desk.agenda import Agenda, AgendaItem, Morning
from bot.desk.naming import optional_person_view, partner_name, person_view
from bot.desk.views import PersonView
from bot.errors import Refused
from bot.policy import Policy
from models.base import row_id
from models.calendar import ActionItem, Side
from models.events import ROBOT
from models.partners import Partner, Person
from models.risks import SubjectKind
from models.states import ActionState
from models.store import UnitOfWork

_TURNS = {Side.PARTNER: "the partner's turn", Side.CUSTOMER: "the customer's turn"}


@dataclass(frozen=True, slots=True)
class Agreed:
    """Something to be done: `owner` (a Slack user id of ours, "" for whoever writes it down) sees that it happens by
    `due_on`, also where `side` says that somebody else does it."""

    what: str
    side: Side = Side.US
    owner: str = ""
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class ActionView:
    """An action item with names for people. `key` is its name in a template, "" for what people agreed; `closed_on`
    is in the reader's zone."""

    id: int
    key: str
    what: str
    partner: str
    side: str
    owner: PersonView | None
    due_on: date | None
    state: str
    is_late: bool
    closed_by: PersonView | None

    @property
    def is_open(self) -> bool:
        return self.state == ActionState.OPEN


@dataclass(frozen=True, slots=True)
class Actions:
    """A list of open ones, the soonest due first. `partner` is the one asked for, "" for all of the reader's; `more`
    how many there are beside these."""

    items: tuple[ActionView, ...]
    more: int = 0
    partner: str = ""


def add(
    uow: UnitOfWork,
    subject_kind: SubjectKind,
    subject_id: int,
    partner_id: int,
    agreed: Agreed,
    *,
    actor: str,
    now: datetime,
    policy: Policy,
    key: str = "",
) -> ActionItem:
    """Track `agreed`, which comes from the row `subject_id`. An owner who is none of our people stands for `actor`;
    where that is PartnerDesk itself it is the partner manager's (owner None). Raises Refused for no sensible day."""
    if agreed.due_on and not key:  # a template's day follows from the term
        sensible_day(agreed.due_on, now)
    is_ours = rights.is_member(uow.find(Person, slack_id=agreed.owner), uow.workspace_id)
    otherwise = actor if actor != ROBOT else None
    row = uow.add(
        ActionItem(
            workspace_id=uow.workspace_id,
            subject_kind=subject_kind,
            subject_id=subject_id,
            partner_id=partner_id,
            key=key,
            what=agreed.what,
            side=agreed.side,
            owner=agreed.owner if is_ours else otherwise,
            due_on=agreed.due_on,
            state=ActionState.OPEN,
            created_by=actor,
            created_at=now,
        )
    )
    uow.record(
        SubjectKind.ACTION_ITEM, row_id(row), at=now, actor=actor, to_state=row.state, policy_version=policy.version
    )
    return row


def done(uow: UnitOfWork, action_id: int, /, *, actor: str, now: datetime, policy: Policy) -> ActionView:
    """It is done. Raises Refused when it is settled already or not theirs."""
    return _settle(uow, action_id, ActionState.DONE, actor=actor, now=now, policy=policy)


def drop(uow: UnitOfWork, action_id: int, /, *, actor: str, now: datetime, policy: Policy) -> ActionView:
    """It is no longer needed. Raises Refused as `done` does."""
    return _settle(uow, action_id, ActionState.DROPPED, actor=actor, now=now, policy=policy)


def drop_open(
    uow: UnitOfWork, subject_kind: SubjectKind, subject_id: int, *, actor: str, now: datetime, policy: Policy, note: str
) -> None:
    """What is left of a row (taken) that is over is dropped; `note` says why."""
    for known in uow.list(ActionItem, subject_kind=subject_kind, subject_id=subject_id, state=ActionState.OPEN):
        row = uow.lock(ActionItem, row_id(known))
        if row is not None and row.closed_at is None:
            _close(uow, row, ActionState.DROPPED, actor=actor, now=now, policy=policy, note=note)


def of_subject(uow: UnitOfWork, subject_kind: SubjectKind, subject_id: int, *, today: date) -> tuple[ActionView, ...]:
    """Everything that came from one row, settled or not, the soonest due first."""
    rows = uow.list(ActionItem, subject_kind=subject_kind, subject_id=subject_id)
    return tuple(view_of(uow, row, today) for row in sorted(rows, key=_soonest))


def listed(uow: UnitOfWork, partner: Partner | None, *, person: str, now: datetime, limit: int = 20) -> Actions:
    """The open ones with `partner`, or, without one, those `person` sees to."""
    zone = ZoneInfo(person_view(uow, person).zone)
    today = now.astimezone(zone).date()
    whose = col(ActionItem.partner_id) == partner.id if partner else _theirs(uow, person)
    statement = (
        select(ActionItem)
        .join(Partner, col(Partner.id) == col(ActionItem.partner_id))
        .where(col(ActionItem.closed_at).is_(None), whose)
    )
    total = uow.session.exec(select(func.count()).select_from(statement.subquery())).one()
    due = col(ActionItem.due_on)
    rows = uow.session.exec(statement.order_by(due.is_(None), due, col(ActionItem.id)).limit(limit)).all()
    items = tuple(view_of(uow, row, today) for row in rows)
    return Actions(items, total - len(items), partner.name if partner else "")


def agenda(uow: UnitOfWork, morning: Morning, *, policy: Policy, limit: int = 20) -> Agenda:
    """What this person sees to that is late, due today or to be reminded of (policy.digest.remind_days), what is late
    longest first. What nobody of ours owns any more is the partner manager's. Without a day nothing is named."""
    today, ranges = morning.due_days(policy.digest.remind_days)
    due = col(ActionItem.due_on)
    joined = col(Partner.id) == col(ActionItem.partner_id)
    statement = (
        select(ActionItem.id, ActionItem.subject_kind, ActionItem.subject_id)
        .join(Partner, joined)
        .where(
            col(ActionItem.closed_at).is_(None),
            _theirs(uow, morning.person),
            or_(due <= today, *(and_(due > after, due <= up_to) for after, up_to in ranges)),
        )
        .order_by(due, col(ActionItem.id))
    )
    # There may be thousands: whole rows are read only for those that are named.
    named = [
        number
        for number, kind, subject in uow.session.exec(statement).all()
        if not morning.is_quiet(SubjectKind.ACTION_ITEM, number or 0)
        and not morning.is_quiet(SubjectKind(kind), subject)
    ]
    shown = select(ActionItem, Partner).join(Partner, joined).where(col(ActionItem.id).in_(named[:limit]))
    rows = uow.session.exec(shown.order_by(due, col(ActionItem.id))).all()
    return Agenda(tuple(_item(row, partner) for row, partner in rows), max(0, len(named) - limit))


def view_of(uow: UnitOfWork, row: ActionItem, today: date) -> ActionView:
    is_open = row.state == ActionState.OPEN
    return ActionView(
        id=row_id(row),
        key=row.key,
        what=row.what,
        partner=partner_name(uow, row.partner_id),
        side=row.side,
        owner=optional_person_view(uow, row.owner),
        due_on=row.due_on,
        state=row.state,
        is_late=is_open and row.due_on is not None and row.due_on < today,
        closed_by=optional_person_view(uow, row.closed_by),
    )


def _theirs(uow: UnitOfWork, person: str) -> ColumnElement[bool]:
    """Owned by them, or of a partner of theirs and owned by nobody who is still with us (needs Partner joined)."""
    ours = select(Person.slack_id).where(
        Person.team_id == uow.workspace_id, ~col(Person.is_deleted), ~col(Person.is_stranger), ~col(Person.is_guest)
    )
    orphaned = or_(col(ActionItem.owner).is_(None), col(ActionItem.owner).not_in(ours))
    return or_(col(ActionItem.owner) == person, and_(col(Partner.manager) == person, orphaned))


def _item(row: ActionItem, partner: Partner) -> AgendaItem:
    return AgendaItem(
        kind=SubjectKind.ACTION_ITEM,
        id=row_id(row),
        title=row.what,
        partner=partner.name,
        due_on=row.due_on,
        note=_TURNS.get(Side(row.side), ""),
        request=f"action #{row_id(row)}",
        step="done",
    )


def _soonest(row: ActionItem) -> tuple[date, int]:
    return (row.due_on or date.max, row_id(row))


def for_person(uow: UnitOfWork, action_id: int, *, actor: str, now: datetime) -> ActionView:
    """One item, for a member. Raises Refused when there is none."""
    person = rights.require_member(uow, actor)
    row = uow.get(ActionItem, action_id)
    if row is None:
        raise Refused(f"I do not know action #{action_id}. `/pm actions` lists the open ones.")
    return view_of(uow, row, now.astimezone(ZoneInfo(person.zone)).date())


def _settle(
    uow: UnitOfWork, action_id: int, state: ActionState, *, actor: str, now: datetime, policy: Policy
) -> ActionView:
    person = rights.require_member(uow, actor)
    row = uow.lock(ActionItem, action_id)
    if row is None:
        raise Refused(f"I do not know action #{action_id}. `/pm actions` lists the open ones.")
    partner = uow.get(Partner, row.partner_id)
    theirs: Collection[str | None] = (row.owner, row.created_by, partner.manager if partner else None)
    if actor not in theirs and not rights.is_operator(person):
        owner = person_view(uow, row.owner).name if row.owner else "its owner"
        raise Refused(f"Only {owner}, whoever wrote it down, or a partner manager can settle action #{action_id}.")
    if row.closed_at is not None:
        by = "me" if row.closed_by == ROBOT else person_view(uow, row.closed_by).name
        raise Refused(f"Action #{action_id} is {row.state} already, by {by}.")
    _close(uow, row, state, actor=actor, now=now, policy=policy)
    return view_of(uow, row, now.astimezone(ZoneInfo(person.zone)).date())


def _close(
    uow: UnitOfWork, row: ActionItem, state: ActionState, *, actor: str, now: datetime, policy: Policy, note: str = ""
) -> None:
    row.closed_at, row.closed_by = now, actor
    uow.move(row, state, actor=actor, at=now, policy_version=policy.version, note=note)
