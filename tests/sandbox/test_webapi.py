"""Web API: arguments, scopes, membership, history, metadata, files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from sandbox.clock import Clock
from sandbox.methods import DEFAULT_SCOPES
from tests.sandbox.support import SECTION, client, refusal, run, workspace


def test_post_update_delete_and_read_back() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            web = client(box)
            posted = await web.chat_postMessage(channel="C0ALERTS", text="one", blocks=[SECTION])
            ts = posted["ts"]
            assert posted["message"]["bot_id"] == box.workspace.home_install.bot_id
            await web.chat_update(channel="C0ALERTS", ts=ts, text="two")
            [stored] = box.messages("C0ALERTS")
            assert (stored.text, stored.blocks, stored.edited is not None) == ("two", [], True)
            link = await web.chat_getPermalink(channel="C0ALERTS", message_ts=ts)
            assert link["permalink"] == f"https://home.slack.com/archives/C0ALERTS/p{ts.replace('.', '')}"
            await web.chat_delete(channel="C0ALERTS", ts=ts)
            assert box.messages("C0ALERTS") == []
            assert (await refusal(web.chat_delete(channel="C0ALERTS", ts=ts)))["error"] == "message_not_found"

    run(scenario)


def test_json_and_form_bodies_are_the_same_call() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            web = client(box)
            body = {"channel": "C0ALERTS", "text": "same", "blocks": [SECTION]}
            await web.api_call("chat.postMessage", json=body)
            await web.api_call("chat.postMessage", data=body | {"blocks": '[{"type": "divider"}]'})
            assert [m.blocks[0]["type"] for m in box.messages("C0ALERTS")] == ["section", "divider"]
            async with aiohttp.ClientSession() as session:
                headers = {"Authorization": f"Bearer {box.bot_token}", "Content-Type": "application/json"}
                async with session.post(f"{box.api_url}auth.test", data="{nonsense", headers=headers) as answer:
                    assert (await answer.json())["error"] == "invalid_json"
                async with session.post(
                    f"{box.api_url}auth.test", data=b"x", headers=headers | {"Content-Type": "a/b"}
                ) as answer:
                    assert (await answer.json())["error"] == "invalid_post_type"

    run(scenario)


@pytest.mark.parametrize(
    ("method", "args", "error"),
    [
        ("chat.postMessage", {"channel": "C0ALERTS"}, "no_text"),
        ("chat.postMessage", {"channel": "C0ALERTS", "text": "   "}, "no_text"),
        ("chat.postMessage", {"text": "x"}, "invalid_arguments"),
        ("chat.postMessage", {"channel": "C0NONE", "text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "C0OTHER", "text": "x"}, "not_in_channel"),
        ("chat.postMessage", {"channel": "C0OLD", "text": "x"}, "is_archived"),
        ("chat.postMessage", {"channel": "C0ALERTS", "text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
        ("chat.postMessage", {"channel": "C0ALERTS", "text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
        ("chat.postMessage", {"channel": "C0ALERTS", "text": "x", "blocks": "{"}, "invalid_blocks_format"),
        ("chat.postMessage", {"channel": "C0ALERTS", "text": "x", "blocks": '[{"type":"nope"}]'}, "invalid_blocks"),
        ("chat.postMessage", {"channel": "C0ALERTS", "text": "x", "metadata": '{"a":1}'}, "invalid_metadata_format"),
        ("chat.postMessage", {"channel": "U0FAR", "text": "x"}, "channel_not_found"),
        ("chat.update", {"channel": "C0ALERTS", "ts": "1.000001", "text": "x"}, "message_not_found"),
        ("chat.postEphemeral", {"channel": "C0ALERTS", "user": "U0GX", "text": "x"}, "user_not_in_channel"),
        ("conversations.history", {"channel": "C0OTHER"}, "not_in_channel"),
        ("conversations.history", {"channel": "C0ALERTS", "oldest": "yesterday"}, "invalid_ts_oldest"),
        ("conversations.history", {"channel": "C0ALERTS", "cursor": "!"}, "invalid_cursor"),
        ("conversations.history", {"channel": "C0ALERTS", "limit": "5000"}, "invalid_limit"),
        ("conversations.replies", {"channel": "C0ALERTS", "ts": "1.000001"}, "thread_not_found"),
        ("conversations.info", {"channel": "C0SECRET"}, "channel_not_found"),
        ("conversations.list", {"types": "rooms"}, "invalid_types"),
        ("conversations.open", {}, "users_list_not_supplied"),
        ("conversations.open", {"users": "U0GONE"}, "user_disabled"),
        ("conversations.open", {"users": "U0FAR"}, "invalid_user_combination"),
        ("users.info", {"user": "U0NOBODY"}, "user_not_found"),
        ("users.lookupByEmail", {"email": "gil@globex.example"}, "users_not_found"),
        ("team.info", {"team": "T0FAR"}, "team_not_found"),
        ("reactions.add", {"channel": "C0ALERTS", "timestamp": "1.0", "name": "eyes"}, "message_not_found"),
        ("views.open", {"view": "{}"}, "invalid_trigger_id"),
        ("search.messages", {"query": "x"}, "unknown_method"),
    ],
)  # fmt: skip
def test_refusals(method: str, args: dict[str, Any], error: str) -> None:
    async def scenario() -> None:
        async with workspace() as box:
            box.channel("C0OLD", archived=True)
            box.channel("C0SECRET", private=True, bot=False)
            box.user("U0GONE", deleted=True)
            box.user("U0FAR", team="T0FAR")
            body = await refusal(client(box).api_call(method, data=args))
            assert body["error"] == error
            assert box.calls(method)[-1].response == body

    run(scenario)


def test_tokens_and_scopes() -> None:
    async def scenario() -> None:
        async with workspace(scopes=DEFAULT_SCOPES - {"groups:history", "users:read.email", "chat:write"}) as box:
            web = client(box)
            assert (await refusal(client(box, "xoxb-wrong").auth_test()))["error"] == "invalid_auth"
            assert (await refusal(client(box, box.app_token).auth_test()))["error"] == "not_allowed_token_type"
            assert (await refusal(web.apps_connections_open(app_token=box.bot_token)))[
                "error"
            ] == "not_allowed_token_type"
            body = await refusal(web.chat_postMessage(channel="C0ALERTS", text="x"))
            assert (body["error"], body["needed"]) == ("missing_scope", "chat:write")
            assert "channels:history" in body["provided"].split(",")
            assert (await refusal(web.conversations_history(channel="C0ALERTS")))["needed"] == "groups:history"
            assert (await web.conversations_history(channel="C0JOINT"))["messages"] == []
            assert "email" not in (await web.users_info(user="U0PM"))["user"]["profile"]
            await box.uninstall()
            assert (await refusal(web.auth_test()))["error"] == "account_inactive"

    run(scenario)


def test_only_own_messages_can_be_changed() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            web = client(box)
            theirs = await box.say("U0PM", "C0ALERTS", "mine")
            assert (await refusal(web.chat_update(channel="C0ALERTS", ts=theirs, text="x")))[
                "error"
            ] == "cant_update_message"
            assert (await refusal(web.chat_delete(channel="C0ALERTS", ts=theirs)))["error"] == "cant_delete_message"
            ours = (await web.chat_postMessage(channel="C0ALERTS", text="x"))["ts"]
            box.messages("C0ALERTS")[-1].editable = False
            assert (await refusal(web.chat_update(channel="C0ALERTS", ts=ours, text="y")))[
                "error"
            ] == "edit_window_closed"
            too_long = await refusal(web.chat_update(channel="C0ALERTS", ts=theirs, text="y" * 4001))
            assert too_long["error"] == "cant_update_message"
            box.messages("C0ALERTS")[-1].editable = True
            assert (await refusal(web.chat_update(channel="C0ALERTS", ts=ours, text="y" * 4001)))[
                "error"
            ] == "msg_too_long"

    run(scenario)


def test_metadata_comes_back_only_when_asked_for_and_survives_an_update() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            web = client(box)
            metadata = {"event_type": "partnerdesk_delivery", "event_payload": {"key": "k1"}}
            ts = (await web.chat_postMessage(channel="C0ALERTS", text="x", metadata=metadata))["ts"]
            await web.chat_update(channel="C0ALERTS", ts=ts, text="y")
            bare = await web.conversations_history(channel="C0ALERTS")
            full = await web.conversations_history(channel="C0ALERTS", include_all_metadata=True)
            assert "metadata" not in bare["messages"][0]
            assert full["messages"][0]["metadata"] == metadata
            big = metadata | {"event_payload": {"key": "k" * 9000}}
            assert (await refusal(web.chat_postMessage(channel="C0ALERTS", text="x", metadata=big)))[
                "error"
            ] == "metadata_too_large"
            deep = metadata | {"event_payload": {"a": {"b": {"c": 1}}}}
            body = await refusal(web.chat_postMessage(channel="C0ALERTS", text="x", metadata=deep))
            assert body["error"] == "invalid_metadata_schema"

    run(scenario)


def test_history_pages_newest_first_within_bounds() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            web = client(box)
            stamps = [await box.say("U0PM", "C0ALERTS", f"m{n}", at=1_790_000_000 + n) for n in range(7)]
            seen: list[str] = []
            cursor = ""
            while True:
                part = await web.conversations_history(channel="C0ALERTS", limit=3, cursor=cursor)
                seen += [m["ts"] for m in part["messages"]]
                cursor = part["response_metadata"]["next_cursor"]
                if not cursor:
                    break
            assert seen == stamps[::-1]
            between = await web.conversations_history(channel="C0ALERTS", oldest=stamps[1], latest=stamps[4])
            assert [m["text"] for m in between["messages"]] == ["m3", "m2"]
            inclusive = await web.conversations_history(
                channel="C0ALERTS", oldest=stamps[1], latest=stamps[4], inclusive=True
            )
            assert [m["text"] for m in inclusive["messages"]] == ["m4", "m3", "m2", "m1"]

    run(scenario)


def test_replies_start_with_the_parent_and_stay_out_of_history() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            web = client(box)
            parent = await box.say("U0PM", "C0JOINT", "thread")
            replies = [await box.say("U0GX", "C0JOINT", f"r{n}", thread_ts=parent) for n in range(5)]
            shouted = await box.say("U0GX", "C0JOINT", "all", thread_ts=parent, broadcast=True)
            first = await web.conversations_replies(channel="C0JOINT", ts=replies[2], limit=3)
            assert [m["text"] for m in first["messages"]] == ["thread", "r0", "r1"]
            cursor = first["response_metadata"]["next_cursor"]
            second = await web.conversations_replies(channel="C0JOINT", ts=parent, cursor=cursor)
            assert [m["text"] for m in second["messages"]] == ["r2", "r3", "r4", "all"]
            history = await web.conversations_history(channel="C0JOINT")
            assert [m["ts"] for m in history["messages"]] == [shouted, parent]
            assert history["messages"][1]["reply_count"] == 6
            body = await refusal(web.chat_postMessage(channel="C0JOINT", text="x", thread_ts=replies[0]))
            assert body["error"] == "cannot_reply_to_message"
            await box.delete("U0PM", "C0JOINT", parent)
            left = await web.conversations_replies(channel="C0JOINT", ts=parent)
            assert left["messages"][0]["subtype"] == "tombstone"

    run(scenario)


def test_listings_page_and_respect_membership() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            web = client(box)
            for number in range(5):
                box.channel(f"C0N{number}", bot=number % 2 == 0)
            public = await web.conversations_list(limit=4)
            rest = await web.conversations_list(limit=4, cursor=public["response_metadata"]["next_cursor"])
            names = [c["id"] for part in (public, rest) for c in part["channels"]]
            assert names == ["C0JOINT", "C0OTHER", *(f"C0N{n}" for n in range(5))]
            assert rest["response_metadata"]["next_cursor"] == ""
            mine = await web.users_conversations(types="public_channel,private_channel")
            assert [c["id"] for c in mine["channels"]] == ["C0JOINT", "C0ALERTS", "C0N0", "C0N2", "C0N4"]
            assert (await web.conversations_members(channel="C0JOINT"))["members"] == ["U0PM", "U0GX", box.bot_user_id]
            await web.conversations_join(channel="C0OTHER")
            assert (await web.conversations_info(channel="C0OTHER"))["channel"]["is_member"] is True

    run(scenario)


def test_direct_messages_open_by_user_id() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            web = client(box)
            opened = await web.conversations_open(users=["U0PM"])
            posted = await web.chat_postMessage(channel="U0PM", text="hello")
            assert posted["channel"] == opened["channel"]["id"]
            assert [m.text for m in box.dms("U0PM")] == ["hello"]

    run(scenario)


def test_a_persons_offset_is_that_of_the_workspaces_clock() -> None:
    async def scenario() -> None:
        async with workspace(clock=Clock(datetime(2026, 1, 5, tzinfo=UTC))) as box:
            web = client(box)
            assert (await web.users_info(user="U0PM"))["user"]["tz_offset"] == 3600
            box.clock.set(datetime(2026, 7, 5, tzinfo=UTC))
            assert (await web.users_info(user="U0PM"))["user"]["tz_offset"] == 7200

    run(scenario)


def test_messages_are_dated_by_the_workspaces_clock_and_never_share_a_ts() -> None:
    async def scenario() -> None:
        start = datetime(2026, 3, 9, 12, tzinfo=UTC)
        async with workspace(clock=Clock(start)) as box:
            stamps = [await box.say("U0PM", "C0ALERTS", "x") for _ in range(3)]
            stamps.append(await box.say("U0PM", "C0ALERTS", "x", at=start + timedelta(hours=1)))
            assert stamps[0] == f"{int(start.timestamp())}.000000"
            assert stamps == sorted(set(stamps))
            assert box.clock.now() == start + timedelta(hours=1)
            old = await box.say("U0PM", "C0ALERTS", "x", at=start)
            assert old == f"{int(start.timestamp())}.000003"
            assert [m.ts for m in box.messages("C0ALERTS")] == sorted([*stamps, old])

    run(scenario)


def test_rate_limits_answer_429_with_retry_after() -> None:
    async def scenario() -> None:
        async with workspace(rate_limits=True) as box:
            web = client(box)
            for _ in range(4):
                await web.chat_postMessage(channel="C0ALERTS", text="burst")
            body = await refusal(web.chat_postMessage(channel="C0ALERTS", text="one too many"))
            assert body["error"] == "ratelimited"
            await web.chat_postMessage(channel="C0JOINT", text="another channel has its own bucket")
            for _ in range(20):
                await web.users_list()
            assert (await refusal(web.users_list()))["error"] == "ratelimited"
            assert box.calls("users.list")[-1].status == 429

    run(scenario)


def test_files_upload_v2() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            await client(box).files_upload_v2(
                content="a,b\n1,2\n", filename="qbr.csv", title="QBR", channel="C0ALERTS", initial_comment="Numbers"
            )
            [message] = box.messages("C0ALERTS")
            assert (message.subtype, message.text, message.files[0]["title"]) == ("file_share", "Numbers", "QBR")
            [stored] = box.files("qbr.csv")
            assert stored.content == b"a,b\n1,2\n"

    run(scenario)


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated")  # slack_sdk 3.47 on aiohttp 3.14
def test_oauth_installs_into_another_workspace_which_sees_only_its_own() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            box.user("U0TWO", team="T0SECOND")
            app = box.workspace.app
            granted = await client(box).oauth_v2_access(
                client_id=app.client_id, client_secret=app.client_secret, code=box.oauth_code("T0SECOND")
            )
            other = client(box, granted["access_token"])
            assert (await other.auth_test())["team_id"] == "T0SECOND"
            assert (await refusal(other.conversations_history(channel="C0ALERTS")))["error"] == "channel_not_found"
            again = client(box).oauth_v2_access(client_id=app.client_id, client_secret=app.client_secret, code="code01")
            assert (await refusal(again))["error"] == "invalid_code"

    run(scenario)


def test_blocks_validate_needs_no_token() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            web = client(box)
            web.token = None
            assert (await web.api_call("blocks.validate", json={"blocks": [SECTION]}))["ok"]
            assert (await refusal(web.api_call("blocks.validate", json={"blocks": [{"type": "x"}]})))[
                "error"
            ] == "invalid_blocks"
            assert (await refusal(web.auth_test()))["error"] == "not_authed"

    run(scenario)
