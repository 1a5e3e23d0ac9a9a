"""What time does to check-ins: the brief before one, the question after it, and the next one of its cadence.

Of a cadence there is one row ahead, never more: the next is made when the last is held, skipped or over. One that
nobody answered is asked about in the morning digest until the next one is over; then it counts as skipped.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import col, func, select

from bot.business_time import is_working_day
from bot.desk import outgoing, rights
from bot.desk.agenda import Agenda, AgendaItem, Morning
from bot.desk.checkins_views import ends_at, open_rows
from bot.desk.naming import partner_name
from bot.policy import Policy
from bot.recurrence import Recurrence, moment, next_slot
from models.base import row_id
from models.calendar import Cadence, CheckIn
from models.events import ROBOT, Event
from models.partners import Partner, Person
from models.risks import SubjectKind
from models.states import CadenceState, CheckInState
from models.store import UnitOfWork

UNANSWERED = "nobody said whether it was held"


def brief_at(starts_at: datetime, zone: str, policy: Policy) -> datetime:
    """`policy.checkin.brief_hours` working hours of `zone` before `starts_at`. UTC in and out."""
    left, hours = timedelta(hours=policy.checkin.brief_hours), policy.hours
    day = starts_at.astimezone(ZoneInfo(zone)).date()
    while True:
        if is_working_day(day, zone, hours):
            opens, until = moment(day, hours.start, zone), min(starts_at, moment(day, hours.end, zone))
            if until >= opens and left <= until - opens:
                return (until - left).astimezone(UTC)
            left -= max(until - opens, timedelta())
        day -= timedelta(days=1)


def recurrence_of(cadence: Cadence) -> Recurrence:
    return Recurrence(cadence.rule, cadence.starts_on, cadence.at, cadence.zone)


def open_next(uow: UnitOfWork, cadence: Cadence, *, now: datetime, policy: Policy) -> CheckIn | None:
    """Plan the next meeting of a cadence (taken): the first after `now` for a day that had none yet. None when the
    cadence ended or one is planned already."""
    if cadence.state != CadenceState.RUNNING:
        return None
    if any(row.starts_at > now for row in open_rows(uow, cadence_id=row_id(cadence))):
        return None
    last = select(func.max(CheckIn.slot)).where(CheckIn.cadence_id == row_id(cadence))
    slot = next_slot(recurrence_of(cadence), now, policy.hours, beyond=uow.session.exec(last).one())
    row = CheckIn(
        workspace_id=uow.workspace_id,
        cadence_id=row_id(cadence),
        partner_id=cadence.partner_id,
        owner=cadence.owner,
        slot=slot.rule_day,
        on=slot.on,
        at=cadence.at,
        zone=cadence.zone,
        starts_at=slot.starts_at,
        minutes=cadence.minutes,
        state=CheckInState.PLANNED,
        next_at=brief_at(slot.starts_at, cadence.zone, policy),
    )
    return planned(uow, row, actor=ROBOT, now=now, policy=policy)


def planned(uow: UnitOfWork, row: CheckIn, *, actor: str, now: datetime, policy: Policy) -> CheckIn:
    """Add a new check-in, and say in the record that it was planned."""
    uow.add(row)
    uow.record(
        SubjectKind.CHECK_IN, row_id(row), at=now, actor=actor, to_state=row.state, policy_version=policy.version
    )
    return row


def take(uow: UnitOfWork, check_in_id: int, *, wait: bool = True) -> tuple[CheckIn, Cadence | None] | None:
    """The check-in and its cadence, both taken, the cadence first. None when there is none, or without `wait` when
    somebody is at it."""
    known = uow.get(CheckIn, check_in_id)
    if known is None:
        return None
    cadence = uow.lock(Cadence, known.cadence_id, wait=wait)
    if known.cadence_id is not None and cadence is None:
        return None
    row = uow.lock(CheckIn, check_in_id, wait=wait)
    return (row, cadence) if row is not None else None


def fire_due(uow: UnitOfWork, *, now: datetime, policy: Policy, limit: int = 200) -> int:
    """Send the briefs that are due, and plan what follows on meetings that are over. Returns how many were due."""
    due = (
        select(CheckIn.id)
        .where(col(CheckIn.next_at) <= now)
        .order_by(col(CheckIn.next_at), col(CheckIn.id))
        .limit(limit)
    )
    numbers = uow.session.exec(due).all()
    for number in numbers:
        with uow.apart(CheckIn, number):
            taken = take(uow, number or 0, wait=False)
            if taken is None:
                continue
            row, cadence = taken
            if row.next_at is None or row.next_at > now:
                continue  # somebody was faster
            if row.state == CheckInState.PLANNED:
                _remind(uow, row, cadence, now=now, policy=policy)
            if ends_at(row) <= now:
                _pass(uow, row, cadence, now=now, policy=policy)
    return len(numbers)


def _remind(uow: UnitOfWork, row: CheckIn, cadence: Cadence | None, *, now: datetime, policy: Policy) -> None:
    """Send the brief; not when the meeting is over, because we were down."""
    _find_an_owner(uow, row, cadence, now=now)
    is_over = ends_at(row) <= now
    note = "it was over before the brief could be sent" if is_over else ""
    uow.move(row, CheckInState.REMINDED, actor=ROBOT, at=now, policy_version=policy.version, note=note)
    row.next_at = ends_at(row)
    if not is_over:
        outgoing.send(
            uow,
            "checkin",
            row.owner,
            key=brief_key(row),
            subject_kind=SubjectKind.CHECK_IN,
            subject_id=row_id(row),
            now=now,
        )


def brief_key(row: CheckIn) -> str:
    """One brief for each time it is set for."""
    return f"checkin:{row_id(row)}:brief:{row.starts_at:%Y%m%dT%H%M}"


def _find_an_owner(uow: UnitOfWork, row: CheckIn, cadence: Cadence | None, *, now: datetime) -> None:
    """Whoever left us is followed by the partner's manager."""
    if rights.is_member(uow.find(Person, slack_id=row.owner), uow.workspace_id):
        return
    partner = uow.get(Partner, row.partner_id)
    manager = uow.find(Person, slack_id=partner.manager) if partner and partner.manager else None
    if manager is None or not rights.is_member(manager, uow.workspace_id):
        return
    row.owner = manager.slack_id
    if cadence is not None:
        cadence.owner = manager.slack_id
    note = "whoever had it is no longer here: it goes to the partner's manager"
    uow.record(SubjectKind.CHECK_IN, row_id(row), at=now, actor=ROBOT, note=note)


