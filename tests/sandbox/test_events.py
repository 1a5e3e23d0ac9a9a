"""Event payloads: who said it, where, and the same keys as Slack's own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox import Sandbox
from sandbox.core import Refused
from tests.sandbox.support import SPECS, client, run, workspace


def _payloads(box: Sandbox) -> list[dict[str, Any]]:
    return [delivery.payload for delivery in box.dispatcher.log]


def test_a_partners_message_comes_from_their_team_to_our_installation() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            await box.say("U0GX", "C0JOINT", f"<@{box.bot_user_id}> we slip")
            message, mention = _payloads(box)
            assert message["team_id"] == "T0GLOBEX"
            assert message["authorizations"][0]["team_id"] == "T0HOME"
            assert message["is_ext_shared_channel"] is True
            event = message["event"]
            assert (event["team"], event["user_team"], event["source_team"]) == ("T0GLOBEX",) * 3
            assert mention["event"]["type"] == "app_mention"
            assert mention["event"]["ts"] == event["ts"]
            assert mention["event_id"] != message["event_id"]

    run(scenario)


def test_our_own_persons_message_in_a_private_channel() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            await box.say("U0PM", "C0ALERTS", "hello")
            [payload] = _payloads(box)
            assert (payload["team_id"], payload["is_ext_shared_channel"]) == ("T0HOME", False)
            assert payload["event"]["channel_type"] == "group"
            assert "user_team" not in payload["event"]

    run(scenario)


def test_the_app_hears_only_channels_its_bot_is_in() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            await box.say("U0PM", "C0OTHER", f"<@{box.bot_user_id}> anyone?")
            assert _payloads(box) == []
            await box.invite_bot("C0OTHER", inviter="U0PM")
            await box.say("U0PM", "C0OTHER", "now")
            joined, message = _payloads(box)
            assert (joined["event"]["user"], joined["event"]["inviter"]) == (box.bot_user_id, "U0PM")
            assert message["event"]["text"] == "now"
            await box.leave(box.bot_user_id, "C0OTHER")
            await box.say("U0PM", "C0OTHER", "gone?")
            assert [p["event"]["type"] for p in _payloads(box)[2:]] == ["member_left_channel"]
            with pytest.raises(Refused):
                await box.say("U0AE", "C0OTHER", "not a member")

    run(scenario)


def test_edits_deletions_and_reactions() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            ts = await box.say("U0PM", "C0JOINT", "Friday")
            await box.edit("U0PM", "C0JOINT", ts, "Monday")
            await box.react("U0GX", "C0JOINT", ts, "eyes")
            await box.delete("U0PM", "C0JOINT", ts)
            _, changed, reaction, deleted = (p["event"] for p in _payloads(box))
            assert (changed["subtype"], changed["message"]["text"], changed["previous_message"]["text"]) == (
                "message_changed",
                "Monday",
                "Friday",
            )
            assert changed["message"]["edited"]["user"] == "U0PM"
            assert (reaction["reaction"], reaction["item"]["ts"], reaction["item_user"]) == ("eyes", ts, "U0PM")
            assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", ts)
            other = await box.say("U0GX", "C0JOINT", "mine")
            with pytest.raises(Refused):
                await box.edit("U0PM", "C0JOINT", other, "yours")

    run(scenario)


def test_sharing_a_channel_changes_its_audience_and_tells_the_app() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            web = client(box)
            await box.invite_team("C0ALERTS", "T0INITECH")
            info = (await web.conversations_info(channel="C0ALERTS"))["channel"]
            assert (info["is_ext_shared"], info["is_pending_ext_shared"]) == (False, True)
            assert info["pending_connected_team_ids"] == ["T0INITECH"]
            await box.share("C0ALERTS", "T0INITECH")
            info = (await web.conversations_info(channel="C0ALERTS"))["channel"]
            assert (info["is_ext_shared"], info["connected_team_ids"]) == (True, ["T0INITECH"])
            assert info["is_pending_ext_shared"] is False
            assert (await web.team_info(team="T0INITECH"))["team"]["name"] == "Initech"
            await box.unshare("C0ALERTS", "T0INITECH")
            assert [p["event"]["type"] for p in _payloads(box)] == ["channel_shared", "channel_unshared"]

    run(scenario)


def test_strangers_guests_and_the_deactivated_are_told_apart() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            web = client(box)
            box.user("U0FAR", team="T0FAR")
            box.user("U0GUEST", is_ultra_restricted=True)
            assert (await web.users_info(user="U0FAR"))["user"]["is_stranger"] is True
            partner = (await web.users_info(user="U0GX"))["user"]
            assert (partner["team_id"], partner["is_stranger"]) == ("T0GLOBEX", False)
            assert "is_stranger" not in (await web.users_info(user="U0PM"))["user"]
            assert (await web.users_info(user="U0GUEST"))["user"]["is_ultra_restricted"] is True
            await box.deactivate("U0AE")
            assert (await web.users_info(user="U0AE"))["user"]["deleted"] is True
            assert _payloads(box)[-1]["event"]["type"] == "user_change"

    run(scenario)


def test_own_posts_are_echoed_unless_switched_off() -> None:
    async def scenario() -> None:
        for echo in (True, False):
            async with workspace(echo_own=echo) as box:
                await client(box).chat_postMessage(channel="C0ALERTS", text="x")
                assert [p["event"].get("bot_id") for p in _payloads(box)] == (["B0BOT"] if echo else [])

    run(scenario)


def test_another_agents_metadata_reaches_the_app_when_subscribed() -> None:
    async def scenario() -> None:
        async with workspace(metadata_subscriptions=["partner_involvement_signal"]) as box:
            box.user("U0AGENT", is_bot=True)
            await box.join("U0AGENT", "C0ALERTS")
            for event_type in ("partner_involvement_signal", "unrelated"):
                metadata = {"event_type": event_type, "event_payload": {"account": "Acme"}}
                await box.say("U0AGENT", "C0ALERTS", "signal", metadata=metadata)
            posted = [p["event"] for p in _payloads(box) if p["event"]["type"] == "message_metadata_posted"]
            assert [(e["app_id"], e["metadata"]["event_payload"]) for e in posted] == [("A0AGENT", {"account": "Acme"})]

    run(scenario)


def test_subscriptions_filter_events() -> None:
    async def scenario() -> None:
        async with workspace(subscriptions=["message.channels"]) as box:
            await box.say("U0PM", "C0JOINT", "public")
            await box.say("U0PM", "C0ALERTS", "private")
            await box.dm("U0PM", "direct")
            assert [p["event"]["text"] for p in _payloads(box)] == ["public"]

    run(scenario)


SAMPLES = {
    "message": "event_callback.message.test_message_bot.user_message_event_payload.json",
    "message_changed": "event_callback.message.test_message_changed.event_payload.json",
    "message_deleted": "event_callback.message.test_message_deleted.event_payload.json",
    "app_mention": "event_callback.app_mention.test_events_shared_channels.valid_event_body.json",
    "member_joined_channel": "event_callback.member_joined_channel.test_events_shared_channels.join_event_body.json",
    "member_left_channel": "event_callback.member_left_channel.test_events_shared_channels.left_event_body.1.json",
    "reaction_added": "event_callback.reaction_added.test_events_shared_channels.valid_reaction_added_body.json",
    "app_home_opened": "event_callback.app_home_opened.test_events_org_apps.event_payload.json",
}


@pytest.mark.skipif(not SPECS.exists(), reason="the specs folder is not here")
@pytest.mark.parametrize("kind", SAMPLES)
def test_every_key_of_slacks_own_sample_is_there(kind: str) -> None:
    sample = json.loads((SPECS / "payloads" / SAMPLES[kind]).read_text())

    async def scenario() -> None:
        async with workspace() as box:
            ts = await box.say("U0PM", "C0JOINT", f"<@{box.bot_user_id}> hello")
            await box.edit("U0PM", "C0JOINT", ts, "edited")
            await box.react("U0PM", "C0JOINT", ts, "eyes")
            await box.delete("U0PM", "C0JOINT", ts)
            await box.join("U0AE", "C0JOINT", inviter="U0PM")
            await box.leave("U0AE", "C0JOINT")
            await box.open_home("U0PM", tab="messages")
            ours = {p["event"].get("subtype", p["event"]["type"]): p for p in _payloads(box)}[kind]
            # enterprise_id belongs to Enterprise Grid workspaces, which the sandbox does not model
            assert set(sample) - set(ours) <= {"enterprise_id"}
            assert set(sample["event"]) - set(ours["event"]) == set()

    run(scenario)


INTERACTIVE_SAMPLES = {
    "block_actions": "block_actions.test_block_actions.body.json",
    "message_action": "message_action.test_app_using_methods_in_class.payload.json",
    "shortcut": "shortcut.test_listener_middleware.body.json",
    "slash_commands": "slash.test_payload_utils.slash_command_body.json",
    "view_submission": "view_submission.test_view_submission.body.json",
}


@pytest.mark.skipif(not SPECS.exists(), reason="the specs folder is not here")
def test_interactive_payloads_have_the_keys_of_slacks_samples() -> None:
    async def scenario() -> None:
        async with workspace(ack_timeout=0.01) as box:
            element = {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "Go"}, "value": "1"}
            blocks = [{"type": "actions", "block_id": "b", "elements": [element]}]
            ts = (await client(box).chat_postMessage(channel="C0ALERTS", text="x", blocks=blocks))["ts"]
            field = {"type": "plain_text_input", "action_id": "t"}
            label = {"type": "plain_text", "text": "L"}
            view = {
                "type": "modal",
                "title": label,
                "submit": label,
                "blocks": [{"type": "input", "label": label, "element": field}],
            }
            opened = await client(box).views_open(trigger_id=box.workspace.new_trigger("U0PM"), view=view)
            await box.click("U0PM", "C0ALERTS", ts, "a")
            await box.message_shortcut("U0PM", "C0ALERTS", ts, "flag")
            await box.shortcut("U0PM", "open")
            await box.slash("U0PM", "C0ALERTS", "/pm", "help")
            await box.submit_view("U0PM", opened["view"]["id"], {"t": "typed"})
            ours = {d.payload.get("type", d.kind): d.payload for d in box.dispatcher.log if d.kind != "events_api"}
            for kind, name in INTERACTIVE_SAMPLES.items():
                sample = json.loads((SPECS / "payloads" / name).read_text())
                assert set(sample) - set(ours[kind]) == set(), kind
            sample = json.loads((SPECS / "payloads" / INTERACTIVE_SAMPLES["view_submission"]).read_text())
            assert set(sample["view"]) - set(ours["view_submission"]["view"]) == set()

    run(scenario)
