"""The portfolio: counted right, for oneself, a team or all; weekly for those who lead."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from bot.cards.card import Card
from bot.compose import compose
from bot.desk import digests, portfolio, standing
from bot.desk.portfolio import Numbers
from bot.errors import Refused
from models.base import row_id
from models.calendar import ActionItem, Qbr, Renewal
from models.deals import DealRegistration
from models.delivery import Delivery
from models.partners import Partner, Person
from models.risks import Commitment, Risk
from models.store import Store
from sandbox.blocks import validate
from tests.desk.test_digests import new_york
from tests.desk.world import HOME, START, World, build

TODAY = date(2026, 3, 11)


@pytest.fixture
def world(store: Store) -> World:
    """Globex of Dana's with one of everything, Initech of Olga's with one risk; Sam leads both, and nobody is quiet."""
    world = build(store)
    with store.write(HOME) as uow:
        uow.add(
            Person(
                workspace_id=HOME,
                slack_id="U0OLGA",
                team_id=HOME,
                name="Olga Reyes",
                roles=["partner_manager"],
                manager="U0SM",
            )
        )
        initech = uow.add(Partner(workspace_id=HOME, name="Initech", manager="U0OLGA"))
        uow.add(Partner(workspace_id=HOME, name="Quiet Ltd", manager="U0PM"))
        uow.add(Partner(workspace_id=HOME, name="Gone Ltd", manager="U0PM", status="exited"))
        uow.add(_risk(1))
        uow.add(_risk(row_id(initech)))
        asleep = uow.add(_risk(1))
        asleep.snoozed_until = START + timedelta(days=1)
        closed = uow.add(_risk(1))
        closed.closed_at = START
        for due in (TODAY - timedelta(days=1), TODAY):
            uow.add(
                Commitment(
                    workspace_id=HOME,
                    state="promised", partner_id=1, channel="C0JOINT", thread_ts="1.0", due_on=due, created_at=START,
                    updated_at=START,
                )
            )  # fmt: skip
            uow.add(
                ActionItem(
                    workspace_id=HOME,
                    subject_kind="qbr", subject_id=1, partner_id=1, what="x", owner="U0PM", state="open", due_on=due,
                    created_at=START,
                )
            )  # fmt: skip
        uow.add(
            Qbr(
                workspace_id=HOME,
                partner_id=1, label="Q4 2025", covers_from=date(2025, 10, 1), covers_to=date(2026, 1, 1),
                due_on=TODAY - timedelta(days=1), owner="U0PM", state="due",
            )
        )  # fmt: skip
        uow.add(
            Renewal(workspace_id=HOME, partner_id=1, ends_on=TODAY + timedelta(days=90), owner="U0PM", state="upcoming")
        )
        uow.add(
            Renewal(
                workspace_id=HOME, partner_id=2, ends_on=TODAY + timedelta(days=91), owner="U0OLGA", state="upcoming"
            )
        )
        uow.add(
            DealRegistration(
                workspace_id=HOME,
                external_id="R1", partner_id=1, account_name="BigCo", value=Decimal(100), currency="USD",
                state="under_review", submitted_at=START,
            )
        )  # fmt: skip
    return world


def _risk(partner: int) -> Risk:
    return Risk(
        workspace_id=HOME,
        kind="risk", category="delay", state="detected", channel="C0JOINT", thread_ts="1.0",
        partner_id=partner, first_seen_at=START, last_seen_at=START,
    )  # fmt: skip


def seen(world: World, who: str, scope: str = "") -> portfolio.PortfolioView:
    with world.store.read(HOME) as uow:
        return portfolio.asked(uow, who, scope, now=START)


def pulse(world: World, at: datetime) -> list[Delivery]:
    before = len(world.deliveries("portfolio"))
    with world.store.write(HOME) as uow:
        portfolio.plan_due(uow, now=at, policy=world.policy)
    return world.deliveries("portfolio")[before:]


def test_the_numbers_of_ones_own_partners_ones_team_and_all(world: World) -> None:
    mine = seen(world, "U0PM")
    assert (mine.scope, mine.managers, mine.quiet) == ("mine", (), 1)
    globex = Numbers(risks=1, late=2, qbrs=1, renewals=1, registrations=1)
    assert [(row.name, row.numbers) for row in mine.partners] == [("Globex Consulting", globex)]
    team = seen(world, "U0SM")
    assert team.scope == "team"
    assert [(row.name, row.numbers, row.partners) for row in team.managers] == [
        ("Dana Park", globex, 2), ("Olga Reyes", Numbers(risks=1), 1),
    ]  # fmt: skip
    assert team.total.numbers == globex + Numbers(risks=1)
    assert seen(world, "U0AE", "all").total.numbers == team.total.numbers
    assert seen(world, "U0AE").total.partners == 0
    with pytest.raises(Refused):
        seen(world, "U0PARTNER")


def test_a_loop_in_the_book_ends(world: World) -> None:
    with world.store.write(HOME) as uow:
        boss = uow.find(Person, slack_id="U0VP")
        assert boss is not None
        boss.manager = "U0SM"
    assert seen(world, "U0SM", "team").total.partners == 3


def test_once_a_week_to_those_who_lead_until_they_stop_it(world: World) -> None:
    assert pulse(world, START) == []
    assert pulse(world, new_york(16, 8, 29)) == []
    sent = pulse(world, new_york(16, 8, 30))
    assert sorted(each.key for each in sent) == ["portfolio:U0SM:2026-03-16", "portfolio:U0VP:2026-03-16"]
    assert pulse(world, new_york(16, 8, 30)) == pulse(world, new_york(20, 8, 30)) == []
    card = _card(world, sent[0])
    assert card is not None
    assert validate(card.blocks, "message") == []
    assert "3 open risks, 4 items late, 1 QBR overdue" in card.text
    assert "Dana Park" in card.text, "screen readers get the table, too"
    assert "/pm digest without portfolio stops it" in str(card.blocks)
    with world.store.write(HOME) as uow:
        digests.change(uow, "U0SM", content="without portfolio", now=new_york(17, 9), policy=world.policy)
        digests.change(uow, "U0VP", wants=False, now=new_york(17, 9), policy=world.policy)
    assert pulse(world, new_york(23, 8, 30)) == []


def _card(world: World, delivery: Delivery) -> Card | None:
    with world.store.read(HOME) as uow:
        return compose(uow, delivery, now=new_york(16, 8, 30), policy=world.policy)


def test_how_a_partner_and_an_account_stand(world: World) -> None:
    with world.store.read(HOME) as uow:
        globex = standing.of(uow, "globex", actor="U0PM", now=START, policy=world.policy)
        acme = standing.of(uow, "Acme", actor="U0PM", now=START, policy=world.policy)
    assert globex.partner is not None
    assert globex.account is None
    counts = globex.partner.counts
    assert (counts.risks, counts.commitments, counts.late, counts.actions) == (2, 2, 2, 2)
    assert (counts.registrations, counts.undecided) == ((("under_review", 1),), 1)
    assert globex.partner.renewal == TODAY + timedelta(days=90)
    assert "no executive sponsor" in globex.partner.gaps
    assert acme.partner is None
    assert acme.account is not None
    assert [deal.name for deal in acme.account.deals] == ["Acme ERP"]
    assert acme.account.partners == ("Globex Consulting",)
