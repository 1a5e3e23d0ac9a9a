"""The figures of a business review, worked out by hand; what is missing; the rows behind each."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from bot.cards import qbr_words
from bot.cards.qbr_canvas import canvas_markdown
from bot.desk import qbr_pack, qbr_pack_rows
from bot.desk.qbr_periods import named
from bot.desk.qbr_views import Pack
from bot.errors import Refused
from models.base import row_id
from models.calendar import ActionItem, OnboardingPlan, OnboardingTask
from models.partners import Opportunity, OpportunityPartner, PartnerContact, PartnerTarget
from models.risks import Ask, Evidence, Risk
from models.store import Store
from tests.desk.qbr_rows import (
    IN_NOVEMBER,
    JANUARY,
    NOVEMBER,
    OCTOBER,
    Q4,
    Books,
    agreed,
    counted,
    evidence,
    pack_of,
    promise,
)
from tests.desk.world import HOME, World, build


@pytest.fixture
def world(store: Store) -> World:
    return build(store)


def sums(pack: Pack, key: str) -> dict[str, Decimal]:
    return dict(pack.figure(key).sums)


def test_a_quarter_worked_out_by_hand(world: World) -> None:
    """240 of 200 thousand is 120 %; three new logos; two deals of 150 and 100 thousand are to close in Q1."""
    with world.store.write(HOME) as uow:
        books = Books(uow)
        globex = row_id(books.partner())
        uow.add(
            PartnerTarget(
                workspace_id=HOME, partner_id=globex, period="Q4 2026", amount=Decimal(200_000), currency="USD"
            )
        )
        uow.add(
            PartnerTarget(workspace_id=HOME, partner_id=globex, period="2026", amount=Decimal(960_000), currency="USD")
        )
        books.deal("Umbrella", 100_000, opened=OCTOBER, closed=NOVEMBER, won=True)
        books.deal("Stark", 90_000, role="co_sell", opened=OCTOBER, closed=NOVEMBER, won=True)
        books.account("Wayne", since=NOVEMBER)
        books.deal("Wayne", 50_000, type="expansion", opened=date(2026, 9, 1), closed=NOVEMBER, won=True)
        books.deal("Hooli", 30_000, type="renewal", closed=NOVEMBER, won=True)
        books.deal("Hooli", 70_000, role="influenced", closed=NOVEMBER, won=True)
        books.deal("Hooli", 10_000, opened=OCTOBER, closed=NOVEMBER, won=False)
        books.deal("Vandelay", 120_000, type="expansion", closed=date(2026, 3, 2), won=True)
        books.deal("Vandelay", 150_000, opened=OCTOBER, closes=date(2027, 2, 1))
        books.deal("Vandelay", 100_000, role="influenced", opened=NOVEMBER, closes=date(2027, 3, 31))
        books.deal("Vandelay", 999_000, opened=date(2027, 1, 1), closes=date(2027, 4, 1))
        books.deal("Pied Piper", 40_000, status="claimed", opened=OCTOBER)
        kept = books.registration(IN_NOVEMBER, "approved", 150_000)
        books.registration(IN_NOVEMBER, "rejected", 20_000)
        books.registration(datetime(2027, 1, 2, tzinfo=UTC), "submitted", 20_000)
    pack = pack_of(world)
    assert pack.quota is not None
    assert (pack.quota.won, pack.quota.percent, pack.quota.elsewhere) == (Decimal(240_000), 120, ())
    assert pack.year_quota is not None
    assert (pack.year_quota.won, pack.year_quota.percent) == (Decimal(360_000), 38)
    assert counted(pack) == {
        "won": 3, "wins": 5, "new_logos": 3, "lost": 1, "sourced": 3, "co_sell": 1, "influenced": 1, "unsettled": 1,
        "ahead": 2, "registrations": 2, "registrations_approved": 1, "registrations_rejected": 1,
    }  # fmt: skip
    assert sums(pack, "sourced") == {"USD": Decimal(260_000)}
    assert sums(pack, "co_sell") == {"USD": Decimal(90_000)}
    assert sums(pack, "influenced") == {"USD": Decimal(100_000)}
    assert sums(pack, "ahead") == {"USD": Decimal(250_000)}
    assert sums(pack, "registrations_approved") == {"USD": Decimal(150_000)}
    assert pack.figure("registrations_approved").rows[0].ids == (kept,)
    assert qbr_words.summary(pack) == "120 % to quota, 3 new logos, Q1 pipeline $250K"


def test_an_empty_book_says_what_is_missing(world: World) -> None:
    with world.store.write(HOME) as uow:
        Books(uow).partner("Umbrella Partners")
    pack = pack_of(world, "Umbrella Partners")
    assert counted(pack) == {}
    assert pack.quota is None
    assert pack.missing == (
        "No quota is recorded for Q4 2026: add it under targets in the partner book.",
        "No people at Umbrella Partners are recorded, so nothing is known of sellers and certificates.",
    )
    assert qbr_words.summary(pack) == "no quota recorded, 0 new logos, no Q1 pipeline"
    with world.store.read(HOME) as uow, pytest.raises(Refused, match="nothing behind this figure"):
        qbr_pack_rows.listing(uow, pack, "wins")


def test_what_nobody_recorded_is_said_and_not_guessed(world: World) -> None:
    with world.store.write(HOME) as uow:
        books = Books(uow)
        books.deal("Umbrella", 100_000, won=True)
        books.deal("Stark", type="", opened=OCTOBER, closed=NOVEMBER, won=True)
        books.deal("Wayne", 5_000, opened=OCTOBER)
    pack = pack_of(world)
    assert pack.figure("wins").unpriced == 1
    assert qbr_words.amount(pack.figure("wins")) == "1 without an amount"
    assert pack.missing[1:4] == (
        "2 deals are recorded without the day they opened, so they are in no period's pipeline.",
        "1 deal is recorded won without the day it closed, so it is in no period's wins.",
        "2 deals are recorded open without an expected close, so they are in no period to come.",
    )
    assert "1 account was won that may be new: nobody recorded whether they had bought before." in pack.missing


def test_currencies_stay_apart(world: World) -> None:
    with world.store.write(HOME) as uow:
        books = Books(uow)
        target = PartnerTarget(
            workspace_id=HOME,
            partner_id=row_id(books.partner()),
            period="2026",
            amount=Decimal(100_000),
            currency="EUR",
        )
        uow.add(target)
        books.deal("Umbrella", 50_000, currency="EUR", closed=NOVEMBER, won=True)
        books.deal("Stark", 70_000, currency="", closed=NOVEMBER, won=True)  # without a currency: the base one
        books.deal("Wayne", 1_000, currency="USD", closes=date(2027, 1, 20))
        books.deal("Wayne", 2_000, currency="EUR", closes=date(2027, 1, 20))
    pack = pack_of(world, period=named(date(2026, 1, 1), date(2027, 1, 1), 1))
    assert pack.quota is not None
    assert (pack.quota.percent, pack.quota.elsewhere) == (50, (("USD", Decimal(70_000)),))
    assert "USD 70,000 was won in other currencies and is not counted." in qbr_words.quota_line(pack)
    assert qbr_words.summary(pack) == "50 % to quota, 2 new logos, 2027 pipeline €2K + $1K"


def test_promises_come_first_by_what_became_of_them(world: World) -> None:
    with world.store.write(HOME) as uow:
        globex = row_id(Books(uow).partner())
        expected = {
            "kept": promise(uow, globex, "kept", closed=IN_NOVEMBER),
            "broken": promise(uow, globex, "broken", closed=IN_NOVEMBER),
            "slipped": promise(uow, globex, "slipped", dates=[OCTOBER, date(2026, 12, 1)]),
            "late": promise(uow, globex, "overdue", dates=[NOVEMBER]),
            "open": promise(uow, globex, "promised", dates=[date(2027, 2, 1)]),
        }
        promise(uow, globex, "kept", closed=datetime(2026, 9, 30, tzinfo=UTC))
        promise(uow, globex, "promised", made=JANUARY)
        agreed(uow, globex, "open", NOVEMBER)
        agreed(uow, globex, "open", NOVEMBER, kind="renewal")  # our own work, agreed with nobody
    pack = pack_of(world)
    assert {figure.key: figure.count for figure in pack.figures if figure.key.startswith("promises")} == {
        "promises_broken": 1, "promises_late": 2, "promises_slipped": 1, "promises_open": 1, "promises_kept": 1,
    }  # fmt: skip
    for state, number in expected.items():
        rows = {each.kind: each.ids for each in pack.figure(f"promises_{state}").rows}
        assert rows["commitment"] == (number,)
    assert [each.state for each in pack.promises] == ["broken", "late", "late", "slipped", "open", "kept"]
    slipped = next(each for each in pack.promises if each.state == "slipped")
    assert slipped.what == "We send the plan"
    assert qbr_words.dates(slipped) == "12 Oct → 1 Dec, late"
    assert qbr_words.promised(pack) == "1 kept, 1 slipped, 1 broken, 2 late, 1 open"


def test_people_onboarding_risks_and_questions(world: World) -> None:
    with world.store.write(HOME) as uow:
        globex = row_id(Books(uow).partner())
        for name, role, certified, until in (
            ("Ann", "seller", NOVEMBER, None), ("Ben", "seller", None, None), ("Cyd", "se", date(2025, 1, 1), None),
            ("Dov", "seller", NOVEMBER, date(2026, 12, 1)),
        ):  # fmt: skip
            uow.add(PartnerContact(workspace_id=HOME, partner_id=globex, name=name, role=role, certified_on=certified,
                                   active_to=until))  # fmt: skip
        plan = uow.add(OnboardingPlan(workspace_id=HOME, partner_id=globex, state="running", starts_on=OCTOBER,
                                      due_on=NOVEMBER, started_at=IN_NOVEMBER))  # fmt: skip
        for place, state in enumerate(("done", "open")):
            uow.add(OnboardingTask(workspace_id=HOME, plan_id=row_id(plan), partner_id=globex, place=place,
                                   key=f"k{place}", title="Portal access", state=state, due_on=NOVEMBER))  # fmt: skip
        for closed in (None, IN_NOVEMBER):
            uow.add(Risk(workspace_id=HOME, kind="risk", category="delay", state="detected", partner_id=globex,
                         channel="C", thread_ts="1", first_seen_at=IN_NOVEMBER, last_seen_at=IN_NOVEMBER,
                         closed_at=closed))  # fmt: skip
            uow.add(Ask(workspace_id=HOME, state="open", partner_id=globex, channel="C", thread_ts="1",
                        asked_at=IN_NOVEMBER, closed_at=closed))  # fmt: skip
    pack = pack_of(world)
    assert counted(pack) == {
        "sellers": 2, "engineers": 1, "certified": 2, "newly_certified": 1, "steps": 1, "risks": 1, "asks": 1,
    }  # fmt: skip
    assert qbr_words.people(pack) == "2 active sellers, 1 active SE, 2 certified, 1 of them in Q4 2026"
    assert qbr_words.onboarding(pack) == "Onboarding: 1 of 2 steps done, 1 late"


def test_every_figure_leads_to_its_rows(world: World) -> None:
    with world.store.write(HOME) as uow:
        books = Books(uow)
        globex = row_id(books.partner())
        deal = books.deal("Umbrella", 100_000, opened=OCTOBER, closed=NOVEMBER, won=True, name="Umbrella ERP")
        books.registration(IN_NOVEMBER, "approved", 150_000)
        promise(uow, globex, "slipped", dates=[OCTOBER, NOVEMBER])
        agreed(uow, globex, "done", NOVEMBER)
    pack = pack_of(world)
    with world.store.read(HOME) as uow:
        for figure in pack.figures:
            if figure.rows:
                found = qbr_pack_rows.listing(uow, pack, figure.key)
                assert len(found.cells) == sum(len(rows.ids) for rows in figure.rows)
                assert all(len(cells) == len(found.columns) for cells in found.cells)
        [won] = qbr_pack_rows.listing(uow, pack, "won").cells
        slipped = qbr_pack_rows.listing(uow, pack, "promises_slipped")
    assert won == ("Umbrella ERP", "Umbrella", "sourced", "USD 100,000", "12 Oct 2026", "2 Nov 2026")
    assert slipped.cells == (("We send the plan", "Globex Consulting", "12 Oct 2026 → 2 Nov 2026", "slipped"),)
    assert slipped.urls == ("https://contoso.slack.com/archives/C0JOINT/p1",)
    with world.store.write(HOME) as uow:
        for row in (*uow.list(OpportunityPartner, opportunity_id=deal), *uow.list(Opportunity, id=deal)):
            uow.session.delete(row)
            uow.session.flush()
        assert qbr_pack_rows.listing(uow, pack, "won").gone == 1


def test_a_pack_survives_storing(world: World) -> None:
    with world.store.write(HOME) as uow:
        books = Books(uow)
        books.deal("Umbrella", 100_000, opened=OCTOBER, closed=NOVEMBER, won=True)
        globex = row_id(books.partner())
        promise(uow, globex, "kept", closed=IN_NOVEMBER)
        asked = uow.add(Ask(workspace_id=HOME, state="open", partner_id=globex, channel="C", thread_ts="1",
                            asked_at=IN_NOVEMBER))  # fmt: skip
        evidence(uow, "ask", row_id(asked), "Can we have the roadmap?")
    pack = pack_of(world)
    kept = json.loads(json.dumps(qbr_pack.dumped(pack)))
    assert "We send the plan" not in str(kept), "words are kept where their message is, and nowhere else"
    assert "roadmap" not in str(kept)
    with world.store.write(HOME) as uow:
        assert qbr_pack.loaded(uow, kept) == pack
        light = qbr_pack.loaded(uow, qbr_pack.dumped(pack, rows=False))
        assert counted(light) == counted(pack)
        assert not any(figure.rows for figure in light.figures)
        for said in uow.list(Evidence):
            said.quote, said.state = "", "deleted"
        gone = qbr_pack.loaded(uow, kept)
    assert [each.what for each in gone.promises] == ["(the message was deleted)"]
    assert [each.what for each in gone.asks] == ["(the message was deleted)"]


def test_words_that_name_another_partner_are_marked(world: World) -> None:
    with world.store.write(HOME) as uow:
        books = Books(uow)
        rival = books.partner("Initech Systems")
        rival.aliases, rival.domains = ["ITX"], ["initech.example"]
        globex = row_id(books.partner())
        named = ["Beat INITECH SYSTEMS there", "Initech wants it", "ask x@initech.example", "better than ITX"]
        fine = ["Send the price list", "the initiative", "Consulting days for Globex"]
        for what in (*named, *fine):
            agreed(uow, globex, "open", NOVEMBER, what=what)
        books.deal("Umbrella", 1_000, closed=NOVEMBER, won=True, name="Umbrella, from Initech")
        account = row_id(books.account("Initech"))
        uow.add(Risk(workspace_id=HOME, kind="risk", category="delivery", state="open", partner_id=globex, channel="C",
                     account_id=account, thread_ts="1", first_seen_at=IN_NOVEMBER, last_seen_at=IN_NOVEMBER,
                     rule="x", confidence=1.0))  # fmt: skip
    pack = pack_of(world)
    assert {each.what: each.is_ours for each in pack.promises} == dict.fromkeys(named, False) | dict.fromkeys(
        fine, True
    )
    assert [each.is_ours for each in pack.wins] == [False]
    assert [each.is_ours for each in pack.risks] == [False]
    assert "initech" not in canvas_markdown(pack).lower()


def test_another_partners_name_is_found_however_it_is_written(world: World) -> None:
    with world.store.write(HOME) as uow:
        books = Books(uow)
        books.partner("Initech Systems")
        agreed(uow, row_id(books.partner()), "open", NOVEMBER, what="")
        named = [
            "as _Initech_ does", "as *Ini\u00adtech* does", "as Ini\u200btech does", "initech wants it",
            "Initechs people", "Initech's people", "Initech2 is there", "in #joint_initech_acme",
            "Ｉｎｉｔｅｃｈ wants it", "Initéch wants it", "Inite\u0301ch wants it",
            "<https://x.example|Initech> wants it",
            "Initech\u00a0Systems", "INITECH\nSystems",
        ]  # fmt: skip
        for what, is_ours in [(each, False) for each in named] + [("initechnical", True), ("the initech-nique", False)]:
            uow.list(ActionItem)[0].what = what
            uow.session.flush()
            pack = qbr_pack.compute(uow, books.partner(), Q4, now=JANUARY, policy=world.policy)
            assert [each.is_ours for each in pack.promises] == [is_ours], what


def test_what_became_another_partners_name_since_is_marked_when_the_pack_is_read(world: World) -> None:
    with world.store.write(HOME) as uow:
        books = Books(uow)
        books.deal("Hooli", 1_000, closed=NOVEMBER, won=True)
    pack = pack_of(world)
    assert [each.is_ours for each in pack.wins] == [True]
    with world.store.write(HOME) as uow:
        Books(uow).partner("Hooli")
        assert [each.is_ours for each in qbr_pack.loaded(uow, qbr_pack.dumped(pack)).wins] == [False]
