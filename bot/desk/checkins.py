"""Check-ins: held, moved, skipped and stopped by people (scheduled in checkins_plan.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from bot.business_time import is_working_day
from bot.days import sensible_day
from bot.desk import actions, rights
from bot.desk.actions import Agreed
from bot.desk.checkins_clock import brief_at, brief_day, close, open_next, refresh, take
from bot.desk.checkins_plan import end, require_free, require_to_come, whose
from bot.desk.checkins_views import CheckInView, Held, Moved, ends_at, open_rows, view_of
from bot.desk.naming import partner_name, person_view
from bot.errors import Choice, Refused
from bot.policy import Policy
from bot.recurrence import moment
from models.base import row_id
from models.calendar import Cadence, CheckIn
from models.events import ROBOT
from models.partners import Partner, Person
from models.risks import SubjectKind
from models.states import CheckInState
from models.store import UnitOfWork

_SETTLED = {
    CheckInState.HELD: "closed as held",
    CheckInState.SKIPPED: "skipped",
    CheckInState.CANCELLED: "cancelled",
}


def hold(
    uow: UnitOfWork, check_in_id: int, *, notes: str, agreed: Sequence[Agreed], actor: str, now: datetime,
    policy: Policy,
) -> Held:  # fmt: skip
    """It was held; what was agreed becomes action items. An owner who is none of our people stands for `actor`.

    Raises Refused when it is settled already or not theirs."""
    row, cadence = _open_one(uow, check_in_id, actor)
    row.notes = notes
    close(uow, row, CheckInState.HELD, actor=actor, now=now, policy=policy)
    taken_over = []
    for item in agreed:
        owner = uow.find(Person, slack_id=item.owner) if item.owner else None
        is_ours = rights.is_member(owner, uow.workspace_id)
        if item.owner and not is_ours:
            taken_over.append(person_view(uow, item.owner).name)
        actions.add(uow, SubjectKind.CHECK_IN, row_id(row), row.partner_id, item, actor=actor, now=now, policy=policy)
    if cadence is not None:
        open_next(uow, cadence, now=now, policy=policy)
    return Held(view_of(uow, row, now=now), len(agreed), tuple(taken_over))


def skip(uow: UnitOfWork, check_in_id: int, *, reason: str, actor: str, now: datetime, policy: Policy) -> CheckInView:
    """It is not held; the next of its cadence is planned. Raises Refused when it is settled or not theirs."""
    row, cadence = _open_one(uow, check_in_id, actor)
    close(uow, row, CheckInState.SKIPPED, actor=actor, now=now, policy=policy, reason=reason)
    if cadence is not None:
        open_next(uow, cadence, now=now, policy=policy)
    return view_of(uow, row, now=now)


def move(
    uow: UnitOfWork, check_in_id: int, *, on: date, at: time, actor: str, now: datetime, policy: Policy
) -> CheckInView:
    """Hold it at another time, in its own zone; the cadence stays as it is. It is briefed anew, but not twice in a day.

    Raises Refused."""
    row, _ = _open_one(uow, check_in_id, actor)
    starts_at = moment(sensible_day(on, now), at, row.zone)
    require_to_come(starts_at, now)
    if starts_at == row.starts_at:
        raise Refused("That is when it is already.")
    require_free(uow, row.partner_id, row.owner, starts_at)
    brief = brief_at(starts_at, row.zone, policy)
    is_told = _is_told_today(uow, row, now) and _day(brief, row.zone) <= _day(now, row.zone)
    row.on, row.at, row.starts_at = on, at, starts_at
    row.next_at = ends_at(row) if is_told else brief
    note = f"moved to {on.isoformat()} {at:%H:%M} {row.zone}"
    if row.state == CheckInState.PLANNED or is_told:
        uow.record(SubjectKind.CHECK_IN, check_in_id, at=now, actor=actor, note=note)
    else:
        uow.move(row, CheckInState.PLANNED, actor=actor, at=now, policy_version=policy.version, note=note)
    refresh(uow, row, now=now)
    return view_of(uow, row, now=now)


def _is_told_today(uow: UnitOfWork, row: CheckIn, now: datetime) -> bool:
    """Whether its owner had its brief today, or was asked about it this morning: then today says no more of it."""
    today = _day(now, row.zone)
    return row.state == CheckInState.REMINDED and (row.on <= today or brief_day(uow, row) == today)


def _day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def stop(uow: UnitOfWork, check_in_id: int, *, actor: str, now: datetime, policy: Policy) -> CheckInView:
    """End the cadence this check-in belongs to, with all that is open of it; or cancel the single one. Raises
    Refused."""
    row, cadence = _open_one(uow, check_in_id, actor)
    if cadence is not None:
        end(uow, row_id(cadence), actor=actor, now=now, policy=policy)
    else:
        close(uow, row, CheckInState.CANCELLED, actor=actor, now=now, policy=policy)
    return view_of(uow, row, now=now)


def skip_asked(
    uow: UnitOfWork, params: Mapping[str, str], /, *, actor: str, now: datetime, policy: Policy
) -> CheckInView:
    """`skip`, as confirmed."""
    return skip(uow, int(params["id"]), reason=params["reason"], actor=actor, now=now, policy=policy)


def move_asked(
    uow: UnitOfWork, params: Mapping[str, str], /, *, actor: str, now: datetime, policy: Policy
) -> CheckInView:
    """`move`, as confirmed."""
    on, at = date.fromisoformat(params["on"]), time.fromisoformat(params["at"])
    return move(uow, int(params["id"]), on=on, at=at, actor=actor, now=now, policy=policy)


def stop_asked(
    uow: UnitOfWork, params: Mapping[str, str], /, *, actor: str, now: datetime, policy: Policy
) -> CheckInView:
    """`stop`, as confirmed."""
    return stop(uow, int(params["id"]), actor=actor, now=now, policy=policy)


def pick(uow: UnitOfWork, partner: Partner | None, *, actor: str, now: datetime, verb: str) -> CheckIn:
    """The open check-in that is meant by "skip check-in with X": the asker's own before others'; for `verb` "done" the
    earliest, else the next to come. Raises Refused when there is none, Choice when partners have to be told apart."""
    rights.require_member(uow, actor)
    rows = open_rows(uow, partner_id=row_id(partner)) if partner else open_rows(uow, owner=actor)
    rows = [row for row in rows if row.owner == actor] or rows
    if not rows:
        named = partner.name if partner else ""
        example = f"schedule monthly check-in with {named or 'GlobalSys'}"
        with_whom = f" with {named}" if named else ""
        raise Refused(f"There is no check-in{with_whom} planned. To plan one, say: {example}")
    names = sorted({partner_name(uow, row.partner_id) for row in rows})
    if len(names) > 1:
        asked = [f'{verb} check-in with "{name}"' for name in (each.replace('"', "'") for each in names)]
        raise Choice("The check-in with whom?", asked, labels=names)
    if verb == "done":
        return rows[0]
    coming = [row for row in rows if ends_at(row) > now]
    return coming[0] if coming else rows[-1]


def shown(uow: UnitOfWork, check_in_id: int, *, actor: str, now: datetime) -> CheckInView:
    """An open check-in that `actor` may change, for its form. Raises Refused."""
    row = uow.get(CheckIn, check_in_id)
    _require_theirs(uow, row, actor)
    assert row is not None
    return view_of(uow, row, now=now)


def picked(uow: UnitOfWork, name: str, channel: str, *, actor: str, now: datetime, verb: str) -> CheckInView:
    """The open check-in that "skip check-in with X" means, if `actor` may change it. Raises Refused, Choice."""
    partner = whose(uow, name, channel)
    return shown(uow, row_id(pick(uow, partner, actor=actor, now=now, verb=verb)), actor=actor, now=now)


def plan_move(
    uow: UnitOfWork, view: CheckInView, day: date | None, at: time | None, *, actor: str, now: datetime, policy: Policy
) -> Moved:
    """What moving to `day` and `at`, in the zone of `actor`, comes to; what they leave out stays. Raises Refused."""
    theirs = ZoneInfo(person_view(uow, actor).zone)
    before = view.starts_at.astimezone(theirs)
    starts_at = datetime.combine(day or before.date(), at or before.time(), tzinfo=theirs).astimezone(UTC)
    require_to_come(starts_at, now)
    there = starts_at.astimezone(ZoneInfo(view.zone))
    params = {"id": str(view.id), "on": there.date().isoformat(), "at": f"{there:%H:%M}"}
    return Moved(view, params, starts_at, not is_working_day(there.date(), view.zone, policy.hours))


def _open_one(uow: UnitOfWork, check_in_id: int, actor: str) -> tuple[CheckIn, Cadence | None]:
    taken = take(uow, check_in_id)
    _require_theirs(uow, taken[0] if taken else None, actor)
    assert taken is not None
    return taken


def _require_theirs(uow: UnitOfWork, row: CheckIn | None, actor: str) -> None:
    person = rights.require_member(uow, actor)
    if row is None:
        raise Refused("I do not know that check-in. `/pm checkins` lists those to come.")
    partner = uow.get(Partner, row.partner_id)
    manages = partner is not None and partner.manager == actor
    if not (actor == row.owner or manages or rights.is_operator(person)):
        owner = person_view(uow, row.owner).name
        raise Refused(f"This check-in is {owner}'s. Only they, or a partner manager, can change it.")
    if row.closed_at is not None:
        by = "me" if row.closed_by == ROBOT else person_view(uow, row.closed_by).name
        raise Refused(f"This check-in is {_SETTLED[CheckInState(row.state)]} already, by {by}.")
