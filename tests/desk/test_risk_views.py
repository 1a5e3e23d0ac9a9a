"""What a risk is told with: only deals that can still be lost."""

from __future__ import annotations

from datetime import date

import pytest

from bot.desk.recipients import being
from bot.desk.risk_views import view_of
from models.partners import Opportunity
from models.risks import Risk
from models.store import Store
from tests.desk.world import HOME, START, build


@pytest.mark.parametrize(
    "over",
    [{"is_won": True}, {"is_won": False}, {"closed_on": date(2026, 3, 1)}, {"stage": "Closed Won"}],
    ids=["won", "lost", "closed", "by its stage"],
)
def test_a_deal_that_is_over_is_not_threatened(store: Store, over: dict[str, object]) -> None:
    world = build(store)
    world.say("[risk delay] the cutover slips")

    def threatened() -> list[str]:
        with store.read(HOME) as uow:
            return [deal.name for deal in view_of(uow, uow.list(Risk)[0], now=START).deals]

    [name] = threatened()
    with store.write(HOME) as uow:
        deal = uow.find(Opportunity, name=name)
        assert deal is not None
        for column, value in over.items():
            setattr(deal, column, value)
    assert threatened() == []


def test_roles_are_said_as_people_say_them() -> None:
    assert [being(role) for role in ("ops", "marketing", "vp", "ae", "owner", "senior_manager")] == [
        "in operations", "in marketing", "a VP", "an account executive", "an owner", "a senior manager",
    ]  # fmt: skip
