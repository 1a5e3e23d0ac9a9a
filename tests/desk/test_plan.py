"""The account plan as the reader is shown it, and what the plan says kept with what stands against it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.desk import hint_views, hints, risks
from bot.desk.export_scan import Told, in_words, scan
from bot.desk.plans import PLAN_LINES, shown
from bot.desk.risk_views import view_of
from bot.imports.book import parse_book
from bot.imports.export import ExportMessage
from bot.policy import load_policy
from bot.reading.reader import RulesReader
from bot.reading.types import Finding, PlanDate, Window
from models.base import row_id
from models.partners import Account, Channel, Partner, PlanItem
from models.risks import Hint, Risk
from models.store import Store
from tests.desk.world import HOME, JOINT, World, build

SAID = "Go-live is booked for 30 May."
NOTE = "the plan says Portal go-live, 16 May 2026"


class Listening(RulesReader):
    """The rules; remembers what it was shown."""

    def __init__(self) -> None:
        self.shown: list[Window] = []

    def read(self, window: Window) -> list[Finding]:
        self.shown.append(window)
        return super().read(window)

    @property
    def plan(self) -> tuple[PlanDate, ...]:
        return self.shown[-1].plan


@pytest.fixture
def ear() -> Listening:
    return Listening()


@pytest.fixture
def world(store: Store, ear: Listening) -> World:
    built = replace(build(store), reader=ear)
    add(built, "Portal go-live", date(2026, 5, 16), owner="partner", partner="Globex Consulting")
    return built


def add(world: World, item: str, due: date | None, *, owner: str = "us", partner: str = "", account: str = "") -> None:
    """A line in the plan of Acme, or of a new account."""
    with world.store.write(HOME) as uow:
        whose = uow.find(Account, name=account or "Acme Corp") or uow.add(Account(workspace_id=HOME, name=account))
        found = uow.find(Partner, name=partner) or (
            uow.add(Partner(workspace_id=HOME, name=partner)) if partner else None
        )
        uow.add(
            PlanItem(
                workspace_id=HOME, account_id=row_id(whose), item=item, owner=owner, due_on=due,
                partner_id=found.id if found else None,
            )
        )  # fmt: skip


def test_the_reader_is_shown_the_plan_of_this_account_and_partner(world: World, ear: Listening) -> None:
    add(world, "Roster", None)
    add(world, "Load test", date(2026, 6, 1), owner="partner", partner="Initech")
    add(world, "Cutover", date(2026, 6, 1), account="Bellweather")
    world.say("Morning.")
    assert ear.plan == (PlanDate("Portal go-live", date(2026, 5, 16), "partner"), PlanDate("Roster", None, "us"))


TODAY = date(2026, 5, 16)


def _day(days: int) -> PlanDate:
    return PlanDate(f"Day {days}", TODAY + timedelta(days=days))


def test_of_a_plan_the_lines_due_next_are_shown() -> None:
    undated = PlanDate("Some day")
    lines = [undated, *(_day(days) for days in range(-100, 100, 2))]
    kept = shown([(line, None) for line in lines], (), TODAY)
    assert kept[:3] == (_day(0), _day(-2), _day(2))
    assert (len(kept), undated in kept) == (PLAN_LINES, False)
    assert shown([(undated, None), (_day(900), None)], (), TODAY) == (_day(900), undated)


def test_other_partners_lines_take_no_room() -> None:
    others = [(_day(0), 2)] * PLAN_LINES
    assert shown([*others, (_day(1), 1), (_day(2), None)], {1}, TODAY) == (_day(1), _day(2))


def test_the_bot_and_scan_show_the_reader_the_same_lines(world: World, ear: Listening) -> None:
    steps = [(f"Step {number}", date(2026, 1, 1) + timedelta(days=7 * number)) for number in range(2 * PLAN_LINES)]
    for item, due in steps:
        add(world, item, due)
        add(world, f"{item} of others", due, owner="partner", partner="Initech")
    add(world, "Runbook", TODAY)
    ts, _ = world.say("Morning.")
    pair = "\n      - {{item: {0}, due: {1}}}\n      - {{item: {0} of others, partner: Initech, due: {1}}}"
    plan = "".join(pair.format(*step) for step in steps)
    book = parse_book(BOOK_TEXT.replace("plan:", f"plan:{plan}"))
    message = ExportMessage("C0JOINT", "x", ts, None, "U0GLX", "T0GLOBEX", "Morning.", is_speech=True)
    alone = Listening()
    assert list(scan([message], lambda: alone, load_policy(), book=book)) == []
    assert len(alone.plan) == PLAN_LINES
    assert set(alone.plan) == set(ear.plan)


def test_a_channel_without_an_account_has_no_plan(world: World, ear: Listening) -> None:
    with world.store.write(HOME) as uow:
        channel = uow.find(Channel, slack_id=JOINT)
        assert channel is not None
        channel.account_id = None
    world.say(SAID)
    assert ear.plan == ()


def test_what_the_plan_says_is_kept_with_the_risk(world: World) -> None:
    _, result = world.say(SAID)
    [risk_id] = result.risks
    with world.store.read(HOME) as uow:
        risk = uow.get(Risk, risk_id)
        assert risk is not None
        assert (risk.category, risk.rule) == ("misalignment", "misalignment.plan-date")
        seen = view_of(uow, risk, now=world.clock.now())
    assert (seen.note, seen.positions) == (NOTE, ())
    assert [evidence.quote for evidence in seen.evidence] == [SAID]


def test_judged_not_to_be_one_it_is_worth_a_look_with_what_the_plan_says(world: World) -> None:
    _, first = world.say(SAID)
    with world.store.write(HOME) as uow:
        risks.dismiss(uow, first.risks[0], actor="U0PM", now=world.clock.now(), policy=world.policy)
    world.pass_time(days=1)
    _, again = world.say(SAID)
    assert again.risks == ()
    with world.store.write(HOME) as uow:
        [hint] = uow.list(Hint)
        assert hint_views.view_of(uow, hint).note == NOTE
        hints.take(uow, row_id(hint), actor="U0PM", now=world.clock.now(), policy=world.policy)
        assert [risk.note for risk in uow.list(Risk)] == [NOTE, NOTE]


BOOK_TEXT = """
workspace: T0HOME
people: [{slack: U0PM}]
partners:
  - {name: Globex Consulting, aliases: [Globex], slack_teams: [T0GLOBEX]}
  - {name: Initech}
