"""Only our own people command: everybody else gets one polite sentence, and nothing changes."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import SQLModel, func, select

from bot.desk.rights import NOT_OURS
from models.messages import Receipt
from models.partners import Person
from sandbox.workspace import Json
from tests.wire.office import GLOBEX, HOME, RIVAL, Office, play

SLIP = "The cutover has slipped from the 14th to the 26th."
# Receipts come and go, and looking somebody up in Slack is no change of anything they asked for.
NOT_COUNTED = {"receipt", "person"}
OUTSIDERS = ["U0GUEST", "U0PARTNER", "U0RIVAL", "U0STRANGER", "U0ROBOT", "U0GONE"]


def outsiders(office: Office) -> None:
    """Six people who must not command, all of them in the joint channel."""
    office.box.user("U0STRANGER", team="T0NOBODY", name="Stan Ranger", stranger=True)
    office.box.user("U0ROBOT", name="Jira", is_bot=True)
    office.box.user("U0GONE", name="Gone Girl", deleted=True)
    members = office.box.workspace.channels["C0JOINT"].members
    members += [user for user in OUTSIDERS if user not in members]


def everything(office: Office) -> dict[str, Any]:
    """What is stored: how many rows of each table, and the state of each row that has one."""
    found: dict[str, Any] = {}
    with office.desk.services.store.engine.connect() as connection:
        for table in SQLModel.metadata.sorted_tables:
            if table.name in NOT_COUNTED:
                continue
            found[table.name] = connection.execute(select(func.count()).select_from(table)).scalar_one()
            if "state" in table.c:
                found[f"{table.name} states"] = sorted(map(str, connection.execute(select(table.c.id, table.c.state))))
    return found


async def risk_card(office: Office) -> Json:
    """A risk is found and its card posted; returns the card as Slack's own JSON."""
    await office.box.say("U0PM", "C0JOINT", SLIP)
    await office.quiet()
    [card] = office.cards("U0SM")
    return {"channel": card.channel, "ts": card.ts, "blocks": card.blocks, "text": card.text}


def test_slash_commands_of_outsiders_are_answered_and_do_nothing(database: str) -> None:
    async def scenario(office: Office) -> None:
        outsiders(office)
        await risk_card(office)
        before = everything(office)
        for user in OUTSIDERS:
            for text in ("risks", "snooze #1 4h", "unwatch", "escalate #1 to <@U0VP>"):
                assert await office.pm(user, text) == NOT_OURS, (user, text)
        assert everything(office) == before

    play(database, scenario)


@pytest.mark.parametrize("team", ["own", HOME, ""])
def test_forged_buttons_of_outsiders_are_answered_and_do_nothing(sqlite_url: str, team: str) -> None:
    """The payload may claim any team: who somebody is comes from Slack's users.info."""

    async def scenario(office: Office) -> None:
        outsiders(office)
        card = await risk_card(office)
        before = everything(office)
        for user in OUTSIDERS:
            for action in ("risk_ack", "risk_snooze", "request_0"):
                claimed = office.box.workspace.users[user].team_id if team == "own" else team
                said = await press(office, user, claimed, card, action)
                assert said == NOT_OURS, (user, action, said)
        assert everything(office) == before

    play(sqlite_url, scenario)


async def press(office: Office, user: str, team: str, card: Json, action: str, **more: Any) -> str:
    """A block_actions payload made by hand, as nobody's client would send it; returns what the person was told."""
    token, url = office.box.new_response_url("C0JOINT", user, "actions")
    payload = {
        "type": "block_actions",
        "user": {"id": user, "name": "x", "team_id": team},
        "team": {"id": team} if team else None,
        "api_app_id": office.box.workspace.app.id,
        "container": {"type": "message", "message_ts": card["ts"], "channel_id": card["channel"]},
        "channel": {"id": card["channel"]},
        "message": card,
        "trigger_id": office.box.workspace.new_trigger(user),
        "response_url": url,
        "actions": [{"action_id": action, "block_id": "risk:1:open:1", "type": "button", "value": "1",
                     "selected_option": {"value": "24"}, "selected_user": "U0VP"} | more],
    }  # fmt: skip
    result = await office.box._send("interactive", payload)
    assert not result.error, result.error
    await office.quiet()
    return "\n".join(office.read(message) for message in office.box.workspace.response_urls[token].posts)


