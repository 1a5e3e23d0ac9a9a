"""Proposals: a change PartnerDesk suggests, or a person asked for, and a person makes. Parameters are frozen, rights
checked at the click."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.desk import commitments, outgoing, recipients, rights
from bot.desk.evidence import attach
from bot.desk.naming import evidence_views, optional_person_view, person_view
from bot.desk.risk_views import view_of
from bot.desk.views import ProposalView
from bot.errors import Refused
from bot.policy import Policy
from models.base import row_id
from models.delivery import Delivery
from models.escalations import Proposal
from models.events import ROBOT
from models.messages import Message
from models.partners import Account, Partner
from models.risks import Commitment, Risk, SubjectKind
from models.states import ProposalState as State
from models.store import UnitOfWork

# Which parameter names what a proposal wants to close.
_SUBJECT = {"close_risk": "risk_id", "close_commitment": "commitment_id"}
# How the keys of requests begin; all other proposals are PartnerDesk's own.
_ASKED = "request:"


def offer(
    uow: UnitOfWork, *, key: str, kind: str, params: dict[str, str], to: str, now: datetime, policy: Policy
) -> Proposal | None:
    """Offer it once, by DM. None when the same offer (`key`) was made before."""
    if uow.find(Proposal, key=key) is not None:
        return None
    proposal = uow.add(
        Proposal(
            workspace_id=uow.workspace_id,
            key=key,
            kind=kind,
            params=dict(params),
            state=State.OPEN,
            offered_to=to,
            offered_at=now,
            expires_at=now + timedelta(days=policy.proposals.expire_after_days),
        )
    )
    uow.record(SubjectKind.PROPOSAL, row_id(proposal), at=now, actor=ROBOT, to_state=State.OPEN, note=kind)
    outgoing.send(
        uow,
        "proposal",
        to,
        key=f"proposal:{row_id(proposal)}",
        subject_kind=SubjectKind.PROPOSAL,
        subject_id=row_id(proposal),
        now=now,
    )
    return proposal


def request(
    uow: UnitOfWork, *, kind: str, params: Mapping[str, str], actor: str, now: datetime, policy: Policy
) -> Proposal:
    """What `actor` asked for, waiting for their own yes. Nothing is sent: the answer to them shows the buttons.

    The same asked again while it waits is the same proposal, so that two cards cannot do one thing twice.
    """
    rights.require_member(uow, actor)
    asked = json.dumps([actor, kind, dict(params)], sort_keys=True)
    key = f"{_ASKED}{hashlib.sha256(asked.encode()).hexdigest()}"
    known = uow.find(Proposal, key=key)
    known = uow.lock(Proposal, known.id) if known else None
    if known is not None:
        if known.state == State.OPEN and now < known.expires_at:
            return known
        if known.state == State.OPEN:
            uow.move(known, State.EXPIRED, actor=ROBOT, at=now)
        known.key = f"{key}:{row_id(known)}"
        uow.session.flush()
    proposal = uow.add(
        Proposal(
            workspace_id=uow.workspace_id,
            key=key,
            kind=kind,
            params=dict(params),
            state=State.OPEN,
            offered_to=actor,
            offered_at=now,
            expires_at=now + timedelta(minutes=policy.proposals.request_expires_minutes),
        )
    )
    uow.record(SubjectKind.PROPOSAL, row_id(proposal), at=now, actor=actor, to_state=State.OPEN, note=kind)
    return proposal


def offer_to_close(
    uow: UnitOfWork, row: Risk | Commitment, message: Message, start: int, end: int, *, now: datetime, policy: Policy
) -> Proposal | None:
    """Somebody said it is settled (in the slice `start` to `end`): ask whoever holds it whether to close it.

    One open question per risk or commitment; None when it was asked, or nobody is there to ask.
    """
    kind = "close_risk" if isinstance(row, Risk) else "close_commitment"
    name = _SUBJECT[kind]
    number = str(row_id(row))
    if any(asked.params.get(name) == number for asked in uow.list(Proposal, kind=kind, state=State.OPEN)):
        return None
    to = _owner_of(uow, row)
    if to is None:
        return None
    proposal = offer(
        uow, key=f"{kind}:{number}:{message.ts}", kind=kind, params={name: number}, to=to, now=now, policy=policy
    )
    if proposal is not None:
        attach(uow, SubjectKind.PROPOSAL, row_id(proposal), message, start, end, message.text[start:end])
    return proposal


def _owner_of(uow: UnitOfWork, row: Risk | Commitment) -> str | None:
    """Who took the risk on, else the partner's manager."""
    if isinstance(row, Risk) and row.held_by:
        return row.held_by
    partner, account = uow.get(Partner, row.partner_id), uow.get(Account, row.account_id)
    manager = recipients.find(uow, "partner_manager", partner, account)
    return manager.person.slack_id if manager else None


def decline(uow: UnitOfWork, proposal_id: int, *, actor: str, now: datetime, policy: Policy) -> ProposalView:
    """Leave things as they are. Raises Refused as `open_one` does."""
    proposal = open_one(uow, proposal_id, actor, now)
    return decide(uow, proposal, State.DECLINED, actor=actor, now=now, policy=policy)


