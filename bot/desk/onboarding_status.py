"""Where a partner stands on its way in: PROSPECT → RECRUITING → ONBOARDING → ENABLED → ACTIVE (shared facts: domain
model, 7.2). ENABLED needs the finished plan, ACTIVE a first commercial event."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select

from bot.policy import Policy
from models.base import row_id
from models.calendar import OnboardingPlan
from models.deals import DealRegistration
from models.events import Event
from models.partners import OpportunityPartner, Partner, PartnerStatus
from models.risks import SubjectKind
from models.states import RegistrationState
from models.store import UnitOfWork

NOT_YET_ACTIVE = (
    PartnerStatus.PROSPECT, PartnerStatus.RECRUITING, PartnerStatus.ONBOARDING, PartnerStatus.ENABLED,
)  # fmt: skip
# States that only an approved registration reaches.
_COMMERCIAL = (
    RegistrationState.APPROVED, RegistrationState.CONVERTED, RegistrationState.LOST, RegistrationState.EXPIRED,
)  # fmt: skip
_RULE = "onboarding.status"


def change(
    uow: UnitOfWork, partner: Partner, status: PartnerStatus, *, actor: str, now: datetime, policy: Policy, note: str
) -> None:
    """Set the status of a partner (taken) and record it; nothing when it has it already."""
    if partner.status == status:
        return
    uow.record(
        SubjectKind.PARTNER, row_id(partner), at=now, actor=actor, from_state=partner.status, to_state=status,
        rule=_RULE, policy_version=policy.version, note=note,
    )  # fmt: skip
    partner.status = status


def became_active(
    uow: UnitOfWork, partner: Partner, *, actor: str, now: datetime, policy: Policy, note: str = ""
) -> bool:
    """A first commercial event came in (an approved registration, a sourced deal, an invoice; `note` says which): a
    partner (taken) on its way in is ACTIVE now, also while its onboarding goes on. False when it was that already."""
    if partner.status not in NOT_YET_ACTIVE:
        return False
    change(uow, partner, PartnerStatus.ACTIVE, actor=actor, now=now, policy=policy, note=note)
    return True


def after_onboarding(uow: UnitOfWork, plan: OnboardingPlan) -> PartnerStatus:
    """What an onboarding partner is when its plan is finished: ENABLED, or ACTIVE when it has sold already."""
    return PartnerStatus.ACTIVE if _has_sold(uow, plan.partner_id) else PartnerStatus.ENABLED


def before_onboarding(uow: UnitOfWork, plan: OnboardingPlan) -> PartnerStatus:
    """What the partner was when this plan began: the change was recorded at that very moment, if there was one."""
    begun = select(Event).where(
        Event.subject_kind == SubjectKind.PARTNER,
        Event.subject_id == plan.partner_id,
        Event.to_state == PartnerStatus.ONBOARDING,
        Event.at == plan.started_at,
    )
    entry = uow.session.exec(begun).first()
    return PartnerStatus(entry.from_state) if entry else PartnerStatus.ONBOARDING


def _has_sold(uow: UnitOfWork, partner_id: int) -> bool:
    approved = select(DealRegistration.id).where(
        DealRegistration.partner_id == partner_id, col(DealRegistration.state).in_(_COMMERCIAL)
    )
    if uow.session.exec(approved.limit(1)).first() is not None:
        return True
    return uow.find(OpportunityPartner, partner_id=partner_id, role="sourced") is not None
