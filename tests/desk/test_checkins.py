"""Check-ins through the store: scheduled, briefed, asked about, held, moved, skipped, replaced and stopped."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.compose import compose
from bot.desk import checkins, checkins_clock, checkins_plan
from bot.desk.actions import Agreed
from bot.desk.agenda import Agenda, Morning
from bot.desk.checkins_clock import UNANSWERED, brief_at
from bot.desk.checkins_views import CheckInView, Held, Plan
from bot.errors import Choice, Refused
from bot.language.requests import CheckIn as Asked
from bot.language.slots.cadences import Cadence as Rhythm
from models.calendar import ActionItem, Cadence, CheckIn, Quiet, Side
from models.delivery import Delivery
from models.events import Event
from models.partners import Person
from models.risks import SubjectKind
from models.store import Store
from tests.desk.world import HOME, World, build

NEW_YORK = ZoneInfo("America/New_York")
WEEKLY = "FREQ=WEEKLY;BYDAY=TU"
# The world's clock stands at Wed 11 Mar 2026, 10:00 in New York.


@pytest.fixture
def world(store: Store) -> World:
    return build(store)


def plan(world: World, rule: str = WEEKLY, day: date | None = None, at: time | None = None, by: str = "U0PM") -> Plan:
    asked = Asked("schedule", "Globex", Rhythm(rule) if rule else None, day, at)
    with world.store.read(HOME) as uow:
        return checkins_plan.plan(
            uow, asked, text="", channel="", actor=by, now=world.clock.now(), policy=world.policy
        )  # fmt: skip


def schedule(
    world: World, rule: str = WEEKLY, day: date | None = None, at: time | None = None, by: str = "U0PM"
) -> CheckInView:
    planned = plan(world, rule, day, at, by)
    with world.store.write(HOME) as uow:
        return checkins_plan.start(uow, planned.params, actor=by, now=world.clock.now(), policy=world.policy)


def until(world: World, there: str) -> None:
    """Let it be that local time, with one pulse then."""
    moment = datetime.fromisoformat(there).replace(tzinfo=NEW_YORK).astimezone(UTC)
    world.clock.advance(moment - world.clock.now())
    tick(world)


def tick(world: World) -> int:
    with world.store.write(HOME) as uow:
        return checkins_clock.fire_due(uow, now=world.clock.now(), policy=world.policy)


def rows(world: World, **equals: object) -> list[CheckIn]:
    with world.store.read(HOME) as uow:
        return sorted(uow.list(CheckIn, **equals), key=lambda row: row.starts_at)


def local(world: World) -> list[str]:
    return [
        f"{row.starts_at.astimezone(NEW_YORK):%a %d %b %H:%M} {row.state}" for row in rows(world)
    ]  # fmt: skip


def agenda(world: World, day: date, person: str = "U0PM", quiet: frozenset[tuple[str, int]] = frozenset()) -> Agenda:
    with world.store.read(HOME) as uow:
        return checkins_clock.agenda(uow, Morning(person, day, day - timedelta(days=1), quiet), limit=20)


def hold(world: World, number: int, *agreed: Agreed, notes: str = "", by: str = "U0PM") -> Held:
    with world.store.write(HOME) as uow:
        return checkins.hold(
            uow, number, notes=notes, agreed=agreed, actor=by, now=world.clock.now(), policy=world.policy
        )


def skip(world: World, number: int, by: str = "U0PM") -> CheckInView:
    with world.store.write(HOME) as uow:
        return checkins.skip(uow, number, reason="they travel", actor=by, now=world.clock.now(), policy=world.policy)


def move(world: World, number: int, on: date, at: time, by: str = "U0PM") -> CheckInView:
    with world.store.write(HOME) as uow:
        return checkins.move(uow, number, on=on, at=at, actor=by, now=world.clock.now(), policy=world.policy)


def stop(world: World, number: int, by: str = "U0PM") -> CheckInView:
    with world.store.write(HOME) as uow:
        return checkins.stop(uow, number, actor=by, now=world.clock.now(), policy=world.policy)


def text_of(world: World, delivery: Delivery) -> str | None:
    with world.store.read(HOME) as uow:
        card = compose(uow, delivery, now=world.clock.now(), policy=world.policy)
    return None if card is None else f"{card.text}\n{card.blocks}"


def test_a_plan_names_the_first_days_and_changes_nothing(world: World) -> None:
    planned = plan(world, "FREQ=MONTHLY")
    # Four working days' notice: Tue 17 March, the third Tuesday.
    assert planned.rule == "FREQ=MONTHLY;BYDAY=3TU"
    assert [slot.on for slot in planned.slots] == [date(2026, 3, 17), date(2026, 4, 21), date(2026, 5, 19)]
    assert (planned.at, planned.zone, planned.minutes, planned.brief_hours) == (time(10), "America/New_York", 30, 2)
    assert rows(world) == []


def test_a_cadence_has_one_check_in_ahead_with_its_brief_before_it(world: World) -> None:
    view = schedule(world, at=time(15))
    assert (view.partner, view.state, view.rule) == ("Globex Consulting", "planned", WEEKLY)
    [row] = rows(world)
    assert local(world) == ["Tue 17 Mar 15:00 planned"]
    assert row.next_at == datetime(2026, 3, 17, 13, tzinfo=NEW_YORK).astimezone(UTC)


@pytest.mark.parametrize(
    ("starts", "brief"),
    [
        ("2026-03-17T15:00", "2026-03-17T13:00"),
        ("2026-03-17T10:00", "2026-03-16T17:00"),  # one hour of Tuesday, one of Monday
        ("2026-03-16T09:00", "2026-03-13T16:00"),  # over the weekend
        ("2026-03-09T09:30", "2026-03-06T16:30"),  # over the clock change of 8 March
        ("2026-03-17T21:00", "2026-03-17T16:00"),  # after hours: before they close
        ("2026-05-26T10:00", "2026-05-22T17:00"),  # over Memorial Day
    ],
)
def test_the_brief_comes_two_working_hours_before(world: World, starts: str, brief: str) -> None:
    at = datetime.fromisoformat(starts).replace(tzinfo=NEW_YORK)
    assert brief_at(at, "America/New_York", world.policy).astimezone(NEW_YORK).isoformat()[:16] == brief


def test_the_brief_is_sent_once_whatever_restarts(world: World) -> None:
    [row] = [schedule(world, at=time(15))]
    until(world, "2026-03-17T12:59")
    assert world.deliveries("checkin") == []
    until(world, "2026-03-17T13:00")
    tick(world)
    [brief] = world.deliveries("checkin")
    assert (brief.target, brief.key) == ("U0PM", f"checkin:{row.id}:brief:20260317T1900")
    assert rows(world)[0].state == "reminded"
    shown = text_of(world, brief)
    assert shown is not None
    assert "Check-in with Globex Consulting" in shown


def test_after_it_the_next_is_planned_and_the_morning_asks(world: World) -> None:
    number = schedule(world, at=time(15)).id
    until(world, "2026-03-17T13:00")
    assert agenda(world, date(2026, 3, 17)).items == ()  # the brief came today
    until(world, "2026-03-17T15:29")
    assert len(rows(world)) == 1
    until(world, "2026-03-17T15:30")
    tick(world)
    assert local(world) == ["Tue 17 Mar 15:00 reminded", "Tue 24 Mar 15:00 planned"]
    [item] = agenda(world, date(2026, 3, 18)).items
    assert (item.id, item.title, item.partner) == (number, "Was the check-in held?", "Globex Consulting")
    assert item.request == 'done check-in with "Globex Consulting"'
    assert agenda(world, date(2026, 3, 18), quiet=frozenset({("checkin", number)})).items == ()
    assert agenda(world, date(2026, 3, 18), "U0SM").items == ()


def test_the_morning_is_told_of_todays_when_the_brief_came_the_evening_before(world: World) -> None:
    number = schedule(world).id
    until(world, "2026-03-16T17:00")
    assert len(world.deliveries("checkin")) == 1
    [item] = agenda(world, date(2026, 3, 17)).items
    assert (item.id, item.title) == (number, "Check-in at 10:00")


def test_one_cadence_never_asks_twice_on_a_day(world: World) -> None:
    schedule(world, at=time(15))
    until(world, "2026-03-17T13:00")
    until(world, "2026-03-17T15:30")
    # The day of the next brief: only the brief comes, and it asks about the older one too.
    assert agenda(world, date(2026, 3, 23)).items != ()
    assert agenda(world, date(2026, 3, 24)).items == ()
    until(world, "2026-03-24T13:00")
    shown = text_of(world, world.deliveries("checkin")[-1])
    assert shown is not None
    assert "You have not said whether the one on Tue 17 Mar was held." in shown
    until(world, "2026-03-24T15:30")
    assert [(row.state, row.reason) for row in rows(world)][:2] == [("skipped", UNANSWERED), ("reminded", "")]
    assert [item.due_on for item in agenda(world, date(2026, 3, 25)).items] == [date(2026, 3, 24)]


def test_on_two_days_a_week_the_morning_leaves_room_for_the_evenings_brief(world: World) -> None:
    schedule(world, "FREQ=WEEKLY;BYDAY=MO,TU", at=time(9))
    until(world, "2026-03-13T16:00")
    assert agenda(world, date(2026, 3, 16)).items == ()
    until(world, "2026-03-16T09:30")
    until(world, "2026-03-16T16:00")  # Tuesday's
    assert len(world.deliveries("checkin")) == 2


def test_held_with_what_was_agreed(world: World) -> None:
    number = schedule(world, at=time(15)).id
    until(world, "2026-03-17T13:00")
    until(world, "2026-03-17T16:00")
    held = hold(
        world, number, Agreed("Send the roster", Side.PARTNER, "U0AE", date(2026, 3, 20)), Agreed("Book the room"),
        Agreed("Sign", owner="U0PARTNER"), notes="Good mood.",
    )  # fmt: skip
    assert (held.meeting.state, held.meeting.notes, held.agreed, held.taken_over) == ("held", "Good mood.", 3, ("Pia",))
    assert held.meeting.following == datetime(2026, 3, 24, 15, tzinfo=NEW_YORK).astimezone(UTC)
    with world.store.read(HOME) as uow:
        items = uow.list(ActionItem, subject_kind=SubjectKind.CHECK_IN, subject_id=number)
    assert [(item.what, item.side, item.owner, item.due_on) for item in items] == [
        ("Send the roster", "partner", "U0AE", date(2026, 3, 20)),
        ("Book the room", "us", "U0PM", None),
        ("Sign", "us", "U0PM", None),
    ]
    assert agenda(world, date(2026, 3, 18)).items == ()
    with pytest.raises(Refused, match="closed as held already, by Dana Park"):
        hold(world, number)
    with world.store.read(HOME) as uow:
        assert len(uow.list(ActionItem)) == 3


def test_skipped_early_the_next_one_is_planned(world: World) -> None:
    first = schedule(world)
    view = skip(world, first.id)
    assert (view.state, view.reason) == ("skipped", "they travel")
    assert local(world) == ["Tue 17 Mar 10:00 skipped", "Tue 24 Mar 10:00 planned"]
    skip(world, rows(world)[-1].id or 0)
    assert local(world)[-1] == "Tue 31 Mar 10:00 planned"


def test_moved_it_is_briefed_anew_and_the_series_stays(world: World) -> None:
    number = schedule(world, at=time(15)).id
    until(world, "2026-03-17T13:00")
    [first] = world.deliveries("checkin")
    moved = move(world, number, date(2026, 3, 19), time(11))
    assert (moved.state, moved.on) == ("planned", date(2026, 3, 19))
    assert text_of(world, first) is None  # not sent yet: it is no longer true
    until(world, "2026-03-19T09:00")
    assert [delivery.key[-13:] for delivery in world.deliveries("checkin")] == ["20260317T1900", "20260319T1500"]
    until(world, "2026-03-19T11:30")
    assert local(world) == ["Thu 19 Mar 11:00 reminded", "Tue 24 Mar 15:00 planned"]


def test_what_cannot_be_moved_is_refused(world: World) -> None:
    number = schedule(world).id
    for on, at, why in (
        (date(2026, 3, 11), time(9), "in the past"),
        (date(2027, 3, 20), time(9), "more than a year"),
        (date(2026, 3, 17), time(10), "already"),
    ):
        with pytest.raises(Refused, match=why):
            move(world, number, on, at)
    assert local(world) == ["Tue 17 Mar 10:00 planned"]


@pytest.mark.parametrize("day", [date.min, date.max])
def test_a_day_at_the_ends_of_the_calendar_is_refused(world: World, day: date) -> None:
    shown = schedule(world)
    with pytest.raises(Refused, match="more than 10 years away"):
        move(world, shown.id, day, time(23, 59))
    with pytest.raises(Refused, match="more than 10 years away"):
        plan(world, day=day, at=time(23, 59))
    with pytest.raises(Refused, match="more than 10 years away"):
        hold(world, shown.id, Agreed("Send it", Side.US, "U0PM", day))


def test_a_single_one_is_briefed_and_asked_about_and_has_no_next(world: World) -> None:
    schedule(world, "", date(2026, 3, 12), time(15))
    until(world, "2026-03-12T13:00")
    until(world, "2026-03-12T15:30")
    assert local(world) == ["Thu 12 Mar 15:00 reminded"]
    assert len(agenda(world, date(2026, 3, 20)).items) == 1
    schedule(world, "", date(2026, 3, 13))
    with pytest.raises(Refused, match="at that very time already"):
        schedule(world, "", date(2026, 3, 13))


def test_a_second_cadence_replaces_the_first_once_it_is_said(world: World) -> None:
    schedule(world)
    again = plan(world, "FREQ=MONTHLY")
    assert again.replaces == WEEKLY
    with world.store.write(HOME) as uow:
        checkins_plan.start(uow, again.params, actor="U0PM", now=world.clock.now(), policy=world.policy)
    assert sorted(row.state for row in rows(world)) == ["cancelled", "planned"]
    with world.store.read(HOME) as uow:
        assert [cadence.state for cadence in uow.list(Cadence)] == ["ended", "running"]
    # What was shown before is no longer what would happen.
    with pytest.raises(Refused, match="changed since you asked"), world.store.write(HOME) as uow:
        checkins_plan.start(uow, again.params, actor="U0PM", now=world.clock.now(), policy=world.policy)
    assert plan(world, by="U0SM").replaces == ""  # another owner has their own


def test_stopped_nothing_more_comes(world: World) -> None:
    number = schedule(world).id
    stop(world, number)
    until(world, "2026-03-17T11:00")
    assert local(world) == ["Tue 17 Mar 10:00 cancelled"]
    assert world.deliveries("checkin") == []
    assert agenda(world, date(2026, 3, 18)).items == ()
    with pytest.raises(Refused, match="cancelled already"):
        stop(world, number)


def test_after_weeks_of_downtime_nothing_is_sent_late_and_the_next_is_ahead(world: World) -> None:
    schedule(world)
    until(world, "2026-04-01T12:00")
    tick(world)
    assert world.deliveries("checkin") == []
    assert local(world) == ["Tue 17 Mar 10:00 reminded", "Tue 07 Apr 10:00 planned"]
    assert len(agenda(world, date(2026, 4, 2)).items) == 1


@pytest.mark.parametrize(
    ("zone", "begins"),
    [
        ("Europe/Berlin", ["2026-03-24T09:00", "2026-03-31T08:00", "2026-04-07T08:00"]),  # changes on 29 March
        ("Australia/Sydney", ["2026-03-23T23:00", "2026-03-30T23:00", "2026-04-07T00:00"]),  # back on 5 April
        ("America/New_York", ["2026-03-24T14:00", "2026-03-31T14:00", "2026-04-07T14:00"]),
    ],
)
def test_the_owners_clock_time_stays_through_the_change(world: World, zone: str, begins: list[str]) -> None:
    with world.store.write(HOME) as uow:
        person = uow.find(Person, slack_id="U0PM")
        assert person is not None
        person.timezone = zone
    planned = plan(world, day=date(2026, 3, 24))
    assert [f"{slot.starts_at:%Y-%m-%dT%H:%M}" for slot in planned.slots] == begins


def test_only_our_operators_schedule_and_only_owners_and_managers_change(world: World) -> None:
    for outsider in ("U0NEW", "U0PARTNER"):
        with pytest.raises(Refused):
            plan(world, by=outsider)
    number = schedule(world, by="U0SM").id
    for change in (skip, stop):
        with pytest.raises(Refused, match="This check-in is Sam Ortiz's"):
            change(world, number, by="U0NEW")
    assert skip(world, number, by="U0PM").state == "skipped"  # the partner's manager


def test_what_is_missing_is_asked(world: World) -> None:
    with world.store.read(HOME) as uow:
        for name, options in (
            ("", ['schedule check-in with "Globex Consulting"']),
            ("Globex", [f'schedule {often} check-in with "Globex Consulting"' for often in
                        ("weekly", "every 2 weeks", "monthly", "quarterly")]),
        ):  # fmt: skip
            with pytest.raises(Choice) as asked:
                checkins_plan.plan(
                    uow, Asked("schedule", name), text="schedule check-in", channel="", actor="U0PM",
                    now=world.clock.now(), policy=world.policy,
                )  # fmt: skip
            assert list(asked.value.requests) == options


def test_whoever_left_is_followed_by_the_manager(world: World) -> None:
    schedule(world, at=time(15), by="U0SM")
    with world.store.write(HOME) as uow:
        sam = uow.find(Person, slack_id="U0SM")
        assert sam is not None
        sam.is_deleted = True
    until(world, "2026-03-17T13:00")
    assert [delivery.target for delivery in world.deliveries("checkin")] == ["U0PM"]


def test_every_change_leaves_an_event(world: World) -> None:
    number = schedule(world, at=time(15)).id
    until(world, "2026-03-17T13:00")
    move(world, number, date(2026, 3, 19), time(11))
    skip(world, number)
    with world.store.read(HOME) as uow:
        events = uow.list(Event, subject_kind=SubjectKind.CHECK_IN, subject_id=number)
    assert [event.to_state for event in events] == ["planned", "reminded", "planned", "skipped"]
    assert events[2].note == "moved to 2026-03-19 11:00 America/New_York"


def test_snoozed_it_is_quiet_for_that_person(world: World) -> None:
    number = schedule(world, "", date(2026, 3, 12), time(15)).id
    until(world, "2026-03-12T15:30")
    with world.store.write(HOME) as uow:
        uow.add(Quiet(workspace_id=HOME, person="U0PM", subject_kind="checkin", subject_id=number))
    assert len(agenda(world, date(2026, 3, 13)).items) == 1
    assert agenda(world, date(2026, 3, 13), quiet=frozenset({("checkin", number)})).items == ()