def open_one(uow: UnitOfWork, proposal_id: int, actor: str, now: datetime) -> Proposal:
    """The proposal, if `actor` may decide it now. Raises Refused when it is decided, expired, or not theirs."""
    person = rights.require_member(uow, actor)
    _take_subject(uow, uow.get(Proposal, proposal_id))
    proposal = uow.lock(Proposal, proposal_id)
    if proposal is None:
        raise Refused("I do not know that proposal. It may belong to another workspace.")
    if proposal.key.startswith(_ASKED):
        _require_own(uow, proposal, actor, now)
        return proposal
    if actor != proposal.offered_to and not rights.is_operator(person):
        raise Refused(
            f"This was offered to {person_view(uow, proposal.offered_to).name}; a partner manager can decide too."
        )
    if proposal.state != State.OPEN:
        raise Refused(f"This was already {proposal.state} by {person_view(uow, proposal.decided_by).name}.")
    if now >= proposal.expires_at:
        raise Refused("This proposal has expired. Please do it by hand if it is still right.")
    return proposal


def _require_own(uow: UnitOfWork, proposal: Proposal, actor: str, now: datetime) -> None:
    """What was asked for is confirmed by whoever asked, once, and not much later."""
    if actor != proposal.offered_to:
        asker = person_view(uow, proposal.offered_to).name
        raise Refused(f"Only {asker}, who asked for this, can confirm it. Ask me the same to do it yourself.")
    if proposal.state == State.APPROVED:
        raise Refused("You confirmed this already, and it was done once.")
    if proposal.state == State.DECLINED:
        raise Refused("You cancelled this, and nothing was done. Ask me again if you want it after all.")
    if proposal.state == State.EXPIRED or now >= proposal.expires_at:
        raise Refused("Too much time has passed since you asked, and nothing was done. Please ask me again.")


def decide(
    uow: UnitOfWork, proposal: Proposal, state: State, *, actor: str, now: datetime, policy: Policy
) -> ProposalView:
    """Record the decision and edit the posted card."""
    proposal.decided_by = actor
    uow.move(proposal, state, actor=actor, at=now, policy_version=policy.version)
    _refresh(uow, proposal, now=now)
    shown = view(uow, row_id(proposal), now=now)
    assert shown is not None
    return shown


def _take_subject(uow: UnitOfWork, proposal: Proposal | None) -> None:
    """Take what the proposal wants to close, in the order of bot/desk/locks.py: before the proposal."""
    if proposal is not None and proposal.kind in _SUBJECT:
        model = Risk if proposal.kind == "close_risk" else Commitment
        uow.lock(model, int(proposal.params[_SUBJECT[proposal.kind]]))


def refresh_by_id(uow: UnitOfWork, proposal_id: int, *, now: datetime) -> None:
    """The words it stands on changed: edit its card."""
    proposal = uow.lock(Proposal, proposal_id)
    if proposal is not None:
        _refresh(uow, proposal, now=now)


def _refresh(uow: UnitOfWork, proposal: Proposal, *, now: datetime) -> None:
    proposal.version += 1
    outgoing.refresh_cards(uow, SubjectKind.PROPOSAL, row_id(proposal), version=proposal.version, now=now)


def overtaken(uow: UnitOfWork, kind: str, number: int, *, actor: str, now: datetime) -> None:
    """What open proposals of this kind wanted to close was closed another way: they end, and their cards say so."""
    name = _SUBJECT[kind]
    for asked in uow.list(Proposal, kind=kind, state=State.OPEN):
        proposal = uow.lock(Proposal, asked.id) if asked.params.get(name) == str(number) else None
        if proposal is not None and proposal.state == State.OPEN:
            uow.move(proposal, State.EXPIRED, actor=actor, at=now)
            _refresh(uow, proposal, now=now)


def view(uow: UnitOfWork, proposal_id: int, *, now: datetime) -> ProposalView | None:
    """The proposal as its card shows it; None when it ended before it was posted."""
    proposal = uow.get(Proposal, proposal_id)
    if proposal is None:
        return None
    risk = uow.get(Risk, int(proposal.params["risk_id"])) if proposal.kind == "close_risk" else None
    promise = (
        uow.get(Commitment, int(proposal.params["commitment_id"])) if proposal.kind == "close_commitment" else None
    )
    if proposal.state == State.EXPIRED and not _was_posted(uow, proposal_id):
        return None
    return ProposalView(
        id=proposal_id,
        kind=proposal.kind,
        state=proposal.state,
        offered_to=person_view(uow, proposal.offered_to),
        params={key: str(value) for key, value in proposal.params.items()},
        risk=view_of(uow, risk, now=now) if risk else None,
        commitment=commitments.view_of(uow, promise, now=now) if promise else None,
        evidence=evidence_views(uow, SubjectKind.PROPOSAL, proposal_id),
        expires_at=proposal.expires_at,
        settled_by=optional_person_view(uow, proposal.decided_by),
    )


def _was_posted(uow: UnitOfWork, proposal_id: int) -> bool:
    delivery = uow.find(Delivery, key=f"proposal:{proposal_id}")
    return delivery is not None and bool(delivery.ts)
