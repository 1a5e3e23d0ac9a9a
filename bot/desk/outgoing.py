"""Putting cards in the outbox: who gets one, under which key, and which posted cards must be edited."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select

from models.base import row_id
from models.delivery import Classification, Delivery, DeliveryState
from models.partners import Person
from models.risks import SubjectKind
from models.store import UnitOfWork

_REMEMBERED = timedelta(days=14)  # how far back digests are edited


def send(
    uow: UnitOfWork,
    card: str,
    target: str,
    *,
    key: str,
    subject_kind: SubjectKind,
    subject_id: int,
    now: datetime,
    not_before: datetime | None = None,
    params: dict[str, Any] | None = None,
) -> Delivery | None:
    """Queue one internal card for `target` (a user id: a DM; or a channel id). None when `key` was queued before."""
    is_person = target.startswith(("U", "W"))
    return uow.enqueue(
        Delivery(
            workspace_id=uow.workspace_id,
            key=key,
            lane=f"dm:{target}" if is_person else target,
            target=target,
            card=card,
            subject_kind=subject_kind,
            subject_id=subject_id,
            params=params or {},
            classification=Classification.INTERNAL,
            created_at=now,
            not_before=not_before or now,
        )
    )


def refresh_cards(uow: UnitOfWork, subject_kind: SubjectKind, subject_id: int, *, version: int, now: datetime) -> int:
    """Queue an edit of every card already posted (or being posted) about the subject; waiting ones are composed when
    they are sent anyway. Returns how many edits were queued."""
    cards = select(Delivery).where(
        Delivery.subject_kind == subject_kind, Delivery.subject_id == subject_id, col(Delivery.updates).is_(None)
    )
    # A sender in another process must not compose a waiting one from what was true before this unit.
    waiting = cards.where(Delivery.state == DeliveryState.PENDING).order_by(col(Delivery.id))
    uow.session.exec(waiting.with_for_update(key_share=True)).all()
    out = cards.where(col(Delivery.state).in_([DeliveryState.SENT, DeliveryState.SENDING]))
    posted = uow.session.exec(out).all()
    return sum(edit(uow, card, version=version, now=now) for card in posted)


def edit(uow: UnitOfWork, posted: Delivery, *, version: int, now: datetime) -> bool:
    """Queue an edit of one posted card, once per `version`: it is composed anew when it is sent."""
    queued = uow.enqueue(
        Delivery(
            workspace_id=uow.workspace_id,
            key=f"{posted.key}:v{version}",
            lane=posted.lane,
            target=posted.target,
            thread_ts=posted.thread_ts,
            card=posted.card,
            subject_kind=posted.subject_kind,
            subject_id=posted.subject_id,
            params=dict(posted.params),
            classification=posted.classification,
            partner_id=posted.partner_id,
            updates=row_id(posted),
            created_at=now,
            not_before=now,
        )
    )
    return queued is not None


def refresh_digests(
    uow: UnitOfWork,
    changed: Collection[tuple[SubjectKind, int]],
    *,
    version: int,
    now: datetime,
    of: Collection[int] | None = None,
) -> None:
    """Queue an edit, once per `version`, of the digests of the last two weeks that list one of the `changed` items:
    everybody's, or those of the people whose row ids are in `of`."""
    digests = select(Delivery).where(
        Delivery.card == "digest",
        Delivery.subject_kind == SubjectKind.PERSON,
        col(Delivery.created_at) > now - _REMEMBERED,
        col(Delivery.updates).is_(None),
    )
    if of is not None:
        digests = digests.where(col(Delivery.subject_id).in_(of))
    for digest in uow.session.exec(digests).all():
        if any(number in digest.params.get(kind, ()) for kind, number in changed):
            edit(uow, digest, version=version, now=now)


def expect_digest(uow: UnitOfWork, person: Person, at: datetime) -> None:
    """Make sure that a digest of this person is planned: the next one, at `at` where there is none yet. When exactly
    they get it is theirs to say (bot/desk/mornings.py)."""
    if person.digest_due_at is None:
        person.digest_due_at = at
        uow.session.add(person)
