"""Invariant 4: nothing goes where somebody may read it who should not, and what is not known counts as external."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.audience import Audience, audience_of, fits, refusal
from bot.slack.errors import RateLimited
from models.delivery import Classification
from models.partners import Person
from models.store import Store
from tests.slack.support import ALERTS, GLOBEX, GUESTS, HOME, JOINT, NOW, Office, answering, globex, run

INTERNAL, SHARED = Classification.INTERNAL, Classification.SHARED
INITECH = "T0INITECH"
PARTNER = frozenset({GLOBEX, "T1GLOBEX"})

OURS = Audience()
THEIRS = Audience(outside_teams=frozenset({GLOBEX}))
BOTH_THEIRS = Audience(outside_teams=PARTNER)
ANOTHERS = Audience(outside_teams=frozenset({INITECH}))
MIXED = Audience(outside_teams=frozenset({GLOBEX, INITECH}))
GUESTED = Audience(guests=1)
GUESTED_THEIRS = Audience(outside_teams=frozenset({GLOBEX}), guests=1)
UNKNOWN = Audience(unknown="channel_not_found")
DIRECT = Audience(is_direct=True)
DIRECT_THEIRS = Audience(is_direct=True, outside_teams=frozenset({GLOBEX}))


@pytest.mark.parametrize(
    ("audience", "internal", "shared", "shared_with_nobody"),
    [
        (OURS, True, True, True),
        (THEIRS, False, True, False),
        (BOTH_THEIRS, False, True, False),
        (ANOTHERS, False, False, False),
        (MIXED, False, False, False),
        (GUESTED, False, False, False),
        (GUESTED_THEIRS, False, False, False),
        (UNKNOWN, False, False, False),
        (DIRECT, True, True, True),
        (DIRECT_THEIRS, False, False, False),
    ],
)
def test_what_fits_where(audience: Audience, internal: bool, shared: bool, shared_with_nobody: bool) -> None:
    assert (fits(audience, INTERNAL, PARTNER) is None) == internal
    assert (fits(audience, SHARED, PARTNER) is None) == shared
    assert (fits(audience, SHARED, frozenset()) is None) == shared_with_nobody


TEAMS = st.frozensets(st.sampled_from([GLOBEX, "T1GLOBEX", INITECH, "T0HOOLI"]))
AUDIENCES = st.builds(
    Audience,
    is_direct=st.booleans(),
    outside_teams=TEAMS,
    guests=st.integers(0, 2),
    unknown=st.sampled_from(["", "is_archived"]),
)


@given(AUDIENCES, st.sampled_from([INTERNAL, SHARED, "", "internal ", "public"]), TEAMS)
def test_nothing_but_shared_ever_fits_an_external_audience(
    audience: Audience, classification: str, partner_teams: frozenset[str]
) -> None:
    external = bool(audience.outside_teams or audience.guests or audience.unknown)
    if fits(audience, classification, partner_teams) is None and external:
        assert classification == SHARED
        assert audience.outside_teams <= partner_teams and not audience.guests and not audience.unknown


def check(store: Store, target: str, internal: bool, shared: bool, prepare: Any = None) -> None:
    """Whether Slack's own answers let a message for Globex into `target`."""

    async def scenario(office: Office) -> None:
        if prepare is not None:
            await prepare(office)
        for classification, wanted in ((INTERNAL, internal), (SHARED, shared)):
            reason = await refusal(office, HOME, target, classification, globex(store), now=NOW)
            assert (reason is None) == wanted, (classification, reason)

    run(store, scenario)


@pytest.mark.parametrize(
    ("target", "internal", "shared"),
    [
        (ALERTS, True, True),
        (JOINT, False, True),
        (GUESTS, False, False),
        ("C0NOWHERE", False, False),
        ("U0PM", True, True),
        ("U0GUEST", False, False),
        ("U1GLOBEX", False, False),
        ("U2INITECH", False, False),
        ("U0BUILDBOT", False, False),
        ("U0NOBODY", False, False),
    ],
)
def test_the_office_as_slack_shows_it(store: Store, target: str, internal: bool, shared: bool) -> None:
    check(store, target, internal, shared)


async def _invite_another(office: Office) -> None:
    await office.box.invite_team(JOINT, INITECH)


async def _share_with_another(office: Office) -> None:
    await office.box.share(JOINT, INITECH)


