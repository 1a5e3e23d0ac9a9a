"""Shortcuts, the form, the flag emoji, and what happens to channels and people."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.forms import validate
from models.partners import Channel, Person
from tests.desk.world import HOME, JOINT
from tests.handlers.office import OFFICE, PARTNERS_OWN, Office, run


def test_flag_partner_risk(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        ts = await office.box.say("U0PARTNER", JOINT, "hmm, the licences  ")
        await office.quiet()
        result = await office.box.message_shortcut("U0PM", JOINT, ts, "flag_risk")
        assert "Flagged as risk #1" in (await result.reply()).text
        await office.quiet()
        shown = office.read(office.card("U0SM"))
        assert "│ hmm, the licences" in shown
        assert "Flagged by a person." in shown

    run(sqlite_url, scenario)


def test_flagging_where_no_partner_is_linked_says_what_to_do(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        ts = await office.box.say("U0PM", OFFICE, "hmm")
        result = await office.box.message_shortcut("U0PM", OFFICE, ts, "flag_risk")
        assert "/pm watch <partner>" in office.read(await result.reply())

    run(sqlite_url, scenario)


def test_track_commitment_asks_for_owner_and_date(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        ts = await office.box.say("U0PARTNER", JOINT, "the runbook is yours by then")
        await office.quiet()
        await office.box.message_shortcut("U0PM", JOINT, ts, "track_commitment")
        form = await office.box.wait_for(lambda: office.box.modal("U0PM"))
        result = await office.box.submit_view("U0PM", form["id"], {"user": "U0AE", "day": "2026-03-20"})
        assert not result.error
        await office.quiet()
        listed = await office.pm("U0PM", "commitments")
        assert "Alex Eng, due Fri 20 Mar 2026" in listed
        assert "│ the runbook is yours by then" in listed

    run(sqlite_url, scenario)


@pytest.mark.parametrize(
    ("owner", "day", "wrong"),
    [
        ("U0AE", "2026-03-20", set()),
        ("U0AE", None, set()),
        ("", "2026-03-20", {"owner"}),
        ("", "soon", {"owner", "due"}),
    ],
)
def test_a_form_is_judged_by_its_payload_alone(owner: str, day: str | None, wrong: set[str]) -> None:
    values = {"owner": {"user": {"selected_user": owner}}, "due": {"day": {"selected_date": day}}}
    payload: dict[str, Any] = {"view": {"callback_id": "track_commitment", "state": {"values": values}}}
    assert set(validate(payload)) == wrong


def test_a_form_that_is_not_ours_has_no_errors() -> None:
    assert validate({"view": {"callback_id": "other", "state": {"values": {}}}}) == {}


def test_the_flag_emoji_tracks_a_message_for_our_people_only(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        ts = await office.box.say("U0PARTNER", JOINT, "we may have a problem with the firewall")
        await office.quiet()
        flag = office.services.policy.flag_emoji
        await office.box.react("U0PARTNER", JOINT, ts, flag)
        await office.box.react("U0PM", JOINT, ts, "eyes")
        await office.quiet()
        assert office.risks() == []
        await office.box.react("U0PM", JOINT, ts, flag)
        await office.quiet()
        assert "│ we may have a problem with the firewall" in office.read(office.card("U0SM"))
        [told] = office.box.ephemerals("U0PM")
        assert "Flagged as risk #1" in told.text

    run(sqlite_url, scenario)


def test_joining_a_channel_of_a_known_partner_offers_the_link_by_dm(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        await office.box.invite_bot(PARTNERS_OWN, inviter="U0PM")
        await office.quiet()
        card = office.card("U0PM")
        assert "WATCH #GLOBEX-NEW?" in office.read(card)
        assert not _channel(office, PARTNERS_OWN).watched
        await office.click("U0PM", card, "proposal_approve")
        assert _channel(office, PARTNERS_OWN).watched
        assert "Approved by Dana Park." in office.read(office.card("U0PM"))
        await office.box.leave(office.box.bot_user_id, PARTNERS_OWN)
        await office.quiet()
        assert not _channel(office, PARTNERS_OWN).watched

    run(sqlite_url, scenario)


def test_the_home_tab_shows_our_people_what_is_open_and_lets_them_settle_it(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        await office.box.say("U0PARTNER", JOINT, "[risk delay] the cutover slips")
        await office.quiet()
        await office.box.open_home("U0PM")
        await office.box.open_home("U0GUEST")
        await office.quiet()
        home = office.box.home("U0PM")
        assert home is not None and "the cutover slips" in str(home["blocks"])
        guests = office.box.home("U0GUEST")
        assert guests is not None and "Globex" not in str(guests["blocks"])
        await office.box.click_view("U0PM", home["id"], "risk_resolve")
        await office.quiet()
        home = office.box.home("U0PM")
        assert home is not None and "the cutover slips" not in str(home["blocks"])
        assert "nothing waits for you" in str(home["blocks"])

    run(sqlite_url, scenario)


def test_channels_are_renamed_and_archived_and_people_change(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        await office.box.rename(JOINT, "globex-acme-2")
        await office.box.archive(JOINT, "U0PM")
        await office.box.deactivate("U0NEW")
        await office.quiet()
        assert _channel(office, JOINT).name == "globex-acme-2"
        assert _channel(office, JOINT).is_archived
        with office.world.store.read(HOME) as uow:
            person = uow.find(Person, slack_id="U0NEW")
            assert person is not None and person.is_deleted

    run(sqlite_url, scenario)


def test_an_event_of_odd_shape_or_kind_harms_nobody(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        for event in (
            {
                "type": "message",
                "channel": JOINT,
                "ts": "1773151500.000100",
                "subtype": "channel_topic",
                "user": "U0PM",
            },
            {"type": "message", "channel": JOINT, "ts": "1773151500.000200", "user": "U0PM"},
            {"type": "app_uninstalled"},
            {"type": "message", "channel": "C0UNKNOWN", "ts": "1773151500.000300", "user": "U0WHO", "text": "hi"},
        ):
            ours = {"team_id": HOME, "user_id": office.box.bot_user_id, "is_bot": True}
            envelope = {
                "type": "event_callback", "team_id": HOME, "api_app_id": "A0", "event_id": f"Ev{id(event)}",
                "event": event, "authorizations": [ours],
            }  # fmt: skip
            await office.box.raw_event(envelope)
        await office.quiet()
        assert office.risks() == []

    run(sqlite_url, scenario)


def _channel(office: Office, slack_id: str) -> Channel:
    with office.world.store.read(HOME) as uow:
        row = uow.find(Channel, slack_id=slack_id)
        assert row is not None
        return row
