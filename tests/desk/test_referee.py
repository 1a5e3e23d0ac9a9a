"""The referee: each rule alone, their order, and what holds for any facts."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.desk.referee import Claim, Company, DirectDeal, Facts, Outcome, Standing, judge
from bot.desk.registrations_alike import likeness

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
TODAY = NOON.date()
RIVALS = ("Initech", "Hooli", "Vandelay")


def claim(number: int, partner: int, company: str = "BigCo", *, minutes: int = 0, **more: object) -> Claim:
    name = "Globex" if partner == 0 else RIVALS[partner - 1]
    at = NOON + timedelta(minutes=minutes)
    return Claim(number, partner, name, Company(company), at, **more)  # type: ignore[arg-type]  # what a test leaves open


def facts(mine: Claim, *others: Claim, **more: object) -> Facts:
    return Facts(mine, TODAY, mine.submitted_at.date(), others=others, **more)  # type: ignore[arg-type]  # likewise


MINE = claim(9, 0, minutes=30)
APPROVED = claim(1, 1, standing=Standing.APPROVED, approved_at=NOON, protected_until=TODAY)
EARLIER = claim(2, 2)


def test_nothing_against_it_goes_to_the_approvers() -> None:
    ruling = judge(facts(MINE))
    assert (ruling.rule, ruling.outcome, ruling.opens_case) == ("C0", Outcome.APPROVE_PATH, False)


def test_an_approved_and_protected_registration_stands_on_its_last_day_and_not_after() -> None:
    ruling = judge(facts(MINE, APPROVED))
    assert (ruling.rule, ruling.outcome, ruling.against) == ("C1", Outcome.REJECT, 1)
    assert "Initech" in ruling.reason
    assert judge(replace(facts(MINE, APPROVED), today=TODAY + timedelta(days=1))).rule == "C0"


def test_the_first_complete_submission_wins_by_the_second() -> None:
    ruling = judge(facts(MINE, EARLIER))
    assert (ruling.rule, ruling.outcome, ruling.against) == ("C2", Outcome.QUEUE, 2)
    assert judge(facts(MINE, replace(EARLIER, standing=Standing.RETURNED))).rule == "C0"
    tie = replace(EARLIER, submitted_at=MINE.submitted_at)
    assert judge(facts(MINE, tie)).rule == "C2"  # the smaller number was stored first
    assert judge(facts(MINE, replace(tie, id=10))).rule == "C0"


def test_a_customer_meeting_before_the_submission_keeps_our_own_deal_direct() -> None:
    met = DirectDeal(7, "BigCo ERP", TODAY - timedelta(days=1))
    ruling = judge(facts(MINE, direct=[met]))
    assert (ruling.rule, ruling.outcome, ruling.direct) == ("C3", Outcome.CONFLICT, 7)
    assert judge(facts(MINE, direct=[replace(met, met_customer_on=TODAY)])).rule == "C0"
    assert judge(facts(MINE, direct=[replace(met, met_customer_on=None)])).rule == "C0"


def test_a_customer_is_not_net_new() -> None:
    since = date(2025, 1, 1)
    assert judge(facts(MINE, customer_since=since)).outcome == Outcome.RETURN
    assert judge(facts(replace(MINE, is_net_new=False), customer_since=since)).rule == "C0"


def test_other_products_go_on_beside_each_other() -> None:
    mine = replace(MINE, products=frozenset({"Payroll"}))
    ruling = judge(facts(mine, replace(APPROVED, products=frozenset({"ERP"}))))
    assert (ruling.rule, ruling.outcome, ruling.rivals) == ("C5", Outcome.APPROVE_PATH, (1,))
    assert judge(facts(mine, replace(APPROVED, products=frozenset({"payroll ", "ERP"})))).rule == "C1"
    assert judge(facts(mine, APPROVED)).rule == "C1"  # nobody said which products: it may be any


def test_another_territory_is_returned_and_says_whose_it_is() -> None:
    ruling = judge(facts(replace(MINE, region="EMEA"), regions=["US"], territory=["Initech"]))
    assert (ruling.rule, ruling.outcome) == ("C6", Outcome.RETURN)
    assert "Initech" in ruling.reason
    assert judge(facts(replace(MINE, region="us "), regions=["US"])).rule == "C0"


@pytest.mark.parametrize(
    ("mine", "theirs", "rule"),
    [
        (Company("BigCo Industries"), Company("BigCo Industrie AG"), "C2"),
        (Company("Northwind Traders"), Company("Northwynd Trader"), "C7"),
        (Company("Contoso Retail"), Company("Contoso Railway"), "C7"),
        (Company("Northwind", parent="Tailspin"), Company("Tailspin Inc"), "C7"),
        (Company("Northwind"), Company("Fabrikam"), "C0"),
        (Company("Northwind", "a.example"), Company("Northwind", "b.example"), "C7"),
        (Company("Northwind", "a.example"), Company("Fabrikam", "A.example"), "C2"),
        (Company("Northwind", account_id=1), Company("Northwind Traders", account_id=1), "C2"),
        (Company("Contoso Retail", account_id=1), Company("Contoso Railway", account_id=2), "C0"),
    ],
)
def test_who_is_the_same_company_and_who_is_for_a_person_to_say(mine: Company, theirs: Company, rule: str) -> None:
    ruling = judge(facts(replace(MINE, company=mine), replace(EARLIER, company=theirs)))
    assert ruling.rule == rule, likeness(mine.name, theirs.name)
    assert ruling.outcome == {"C2": Outcome.QUEUE, "C7": Outcome.HUMAN, "C0": Outcome.APPROVE_PATH}[rule]


def test_a_name_nearly_in_the_book_is_for_a_person() -> None:
    assert judge(facts(MINE, known=[Company("BigCorp", account_id=4)])).rule == "C7"
    assert judge(facts(MINE, known=[Company("Fabrikam", account_id=4)])).rule == "C0"


@pytest.mark.parametrize("status", ["prospect", "recruiting", "onboarding", "at_risk_review", "offboarding", "exited"])
def test_only_an_enabled_partner_registers(status: str) -> None:
    assert (judge(facts(MINE, status=status)).rule, judge(facts(MINE, status=status)).outcome) == ("C8", Outcome.RETURN)


def test_a_lapsed_agreement_returns_it_the_day_after_its_end() -> None:
    assert judge(facts(MINE, agreement_ends=TODAY)).rule == "C0"
    assert judge(facts(MINE, agreement_ends=TODAY - timedelta(days=1))).rule == "C8"


def test_the_customers_written_choice_sets_earlier_claims_aside_and_nothing_else() -> None:
    mine = replace(MINE, customer_choice="mail of 9 March")
    ruling = judge(facts(mine, APPROVED, EARLIER))
    assert (ruling.rule, ruling.outcome, ruling.through) == ("C9", Outcome.APPROVE_PATH, "senior_manager")
    assert ruling.rivals == (1, 2)
    assert ruling.opens_case
    assert judge(facts(mine, APPROVED, customer_since=date(2025, 1, 1))).rule == "C4"
    assert judge(facts(mine, APPROVED, status="exited")).rule == "C8"
    assert judge(facts(mine)).rule == "C0"


def test_the_rules_are_asked_in_their_order() -> None:
    worst = facts(
        replace(MINE, region="EMEA"), APPROVED, EARLIER, claim(3, 3, "BigCorp"),
        direct=[DirectDeal(7, "BigCo ERP", TODAY - timedelta(days=9))], customer_since=date(2025, 1, 1),
        regions=["US"], status="exited",
    )  # fmt: skip
    order = []
    while (ruling := judge(worst)).rule != "C0":
        order.append(ruling.rule)
        worst = replace(worst, **_without(worst, ruling.rule))  # type: ignore[arg-type]  # one field each
    assert order == ["C1", "C2", "C3", "C4", "C6", "C7", "C8"]


def _without(now: Facts, rule: str) -> dict[str, object]:
    others = tuple(each for each in now.others if each.id != {"C1": 1, "C2": 2, "C7": 3}.get(rule))
    cured: dict[str, dict[str, object]] = {
        "C3": {"direct": ()}, "C4": {"customer_since": None}, "C6": {"regions": ()}, "C8": {"status": "active"},
    }  # fmt: skip
    return cured.get(rule, {"others": others})


NAMES = st.sampled_from(["BigCo", "BigCo Inc.", "Bigco", "BigCorp", "BigCo Industries", "Fabrikam", "Northwind"])
PRODUCTS = st.frozensets(st.sampled_from(["ERP", "erp", "Payroll"]), max_size=2)


@st.composite
def claims(draw: st.DrawFn, number: int) -> Claim:
    standing = draw(st.sampled_from(list(Standing)))
    approved = NOON if standing == Standing.APPROVED else None
    return Claim(
        number,
        draw(st.integers(0, 3)),
        "",
        Company(draw(NAMES)),
        NOON + timedelta(minutes=draw(st.integers(-2, 2))),
        draw(PRODUCTS),
        standing,
        approved,
        TODAY + timedelta(days=draw(st.integers(-1, 1))) if approved else None,
        customer_choice=draw(st.sampled_from(["", "mail"])),
    )


@st.composite
def situations(draw: st.DrawFn) -> Facts:
    count = draw(st.integers(0, 5))
    others = [draw(claims(number)) for number in range(1, count + 1)]
    others = [replace(each, partner=f"Partner{each.partner_id}") for each in others]
    mine = replace(draw(claims(50)), partner_id=0, partner="Globex", standing=Standing.SUBMITTED)
    direct = [DirectDeal(n, f"D{n}", TODAY - timedelta(days=draw(st.integers(-1, 2)))) for n in range(2)]
    return Facts(
        mine, TODAY, mine.submitted_at.date(), others, direct if draw(st.booleans()) else (),
        status=draw(st.sampled_from(["active", "enabled", "onboarding"])),
        customer_since=draw(st.sampled_from([None, date(2025, 1, 1)])),
    )  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(situations(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(now: Facts, chance: random.Random) -> None:
    shuffled, direct = list(now.others), list(now.direct)
    chance.shuffle(shuffled)
    chance.shuffle(direct)
    assert judge(replace(now, others=shuffled, direct=direct)) == judge(now)


@settings(max_examples=150, deadline=None)
@given(situations())
def test_what_the_partner_is_told_never_names_a_rival(now: Facts) -> None:
    told = judge(now).neutral
    assert not any(f"Partner{n}" in told for n in range(1, 4))
    assert "partner" not in told.lower()


@settings(max_examples=100, deadline=None)
@given(st.lists(claims(0), min_size=2, max_size=4))
def test_of_claims_on_one_deal_exactly_the_first_goes_on(drawn: list[Claim]) -> None:
    same = [
        replace(each, id=n, partner_id=n, partner=f"Partner{n}", company=Company("BigCo"), products=frozenset(),
                standing=Standing.SUBMITTED, approved_at=None, protected_until=None, customer_choice="")
        for n, each in enumerate(drawn, 1)
    ]  # fmt: skip
    first = min(same, key=lambda each: (each.submitted_at, each.id))
    for order in permutations(same):
        for mine in order:
            ruling = judge(facts(mine, *(each for each in order if each is not mine)))
            assert (ruling.rule == "C0") == (mine is first)
            assert ruling.against == (None if mine is first else first.id)