def _pass(uow: UnitOfWork, row: CheckIn, cadence: Cadence | None, *, now: datetime, policy: Policy) -> None:
    """It is over, whatever came of it: the one after it is planned, and one before it is asked about no more."""
    row.next_at = None
    refresh(uow, row, now=now)
    if cadence is None:
        return
    for older in open_rows(uow, cadence_id=row_id(cadence)):
        if older.starts_at < row.starts_at and older.next_at is None:
            close(uow, older, CheckInState.SKIPPED, actor=ROBOT, now=now, policy=policy, reason=UNANSWERED)
    open_next(uow, cadence, now=now, policy=policy)


def close(
    uow: UnitOfWork, row: CheckIn, state: CheckInState, *, actor: str, now: datetime, policy: Policy, reason: str = ""
) -> None:
    """End a check-in (taken) and edit its card."""
    row.closed_at, row.closed_by, row.next_at, row.reason = now, actor, None, reason
    uow.move(row, state, actor=actor, at=now, policy_version=policy.version, note=reason)
    refresh(uow, row, now=now)


def refresh(uow: UnitOfWork, row: CheckIn, *, now: datetime) -> None:
    """Something visible changed: edit the card that was posted."""
    row.version += 1
    outgoing.refresh_cards(uow, SubjectKind.CHECK_IN, row_id(row), version=row.version, now=now)


def agenda(uow: UnitOfWork, morning: Morning, *, limit: int = 20) -> Agenda:
    """The check-ins this person is asked about: held or not? And today's, where the brief came on an earlier day.

    Of one cadence never more than one, and none on a day on which its next brief comes.
    """
    series: dict[tuple[str, int], list[CheckIn]] = {}
    for row in open_rows(uow, owner=morning.person):
        which = ("cadence", row.cadence_id) if row.cadence_id is not None else ("single", row_id(row))
        series.setdefault(which, []).append(row)
    named = (_to_name(uow, rows, morning) for rows in series.values())
    asked = [row for row in named if row is not None]
    asked.sort(key=lambda row: (row.starts_at, row_id(row)))
    items = tuple(_item(uow, row, morning.day) for row in asked[:limit])
    return Agenda(items, max(0, len(asked) - limit))


def _to_name(uow: UnitOfWork, rows: list[CheckIn], morning: Morning) -> CheckIn | None:
    """The one of a cadence's open check-ins (soonest first) that belongs on this morning."""
    if any(row.on >= morning.day and brief_day(uow, row) == morning.day for row in rows):
        return None
    if any(row.on == morning.day and _is_on_several_days(uow, row) for row in rows):
        return None  # the brief of tomorrow's, which is planned once today's is over, may come this evening
    named = [
        row
        for row in rows
        if row.state == CheckInState.REMINDED
        and row.on <= morning.day
        and not morning.is_quiet(SubjectKind.CHECK_IN, row_id(row))
    ]
    return named[-1] if named else None


def _is_on_several_days(uow: UnitOfWork, row: CheckIn) -> bool:
    """Whether its cadence has more than one day a week."""
    cadence = uow.get(Cadence, row.cadence_id)
    return cadence is not None and "," in cadence.rule


def brief_day(uow: UnitOfWork, row: CheckIn) -> date | None:
    """The local day on which the brief of an open check-in comes, or came last."""
    at = row.next_at
    if row.state == CheckInState.REMINDED:
        sent = uow.list(Event, subject_kind=SubjectKind.CHECK_IN, subject_id=row_id(row), to_state=row.state)
        at = sent[-1].at
    return at.astimezone(ZoneInfo(row.zone)).date() if at else None


def _item(uow: UnitOfWork, row: CheckIn, day: date) -> AgendaItem:
    partner = partner_name(uow, row.partner_id)
    name = partner.replace('"', "'")
    is_today = row.on == day
    return AgendaItem(
        kind=SubjectKind.CHECK_IN,
        id=row_id(row),
        title=f"Check-in at {row.at:%H:%M}" if is_today else "Was the check-in held?",
        partner=partner,
        due_on=row.on,
        note="" if is_today else f"{row.on:%a} {row.on.day} {row.on:%b}",
        request=f'check-in brief "{name}"' if is_today else f'done check-in with "{name}"',
        step="" if is_today else "hold",
    )
