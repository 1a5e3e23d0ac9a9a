"""`/pm status`: what is watched, what is open, and whether the engine is well."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlmodel import SQLModel, col, func, select

from bot.desk.naming import account_name, partner_name
from bot.desk.views import ChannelView, StatusView
from bot.policy import Policy
from models.delivery import Delivery, DeliveryState
from models.escalations import Escalation
from models.messages import Receipt, ReceiptState
from models.partners import Channel
from models.risks import Commitment, Risk
from models.states import EscalationState
from models.store import UnitOfWork


def overview(uow: UnitOfWork, *, now: datetime, policy: Policy, reader: str) -> StatusView:
    """Counts and ages of this workspace as of `now` (UTC). `reader` is what reads its messages, in words."""
    waiting = col(Delivery.state).in_([DeliveryState.PENDING, DeliveryState.SENDING]) & (
        col(Delivery.not_before) <= now
    )
    nobodys = select(Risk.id).where(col(Risk.held_by).is_(None))
    oldest = uow.session.exec(select(func.min(Delivery.not_before)).where(waiting)).one()
    return StatusView(
        channels=tuple(view_of(uow, row) for row in uow.list(Channel, watched=True)),
        open_risks=_count(uow, Risk, col(Risk.closed_at).is_(None)),
        open_commitments=_count(uow, Commitment, col(Commitment.closed_at).is_(None)),
        open_escalations=_count(
            uow,
            Escalation,
            col(Escalation.state).in_([EscalationState.OPEN, EscalationState.NOTIFIED])
            & ~col(Escalation.informs)
            & col(Escalation.risk_id).in_(nobodys),
        ),
        waiting_deliveries=_count(uow, Delivery, waiting),
        oldest_waiting_s=(now - oldest).total_seconds() if oldest else None,
        dead_deliveries=_count(uow, Delivery, col(Delivery.state) == DeliveryState.DEAD),
        open_receipts=_count(
            uow,
            Receipt,
            (col(Receipt.state) == ReceiptState.PENDING) & (col(Receipt.workspace_id) == uow.workspace_id),
        ),
        reader=reader,
        policy_version=policy.version,
    )


def view_of(uow: UnitOfWork, row: Channel) -> ChannelView:
    return ChannelView(
        slack_id=row.slack_id,
        name=row.name,
        kind=row.kind,
        partner=partner_name(uow, row.partner_id),
        account=account_name(uow, row.account_id),
        watched=row.watched,
        last_message_at=datetime.fromtimestamp(float(row.cursor_ts), UTC) if row.cursor_ts else None,
    )


def _count(uow: UnitOfWork, model: type[SQLModel], condition: object) -> int:
    return uow.session.exec(select(func.count()).select_from(model).where(condition)).one()  # type: ignore[arg-type]
