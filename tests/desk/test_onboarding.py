"""Starting an onboarding: who is meant, what the plan is, and what is asked again."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.business_time import add_working_days
from bot.desk import gaps, onboarding_plan
from bot.desk.lookup import Ambiguous
from bot.errors import Refused
from bot.policy import load_policy
from models.partners import Account, Partner, PartnerType, Person
from models.store import Store
from tests.desk import onboard
from tests.desk.onboard import PLANNED, act, planned, start
from tests.desk.world import HOME, START, World, build

GLOBEX = "Globex Consulting"


@pytest.fixture
def world(store: Store) -> World:
    return build(store)


def meant(world: World, name: str) -> onboarding_plan.Meant:
    with world.store.read(HOME) as uow:
        return onboarding_plan.meant(uow, name, policy=world.policy)


def test_the_plan_follows_the_template_in_working_days_of_the_owner(world: World) -> None:
    shown = start(world, GLOBEX)
    assert [step.key for step in shown.steps] == PLANNED
    due = {step.key: step.due_on for step in shown.steps}
    assert due["portal"] == date(2026, 3, 13)
    assert due["agreement"] == date(2026, 3, 16), "the weekend does not count"
    assert due["checkpoint"] == shown.due_on == date(2026, 4, 9)
    kickoff = shown.steps[2]
    assert kickoff.starts_at == datetime(2026, 3, 13, 14, 0, tzinfo=UTC), "10:00 in New York"
    assert shown.steps[7].waits_for == ("Partner agreement signed", "Joint account list")
    assert {step.owner.slack_id for step in shown.steps if step.owner} == {"U0PM"}
    assert onboard.partner(world).tier == "Gold"


def test_a_step_for_others_is_left_out_and_what_waited_for_it_waits_for_what_it_waited_for(world: World) -> None:
    steps = world.policy.onboarding.steps
    between = [each.model_copy(update={"after": ("plan",)}) if each.key == "checkpoint" else each for each in steps]
    template = world.policy.onboarding.model_copy(update={"steps": tuple(between)})
    world.policy = world.policy.model_copy(update={"onboarding": template})
    shown = start(world, GLOBEX, tier="Silver", kind=PartnerType.REFERRAL)
    assert [step.key for step in shown.steps] == [key for key in PLANNED if key not in ("certification", "plan")]
    assert shown.steps[-1].waits_for == ("Joint account list",)


def test_the_kickoff_keeps_its_wall_clock_over_a_clock_change(world: World) -> None:
    world.clock.set(datetime(2026, 3, 6, 15, 0, tzinfo=UTC))  # Friday; New York's clocks change on Sunday
    assert start(world, GLOBEX).steps[2].starts_at == datetime(2026, 3, 10, 14, 0, tzinfo=UTC)


def test_two_kickoffs_of_one_owner_are_not_at_the_same_hour(world: World) -> None:
    first, second = start(world, GLOBEX), start(world, "Umbrella Systems")
    assert first.steps[2].starts_at == datetime(2026, 3, 13, 14, 0, tzinfo=UTC)
    assert second.steps[2].starts_at == datetime(2026, 3, 16, 14, 0, tzinfo=UTC), "the next working day"
    assert start(world, "Hooli", by="U0SM").steps[2].due_on == date(2026, 3, 13), "somebody else's day is free"


@pytest.mark.parametrize(
    ("ends", "asked"), [(None, True), (date(2026, 3, 10), True), (date(2026, 3, 11), False)],
)  # fmt: skip
def test_who_has_an_agreement_in_force_is_not_asked_to_sign_one(world: World, ends: date | None, asked: bool) -> None:
    onboard.change(world, GLOBEX, lambda _, partner: setattr(partner, "agreement_ends", ends))
    assert planned(world, GLOBEX).is_agreed is not asked
    keys = [step.key for step in start(world, GLOBEX).steps]
    assert keys == (PLANNED if asked else PLANNED[1:])


def test_public_holidays_do_not_count() -> None:
    hours = load_policy().hours
    wednesday = date(2026, 11, 25)
    assert add_working_days(wednesday, 1, "America/New_York", hours) == date(2026, 11, 27)
    assert add_working_days(wednesday, 1, "Europe/London", hours) == date(2026, 11, 26)
    assert add_working_days(date(2026, 11, 26), 0, "America/New_York", hours) == date(2026, 11, 27)


def test_an_unknown_name_becomes_a_partner_of_whoever_asked(world: World) -> None:
    shown = start(world, "Umbrella Systems", kind=PartnerType.MSP, by="U0SM")
    made = onboard.partner(world, "Umbrella Systems")
    assert (made.type, made.tier, made.manager, made.status) == ("msp", "Gold", "U0SM", "onboarding")
    assert made.created_at == START
    assert shown.owner is not None and shown.owner.slack_id == "U0SM"
    assert onboard.history(world, "Umbrella Systems") == [("", "recruiting"), ("recruiting", "onboarding")]


def test_a_customer_is_made_a_partner_and_stays_a_customer(world: World) -> None:
    assert meant(world, "acme") == onboarding_plan.Meant("Acme Corp", is_account=True)
    assert planned(world, "acme").is_account
    start(world, "acme")
    assert onboard.partner(world, "Acme Corp").status == "onboarding"
    with world.store.read(HOME) as uow:
        assert uow.find(Account, name="Acme Corp") is not None


@pytest.mark.parametrize(
    ("typed", "alike"),
    [
        ("Globx Consulting", (GLOBEX,)),
        ("Globexx", (GLOBEX,)),
        ("Globex Cloud", (GLOBEX,)),
        ("Acme Crop", ("Acme Corp",)),
        ("Umbrella", ()),
    ],
)
def test_a_slip_of_the_finger_is_asked_about(world: World, typed: str, alike: tuple[str, ...]) -> None:
    assert meant(world, typed).alike == alike


def test_two_that_fit_are_asked_about(world: World) -> None:
    with world.store.write(HOME) as uow:
        uow.add(Partner(workspace_id=HOME, name="Umbrella Consulting"))
        uow.add(Partner(workspace_id=HOME, name="Umbrella Partners"))
    with pytest.raises(Ambiguous):
        meant(world, "umbrella")


@pytest.mark.parametrize("name", ["", "  ", "!!", "x" * 81, "<@U0PM>"])
def test_what_is_no_name_is_refused(world: World, name: str) -> None:
    with pytest.raises(Refused):
        meant(world, name)


def test_the_same_new_partner_asked_for_twice_is_one(world: World) -> None:
    first, second = planned(world, "Umbrella"), planned(world, "UMBRELLA.")
    act(world, onboarding_plan.start, first.params)
    with pytest.raises(Refused, match="meanwhile"):
        act(world, onboarding_plan.start, second.params)
    with world.store.read(HOME) as uow:
        assert len([row for row in uow.list(Partner) if row.name.casefold().startswith("umbrella")]) == 1


def test_one_plan_at_a_time(world: World) -> None:
    again = planned(world, GLOBEX)
    start(world, GLOBEX)
    assert meant(world, "globex").plan_id == onboard.plans(world)[0].id
    with pytest.raises(Refused, match="started meanwhile"):
        act(world, onboarding_plan.start, again.params)
    assert len(onboard.plans(world)) == 1


def test_only_operators_start_one(world: World) -> None:
    params = planned(world, GLOBEX).params
    for by in ("U0NEW", "U0AE", "U0PARTNER"):
        with pytest.raises(Refused):
            planned(world, GLOBEX, by=by)
        with pytest.raises(Refused):
            act(world, onboarding_plan.start, params, by=by)
    assert not onboard.plans(world)


def test_a_manager_who_left_is_followed_by_whoever_asks(world: World) -> None:
    with world.store.write(HOME) as uow:
        gone = uow.find(Person, slack_id="U0PM")
        assert gone is not None
        gone.is_deleted = True
    plan = planned(world, GLOBEX, by="U0SM")
    assert plan.becomes_manager
    act(world, onboarding_plan.start, plan.params, by="U0SM")
    assert onboard.partner(world).manager == "U0SM"


def test_a_new_manager_meanwhile_is_asked_about_again(world: World) -> None:
    plan = planned(world, GLOBEX)
    onboard.change(world, GLOBEX, lambda _, row: setattr(row, "manager", "U0SM"))
    with pytest.raises(Refused, match="another manager"):
        act(world, onboarding_plan.start, plan.params)


def test_the_gaps_stand_on_the_plan(world: World) -> None:
    assert gaps.GapKind.SPONSOR in [gap.kind for gap in start(world, GLOBEX).gaps]
