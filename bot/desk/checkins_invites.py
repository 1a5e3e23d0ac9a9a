"""A check-in, or its whole cadence, as a meeting for a calendar file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.desk import outgoing
from bot.desk.checkins_clock import recurrence_of
from bot.desk.checkins_views import is_settled
from bot.desk.naming import partner_name
from bot.errors import Refused
from bot.invites import Guest, Meeting, Repeats, uid
from bot.policy import Policy
from bot.recurrence import held_on, rule_days
from models.base import row_id
from models.calendar import Cadence, CheckIn
from models.delivery import Delivery
from models.partners import Person
from models.risks import SubjectKind
from models.states import CheckInState
from models.store import UnitOfWork

# How far ahead holidays are moved in the file; the file of a later day knows of later ones.
_AHEAD = timedelta(days=2 * 366)


@dataclass(frozen=True, slots=True)
class Invitation:
    """A meeting and when its file was asked for; `file` is a word for the file's name. `is_old` when it was moved,
    skipped or cancelled after the file was sent."""

    meeting: Meeting
    file: str
    made_at: datetime
    is_old: bool


def send(uow: UnitOfWork, check_in_id: int, *, actor: str, now: datetime, occasion: str) -> None:
    """Queue the file for `actor`, once per `occasion` (one press of a button). Raises Refused when it is settled."""
    row = uow.get(CheckIn, check_in_id)
    if row is None or row.closed_at is not None:
        raise Refused("That check-in is over or cancelled. `/pm checkins` lists those to come.")
    outgoing.send(
        uow,
        "checkin_file",
        actor,
        key=f"checkin_file:{check_in_id}:{actor}:{occasion}",
        subject_kind=SubjectKind.CHECK_IN,
        subject_id=check_in_id,
        now=now,
        params={"starts_at": row.starts_at.isoformat()},
    )


def invitation(uow: UnitOfWork, delivery: Delivery, *, policy: Policy) -> Invitation | None:
    """The meeting of a queued file as it is now; None when the check-in is gone."""
    row = uow.get(CheckIn, delivery.subject_id)
    if row is None:
        return None
    partner = partner_name(uow, row.partner_id)
    cadence = uow.get(Cadence, row.cadence_id)
    made = _series(uow, cadence, partner, delivery.created_at, policy) if cadence else _single(uow, row, partner)
    is_off = row.state in (CheckInState.SKIPPED, CheckInState.CANCELLED)
    return Invitation(
        meeting=made,
        file=re.sub(r"[^a-z0-9]+", "-", partner.casefold()).strip("-") or "partner",
        made_at=delivery.created_at,
        is_old=is_off or row.starts_at.isoformat() != delivery.params["starts_at"],
    )


def _single(uow: UnitOfWork, row: CheckIn, partner: str) -> Meeting:
    return Meeting(
        uid=uid(uow.workspace_id, "checkin", row_id(row)),
        title=f"Check-in with {partner}",
        on=row.on,
        at=row.at,
        zone=row.zone,
        minutes=row.minutes,
        sequence=row.version,
        organizer=_organizer(uow, row.owner),
        cancelled=row.state in (CheckInState.CANCELLED, CheckInState.SKIPPED),
    )


def _series(uow: UnitOfWork, cadence: Cadence, partner: str, now: datetime, policy: Policy) -> Meeting:
    rows = uow.list(CheckIn, cadence_id=row_id(cadence))
    return Meeting(
        uid=uid(uow.workspace_id, "cadence", row_id(cadence)),
        title=f"Check-in with {partner}",
        on=cadence.starts_on,
        at=cadence.at,
        zone=cadence.zone,
        minutes=cadence.minutes,
        # Grows with every change of any of them.
        sequence=cadence.version + sum(row.version for row in rows),
        organizer=_organizer(uow, cadence.owner),
        cancelled=cadence.closed_at is not None,
        repeats=repeats(cadence, {row.slot: row for row in rows}, now, policy),
    )


def repeats(cadence: Cadence, rows: dict[date, CheckIn], now: datetime, policy: Policy) -> Repeats:
    """The rule with its exceptions: holidays, what people moved or skipped, two that fall on one day."""
    recurrence = recurrence_of(cadence)
    until = now.astimezone(ZoneInfo(cadence.zone)).date() + _AHEAD
    moved: dict[date, tuple[date, time]] = {}
    dropped: set[date] = set()
    before: date | None = None
    for day in rule_days(recurrence, cadence.starts_on, until):
        row = rows.get(day)
        on, at = (row.on, row.at) if row else (held_on(recurrence, day, policy.hours), cadence.at)
        is_off = row is not None and is_settled(row.state) and row.state != CheckInState.HELD
        if is_off or (row is None and on == before):
            dropped.add(day)
        elif (on, at) != (day, cadence.at):
            moved[day] = (on, at)
        before = on if row is None else held_on(recurrence, day, policy.hours)
    return Repeats(cadence.rule, moved, frozenset(dropped))


def _organizer(uow: UnitOfWork, slack_id: str) -> Guest | None:
    person = uow.find(Person, slack_id=slack_id)
    return Guest(person.display_name, person.email or person.slack_email) if person else None
