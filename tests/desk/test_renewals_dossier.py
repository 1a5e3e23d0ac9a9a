"""What is known of a term that ends: the dossier with what is missing said, and the list of a period."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bot.cards.renewal import dossier_card, ending_card
from bot.desk import renewals_dossier
from bot.desk.naming import person_view
from bot.desk.renewals_views import Ending
from bot.language.slots.periods import Period
from models.base import row_id
from models.partners import Opportunity, OpportunityPartner, Partner, PartnerContact, PartnerStatus, PartnerTarget
from models.store import Store, UnitOfWork
from tests.cards.readable import readable
from tests.desk.test_renewals import agreed_until, dossier, globex, tick, until
from tests.desk.world import HOME, World, build


@pytest.fixture
def world(store: Store) -> World:
    return build(store)


def ending(world: World, period: Period | None) -> Ending:
    with world.store.read(HOME) as uow:
        return renewals_dossier.ending(uow, period, person="U0PM", now=world.clock.now(), policy=world.policy)


def year(number: int) -> Period:
    return Period(date(number, 1, 1), date(number + 1, 1, 1), str(number))


def won(uow: UnitOfWork, number: int, amount: str | None, currency: str, on: date | None) -> None:
    account = globex(uow).id
    deal = uow.add(
        Opportunity(
            workspace_id=HOME, external_id=f"W{number}", account_id=1, name=f"W{number}",
            amount=Decimal(amount) if amount else None, currency=currency, stage="won", closed_on=on, is_won=True,
            type="net_new",
        )
    )  # fmt: skip
    uow.add(
        OpportunityPartner(
            workspace_id=HOME, opportunity_id=row_id(deal), partner_id=account or 0, role="sourced", status="confirmed"
        )
    )


def test_the_dossier_holds_what_is_recorded_and_says_what_is_not(world: World) -> None:
    agreed_until(world, date(2026, 5, 1))
    tick(world)
    world.say("[risk delay] the cutover slips")
    with world.store.write(HOME) as uow:
        won(uow, 1, "300000", "USD", date(2025, 8, 1))
        won(uow, 2, "40000", "EUR", date(2025, 9, 1))
        won(uow, 3, None, "USD", date(2025, 10, 1))
        won(uow, 4, "999999", "USD", date(2024, 10, 1))  # before the term
        won(uow, 5, "777777", "USD", None)
        number = row_id(globex(uow))
        uow.add(
            PartnerTarget(workspace_id=HOME, partner_id=number, period="2025", amount=Decimal(250_000), currency="USD")
        )
        uow.add(PartnerContact(workspace_id=HOME, partner_id=number, name="Pia Globex", role="exec"))
        globex(uow).exec_sponsor = "U0VP"
    found = dossier(world)
    assert found.won == (("USD", Decimal(300_000)), ("EUR", Decimal(40_000)))
    assert (found.won_count, found.unpriced) == (3, 1)
    assert (found.brought, found.elsewhere) == (Decimal(300_000), (("EUR", Decimal(40_000)),))
    assert [(quota.period, quota.percent) for quota in found.quotas] == [("2025", 120)]
    assert (found.health.risk_count, found.sponsor and found.sponsor.name) == (1, "Vera Petit")
    shown = readable(dossier_card(found))
    for words in (
        "# Renewal of Globex Consulting",
        "The agreement ends Fri 1 May 2026, in 51 days.",
        "Nothing decided · Gold · Dana Park",
        "Since Tue 1 Jul 2025",
        "- Value: USD 300,000 and EUR 40,000 won in 3 deals, 1 of them without an amount",
        "- Tier: USD 300,000 won in the last twelve months, short of Gold (USD 500,000); EUR 40,000 in other currencies"
        " not counted",
        "- 2025: 120 % of USD 250,000 (USD 300,000); EUR 40,000 in other currencies not counted",
        "- Commitments: none in this term",
        "Health: 1 open risk; they wrote today; no QBR is recorded as held.",
        "| the cutover slips",
        "People: our sponsor Vera Petit; theirs: Pia Globex (executive).",
        "1 deal is won without a recorded day, so not counted in any term.",
        "Next: read the dossier and decide whether to renew (due Fri 13 Mar 2026).",
        "[*Done: Read the dossier and decide whether to renew*] [Renewed…] [Terminated…] [Let it lapse]",
    ):
        assert words in shown, shown


def test_an_unknown_end_is_said_and_nothing_can_be_pressed(world: World) -> None:
    agreed_until(world, None, starts=None)
    shown = readable(dossier_card(dossier(world)))
    assert "Nobody recorded when the agreement ends." in shown
    assert "The start of the agreement is not recorded, so the figures cover the last twelve months." in shown
    assert "No quota is recorded for this term." in shown
    assert "Next: add the end of the agreement to the partner book (agreement: {ends: YYYY-MM-DD})." in shown
    assert "[" not in shown


def test_the_list_holds_the_terms_of_a_period_and_whose_end_is_unknown(world: World) -> None:
    agreed_until(world, date(2027, 12, 31))
    with world.store.write(HOME) as uow:
        uow.add(Partner(workspace_id=HOME, name="Initech", agreement_ends=date(2025, 12, 31), manager="U0SM"))
        uow.add(Partner(workspace_id=HOME, name="Umbrella"))
        uow.add(Partner(workspace_id=HOME, name="Gone", agreement_ends=date(2027, 1, 1), status=PartnerStatus.EXITED))
        reader = person_view(uow, "U0PM")
    assert [view.partner for view in ending(world, year(2027)).renewals] == ["Globex Consulting"]
    past = readable(ending_card(ending(world, year(2025)), reader))
    assert "# 1 agreement ending in 2025" in past
    assert "Initech: The agreement ended Wed 31 Dec 2025, 70 days ago, and nobody recorded what was decided" in past
    assert "[Initech]" in past
    assert "The end is not recorded for Umbrella. Add it to the partner book (agreement: {ends: YYYY-MM-DD})." in past
    nothing = readable(ending_card(ending(world, year(2031)), reader))
    assert nothing.startswith("No recorded agreement ends in 2031.")
    assert ending(world, None).renewals == ()
    until(world, date(2027, 9, 10))
    assert [view.state for view in ending(world, None).renewals] == ["upcoming"]
    assert [view.state for view in ending(world, year(2027)).renewals] == ["upcoming"], "named once"
