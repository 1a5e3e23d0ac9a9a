"""Cards and forms of deal registrations: what they say, to whom, and that Slack takes them whatever was typed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.cards import limits
from bot.cards.registration import registration_card, registrations_card, result_card, submission_lines
from bot.cards.registration_approval import approval_card
from bot.cards.registration_conflict import conflict_card
from bot.cards.registration_forms import appeal_form, reason_form, registration_form, touch_form, verdict_form
from bot.desk import registrations, registrations_views
from models.store import Store
from sandbox.blocks import validate_view
from tests.cards.readable import readable, words
from tests.desk.deals import HOME, Deals, build

APPROVAL = """\
# Approval: deal #1, Globex, BigCo
Next: approve it, reject it or return it by <Fri 13 Mar 14:00>. After that your manager is asked.
Partner: Globex, Gold tier
Account: BigCo (not in the partner book), US
Value: USD 60,000, net new, no close date given
Products: ERP
Contact: Ann Lee, CFO
Referee: No other claim on BigCo stands against it.
To tell Globex: We have your registration of BigCo and are deciding on it.
[*Approve*] [Reject] [Return]
~ You get this because you manage Globex and approve up to USD 50,000. Approvals come whatever your digest says. · \
policy 2026-11-20"""
HOSTILE = "<!channel> *Big* <@U0PM|boss> &amp; `rm`\u202e " + "x" * 190


@pytest.fixture
def deals(sqlite_url: str) -> Iterator[Deals]:
    store = Store(sqlite_url)
    yield build(store)
    store.dispose()


def test_the_approvers_card(deals: Deals) -> None:
    number = deals.register(value="60000", products=("ERP",), contact="Ann Lee, CFO", region="US")
    with deals.store.read(HOME) as uow:
        view = registrations_views.approval(uow, deals.step(number).id or 0, now=deals.now)
        assert view is not None
    assert readable(approval_card(view, "U0PM")) == APPROVAL
    passed_on = readable(approval_card(view, "U0SM"))
    assert "Passed on: Dana Park has to decide now" in passed_on
    assert "[" not in passed_on


def test_who_decides_for_a_late_approver_is_not_given_their_role(deals: Deals) -> None:
    number = deals.register()
    deals.pass_time(days=4)
    deals.fire()  # Dana's step climbs to Sam
    asked = readable(registration_card(deals.view(number), "U0PM"))
    assert "partner manager asked" in asked
    assert "partner manager was late" in asked
    assert "Sam Ortiz asked for the partner manager" in asked
    deals.decide(number, "U0SM")
    card = readable(registration_card(deals.view(number), "U0PM"))
    assert "Sam Ortiz (for the partner manager): approved" in card
    assert "approved for the partner manager by Sam Ortiz" in card
    own = deals.submit(deals.claim(account="Nile"), by="U0PM").id  # nobody approves what they submitted
    deals.decide(own, "U0SM")
    assert "Sam Ortiz (for the partner manager): approved" in readable(registration_card(deals.view(own), "U0PM"))
    plain = deals.register(account="Nile Europe Partners")
    deals.decide(plain, "U0PM")
    assert "Dana Park (partner manager): approved" in readable(registration_card(deals.view(plain), "U0PM"))


def test_a_rival_is_named_in_private_only(deals: Deals) -> None:
    deals.register()
    deals.pass_time(minutes=1)
    number = deals.register("Initech")
    view = deals.view(number)
    assert "Globex submitted BigCo earlier" in readable(registration_card(view, "U0PM2", private=True))
    for card in (registration_card(view, "U0PM2"), registration_card(view, "U0AE")):
        assert "Globex" not in readable(card) + card.text
        assert "To tell Initech: We cannot confirm BigCo yet" in readable(card)
    with deals.store.read(HOME) as uow:
        case = registrations_views.case_view(uow, deals.case(number).id or 0, now=deals.now)
        assert case is not None
    owner, other = readable(conflict_card(case, "U0PM2")), readable(conflict_card(case, "U0PM"))
    assert "[Triage] [*Decide*]" in owner
    assert "[Triage]\n" in other
    assert "You get this because you look after Globex." in other


def test_a_confirmation_says_what_happens_and_names_no_rival_in_a_channel(deals: Deals) -> None:
    deals.register()
    with deals.store.read(HOME) as uow:
        plan = registrations.plan(
            uow, deals.claim("Initech", value="60000"), actor="U0AE", now=deals.now, policy=deals.policy
        )
    assert submission_lines(plan, private=False) == [
        "Register BigCo, USD 60,000, for Initech?",
        "BigCo is not in the partner book; it is registered by that name. Type: net new."
        " Not given: products, a contact, a close date.",
        "The referee will open a conflict case (rule C2): We cannot confirm BigCo yet: we are checking it against what"
        " we already have for this account.",
    ]
    assert "Globex submitted BigCo earlier" in submission_lines(plan, private=True)[2]


def test_hostile_words_stay_words(deals: Deals) -> None:
    number = deals.register(
        account=HOSTILE, contact=HOSTILE, customer_choice=HOSTILE, products=tuple(f"{n} {HOSTILE}" for n in range(20))
    )
    view = deals.view(number)
    deals.decide(number, "U0PM", "returned", HOSTILE * 3)
    for card in (
        registration_card(view, "U0PM", private=True),
        result_card(deals.view(number), "U0AE"),
        registrations_card(registrations_views_lines(deals, number)),
    ):
        readable(card)
        assert "<!" not in card.text
        assert "<@" not in card.text
        kinds = {node["type"] for node in words(card.blocks) if "type" in node}
        assert "mrkdwn" not in kinds
        assert not any("\u202e" in str(node.get("text", "")) for node in words(card.blocks))


def registrations_views_lines(deals: Deals, number: int) -> tuple[registrations_views.RegistrationLine, ...]:
    with deals.store.read(HOME) as uow:
        return registrations_views.lines(uow, [deals.row(number)] * 60)


def test_slack_takes_every_form(deals: Deals) -> None:
    given = deals.claim(account=HOSTILE, contact="c" * 600).params() | {"number": "7"}
    partners = [(number, f"Partner {number} {HOSTILE}") for number in range(1, 101)]
    forms = [
        registration_form(partners, {}, "USD"),
        registration_form(partners, given, "USD"),
        registration_form([*partners, (101, "One more")], {"partner_id": "101"}, "USD"),
        *(reason_form(verdict, HOSTILE, 123456) for verdict in ("rejected", "returned", "withdrawn")),
        touch_form(HOSTILE, 123456, HOSTILE * 4, deals.now.date()),
        verdict_form(HOSTILE, 123456, with_co_sell=True),
        verdict_form(HOSTILE, 123456, with_co_sell=False),
        appeal_form(HOSTILE, 123456),
    ]
    for form in forms:
        assert validate_view(limits.view(form)) == []
    typed = next(block for block in forms[2]["blocks"] if block["block_id"] == "partner")
    assert typed["element"]["initial_value"] == "One more"
    assert len(str(forms[7])) > len(str(forms[8]))
