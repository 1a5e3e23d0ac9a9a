"""Scheduling check-ins: what a request would do, and doing it once it is confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from bot.business_time import is_working_day
from bot.days import sensible_day
from bot.desk import lookup, rights
from bot.desk.checkins_clock import brief_at, close, open_next, planned
from bot.desk.checkins_views import CheckInView, Plan, open_rows, view_of
from bot.errors import Choice, Refused
from bot.language.requests import CheckIn as Asked
from bot.policy import Policy
from bot.recurrence import Recurrence, Slot, complete, first_day, moment, next_slot
from models.base import row_id
from models.calendar import Cadence, CheckIn
from models.partners import Channel, Partner, Person
from models.risks import SubjectKind
from models.states import CadenceState, CheckInState
from models.store import UnitOfWork

_NOTICE = 4  # working days until the first one, when nobody says a day: time to tell the partner
_FURTHEST = timedelta(days=366)
_SHOWN = 3
_OFFERED = ("weekly", "every 2 weeks", "monthly", "quarterly")


def plan(uow: UnitOfWork, asked: Asked, *, text: str, channel: str, actor: str, now: datetime, policy: Policy) -> Plan:
    """What scheduling what was `asked` would do. Raises Refused, and Choice where a partner or a rhythm is missing."""
    partner = whose(uow, asked.name, channel)
    if partner is None:
        requests, names = _with_each(uow, text, actor)
        raise Choice("A check-in with which partner?", requests, labels=names)
    if asked.cadence is not None:
        rule, at = asked.cadence.rule, asked.cadence.at or asked.at
        return plan_cadence(uow, partner, rule, day=asked.day, at=at, actor=actor, now=now, policy=policy)
    if asked.day is not None:
        return plan_single(uow, partner, asked.day, at=asked.at, actor=actor, now=now, policy=policy)
    clock = f" at {asked.at:%H:%M}" if asked.at else ""
    name = partner.name.replace('"', "'")
    raise Choice(
        f"How often do you want to meet {partner.name}?",
        [f'schedule {often} check-in with "{name}"{clock}' for often in _OFFERED],
        labels=[often.capitalize() for often in _OFFERED],
    )


def whose(uow: UnitOfWork, name: str, channel: str) -> Partner | None:
    """The partner called `name`; without a name the one of the channel it was asked in, None where there is none.

    Raises Refused or Ambiguous."""
    if name:
        return lookup.resolve_partner(uow, name)
    here = uow.find(Channel, slack_id=channel)
    return uow.get(Partner, here.partner_id) if here else None


def plan_cadence(
    uow: UnitOfWork, partner: Partner, rule: str, *, day: date | None, at: time | None, actor: str, now: datetime,
    policy: Policy,
) -> Plan:  # fmt: skip
    """What scheduling `rule` would do for `actor`, in their zone: from `day` on, or soon. Raises Refused."""
    person = rights.require_operator(uow, actor)
    at = at or policy.checkin.at
    today = now.astimezone(ZoneInfo(person.zone)).date()
    if day is not None:
        require_to_come(moment(sensible_day(day, now), at, person.zone), now)
    if "BY" not in rule:
        first = day or _in_working_days(today, person, policy)
        rule = complete(rule, first)
    else:
        first = first_day(rule, day or today)
        if moment(first, at, person.zone) <= now:
            first = first_day(rule, today + timedelta(days=1))
    recurrence = Recurrence(rule, first, at, person.zone)
    running = running_cadence(uow, row_id(partner), actor)
    params = {
        "partner": str(row_id(partner)), "rule": rule, "starts_on": first.isoformat(), "at": at.isoformat(),
        "zone": person.zone, "minutes": str(policy.checkin.minutes), "replaces": str(running.id) if running else "",
    }  # fmt: skip
    return Plan(
        params=params,
        partner=partner.name,
        rule=rule,
        slots=_first_slots(recurrence, now, policy),
        at=at,
        zone=person.zone,
        minutes=policy.checkin.minutes,
        brief_hours=policy.checkin.brief_hours,
        replaces=running.rule if running else "",
    )


def plan_single(
    uow: UnitOfWork, partner: Partner, day: date, *, at: time | None, actor: str, now: datetime, policy: Policy
) -> Plan:
    """What a single check-in on `day` would be. Raises Refused."""
    person = rights.require_operator(uow, actor)
    at = at or policy.checkin.at
    starts_at = moment(sensible_day(day, now), at, person.zone)
    require_to_come(starts_at, now)
    params = {
        "partner": str(row_id(partner)), "rule": "", "starts_on": day.isoformat(), "at": at.isoformat(),
        "zone": person.zone, "minutes": str(policy.checkin.minutes), "replaces": "",
    }  # fmt: skip
    return Plan(
        params=params,
        partner=partner.name,
        rule="",
        slots=(Slot(day, day, starts_at),),
        at=at,
        zone=person.zone,
        minutes=policy.checkin.minutes,
        brief_hours=policy.checkin.brief_hours,
        is_day_off=not is_working_day(day, person.zone, policy.hours),
    )


def start(uow: UnitOfWork, params: Mapping[str, str], /, *, actor: str, now: datetime, policy: Policy) -> CheckInView:
    """Schedule what was planned: the cadence and its first check-in, or the single one. Raises Refused when the
    situation is no longer what was shown."""
    rights.require_operator(uow, actor)
    partner = uow.lock(Partner, int(params["partner"]))
    if partner is None:
        raise Refused("That partner is no longer in the book.")
    on, at = date.fromisoformat(params["starts_on"]), time.fromisoformat(params["at"])
    zone, minutes = params["zone"], int(params["minutes"])
    if not params["rule"]:
        starts_at = moment(on, at, zone)
        require_to_come(starts_at, now)
        require_free(uow, row_id(partner), actor, starts_at)
        row = CheckIn(
            workspace_id=uow.workspace_id, partner_id=row_id(partner), owner=actor, slot=on, on=on, at=at, zone=zone,
            starts_at=starts_at, minutes=minutes, state=CheckInState.PLANNED,
            next_at=brief_at(starts_at, zone, policy),
        )  # fmt: skip
        planned(uow, row, actor=actor, now=now, policy=policy)
        return view_of(uow, row, now=now)
    _end_replaced(uow, partner, params["replaces"], actor=actor, now=now, policy=policy)
    cadence = uow.add(
        Cadence(
            workspace_id=uow.workspace_id, partner_id=row_id(partner), owner=actor, rule=params["rule"], starts_on=on,
            at=at, zone=zone, minutes=minutes, state=CadenceState.RUNNING, created_by=actor, created_at=now,
        )
    )  # fmt: skip
    uow.record(
        SubjectKind.CADENCE, row_id(cadence), at=now, actor=actor, to_state=cadence.state,
        policy_version=policy.version, note=cadence.rule,
    )  # fmt: skip
    first = open_next(uow, cadence, now=now, policy=policy)
    assert first is not None
    return view_of(uow, first, now=now)


def _end_replaced(
    uow: UnitOfWork, partner: Partner, replaces: str, *, actor: str, now: datetime, policy: Policy
) -> None:
    running = running_cadence(uow, row_id(partner), actor)
    if (str(running.id) if running else "") != replaces:
        raise Refused(f"Your check-ins with {partner.name} changed since you asked. Please ask me again.")
    if running is not None:
        end(uow, row_id(running), actor=actor, now=now, policy=policy)


def running_cadence(uow: UnitOfWork, partner_id: int, owner: str) -> Cadence | None:
    """The cadence these two have, None for none."""
    return uow.find(Cadence, partner_id=partner_id, owner=owner, state=CadenceState.RUNNING)


def end(uow: UnitOfWork, cadence_id: int, *, actor: str, now: datetime, policy: Policy) -> None:
    """End a cadence, and cancel what is open of it."""
    cadence = uow.lock(Cadence, cadence_id)
    assert cadence is not None
    cadence.closed_at = now
    cadence.version += 1
    uow.move(cadence, CadenceState.ENDED, actor=actor, at=now, policy_version=policy.version)
    for row in open_rows(uow, cadence_id=cadence_id):
        close(uow, row, CheckInState.CANCELLED, actor=actor, now=now, policy=policy)


def require_to_come(starts_at: datetime, now: datetime) -> None:
    """Raise Refused for a moment that is past, or more than a year away."""
    if starts_at <= now:
        raise Refused("That is in the past. Name a day to come, for example: on Tue 24 Nov at 10:00")
    if starts_at > now + _FURTHEST:
        raise Refused("That is more than a year away. Name a day within a year.")


def require_free(uow: UnitOfWork, partner_id: int, owner: str, starts_at: datetime) -> None:
    """Raise Refused where these two have a check-in at that moment already."""
    taken = select(CheckIn.id).where(
        CheckIn.partner_id == partner_id, CheckIn.owner == owner, CheckIn.starts_at == starts_at,
        col(CheckIn.closed_at).is_(None),
    )  # fmt: skip
    if uow.session.exec(taken).first() is not None:
        raise Refused("There is a check-in with them at that very time already.")


def _with_each(uow: UnitOfWork, text: str, actor: str) -> tuple[list[str], list[str]]:
    """The request with each partner of this manager, and their names."""
    names = sorted(partner.name for partner in uow.list(Partner, manager=actor))
    said = text.strip().rstrip(".!?")
    return [f'{said} with "{name.replace(chr(34), chr(39))}"' for name in names], names


def _in_working_days(today: date, person: Person, policy: Policy) -> date:
    day, left = today, _NOTICE
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day, person.zone, policy.hours)
    return day


def _first_slots(recurrence: Recurrence, now: datetime, policy: Policy) -> tuple[Slot, ...]:
    found: list[Slot] = []
    after = now.astimezone(UTC)
    for _ in range(_SHOWN):
        slot = next_slot(recurrence, after, policy.hours)
        found.append(slot)
        after = slot.starts_at
    return tuple(found)
