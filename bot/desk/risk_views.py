"""A risk as it is told: names, evidence and the deals it threatens."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select

from bot.desk.naming import account_name, evidence_view, evidence_views, optional_person_view, owner_name
from bot.desk.views import DealView, PositionView, RiskView
from models.base import row_id
from models.partners import Opportunity, OpportunityPartner, Partner
from models.risks import Evidence, Risk, SubjectKind
from models.store import UnitOfWork

_SIDES = frozenset({"partner", "us", "customer"})
_CLOSED_STAGES = frozenset({"won", "lost", "closed won", "closed lost", "launched"})  # where the book says no more


def view_of(uow: UnitOfWork, risk: Risk, *, now: datetime) -> RiskView:
    partner = uow.get(Partner, risk.partner_id)
    snoozed = risk.snoozed_until if risk.snoozed_until and risk.snoozed_until > now else None
    return RiskView(
        id=row_id(risk),
        kind=risk.kind,
        category=risk.category,
        state=risk.state,
        partner=partner.name if partner else "",
        account=account_name(uow, risk.account_id),
        manager=optional_person_view(uow, partner.manager if partner else None),
        owner=owner_name(uow, risk.owner, partner.name if partner else ""),
        due_on=risk.due_on,
        due_phrase=risk.due_phrase,
        reader=risk.reader,
        rule=risk.rule,
        policy_version=risk.policy_version,
        evidence=evidence_views(uow, SubjectKind.RISK, row_id(risk)),
        deals=_deals(uow, risk),
        first_seen_at=risk.first_seen_at,
        last_seen_at=risk.last_seen_at,
        snoozed_until=snoozed,
        times_seen=risk.times_seen,
        held_by=optional_person_view(uow, risk.held_by),
        is_open=risk.closed_at is None,
        confidence=risk.confidence,
        note=risk.note,
        weighed=_weighed(uow, row_id(risk)),
        positions=_positions(uow, row_id(risk)),
    )


def _weighed(uow: UnitOfWork, risk_id: int) -> tuple[str, ...]:
    """What weighed when it was first heard; nothing once those words are deleted."""
    rows = uow.list(Evidence, subject_kind=SubjectKind.RISK, subject_id=risk_id)
    first = min(rows, key=row_id, default=None)
    return tuple(first.weighed) if first else ()


def _positions(uow: UnitOfWork, risk_id: int) -> tuple[PositionView, ...]:
    """Both views, in the order they were said; none unless the words of both are kept."""
    rows = [row for row in uow.list(Evidence, subject_kind=SubjectKind.POSITION, subject_id=risk_id) if row.quote]
    rows.sort(key=lambda row: (row.said_at, row.start))
    pair = [PositionView(_side(row), evidence_view(uow, row)) for row in rows]
    return tuple(pair) if len(pair) == 2 else ()


def _side(row: Evidence) -> str:
    """Whose view it is: a side itself, or that of the author who speaks for themselves."""
    if row.holder == row.author:
        return row.side if row.side in _SIDES else ""
    return row.holder if row.holder in _SIDES else ""


def _deals(uow: UnitOfWork, risk: Risk) -> tuple[DealView, ...]:
    """The open opportunities of this account in which this partner takes part, nearest close date first."""
    if risk.account_id is None or risk.partner_id is None:
        return ()
    statement = (
        select(Opportunity)
        .join(OpportunityPartner, col(OpportunityPartner.opportunity_id) == Opportunity.id)
        .where(Opportunity.account_id == risk.account_id, OpportunityPartner.partner_id == risk.partner_id)
        .distinct()
    )
    deals = [row for row in uow.session.exec(statement) if _is_open(row)]
    deals.sort(key=lambda row: (row.close_on is None, row.close_on, row.external_id))
    return tuple(
        DealView(
            external_id=row.external_id,
            name=row.name,
            amount=row.amount,
            currency=row.currency,
            stage=row.stage,
            close_on=row.close_on,
        )
        for row in deals
    )


def _is_open(deal: Opportunity) -> bool:
    return deal.is_won is None and deal.closed_on is None and deal.stage.casefold() not in _CLOSED_STAGES
