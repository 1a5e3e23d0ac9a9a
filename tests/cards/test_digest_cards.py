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
from bot.desk.agenda import Agenda, AgendaItem, merged
from bot.desk.digest_sections import Section
from bot.desk.digests import Settings
from bot.desk.portfolio import Numbers, PortfolioView, Row
from bot.desk.standing import Counts, PartnerStanding, Standing
from bot.desk.views import ChangeView, DigestView
from handlers.commands.registry import buttons
from models.risks import SubjectKind
from sandbox.blocks import validate
from tests.cards.readable import readable
from tests.cards.samples import COMMITMENT, DANA, HANDOFF, LEE, RISK, SAID, SPOKEN
from tests.cards.test_hostile_words import HOSTILE, NAMES, assert_harmless

DAY = date(2026, 3, 10)
LATE = AgendaItem(
    SubjectKind.ACTION_ITEM, 4, "Send the price list", "Globex", DAY - timedelta(days=3), "", "action #4", "done"
)
TODAY = AgendaItem(SubjectKind.QBR, 2, "QBR of Q4", "Initech", DAY, "waits for Lee", 'run QBR for "Initech"')
SOON = AgendaItem(SubjectKind.RENEWAL, 3, "The agreement ends in 30 days", "Globex", DAY + timedelta(days=30))
APPROVAL = AgendaItem(SubjectKind.APPROVAL_STEP, 9, "Approve BigCo (#7)", "Globex", DAY, "", "deal #7", "decide")
CASE = AgendaItem(SubjectKind.CONFLICT_CASE, 6, "Conflict about BigCo", "Globex", DAY, "", "deal #7")
OFFER = AgendaItem(SubjectKind.PROPOSAL, 5, "Close risk #12?", "Globex", None)
CHANGED = ChangeView("risk", 12, "Globex", "mitigated", "Sam Ortiz", "delay")
MENU = "[Remind me less: Quiet for a day / Quiet for 3 days / Quiet for a week / Stop reminding me]"
CHOSEN = Settings(True, "day", time(8, 30), (), SAID, False)


def test_a_morning_with_everything_in_it() -> None:
    view = DigestView(
        DANA, DAY, decisions=(APPROVAL, OFFER), agenda=(CASE, SOON, LATE, TODAY), commitments_due=(COMMITMENT,),
        slipped=(replace(COMMITMENT, id=9),), changes=(CHANGED,), more={Section.DUE: 34},
    )  # fmt: skip
    lines = readable(digest_card(view)).splitlines()
    assert lines[:12] == [
        "# Tue 10 Mar: 2 to decide, 38 on your agenda, 1 commitment overdue, 1 slipped",
        "# Waiting for your decision",
        "Globex: Approve BigCo (#7) · due today",
        "[*Approve*] [Reject] [Return] [Show the deal]",
        "Globex: Close risk #12?",
        "[Yes] [No]",
        "Globex: Conflict about BigCo · due today",
        f"[Deal #7] {MENU}",
        "# Ends soon",
        "Globex: The agreement ends in 30 days · due Thu 9 Apr 2026",
        MENU,
        "# Promised and overdue: 1",
    ]
    work = lines.index("# 1 late, 1 due today")
    assert lines[work + 1 : work + 5] == [
        "Globex: Send the price list · 3 days late, due Sat 7 Mar 2026",
        f"[Done] {MENU}",
        "Initech: QBR of Q4 · due today · waits for Lee",
        f"[Run QBR for Initech] {MENU}",
    ]
    assert "Globex Consulting, Acme Corp: Fri 6 Mar 2026 → Fri 13 Mar 2026" in lines
    assert "- Risk #12 with Globex (Delay): resolved by Sam Ortiz" in lines
    assert lines[-1].startswith("~ Not shown: 34 more under “1 late, 1 due today” (/pm agenda). · These")


@pytest.mark.parametrize(
    ("kind", "step", "label", "action_id"),
    [
        (SubjectKind.ACTION_ITEM, "done", "Done", "action_done"),
        (SubjectKind.ONBOARDING_TASK, "done", "Done", "onboarding_done"),
        (SubjectKind.CHECK_IN, "hold", "Held", "checkin_done"),
        (SubjectKind.QBR, "hold", "Held", "qbr_hold"),
        (SubjectKind.QBR, "close", "Close it", "qbr_close"),
        (SubjectKind.QBR, "schedule", "Schedule", "qbr_schedule"),
    ],
)
def test_what_can_be_settled_where_it_is_listed_is(kind: SubjectKind, step: str, label: str, action_id: str) -> None:
    [_entry, controls] = agenda_entry(replace(LATE, kind=kind, step=step), DAY)
    pressed = controls["elements"][0]
    assert (pressed["text"]["text"], pressed["action_id"], pressed["value"]) == (label, action_id, "4")
    assert action_id in buttons(), "somebody answers it"


def test_the_order_is_by_what_it_costs_to_leave_it_undone() -> None:
    far = replace(SOON, id=8, due_on=DAY + timedelta(days=90))
    both = merged([Agenda((LATE, TODAY, far)), Agenda((SOON, CASE))], DAY, 4)
    assert both == Agenda((CASE, SOON, LATE, TODAY), 1)


def test_a_risk_one_was_asked_to_acknowledge_can_be_acknowledged_from_the_list() -> None:
    risk = replace(RISK, held_by=None)
    asked = readable(digest_card(DigestView(DANA, DAY, (risk,), unanswered={risk.id: SAID})))
    assert "[*Acknowledge*] [Resolve]" in asked
    assert " · acknowledge by <" in asked
    assert "Acknowledge" not in readable(digest_card(DigestView(DANA, DAY, (risk,))))


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
        for part in ("Waiting for your decision", "10 late", "At risk", "Promised and overdue", "Handed to you"):
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
        counts=Counts(), check_in=SAID, qbr=("Q4 2026", "due", DAY, None), renewal=DAY,
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
