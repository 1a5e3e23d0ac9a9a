"""What the desk tells of business reviews: frozen results for cards, decks and commands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from sqlmodel import col, select

from bot.desk.naming import optional_person_view, partner_name, person_view
from bot.desk.views import PersonView
from models.base import row_id
from models.calendar import ActionItem, Qbr
from models.events import Event
from models.partners import Partner
from models.risks import SubjectKind
from models.states import QbrState
from models.store import UnitOfWork

Sums = tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """Stored rows of one kind: "opportunity", "registration", "commitment", "action", "risk", "ask", "contact",
    "task"."""

    kind: str
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure and the rows it was counted from. `sums` by currency, never added up; `unpriced` of the `count` have
    no amount."""

    key: str
    count: int
    rows: tuple[Rows, ...] = ()
    sums: Sums = ()
    unpriced: int = 0


@dataclass(frozen=True, slots=True)
class Quota:
    """What was to be brought in `period` and what was, in the quota's currency. `percent` is None for a quota of
    nothing; `elsewhere` was won in other currencies and is not counted."""

    period: str
    amount: Decimal
    currency: str
    won: Decimal
    percent: int | None
    elsewhere: Sums = ()


@dataclass(frozen=True, slots=True)
class Promise:
    """Something promised in a thread or agreed in a meeting. `state` is kept, slipped, broken, late, open or dropped;
    `dates` every date it had, the newest last. `is_ours` is False where its words name another partner: then they
    stay on cards of our own people."""

    kind: str
    id: int
    state: str
    what: str
    owner: str
    dates: tuple[date, ...]
    is_late: bool
    is_ours: bool = True


@dataclass(frozen=True, slots=True)
class Item:
    """A deal, a risk or a question in one line; `is_ours` as with a promise. `id` is that of a question."""

    what: str
    note: str
    on: date | None = None
    amount: Decimal | None = None
    currency: str = ""
    is_ours: bool = True
    id: int = 0


@dataclass(frozen=True, slots=True)
class Onboarding:
    """How far it is: `steps` of which so many are `done`, `late` past their day."""

    done: int
    steps: int
    late: int


@dataclass(frozen=True, slots=True)
class Pack:
    """The figures of one partner for one period as of `made_at` (UTC). Plain data that can be stored and brought back
    (qbr_pack.py), but for the words of messages: those are always the stored message's own.

    `covers_to` is the day after the period, `is_running` when it is not over yet; lists hold the first few, the figures
    say how many there are. `missing` are whole sentences on what nobody recorded.
    """

    partner_id: int
    partner: str
    tier: str
    label: str
    covers_from: date
    covers_to: date
    next_label: str
    made_at: datetime
    is_running: bool
    zone: str
    policy_version: str
    figures: tuple[Figure, ...]
    quota: Quota | None = None
    year_quota: Quota | None = None
    promises: tuple[Promise, ...] = ()
    wins: tuple[Item, ...] = ()
    ahead: tuple[Item, ...] = ()
    risks: tuple[Item, ...] = ()
    asks: tuple[Item, ...] = ()
    onboarding: Onboarding | None = None
    missing: tuple[str, ...] = ()

    def figure(self, key: str) -> Figure:
        """The figure called `key`; an empty one when nothing was counted for it."""
        return next((figure for figure in self.figures if figure.key == key), Figure(key, 0))


@dataclass(frozen=True, slots=True)
class Listing:
    """The rows behind a figure: `cells` a row each, its first cell leading to `urls` where there is one. `more` were
    left out; `gone` are no longer stored."""

    partner: str
    label: str
    figure: Figure
    columns: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    urls: tuple[str, ...]
    more: int
    gone: int


@dataclass(frozen=True, slots=True)
class AgreedView:
    what: str
    owner: str
    due_on: date | None
    state: str