async def _stranger_in_an_inner_channel(office: Office) -> None:
    await office.box.join("U2INITECH", ALERTS)


async def _guest_in_the_joint_channel(office: Office) -> None:
    await office.box.join("U0GUEST", JOINT)


async def _archive(office: Office) -> None:
    await office.box.archive(ALERTS, "U0PM")


async def _too_many(office: Office) -> None:
    channel = office.box.workspace.channels[ALERTS]
    for number in range(1001):
        office.box.user(f"U9{number}")
        channel.members.append(f"U9{number}")


async def _members_refused(office: Office) -> None:
    office.box.faults.add("conversations.members", "error", error="fetch_members_refused")


async def _member_not_visible(office: Office) -> None:
    office.box.faults.add("users.info", "error", error="user_not_visible", times=1)


async def _deactivated_guest(office: Office) -> None:
    await office.box.join("U0GUEST", ALERTS)
    await office.box.deactivate("U0GUEST")


@pytest.mark.parametrize(
    ("target", "prepare", "internal", "shared"),
    [
        (JOINT, _invite_another, False, False),
        (JOINT, _share_with_another, False, False),
        (JOINT, _guest_in_the_joint_channel, False, False),
        (ALERTS, _stranger_in_an_inner_channel, False, False),
        (ALERTS, _archive, False, False),
        (ALERTS, _too_many, False, False),
        (ALERTS, _members_refused, False, False),
        (ALERTS, _member_not_visible, False, False),
        (ALERTS, _deactivated_guest, True, True),
    ],
)
def test_what_changes_who_can_read_it(store: Store, target: str, prepare: Any, internal: bool, shared: bool) -> None:
    check(store, target, internal, shared, prepare)


@pytest.mark.parametrize("flag", ["is_ext_shared", "is_shared", "is_org_shared", "is_pending_ext_shared"])
def test_a_channel_slack_calls_shared_without_saying_with_whom_is_unknown(sqlite_url: str, flag: str) -> None:
    async def scenario(office: Office) -> None:
        info = await office.gateway.channel_info(HOME, ALERTS)
        assert not getattr(info, flag)
        place = office.box.workspace.channels[ALERTS]
        assert (await audience_of(office, HOME, place.id, now=NOW)).unknown == ""
        answers = {"ok": True, "channel": {"id": ALERTS, "name": "alerts", "is_member": True, flag: True}}
        async with answering(answers) as gateway:
            office.gateway = gateway
            assert (await audience_of(office, HOME, ALERTS, now=NOW)).unknown

    opened = Store(sqlite_url)
    run(opened, scenario)
    opened.dispose()


def test_a_deactivated_recipient_is_seen_at_once_and_a_new_guest_in_a_channel_within_a_day(store: Store) -> None:
    async def scenario(office: Office) -> None:
        assert (await audience_of(office, HOME, "U0PM", now=NOW)).unknown == ""
        await office.box.deactivate("U0PM")
        assert "not a current member" in (await audience_of(office, HOME, "U0PM", now=NOW)).unknown
        assert (await audience_of(office, HOME, ALERTS, now=NOW)).guests == 0
        office.box.workspace.users["U0SM"].is_restricted = True
        assert (await audience_of(office, HOME, ALERTS, now=NOW + timedelta(hours=25))).guests == 1

    run(store, scenario)


def test_a_crowd_is_looked_up_by_the_list_not_one_by_one(store: Store) -> None:
    async def scenario(office: Office) -> None:
        channel = office.box.workspace.channels[ALERTS]
        for number in range(300):
            office.box.user(f"U9{number}")
            channel.members.append(f"U9{number}")
        assert fits(await audience_of(office, HOME, ALERTS, now=NOW), INTERNAL, frozenset()) is None
        assert len(office.box.calls("users.info")) == 0 and len(office.box.calls("users.list")) == 2
        await audience_of(office, HOME, ALERTS, now=NOW)
        assert len(office.box.calls("users.list")) == 2
        with store.read(HOME) as uow:
            assert len(uow.list(Person)) > 300

    run(store, scenario)


def test_slack_out_of_breath_is_no_answer_and_no_refusal(store: Store) -> None:
    async def scenario(office: Office) -> None:
        office.box.faults.add("conversations.info", "429", retry_after=60)
        with pytest.raises(RateLimited) as caught:
            await audience_of(office, HOME, ALERTS, now=NOW)
        assert caught.value.retry_after == 60

    run(store, scenario)
