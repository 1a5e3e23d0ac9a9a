"""Deal registrations through the desk, on both databases: submitted, decided, late, protected, ended."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from bot.desk import registrations, registrations_agenda, registrations_find, registrations_protection
from bot.desk.agenda import Morning
from bot.errors import Choice, Refused
from bot.language.requests import Deal
from models.base import row_id
from models.deals import DealRegistration
from models.delivery import Delivery
from models.events import Event
from models.partners import Opportunity, Partner, Person
from models.states import RegistrationState as State
from models.store import Store
from tests.desk.deals import HOME, Deals, build


@pytest.fixture
def deals(store: Store) -> Deals:
    return build(store)


def test_a_small_deal_needs_the_partners_manager_alone(deals: Deals) -> None:
    number = deals.register(value="40000")
    assert deals.asked(number) == [("U0PM", "asked")]
    assert deals.sent("approval") == [("U0PM", f"approval:{deals.step(number).id}:U0PM")]
    assert deals.step(number).due_at == datetime(2026, 3, 13, 14, 0, tzinfo=UTC)  # two working days of nine hours
    view = deals.decide(number, "U0PM")
    assert (view.state, view.protected_until) == ("approved", date(2026, 6, 9))  # Gold: 90 days
    with deals.store.read(HOME) as uow:
        globex = uow.get(Partner, deals.partner("Globex"))
        assert globex is not None
        assert globex.status == "active"
    assert deals.sent("registration") == [("U0AE", f"registration:{number}:approved:1:U0AE")]


@pytest.mark.parametrize(
    ("value", "currency", "by", "chain"),
    [
        ("50000", "USD", "U0AE", ["U0PM"]),
        ("50000.01", "USD", "U0AE", ["U0PM", "U0SM"]),
        ("250000", "USD", "U0AE", ["U0PM", "U0SM"]),
        ("250001", "USD", "U0AE", ["U0PM", "U0SM", "U0OWN"]),
        ("10", "EUR", "U0AE", ["U0PM", "U0SM", "U0OWN"]),  # no rate on file: all the way up
        ("40000", "USD", "U0PM", ["U0SM"]),  # nobody approves their own
        ("250001", "USD", "U0PM", ["U0SM", "U0OWN"]),
        ("100000", "USD", "U0SM", ["U0PM", "U0VP"]),
    ],
)
def test_who_approves_by_value(deals: Deals, value: str, currency: str, by: str, chain: list[str]) -> None:
    number = deals.submit(deals.claim(value=value, currency=currency), by=by).id
    assert [approver for approver, _state in deals.asked(number)] == chain
    assert [state for _approver, state in deals.asked(number)] == ["asked", *["waiting"] * (len(chain) - 1)]
    assert ("no rate is on file" in deals.view(number).reason) == (currency == "EUR")


def test_they_are_asked_one_after_the_other_and_each_decides_once(deals: Deals) -> None:
    number = deals.register(value="300000")
    first = deals.step(number).id
    with pytest.raises(Refused, match="waits for Dana Park"):
        deals.decide(number, "U0PM2")
    deals.decide(number, "U0PM")
    assert [target for target, _key in deals.sent("approval")] == ["U0PM", "U0SM"]
    with pytest.raises(Refused, match="already approved by Dana Park"), deals.store.write(HOME) as uow:
        registrations.approve_step(uow, first or 0, actor="U0PM", now=deals.now, policy=deals.policy)
    deals.decide(number, "U0VP")  # somebody above the approver may
    assert deals.decide(number, "U0OWN").state == "approved"
    with pytest.raises(Refused, match="Nothing is to be decided"):
        deals.decide(number, "U0OWN")


def test_who_submitted_it_never_decides_even_from_above(deals: Deals) -> None:
    number = deals.submit(deals.claim(value="40000"), by="U0SM").id
    with pytest.raises(Refused, match="You submitted this"):
        deals.decide(number, "U0SM")
    assert deals.decide(number, "U0PM").state == "approved"


def test_rejected_it_is_over_and_returned_it_can_come_again(deals: Deals) -> None:
    lost, again = deals.register(account="Nile"), deals.register(account="Volga")
    assert deals.decide(lost, "U0PM", "rejected", "no budget").state == "rejected"
    back = deals.decide(again, "U0PM", "returned", "which products?")
    assert (back.state, back.neutral) == ("returned", "We need a little more from you before we can decide on Volga.")
    with pytest.raises(Refused, match="only one that was returned"):
        deals.submit(deals.claim(account="Nile"), number=lost)
    deals.pass_time(hours=5)
    view = deals.submit(deals.claim(account="Volga", value="60000", products=("ERP",)), number=again)
    assert (view.id, view.state, view.value, view.products) == (again, "pending_approval", Decimal(60000), ("ERP",))
    assert [(s.approver.slack_id, s.state) for s in view.steps] == [("U0PM", "asked"), ("U0SM", "waiting")]
    deals.decide(again, "U0PM")
    deals.decide(again, "U0SM")
    keys = [key for _target, key in deals.sent("registration") if key.startswith(f"registration:{again}:")]
    assert keys == [f"registration:{again}:returned:1:U0AE", f"registration:{again}:approved:2:U0AE",
                    f"registration:{again}:approved:2:U0PM"]  # fmt: skip


def test_an_approver_is_warned_then_the_next_manager_is_asked(deals: Deals) -> None:
    number = deals.register()
    deals.post()
    deals.pass_time(hours=23, minutes=59)
    assert deals.fire() == 0
    deals.pass_time(minutes=1)
    assert deals.fire() == 1
    assert deals.fire() == 0
    assert [key[-8:] for _target, key in deals.sent("approval")][1:] == [":warning"]
    deals.post()
    deals.pass_time(days=1)
    assert deals.fire() == 1
    assert deals.asked(number) == [("U0SM", "asked")]
    assert deals.edits("approval") == ["U0PM", "U0PM"]  # both of Dana's cards say who has it now
    assert deals.sent("approval")[-1][0] == "U0SM"
    assert deals.step(number).why == "Dana Park has not decided in 2 working days"
    with pytest.raises(Refused, match="waits for Sam Ortiz"):
        deals.decide(number, "U0PM")
    assert deals.decide(number, "U0SM").state == "approved"


def test_at_the_top_it_stays_and_one_person_is_not_asked_twice(deals: Deals) -> None:
    number = deals.register(value="100000")  # Dana, then Sam
    deals.pass_time(days=2)
    deals.fire()  # Dana's step climbs to Sam
    view = deals.decide(number, "U0SM")
    assert view.state == "approved"
    assert [state for _who, state in deals.asked(number)] == ["approved", "cancelled"]
    other = deals.submit(deals.claim(account="Nile"), by="U0VP").id
    for _ in range(20):
        deals.pass_time(days=2)
        deals.fire()
    assert deals.asked(other) == [("U0OWN", "asked")]  # past Vera, who submitted it; nobody stands above Olga


def test_protection_ends_with_its_last_local_day(deals: Deals) -> None:
    number = deals.register()
    deals.decide(number, "U0PM")
    end = datetime(2026, 6, 10, 4, 0, tzinfo=UTC)  # midnight in New York, in summer time
    deals.clock.set(end - timedelta(seconds=1))
    assert (deals.fire(), deals.view(number).state) == (0, "approved")
    deals.clock.set(end)
    assert (deals.fire(), deals.view(number).state) == (1, "expired")
    assert {target for target, key in deals.sent("registration") if ":expired:" in key} == {"U0AE", "U0PM"}
    with deals.store.read(HOME) as uow:
        told = [row.not_before for row in uow.list(Delivery, card="registration") if ":expired:" in row.key]
    assert told == [datetime(2026, 6, 10, 13, 0, tzinfo=UTC)] * 2  # not at midnight
    assert deals.register() != number  # a new one is allowed


def test_an_extension_needs_activity_and_there_are_two(deals: Deals) -> None:
    number = deals.register()
    deals.decide(number, "U0PM")

    def extend() -> date | None:
        with deals.store.write(HOME) as uow:
            plan = registrations_protection.plan_extension(
                uow, number, actor="U0PM", now=deals.now, policy=deals.policy
            )
            params = {"number": str(number), "count": str(plan.count)}
            view = registrations_protection.extend(uow, params, actor="U0PM", now=deals.now, policy=deals.policy)
            with pytest.raises(Refused, match=r"meanwhile|already"):
                registrations_protection.extend(uow, params, actor="U0PM", now=deals.now, policy=deals.policy)
            return view.protected_until

    def touch(kind: str, days_ago: int = 0) -> None:
        with deals.store.write(HOME) as uow:
            registrations_protection.touch(
                uow, number, kind, at=deals.now - timedelta(days=days_ago), actor="U0AE", now=deals.now
            )

    for kind, days_ago in (("demo", 0), ("training", 0), ("demo", 30)):
        touch(kind, days_ago)
    with pytest.raises(Refused, match="needs 2 qualified activities in the last 30 days; 1 on record"):
        extend()
    touch("customer meeting", 29)
    assert extend() == date(2026, 7, 9)
    assert extend() == date(2026, 8, 8)
    with pytest.raises(Refused, match="extended 2 times already"):
        extend()
    with pytest.raises(Refused, match="has not come yet"):
        touch("demo", -1)
    with pytest.raises(Refused, match="more than 10 years away"):
        touch("demo", 700_000)
    deals.clock.set(datetime(2026, 8, 9, 4, 0, tzinfo=UTC))
    assert (deals.fire(), deals.view(number).state) == (1, "expired")


@pytest.mark.parametrize(("is_won", "state"), [(True, "converted"), (False, "lost")])
def test_the_linked_deal_closes_it(deals: Deals, is_won: bool, state: str) -> None:
    number = deals.register(account="Umbrella", type="expansion")
    deals.decide(number, "U0PM")
    with deals.store.write(HOME) as uow:
        deal = uow.add(
            Opportunity(
                workspace_id=HOME, external_id="OPP-2", account_id=deals.row(number).account_id or 0, name="Big one"
            )
        )
        registrations.link(uow, number, row_id(deal), actor="U0PM", now=deals.now, policy=deals.policy)
        with pytest.raises(Refused, match="another account"):
            registrations.link(uow, number, 1, actor="U0PM", now=deals.now, policy=deals.policy)
    assert deals.fire() == 0
    with deals.store.write(HOME) as uow:
        (uow.get(Opportunity, deal.id) or deal).is_won = is_won
    assert (deals.fire(), deals.view(number).state, deals.fire()) == (1, state, 0)


def test_one_open_registration_for_a_partner_and_account(deals: Deals) -> None:
    deals.register(products=("ERP",))
    with pytest.raises(Refused, match="registered BigCo already"):
        deals.register(account=" bigco ")
    assert deals.register(products=("Payroll",))


@pytest.mark.parametrize(
    ("account", "more", "rule"),
    [("Umbrella", {}, "C4"), ("BigCo", {"partner": "Hooli"}, "C8")],
)
def test_what_lacks_something_goes_back_at_once(deals: Deals, account: str, more: dict[str, str], rule: str) -> None:
    with deals.store.write(HOME) as uow:
        uow.add(Partner(workspace_id=HOME, name="Hooli", manager="U0PM", status="onboarding"))
    number = deals.register(account=account, **more)
    view = deals.view(number)
    assert (view.state, view.rule, view.steps) == ("returned", rule, ())
    assert [target for target, _key in deals.sent("registration")] == ["U0PM"]  # Alex, who submitted it, saw it


def test_a_name_that_fits_nothing_says_so_and_several_get_a_picker(deals: Deals) -> None:
    first, second = deals.register(), deals.register(account="Nile")
    approve = Deal("approve", name="Globex")
    with deals.store.read(HOME) as uow:
        states = [State.PENDING_APPROVAL]
        with pytest.raises(Choice) as picker:
            registrations_find.pick(uow, approve, states, actor="U0PM")
        assert picker.value.requests == (f"approve deal #{second}", f"approve deal #{first}")
        assert registrations_find.pick(uow, Deal("approve", name="nile"), states, actor="U0PM") == second
        with pytest.raises(Refused, match="no deal registration of Initech that is pending approval"):
            registrations_find.pick(uow, Deal("approve", name="Initech"), states, actor="U0PM")
        with pytest.raises(Refused, match="I know no partner or account"):
            registrations_find.pick(uow, Deal("approve", name="Umbrela Corp"), states, actor="U0PM")
        with pytest.raises(Refused, match="for you that is"):
            registrations_find.pick(uow, Deal("approve"), states, actor="U0VP")


def test_the_morning_names_the_end_of_protection_at_30_14_and_3_days(deals: Deals) -> None:
    number = deals.register()
    deals.decide(number, "U0PM")  # protected to Tuesday 9 June
    named = []
    day, previous = date(2026, 4, 30), date(2026, 4, 29)
    with deals.store.read(HOME) as uow:
        while day <= date(2026, 6, 9):
            if day.weekday() < 5:
                morning = Morning("U0PM", day, previous)
                found = registrations_agenda.agenda(uow, morning, policy=deals.policy, limit=5)
                named += [(day, item.request) for item in found.items]
                previous = day
            day += timedelta(days=1)
        quiet = Morning("U0PM", date(2026, 6, 9), date(2026, 6, 8), frozenset({("dealregistration", number)}))
        assert not registrations_agenda.agenda(uow, quiet, policy=deals.policy, limit=5).items
        other = Morning("U0PM2", date(2026, 6, 9), date(2026, 6, 8))
        assert not registrations_agenda.agenda(uow, other, policy=deals.policy, limit=5).items
    # 10 May is a Sunday: it is said on Monday; 26 May, 5 June (Saturday 6 is three days before) and the day itself.
    assert [each for each, _request in named] == [
        date(2026, 5, 11),
        date(2026, 5, 26),
        date(2026, 6, 8),
        date(2026, 6, 9),
    ]
    assert {request for _day, request in named} == {f"extend deal #{number}"}


def test_what_waits_for_a_decision_is_theirs_alone(deals: Deals) -> None:
    number = deals.register(value="300000")
    today = date(2026, 3, 11)
    with deals.store.read(HOME) as uow:
        [item] = registrations_agenda.decisions(uow, Morning("U0PM", today, today))
        assert (item.title, item.partner, item.due_on, item.request) == (
            f"Approve or reject BigCo (#{number}), USD 300,000", "Globex", date(2026, 3, 13), f"deal #{number}",
        )  # fmt: skip
        assert registrations_agenda.decisions(uow, Morning("U0SM", today, today)) == ()


def test_the_digest_leaves_out_an_approval_on_the_days_its_own_message_comes(deals: Deals) -> None:
    """Asked on Wednesday, warned on Thursday: only Friday's digest is the first word of that day."""
    deals.register()
    deals.post()
    wednesday, thursday, friday = (date(2026, 3, day) for day in (11, 12, 13))
    with deals.store.read(HOME) as uow:
        sent = [Morning("U0PM", day, day, is_sent=True) for day in (wednesday, thursday, friday)]
        assert [len(registrations_agenda.decisions(uow, each)) for each in sent] == [0, 0, 1]
        assert len(registrations_agenda.decisions(uow, Morning("U0PM", thursday, thursday))) == 1, "asked for"
    deals.pass_time(days=1)
    deals.fire()
    deals.post()
    with deals.store.read(HOME) as uow:
        assert [len(registrations_agenda.decisions(uow, each)) for each in sent] == [0, 0, 1], "the warning was sent"


def test_nobody_who_could_approve_is_said_before_anything_is_stored(deals: Deals) -> None:
    with deals.store.write(HOME) as uow:
        for person in uow.list(Person):
            person.is_deleted = person.slack_id != "U0AE"
    with pytest.raises(Refused, match="Nobody in the partner book could approve this"):
        deals.register()
    with deals.store.read(HOME) as uow:
        assert not uow.list(DealRegistration)
        assert not uow.list(Event)
