"""The outbox's own queries: claim what is due, settle it, and say when something is due next.

Safe with any number of processes on one database: PostgreSQL claims with FOR UPDATE SKIP LOCKED; SQLite ignores that
clause and is safe because the session began with BEGIN IMMEDIATE. Two clocks: `now` (the product's, perhaps replayed)
decides what is due; `machine_now` (the machine's own) measures leases.

Open states are written as literals, not parameters: only then can both databases use the partial indexes.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, text, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from models.base import Workspace, row_id
from models.calendar import CheckIn, Qbr, Renewal
from models.deals import ApprovalStep, ConflictCase, DealRegistration
from models.delivery import Delivery, DeliveryState
from models.escalations import Escalation, Handoff
from models.messages import Receipt
from models.partners import Person

_OPEN = text("delivery.state IN ('pending', 'sending')")
_WAITING = text("delivery.state = 'pending'")
_IN_FLIGHT = text("delivery.state = 'sending'")
# When rows want something to happen by itself.
_CLOCKS = (
    Escalation.due_at,
    Handoff.due_at,
    Person.digest_due_at,
    Person.rollup_due_at,
    Workspace.retention_due_at,
    CheckIn.next_at,
    Qbr.next_at,
    Renewal.next_at,
    DealRegistration.next_at,
    ApprovalStep.next_at,
    ConflictCase.next_at,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery one worker may send until its lease ends. `owner` fences: only this claim can settle the row.

    `suspect` means an earlier attempt may have reached Slack: look its key up before anything is posted.
    """

    delivery: Delivery
    owner: str
    suspect: bool

    @property
    def id(self) -> int:
        return row_id(self.delivery)


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits: counts, and since when the oldest due row has been due (None when none is)."""

    waiting: int
    in_flight: int
    oldest_due_at: datetime | None


def claim(session: Session, *, now: datetime, machine_now: datetime, lease: timedelta, limit: int) -> Sequence[Claim]:
    """Take up to `limit` due deliveries, at most one per lane and only at the head of its lane, for `lease`.

    A row that waits for its first try in the future does not hold up its lane; one that waits for a retry does. An
    older edit of a card is cancelled when a newer one is due. Raises sqlalchemy.exc.IntegrityError at commit or flush
    when another worker put a message of the same lane in flight first: nothing was claimed then.
    """
    due = or_(
        and_(_WAITING, col(Delivery.not_before) <= now, ~_blocked(now)),
        and_(_IN_FLIGHT, col(Delivery.lease_until) < machine_now),
    )
    statement = (
        select(Delivery)
        .where(_OPEN, due)
        .order_by(col(Delivery.not_before), col(Delivery.id))
        .limit(limit)
        .with_for_update(skip_locked=True, of=Delivery)
    )
    claims = []
    for head in session.exec(statement).all():
        row = _newest_edit(session, head, now)
        suspect, row.state, row.owner = row.attempts > 0, DeliveryState.SENDING, uuid.uuid4().hex
        row.lease_until = machine_now + lease
        row.first_try_at = row.first_try_at or machine_now
        row.attempts += 1
        claims.append(Claim(row, row.owner, suspect))
    session.flush()
    return claims


def _blocked(now: datetime | None = None) -> ColumnElement[bool]:
    """Another row of the lane comes first: one in flight, or an earlier one that waits for a retry (or is due)."""
    other = aliased(Delivery, name="other")
    first = col(other.attempts) > 0
    if now is not None:
        first = or_(first, col(other.not_before) <= now)
    return exists().where(
        col(other.workspace_id) == col(Delivery.workspace_id),
        col(other.lane) == col(Delivery.lane),
        col(other.id) != col(Delivery.id),
        text("other.state IN ('pending', 'sending')"),
        or_(text("other.state = 'sending'"), and_(col(other.id) < col(Delivery.id), first)),
    )


def _newest_edit(session: Session, head: Delivery, now: datetime) -> Delivery:
    """The edit to send instead of `head`: the newest due one of the same card. The older ones are cancelled."""
    if head.updates is None:
        return head
    same_card = (
        col(Delivery.workspace_id) == head.workspace_id,
        col(Delivery.lane) == head.lane,
        col(Delivery.updates) == head.updates,
        _WAITING,
        col(Delivery.not_before) <= now,
    )
    edits = session.exec(select(Delivery).where(*same_card).order_by(col(Delivery.id)).with_for_update()).all()
    if not edits or row_id(edits[-1]) <= row_id(head):
        return head
    for older in (head, *edits[:-1]):
        older.state, older.error, older.owner = DeliveryState.CANCELLED, "a newer edit of the same card", ""
    session.flush()
    return edits[-1]


def settle(
    session: Session,
    claimed: Claim,
    state: DeliveryState,
    *,
    error: str = "",
    not_before: datetime | None = None,
    channel: str = "",
    ts: str = "",
    sent_at: datetime | None = None,
    unused: bool = False,
) -> bool:
    """End a claim: SENT (with channel, ts, sent_at), PENDING (try again from `not_before`), CANCELLED or DEAD.

    `unused` gives the attempt back: Slack was never called. False when the claim is no longer ours (its lease ended
    and another worker took the row): nothing was changed then.
    """
    values: dict[str, object] = {"state": state, "error": error, "owner": "", "lease_until": None}
    if not_before is not None:
        values["not_before"] = not_before
    if state is DeliveryState.SENT:
        values |= {"channel": channel, "ts": ts, "sent_at": sent_at}
    if unused:
        values["attempts"] = claimed.delivery.attempts - 1
    statement = (
        update(Delivery)
        .where(col(Delivery.id) == claimed.id, col(Delivery.owner) == claimed.owner, _IN_FLIGHT)
        .values(**values)
        .returning(col(Delivery.id))
        .execution_options(synchronize_session=False)
    )
    return session.execute(statement).first() is not None


def next_due(session: Session, *, now: datetime, machine_now: datetime) -> datetime | None:
    """The earliest moment (product time) at which a pulse has something to do, None when nothing waits.

    Costs a few index look-ups whatever the history holds. Rows that wait behind another of their lane do not count:
    the one in front does. Leases are of the machine's clock and are moved over to the product's.
    """
    first_delivery = (
        select(Delivery.not_before).where(_OPEN, _WAITING, ~_blocked()).order_by(col(Delivery.not_before)).limit(1)
    )
    moments = [
        session.exec(first_delivery).first(),
        *(
            session.exec(select(column).where(col(column).is_not(None)).order_by(col(column)).limit(1)).first()
            for column in _CLOCKS
        ),
    ]
    leases = [
        session.exec(select(func.min(Delivery.lease_until)).where(_IN_FLIGHT)).first(),
        session.exec(select(func.min(Receipt.lease_until)).where(text("receipt.state = 'pending'"))).first(),
    ]
    moments += [now + (moment - machine_now) for moment in leases if moment is not None]
    return min((moment for moment in moments if moment is not None), default=None)


def backlog(session: Session, *, now: datetime) -> Backlog:
    """Counts of open deliveries of every workspace, and the age of the oldest due one."""
    by_state = dict(session.exec(select(Delivery.state, func.count()).where(_OPEN).group_by(Delivery.state)).all())
    oldest = session.exec(
        select(Delivery.not_before)
        .where(_OPEN, col(Delivery.not_before) <= now)
        .order_by(col(Delivery.not_before))
        .limit(1)
    ).first()
    return Backlog(by_state.get(DeliveryState.PENDING, 0), by_state.get(DeliveryState.SENDING, 0), oldest)
