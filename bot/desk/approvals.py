"""What happens when a proposal is approved: the one place where a proposed change is carried out, once.

A change is a use case `(uow, params, *, actor, now, policy) -> result`; `params` are the proposal's, frozen strings.
To let people confirm a new kind of request, add its line to `CHANGES` and show its result with `@outcome` in the
command's file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.desk import (
    byhand,
    channels,
    checkins,
    checkins_plan,
    commitments,
    onboarding_plan,
    proposals,
    qbrs,
    registrations,
    registrations_protection,
    related,
    renewals,
    risks,
)
from bot.desk.views import ProposalView
from bot.errors import Refused
from bot.policy import Policy
from models.base import row_id
from models.risks import Commitment, Risk
from models.states import ProposalState
from models.store import UnitOfWork

Params = Mapping[str, str]


class Change(Protocol):
    """Does what was proposed for `actor`, who approved it. Raises Refused when that is no longer possible or theirs
    to do; then the proposal stays open."""

    def __call__(self, uow: UnitOfWork, params: Params, /, *, actor: str, now: datetime, policy: Policy) -> object: ...


@dataclass(frozen=True, slots=True)
class Approved:
    """The proposal as it is now, and what its change returned."""

    proposal: ProposalView
    result: object


def approve(uow: UnitOfWork, proposal_id: int, *, actor: str, now: datetime, policy: Policy) -> Approved:
    """Do what was proposed, in the same unit. Raises Refused when it is decided, expired, or not the clicker's."""
    proposal = proposals.open_one(uow, proposal_id, actor, now)
    change = CHANGES.get(proposal.kind)
    if change is None:
        raise Refused("I do not know how to do that any more. Please do it by hand.")
    proposals.decide(uow, proposal, ProposalState.APPROVED, actor=actor, now=now, policy=policy)
    result = change(uow, proposal.params, actor=actor, now=now, policy=policy)
    shown = proposals.view(uow, proposal_id, now=now)
    assert shown is not None
    return Approved(shown, result)


def _close_risk(uow: UnitOfWork, params: Params, *, actor: str, now: datetime, policy: Policy) -> None:
    risk = uow.get(Risk, int(params["risk_id"]))
    if risk is not None and risk.closed_at is None:
        risks.resolve(uow, row_id(risk), actor=actor, now=now, policy=policy)


def _close_commitment(uow: UnitOfWork, params: Params, *, actor: str, now: datetime, policy: Policy) -> None:
    promise = uow.get(Commitment, int(params["commitment_id"]))
    if promise is not None and promise.closed_at is None:
        commitments.keep(uow, row_id(promise), actor=actor, now=now, policy=policy)


def _link_channel(uow: UnitOfWork, params: Params, *, actor: str, now: datetime, policy: Policy) -> object:
    del policy
    return channels.link(uow, params, actor=actor, now=now)


CHANGES: dict[str, Change] = {
    # What PartnerDesk offers by itself.
    "close_risk": _close_risk,
    "close_commitment": _close_commitment,
    "link_channel": _link_channel,
    # What people ask for and confirm.
    "escalate": byhand.escalate,
    "related": related.ask,
    "onboard": onboarding_plan.start,
    "checkin": checkins_plan.start,
    "checkin_move": checkins.move_asked,
    "checkin_skip": checkins.skip_asked,
    "checkin_stop": checkins.stop_asked,
    "qbr_schedule": qbrs.schedule,
    "qbr_skip": qbrs.skip_asked,
    "renewal": renewals.decide,
    "renewal_negotiate": renewals.negotiate,
    "deal_register": registrations.submit,
    "deal_decide": registrations.confirmed_decision,
    "deal_withdraw": registrations.withdraw,
    "deal_finish": registrations.finish,
    "deal_extend": registrations_protection.extend,
}
