"""Starting onboardings in tests, and looking at what came of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

from bot.desk import onboarding_agenda, onboarding_plan, onboarding_views
from bot.desk.agenda import Agenda, Morning, quiet_items
from bot.desk.onboarding_views import OnboardingView
from models.base import row_id
from models.calendar import OnboardingPlan, OnboardingTask
from models.events import Event
from models.partners import Partner, PartnerType
from models.risks import SubjectKind
from models.store import UnitOfWork
from tests.desk.world import HOME, World

T = TypeVar("T")
PLANNED = [
    "agreement",
    "portal",
    "kickoff",
    "training",
    "certification",
    "accounts",
    "plan",
    "registration",
    "checkpoint",
]


def act(world: World, use_case: Callable[..., T], *args: object, by: str = "U0PM", **kwargs: object) -> T:
    """The use case in a unit of its own."""
    with world.store.write(HOME) as uow:
        return use_case(uow, *args, actor=by, now=world.clock.now(), policy=world.policy, **kwargs)


def planned(
    world: World, name: str, *, tier: str = "Gold", kind: PartnerType = PartnerType.SI, by: str = "U0PM"
) -> onboarding_plan.Plan:
    with world.store.read(HOME) as uow:
        who = onboarding_plan.meant(uow, name, policy=world.policy)
        return onboarding_plan.plan(uow, who, tier, kind, actor=by, now=world.clock.now(), policy=world.policy)


def start(
    world: World, name: str, *, tier: str = "Gold", kind: PartnerType = PartnerType.SI, by: str = "U0PM"
) -> OnboardingView:
    return act(world, onboarding_plan.start, planned(world, name, tier=tier, kind=kind, by=by).params, by=by)


def view(world: World, plan_id: int) -> OnboardingView:
    with world.store.read(HOME) as uow:
        found = onboarding_views.view(uow, plan_id, now=world.clock.now(), policy=world.policy)
    assert found is not None
    return found


def task(world: World, key: str) -> OnboardingTask:
    """That step of the newest plan."""
    with world.store.read(HOME) as uow:
        return uow.list(OnboardingTask, key=key)[-1]


def number(world: World, key: str) -> int:
    return row_id(task(world, key))


def partner(world: World, name: str = "Globex Consulting") -> Partner:
    with world.store.read(HOME) as uow:
        row = uow.find(Partner, name=name)
    assert row is not None
    return row


def plans(world: World) -> Sequence[OnboardingPlan]:
    with world.store.read(HOME) as uow:
        return uow.list(OnboardingPlan)


def history(world: World, name: str = "Globex Consulting") -> list[tuple[str, str]]:
    """Every status the partner went through."""
    with world.store.read(HOME) as uow:
        row = uow.find(Partner, name=name)
        events = uow.list(Event, subject_kind=SubjectKind.PARTNER, subject_id=row_id(row))
        return [(each.from_state, each.to_state) for each in events if each.to_state]


def status(world: World, partner_status: str, name: str = "Globex Consulting") -> None:
    """As the book would have it."""
    with world.store.write(HOME) as uow:
        row = uow.find(Partner, name=name)
        assert row is not None
        row.status = partner_status


def morning(world: World, day: date, previous: date, *, person: str = "U0PM", limit: int = 20) -> Agenda:
    with world.store.read(HOME) as uow:
        quiet = quiet_items(uow, person, world.clock.now())
        seen = Morning(person, day, previous, quiet)
        return onboarding_agenda.agenda(uow, seen, policy=world.policy, limit=limit)


def change(world: World, name: str, make: Callable[[UnitOfWork, Partner], object]) -> None:
    with world.store.write(HOME) as uow:
        row = uow.find(Partner, name=name)
        assert row is not None
        make(uow, row)
