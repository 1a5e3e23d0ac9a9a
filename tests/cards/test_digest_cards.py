"""The digest's new parts, the agenda, the portfolio and a partner's standing, as they read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from bot.cards.agenda_list import agenda_card, agenda_entry
from bot.cards.card import Card
from bot.cards.digest import digest_card
from bot.cards.digest_settings import live_card, settings_card
from bot.cards.limits import MESSAGE_BLOCKS
from bot.cards.portfolio import portfolio_card, weekly_card
from bot.cards.standing import standing_card
from bot.desk.agenda import Agenda, AgendaItem
from bot.desk.digest_sections import Section
from bot.desk.digests import Settings
from bot.desk.portfolio import Numbers, PortfolioView, Row
from bot.desk.standing import Counts, PartnerStanding, Standing
from bot.desk.views import ChangeView, DigestView
from models.risks import SubjectKind
from sandbox.blocks import validate
from tests.cards.readable import readable
from tests.cards.samples import COMMITMENT, DANA, HANDOFF, LEE, RISK, SAID, SPOKEN
from tests.cards.test_hostile_words import HOSTILE, NAMES, assert_harmless

DAY = date(2026, 3, 10)
LATE = AgendaItem(SubjectKind.ACTION_ITEM, 4, "Send the price list", "Globex", DAY - timedelta(days=3), "", "action #4")
TODAY = AgendaItem(SubjectKind.QBR, 2, "Schedule it", "Initech", DAY, "waits for Lee", 'schedule QBR with "Initech"')
SOON = AgendaItem(SubjectKind.RENEWAL, 3, "The agreement ends in 30 days", "Globex", DAY + timedelta(days=30))
APPROVAL = AgendaItem(SubjectKind.APPROVAL_STEP, 9, "Approve BigCo (#7)", "Globex", DAY, "", "deal #7")
OFFER = AgendaItem(SubjectKind.PROPOSAL, 5, "Close risk #12?", "Globex", None)
CHANGED = ChangeView("risk", 12, "Globex", "mitigated", "Sam Ortiz", "delay")
MENU = "[Remind me less: Quiet for a day / Quiet for 3 days / Quiet for a week / Stop reminding me]"
CHOSEN = Settings(True, "day", time(8, 30), (), SAID, False)


def test_a_morning_with_everything_in_it() -> None:
    view = DigestView(
        DANA, DAY, decisions=(APPROVAL, OFFER), agenda=(LATE, TODAY, SOON), slipped=(COMMITMENT,), changes=(CHANGED,),
        more={Section.DUE: 34},
    )  # fmt: skip
    lines = readable(digest_card(view)).splitlines()
    assert lines[:17] == [
        "# Tue 10 Mar: 2 to decide, 37 on your agenda, 1 slipped",
        "# Waiting for your decision",
        "Globex: Approve BigCo (#7)",
        "due today",
        "[Deal #7]",
        "Globex: Close risk #12?",
        "[Yes] [No]",
        "# 1 late, 1 due today, 1 coming up",
        "Globex: Send the price list",
        "3 days late, due Sat 7 Mar 2026",
        f"[Action #4] {MENU}",
        "Initech: Schedule it",
        "due today · waits for Lee",
        f"[Schedule QBR with Initech] {MENU}",
        "Globex: The agreement ends in 30 days",
        "due Thu 9 Apr 2026",
        MENU,
    ]
    assert "Globex Consulting, Acme Corp: Fri 6 Mar 2026 → Fri 13 Mar 2026" in lines
    assert "- Risk #12 with Globex (Delay): resolved by Sam Ortiz" in lines
    assert lines[-1].startswith("~ Not shown: 34 more under “1 late, 1 due today, 1 coming up” (/pm agenda). · These")


def test_a_full_morning_shows_some_of_everything_and_keeps_its_small_print() -> None:
    long = replace(SPOKEN, quote="every word of it " * 40)
    view = DigestView(
        DANA,
        DAY,
        risks=tuple(replace(RISK, id=n, evidence=(long,), partner="P" * 200) for n in range(6)),
        commitments_due=tuple(replace(COMMITMENT, id=n, evidence=(long,)) for n in range(5)),
        handoffs=tuple(replace(HANDOFF, id=n, evidence=(long,)) for n in range(4)),
        decisions=tuple(replace(APPROVAL, id=n, title="T" * 300) for n in range(6)),
        agenda=tuple(replace(LATE, id=n, title="T" * 300, note="n" * 300) for n in range(10)),
        slipped=tuple(replace(COMMITMENT, id=n, evidence=(long,)) for n in range(10, 14)),
        changes=(CHANGED,) * 8,
    )
    for card in (digest_card(view), live_card(view, CHOSEN)):
        assert validate(card.blocks, "message") == []
        assert len(card.blocks) <= MESSAGE_BLOCKS
        shown = readable(card)
        for part in ("Waiting for your decision", "10 late", "At risk", "Commitments due", "Handed to you"):
            assert f"# {part}" in shown
        assert "more under “At risk” (/pm risks)" in card.blocks[-1]["elements"][0]["text"]
    assert "/pm digest off stops it" in str(digest_card(view).blocks[-1])


def test_the_agenda_is_one_table() -> None:
    card = agenda_card(Agenda((LATE, TODAY, SOON), 7), DAY)
    assert validate(card.blocks, "message") == []
    assert [block["type"] for block in card.blocks] == ["header", "table", "context"]
    assert "Send the price list" in card.text
    assert "/pm action #4" in str(card.blocks)
    assert "Nothing is late" in agenda_card(Agenda(), DAY).text


def test_how_one_gets_the_digest() -> None:
    shown = readable(settings_card(CHOSEN, DANA))
    assert shown.splitlines()[0] == "Your digest comes on working days at 08:30."
    assert "[digest weekly] [digest without worth-a-look] [digest off]" in shown
    weekly = replace(CHOSEN, every="week", without=(Section.WORTH_A_LOOK, Section.PORTFOLIO), gets_portfolio=True)
    shown = readable(settings_card(weekly, DANA))
    assert "once a week, on Mondays at 08:30, without worth-a-look. The weekly portfolio does not come." in shown
    assert "[digest with everything]" in shown
    assert "/pm digest on" in readable(settings_card(replace(CHOSEN, wants=False), DANA))


def _portfolio(name: str) -> PortfolioView:
    rows = tuple(Row(f"{name} {n}", Numbers(risks=n, late=1), tier="Gold") for n in range(60))
    managers = (Row(name, Numbers(risks=3), 2), Row("Olga", Numbers(qbrs=1), 1))
    return PortfolioView(DANA, "team", DAY, Row("", Numbers(3, 1, 1, 2, 1), 60), managers, rows, 4)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("said", HOSTILE)
def test_hostile_words_stay_words(said: str, name: str) -> None:
    said_by = replace(SPOKEN, quote=said, author=replace(LEE, name=name))
    item = replace(LATE, title=said, note=said, request=said[:200])
    person, name = name, "Globex" if "://" in name else name  # partners' names are our own words: the book's
    change = replace(CHANGED, partner=name, by=person, about=said)
    digest = DigestView(
        DANA, DAY, decisions=(item,), agenda=(replace(item, id=5),), changes=(change,),
        slipped=(replace(COMMITMENT, partner=name, evidence=(said_by,)),),
    )  # fmt: skip
    partner = PartnerStanding(
        name=name, type="si", tier=said[:50], status="active", manager=replace(DANA, name=person), sponsor=None,
        counts=Counts(), check_in=SAID, qbr=("Q4 2026", "due", DAY, None), renewal=("upcoming", DAY),
        agreement_ends=DAY, onboarding=(1, 8, 1, DAY), gaps=(said[:100],),
    )  # fmt: skip
    cards: list[Card] = [
        digest_card(digest),
        agenda_card(Agenda((item,)), DAY),
        weekly_card(_portfolio(name)),
        portfolio_card(_portfolio(name)),
        standing_card(Standing(DANA, DAY, partner)),
    ]
    for card in cards:
        assert_harmless(card)


def test_an_entry_without_a_next_step_has_only_its_menu() -> None:
    [entry, controls] = agenda_entry(SOON, DAY)
    assert entry["type"] == "rich_text"
    assert [each["type"] for each in controls["elements"]] == ["static_select"]
