"""The brief before a check-in: what happened since the last one, and what was agreed before."""

from __future__ import annotations

from datetime import date, time

import pytest

from bot.desk import actions, checkins_brief
from bot.desk.actions import Agreed
from models.calendar import CheckIn, Side
from models.risks import SubjectKind
from models.store import Store
from tests.desk.test_checkins import hold, rows, schedule, text_of, until
from tests.desk.world import HOME, World, build


@pytest.fixture
def world(store: Store) -> World:
    return build(store)


def test_the_brief_tells_what_happened_and_what_did_not(world: World) -> None:
    number = schedule(world, "", date(2026, 3, 12), time(15)).id
    until(world, "2026-03-12T15:30")
    hold(world, number, Agreed("Send the roster", Side.PARTNER, "U0PM", date(2026, 3, 13)), notes="They hire.")
    world.say("[risk delay] The cutover slips to May.")
    world.say("[commitment] We will send the runbook.")
    schedule(world, "", date(2026, 3, 17), time(15))
    until(world, "2026-03-17T13:00")
    shown = text_of(world, world.deliveries("checkin")[-1])
    assert shown is not None
    for words in (
        "Since the last check-in on Thu 12 Mar", "They hire.", "Risks: 1 new, 1 open", "The cutover slips to May.",
        "Send the roster (the partner, Dana Park, due Fri 13 Mar 2026, late)", "They last wrote 4 days ago.",
    ):  # fmt: skip
        assert words in shown, words
    for absent in ("Onboarding", "Deals", "Waiting for an answer", "Commitments: "):
        assert absent not in shown, absent


def test_an_empty_store_gives_a_brief_that_says_so(world: World) -> None:
    schedule(world, "", date(2026, 3, 12), time(15))
    until(world, "2026-03-12T13:00")
    shown = text_of(world, world.deliveries("checkin")[0])
    assert shown is not None
    assert "In the last 30 days (since Tue 10 Feb)" in shown
    assert "They have written nothing in the channels I read." in shown
    assert "Risks" not in shown


def test_what_is_agreed_in_a_meeting_and_our_own_to_dos_are_not_called_agreed_before(world: World) -> None:
    number = schedule(world, "", date(2026, 3, 12), time(15)).id
    until(world, "2026-03-12T13:00")
    with world.store.write(HOME) as uow:
        partner = rows(world)[0].partner_id
        for kind, what in ((SubjectKind.QBR, "Book the room"), (SubjectKind.RENEWAL, "Agree the terms")):
            actions.add(
                uow, kind, 1, partner, Agreed(what, owner="U0PM"), actor="U0PM", now=world.clock.now(),
                policy=world.policy,
            )  # fmt: skip
    hold(world, number, Agreed("Send the roster", owner="U0PM"))  # before its time
    with world.store.read(HOME) as uow:
        row = uow.get(CheckIn, number)
        assert row is not None
        brief = checkins_brief.prepare(uow, row, now=world.clock.now()).brief
    assert [each.what for each in brief.agreed] == ["Book the room"]
