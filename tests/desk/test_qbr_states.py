"""Business reviews in any order of clicks and ticks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.desk import qbr_asked, qbrs
from bot.desk.actions import Agreed
from bot.desk.qbr_periods import named
from bot.desk.qbr_views import view_of
from bot.errors import Refused
from models.base import row_id
from models.calendar import Qbr
from models.events import Event
from models.partners import Partner
from models.states import IllegalTransition
from models.store import Store
from tests.desk.test_qbrs import TODAY, agenda, gold, tick
from tests.desk.world import HOME, World, build

steps = st.sampled_from(["tick", "day", "month", "schedule", "move", "hold", "close", "skip", "store"])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, max_size=16), st.integers(0, 10_000))
def test_no_order_of_clicks_and_ticks_loses_a_review_or_breaks_a_rule(
    fresh: World, order: list[str], seed: int
) -> None:
    """Whatever is done: at most one open review, every state change allowed, every clock to come, and each morning
    names it at most once."""
    world = fresh
    with world.store.write(HOME) as uow:
        name = f"Partner {seed} {len(uow.list(Partner))}"
        uow.add(Partner(workspace_id=HOME, name=name, manager="U0PM", tier="gold", agreement_starts=TODAY))
        number = row_id(uow.find(Partner, name=name))
    tick(world)
    for step in order:
        try:
            act(world, number, step)
        except IllegalTransition as error:
            raise AssertionError(step) from error
        except Refused:
            pass
        with world.store.read(HOME) as uow:
            mine = uow.list(Qbr, partner_id=number)
            open_ones = [row for row in mine if row.closed_at is None]
            assert len(open_ones) == 1
            assert len({(row.covers_from, row.covers_to) for row in mine}) == len(mine)
            assert all(row.next_at is None for row in mine if row.closed_at is not None)
            for row in mine:
                last = uow.list(Event, subject_kind="qbr", subject_id=row_id(row))
                assert [event.to_state for event in last if event.to_state][-1] == row.state
                assert view_of(uow, row, now=world.clock.now()).partner == name
        items = [item for item in agenda(world).items if item.partner == name]
        assert len(items) <= 1


def act(world: World, number: int, step: str) -> None:
    now = world.clock.now()
    if step in ("day", "month"):
        world.pass_time(days=1 if step == "day" else 31)
        return
    if step == "tick":
        tick(world)
        with world.store.read(HOME) as uow:
            assert all(row.next_at is None or row.next_at > now for row in uow.list(Qbr, partner_id=number))
        return
    with world.store.write(HOME) as uow:
        partner = uow.get(Partner, number)
        assert partner is not None
        row = next(row for row in uow.list(Qbr, partner_id=number) if row.closed_at is None)
        said: dict[str, Any] = {"actor": "U0PM", "now": now, "policy": world.policy}
        if step in ("schedule", "move"):
            day = now.date() + timedelta(days=3 if step == "schedule" else 40)
            qbrs.schedule(uow, qbrs.plan_schedule(uow, partner, None, day, None, attendees=(), **said).params, **said)
        elif step == "hold":
            qbrs.hold(uow, row_id(row), held_on=now.date() - timedelta(days=1), attendees=(), notes="", **said)
        elif step == "close":
            action = Agreed("Send it", owner="U0PM", due_on=now.date() + timedelta(days=9))
            qbrs.close(uow, row_id(row), agreed=[action], next_on=now.date() + timedelta(days=90), **said)
        elif step == "skip":
            qbrs.skip(uow, row_id(row), reason="moved", **said)
        else:
            found = qbr_asked.asked(uow, partner, named(row.covers_from, row.covers_to, 1), **said)
            qbrs.store_pack(uow, row_id(row), found.pack, **said)


@pytest.fixture
def fresh(sqlite_url: str) -> Iterator[World]:
    store = Store(sqlite_url)
    made = build(store)
    gold(made)
    yield made
    store.dispose()
