"""What the desk tells of check-ins: frozen results for cards and commands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlmodel import col, select

from bot.desk.naming import optional_person_view, partner_name, person_view
from bot.desk.views import CommitmentView, EvidenceView, PersonView, RiskView
from bot.recurrence import Slot
from models.base import row_id
from models.calendar import Cadence, CheckIn
from models.partners import Partner
from models.states import CheckInState
from models.store import UnitOfWork


@dataclass(frozen=True, slots=True)
class CheckInView:
    """`rule` is the RRULE of its cadence, "" for a single one; `on` and `at` are wall-clock in `zone`; `is_over` when
    it has ended by the clock, whether or not anybody said that it was held; `following` begins the next of its cadence,
    once that is planned."""

    id: int
    partner: str
    owner: PersonView
    rule: str
    on: date
    at: time
    zone: str
    starts_at: datetime
    minutes: int
    state: str
    is_open: bool
    is_over: bool
    notes: str
    reason: str
    settled_by: PersonView | None
    following: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What scheduling would do: `slots` are the first meetings (one for a single check-in), `replaces` the rule of the
    cadence that would end, `params` what is kept until it is confirmed."""

    params: dict[str, str]
    partner: str
    rule: str
    slots: tuple[Slot, ...]
    at: time
    zone: str
    minutes: int
    brief_hours: int
    replaces: str = ""
    is_day_off: bool = False


@dataclass(frozen=True, slots=True)
class DealNews:
    """An opportunity with the partner that was opened, won or lost (`what`), or a registration and its state."""

    name: str
    what: str
    amount: str


@dataclass(frozen=True, slots=True)
class AskView:
    """An open question; `side` is who asked."""

    side: str
    said: EvidenceView


@dataclass(frozen=True, slots=True)
class AgreedView:
    """Something agreed in a meeting that is not done; `owner` is a name, `side` whose turn it is."""

    what: str
    side: str
    owner: str
    due_on: date | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an onboarding is."""

    done: int
    steps: int
    late: int


@dataclass(frozen=True, slots=True)
class Brief:
    """What to know before a check-in. `since` is when the last one was held (`is_since_last`), or the beginning of the
    time looked back on. Lists hold a few, the counts beside them say how many there are.

    `silent_days` is how long the partner has written nothing in the channels that are read, None when they never did;
    `is_read` is False when no channel with them is read, so that silence means nothing.
    """

    partner: str
    since: datetime
    is_since_last: bool
    new_risks: tuple[RiskView, ...] = ()
    new_risk_count: int = 0
    open_risk_count: int = 0
    closed_risk_count: int = 0
    kept_count: int = 0
    slipped: tuple[CommitmentView, ...] = ()
    slipped_count: int = 0
    overdue: tuple[CommitmentView, ...] = ()
    overdue_count: int = 0
    asks: tuple[AskView, ...] = ()
    ask_count: int = 0
    agreed: tuple[AgreedView, ...] = ()
    agreed_count: int = 0
    deals: tuple[DealNews, ...] = ()
    deal_count: int = 0
    silent_days: int | None = None
    is_read: bool = False
    onboarding: Progress | None = None
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A check-in and its brief; `unanswered` is an earlier one of the same cadence of which nobody said whether it was
    held."""

    brief: Brief
    meeting: CheckInView | None = None
    unanswered: CheckInView | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """Check-ins of one person, or with one partner (`partner`, else ""): those nobody answered, and those to come."""

    partner: str
    unanswered: tuple[CheckInView, ...] = ()
    upcoming: tuple[CheckInView, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """A check-in that was held, what was agreed in it, and whose work fell to whoever closed it because the person
    chosen is not one of ours."""

    meeting: CheckInView
    agreed: int
    taken_over: tuple[str, ...] = field(default=())


def ends_at(row: CheckIn) -> datetime:
    """When it is over (UTC)."""
    return row.starts_at + timedelta(minutes=row.minutes)


def view_of(uow: UnitOfWork, row: CheckIn, *, now: datetime) -> CheckInView:
    cadence = uow.get(Cadence, row.cadence_id)
    following = (
        select(CheckIn.starts_at)
        .where(
            CheckIn.cadence_id == row.cadence_id, col(CheckIn.closed_at).is_(None), CheckIn.starts_at > row.starts_at
        )
        .order_by(col(CheckIn.starts_at))
        .limit(1)
    )
    return CheckInView(
        id=row_id(row),
        partner=partner_name(uow, row.partner_id),
        owner=person_view(uow, row.owner),
        rule=cadence.rule if cadence else "",
        on=row.on,
        at=row.at,
        zone=row.zone,
        starts_at=row.starts_at,
        minutes=row.minutes,
        state=row.state,
        is_open=row.closed_at is None,
        is_over=ends_at(row) <= now,
        notes=row.notes,
        reason=row.reason,
        settled_by=optional_person_view(uow, row.closed_by),
        following=uow.session.exec(following).first() if cadence else None,
        version=row.version,
    )


def listed(uow: UnitOfWork, partner: Partner | None, *, person: str, now: datetime, limit: int = 10) -> Listed:
    """The open check-ins with `partner`, or those of `person`, soonest first."""
    rows = open_rows(uow, partner_id=row_id(partner)) if partner else open_rows(uow, owner=person)
    over = [row for row in rows if ends_at(row) <= now]
    coming = [row for row in rows if ends_at(row) > now]
    shown = [*over, *coming][:limit]
    return Listed(
        partner=partner.name if partner else "",
        unanswered=tuple(view_of(uow, row, now=now) for row in shown if row in over),
        upcoming=tuple(view_of(uow, row, now=now) for row in shown if row in coming),
        more=len(rows) - len(shown),
    )


def open_rows(uow: UnitOfWork, **equals: object) -> Sequence[CheckIn]:
    """The check-ins that are neither held nor skipped, whose columns equal the given values, soonest first."""
    statement = (
        select(CheckIn)
        .filter_by(**equals)
        .where(col(CheckIn.closed_at).is_(None))
        .order_by(col(CheckIn.starts_at), col(CheckIn.id))
    )
    return uow.session.exec(statement).all()


def is_settled(state: str) -> bool:
    return state in (CheckInState.HELD, CheckInState.SKIPPED, CheckInState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Moved:
    """What moving a check-in would do: the new day and time in its own zone, and the moment in UTC."""

    meeting: CheckInView
    params: dict[str, str]
    starts_at: datetime
    is_day_off: bool
