"""Answers to a handoff: accepted, declined, done. A risk handed over follows its handoff."""

from __future__ import annotations

from datetime import datetime

from bot.desk import handoffs, rights, risks
from bot.desk.naming import person_view
from bot.desk.views import HandoffView
from bot.errors import Refused
from bot.policy import Policy
from models.base import row_id
from models.escalations import Handoff
from models.events import Event
from models.partners import Partner
from models.risks import Risk, SubjectKind
from models.states import HandoffState as State
from models.store import UnitOfWork

_SETTLED = (State.DONE, State.CANCELLED)


def accept(uow: UnitOfWork, handoff_id: int, *, actor: str, now: datetime, policy: Policy) -> HandoffView:
    """The clicker takes it on, and with it the risk it came from. Raises Refused when it is settled or not theirs."""
    handoff = _open_one(uow, handoff_id, actor, but_not=State.ACCEPTED)
    handoff.assignee, handoff.due_at = actor, None
    risk = _open_risk(uow, handoff)
    if risk is not None:
        risks.take_on(uow, risk, actor=actor, now=now, policy=policy)
    return _settle(uow, handoff, State.ACCEPTED, actor=actor, now=now, policy=policy)


def decline(uow: UnitOfWork, handoff_id: int, *, actor: str, now: datetime, policy: Policy) -> HandoffView:
    """Give it back: the partner's manager is told at the next pulse."""
    handoff = _open_one(uow, handoff_id, actor, but_not=State.DECLINED)
    handoff.due_at = now
    return _settle(uow, handoff, State.DECLINED, actor=actor, now=now, policy=policy)


def done(uow: UnitOfWork, handoff_id: int, *, actor: str, now: datetime, policy: Policy) -> HandoffView:
    """The work is finished, and so is the risk it came from."""
    handoff = _open_one(uow, handoff_id, actor)
    handoff.due_at, handoff.closed_at = None, now
    if handoff.state == State.DECLINED:
        uow.move(handoff, State.OFFERED, actor=actor, at=now)
    shown = _settle(uow, handoff, State.DONE, actor=actor, now=now, policy=policy)
    risk = _open_risk(uow, handoff)
    if risk is not None:
        risks.close(uow, risk, actor=actor, now=now, policy=policy)
    return shown


def _open_one(uow: UnitOfWork, handoff_id: int, actor: str, *, but_not: State | None = None) -> Handoff:
    person = rights.require_member(uow, actor)
    known = uow.get(Handoff, handoff_id)
    uow.lock(Risk, known.risk_id if known else None)
    handoff = uow.lock(Handoff, handoff_id)
    if handoff is None:
        raise Refused("I do not know that handoff. It may belong to another workspace.")
    partner = uow.get(Partner, handoff.partner_id)
    manages = partner is not None and partner.manager == actor
    if not (actor == handoff.assignee or manages or handoff.to_role in person.roles or rights.is_operator(person)):
        raise Refused("Only the person it was offered to, their role, or a partner manager can answer this.")
    if handoff.state in (*_SETTLED, but_not):
        events = uow.list(Event, subject_kind=SubjectKind.HANDOFF, subject_id=handoff_id, to_state=handoff.state)
        by = person_view(uow, events[-1].actor).name if events else "somebody"
        raise Refused(f"This handoff is already {handoff.state}, by {by}.")
    return handoff


def _open_risk(uow: UnitOfWork, handoff: Handoff) -> Risk | None:
    risk = uow.get(Risk, handoff.risk_id)
    return risk if risk is not None and risk.closed_at is None else None


def _settle(
    uow: UnitOfWork, handoff: Handoff, state: State, *, actor: str, now: datetime, policy: Policy
) -> HandoffView:
    uow.move(handoff, state, actor=actor, at=now, rule=handoff.rule, policy_version=policy.version)
    handoffs.refresh(uow, handoff, now=now)
    if state in (State.DONE, State.DECLINED):
        handoffs.tell_requester(uow, handoff, actor=actor, now=now)
    shown = handoffs.view(uow, row_id(handoff))
    assert shown is not None
    return shown