@dataclass(frozen=True, slots=True)
class QbrView:
    """`on` and `at` are wall-clock in `zone`; `is_over` when that has passed, whether or not anybody said that it was
    held. `pack_at` is when its figures were last stored."""

    id: int
    partner_id: int
    partner: str
    label: str
    covers_from: date
    covers_to: date
    due_on: date
    owner: PersonView | None
    attendees: tuple[PersonView, ...]
    state: str
    on: date | None
    at: time | None
    zone: str
    starts_at: datetime | None
    minutes: int
    is_open: bool
    is_over: bool
    pack_at: datetime | None
    held_at: datetime | None
    reason: str
    settled_by: PersonView | None
    actions: tuple[AgreedView, ...]
    notes: str
    version: int


@dataclass(frozen=True, slots=True)
class Closed:
    """A review that was closed or skipped, and the one that comes after it."""

    closed: QbrView
    following: QbrView | None


@dataclass(frozen=True, slots=True)
class SchedulePlan:
    """What scheduling would do: `before` is when it was to be so far, `params` what is kept until it is confirmed."""

    params: dict[str, str]
    partner: str
    label: str
    covers_from: date
    covers_to: date
    due_on: date
    on: date
    at: time
    zone: str
    minutes: int
    starts_at: datetime
    attendees: tuple[PersonView, ...]
    remind_days: tuple[int, ...]
    before: datetime | None
    is_day_off: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """Open reviews, those that press most first."""

    partner: str
    reviews: tuple[QbrView, ...]
    more: int


def view_of(uow: UnitOfWork, row: Qbr, *, now: datetime) -> QbrView:
    """One review with names."""
    agreed = uow.list(ActionItem, subject_kind=SubjectKind.QBR, subject_id=row_id(row))
    return QbrView(
        id=row_id(row),
        partner_id=row.partner_id,
        partner=partner_name(uow, row.partner_id),
        label=row.label,
        covers_from=row.covers_from,
        covers_to=row.covers_to,
        due_on=row.due_on,
        owner=optional_person_view(uow, row.owner),
        attendees=tuple(person_view(uow, each) for each in row.attendees),
        state=row.state,
        on=row.on,
        at=row.at,
        zone=row.zone,
        starts_at=row.starts_at,
        minutes=row.minutes,
        is_open=row.closed_at is None,
        is_over=row.starts_at is not None and row.starts_at <= now,
        pack_at=row.prepared_at if row.pack else None,
        held_at=row.held_at,
        reason=row.reason,
        settled_by=optional_person_view(uow, row.closed_by),
        actions=tuple(
            AgreedView(
                each.what, person_view(uow, each.owner).name if each.owner else each.side, each.due_on, each.state
            )
            for each in agreed
        ),
        notes=_notes(uow, row),
        version=row.version,
    )


def _notes(uow: UnitOfWork, row: Qbr) -> str:
    """What was noted when it was held."""
    held = uow.find(Event, subject_kind=SubjectKind.QBR, subject_id=row_id(row), to_state=QbrState.HELD)
    return held.note if held and row.held_at else ""


def open_row(uow: UnitOfWork, partner_id: int) -> Qbr | None:
    """The partner's review that is not closed or skipped yet: there is one at a time."""
    statement = (
        select(Qbr)
        .where(Qbr.partner_id == partner_id, col(Qbr.closed_at).is_(None))
        .order_by(col(Qbr.due_on), col(Qbr.id))
        .limit(1)
    )
    return uow.session.exec(statement).first()


def listed(uow: UnitOfWork, partner: Partner | None, *, person: str, now: datetime, limit: int = 10) -> Listed:
    """The open review of `partner`; without one those of `person`, or all where they have none of their own."""
    statement = select(Qbr).where(col(Qbr.closed_at).is_(None)).order_by(col(Qbr.due_on), col(Qbr.id))
    if partner is not None:
        statement = statement.where(Qbr.partner_id == partner.id)
    rows = uow.session.exec(statement).all()
    rows = [row for row in rows if partner is not None or row.owner == person or person in row.attendees] or rows
    return Listed(
        partner=partner.name if partner else "",
        reviews=tuple(view_of(uow, row, now=now) for row in rows[:limit]),
        more=max(0, len(rows) - limit),
    )
