"""Renewals through the store: counted down, prepared, moved by the book, decided, lapsed; the dossier and the list."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.cards.renewal import dossier_card
from bot.cards.standing import standing_card
from bot.desk import actions, renewals, renewals_clock, renewals_dossier, standing
from bot.desk.agenda import AgendaItem, Morning
from bot.desk.renewals_views import Dossier, RenewalView
from bot.errors import Choice, Refused
from models.base import row_id
from models.calendar import ActionItem, Renewal
from models.events import ROBOT, Event
from models.partners import (
    Partner,
    PartnerStatus,
    Person,
)
from models.risks import SubjectKind
from models.states import RenewalState
from models.store import Store, UnitOfWork
from tests.desk.world import HOME, World, build

NEW_YORK = ZoneInfo("America/New_York")
# The world's clock stands at Wed 11 Mar 2026, 10:00 in New York.
TODAY = date(2026, 3, 11)


@pytest.fixture
def world(store: Store) -> World:
    return build(store)


def agreed_until(world: World, ends_on: date | None, starts: date | None = date(2025, 7, 1)) -> None:
    with world.store.write(HOME) as uow:
        partner = globex(uow)
        partner.agreement_starts, partner.agreement_ends, partner.tier = starts, ends_on, "Gold"


def globex(uow: UnitOfWork) -> Partner:
    partner = uow.find(Partner, name="Globex Consulting")
    assert partner is not None
    return partner


def tick(world: World) -> int:
    with world.store.write(HOME) as uow:
        return renewals_clock.fire_due(uow, now=world.clock.now(), policy=world.policy)


def until(world: World, day: date, at: time = time(9)) -> None:
    """Let it be that time in New York, with one pulse then."""
    there = datetime.combine(day, at, tzinfo=NEW_YORK).astimezone(UTC)
    world.clock.advance(there - world.clock.now())
    tick(world)


def rows(world: World) -> list[Renewal]:
    with world.store.read(HOME) as uow:
        return list(uow.list(Renewal))


def tasks(world: World) -> list[ActionItem]:
    with world.store.read(HOME) as uow:
        return list(uow.list(ActionItem))


def decide(
    world: World, to: RenewalState, until: date | None = None, reason: str = "", by: str = "U0PM"
) -> RenewalView:
    now = world.clock.now()
    with world.store.write(HOME) as uow:
        plan = renewals.plan(uow, row_id(globex(uow)), to, until=until, reason=reason, actor=by, now=now)
        return renewals.decide(uow, plan.params, actor=by, now=now, policy=world.policy)


def morning(world: World, day: date, person: str = "U0PM") -> list[str]:
    """What the agenda says on that working day: titles."""
    return [item.title for item in agenda(world, day, person)]


def agenda(world: World, day: date, person: str = "U0PM") -> list[AgendaItem]:
    previous = day - timedelta(days=3 if day.weekday() == 0 else 1)
    with world.store.read(HOME) as uow:
        which = Morning(person, day, previous)
        return [
            *renewals_clock.agenda(uow, which, policy=world.policy).items,
            *actions.agenda(uow, which, policy=world.policy).items,
        ]


def dossier(world: World) -> Dossier:
    with world.store.read(HOME) as uow:
        return renewals_dossier.dossier(uow, globex(uow), now=world.clock.now(), policy=world.policy)


def test_the_countdown_makes_one_row_and_walks_through_the_stages(world: World) -> None:
    agreed_until(world, date(2026, 7, 31))
    until(world, date(2026, 4, 1))
    assert rows(world) == [], "121 days are left"
    until(world, date(2026, 4, 2))
    until(world, date(2026, 4, 2), time(10))
    [row] = rows(world)
    assert (row.state, row.owner, row.ends_on) == ("upcoming", "U0PM", date(2026, 7, 31))
    assert [(each.key, each.owner, each.due_on) for each in tasks(world)] == [
        ("dossier", "U0PM", date(2026, 5, 1)),
        ("terms", "U0PM", date(2026, 6, 1)),
        ("paper", "U0PM", date(2026, 7, 1)),
    ]
    until(world, date(2026, 5, 1), time(23, 59))
    assert rows(world)[0].state == "upcoming", "92 days; the stage begins 90 days before"
    until(world, date(2026, 5, 2), time(0))
    assert rows(world)[0].state == "preparing"
    until(world, date(2026, 6, 1), time(0))
    assert rows(world)[0].state == "negotiating"
    until(world, date(2026, 7, 31), time(23, 59))
    assert rows(world)[0].state == "negotiating", "the last day is part of the term"
    until(world, date(2026, 8, 1), time(0))
    [row] = rows(world)
    assert (row.state, row.reason, row.closed_by, row.next_at) == ("lapsed", renewals_clock.UNDECIDED, ROBOT, None)
    assert {each.state for each in tasks(world)} == {"dropped"}
    assert tick(world) == 0


def test_a_term_that_became_known_late_is_late_for_nothing_and_not_everything_is_due_at_once(world: World) -> None:
    agreed_until(world, date(2026, 3, 18))
    tick(world)
    [row] = rows(world)
    assert row.state == "negotiating"
    due = [each.due_on for each in tasks(world)]
    assert due == [date(2026, 3, 13), date(2026, 3, 17), date(2026, 3, 18)], "two working days each, and not after it"


def test_only_what_is_behind_is_caught_up(world: World) -> None:
    agreed_until(world, date(2026, 4, 25))
    tick(world)
    assert [each.due_on for each in tasks(world)] == [date(2026, 3, 13), date(2026, 3, 17), date(2026, 3, 26)]


@pytest.mark.parametrize("status", [PartnerStatus.EXITED, PartnerStatus.ACTIVE])
def test_neither_past_terms_nor_partners_that_left_are_counted_down(world: World, status: PartnerStatus) -> None:
    agreed_until(world, date(2026, 5, 1) if status == PartnerStatus.EXITED else date(2026, 3, 10))
    with world.store.write(HOME) as uow:
        globex(uow).status = status
    tick(world)
    assert rows(world) == []


def test_an_open_row_follows_the_day_and_the_manager_of_the_book(world: World) -> None:
    agreed_until(world, date(2026, 4, 15))
    tick(world)
    with world.store.write(HOME) as uow:
        actions.done(uow, row_id(tasks(world)[0]), actor="U0PM", now=world.clock.now(), policy=world.policy)
        globex(uow).manager = "U0NEW"
    agreed_until(world, date(2026, 6, 30))
    tick(world)
    [row] = rows(world)
    assert (row.ends_on, row.owner, row.state) == (date(2026, 6, 30), "U0NEW", "upcoming")
    assert [(each.state, each.owner, each.due_on) for each in tasks(world)] == [
        ("done", "U0PM", date(2026, 3, 13)),
        ("open", "U0NEW", date(2026, 5, 1)),
        ("open", "U0NEW", date(2026, 5, 29)),
    ], "what is done stays done"
    until(world, date(2026, 4, 16))
    assert rows(world)[0].state == "preparing", "it did not lapse on the old day"
    agreed_until(world, date(2027, 6, 30))
    tick(world)
    assert rows(world)[0].state == "upcoming"
    assert {each.state for each in tasks(world)} == {"open"}, "another countdown, everything anew"
    assert tick(world) == 0


def test_a_partner_that_leaves_ends_its_renewal(world: World) -> None:
    agreed_until(world, date(2026, 5, 1))
    tick(world)
    with world.store.write(HOME) as uow:
        globex(uow).status = PartnerStatus.EXITED
    tick(world)
    [row] = rows(world)
    assert (row.state, row.reason) == ("terminated", "the partner left")


def test_renewed_moves_the_end_in_the_book_and_drops_the_tasks(world: World) -> None:
    agreed_until(world, date(2026, 4, 15))
    tick(world)
    view = decide(world, RenewalState.RENEWED, until=date(2027, 4, 15))
    assert (view.state, view.renewed_to) == ("renewed", date(2027, 4, 15))
    with world.store.read(HOME) as uow:
        assert globex(uow).agreement_ends == date(2027, 4, 15)
        said = [entry.note for entry in uow.list(Event, subject_kind=SubjectKind.PARTNER)]
        assert said == ["the agreement ends on 2027-04-15 instead of 2026-04-15: it was renewed"]
    assert {each.state for each in tasks(world)} == {"dropped"}
    with pytest.raises(Refused, match="present term ends on Thu 15 Apr 2027"):
        decide(world, RenewalState.RENEWED, until=date(2027, 4, 15))
    until(world, date(2027, 1, 20))
    assert [(row.ends_on, row.state) for row in rows(world)] == [
        (date(2026, 4, 15), "renewed"), (date(2027, 4, 15), "preparing"),
    ]  # fmt: skip
    assert dossier(world).covers_from == date(2026, 4, 16), "the new term begins the day after the old one"


def test_it_can_be_decided_before_the_countdown_and_without_tasks(world: World) -> None:
    agreed_until(world, date(2027, 12, 31))
    decide(world, RenewalState.TERMINATED, reason="They were bought.")
    [row] = rows(world)
    assert (row.state, row.reason, row.closed_by) == ("terminated", "They were bought.", "U0PM")
    assert tasks(world) == []


def test_a_lapse_nobody_decided_can_be_put_right_but_not_a_decision(world: World) -> None:
    agreed_until(world, date(2026, 3, 13))
    tick(world)
    until(world, date(2026, 3, 16))
    assert rows(world)[0].state == "lapsed"
    with pytest.raises(Refused, match="lapsed already"):
        decide(world, RenewalState.LAPSED)
    decide(world, RenewalState.RENEWED, until=date(2027, 3, 13))
    assert [row.state for row in rows(world)] == ["renewed"]
    decide(world, RenewalState.LAPSED)
    for to in (RenewalState.RENEWED, RenewalState.TERMINATED, RenewalState.LAPSED):
        with pytest.raises(Refused, match="is lapsed already, by Dana Park"):
            decide(world, to, until=date(2029, 1, 1), reason="x")


@pytest.mark.parametrize(
    ("to", "day", "reason", "says"),
    [
        (RenewalState.RENEWED, None, "", "Until when"),
        (RenewalState.RENEWED, date(2026, 5, 1), "", "present term ends on Fri 1 May 2026"),
        (RenewalState.RENEWED, date(2226, 5, 1), "", "more than 10 years"),
        (RenewalState.TERMINATED, None, " ", "say why"),
    ],
)
def test_what_is_missing_is_asked_for(world: World, to: RenewalState, day: date | None, reason: str, says: str) -> None:
    agreed_until(world, date(2026, 5, 1))
    with pytest.raises(Refused, match=says):
        decide(world, to, until=day, reason=reason)
    assert rows(world) == []


def test_only_the_manager_and_operators_decide_and_the_end_must_be_known(world: World) -> None:
    agreed_until(world, date(2026, 5, 1))
    with pytest.raises(Refused, match="Dana Park decides on the renewal of Globex Consulting"):
        decide(world, RenewalState.LAPSED, by="U0AE")
    agreed_until(world, None)
    with pytest.raises(Refused, match="Nobody recorded when the agreement with Globex Consulting ends"):
        decide(world, RenewalState.LAPSED, by="U0SM")


def test_a_confirmation_about_another_day_does_nothing(world: World) -> None:
    agreed_until(world, date(2026, 5, 1))
    now = world.clock.now()
    with world.store.read(HOME) as uow:
        plan = renewals.plan(
            uow, row_id(globex(uow)), RenewalState.LAPSED, until=None, reason="", actor="U0PM", now=now
        )
    agreed_until(world, date(2026, 6, 1))
    with world.store.write(HOME) as uow, pytest.raises(Refused, match="another day by now"):
        renewals.decide(uow, plan.params, actor="U0PM", now=now, policy=world.policy)


def test_the_days_left_are_not_taken_for_negotiations(world: World) -> None:
    """45 days before the end the row is in its last stage, whether or not anybody did anything."""
    agreed_until(world, TODAY + timedelta(days=45))
    tick(world)
    [item] = [each for each in agenda(world, TODAY + timedelta(days=-15)) if each.kind == SubjectKind.RENEWAL]
    assert (item.title, item.note) == ("The agreement ends in 60 days", "nothing decided")
    with world.store.read(HOME) as uow:
        shown = standing.of(uow, "Globex Consulting", actor="U0PM", now=world.clock.now(), policy=world.policy)
    card = str(standing_card(shown).blocks)
    assert "(in 45 days), nothing decided." in card
    assert "negotiating" not in card + str(dossier_card(dossier(world)).blocks)


def test_negotiations_may_begin_early_once(world: World) -> None:
    agreed_until(world, date(2026, 12, 31))
    now = world.clock.now()
    with world.store.write(HOME) as uow:
        params = {"partner": str(row_id(globex(uow)))}
        view = renewals.negotiate(uow, params, actor="U0PM", now=now, policy=world.policy)
        assert view.state == "negotiating"
        with pytest.raises(Refused, match="negotiating already"):
            renewals.negotiate(uow, params, actor="U0PM", now=now, policy=world.policy)
    until(world, date(2026, 10, 5))
    assert [row.state for row in rows(world)] == ["negotiating"], "time does not take it back"
    assert len(tasks(world)) == 3


def test_the_owner_is_reminded_on_the_days_of_the_policy(world: World) -> None:
    agreed_until(world, date(2026, 7, 31))
    told: dict[date, list[str]] = {}
    for number in range(15, 145):
        day = TODAY + timedelta(days=number)
        if day.weekday() < 5:
            until(world, day, time(8, 30))
            if said := [each for each in morning(world, day) if "agreement" in each]:
                told[day] = said
    assert [(date(2026, 7, 31) - day).days for day in told] == [120, 88, 60, 30, 7, 3, 1, 0], "a weekend's on Monday"
    assert told[date(2026, 4, 2)] == ["The agreement ends in 120 days"]
    assert told[date(2026, 7, 1)] == ["The agreement ends in 30 days and nothing is decided"]
    assert told[date(2026, 7, 31)] == ["The agreement ends today and nothing is decided"]


def test_tasks_remind_their_owner_and_those_of_who_left_the_manager(world: World) -> None:
    agreed_until(world, date(2026, 4, 15))
    tick(world)
    assert morning(world, date(2026, 3, 13))[0] == "Read the dossier and decide whether to renew"
    with world.store.write(HOME) as uow:
        gone = uow.find(Person, slack_id="U0PM")
        assert gone is not None
        gone.is_deleted = True
        globex(uow).manager = "U0SM"
    assert len(morning(world, date(2026, 3, 17), "U0SM")) >= 2


def test_whose_renewal_is_asked_with_those_that_are_open(world: World) -> None:
    agreed_until(world, date(2026, 5, 1))
    tick(world)
    with world.store.read(HOME) as uow:
        asked = renewals.one_of_open(uow, "renewed")
    assert isinstance(asked, Choice)
    assert (asked.requests, asked.labels) == (('renewed renewal of "Globex Consulting"',), ("Globex Consulting",))
