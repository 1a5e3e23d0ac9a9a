"""What an onboarding puts before people in the morning, and that no order of clicks breaks it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from time import thread_time

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from bot.desk import onboarding, onboarding_plan
from bot.desk.agenda import AgendaItem
from bot.errors import Refused
from models.base import row_id
from models.calendar import OnboardingPlan, OnboardingTask, Quiet
from models.partners import Partner, PartnerStatus, Person
from models.risks import SubjectKind
from models.states import OnboardingState, TaskState
from models.store import Store
from tests.databases import NewStore
from tests.desk import onboard
from tests.desk.onboard import PLANNED, act, number, planned, start, view
from tests.desk.world import HOME, START, World, build

GLOBEX = "Globex Consulting"


@pytest.fixture
def world(store: Store) -> World:
    return build(store)


def keys(world: World, day: date, **options: object) -> list[str]:
    previous = day - timedelta(days=3 if day.weekday() == 0 else 1)
    agenda = onboard.morning(world, day, previous, **options)  # type: ignore[arg-type]
    with world.store.read(HOME) as uow:
        every = uow.list(OnboardingTask)
    return [row.key for item in agenda.items for row in every if _names(item, row)]


def _names(item: AgendaItem, row: OnboardingTask) -> bool:
    """Whether this line of the morning is about that step, alone or with others that are late."""
    if item.kind == SubjectKind.ONBOARDING_PLAN:
        return row.plan_id == item.id and row.title in item.title
    return row.id == item.id


def test_the_morning_names_what_is_due_late_or_near_but_not_what_waits(world: World) -> None:
    start(world, GLOBEX)  # agreement due 16 March, portal and kickoff 13 March; everything else waits
    assert keys(world, date(2026, 3, 12)) == ["portal", "kickoff"], "a day before"
    assert keys(world, date(2026, 3, 13)) == ["portal", "kickoff", "agreement"], "today; three days before"
    assert keys(world, date(2026, 3, 16)) == ["portal", "kickoff", "agreement"], "late; today"
    late = keys(world, date(2026, 3, 18))
    assert sorted(late) == ["agreement", "kickoff", "portal"], "training waits for the kickoff"
    act(world, onboarding.finish, number(world, "portal"))
    act(world, onboarding.finish, number(world, "kickoff"))
    assert keys(world, date(2026, 3, 18)) == ["agreement", "training"], "seven days before"
    assert keys(world, date(2026, 3, 19)) == ["agreement"], "and not every day"
    with world.store.read(HOME) as uow:
        late = [row.key for row in uow.list(OnboardingTask, state="open") if row.due_on < date(2026, 4, 7)]
    assert "registration" in late, "it waits for others"
    [line] = onboard.morning(world, date(2026, 4, 7), date(2026, 4, 6)).items
    assert f"{len(late)} steps are late" in line.title, "late, whatever they wait for"


def test_a_quiet_item_is_quiet_for_one_person_only(world: World) -> None:
    start(world, GLOBEX)
    act(world, onboarding.reassign, number(world, "portal"), to="U0SA")
    with world.store.write(HOME) as uow:
        uow.add(
            Quiet(workspace_id=HOME, person="U0SA", subject_kind="onboardingtask", subject_id=number(world, "portal"))
        )
    day = date(2026, 3, 13)
    assert keys(world, day, person="U0SA") == []
    act(world, onboarding.reassign, number(world, "portal"), to="U0PM")
    assert "portal" in keys(world, day)


def test_what_somebody_who_left_had_is_the_managers(world: World) -> None:
    start(world, GLOBEX)
    act(world, onboarding.reassign, number(world, "portal"), to="U0SA")
    assert keys(world, date(2026, 3, 12)) == ["kickoff"]
    with world.store.write(HOME) as uow:
        gone = uow.find(Person, slack_id="U0SA")
        assert gone is not None
        gone.is_deleted = True
    assert keys(world, date(2026, 3, 12)) == ["portal", "kickoff"]


def test_the_morning_is_bounded_and_a_cancelled_plan_is_silent(world: World) -> None:
    shown = start(world, GLOBEX)
    agenda = onboard.morning(world, date(2026, 3, 12), date(2026, 3, 11), limit=1)
    assert (len(agenda.items), agenda.more) == (1, 1)
    assert agenda.items[0].request == 'onboarding of "Globex Consulting"'
    act(world, onboarding.cancel, shown.id)
    assert keys(world, date(2026, 4, 30)) == []


def test_what_is_late_of_a_plan_is_one_line_that_can_be_kept_quiet_at_once(world: World) -> None:
    shown = start(world, GLOBEX)
    day = date(2026, 4, 30)
    [line] = onboard.morning(world, day, day - timedelta(days=1)).items
    assert (line.kind, line.id, line.due_on) == (SubjectKind.ONBOARDING_PLAN, shown.id, date(2026, 3, 13))
    assert line.title == "Onboarding: 9 steps are late: Portal access, Kickoff, Partner agreement signed, 6 more"
    with world.store.write(HOME) as uow:
        uow.add(Quiet(workspace_id=HOME, person="U0PM", subject_kind=line.kind, subject_id=line.id))
    assert onboard.morning(world, day, day - timedelta(days=1)).items == ()


def test_a_morning_with_thousands_of_steps_is_quick(sqlite_url: str) -> None:
    world = build(Store(sqlite_url))
    starts_on, count = date(2026, 3, 2), 500
    with world.store.write(HOME) as uow:
        partners = [Partner(workspace_id=HOME, name=f"Partner {n}", manager="U0PM") for n in range(count)]
        uow.session.add_all(partners)
        uow.session.flush()
        plans = [
            OnboardingPlan(
                workspace_id=HOME, partner_id=row_id(row), owner="U0PM", state="running", starts_on=starts_on,
                due_on=starts_on, started_at=START,
            )
            for row in partners
        ]  # fmt: skip
        uow.session.add_all(plans)
        uow.session.flush()
        uow.session.add_all(
            OnboardingTask(
                workspace_id=HOME, plan_id=row_id(plan), partner_id=plan.partner_id, place=place, key=key, title=key,
                owner="U0PM", state="open", due_on=starts_on + timedelta(days=place), depends_on=PLANNED[:place][-1:],
            )
            for plan in plans for place, key in enumerate(PLANNED)
        )  # fmt: skip
    onboard.morning(world, date(2026, 3, 12), date(2026, 3, 11))  # the first one prepares the statements
    before = thread_time()
    agenda = onboard.morning(world, date(2026, 3, 12), date(2026, 3, 11))
    spent = thread_time() - before
    assert (len(agenda.items), agenda.more) == (20, count - 20)
    assert spent < 0.1, f"{spent * 1000:.0f} ms"
    world.store.dispose()


class Onboarding(RuleBasedStateMachine):
    """One partner, any order of clicks: nothing illegal, nothing lost, one open plan, a status that fits."""

    world: World
    keys = st.sampled_from(PLANNED)

    def _try(self, use_case: Callable[..., object], *args: object, **kwargs: object) -> None:
        with suppress(Refused):
            act(self.world, use_case, *args, by="U0PM", **kwargs)

    @rule()
    def start(self) -> None:
        self._try(onboarding_plan.start, planned(self.world, GLOBEX).params)

    @precondition(lambda self: bool(onboard.plans(self.world)))
    @rule(key=keys, how=st.sampled_from(["finish", "skip", "reopen", "move", "reassign"]))
    def step(self, key: str, how: str) -> None:
        said: dict[str, dict[str, object]] = {
            "skip": {"reason": "no"}, "move": {"on": date(2026, 6, 1), "at": None}, "reassign": {"to": "U0SA"},
        }  # fmt: skip
        more = said.get(how, {})
        self._try(getattr(onboarding, how), number(self.world, key), **more)

    @precondition(lambda self: bool(onboard.plans(self.world)))
    @rule()
    def everything(self) -> None:
        with self.world.store.write(HOME) as uow:
            for step in uow.list(OnboardingTask, plan_id=onboard.plans(self.world)[-1].id, state=TaskState.OPEN):
                try:
                    onboarding.finish(
                        uow, row_id(step), actor="U0PM", now=self.world.clock.now(), policy=self.world.policy
                    )
                except Refused:
                    break

    @precondition(lambda self: bool(onboard.plans(self.world)))
    @rule()
    def cancel(self) -> None:
        self._try(onboarding.cancel, onboard.plans(self.world)[-1].id)

    @rule()
    def time_passes(self) -> None:
        self.world.pass_time(hours=30)

    @invariant()
    def holds(self) -> None:
        plans = onboard.plans(self.world)
        running = [plan for plan in plans if plan.state == OnboardingState.RUNNING]
        assert len(running) <= 1
        assert all((plan.closed_at is None) == (plan in running) for plan in plans)
        status = onboard.partner(self.world).status
        was_enabled = any(
            plan.state == OnboardingState.DONE for plan in plans
        )  # and stays so while it is onboarded anew
        assert (status == "onboarding") == bool(running) or (status == "enabled" and was_enabled)
        assert status in ("recruiting", "onboarding", "enabled")
        for plan in plans:
            shown = view(self.world, row_id(plan))
            assert len(shown.steps) == len(PLANNED)
            assert (plan.state == OnboardingState.DONE) == (
                not any(step.is_open for step in shown.steps) and plan.state != OnboardingState.CANCELLED
            )
        targets = [row.target for row in self.world.deliveries("onboarding_plan") if row.updates is None]
        assert len(targets) <= 2 * len(plans)


def test_no_order_of_clicks_breaks_it(new_store: NewStore) -> None:
    class OnAStore(Onboarding):
        def __init__(self) -> None:
            super().__init__()
            self.opened = new_store()
            self.world = build(self.opened.__enter__())
            onboard.status(self.world, PartnerStatus.RECRUITING)

        def teardown(self) -> None:
            self.opened.__exit__(None, None, None)

    run_state_machine_as_test(OnAStore, settings=settings(max_examples=5, stateful_step_count=10, deadline=None))
