"""Commands, buttons, shortcuts, modals, the home tab and response URLs, answered by a real Bolt app."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from sandbox import Sandbox
from sandbox.clock import Clock
from sandbox.core import Refused
from tests.sandbox.support import SECTION, bolt, button, client, connected, refusal, run, workspace

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
MODAL: dict[str, Any] = {
    "type": "modal",
    "callback_id": "snooze",
    "title": {"type": "plain_text", "text": "Snooze"},
    "submit": {"type": "plain_text", "text": "Save"},
    "blocks": [
        {
            "type": "input",
            "block_id": "why",
            "label": {"type": "plain_text", "text": "Why"},
            "element": {"type": "plain_text_input", "action_id": "reason", "max_length": 50},
        },
        {
            "type": "input",
            "block_id": "how_long",
            "optional": True,
            "label": {"type": "plain_text", "text": "For"},
            "element": {
                "type": "static_select",
                "action_id": "days",
                "options": [{"text": {"type": "plain_text", "text": f"{n} days"}, "value": str(n)} for n in (1, 3)],
            },
        },
    ],
}


def test_a_command_is_escaped_acked_and_answered_by_response_url() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            app = bolt(box)
            texts: list[str] = []

            @app.command("/pm")
            async def pm(ack: Any, command: dict[str, str], respond: Any) -> None:
                texts.append(command["text"])
                await ack("on it")
                await respond("later")
                await respond("for all", response_type="in_channel")

            async with connected(box, app):
                result = await box.slash("U0PM", "C0JOINT", "/pm", 'to @dana.park <@U0AE> #alerts & "x" <b>')
                await box.wait_for(lambda: len(result.responses) == 3)
            assert texts == ['to <@U0PM|dana.park> <@U0AE|ari.edo> <#C0ALERTS|alerts> &amp; "x" &lt;b&gt;']
            assert (result.error, result.ack) == ("", {"text": "on it"})
            assert [m.text for m in result.ephemeral] == ["on it", "later"]
            # Bolt sends the ack up to 10 ms after ack() was called, so the first respond() may overtake it
            assert {m.text for m in box.ephemerals("U0PM")} == {"on it", "later"}
            assert [m.text for m in box.bot_messages("C0JOINT")] == ["for all"]

    run(scenario)


def test_a_response_url_takes_five_posts_in_thirty_minutes() -> None:
    async def scenario() -> None:
        async with workspace(clock=Clock(NOON)) as box, aiohttp.ClientSession() as session:

            async def post(url: str, body: dict[str, Any]) -> tuple[int, str]:
                async with session.post(url, json=body) as answer:
                    return answer.status, (await answer.json()).get("error", "")

            _, url = box.new_response_url("C0JOINT", "U0PM", "commands")
            assert await post(url, {"blocks": [{"type": "nope"}]}) == (400, "invalid_blocks")
            assert await post(url, {}) == (400, "no_text")
            for _ in range(5):
                assert await post(url, {"text": "x"}) == (200, "")
            assert await post(url, {"text": "x"}) == (404, "used_url")
            _, url = box.new_response_url("C0JOINT", "U0PM", "commands")
            box.clock.advance(30 * 60 + 1)
            assert await post(url, {"text": "x"}) == (404, "expired_url")

    run(scenario)


def test_a_button_is_found_by_action_and_value_and_edits_its_message() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            app = bolt(box)
            bodies: list[dict[str, Any]] = []

            @app.action("ack")
            async def acknowledge(ack: Any, body: dict[str, Any], respond: Any) -> None:
                bodies.append(body)
                await ack()
                await respond(text="acknowledged", replace_original=True)

            blocks: list[dict[str, Any]] = [
                SECTION,
                {"type": "actions", "elements": [button("ack", "Acknowledge", "7")]},
            ]
            ts = (await client(box).chat_postMessage(channel="C0ALERTS", text="risk", blocks=blocks))["ts"]
            async with connected(box, app):
                for args in (("U0PM", "ack", "8"), ("U0PM", "resolve", None), ("U0GX", "ack", "7")):
                    with pytest.raises(Refused):
                        await box.click(args[0], "C0ALERTS", ts, args[1], value=args[2])
                result = await box.click("U0PM", "C0ALERTS", ts, "ack", value="7")
                await box.wait_for(lambda: box.messages("C0ALERTS")[0].text == "acknowledged")
            assert result.error == ""
            [body] = bodies
            assert body["actions"][0]["value"] == "7"
            assert body["message"]["ts"] == body["container"]["message_ts"] == ts
            with pytest.raises(Refused):
                await box.click("U0PM", "C0ALERTS", ts, "ack")

    run(scenario)


def test_an_ephemeral_button_belongs_to_one_person_and_can_be_deleted() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            app = bolt(box)

            @app.action("close")
            async def close(ack: Any, respond: Any) -> None:
                await ack()
                await respond(delete_original=True)

            blocks = [{"type": "actions", "elements": [button("close", "Close", "1")]}]
            ts = (await client(box).chat_postEphemeral(channel="C0ALERTS", user="U0PM", text="psst", blocks=blocks))[
                "message_ts"
            ]
            async with connected(box, app):
                with pytest.raises(Refused):
                    await box.click("U0AE", "C0ALERTS", ts, "close")
                await box.click("U0PM", "C0ALERTS", ts, "close")
                await box.wait_for(lambda: not box.ephemerals("U0PM"))

    run(scenario)


def test_a_select_offers_its_options_only() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            app = bolt(box)
            chosen: list[str] = []

            @app.action("days")
            async def days(ack: Any, action: dict[str, Any]) -> None:
                await ack()
                chosen.append(action["selected_option"]["value"])

            element = MODAL["blocks"][1]["element"]
            ts = (
                await client(box).chat_postMessage(
                    channel="C0ALERTS", text="x", blocks=[{"type": "actions", "elements": [element]}]
                )
            )["ts"]
            async with connected(box, app):
                with pytest.raises(Refused):
                    await box.click("U0PM", "C0ALERTS", ts, "days", option="30")
                await box.click("U0PM", "C0ALERTS", ts, "days", option="3")
                await box.wait_for(lambda: chosen)
            assert chosen == ["3"]

    run(scenario)


def test_a_modal_is_opened_filled_refused_and_closed() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            app = bolt(box)
            saved: list[dict[str, Any]] = []

            @app.shortcut("flag")
            async def flag(ack: Any, body: dict[str, Any], client: Any) -> None:
                await ack()
                await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

            @app.view("snooze")
            async def snooze(ack: Any, view: dict[str, Any]) -> None:
                values = view["state"]["values"]
                if len(values["why"]["reason"]["value"]) < 3:
                    await ack(response_action="errors", errors={"why": "Say more"})
                    return
                await ack()
                saved.append(values)

            ts = await box.say("U0GX", "C0JOINT", "we slip")
            async with connected(box, app):
                await box.message_shortcut("U0PM", "C0JOINT", ts, "flag")
                modal = await box.wait_for(lambda: box.modal("U0PM"))
                with pytest.raises(Refused):
                    await box.submit_view("U0PM", modal["id"], {})
                with pytest.raises(Refused):
                    await box.submit_view("U0PM", modal["id"], {"reason": "ok then", "colour": "red"})
                refused = await box.submit_view("U0PM", modal["id"], {"reason": "no"})
                assert refused.ack == {"response_action": "errors", "errors": {"why": "Say more"}}
                assert box.modal("U0PM") is not None
                accepted = await box.submit_view("U0PM", modal["id"], {"why": "holiday", "days": "3"})
                assert accepted.error == ""
                await box.wait_for(lambda: saved)
            assert box.modal("U0PM") is None
            assert saved[0]["how_long"]["days"]["selected_option"]["value"] == "3"

    run(scenario)


def test_a_trigger_works_once_for_three_seconds() -> None:
    async def scenario() -> None:
        async with workspace(clock=Clock(NOON)) as box:
            web = client(box)
            first, late = box.workspace.new_trigger("U0PM"), box.workspace.new_trigger("U0PM")
            view = (await web.views_open(trigger_id=first, view=MODAL))["view"]
            again = await refusal(web.views_open(trigger_id=first, view=MODAL))
            assert again["error"] == "exchanged_trigger_id"
            box.clock.advance(3.1)
            assert (await refusal(web.views_open(trigger_id=late, view=MODAL)))["error"] == "expired_trigger_id"
            stale = await refusal(web.views_update(view_id=view["id"], hash="0.old", view=MODAL))
            assert stale["error"] == "hash_conflict"
            for _ in range(2):
                await web.views_push(trigger_id=box.workspace.new_trigger("U0PM"), view=MODAL)
            full = await refusal(web.views_push(trigger_id=box.workspace.new_trigger("U0PM"), view=MODAL))
            assert full["error"] == "push_limit_reached"

    run(scenario)


def test_the_home_tab_is_published_and_its_buttons_work() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            app = bolt(box)
            pressed: list[str] = []

            @app.event("app_home_opened")
            async def opened(event: dict[str, Any], client: Any) -> None:
                blocks = [{"type": "actions", "elements": [button("go", "Go", "1")]}]
                await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

            @app.action("go")
            async def go(ack: Any, action: dict[str, Any]) -> None:
                await ack()
                pressed.append(action["value"])

            async with connected(box, app):
                await box.open_home("U0PM")
                home = await box.wait_for(lambda: box.home("U0PM"))
                await box.click_view("U0PM", home["id"], "go")
                await box.wait_for(lambda: pressed)

    run(scenario)


def test_an_answer_that_slack_would_not_take_is_reported() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            app = bolt(box)

            @app.view("snooze")
            async def snooze(ack: Any) -> None:
                await ack(response_action="errors", errors={"nowhere": "no such field"})

            async with connected(box, app):
                view = await _open(box)
                result = await box.submit_view("U0PM", view, {"reason": "x"})
            assert "nowhere" in result.error

    run(scenario)


async def _open(box: Sandbox) -> str:
    opened = await client(box).views_open(trigger_id=box.workspace.new_trigger("U0PM"), view=MODAL)
    view_id: str = opened["view"]["id"]
    return view_id
