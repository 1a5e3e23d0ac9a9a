"""Loading the partner book: what would change, the change, and that a second time changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import select

from bot.desk import book as desk
from bot.desk.book import Verb
from bot.errors import Refused
from bot.imports.book import Book, parse_book
from bot.policy import load_policy
from models.events import Event
from models.partners import (
    Account,
    Channel,
    Opportunity,
    OpportunityPartner,
    Partner,
    PartnerTeam,
    Person,
    PlanItem,
)  # fmt: skip
from models.store import Store

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
EXAMPLE = (Path(__file__).parents[2] / "docs" / "example-book.yml").read_text(encoding="utf-8")
OURS = "T0CONTOSO"


def _load(store: Store, text: str) -> desk.BookDiff:
    with store.write(OURS) as uow:
        return desk.apply(uow, parse_book(text), now=NOW, actor="U0DANA")


def _plan(store: Store, text: str) -> desk.BookDiff:
    with store.read(OURS) as uow:
        return desk.plan(uow, parse_book(text))


def test_everything_of_the_example_arrives(store: Store) -> None:
    _load(store, EXAMPLE)
    with store.read(OURS) as uow:
        dana = uow.find(Person, slack_id="U0DANA")
        assert dana is not None
        assert (dana.name, dana.timezone, dana.roles, dana.manager, dana.team_id) == (
            "Dana Park", "America/New_York", ["partner_manager"], "U0SAM", OURS,
        )  # fmt: skip
        globex = uow.find(Partner, name="Globex Consulting")
        assert globex is not None
        assert globex.aliases == ["Globex"]
        assert str(globex.agreement_ends) == "2026-12-31"
        team = uow.find(PartnerTeam, team_id="T0GLOBEX")
        assert team is not None
        assert team.partner_id == globex.id
        account = uow.find(Account, name="Acme Corp")
        deal = uow.find(Opportunity, external_id="OPP-1")
        assert account is not None
        assert deal is not None
        assert (deal.account_id, str(deal.close_on)) == (account.id, "2026-06-30")
        assert (deal.amount, deal.currency) == (Decimal(250000), "USD")
        link = uow.find(OpportunityPartner, opportunity_id=deal.id)
        assert link is not None
        assert (link.partner_id, link.role) == (globex.id, "co_sell")
        item = uow.find(PlanItem, account_id=account.id)
        assert item is not None
        assert (item.owner, item.partner_id, str(item.due_on)) == ("partner", globex.id, "2026-03-14")
        joint = uow.find(Channel, slack_id="C0ACMEGLOBEX")
        assert joint is not None
        assert (joint.partner_id, joint.account_id, joint.watched, joint.name) == (
            globex.id, account.id, True, "acme-globex",
        )  # fmt: skip
        alerts = uow.find(Channel, slack_id="C0ALERTS")
        assert alerts is not None
        assert (alerts.watched, alerts.receives) == (False, ["escalations"])


def test_the_second_load_changes_nothing_and_records_nothing(store: Store) -> None:
    first = _load(store, EXAMPLE)
    assert first.count(Verb.CREATED) == len(first.entities)
    with store.read(OURS) as uow:
        events = len(uow.session.exec(select(Event)).all())
    assert events == len(first.entities) - 1  # the workspace itself has no event

    second = _load(store, EXAMPLE)
    assert second.changes_nothing
    assert "Nothing to do" in desk.render(second)
    with store.read(OURS) as uow:
        assert len(uow.session.exec(select(Event)).all()) == events


def test_the_plan_says_what_apply_does_and_writes_nothing(store: Store) -> None:
    planned = _plan(store, EXAMPLE)
    with store.read(OURS) as uow:
        assert uow.list(Person) == []
    assert planned == _load(store, EXAMPLE)

    changed = EXAMPLE.replace("tier: gold", "tier: platinum").replace("T0GLOBEX]", "T0GLOBEX, T1GLOBEX]")
    planned = _plan(store, changed)
    assert planned == _load(store, changed)


def test_a_change_is_told_field_by_field(store: Store) -> None:
    _load(store, EXAMPLE)
    diff = _load(
        store, EXAMPLE.replace("due: 2026-03-14", "due: 2026-03-21").replace("manager: U0VIC", "manager: U0ALEX")
    )
    text = desk.render(diff)
    assert "~ person U0SAM" in text
    assert "    manager: U0VIC → U0ALEX" in text
    assert "~ plan item Data migration cutover" in text
    assert "    due_on: 2026-03-14 → 2026-03-21" in text
    assert diff.count(Verb.UPDATED) == 2


def test_a_relinked_channel_shows_names(store: Store) -> None:
    _load(store, EXAMPLE)
    diff = _load(store, EXAMPLE.replace("partner: Initech Managed Services, account", "partner: globex, account"))
    text = desk.render(diff)
    assert "    partner_id: Initech Managed Services → Globex Consulting" in text


def test_rows_the_book_does_not_name_stay_and_are_said(store: Store) -> None:
    _load(store, EXAMPLE)
    diff = _load(store, f"workspace: {OURS}\npartners: [{{name: Globex Consulting, slack_teams: [T0GLOBEX]}}]\n")
    assert "partner Initech Managed Services" in diff.left_alone
    assert "opportunity OPP-1" in diff.left_alone
    with store.read(OURS) as uow:
        assert uow.find(Partner, name="Initech Managed Services") is not None
        assert uow.find(Opportunity, external_id="OPP-1") is not None


def test_a_team_moves_with_the_book(store: Store) -> None:
    _load(store, EXAMPLE)
    moved = EXAMPLE.replace("[T0GLOBEX]", "[T0OTHER]").replace("[T0INITECH]", "[T0INITECH, T0GLOBEX]")
    _load(store, moved)
    with store.read(OURS) as uow:
        initech = uow.find(Partner, name="Initech Managed Services")
        team = uow.find(PartnerTeam, team_id="T0GLOBEX")
        assert initech is not None
        assert team is not None
        assert team.partner_id == initech.id
    assert _load(store, moved).changes_nothing


def test_a_team_taken_off_a_partner_no_longer_speaks_for_it(store: Store) -> None:
    _load(store, EXAMPLE)
    diff = _load(store, EXAMPLE.replace("    slack_teams: [T0INITECH]\n", ""))
    assert "    slack_teams: T0INITECH → (none)" in desk.render(diff)
    with store.read(OURS) as uow:
        assert uow.find(PartnerTeam, team_id="T0INITECH") is None


def test_a_role_on_a_deal_changes_in_place(store: Store) -> None:
    _load(store, EXAMPLE)
    _load(store, EXAMPLE.replace("role: co_sell", "role: influenced"))
    with store.read(OURS) as uow:
        assert sorted(link.role for link in uow.list(OpportunityPartner)) == ["influenced", "sourced"]


def test_what_slack_calls_a_channel_wins(store: Store) -> None:
    _load(store, EXAMPLE)
    with store.write(OURS) as uow:
        channel = uow.find(Channel, slack_id="C0ACMEGLOBEX")
        assert channel is not None
        channel.name = "renamed-in-slack"
        uow.add(channel)
    assert _load(store, EXAMPLE).changes_nothing


def test_the_book_does_not_make_an_outsider_one_of_ours(store: Store) -> None:
    _load(store, EXAMPLE)
    with store.write(OURS) as uow:
        person = uow.find(Person, slack_id="U0SUE")
        assert person is not None
        person.team_id = "T0GLOBEX"  # as Slack says
        uow.add(person)
    assert _load(store, EXAMPLE).changes_nothing


def test_another_workspaces_book_is_refused(store: Store) -> None:
    book: Book = parse_book(EXAMPLE)
    with pytest.raises(Refused, match="T0CONTOSO"), store.write("T0OTHER") as uow:
        desk.apply(uow, book, now=NOW, actor="U0DANA")


def test_a_failure_in_the_middle_leaves_nothing(store: Store) -> None:
    class Stop(Exception):
        pass

    with pytest.raises(Stop), store.write(OURS) as uow:
        desk.apply(uow, parse_book(EXAMPLE), now=NOW, actor="U0DANA")
        raise Stop
    with store.read(OURS) as uow:
        assert uow.list(Partner) == []


def test_a_tier_the_policy_does_not_have_is_a_warning() -> None:
    text = EXAMPLE.replace("tier: gold", "tier: Platinum", 1)
    assert text != EXAMPLE
    [warning] = desk.tier_warnings(parse_book(text), load_policy())
    assert warning.endswith("has a tier that is not in the policy (Platinum), treated as Bronze")
    assert desk.tier_warnings(parse_book(EXAMPLE), load_policy()) == ()