accounts:
  - name: Acme Corp
    plan:
      - {item: Portal go-live, owner: partner, partner: Globex, due: 2026-05-16}
      - {item: Load test, owner: partner, partner: Initech, due: 2026-05-16}
      - {item: Runbook, owner: us, due: 2026-05-16}
channels:
  - {id: C0JOINT, kind: joint, partner: Globex Consulting, account: Acme Corp}
  - {id: C0ALONE, kind: joint, partner: Globex Consulting}
"""
BOOK = parse_book(BOOK_TEXT)


def told(text: str, channel: str = "C0JOINT") -> list[Told]:
    message = ExportMessage(channel, "x", "1772442000.000100", None, "U0GLX", "T0GLOBEX", text, is_speech=True)
    found = scan([message], RulesReader, load_policy(), book=BOOK)
    return [each for each in found if each.contract["rule"].startswith("misalignment.plan-")]


def test_scan_reads_with_the_plan_of_the_book() -> None:
    [found] = told(SAID)
    contract = found.contract
    assert (contract["kind"], contract["quote"], contract["rule"]) == ("misalignment", SAID, "misalignment.plan-date")
    assert f"[misalignment.plan-date: {NOTE}]" in in_words(found)
    assert NOTE not in str(contract), "the objects are what other programs rely on"
    assert "[misalignment.plan-date: the plan says Runbook, 16 May 2026]" in in_words(told("Runbook: 30 May.")[0])


def test_scan_leaves_other_partners_lines_and_other_accounts_out() -> None:
    assert told("The load test is on 30 May.") == []
    assert told(SAID, channel="C0ALONE") == []
