"""The life of a business review: due by the tier's cadence, scheduled, prepared, held, closed with what it needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from bot.desk import qbr_asked, qbr_clock, qbrs
from bot.desk.actions import Agreed
from bot.desk.agenda import Agenda, Morning
from bot.desk.qbr_periods import named
from bot.desk.qbr_views import Closed, QbrView
from bot.errors import Refused
from bot.invites import invite
from models.base import row_id
from models.calendar import ActionItem, Qbr
from models.delivery import Delivery
from models.events import Event
from models.states import QbrState
from models.store import Store
from tests.desk.qbr_rows import Books
from tests.desk.world import HOME, START, World, build

TODAY = START.date()  # Wed 11 March 2026
Q1 = named(date(2026, 1, 1), date(2026, 4, 1), 1)
MEETING = date(2026, 4, 14)


@pytest.fixture
def world(store: Store) -> World:
    made = build(store)
    gold(made)
    return made


def gold(world: World, *, starts: date | None = date(2026, 1, 5)) -> None:
    with world.store.write(HOME) as uow:
        partner = Books(uow).partner()
        partner.tier, partner.agreement_starts = "gold", starts


def tick(world: World) -> int:
    with world.store.write(HOME) as uow:
        return qbr_clock.fire_due(uow, now=world.clock.now(), policy=world.policy)


def rows(world: World) -> list[Qbr]:
    with world.store.read(HOME) as uow:
        return [*uow.list(Qbr)]


def one(world: World) -> Qbr:
    [row] = [row for row in rows(world) if row.closed_at is None]
    return row


def schedule(world: World, day: date = MEETING, *, at: time | None = None, period: Any = None, actor: str = "U0PM",
             attendees: tuple[str, ...] = ()) -> QbrView:  # fmt: skip
    with world.store.read(HOME) as uow:
        plan = qbrs.plan_schedule(uow, Books(uow).partner(), period, day, at, attendees=attendees, actor=actor,
                                  now=world.clock.now(), policy=world.policy)  # fmt: skip
    with world.store.write(HOME) as uow:
        return qbrs.schedule(uow, plan.params, actor=actor, now=world.clock.now(), policy=world.policy)


def hold(world: World, *, on: date | None = None, attendees: tuple[str, ...] = (), actor: str = "U0PM") -> QbrView:
    row, today = one(world), world.clock.now().date()
    with world.store.write(HOME) as uow:
        return qbrs.hold(uow, row_id(row), held_on=on or today, attendees=attendees, notes="went well", actor=actor,
                         now=world.clock.now(), policy=world.policy)  # fmt: skip


def close(world: World, *agreed: Agreed, next_on: date | None = None, actor: str = "U0PM") -> Closed:
    with world.store.write(HOME) as uow:
        return qbrs.close(uow, row_id(one(world)), agreed=agreed, next_on=next_on, actor=actor, now=world.clock.now(),
                          policy=world.policy)  # fmt: skip


def skip(world: World, reason: str = "they merged teams", actor: str = "U0PM") -> Closed:
    with world.store.write(HOME) as uow:
        return qbrs.skip(
            uow, row_id(one(world)), reason=reason, actor=actor, now=world.clock.now(), policy=world.policy
        )


def agenda(
    world: World, person: str = "U0PM", day: date | None = None, quiet: frozenset[tuple[str, int]] = frozenset()
) -> Agenda:
    today = day or world.clock.now().date()
    with world.store.read(HOME) as uow:
        return qbr_clock.agenda(uow, Morning(person, today, today - timedelta(days=1), quiet), policy=world.policy)


ACTION = Agreed("Send the price list", owner="U0SM", due_on=date(2026, 5, 4))


@pytest.mark.parametrize(
    ("tier", "starts", "due", "label"),
    [
        ("gold", date(2026, 1, 5), date(2026, 4, 6), "Q1 2026"),  # a Sunday is a Monday
        ("silver", date(2026, 1, 5), date(2026, 7, 6), "H1 2026"),
        ("bronze", date(2026, 1, 5), date(2027, 1, 5), "2026"),
        ("gold", None, date(2026, 6, 11), "Q1 2026"),  # from now on
        ("gold", date(2019, 11, 11), date(2026, 5, 11), "Q1 2026"),  # the next of its rounds, nothing long overdue
    ],
)
def test_the_first_is_due_by_the_tier(world: World, tier: str, starts: date | None, due: date, label: str) -> None:
    with world.store.write(HOME) as uow:
        partner = Books(uow).partner()
        partner.tier, partner.agreement_starts = tier, starts
    assert tick(world) == 1
    row = one(world)
    assert (row.state, row.due_on, row.label, row.owner) == (QbrState.DUE, due, label, "U0PM")
    assert row.policy_version == world.policy.version
    assert tick(world) == 0, "one open review at a time"
    assert len(rows(world)) == 1


def test_no_review_is_at_the_ends_of_the_calendar(world: World) -> None:
    tick(world)
    with pytest.raises(Refused, match="more than 10 years away"):
        hold(world, on=date.min)
    hold(world)
    with pytest.raises(Refused, match="more than 10 years away"):
        close(world, ACTION, next_on=date.max)


def test_only_active_partners_are_reviewed(world: World) -> None:
    with world.store.write(HOME) as uow:
        Books(uow).partner().status = "onboarding"
    assert tick(world) == 0
    assert rows(world) == []


def test_it_is_overdue_two_weeks_after_its_day(world: World) -> None:
    tick(world)
    world.clock.set(datetime(2026, 4, 21, 3, 59, tzinfo=UTC))  # 23:59 in New York, the 14th day after
    tick(world)
    assert one(world).state == QbrState.DUE
    world.clock.set(datetime(2026, 4, 21, 4, 0, tzinfo=UTC))
    tick(world)
    row = one(world)
    assert (row.state, row.next_at) == (QbrState.OVERDUE, None)
    assert tick(world) == 0


def test_scheduled_it_is_prepared_a_week_before(world: World) -> None:
    tick(world)
    view = schedule(world, at=time(15, 30), attendees=("U0SM", "U0AE"))
    assert view.state == QbrState.SCHEDULED
    assert view.starts_at == datetime(2026, 4, 14, 19, 30, tzinfo=UTC)
    assert [person.name for person in view.attendees] == ["Sam Ortiz", "Alex Eng"]
    world.clock.set(datetime(2026, 4, 7, 19, 29, tzinfo=UTC))
    tick(world)
    assert one(world).state == QbrState.SCHEDULED
    world.clock.set(datetime(2026, 4, 7, 19, 30, tzinfo=UTC))
    tick(world)
    row = one(world)
    assert (row.state, row.prepared_at) == (QbrState.PREPARED, world.clock.now())
    assert row.pack["partner"] == "Globex Consulting"
    with world.store.read(HOME) as uow:
        found = qbr_asked.at(uow, f"q{row.id}", actor="U0PM", now=world.clock.now(), policy=world.policy)
    assert (found.label, found.made_at) == ("Q1 2026", world.clock.now())


def test_one_set_for_tomorrow_is_prepared_at_once_and_then_rests(world: World) -> None:
    tick(world)
    schedule(world, TODAY + timedelta(days=1))
    tick(world)
    assert one(world).state == QbrState.PREPARED
    assert tick(world) == 0
    next_at = one(world).next_at
    assert next_at is not None and next_at > world.clock.now()


def test_moved_it_is_scheduled_again_in_the_period_it_had(world: World) -> None:
    tick(world)
    schedule(world, TODAY + timedelta(days=1))
    tick(world)
    view = schedule(world, MEETING)
    assert (view.state, view.on, view.label) == (QbrState.SCHEDULED, MEETING, "Q1 2026")
    q4 = named(date(2025, 10, 1), date(2026, 1, 1), 1)
    assert schedule(world, MEETING, period=q4).label == "Q4 2025"
    assert len(rows(world)) == 1


def test_set_for_what_it_is_set_for_nothing_is_asked_but_who_comes_can_be_changed(world: World) -> None:
    tick(world)
    schedule(world)
    with pytest.raises(Refused, match="set for that day and time already"):
        schedule(world)
    assert [person.slack_id for person in schedule(world, attendees=("U0SM",)).attendees] == ["U0SM"]


def test_held_and_closed_with_actions_and_the_next_date(world: World) -> None:
    tick(world)
    schedule(world, attendees=("U0SM",))
    world.clock.set(datetime(2026, 4, 14, 18, 0, tzinfo=UTC))
    held = hold(world, attendees=("U0SM", "U0AE"))
    assert (held.state, held.on) == (QbrState.HELD, MEETING)
    assert one(world).pack, "its figures are frozen"
    with pytest.raises(Refused, match="at least one action that has an owner and a day"):
        close(world, next_on=date(2026, 7, 14))
    with pytest.raises(Refused, match="the date of the next one"):
        close(world, ACTION)
    with pytest.raises(Refused, match="in the past"):
        close(world, ACTION, next_on=date(2026, 4, 13))
    assert one(world).state == QbrState.HELD, "nothing was changed by that"
    with pytest.raises(Refused, match="at least one action that has an owner and a day"):
        close(world, Agreed("Some day, somebody"), next_on=date(2026, 7, 14))
    training = Agreed("Book the training", owner="U0PARTNER", due_on=date(2026, 5, 1))
    done = close(world, ACTION, training, next_on=date(2026, 7, 14))
    assert done.closed.state == QbrState.CLOSED
    with world.store.read(HOME) as uow:
        actions = [(row.what, row.owner, row.due_on) for row in uow.list(ActionItem, subject_kind="qbr")]
        history = [event.to_state for event in uow.list(Event, subject_kind="qbr", subject_id=done.closed.id)]
    assert actions == [
        ("Send the price list", "U0SM", date(2026, 5, 4)),
        ("Book the training", "U0PM", date(2026, 5, 1)),  # none of our people: whoever closed it sees to it
    ]
    assert history == ["due", "scheduled", "prepared", "held", "closed"]
    following = one(world)
    assert (following.state, following.label) == (QbrState.SCHEDULED, "Q2 2026")
    assert (following.on, following.due_on) == (date(2026, 7, 14), date(2026, 7, 14))
    assert following.attendees == ["U0SM", "U0AE"]
    assert tick(world) == 0


def test_held_early_the_next_one_looks_back_on_the_quarter_after(world: World) -> None:
    """Held in March on Q4 2025 and closed: the next is on Q1 2026, not on Q4 2025 again."""
    tick(world)
    schedule(world, TODAY + timedelta(days=1), period=named(date(2025, 10, 1), date(2026, 1, 1), 1))
    world.pass_time(days=1, hours=6)
    hold(world)
    close(world, ACTION, next_on=date(2026, 6, 20))
    assert one(world).label == "Q1 2026"


def test_it_can_be_held_without_ever_having_been_scheduled(world: World) -> None:
    tick(world)
    world.clock.set(datetime(2026, 5, 20, 12, 0, tzinfo=UTC))
    tick(world)
    assert one(world).state == QbrState.OVERDUE
    assert hold(world, on=date(2026, 5, 19)).state == QbrState.HELD


def test_skipped_the_rounds_stay_as_they_were(world: World) -> None:
    tick(world)
    done = skip(world)
    assert (done.closed.state, done.closed.reason) == (QbrState.SKIPPED, "they merged teams")
    assert (one(world).due_on, one(world).label) == (date(2026, 7, 6), "Q2 2026")
    with pytest.raises(Refused, match="say why"):
        skip(world, " ")


def test_a_held_review_cannot_be_skipped_or_scheduled_or_held_again(world: World) -> None:
    tick(world)
    hold(world)
    with pytest.raises(Refused, match="can only be closed"):
        skip(world)
    with pytest.raises(Refused, match="Closing it sets the date"):
        schedule(world)
    with pytest.raises(Refused, match="Closing it sets the date"):
        hold(world)
    with pytest.raises(Refused, match="is skipped already|is closed already"), world.store.write(HOME) as uow:
        row = uow.list(Qbr)[0]
        row.closed_at, row.closed_by = START, "U0PM"
        uow.move(row, QbrState.CLOSED, actor="U0PM", at=START)
        qbrs.shown(uow, row_id(row), actor="U0PM", now=START)


@pytest.mark.parametrize("change", [schedule, hold, skip])
def test_not_everybody_arranges_it(world: World, change: Callable[..., object]) -> None:
    tick(world)
    with pytest.raises(Refused, match="Dana Park arranges the QBRs with Globex Consulting"):
        change(world, actor="U0NEW")
    with pytest.raises(Refused, match="only take requests from the people"):
        change(world, actor="U0PARTNER")
    change(world, actor="U0SM")


def test_only_our_people_come(world: World) -> None:
    tick(world)
    with pytest.raises(Refused, match="Pia is not a full member"):
        schedule(world, attendees=("U0PARTNER",))


@pytest.mark.parametrize(
    ("day", "why"), [(TODAY - timedelta(days=1), "in the past"), (date(2027, 6, 1), "more than a year")]
)
def test_impossible_days(world: World, day: date, why: str) -> None:
    tick(world)
    with pytest.raises(Refused, match=why):
        schedule(world, day)


def test_it_goes_with_its_partner_and_ends_with_it(world: World) -> None:
    tick(world)
    with world.store.write(HOME) as uow:
        Books(uow).partner().manager = "U0AE"
    assert tick(world) == 1
    assert one(world).owner == "U0AE"
    with world.store.write(HOME) as uow:
        Books(uow).partner().status = "exited"
    world.clock.set(datetime(2026, 5, 1, tzinfo=UTC))
    tick(world)
    [row] = rows(world)
    assert (row.state, row.reason) == (QbrState.SKIPPED, "the partner is exited")
    assert tick(world) == 0, "and no next one"


def test_the_morning_names_it_on_its_days_and_daily_when_late(world: World) -> None:
    """Due on 6 April: 14, 7, 3 and 1 days before, on the day, and every day after."""
    tick(world)
    due = date(2026, 4, 6)
    named_on = [due - timedelta(days=n) for n in range(20, -4, -1) if agenda(world, day=due - timedelta(days=n)).items]
    assert named_on == [due - timedelta(days=n) for n in (14, 7, 3, 1, 0, -1, -2, -3)]
    [item] = agenda(world, day=due).items
    assert (item.title, item.partner) == ("Schedule the QBR of Q1 2026", "Globex Consulting")
    assert item.request == 'schedule QBR with "Globex Consulting"'
    assert agenda(world, "U0SM", due).items == ()
    assert agenda(world, day=due, quiet=frozenset({("qbr", item.id)})).items == ()


def test_who_comes_is_reminded_and_whoever_owns_it_asked_afterwards(world: World) -> None:
    tick(world)
    schedule(world, attendees=("U0SM",))
    for person in ("U0PM", "U0SM"):
        assert [item.title for item in agenda(world, person, MEETING).items] == ["QBR of Q1 2026"]
        assert agenda(world, person, MEETING - timedelta(days=7)).items
        assert not agenda(world, person, MEETING - timedelta(days=5)).items
    after = MEETING + timedelta(days=1)
    assert [item.title for item in agenda(world, "U0PM", after).items] == ["Was the QBR of Q1 2026 held?"]
    assert agenda(world, "U0SM", after).items == ()
    world.clock.set(datetime(2026, 4, 14, 18, 0, tzinfo=UTC))
    hold(world)
    assert agenda(world, day=MEETING).items == (), "just held"
    [item] = agenda(world, day=after).items
    assert (item.title, item.request) == ("Close the QBR of Q1 2026", 'close QBR with "Globex Consulting"')


def test_the_calendar_file_follows_the_meeting(world: World) -> None:
    tick(world)
    view = schedule(world, attendees=("U0SM",))
    with world.store.write(HOME) as uow:
        for _ in range(2):
            qbr_asked.send_invitation(uow, view.id, actor="U0PM", now=START, occasion="once")
    [delivery] = world.deliveries("qbr_file")
    before, after = invitation(world, delivery), None
    schedule(world, MEETING + timedelta(days=1))
    after = invitation(world, delivery)
    assert (before.is_old, after.is_old) == (False, True)
    assert before.meeting.uid == after.meeting.uid
    assert after.meeting.sequence > before.meeting.sequence
    assert b"Business review with Globex Consulting" in invite(after.meeting, now=START)


def invitation(world: World, delivery: Delivery) -> qbr_asked.Invitation:
    with world.store.read(HOME) as uow:
        found = qbr_asked.invitation(uow, delivery)
    assert found is not None
    return found


def test_figures_are_kept_with_the_review_and_stay_once_it_was_held(world: World) -> None:
    tick(world)
    with world.store.write(HOME) as uow:
        partner = Books(uow).partner()
        found = qbr_asked.asked(uow, partner, Q1, actor="U0PM", now=world.clock.now(), policy=world.policy)
        assert found.may_store
        assert found.review is not None
        qbrs.store_pack(uow, found.review.id, found.pack, actor="U0PM", now=world.clock.now(), policy=world.policy)
        assert found.review.state == one(world).state == QbrState.DUE, "not scheduled by that"
    hold(world)
    with world.store.write(HOME) as uow:
        Books(uow).deal("Umbrella", 100_000, opened=date(2026, 2, 2))
        partner = Books(uow).partner()
        frozen = qbr_asked.asked(uow, partner, Q1, actor="U0PM", now=world.clock.now(), policy=world.policy)
        assert frozen.is_frozen
        assert frozen.pack == found.pack
        stranger = qbr_asked.asked(uow, partner, named(date(2025, 1, 1), date(2025, 4, 1), 1), actor="U0NEW",
                                   now=world.clock.now(), policy=world.policy)  # fmt: skip
        assert not stranger.may_store
        assert (
            qbr_asked.at(uow, stranger.place, actor="U0NEW", now=world.clock.now(), policy=world.policy)
            == stranger.pack
        )
        with pytest.raises(Refused, match="older version"):
            qbr_asked.at(uow, "q999|x", actor="U0PM", now=START, policy=world.policy)
