"""What happens when a proposal is approved: the one place where a proposed side effect is carried out, once."""

from __future__ import annotations

from datetime import datetime

from bot.desk import channels, commitments, proposals, risks
from bot.desk.views import ProposalView
from bot.errors import Refused
from bot.policy import Policy
from models.base import row_id
from models.risks import Commitment, Risk
from models.states import ProposalState
from models.store import UnitOfWork


def approve(uow: UnitOfWork, proposal_id: int, *, actor: str, now: datetime, policy: Policy) -> ProposalView:
    """Do what was proposed. Raises Refused when it is decided, expired, or not the clicker's to decide."""
    proposal = proposals.open_one(uow, proposal_id, actor, now)
    proposals.decide(uow, proposal, ProposalState.APPROVED, actor=actor, now=now, policy=policy)
    if proposal.kind == "close_risk":
        risk = uow.get(Risk, int(proposal.params["risk_id"]))
        if risk is not None and risk.closed_at is None:
            risks.resolve(uow, row_id(risk), actor=actor, now=now, policy=policy)
    elif proposal.kind == "close_commitment":
        promise = uow.get(Commitment, int(proposal.params["commitment_id"]))
        if promise is not None and promise.closed_at is None:
            commitments.keep(uow, row_id(promise), actor=actor, now=now, policy=policy)
    elif proposal.kind == "link_channel":
        channels.link(uow, proposal.params, actor=actor, now=now)
    else:
        raise Refused("I do not know how to do that any more. Please do it by hand.")
    shown = proposals.view(uow, proposal_id, now=now)
    assert shown is not None
    return shown
