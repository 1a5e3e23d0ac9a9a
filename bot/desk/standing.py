"""How one partner or account stands: everything that is open with them, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement
from sqlmodel import SQLModel, col, func, select

from bot.desk import gaps, lookup, onboarding_views, qbr_views, renewals_clock, rights
from bot.desk.naming import optional_person_view, person_view
from bot.desk.views import DealView, PersonView
from bot.policy import Policy
from models.base import row_id
from models.calendar import ActionItem, CheckIn
from models.deals import DealRegistration
from models.partners import Account, Opportunity, OpportunityPartner, Partner
from models.risks import Commitment, Risk
from models.states import RegistrationState
from models.store import UnitOfWork

_UNDECIDED = (RegistrationState.SUBMITTED, RegistrationState.UNDER_REVIEW, RegistrationState.PENDING_APPROVAL)
_DEALS = 5


@dataclass(frozen=True, slots=True)
class Counts:
    """What is open: `by_category` risks, the most frequent first; `late` promises and actions past their day."""

    risks: int = 0
    by_category: tuple[tuple[str, int], ...] = ()
    commitments: int = 0
    late: int = 0
    actions: int = 0
    registrations: tuple[tuple[str, int], ...] = ()
    undecided: int = 0


@dataclass(frozen=True, slots=True)
class PartnerStanding:
    """`qbr` is (label, state, due day, moment it is held), `renewal` the last day of a term that is to be decided,
    `onboarding` how far a running plan is: (settled, steps, late, due day). None where there is none."""

    name: str
    type: str
    tier: str
    status: str
    manager: PersonView | None
    sponsor: PersonView | None
    counts: Counts
    check_in: datetime | None
    qbr: tuple[str, str, date, datetime | None] | None
    renewal: date | None
    agreement_ends: date | None
    onboarding: tuple[int, int, int, date] | None
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccountStanding:
    """`deals` are the open ones, nearest close day first, `more_deals` those not listed; `partners` work on them."""

    name: str
    segment: str
    owner: PersonView | None
    counts: Counts
    deals: tuple[DealView, ...]
    more_deals: int
    partners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A name may be a partner's, an account's, or both."""

    reader: PersonView
    day: date
    partner: PartnerStanding | None = None
    account: AccountStanding | None = None


def of(uow: UnitOfWork, name: str, *, actor: str, now: datetime, policy: Policy) -> Standing:
    """How the partner or account called `name` stands. Raises Refused with a suggestion, lookup.Ambiguous."""
    person = rights.require_member(uow, actor)
    partner, account = lookup.resolve_either(uow, name)
    day = now.astimezone(ZoneInfo(person.zone)).date()
    return Standing(
        reader=person_view(uow, actor),
        day=day,
        partner=_partner(uow, partner, day, now=now, policy=policy) if partner else None,
        account=_account(uow, account, day) if account else None,
    )


def _partner(uow: UnitOfWork, partner: Partner, day: date, *, now: datetime, policy: Policy) -> PartnerStanding:
    number = row_id(partner)
    qbr = qbr_views.open_row(uow, number)
    renewal = renewals_clock.open_row(uow, number)
    coming = select(func.min(CheckIn.starts_at)).where(
        CheckIn.partner_id == number, col(CheckIn.closed_at).is_(None), CheckIn.starts_at > now
    )
    return PartnerStanding(
        name=partner.name,
        type=partner.type,
        tier=partner.tier,
        status=partner.status,
        manager=optional_person_view(uow, partner.manager),
        sponsor=optional_person_view(uow, partner.exec_sponsor),
        counts=_counts(uow, day, partner_id=number),
        check_in=uow.session.exec(coming).one(),
        qbr=(qbr.label, qbr.state, qbr.due_on, qbr.starts_at) if qbr else None,
        renewal=renewal.ends_on if renewal else None,
        agreement_ends=partner.agreement_ends,
        onboarding=_onboarding(uow, number, now=now, policy=policy),
        gaps=tuple(gap.words for gap in gaps.gaps(uow, number, now, policy=policy)),
    )


def _onboarding(uow: UnitOfWork, number: int, *, now: datetime, policy: Policy) -> tuple[int, int, int, date] | None:
    plan = onboarding_views.running(uow, number)
    if plan is None:
        return None
    view = onboarding_views.view_of(uow, plan, now=now, policy=policy)
    return len(view.steps) - len(view.open_steps), len(view.steps), view.late, view.due_on


def _account(uow: UnitOfWork, account: Account, day: date) -> AccountStanding:
    number = row_id(account)
    its = (Opportunity.account_id == number, col(Opportunity.is_won).is_(None))
    soonest = select(Opportunity).where(*its).order_by(col(Opportunity.close_on).is_(None), col(Opportunity.close_on))
    deals = uow.session.exec(soonest.limit(_DEALS)).all()
    names = (
        select(Partner.name)
        .join(OpportunityPartner, col(OpportunityPartner.partner_id) == Partner.id)
        .join(Opportunity, col(Opportunity.id) == OpportunityPartner.opportunity_id)
        .where(*its)
        .distinct()
        .order_by(col(Partner.name))
    )
    return AccountStanding(
        name=account.name,
        segment=account.segment,
        owner=optional_person_view(uow, account.owner),
        counts=_counts(uow, day, account_id=number),
        deals=tuple(
            DealView(deal.external_id, deal.name, deal.amount, deal.currency, deal.stage, deal.close_on)
            for deal in deals
        ),
        more_deals=max(0, _count(uow, Opportunity, *its) - _DEALS),
        partners=tuple(uow.session.exec(names).all()),
    )


def _counts(uow: UnitOfWork, day: date, **of: int) -> Counts:
    """What is open of one partner (`partner_id`) or account (`account_id`)."""
    [(column, number)] = of.items()

    def theirs(model: type[SQLModel]) -> ColumnElement[bool]:
        return col(getattr(model, column)) == number

    def unfinished(model: type[SQLModel]) -> ColumnElement[bool]:
        return col(getattr(model, "closed_at")).is_(None)  # noqa: B009  # SQLModel itself has none

    kinds = (
        select(Risk.category, func.count())
        .where(theirs(Risk), unfinished(Risk))
        .group_by(col(Risk.category))
        .order_by(func.count().desc(), col(Risk.category))
    )
    states = (
        select(DealRegistration.state, func.count())
        .where(theirs(DealRegistration), unfinished(DealRegistration))
        .group_by(col(DealRegistration.state))
        .order_by(col(DealRegistration.state))
    )
    risks = tuple(uow.session.exec(kinds).all())
    registrations = tuple(uow.session.exec(states).all())
    late = _count(uow, Commitment, theirs(Commitment), unfinished(Commitment), col(Commitment.due_on) < day)
    actions = 0
    if column == "partner_id":
        late += _count(uow, ActionItem, theirs(ActionItem), unfinished(ActionItem), col(ActionItem.due_on) < day)
        actions = _count(uow, ActionItem, theirs(ActionItem), unfinished(ActionItem))
    return Counts(
        risks=sum(times for _, times in risks),
        by_category=risks,
        commitments=_count(uow, Commitment, theirs(Commitment), unfinished(Commitment)),
        late=late,
        actions=actions,
        registrations=registrations,
        undecided=sum(times for state, times in registrations if state in _UNDECIDED),
    )


def _count(uow: UnitOfWork, model: type[SQLModel], *where: ColumnElement[bool] | bool) -> int:
    return uow.session.exec(select(func.count()).select_from(model).where(*where)).one()
