"""What an approved registration is protected by: its days, its extensions, and the activity they need; and the pulse
that ends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import col, func, select

from bot.days import sensible_day
from bot.desk import approval_chain, conflicts, registrations_review, rights
from bot.desk.registrations_base import partner_of, require_may_change, take, take_turn, unknown, zone_of
from bot.desk.registrations_views import RegistrationView, view
from bot.errors import Refused
from bot.policy import Policy
from models.base import row_id
from models.deals import DealRegistration, Touch
from models.events import ROBOT
from models.partners import Opportunity
from models.risks import SubjectKind
from models.states import RegistrationState as State
from models.store import UnitOfWork

# What was done -> whether it counts as activity for the deal: learning and talk between us do not.
TOUCHES: Mapping[str, bool] = {
    "customer meeting": True,
    "demo": True,
    "proposal": True,
    "technical work": True,
    "introduction": True,
    "internal call": False,
    "training": False,
}


@dataclass(frozen=True, slots=True)
class Extension:
    """What extending would do: the new last day, by the `count`-th extension, on that many qualified touches."""

    number: int
    account: str
    until: date
    new_until: date
    count: int
    touches: int


def plan_extension(uow: UnitOfWork, number: int, *, actor: str, now: datetime, policy: Policy) -> Extension:
    """What `extend` would do. Raises Refused when the policy does not allow it, and says what is missing."""
    row = uow.get(DealRegistration, number)
    if row is None:
        raise unknown(number)
    return _extension(uow, row, actor, now, policy)


def _extension(uow: UnitOfWork, row: DealRegistration, actor: str, now: datetime, policy: Policy) -> Extension:
    rules, number = policy.registration, row_id(row)
    require_may_change(uow, row, actor)
    if row.state != State.APPROVED or row.protected_until is None:
        raise Refused(f"Registration #{number} is {row.state.replace('_', ' ')}; only an approved one can be extended.")
    if row.extensions >= rules.extensions:
        raise Refused(f"Registration #{number} was extended {row.extensions} times already; more is not allowed.")
    touches = _touches(uow, number, now - timedelta(days=rules.activity_days), now)
    if touches < rules.activity_touches:
        raise Refused(
            f"To extend #{number} it needs {rules.activity_touches} qualified activities in the last"
            f" {rules.activity_days} days; {touches} on record. Add what was done: `/pm deal touch #{number}`."
        )
    until = row.protected_until + timedelta(days=rules.extension_days)
    return Extension(number, row.account_name, row.protected_until, until, row.extensions + 1, touches)


def extend(
    uow: UnitOfWork, params: Mapping[str, str], /, *, actor: str, now: datetime, policy: Policy
) -> RegistrationView:
    """Protect it longer. Raises Refused; also when it was extended since `params` were made ("count")."""
    row = take(uow, int(params["number"]))
    found = _extension(uow, row, actor, now, policy)
    if str(found.count) != params["count"]:
        raise Refused(f"Registration #{row.id} was extended meanwhile. Ask again to extend it once more.")
    registrations_review.protect_until(row, found.new_until, zone_of(uow, partner_of(uow, row)))
    row.extensions = found.count
    uow.record(
        SubjectKind.DEAL_REGISTRATION,
        found.number,
        at=now,
        actor=actor,
        policy_version=policy.version,
        note=f"extended to {found.new_until.day} {found.new_until:%b %Y} on {found.touches} activities",
    )
    approval_chain.refresh_all(uow, row, now=now)
    return view(uow, found.number, now=now)


def _touches(uow: UnitOfWork, number: int, since: datetime, now: datetime) -> int:
    count = select(func.count()).select_from(Touch).where(Touch.registration_id == number, col(Touch.qualified))
    return uow.session.exec(count.where(col(Touch.at) > since, col(Touch.at) <= now)).one()


def touch(
    uow: UnitOfWork,
    number: int,
    kind: str,
    *,
    at: datetime,
    note: str = "",
    link: str = "",
    actor: str,
    now: datetime,
) -> RegistrationView:
    """Record what was done for a deal at a moment that has passed. Raises Refused."""
    row = take(uow, number)
    rights.require_member(uow, actor)
    if row.closed_at is not None:
        raise Refused(f"Registration #{number} is {row.state}, so nothing is recorded for it any more.")
    if kind not in TOUCHES:
        raise Refused(f"What was done? One of {', '.join(TOUCHES)}.")
    if at > now:
        raise Refused("That day has not come yet. Record it once it was done.")
    sensible_day(at.date(), now)
    uow.add(
        Touch(
            workspace_id=uow.workspace_id,
            partner_id=row.partner_id,
            opportunity_id=row.opportunity_id,
            registration_id=number,
            kind=kind,
            at=at,
            by=actor,
            qualified=TOUCHES[kind],
            link=link,
        )
    )
    said = f"{kind}: {note}" if note else kind
    uow.record(SubjectKind.DEAL_REGISTRATION, number, at=now, actor=actor, note=said)
    approval_chain.refresh_all(uow, row, now=now)
    return view(uow, number, now=now)


def fire_due(uow: UnitOfWork, *, now: datetime, policy: Policy, limit: int = 200) -> int:
    """What time does to registrations: approvals are warned of and climb, conflicts are late, protection ends, and a
    deal that was closed in the CRM closes its registration. Returns how many things were due."""
    done = approval_chain.fire_due(uow, now=now, policy=policy, limit=limit)
    done += conflicts.fire_due(uow, now=now, policy=policy, limit=limit)
    return done + _close_with_deals(uow, now=now, policy=policy) + _expire(uow, now=now, policy=policy, limit=limit)


def _expire(uow: UnitOfWork, *, now: datetime, policy: Policy, limit: int) -> int:
    due = select(DealRegistration.id).where(col(DealRegistration.next_at) <= now)
    numbers = uow.session.exec(due.order_by(col(DealRegistration.next_at)).limit(limit)).all()
    if numbers:
        take_turn(uow)
    for number in numbers:
        with uow.apart(DealRegistration, number):
            row = uow.lock(DealRegistration, number)
            if row is not None and row.next_at is not None and row.next_at <= now:
                _end(uow, row, now=now, policy=policy)
    return len(numbers)


def _end(uow: UnitOfWork, row: DealRegistration, *, now: datetime, policy: Policy) -> None:
    reason = f"protected until {row.protected_until.day} {row.protected_until:%b %Y}" if row.protected_until else ""
    registrations_review.settle(uow, row, State.EXPIRED, reason, actor=ROBOT, now=now, policy=policy)


def _close_with_deals(uow: UnitOfWork, *, now: datetime, policy: Policy) -> int:
    """The linked deal is won or lost, so the registration is."""
    closed = (
        select(DealRegistration.id, Opportunity.is_won)
        .join(Opportunity, col(Opportunity.id) == col(DealRegistration.opportunity_id))
        .where(
            col(DealRegistration.closed_at).is_(None),
            DealRegistration.state == State.APPROVED,
            col(Opportunity.is_won).is_not(None),
        )
    )
    found = uow.session.exec(closed).all()
    if found:
        take_turn(uow)
    for number, is_won in found:
        with uow.apart(DealRegistration, number, ""):
            row = uow.lock(DealRegistration, number)
            if row is None or row.state != State.APPROVED:
                continue
            state, words = (State.CONVERTED, "won") if is_won else (State.LOST, "lost")
            reason = f"the linked deal was {words}"
            registrations_review.settle(uow, row, state, reason, actor=ROBOT, now=now, policy=policy)
    return len(found)
