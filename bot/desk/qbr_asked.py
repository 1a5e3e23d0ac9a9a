"""A QBR pack somebody asked for: computed now, or as it was when the review was held; and its calendar file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from bot.desk import outgoing, qbr_pack
from bot.desk.naming import partner_name
from bot.desk.qbr_periods import named
from bot.desk.qbr_views import Pack, QbrView, view_of
from bot.desk.rights import is_operator, require_member
from bot.errors import Refused
from bot.invites import Guest, Meeting, uid
from bot.language.slots.periods import Period
from bot.policy import Policy
from models.base import row_id
from models.calendar import Qbr
from models.delivery import Delivery
from models.partners import Partner, Person
from models.risks import SubjectKind
from models.states import QbrState as State
from models.store import UnitOfWork

_FROZEN = (State.HELD, State.CLOSED)
_PLACE = re.compile(r"q(?P<review>\d{1,9})|p(?P<partner>\d{1,9}):(?P<start>\d{4}-\d\d-\d\d):(?P<end>\d{4}-\d\d-\d\d)")
_OLD = "These figures are from an older version of me. Ask me for the QBR again."


@dataclass(frozen=True, slots=True)
class Asked:
    """A pack and where it is found again (`place`, for buttons). `review` is the review it belongs to, None when there
    is none for that very period; `is_frozen` when it was held with these figures; `may_store` when the asker may have
    the review keep them."""

    pack: Pack
    place: str
    review: QbrView | None
    is_frozen: bool
    may_store: bool


def asked(uow: UnitOfWork, partner: Partner, period: Period, *, actor: str, now: datetime, policy: Policy) -> Asked:
    """The figures of `partner` for `period`: those a review was held with, else as of now. Raises Refused."""
    person = require_member(uow, actor)
    row = uow.find(Qbr, partner_id=partner.id, covers_from=period.start, covers_to=period.end)
    is_frozen = row is not None and bool(row.pack) and row.state in _FROZEN
    if row is not None and is_frozen:
        pack = qbr_pack.loaded(uow, row.pack)
    else:
        pack = qbr_pack.compute(uow, partner, period, now=now, policy=policy)
    may = is_operator(person) or partner.manager == actor
    may_store = may and row is not None and row.closed_at is None and not is_frozen
    is_kept = is_frozen or may_store
    return Asked(
        pack=pack,
        place=f"q{row_id(row)}" if row is not None and is_kept else f"p{row_id(partner)}:{period.start}:{period.end}",
        review=view_of(uow, row, now=now) if row is not None else None,
        is_frozen=is_frozen,
        may_store=may_store,
    )


def at(uow: UnitOfWork, place: str, *, actor: str, now: datetime, policy: Policy) -> Pack:
    """The pack kept at `place`; figures that are kept nowhere are computed again. Raises Refused."""
    require_member(uow, actor)
    match = _PLACE.fullmatch(place)
    if match is None:
        raise Refused(_OLD)
    if match["review"]:
        row = uow.get(Qbr, int(match["review"]))
        if row is None or not row.pack:
            raise Refused(_OLD)
        return qbr_pack.loaded(uow, row.pack)
    partner = uow.get(Partner, int(match["partner"]))
    if partner is None:
        raise Refused("That partner is no longer in the book.")
    start, end = date.fromisoformat(match["start"]), date.fromisoformat(match["end"])
    return qbr_pack.compute(uow, partner, named(start, end, policy.fiscal.year_starts), now=now, policy=policy)


def send_deck(uow: UnitOfWork, pack: Pack, *, actor: str, now: datetime, occasion: str) -> None:
    """Queue the deck for `actor`, once per `occasion` (one press of a button): the figures travel with it."""
    outgoing.send(
        uow,
        "qbr_deck",
        actor,
        key=f"qbr_deck:{pack.partner_id}:{actor}:{occasion}",
        subject_kind=SubjectKind.PARTNER,
        subject_id=pack.partner_id,
        now=now,
        params={"pack": qbr_pack.dumped(pack, rows=False)},
    )


@dataclass(frozen=True, slots=True)
class Invitation:
    """A review as a meeting; `is_old` when it was moved or skipped after the file was sent."""

    partner: str
    label: str
    meeting: Meeting
    made_at: datetime
    is_old: bool


def send_invitation(uow: UnitOfWork, qbr_id: int, *, actor: str, now: datetime, occasion: str) -> None:
    """Queue the calendar file for `actor`, once per `occasion`. Raises Refused when there is no day for it."""
    require_member(uow, actor)
    row = uow.get(Qbr, qbr_id)
    if row is None or row.closed_at is not None or row.starts_at is None:
        raise Refused("That QBR has no day to come. `/pm qbrs` lists the open ones.")
    outgoing.send(
        uow,
        "qbr_file",
        actor,
        key=f"qbr_file:{qbr_id}:{actor}:{occasion}",
        subject_kind=SubjectKind.QBR,
        subject_id=qbr_id,
        now=now,
        params={"starts_at": row.starts_at.isoformat()},
    )


def invitation(uow: UnitOfWork, delivery: Delivery) -> Invitation | None:
    """The meeting of a queued file as it is now; None when there is none any more."""
    row = uow.get(Qbr, delivery.subject_id)
    if row is None or row.on is None or row.at is None or row.starts_at is None:
        return None
    partner = partner_name(uow, row.partner_id)
    is_off = row.state == State.SKIPPED
    guests = [_guest(uow, each) for each in row.attendees]
    meeting = Meeting(
        uid=uid(uow.workspace_id, "qbr", row_id(row)),
        title=f"Business review with {partner}, {row.label}",
        on=row.on,
        at=row.at,
        zone=row.zone,
        minutes=row.minutes,
        sequence=row.version,
        guests=tuple(guest for guest in guests if guest is not None),
        organizer=_guest(uow, row.owner),
        cancelled=is_off,
    )
    is_old = is_off or row.starts_at.isoformat() != delivery.params["starts_at"]
    return Invitation(partner, row.label, meeting, delivery.created_at, is_old)


def _guest(uow: UnitOfWork, slack_id: str | None) -> Guest | None:
    person = uow.find(Person, slack_id=slack_id) if slack_id else None
    return Guest(person.display_name, person.email or person.slack_email) if person else None
