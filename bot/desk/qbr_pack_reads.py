"""What a QBR pack is computed from: a fixed number of queries for one partner, however many rows it has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, select
from sqlmodel import col, func, or_

from bot.desk.naming import owner_name, person_view
from bot.desk.qbr_views import Promise
from bot.metrics.deals import WON_STAGES, Credit, Deal, credit_of, outcome
from bot.metrics.window import Window
from models.calendar import ActionItem
from models.partners import Account, Opportunity, OpportunityPartner
from models.risks import Ask, Commitment, CommitmentDate, Evidence, Risk, SubjectKind
from models.states import ActionState, CommitmentState
from models.store import UnitOfWork

GONE = "(the message was deleted)"
_URGENCY = ("broken", "late", "slipped", "open", "kept", "dropped")
_MEETINGS = (SubjectKind.QBR, SubjectKind.CHECK_IN)


def deals(uow: UnitOfWork, partner_id: int, currency: str) -> list[Deal]:
    """Every opportunity the partner takes part in, once each. An amount that names no currency is in `currency`."""
    roles: dict[int, list[tuple[str, str]]] = defaultdict(list)
    links = select(
        col(OpportunityPartner.opportunity_id), col(OpportunityPartner.role), col(OpportunityPartner.status)
    ).where(col(OpportunityPartner.partner_id) == partner_id)
    for number, role, status in uow.session.execute(links):
        roles[number].append((role, status))
    statement = (
        select(
            col(Opportunity.id), col(Opportunity.account_id), col(Opportunity.amount), col(Opportunity.currency),
            col(Opportunity.type), col(Opportunity.stage), col(Opportunity.opened_on), col(Opportunity.close_on),
            col(Opportunity.closed_on), col(Opportunity.is_won),
        )
        .where(col(Opportunity.id).in_(_of_partner(partner_id)))
        .order_by(col(Opportunity.id))
    )  # fmt: skip
    return [
        Deal(
            id=number,
            account=account,
            amount=amount,
            currency=named or currency,
            type=kind,
            credit=credit_of(roles[number]),
            opened_on=opened_on,
            closes_on=close_on,
            closed_on=closed_on,
            is_won=outcome(is_won, stage),
        )
        for number, account, amount, named, kind, stage, opened_on, close_on, closed_on, is_won in uow.session.execute(
            statement
        )
        if number is not None
    ]


def _of_partner(partner_id: int) -> Select[int]:
    return select(col(OpportunityPartner.opportunity_id)).where(col(OpportunityPartner.partner_id) == partner_id)


def buying(uow: UnitOfWork, partner_id: int, window: Window) -> tuple[dict[int, date], dict[int, date]]:
    """Of the accounts where a deal of the partner closed in the window: when each became a customer, where that is
    recorded, and its first win with anybody."""
    theirs = (
        select(col(Opportunity.account_id))
        .where(
            col(Opportunity.id).in_(_of_partner(partner_id)),
            col(Opportunity.closed_on) >= window.start,
            col(Opportunity.closed_on) < window.end,
        )
        .scalar_subquery()
    )
    stage = func.lower(func.replace(func.trim(Opportunity.stage), "_", " "))
    is_won = or_(col(Opportunity.is_won).is_(True), col(Opportunity.is_won).is_(None) & stage.in_(WON_STAGES))
    wins = (
        select(col(Opportunity.account_id), func.min(Opportunity.closed_on))
        .where(col(Opportunity.account_id).in_(theirs), is_won, col(Opportunity.closed_on).is_not(None))
        .group_by(col(Opportunity.account_id))
    )
    since = select(col(Account.id), col(Account.customer_since)).where(
        col(Account.id).in_(theirs), col(Account.customer_since).is_not(None)
    )
    first_wins = {account: day for account, day in uow.session.execute(wins) if day}
    return {account: day for account, day in uow.session.execute(since) if account and day}, first_wins


@dataclass(frozen=True, slots=True)
class Named:
    """A deal as people know it."""

    name: str
    account: str
    amount: Decimal | None
    currency: str
    credit: Credit | None
    on: date | None


def named(uow: UnitOfWork, found: Sequence[Deal], *, day: str, limit: int) -> list[Named]:
    """The largest of `found` with their names; `day` says which of their days is meant."""
    largest = sorted(found, key=lambda deal: (-(deal.amount or Decimal(-1)), deal.id))[:limit]
    statement = (
        select(col(Opportunity.id), col(Opportunity.name), col(Opportunity.external_id), col(Account.name))
        .join(Account, col(Account.id) == Opportunity.account_id)
        .where(col(Opportunity.id).in_([deal.id for deal in largest]))
    )
    known = {number: (name or external, account) for number, name, external, account in uow.session.execute(statement)}
    return [
        Named(*known[deal.id], deal.amount, deal.currency, deal.credit, getattr(deal, day))
        for deal in largest
        if deal.id in known
    ]


@dataclass(frozen=True, slots=True)
class _Known:
    """A promise without its words, which are fetched for the few that are shown."""

    kind: str
    id: int
    state: str
    owner: str | None
    side: str
    what: str
    dates: tuple[date, ...]
    is_late: bool


def promises(uow: UnitOfWork, partner_id: int, start: datetime, end: datetime, today: date) -> dict[str, list[_Known]]:
    """By state, what was promised or agreed before `end` and not settled before `start` (UTC)."""
    found: dict[str, list[_Known]] = {state: [] for state in _URGENCY}
    for each in (*_commitments(uow, partner_id, start, end, today), *_agreed(uow, partner_id, start, end, today)):
        found[each.state].append(each)
    return found


def first_promises(uow: UnitOfWork, found: Mapping[str, Sequence[_Known]], partner: str, limit: int) -> list[Promise]:
    """The first `limit` with their words: what went wrong first, within that the oldest date first."""
    ordered = [
        each
        for state in _URGENCY
        for each in sorted(found[state], key=lambda known: (known.dates[-1:] or (date.max,), known.kind, known.id))
    ][:limit]
    said = quotes(uow, SubjectKind.COMMITMENT, [each.id for each in ordered if each.kind == "commitment"])
    people: dict[tuple[str | None, str], str] = {}
    for each in ordered:
        people.setdefault((each.owner, each.side), _owner(uow, each.owner, each.side, partner))
    return [
        Promise(
            kind=each.kind,
            id=each.id,
            state=each.state,
            what=each.what if each.kind == "action" else said.get(each.id) or GONE,
            owner=people[each.owner, each.side],
            dates=each.dates,
            is_late=each.is_late,
        )
        for each in ordered
    ]


def quotes(uow: UnitOfWork, kind: SubjectKind, numbers: Collection[int]) -> dict[int, str]:
    """The newest words each of a few subjects stands on; "" once they were deleted."""
    statement = (
        select(col(Evidence.subject_id), col(Evidence.quote))
        .where(col(Evidence.subject_kind) == kind, col(Evidence.subject_id).in_(numbers))
        .order_by(col(Evidence.said_at), col(Evidence.start))
    )
    newest: dict[int, str] = {}
    for number, quote in uow.session.execute(statement):
        newest[number] = quote
    return newest


def open_risks(uow: UnitOfWork, partner_id: int) -> list[tuple[int, str, str, datetime]]:
    """(id, category, account, first seen) of each, the oldest first."""
    statement = (
        select(col(Risk.id), col(Risk.category), func.coalesce(Account.name, ""), col(Risk.first_seen_at))
        .join(Account, col(Account.id) == Risk.account_id, isouter=True)
        .where(col(Risk.partner_id) == partner_id, col(Risk.closed_at).is_(None))
        .order_by(col(Risk.first_seen_at), col(Risk.id))
    )
    return [
        (number or 0, category, account, seen) for number, category, account, seen in uow.session.execute(statement)
    ]


def open_asks(uow: UnitOfWork, partner_id: int) -> list[tuple[int, str, datetime]]:
    """(id, the side that asked, when) of each, the oldest first."""
    statement = (
        select(col(Ask.id), col(Ask.side), col(Ask.asked_at))
        .where(col(Ask.partner_id) == partner_id, col(Ask.closed_at).is_(None))
        .order_by(col(Ask.asked_at), col(Ask.id))
    )
    return [(number or 0, side, asked_at) for number, side, asked_at in uow.session.execute(statement)]


def _owner(uow: UnitOfWork, owner: str | None, side: str, partner: str) -> str:
    """Who does it: a person, else the side whose turn it is."""
    if owner and owner[:1] in ("U", "W"):
        return person_view(uow, owner).name
    return owner_name(uow, owner or side, partner)


def _alive(model: type[Commitment] | type[ActionItem], start: datetime, end: datetime) -> ColumnElement[bool]:
    return (col(model.created_at) < end) & or_(col(model.closed_at).is_(None), col(model.closed_at) >= start)


def _commitments(uow: UnitOfWork, partner_id: int, start: datetime, end: datetime, today: date) -> list[_Known]:
    these = (col(Commitment.partner_id) == partner_id) & _alive(Commitment, start, end)
    dates: dict[int, list[date]] = defaultdict(list)
    history = (
        select(col(CommitmentDate.commitment_id), col(CommitmentDate.due_on))
        .join(Commitment, col(Commitment.id) == CommitmentDate.commitment_id)
        .where(these)
        .order_by(col(CommitmentDate.id))
    )
    for number, day in uow.session.execute(history):
        dates[number].append(day)
    statement = select(
        col(Commitment.id), col(Commitment.state), col(Commitment.owner), col(Commitment.side), col(Commitment.due_on),
        col(Commitment.closed_at),
    ).where(these)  # fmt: skip
    found = []
    for number, state, owner, side, due_on, closed_at in uow.session.execute(statement):
        had = tuple(dates[number]) or ((due_on,) if due_on else ())
        is_late = closed_at is None and due_on is not None and due_on < today
        called = _state(state, had, is_late=is_late)
        found.append(_Known("commitment", number or 0, called, owner, side, "", had, is_late))
    return found


def _state(state: str, dates: Sequence[date], *, is_late: bool) -> str:
    """A commitment's state in a review. One whose date was moved has slipped, late or not, until it is settled."""
    settled = {CommitmentState.KEPT: "kept", CommitmentState.BROKEN: "broken", CommitmentState.CANCELLED: "dropped"}
    if state in settled:
        return settled[CommitmentState(state)]
    if state == CommitmentState.SLIPPED or (dates and max(dates) > dates[0]):
        return "slipped"
    return "late" if is_late else "open"


def _agreed(uow: UnitOfWork, partner_id: int, start: datetime, end: datetime, today: date) -> list[_Known]:
    statement = select(
        col(ActionItem.id), col(ActionItem.state), col(ActionItem.owner), col(ActionItem.side), col(ActionItem.what),
        col(ActionItem.due_on),
    ).where(
        col(ActionItem.partner_id) == partner_id, col(ActionItem.subject_kind).in_(_MEETINGS),
        _alive(ActionItem, start, end),
    )  # fmt: skip
    found = []
    for number, state, owner, side, what, due_on in uow.session.execute(statement):
        is_late = state == ActionState.OPEN and due_on is not None and due_on < today
        done = {ActionState.DONE: "kept", ActionState.DROPPED: "dropped"}
        called = done.get(ActionState(state)) or ("late" if is_late else "open")
        dates = (due_on,) if due_on else ()
        found.append(_Known("action", number or 0, called, owner, side, what, dates, is_late))
    return found
