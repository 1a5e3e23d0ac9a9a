"""Business reviews: scheduled, held, closed and skipped by people. What time does is in qbr_clock.py, the figures are
in qbr_pack.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time

from sqlmodel import col, select

from bot.business_time import is_working_day
from bot.days import sensible_day
from bot.desk import actions, lookup, rights
from bot.desk.actions import Agreed
from bot.desk.naming import partner_name, person_view
from bot.desk.qbr_clock import (
    REVIEWED,
    add,
    changed,
    local_day,
    months,
    move,
    next_period,
    one_year_on,
    plan_next,
    prepare,
)
from bot.desk.qbr_pack import dumped
from bot.desk.qbr_periods import complete_before
from bot.desk.qbr_views import Closed, Pack, QbrView, SchedulePlan, open_row, view_of
from bot.errors import Choice, Refused
from bot.language.slots.periods import Period
from bot.policy import Policy
from bot.recurrence import moment
from models.base import row_id
from models.calendar import ActionItem, Qbr
from models.partners import Channel, Partner, Person
from models.risks import SubjectKind
from models.states import QbrState as State
from models.store import UnitOfWork

_DONE = {State.CLOSED: "closed", State.SKIPPED: "skipped"}


def whose(uow: UnitOfWork, name: str, channel: str) -> Partner:
    """The partner called `name`; without a name the one of the channel it was asked in. Raises Refused, Ambiguous."""
    if name:
        partner, account = lookup.resolve_either(uow, name)
        if partner is None and account is not None:
            raise Refused(f"{account.name} is a customer account. A QBR is with a partner: please name the partner.")
    else:
        here = uow.find(Channel, slack_id=channel)
        partner = uow.get(Partner, here.partner_id) if here else None
    if partner is None:
        raise Refused("Which partner? For example: run QBR for Acme Corp Q4")
    return partner


def partners_of(uow: UnitOfWork, person: str) -> tuple[str, ...]:
    """The names of the partners this person manages that have QBRs."""
    statement = (
        select(Partner.name)
        .where(Partner.manager == person, col(Partner.status).in_(REVIEWED))
        .order_by(col(Partner.name))
    )
    return tuple(uow.session.exec(statement))


def period_for(uow: UnitOfWork, partner: Partner, said: Period | None, *, now: datetime, policy: Policy) -> Period:
    """The period that is meant: what was said, else that of the open review, else the newest that is over."""
    if said is not None:
        return said
    row = open_row(uow, row_id(partner))
    if row is not None:
        return Period(row.covers_from, row.covers_to, row.label)
    zone = person_view(uow, partner.manager).zone if partner.manager else "UTC"
    return complete_before(local_day(now, zone), months(partner, policy), policy.fiscal.year_starts)


def plan_schedule(
    uow: UnitOfWork, partner: Partner, said: Period | None, day: date, at: time | None, *, attendees: Sequence[str],
    actor: str, now: datetime, policy: Policy,
) -> SchedulePlan:  # fmt: skip
    """What setting the review of `partner` for `day` would do, in the zone of `actor`. Raises Refused."""
    person = rights.require_member(uow, actor)
    require_may(uow, person, partner)
    row = open_row(uow, row_id(partner))
    _require_not_held(row, partner)
    at = at or (row.at if row is not None and row.at is not None and row.zone == person.zone else policy.qbr.at)
    starts_at = moment(sensible_day(day, now), at, person.zone)
    _require_to_come(starts_at, now)
    period = _period_to_schedule(uow, partner, row, said, day, policy)
    people = [rights.require_recipient(uow, each).slack_id for each in dict.fromkeys(attendees)]
    people = people or (list(row.attendees) if row else [])
    if row is not None and row.starts_at == starts_at and row.label == period.label and row.attendees == people:
        raise Refused(f"The QBR of {row.label} with {partner.name} is set for that day and time already.")
    params = {
        "partner": str(row_id(partner)), "from": period.start.isoformat(), "to": period.end.isoformat(),
        "label": period.label, "on": day.isoformat(), "at": at.isoformat(), "zone": person.zone,
        "attendees": " ".join(people),
    }  # fmt: skip
    return SchedulePlan(
        params=params,
        partner=partner.name,
        label=period.label,
        covers_from=period.start,
        covers_to=period.end,
        due_on=row.due_on if row else day,
        on=day,
        at=at,
        zone=person.zone,
        minutes=row.minutes if row else policy.qbr.minutes,
        starts_at=starts_at,
        attendees=tuple(person_view(uow, each) for each in people),
        remind_days=tuple(sorted(policy.qbr.remind_days, reverse=True)),
        before=row.starts_at if row else None,
        is_day_off=not is_working_day(day, person.zone, policy.hours),
    )


def _period_to_schedule(
    uow: UnitOfWork, partner: Partner, row: Qbr | None, said: Period | None, day: date, policy: Policy
) -> Period:
    if said is None:
        return Period(row.covers_from, row.covers_to, row.label) if row else next_period(uow, partner, day, policy)
    known = uow.find(Qbr, partner_id=partner.id, covers_from=said.start, covers_to=said.end)
    if known is not None and known.closed_at is not None:
        raise Refused(f"The QBR of {known.label} with {partner.name} is {_DONE[State(known.state)]} already.")
    return said


def schedule(uow: UnitOfWork, params: Mapping[str, str], /, *, actor: str, now: datetime, policy: Policy) -> QbrView:
    """Set the review for the day that was planned. Raises Refused when the situation is no longer what was shown."""
    person = rights.require_member(uow, actor)
    partner = uow.lock(Partner, int(params["partner"]))
    if partner is None:
        raise Refused("That partner is no longer in the book.")
    require_may(uow, person, partner)
    known = open_row(uow, row_id(partner))
    row = uow.lock(Qbr, known.id) if known else None
    _require_not_held(row, partner)
    on, at, zone = date.fromisoformat(params["on"]), time.fromisoformat(params["at"]), params["zone"]
    starts_at = moment(on, at, zone).astimezone(UTC)
    _require_to_come(starts_at, now)
    period = Period(date.fromisoformat(params["from"]), date.fromisoformat(params["to"]), params["label"])
    _period_to_schedule(uow, partner, row, period, on, policy)
    if row is None:
        row = add(uow, partner, period, on, actor=actor, now=now, policy=policy)
    if (row.covers_from, row.covers_to) != (period.start, period.end):
        row.covers_from, row.covers_to, row.label, row.pack = period.start, period.end, period.label, {}
    row.on, row.at, row.zone, row.starts_at = on, at, zone, starts_at
    row.attendees = [rights.require_recipient(uow, each).slack_id for each in params["attendees"].split()]
    note = f"set for {on.isoformat()} {at:%H:%M} {zone}"
    if row.state == State.SCHEDULED:
        uow.record(SubjectKind.QBR, row_id(row), at=now, actor=actor, note=note)
        changed(uow, row, now=now, policy=policy)
    else:
        move(uow, row, State.SCHEDULED, actor=actor, now=now, policy=policy, note=note)
    return view_of(uow, row, now=now)


def store_pack(uow: UnitOfWork, qbr_id: int, pack: Pack, *, actor: str, now: datetime, policy: Policy) -> QbrView:
    """Keep the figures of an open review as `actor` just saw them; a scheduled one is prepared by that. Raises Refused
    when it is held: then they stay as they were shown."""
    row, _ = _taken(uow, qbr_id, actor)
    if row.state == State.HELD:
        raise Refused(f"The QBR of {row.label} was held: its figures stay as they were then.")
    row.pack, row.prepared_at = dumped(pack), pack.made_at
    if row.state == State.SCHEDULED:
        move(uow, row, State.PREPARED, actor=actor, now=now, policy=policy)
    return view_of(uow, row, now=now)


def hold(
    uow: UnitOfWork, qbr_id: int, *, held_on: date, attendees: Sequence[str], notes: str, actor: str, now: datetime,
    policy: Policy,
) -> QbrView:  # fmt: skip
    """It was held, whatever had been said of it before. Its figures are frozen. Raises Refused when it is settled or
    held already, not theirs, or the day is still to come."""
    row, partner = _taken(uow, qbr_id, actor)
    _require_not_held(row, partner)
    zone = row.zone or person_view(uow, actor).zone
    today = local_day(now, zone)
    if held_on > today:
        raise Refused("A QBR is marked as held once it was: pick today or an earlier day.")
    row.zone = zone
    at = row.at or policy.qbr.at
    sensible_day(held_on, now)
    row.on, row.at, row.starts_at = held_on, at, moment(held_on, at, zone).astimezone(UTC)
    row.attendees = [rights.require_recipient(uow, each).slack_id for each in dict.fromkeys(attendees)]
    row.held_at = min(row.starts_at, now)
    if not row.pack:
        prepare(uow, row, partner, now=now, policy=policy)
    steps = {State.SCHEDULED: [State.PREPARED], State.PREPARED: []}
    for state in steps.get(State(row.state), [State.SCHEDULED, State.PREPARED]):
        uow.move(row, state, actor=actor, at=now, policy_version=policy.version, note="it was held")
    move(uow, row, State.HELD, actor=actor, now=now, policy=policy, note=notes)
    return view_of(uow, row, now=now)


def close(
    uow: UnitOfWork, qbr_id: int, *, agreed: Sequence[Agreed], next_on: date | None, actor: str, now: datetime,
    policy: Policy,
) -> Closed:  # fmt: skip
    """Close a review that was held: its actions are tracked and the next one is set for `next_on`. An owner who is none
    of our people stands for `actor`. Raises Refused without an action that has an owner and a day, or without the next
    date."""
    row, partner = _taken(uow, qbr_id, actor)
    if row.state != State.HELD:
        raise _not_held(row, partner.name)
    if next_on is None:
        raise Refused("A QBR closes with the date of the next one. Pick a day and try again.")
    known = uow.list(ActionItem, subject_kind=SubjectKind.QBR, subject_id=qbr_id)
    if not any([each.owner and each.due_on for each in agreed] + [each.owner and each.due_on for each in known]):
        raise Refused("A QBR closes with at least one action that has an owner and a day.")
    zone = row.zone or "UTC"
    _require_to_come(moment(sensible_day(next_on, now), row.at or policy.qbr.at, zone), now)
    for item in agreed:
        actions.add(uow, SubjectKind.QBR, qbr_id, row.partner_id, item, actor=actor, now=now, policy=policy)
    row.closed_at, row.closed_by = now, actor
    move(uow, row, State.CLOSED, actor=actor, now=now, policy=policy)
    held_on = row.on or local_day(now, zone)
    following = plan_next(uow, partner, held_on, local_day(now, zone), actor=actor, now=now, policy=policy)
    following.on, following.at, following.zone = next_on, row.at or policy.qbr.at, zone
    following.starts_at = moment(next_on, following.at, zone).astimezone(UTC)
    following.attendees = list(row.attendees)
    move(uow, following, State.SCHEDULED, actor=actor, now=now, policy=policy)
    return Closed(view_of(uow, row, now=now), view_of(uow, following, now=now))


def require_held(uow: UnitOfWork, qbr_id: int) -> None:
    """Raises Choice, with the next step, when it cannot be closed yet."""
    row = uow.get(Qbr, qbr_id)
    if row is not None and row.closed_at is None and row.state != State.HELD:
        raise _not_held(row, partner_name(uow, row.partner_id))


def _not_held(row: Qbr, partner: str) -> Choice:
    name = partner.replace('"', "'")
    said = f"The QBR of {row.label} with {partner} is not marked as held yet. It closes after that."
    return Choice(said, [f'hold QBR with "{name}"'], labels=["It was held"])


def skip(uow: UnitOfWork, qbr_id: int, *, reason: str, actor: str, now: datetime, policy: Policy) -> Closed:
    """It is not held; the next one is due a cadence later. Raises Refused when it is settled or not theirs."""
    row, partner = _taken(uow, qbr_id, actor)
    if row.state == State.HELD:
        raise Refused(f"The QBR of {row.label} was held; it can only be closed.")
    if not reason.strip():
        raise Refused("Please say why it is skipped, for example: skip the Acme QBR because they merged teams")
    row.closed_at, row.closed_by, row.reason = now, actor, reason.strip()
    move(uow, row, State.SKIPPED, actor=actor, now=now, policy=policy, note=row.reason)
    today = local_day(now, row.zone or person_view(uow, actor).zone)
    # From the day it was due: skipping late must not put all later ones off. Not tomorrow, though.
    following = plan_next(uow, partner, row.due_on, today, actor=actor, now=now, policy=policy)
    return Closed(view_of(uow, row, now=now), view_of(uow, following, now=now))


def skip_asked(uow: UnitOfWork, params: Mapping[str, str], /, *, actor: str, now: datetime, policy: Policy) -> Closed:
    """`skip`, as confirmed."""
    return skip(uow, int(params["id"]), reason=params["reason"], actor=actor, now=now, policy=policy)


def for_change(uow: UnitOfWork, partner: Partner, *, actor: str, now: datetime) -> QbrView:
    """The open review of `partner`, for a form of `actor`. Raises Refused when there is none or it is not theirs."""
    row = open_row(uow, row_id(partner))
    if row is None:
        name = partner.name.replace('"', "'")
        example = f'schedule QBR with "{name}" on 24 November at 10:00'
        raise Refused(f"There is no open QBR with {partner.name}. To set one, say when: {example}")
    require_may(uow, rights.require_member(uow, actor), partner)
    return view_of(uow, row, now=now)


def shown(uow: UnitOfWork, qbr_id: int, *, actor: str, now: datetime) -> QbrView:
    """An open review that `actor` may change, for its form. Raises Refused."""
    row = uow.get(Qbr, qbr_id)
    partner = uow.get(Partner, row.partner_id) if row else None
    if row is None or partner is None:
        raise Refused("I do not know that QBR. `/pm qbrs` lists the open ones.")
    require_may(uow, rights.require_member(uow, actor), partner)
    _require_open(uow, row)
    return view_of(uow, row, now=now)


def _taken(uow: UnitOfWork, qbr_id: int, actor: str) -> tuple[Qbr, Partner]:
    """The review and its partner, both taken. Raises Refused when it is settled or not theirs."""
    known = uow.get(Qbr, qbr_id)
    partner = uow.lock(Partner, known.partner_id) if known else None
    row = uow.lock(Qbr, qbr_id)
    if row is None or partner is None:
        raise Refused("I do not know that QBR. `/pm qbrs` lists the open ones.")
    require_may(uow, rights.require_member(uow, actor), partner)
    _require_open(uow, row)
    return row, partner


def require_may(uow: UnitOfWork, person: Person, partner: Partner) -> None:
    if not rights.is_operator(person) and partner.manager != person.slack_id:
        manager = person_view(uow, partner.manager).name if partner.manager else "A partner manager"
        raise Refused(f"{manager} arranges the QBRs with {partner.name}; a partner manager or operations can, too.")


def _require_open(uow: UnitOfWork, row: Qbr) -> None:
    if row.closed_at is not None:
        by = person_view(uow, row.closed_by).name
        with_whom = partner_name(uow, row.partner_id)
        raise Refused(f"The QBR of {row.label} with {with_whom} is {_DONE[State(row.state)]} already, by {by}.")


def _require_not_held(row: Qbr | None, partner: Partner) -> None:
    if row is not None and row.state == State.HELD:
        name = partner.name.replace('"', "'")
        said = f"The QBR of {row.label} with {partner.name} was held. Closing it sets the date of the next one."
        raise Choice(said, [f'close QBR with "{name}"'], labels=["Close it"])


def _require_to_come(starts_at: datetime, now: datetime) -> None:
    if starts_at <= now:
        raise Refused("That is in the past. Name a day to come, for example: on Tue 24 Nov at 10:00")
    if starts_at.date() > one_year_on(now.date()):
        raise Refused("That is more than a year away. Name a day within a year.")
