"""The steps of an onboarding, and what the partner is meanwhile and afterwards."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from bot.desk import onboarding, onboarding_status
from bot.errors import Refused
from models.base import row_id
from models.deals import DealRegistration
from models.delivery import Delivery
from models.events import Event
from models.partners import OpportunityPartner, Partner, PartnerContact, PartnerStatus, Person
from models.risks import SubjectKind
from models.states import OnboardingState, TaskState
from models.store import Store, UnitOfWork
from tests.desk import onboard
from tests.desk.onboard import PLANNED, act, number, start, task, view
from tests.desk.world import HOME, START, World, build

GLOBEX = "Globex Consulting"


@pytest.fixture
def world(store: Store) -> World:
    return build(store)


def finish_all(world: World, but: str = "") -> None:
    for key in PLANNED:
        if key != but:
            act(world, onboarding.finish, number(world, key))


def _sourced(uow: UnitOfWork, row: Partner) -> None:
    link = uow.find(OpportunityPartner, partner_id=row_id(row))
    assert link is not None
    link.role = "sourced"


def test_all_steps_settled_make_it_enabled(world: World) -> None:
    onboard.status(world, PartnerStatus.RECRUITING)
    shown = start(world, GLOBEX)
    finish_all(world, but="training")
    assert onboard.partner(world).status == "onboarding"
    changed = act(world, onboarding.skip, number(world, "training"), reason="they have it from elsewhere")
    assert changed.plan.state == OnboardingState.DONE
    assert changed.step.state == TaskState.SKIPPED and changed.step.note == "they have it from elsewhere"
    assert onboard.history(world) == [("recruiting", "onboarding"), ("onboarding", "enabled")]
    assert onboard.plans(world)[0].closed_at is not None
    assert view(world, shown.id).open_steps == ()


def test_who_sells_already_goes_on_selling(world: World) -> None:
    start(world, GLOBEX)
    assert onboard.partner(world).status == "active"
    finish_all(world)
    assert onboard.partner(world).status == "active" and onboard.history(world) == []


def test_who_has_sold_before_is_active_afterwards(world: World) -> None:
    onboard.status(world, PartnerStatus.EXITED)
    onboard.change(world, GLOBEX, _sourced)
    start(world, GLOBEX)
    finish_all(world)
    assert onboard.history(world) == [("exited", "onboarding"), ("onboarding", "active")]


def test_a_first_sale_makes_it_active_while_it_goes_on(world: World) -> None:
    onboard.status(world, PartnerStatus.PROSPECT)
    start(world, GLOBEX)

    def sells(uow: UnitOfWork, row: Partner) -> bool:
        return onboarding_status.became_active(
            uow, row, actor="U0PM", now=world.clock.now(), policy=world.policy, note="registration #1 was approved"
        )

    with world.store.write(HOME) as uow:
        row = uow.find(Partner, name=GLOBEX)
        assert row is not None
        assert sells(uow, row)
        assert not sells(uow, row), "only the first one makes the difference"
    finish_all(world)
    assert onboard.partner(world).status == "active"
    assert onboard.history(world) == [("prospect", "onboarding"), ("onboarding", "active")]


def test_an_expired_registration_was_a_sale_once(world: World) -> None:
    def expired(uow: UnitOfWork, row: Partner) -> None:
        uow.add(
            DealRegistration(
                workspace_id=HOME, external_id="R-1", partner_id=row_id(row), account_name="Acme", value=Decimal(1),
                currency="USD", submitted_by="U0PM", submitted_at=START, state="expired", policy_version="1",
            )
        )  # fmt: skip

    onboard.change(world, GLOBEX, expired)
    onboard.status(world, PartnerStatus.RECRUITING)
    start(world, GLOBEX)
    finish_all(world)
    assert onboard.partner(world).status == "active"


@pytest.mark.parametrize("before", ["prospect", "active", "exited", "onboarding"])
def test_cancelled_it_is_what_it_was(world: World, before: str) -> None:
    onboard.status(world, before)
    shown = start(world, GLOBEX)
    world.pass_time(days=2)
    assert act(world, onboarding.cancel, shown.id).state == OnboardingState.CANCELLED
    assert onboard.partner(world).status == before
    with pytest.raises(Refused, match="cancelled already"):
        act(world, onboarding.cancel, shown.id)
    with pytest.raises(Refused, match="cancelled already"):
        act(world, onboarding.finish, number(world, "portal"))
    again = start(world, GLOBEX)
    act(world, onboarding.cancel, again.id)
    assert onboard.partner(world).status == before, "the second time, too"


def test_a_settled_step_is_settled_once(world: World) -> None:
    start(world, GLOBEX)
    act(world, onboarding.finish, number(world, "portal"), evidence="https://portal.example/globex", by="U0SM")
    with pytest.raises(Refused, match="“Portal access” is done already, by Sam Ortiz"):
        act(world, onboarding.finish, number(world, "portal"))
    with pytest.raises(Refused, match="“Portal access” is done already, by Sam Ortiz"):
        act(world, onboarding.skip, number(world, "portal"), reason="no")
    row = task(world, "portal")
    assert (row.evidence, row.closed_by, row.closed_at) == ("https://portal.example/globex", "U0SM", START)


def test_opened_again_a_finished_plan_runs_again(world: World) -> None:
    onboard.status(world, PartnerStatus.PROSPECT)
    shown = start(world, GLOBEX)
    finish_all(world)
    changed = act(world, onboarding.reopen, number(world, "portal"))
    assert changed.plan.is_running and changed.step.is_open
    assert onboard.partner(world).status == "onboarding"
    act(world, onboarding.finish, number(world, "portal"))
    assert onboard.partner(world).status == "enabled"
    start(world, GLOBEX)
    with pytest.raises(Refused, match="Another onboarding"):
        act(world, onboarding.reopen, _first(world, shown.id))


def _first(world: World, plan_id: int) -> int:
    return view(world, plan_id).steps[0].id


def test_only_those_whose_it_is_change_a_step(world: World) -> None:
    shown = start(world, GLOBEX)
    portal = number(world, "portal")
    for by in ("U0NEW", "U0AE"):
        for attempt in (
            lambda by=by: act(world, onboarding.finish, portal, by=by),
            lambda by=by: act(world, onboarding.skip, portal, reason="no", by=by),
            lambda by=by: act(world, onboarding.move, portal, on=date(2026, 3, 20), at=None, by=by),
            lambda by=by: act(world, onboarding.reassign, portal, to=by, by=by),
            lambda by=by: act(world, onboarding.cancel, shown.id, by=by),
        ):
            with pytest.raises(Refused, match="Only Dana Park"):
                attempt()
    act(world, onboarding.reassign, portal, to="U0AE")
    assert act(world, onboarding.finish, portal, by="U0AE").step.state == TaskState.DONE


def test_a_step_passes_only_to_our_people_and_they_get_the_plan(world: World) -> None:
    shown = start(world, GLOBEX)
    with pytest.raises(Refused, match="not a full member"):
        act(world, onboarding.reassign, number(world, "portal"), to="U0PARTNER")
    act(world, onboarding.reassign, number(world, "portal"), to="U0SA")
    act(world, onboarding.reassign, number(world, "training"), to="U0SA")
    assert [row.target for row in world.deliveries("onboarding_plan")] == ["U0PM", "U0SA"]
    assert view(world, shown.id).steps[1].owner.slack_id == "U0SA"  # type: ignore[union-attr]
    with world.store.read(HOME) as uow:
        person = uow.find(Person, slack_id="U0SA")
    assert person is not None and person.digest_due_at is not None


def test_a_moved_step_moves_the_end_and_the_meeting(world: World) -> None:
    start(world, GLOBEX)
    with pytest.raises(Refused, match="past"):
        act(world, onboarding.move, number(world, "kickoff"), on=date(2026, 3, 10), at=None)
    with pytest.raises(Refused, match="past"):
        act(world, onboarding.move, number(world, "kickoff"), on=date(2026, 3, 11), at=time(9))
    act(world, onboarding.move, number(world, "kickoff"), on=date(2026, 5, 4), at=time(15, 30))
    row = task(world, "kickoff")
    assert row.starts_at == datetime(2026, 5, 4, 19, 30, tzinfo=UTC)
    assert onboard.plans(world)[0].due_on == date(2026, 5, 4)
    act(world, onboarding.move, number(world, "kickoff"), on=date(2026, 5, 5), at=None)
    assert task(world, "kickoff").starts_at == datetime(2026, 5, 5, 19, 30, tzinfo=UTC)


def test_a_step_is_not_moved_to_the_end_of_the_calendar(world: World) -> None:
    start(world, GLOBEX)
    for at in (None, time(23, 59)):
        with pytest.raises(Refused, match="more than 10 years away"):
            act(world, onboarding.move, number(world, "kickoff"), on=date.max, at=at)


def test_a_change_edits_the_posted_card_and_sends_no_other(world: World) -> None:
    start(world, GLOBEX)
    with world.store.system() as session:
        posted = session.get(Delivery, world.deliveries("onboarding_plan")[0].id)
        assert posted is not None
        posted.state, posted.ts, posted.channel = "sent", "1.0", "D1"
    act(world, onboarding.finish, number(world, "portal"))
    act(world, onboarding.finish, number(world, "agreement"))
    [first, *edits] = world.deliveries("onboarding_plan")
    assert [edit.updates for edit in edits] == [first.id, first.id]


def test_the_calendar_file_is_the_kickoff(world: World) -> None:
    start(world, GLOBEX)
    onboard.change(world, GLOBEX, lambda uow, row: uow.add(
        PartnerContact(workspace_id=HOME, partner_id=row_id(row), name="Pia", email="pia@globex.example")
    ))  # fmt: skip
    with world.store.write(HOME) as uow:
        kickoff = number(world, "kickoff")
        for occasion in ("1", "1", "2"):
            onboarding.send_invite(uow, kickoff, actor="U0PM", now=world.clock.now(), occasion=occasion)
        with pytest.raises(Refused):
            onboarding.send_invite(uow, number(world, "portal"), actor="U0PM", now=world.clock.now(), occasion="3")
    [delivery, _] = world.deliveries("onboarding_file")
    with world.store.read(HOME) as uow:
        found = onboarding.invitation(uow, delivery, policy=world.policy)
    assert found is not None
    meeting = found.meeting
    assert (meeting.title, meeting.on, meeting.at, meeting.zone, meeting.minutes) == (
        "Kickoff with Globex Consulting", date(2026, 3, 13), time(10), "America/New_York", 45,
    )  # fmt: skip
    assert [guest.email for guest in meeting.guests] == ["pia@globex.example"]


def test_every_change_is_on_record(world: World) -> None:
    start(world, GLOBEX)
    act(world, onboarding.finish, number(world, "portal"), by="U0SM")
    act(world, onboarding.reassign, number(world, "training"), to="U0SA")
    with world.store.read(HOME) as uow:
        events = uow.list(Event, subject_kind=SubjectKind.ONBOARDING_TASK)
    assert [(each.actor, each.to_state, each.note) for each in events] == [
        ("U0SM", "done", ""), ("U0PM", "", "passed on to Sol Arch"),
    ]  # fmt: skip
