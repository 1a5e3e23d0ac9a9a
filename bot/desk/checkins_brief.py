"""The brief before a check-in: what happened with the partner since the last one, from what is stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement
from sqlmodel import SQLModel, and_, col, func, not_, or_, select

from bot.desk import rights
from bot.desk.checkins_clock import brief_key
from bot.desk.checkins_views import (
    AgreedView,
    AskView,
    Brief,
    CheckInView,
    DealNews,
    Prepared,
    Progress,
    ends_at,
    open_rows,
    view_of,
)
from bot.desk.commitments import view_of as commitment_view
from bot.desk.naming import account_name, evidence_views, owner_name, person_view
from bot.desk.risk_views import view_of as risk_view
from bot.errors import Refused
from models.base import row_id
from models.calendar import ActionItem, CheckIn, OnboardingPlan, OnboardingTask
from models.deals import DealRegistration
from models.delivery import Delivery
from models.messages import Message
from models.partners import Channel, Opportunity, OpportunityPartner, Partner
from models.risks import Ask, Commitment, Risk, SubjectKind
from models.states import ActionState, CheckInState, CommitmentState, TaskState
from models.store import UnitOfWork

Row = TypeVar("Row", bound=SQLModel)
_LOOK_BACK = timedelta(days=30)  # where no check-in was held yet
_SHOWN = 3


def as_sent(uow: UnitOfWork, delivery: Delivery, *, now: datetime) -> Prepared | None:
    """What the card of a queued brief shows. None when it is no longer to be sent: the meeting is settled, is over, or
    has a later brief of its own. A card that was posted is edited whatever happened."""
    row = uow.get(CheckIn, delivery.subject_id)
    if row is None:
        return None
    if delivery.updates is None:
        later = uow.find(Delivery, key=brief_key(row))
        has_later = row.state == CheckInState.PLANNED or (later is not None and later.id != delivery.id)
        if has_later or row.closed_at is not None or ends_at(row) <= now:
            return None
    return prepare(uow, row, now=now)


def prepare(uow: UnitOfWork, row: CheckIn, *, now: datetime) -> Prepared:
    """The check-in, its brief as of `now`, and an earlier one that nobody answered."""
    partner = uow.get(Partner, row.partner_id)
    assert partner is not None
    found = brief(uow, partner, now=now, zone=row.zone, meeting=row)
    return Prepared(found, view_of(uow, row, now=now), _unanswered(uow, row, now))


def asked_for(uow: UnitOfWork, partner: Partner | None, *, actor: str, now: datetime) -> Prepared:
    """The brief for the next check-in with `partner` (or of `actor`, whoever it is with); without one to come, only
    what happened. Raises Refused when no partner is meant."""
    person = rights.require_member(uow, actor)
    rows = open_rows(uow, partner_id=row_id(partner)) if partner else open_rows(uow, owner=actor)
    coming = [row for row in rows if ends_at(row) > now]
    own = [row for row in coming if row.owner == actor] or coming
    if own:
        return prepare(uow, own[0], now=now)
    if partner is None:
        raise Refused("Which partner? For example: check-in brief Globex")
    return Prepared(brief(uow, partner, now=now, zone=person.zone))


def brief(uow: UnitOfWork, partner: Partner, *, now: datetime, zone: str, meeting: CheckIn | None = None) -> Brief:
    """What happened with `partner` since the last check-in that was held (before `meeting`), or in the last 30 days.

    `zone` (IANA) says what day it is. Missing data is empty, never guessed.
    """
    number = row_id(partner)
    today = now.astimezone(ZoneInfo(zone)).date()
    before = meeting.starts_at if meeting else now
    last = _last_held(uow, number, before)
    since = last.starts_at if last else now - _LOOK_BACK
    new, new_count = _some(
        uow, Risk, [Risk.partner_id == number, Risk.first_seen_at >= since], col(Risk.first_seen_at).desc()
    )
    theirs = col(Commitment.partner_id) == number
    late = [theirs, col(Commitment.closed_at).is_(None), col(Commitment.due_on) < today]
    overdue, overdue_count = _some(uow, Commitment, late, col(Commitment.due_on))
    later = or_(col(Commitment.due_on).is_(None), col(Commitment.due_on) >= today)
    moved = [theirs, col(Commitment.state) == CommitmentState.SLIPPED, col(Commitment.updated_at) >= since, later]
    slipped, slipped_count = _some(uow, Commitment, moved, col(Commitment.updated_at).desc())
    asks, ask_count = _some(uow, Ask, [Ask.partner_id == number, col(Ask.closed_at).is_(None)], col(Ask.asked_at))
    agreed_before: list[ColumnElement[bool] | bool] = [
        ActionItem.partner_id == number,
        ActionItem.state == ActionState.OPEN,
        ActionItem.subject_kind != SubjectKind.RENEWAL,  # our own to-dos: the partner never heard of them
        col(ActionItem.created_at) <= before,
    ]
    if meeting is not None:  # one that is marked as held before its time agrees things before it begins
        its_own = and_(ActionItem.subject_kind == SubjectKind.CHECK_IN, ActionItem.subject_id == meeting.id)
        agreed_before.append(not_(its_own))
    agreed, agreed_count = _some(
        uow, ActionItem, agreed_before, col(ActionItem.due_on).is_(None), col(ActionItem.due_on)
    )
    deals = [*_deals(uow, number, since, zone), *_registrations(uow, number, since)]
    silent, is_read = silence(uow, number, now)
    return Brief(
        partner=partner.name,
        since=since,
        is_since_last=last is not None,
        new_risks=tuple(risk_view(uow, risk, now=now) for risk in new),
        new_risk_count=new_count,
        open_risk_count=_count(uow, Risk, Risk.partner_id == number, col(Risk.closed_at).is_(None)),
        closed_risk_count=_count(uow, Risk, Risk.partner_id == number, col(Risk.closed_at) >= since),
        kept_count=_count(
            uow, Commitment, theirs, Commitment.state == CommitmentState.KEPT, col(Commitment.closed_at) >= since
        ),
        slipped=tuple(commitment_view(uow, each, now=now) for each in slipped),
        slipped_count=slipped_count,
        overdue=tuple(commitment_view(uow, each, now=now) for each in overdue),
        overdue_count=overdue_count,
        asks=tuple(view for view in (_ask(uow, each) for each in asks) if view is not None),
        ask_count=ask_count,
        agreed=tuple(_agreed(uow, each, partner.name, today) for each in agreed),
        agreed_count=agreed_count,
        deals=tuple(deals[:_SHOWN]),
        deal_count=len(deals),
        silent_days=silent,
        is_read=is_read,
        onboarding=_onboarding(uow, number, today),
        notes=last.notes if last else "",
    )


def _last_held(uow: UnitOfWork, partner_id: int, before: datetime) -> CheckIn | None:
    statement = (
        select(CheckIn)
        .where(CheckIn.partner_id == partner_id, CheckIn.state == CheckInState.HELD, CheckIn.starts_at < before)
        .order_by(col(CheckIn.starts_at).desc())
        .limit(1)
    )
    return uow.session.exec(statement).first()


def _unanswered(uow: UnitOfWork, row: CheckIn, now: datetime) -> CheckInView | None:
    if row.cadence_id is None or row.closed_at is not None:
        return None
    earlier = [each for each in open_rows(uow, cadence_id=row.cadence_id) if each.starts_at < row.starts_at]
    over = [each for each in earlier if ends_at(each) <= now]
    return view_of(uow, over[-1], now=now) if over else None


def _some(
    uow: UnitOfWork, model: type[Row], where: Sequence[ColumnElement[bool] | bool], *order: Any
) -> tuple[Sequence[Row], int]:
    """The first few rows that fit, and how many do."""
    first = select(model).where(*where).order_by(*order).limit(_SHOWN)
    rows = uow.session.exec(first).all()
    return rows, len(rows) if len(rows) < _SHOWN else _count(uow, model, *where)


def _count(uow: UnitOfWork, model: type[SQLModel], *where: ColumnElement[bool] | bool) -> int:
    return uow.session.exec(select(func.count()).select_from(model).where(*where)).one()


def _ask(uow: UnitOfWork, ask: Ask) -> AskView | None:
    """The question in its own words; nothing once they are deleted."""
    said = evidence_views(uow, SubjectKind.ASK, row_id(ask))
    return AskView(ask.side, said[0]) if said and said[0].quote else None


def _agreed(uow: UnitOfWork, item: ActionItem, partner: str, today: date) -> AgreedView:
    owner = person_view(uow, item.owner).name if item.owner else owner_name(uow, item.side, partner)
    return AgreedView(item.what, item.side, owner, item.due_on, item.due_on is not None and item.due_on < today)


def _deals(uow: UnitOfWork, partner_id: int, since: datetime, zone: str) -> list[DealNews]:
    """Opportunities with this partner that were opened, won or lost since then."""
    day = since.astimezone(ZoneInfo(zone)).date()
    statement = (
        select(Opportunity)
        .join(OpportunityPartner, col(OpportunityPartner.opportunity_id) == Opportunity.id)
        .where(
            OpportunityPartner.partner_id == partner_id,
            or_(col(Opportunity.opened_on) >= day, col(Opportunity.closed_on) >= day),
        )
        .order_by(col(Opportunity.id))
        .distinct()
    )
    words = {True: "won", False: "lost", None: "opened"}
    return [DealNews(_called(deal), words[deal.is_won], _money(deal)) for deal in uow.session.exec(statement)]


def _called(deal: Opportunity) -> str:
    return deal.name or deal.external_id


def _money(row: Opportunity | DealRegistration) -> str:
    amount = row.amount if isinstance(row, Opportunity) else row.value
    return f"{row.currency} {amount:,.0f}".strip() if amount is not None else ""


def _registrations(uow: UnitOfWork, partner_id: int, since: datetime) -> list[DealNews]:
    statement = (
        select(DealRegistration)
        .where(
            DealRegistration.partner_id == partner_id,
            or_(
                col(DealRegistration.submitted_at) >= since,
                col(DealRegistration.decided_at) >= since,
                col(DealRegistration.closed_at) >= since,
            ),
        )
        .order_by(col(DealRegistration.id))
    )
    rows = uow.session.exec(statement).all()
    named = [(account_name(uow, row.account_id) or row.account_name, row) for row in rows]
    return [DealNews(name, f"registration {row.state.replace('_', ' ')}", _money(row)) for name, row in named]


def silence(uow: UnitOfWork, partner_id: int, now: datetime) -> tuple[int | None, bool]:
    """Days since the partner last wrote in a channel that is read (None: never), and whether any is read."""
    channels = [row.slack_id for row in uow.list(Channel, partner_id=partner_id, watched=True)]
    if not channels:
        return None, False
    newest = select(func.max(Message.said_at)).where(col(Message.channel).in_(channels), Message.side == "partner")
    said_at = uow.session.exec(newest).one()
    return max(0, (now - said_at).days) if said_at else None, True


def _onboarding(uow: UnitOfWork, partner_id: int, today: date) -> Progress | None:
    statement = select(OnboardingPlan).where(
        OnboardingPlan.partner_id == partner_id, col(OnboardingPlan.closed_at).is_(None)
    )
    plan = uow.session.exec(statement).first()
    if plan is None:
        return None
    tasks = uow.list(OnboardingTask, plan_id=row_id(plan))
    unfinished = [task for task in tasks if task.state == TaskState.OPEN]
    return Progress(len(tasks) - len(unfinished), len(tasks), sum(task.due_on < today for task in unfinished))