def test_mentions_and_direct_messages_of_outsiders(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        outsiders(office)
        await risk_card(office)
        before = everything(office)
        us = office.box.bot_user_id
        people = [user for user in OUTSIDERS if user not in ("U0ROBOT", "U0GONE")]
        for user in people:
            await office.box.say(user, "C0JOINT", f"<@{us}> unwatch")
            await office.quiet()
            assert [office.read(m) for m in office.box.ephemerals(user)] == [NOT_OURS], user
            await office.box.dm(user, "unwatch <#C0JOINT>")
            await office.quiet()
            assert [office.read(m) for m in office.cards(user)] == [NOT_OURS], user
        after = everything(office)
        # What they said in a watched channel is a message like any other; nothing else may have changed.
        assert after.pop("message") == before.pop("message") + len(people)
        assert after == before
        assert office.watched() == {"C0JOINT"}

    play(sqlite_url, scenario)


def test_bots_and_the_gone_get_no_answer_to_a_mention(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        outsiders(office)
        for user in ("U0ROBOT", "U0GONE"):
            await office.box.say(user, "C0JOINT", f"<@{office.box.bot_user_id}> unwatch")
            await office.box.dm(user, "unwatch <#C0JOINT>")
        await office.quiet()
        assert office.cards("U0ROBOT") == []
        assert office.watched() == {"C0JOINT"}

    play(sqlite_url, scenario)


def test_shortcuts_flags_and_forms_of_outsiders(database: str) -> None:
    async def scenario(office: Office) -> None:
        outsiders(office)
        ts = await office.box.say("U0PARTNER", "C0JOINT", "hmm, the licences")
        await office.quiet()
        before = everything(office)
        flag = office.desk.services.policy.flag_emoji
        for user in OUTSIDERS:
            for name in ("flag_risk", "track_commitment"):
                result = await office.box.message_shortcut(user, "C0JOINT", ts, name)
                assert await office.answer(result, user) == NOT_OURS, (user, name)
            assert office.box.modal(user) is None
            await office.box.react(user, "C0JOINT", ts, flag)
            await submit(office, user, ts)
            await office.quiet()
            assert [office.read(m) for m in office.cards(user)] in ([], [NOT_OURS]), user
        assert everything(office) == before

    play(database, scenario)


async def submit(office: Office, user: str, ts: str) -> None:
    """The form of “Track commitment”, submitted by somebody who never was shown it."""
    team = office.box.workspace.users[user].team_id
    view = {
        "id": "V0FORGED", "type": "modal", "callback_id": "track_commitment", "app_installed_team_id": HOME,
        "private_metadata": f'{{"channel": "C0JOINT", "ts": "{ts}", "response_url": "http://127.0.0.1:9/x"}}',
        "state": {"values": {"owner": {"user": {"type": "users_select", "selected_user": user}}}},
    }  # fmt: skip
    payload = {"type": "view_submission", "user": {"id": user, "team_id": team}, "team": {"id": team}, "view": view,
               "trigger_id": office.box.workspace.new_trigger(user), "response_urls": []}  # fmt: skip
    result = await office.box._send("interactive", payload)
    assert not result.error, result.error


def test_a_member_without_a_part_in_it_cannot_settle_a_risk(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        card = await risk_card(office)
        before = everything(office)
        for user in ("U0NEW", "U0SA", "U0PS"):
            for action in ("risk_ack", "risk_resolve", "risk_dismiss", "risk_snooze", "risk_handoff"):
                assert "only the people it went to" in await press(office, user, HOME, card, action), (user, action)
            assert "only the people it went to" in await office.pm(user, "snooze #1 4h")
        assert "Only partner managers" in await office.pm("U0NEW", "unwatch <#C0JOINT>", "C0OFFICE")
        assert "Only partner managers" in await office.pm("U0NEW", "watch Globex", "C0OFFICE")
        assert everything(office) == before

    play(sqlite_url, scenario)


def test_the_home_tab_of_an_outsider_says_nothing(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        outsiders(office)
        await risk_card(office)
        for user in ("U0GUEST", "U0PARTNER", "U0RIVAL"):
            await office.box.open_home(user)
            await office.quiet()
            assert "cutover" not in str(office.box.home(user))
            assert "watched" not in str(office.box.home(user))
        await office.box.open_home("U0SM")
        await office.quiet()
        assert "cutover" in str(office.box.home("U0SM"))

    play(sqlite_url, scenario)


def test_somebody_deactivated_can_no_longer_act(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        card = await risk_card(office)
        await office.box.deactivate("U0SM")
        await office.quiet()
        before = everything(office)
        assert await press(office, "U0SM", HOME, card, "risk_dismiss") == NOT_OURS
        assert await office.pm("U0SM", "snooze #1 4h", "C0OFFICE") == NOT_OURS
        assert everything(office) == before

    play(sqlite_url, scenario)


def test_what_is_ours_cannot_be_reached_under_another_workspace(sqlite_url: str) -> None:
    """Our own manager's name on a payload of another workspace reaches nothing of ours."""

    async def scenario(office: Office) -> None:
        card = await risk_card(office)
        before = everything(office)
        for team in (GLOBEX, RIVAL, "T0NEVERHEARD"):
            said = await press(office, "U0SM", team, card, "risk_dismiss")
            assert said == NOT_OURS, (team, said)
        assert everything(office) == before
        with office.desk.services.store.system(write=False) as session:
            assert session.exec(select(Receipt).where(Receipt.state != "done")).all() == []
            assert {p.workspace_id for p in session.exec(select(Person)).all()} == {HOME}

    play(sqlite_url, scenario)
