"""Linking channels to partners: by hand, by an offer, and as Slack changes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.desk import approvals, channels, lookup, proposals
from bot.desk import book as desk_book
from bot.errors import Refused
from bot.imports.book import parse_book
from bot.policy import load_policy
from models.delivery import Classification, Delivery
from models.events import Event
from models.messages import Message
from models.partners import Channel, Partner
from models.risks import Risk
from models.states import ProposalState, RiskState
from models.store import Store

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
OURS = "T0CONTOSO"
POLICY = load_policy()
EXAMPLE = (Path(__file__).parents[2] / "docs" / "example-book.yml").read_text(encoding="utf-8")


@pytest.fixture
def loaded(store: Store) -> Store:
    """A store with the example book and a second Globex."""
    text = EXAMPLE.replace(
        "partners:\n  - name: Globex Consulting", "partners:\n  - name: Globex Systems\n  - name: Globex Consulting", 1
    )
    with store.write(OURS) as uow:
        desk_book.apply(uow, parse_book(text.replace("aliases: [Globex]", "aliases: [GBX]")), now=NOW, actor="U0DANA")
    return store


def _watch(store: Store, partner: str, account: str | None = None, actor: str = "U0DANA") -> None:
    with store.write(OURS) as uow:
        channels.watch(uow, "C0NEW", "joint", partner, account, actor=actor, now=NOW)


@pytest.mark.parametrize(
    "said", ["initech", "INITECH MANAGED SERVICES", "initech.example", " Initech Managed Services, Inc. "]
)
def test_watch_knows_a_partner_by_many_names(loaded: Store, said: str) -> None:
    _watch(loaded, said, "acme")
    with loaded.read(OURS) as uow:
        row = uow.find(Channel, slack_id="C0NEW")
        assert row is not None
        assert (row.watched, row.kind, row.name) == (True, "joint", "joint")
        partner = uow.get(Partner, row.partner_id)
        assert partner is not None
        assert partner.name == "Initech Managed Services"
        assert row.account_id is not None
        assert uow.list(Event, subject_kind="channel", subject_id=row.id)[-1].note.startswith("watched for Initech")


def test_a_name_that_fits_two_partners_is_asked_back(loaded: Store) -> None:
    with pytest.raises(lookup.Ambiguous) as told:
        _watch(loaded, "globex")
    assert told.value.options == ("Globex Consulting", "Globex Systems")
    _watch(loaded, "gbx")  # an alias is exact


def test_an_unknown_name_gets_a_suggestion_and_changes_nothing(loaded: Store) -> None:
    with pytest.raises(Refused, match="Did you mean “Initech Managed Services”"):
        _watch(loaded, "Initec Manged Services")
    with pytest.raises(Refused, match="I know no account"):
        _watch(loaded, "Initech", "zzz")
    with loaded.read(OURS) as uow:
        assert uow.find(Channel, slack_id="C0NEW") is None


@pytest.mark.parametrize("actor", ["U0ALEX", "U0NOBODY"])
def test_only_operators_link_channels(loaded: Store, actor: str) -> None:
    with pytest.raises(Refused):
        _watch(loaded, "Initech", actor=actor)
    with pytest.raises(Refused), loaded.write(OURS) as uow:
        channels.unwatch(uow, "C0ACMEGLOBEX", actor=actor, now=NOW)


def test_a_channel_that_gets_escalations_is_never_read_as_joint(loaded: Store) -> None:
    with pytest.raises(Refused, match="internal"), loaded.write(OURS) as uow:
        channels.watch(uow, "C0ALERTS", "alerts", "Initech", None, actor="U0DANA", now=NOW)


def test_unwatch_stops_reading_and_says_so_twice(loaded: Store) -> None:
    with loaded.write(OURS) as uow:
        view = channels.unwatch(uow, "C0ACMEGLOBEX", actor="U0DANA", now=NOW)
        assert (view.watched, view.partner) == (False, "Globex Consulting")
    with pytest.raises(Refused, match="nothing to stop"), loaded.write(OURS) as uow:
        channels.unwatch(uow, "C0ACMEGLOBEX", actor="U0DANA", now=NOW)


def _join(store: Store, teams: set[str], channel: str = "C0FRESH") -> int | None:
    with store.write(OURS) as uow:
        offer = channels.joined(uow, channel, "fresh", teams, inviter="U0ALEX", now=NOW, policy=POLICY)
        return offer.id if offer else None


def test_joining_a_partners_channel_offers_the_link_to_its_manager_once(loaded: Store) -> None:
    offer = _join(loaded, {"T0INITECH", "T0STRANGER"})
    assert offer is not None
    assert _join(loaded, {"T0INITECH"}) is None
    with loaded.read(OURS) as uow:
        sent = uow.list(Delivery)
        assert [(d.card, d.target, d.lane, d.classification) for d in sent] == [
            ("proposal", "U0DANA", "dm:U0DANA", Classification.INTERNAL)
        ]
        row = uow.find(Channel, slack_id="C0FRESH")
        assert row is not None
        assert row.watched is False
        view = proposals.view(uow, offer, now=NOW)
        assert view is not None
        assert (view.params["channel_name"], view.params["partner"]) == ("fresh", "Initech Managed Services")

    with loaded.write(OURS) as uow:
        decided = approvals.approve(uow, offer, actor="U0DANA", now=NOW + timedelta(hours=1), policy=POLICY)
        assert decided.proposal.state == ProposalState.APPROVED
        row = uow.find(Channel, slack_id="C0FRESH")
        assert row is not None
        assert row.watched is True


@pytest.mark.parametrize(
    ("channel", "teams"),
    [
        ("C0FRESH", set[str]()),
        ("C0FRESH", {"T0STRANGER"}),
        ("C0FRESH", {"T0INITECH", "T0GLOBEX"}),
        ("C0UMBRAINIT", {"T0INITECH"}),
    ],
    ids=["internal", "unknown team", "two partners", "watched already"],
)
def test_no_offer(loaded: Store, channel: str, teams: set[str]) -> None:
    assert _join(loaded, teams, channel) is None


def test_an_old_offer_does_not_undo_a_newer_link(loaded: Store) -> None:
    offer = _join(loaded, {"T0INITECH"})
    assert offer is not None
    with loaded.write(OURS) as uow:
        channels.watch(uow, "C0FRESH", "fresh", "Globex Consulting", None, actor="U0DANA", now=NOW)
    with pytest.raises(Refused, match="another partner"), loaded.write(OURS) as uow:
        approvals.approve(uow, offer, actor="U0DANA", now=NOW, policy=POLICY)


def test_renamed_archived_and_left(loaded: Store) -> None:
    with loaded.write(OURS) as uow:
        channels.renamed(uow, "C0ACMEGLOBEX", "acme-new")
        channels.renamed(uow, "C0NOBODYKNOWS", "x")
        channels.archived(uow, "C0ACMEGLOBEX", True, now=NOW)
        view = channels.left(uow, "C0ACMEGLOBEX", now=NOW)
        assert view is not None
        assert (view.name, view.watched) == ("acme-new", False)
        assert channels.left(uow, "C0ACMEGLOBEX", now=NOW) is None
        row = uow.find(Channel, slack_id="C0ACMEGLOBEX")
        assert row is not None
        assert row.is_archived


def _said(ts: str, channel: str) -> Message:
    return Message(workspace_id=OURS, channel=channel, ts=ts, text="late", said_at=NOW)


@pytest.mark.parametrize("new_row_exists", [False, True])
def test_everything_follows_a_changed_id(loaded: Store, new_row_exists: bool) -> None:
    with loaded.write(OURS) as uow:
        before = uow.find(Channel, slack_id="C0ACMEGLOBEX")
        assert before is not None
        partner_id = before.partner_id
        for message in (_said("1.1", "C0ACMEGLOBEX"), _said("1.2", "C0ACMEGLOBEX")):
            uow.add(message)
        uow.add(
            Risk(
                workspace_id=OURS,
                kind="risk",
                category="delay",
                state=RiskState.DETECTED,
                channel="C0ACMEGLOBEX",
                thread_ts="1.1",
                first_seen_at=NOW,
                last_seen_at=NOW,
            )  # fmt: skip
        )
        if new_row_exists:
            uow.add(Channel(workspace_id=OURS, slack_id="C1ACME"))
            uow.add(_said("1.2", "C1ACME"))
    with loaded.write(OURS) as uow:
        channels.id_changed(uow, "C0ACMEGLOBEX", "C1ACME", now=NOW)
    with loaded.read(OURS) as uow:
        now = uow.find(Channel, slack_id="C1ACME")
        assert now is not None
        assert (now.watched, now.partner_id) == (True, partner_id)
        assert sorted(message.ts for message in uow.list(Message, channel="C1ACME")) == ["1.1", "1.2"]
        assert [risk.channel for risk in uow.list(Risk)] == ["C1ACME"]
        old = uow.find(Channel, slack_id="C0ACMEGLOBEX")
        assert old is None or not old.watched


def test_resolve_either_finds_a_company_that_is_both(loaded: Store) -> None:
    with loaded.read(OURS) as uow:
        partner, account = lookup.resolve_either(uow, "acme")
        assert (partner, account.name if account else "") == (None, "Acme Corp")
        partner, account = lookup.resolve_either(uow, "initech")
        assert (partner.name if partner else "", account) == ("Initech Managed Services", None)
        with pytest.raises(Refused, match="partner or account"):
            lookup.resolve_either(uow, "nobody at all")
        with pytest.raises(Refused, match="Please name"):
            lookup.resolve_partner(uow, " … ")
