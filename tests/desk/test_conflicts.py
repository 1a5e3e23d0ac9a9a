"""Two claims on one deal: cases, their clock, decisions, appeals, and what waits behind an earlier claim."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.desk import conflicts, registrations, registrations_review
from bot.desk.registrations_views import CaseView
from bot.errors import Refused
from models.delivery import Delivery
from models.partners import OpportunityPartner, Partner
from models.store import Store
from tests.desk.deals import HOME, Deals, build


@pytest.fixture
def deals(store: Store) -> Deals:
    return build(store)


def two(deals: Deals) -> tuple[int, int]:
    """Globex claims BigCo, Initech a minute later."""
    first = deals.register()
    deals.pass_time(minutes=1)
    return first, deals.register("Initech")


def decide(deals: Deals, case: int, verdict: str, by: str, words: str = "looked at both") -> CaseView:
    with deals.store.write(HOME) as uow:
        return conflicts.decide(uow, case, verdict, words, actor=by, now=deals.now, policy=deals.policy)


def withdraw(deals: Deals, number: int) -> None:
    with deals.store.write(HOME) as uow:
        registrations.withdraw(uow, {"number": str(number)}, actor="U0AE", now=deals.now, policy=deals.policy)


def test_the_later_claim_waits_in_a_case_and_both_managers_are_told_privately(deals: Deals) -> None:
    first, second = two(deals)
    view, case = deals.view(second), deals.case(second)
    assert (deals.view(first).state, view.state, view.rule, view.case) == (
        "pending_approval", "under_review", "C2", case.id,
    )  # fmt: skip
    assert (case.state, case.owner, case.against) == ("open", "U0PM2", first)
    assert [target for target, _key in deals.sent("conflict")] == ["U0PM", "U0PM2"]
    assert "Globex" in view.reason
    assert "Globex" not in view.neutral
    assert deals.asked(second) == []


def test_when_the_first_falls_away_the_one_that_waited_goes_on(deals: Deals) -> None:
    first, second = two(deals)
    withdraw(deals, first)
    assert deals.case(second).state == "closed"
    assert (deals.view(second).state, deals.view(second).rule) == ("pending_approval", "C0")
    assert deals.asked(second) == [("U0PM2", "asked")]


def test_when_the_first_is_approved_its_protection_stands_against_the_other(deals: Deals) -> None:
    first, second = two(deals)
    deals.decide(first, "U0PM")
    view = deals.view(second)
    assert (view.state, view.rule) == ("under_review", "C1")
    assert "approved registration" in view.reason
    deals.clock.set(datetime(2026, 6, 10, 4, 0, tzinfo=UTC))
    deals.fire()  # the protection ends; the case that was never decided ends with it
    assert (deals.view(first).state, deals.view(second).state) == ("expired", "pending_approval")


def test_the_clock_brings_in_the_managers_above_one_by_one(deals: Deals) -> None:
    _first, second = two(deals)
    number = deals.case(second).id or 0
    told = []
    for hours in (24, 24, 24, 24):
        deals.pass_time(hours=hours)
        deals.fire()
        told.append([target for target, _key in deals.sent("conflict")][2:])
    assert told == [["U0SM2"], ["U0SM2", "U0VP"], ["U0SM2", "U0VP", "U0OWN"], ["U0SM2", "U0VP", "U0OWN"]]
    with deals.store.read(HOME) as uow:
        [late] = [row.not_before for row in uow.list(Delivery, card="conflict", target="U0OWN")]
    assert late == datetime(2026, 3, 16, 13, 0, tzinfo=UTC)  # Saturday in New York: Monday morning
    assert deals.case(second).next_at is None
    assert decide(deals, number, "reject", "U0VP").state == "decided"


def test_done_in_time_the_next_stage_counts(deals: Deals) -> None:
    _first, second = two(deals)
    number, opened = deals.case(second).id or 0, deals.now
    with deals.store.write(HOME) as uow:
        conflicts.triage(uow, number, actor="U0PM2", now=deals.now, policy=deals.policy)
        with pytest.raises(Refused, match="is triaged"):
            conflicts.triage(uow, number, actor="U0PM", now=deals.now, policy=deals.policy)
    assert (deals.case(second).next_at or opened) - opened == timedelta(hours=48)
    with deals.store.write(HOME) as uow:
        conflicts.investigate(uow, number, actor="U0PM2", now=deals.now, policy=deals.policy)
    assert (deals.case(second).next_at or opened) - opened == timedelta(hours=72)
    deals.pass_time(hours=71)
    deals.fire()
    assert [target for target, _key in deals.sent("conflict")] == ["U0PM", "U0PM2"]


def test_a_decision_waits_for_the_other_side_or_a_day(deals: Deals) -> None:
    _first, second = two(deals)
    number = deals.case(second).id or 0
    with pytest.raises(Refused, match="is Ravi Rao's"):
        decide(deals, number, "through", "U0PM")
    assert decide(deals, number, "reject", "U0PM2").state == "decided"
    assert deals.view(second).state == "under_review"
    with pytest.raises(Refused, match="Only the other side"), deals.store.write(HOME) as uow:
        conflicts.accept(uow, number, actor="U0PM2", now=deals.now, policy=deals.policy)
    deals.pass_time(hours=24)
    deals.fire()
    view = deals.view(second)
    assert (view.state, deals.case(second).state) == ("rejected", "closed")
    assert view.neutral == "We cannot register BigCo for you."


def test_agreed_it_takes_effect_at_once_and_an_override_needs_a_senior_manager(deals: Deals) -> None:
    first, second = two(deals)
    number = deals.case(second).id or 0
    decide(deals, number, "through", "U0PM2")
    with deals.store.write(HOME) as uow:
        conflicts.accept(uow, number, actor="U0PM", now=deals.now, policy=deals.policy)
    assert deals.asked(second) == [("U0PM2", "asked"), ("U0SM2", "waiting")]
    deals.decide(first, "U0PM")  # approved meanwhile: people have decided, so it opens no second case
    assert (deals.view(second).case, deals.decide(second, "U0PM2").state) == (0, "pending_approval")
    assert deals.decide(second, "U0SM2").state == "approved"


def test_an_appeal_goes_above_and_what_they_say_is_final(deals: Deals) -> None:
    _first, second = two(deals)
    number = deals.case(second).id or 0
    decide(deals, number, "through", "U0PM2")
    with deals.store.write(HOME) as uow:
        conflicts.appeal(uow, number, "we were first", actor="U0PM", now=deals.now, policy=deals.policy)
    assert deals.sent("conflict")[-1][0] == "U0SM2"
    with pytest.raises(Refused, match="somebody above the owner"):
        decide(deals, number, "through", "U0PM2")
    assert decide(deals, number, "reject", "U0SM2").state == "closed"
    assert deals.view(second).state == "rejected"
    with pytest.raises(Refused, match="is closed"):
        decide(deals, number, "through", "U0PM2")


def test_with_one_manager_for_both_there_is_nobody_to_appeal(deals: Deals) -> None:
    with deals.store.write(HOME) as uow:
        [initech] = uow.list(Partner, name="Initech")
        initech.manager = "U0PM"
    _first, second = two(deals)
    assert [target for target, _key in deals.sent("conflict")] == ["U0PM"]
    assert decide(deals, deals.case(second).id or 0, "return", "U0PM").state == "closed"
    assert deals.view(second).state == "returned"


def test_a_direct_deal_is_kept_and_co_sell_offered(deals: Deals) -> None:
    number = deals.register(account="Acme Corp")
    case = deals.case(number)
    assert (deals.view(number).rule, case.opportunity_id, case.owner) == ("C3", 1, "U0PM")
    assert sorted(target for target, _key in deals.sent("conflict")) == ["U0AE", "U0PM"]
    decide(deals, case.id or 0, "co_sell", "U0PM")
    with deals.store.write(HOME) as uow:
        conflicts.accept(uow, case.id or 0, actor="U0AE", now=deals.now, policy=deals.policy)
        [attached] = uow.list(OpportunityPartner)
    assert (attached.role, attached.opportunity_id) == ("co_sell", 1)
    assert deals.view(number).state == "rejected"


def test_a_customers_choice_goes_to_the_senior_manager_and_takes_the_other_back(deals: Deals) -> None:
    first, second = two(deals)
    deals.decide(first, "U0PM")
    withdraw(deals, second)
    chosen = deals.register("Initech", customer_choice="mail of 9 March")
    assert (deals.view(chosen).rule, deals.asked(chosen)) == ("C9", [("U0PM2", "asked"), ("U0SM2", "waiting")])
    assert deals.case(chosen).rule == "C9"
    deals.decide(chosen, "U0PM2")
    assert deals.view(first).state == "approved"
    deals.decide(chosen, "U0SM2")
    assert (deals.view(chosen).state, deals.view(first).state) == ("approved", "revoked")
    assert deals.case(chosen).state == "closed"


def test_other_products_go_on_and_both_managers_are_told_once(deals: Deals) -> None:
    deals.register(products=("ERP",))
    other = deals.register("Initech", products=("Payroll",))
    assert (deals.view(other).rule, deals.view(other).state) == ("C5", "pending_approval")
    assert sorted(target for target, _key in deals.sent("notice")) == ["U0PM", "U0PM2"]


def test_a_name_that_is_alike_waits_for_a_person(deals: Deals) -> None:
    deals.register(account="Northwind Traders")
    number = deals.register("Initech", account="Northwynd Trader")
    assert (deals.view(number).rule, deals.view(number).state) == ("C7", "under_review")
    decide(deals, deals.case(number).id or 0, "through", "U0PM2")
    deals.pass_time(hours=24)
    deals.fire()
    assert deals.view(number).state == "pending_approval"


def test_an_open_case_keeps_an_approval_from_being_given(deals: Deals) -> None:
    """A claim with an earlier time comes in later (an import): what is being decided stops."""
    number = deals.register()
    earlier = deals.claim("Initech")
    with deals.store.write(HOME) as uow:
        row = registrations.submit_as(
            uow, earlier, external_id="csv-1", actor="U0AE", at=datetime(2026, 3, 10, tzinfo=UTC), now=deals.now,
            policy=deals.policy,
        )  # fmt: skip
        registrations_review.review(uow, row, actor="U0AE", now=deals.now, policy=deals.policy)
    assert deals.view(row.id or 0).state == "pending_approval"
    assert (deals.view(number).rule, deals.view(number).state) == ("C2", "pending_approval")
    with pytest.raises(Refused, match="has to be decided before"):
        deals.decide(number, "U0PM")
    withdraw(deals, row.id or 0)
    assert deals.decide(number, "U0PM").state == "approved"
