"""Who hears of a message, or the file that belongs to it, that finally could not be delivered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.desk.recipients import managers_above
from bot.desk.rights import is_member
from models.base import row_id
from models.delivery import Classification, Delivery
from models.escalations import Escalation, Handoff
from models.partners import Channel, ChannelKind, Partner, Person, Role
from models.risks import Risk, SubjectKind
from models.store import UnitOfWork

ALERT = "alert"


def alert_target(uow: UnitOfWork, delivery: Delivery) -> str | None:
    """The first who is not the one that could not be reached: the manager of the partner it is about, the managers
    over the recipient, an internal channel that receives alerts or escalations, an administrator. None: nobody."""
    return next((target for target in _candidates(uow, delivery) if target != delivery.target), None)


def enqueue_alert(uow: UnitOfWork, delivery: Delivery, *, now: datetime) -> bool:
    """Queue the alert about a dead delivery, in the transaction that gives it up. False when nobody can be told, or
    when the dead one is an alert itself. It has a lane of its own: nothing of the same person holds it up."""
    target = None if delivery.card == ALERT else alert_target(uow, delivery)
    if target is None:
        return False
    number = row_id(delivery)
    uow.enqueue(
        Delivery(
            workspace_id=uow.workspace_id, key=f"alert:{number}", lane=f"{ALERT}:{target}", target=target, card=ALERT,
            subject_kind=delivery.subject_kind, subject_id=delivery.subject_id,
            params={"delivery_id": str(number)}, classification=Classification.INTERNAL, created_at=now, not_before=now,
        )
    )  # fmt: skip
    return True


def enqueue_note(uow: UnitOfWork, delivery: Delivery, ts: str, words: str, *, now: datetime) -> None:
    """Queue one line of our own words under a card just posted at `ts`, in the transaction that settles it."""
    uow.enqueue(
        Delivery(
            workspace_id=uow.workspace_id, key=f"{delivery.key}:note", lane=delivery.lane, target=delivery.target,
            thread_ts=delivery.thread_ts or ts, card="notice", params={"text": words},
            classification=delivery.classification, partner_id=delivery.partner_id, created_at=now, not_before=now,
        )
    )  # fmt: skip


def _candidates(uow: UnitOfWork, delivery: Delivery) -> Iterator[str]:
    partner = uow.get(Partner, _partner_id(uow, delivery))
    manager = uow.find(Person, slack_id=partner.manager) if partner and partner.manager else None
    recipient = uow.find(Person, slack_id=delivery.target)
    people = [manager, *(managers_above(uow, recipient) if recipient else ())]
    yield from (person.slack_id for person in people if person and _reachable(uow, person))
    inner = [row for row in uow.list(Channel, kind=ChannelKind.INTERNAL) if not row.is_archived]
    for kind in ("alerts", "escalations"):
        yield from (row.slack_id for row in inner if kind in row.receives)
    everybody = [row for row in uow.list(Person) if row.roles and _reachable(uow, row)]
    for roles in ((Role.ADMIN, Role.OPS), (Role.OWNER, Role.VP, Role.DIRECTOR)):
        yield from (person.slack_id for person in everybody if person.has(*roles))


def _reachable(uow: UnitOfWork, person: Person) -> bool:
    """Not known to be gone or foreign; somebody Slack was never asked about may well be there."""
    return not person.refreshed_at or is_member(person, uow.workspace_id)


def _partner_id(uow: UnitOfWork, delivery: Delivery) -> int | None:
    """The partner the message is about: its own, or that of the risk behind it."""
    if delivery.partner_id is not None:
        return delivery.partner_id
    risk_id: int | None = delivery.subject_id if delivery.subject_kind == SubjectKind.RISK else None
    if delivery.subject_kind == SubjectKind.ESCALATION:
        escalation = uow.get(Escalation, delivery.subject_id)
        risk_id = escalation.risk_id if escalation else None
    if delivery.subject_kind == SubjectKind.HANDOFF:
        handoff = uow.get(Handoff, delivery.subject_id)
        return handoff.partner_id if handoff else None
    risk = uow.get(Risk, risk_id)
    return risk.partner_id if risk else None
