"""Socket Mode against the real handler: acks, redelivery, refresh, drops."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncApp

from tests.sandbox.support import bolt, client, connected, run, workspace


def _listening(box_app: AsyncApp) -> list[dict[str, Any]]:
    seen: list[dict[str, Any]] = []

    @box_app.event("message")
    async def on_message(body: dict[str, Any]) -> None:
        seen.append(body)

    return seen


def test_an_event_is_acked_and_measured() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            app = bolt(box)
            seen = _listening(app)
            async with connected(box, app):
                ts = await box.say("U0PM", "C0JOINT", "hello")
                await box.settled()
                await box.wait_for(lambda: seen)
            assert seen[0]["event"]["ts"] == ts
            stats = box.stats()
            assert (stats["acked"], stats["lost"], stats["retried"]) == (1, 0, 0)
            assert 0 < stats["p50_ms"] < 3000

    run(scenario)


def test_an_event_without_an_ack_is_sent_again_and_then_given_up() -> None:
    async def scenario() -> None:
        async with workspace(ack_timeout=0.15, retry_delays=(0.0, 0.05, 0.1)) as box:
            app = bolt(box)  # no listener: Bolt answers 404, which is no ack at all
            async with connected(box, app):
                await box.say("U0PM", "C0JOINT", "hello")
                await box.settled()
            [delivery] = box.dispatcher.log
            assert (delivery.status, delivery.attempt, delivery.reason) == ("lost", 3, "timeout")
            assert box.stats()["timeouts"] == 4

    run(scenario)


def test_a_retry_carries_its_number_and_reason_and_the_same_event_id() -> None:
    async def scenario() -> None:
        async with workspace(ack_timeout=0.2, retry_delays=(0.0, 0.05)) as box:
            app = bolt(box)
            seen: list[tuple[str, str, str]] = []

            @app.middleware
            async def slow_first(req: Any, next: Any) -> None:
                headers = req.headers
                seen.append((req.body["event_id"], headers["x-slack-retry-num"][0], headers["x-slack-retry-reason"][0]))
                await asyncio.sleep(0.3 if len(seen) == 1 else 0)
                await next()

            _listening(app)
            async with connected(box, app):
                await box.say("U0PM", "C0JOINT", "hello")
                await box.settled()
                await box.wait_for(lambda: box.stats()["late"])
            assert [s[1] for s in seen] == ["0", "1"]
            assert seen[1][2] == "timeout"
            assert seen[0][0] == seen[1][0]
            assert box.dispatcher.log[0].status == "acked"

    run(scenario)


def test_without_a_connection_a_command_fails_at_once_and_an_event_waits_for_its_retry() -> None:
    async def scenario() -> None:
        async with workspace(retry_delays=(0.3,)) as box:
            result = await box.slash("U0PM", "C0JOINT", "/pm", "help")
            assert result.error == "dispatch_failed"
            await box.say("U0PM", "C0JOINT", "while away")
            app = bolt(box)
            seen = _listening(app)
            async with connected(box, app):
                await box.wait_for(lambda: seen)

    run(scenario)


def test_a_command_without_an_ack_times_out_once() -> None:
    async def scenario() -> None:
        async with workspace(ack_timeout=0.1) as box:
            async with connected(box, bolt(box)):
                result = await box.slash("U0PM", "C0JOINT", "/unknown")
            assert result.error == "operation_timeout"
            assert box.stats()["sent"] == 1

    run(scenario)


def test_refresh_moves_the_client_to_a_new_connection() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            app = bolt(box)
            seen = _listening(app)
            async with connected(box, app):
                first = box.sockets.ready[0]
                await box.sockets.refresh()
                await box.wait_for(lambda: box.sockets.ready and box.sockets.ready[0] is not first)
                await box.say("U0PM", "C0JOINT", "after")
                await box.wait_for(lambda: seen)

    run(scenario)


def test_a_warning_keeps_the_old_connection_until_the_client_leaves_it() -> None:
    async def scenario() -> None:
        async with workspace() as box, connected(box, bolt(box)):
            await box.sockets.refresh(warn=True)
            await box.wait_for(lambda: box.sockets.opened == 2)

    run(scenario)


def test_after_an_abrupt_drop_the_client_comes_back_and_the_event_is_not_lost() -> None:
    async def scenario() -> None:
        async with workspace(ack_timeout=0.5, retry_delays=(0.5, 1.0, 2.0, 4.0, 8.0)) as box:
            app = bolt(box)
            seen = _listening(app)
            async with connected(box, app, ping_interval=0.2):
                assert box.sockets.drop() == 1
                await box.say("U0PM", "C0JOINT", "into the gap")
                await box.wait_for(lambda: seen, timeout=25)
            assert box.sockets.opened >= 2

    run(scenario)


def test_each_event_goes_to_one_of_two_connections() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            apps = [bolt(box) for _ in range(2)]
            seen = [_listening(app) for app in apps]
            async with connected(box, apps[0]), connected(box, apps[1]):
                await box.connected(2)
                for number in range(30):
                    await box.say("U0PM", "C0JOINT", f"m{number}")
                await box.settled()
                await box.wait_for(lambda: len(seen[0]) + len(seen[1]) == 30)
            assert seen[0]
            assert seen[1]

    run(scenario)


def test_an_eleventh_connection_is_sent_away() -> None:
    async def scenario() -> None:
        async with workspace() as box, aiohttp.ClientSession() as session:
            web = client(box)
            urls = [(await web.apps_connections_open(app_token=box.app_token))["url"] for _ in range(11)]
            sockets = [await session.ws_connect(url) for url in urls]
            hellos = [await socket.receive_json() for socket in sockets]
            assert [h["type"] for h in hellos] == ["hello"] * 10 + ["disconnect"]
            assert hellos[-1]["reason"] == "too_many_websockets"
            assert len(box.sockets.ready) == 10

    run(scenario)


def test_a_ticket_opens_one_connection() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            url = (await client(box).apps_connections_open(app_token=box.app_token))["url"]
            async with aiohttp.ClientSession() as session:
                async with session.ws_connect(url) as socket:
                    assert (await socket.receive_json())["type"] == "hello"
                try:
                    async with session.ws_connect(url):
                        raise AssertionError("a used ticket was accepted")
                except aiohttp.WSServerHandshakeError as error:
                    assert error.status == 403

    run(scenario)


def test_redeliver_sends_the_same_event_again() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            app = bolt(box)
            seen = _listening(app)
            async with connected(box, app):
                await box.say("U0PM", "C0JOINT", "once")
                await box.redeliver(box.dispatcher.log[0].event_id)
                await box.wait_for(lambda: len(seen) == 2)
            assert seen[0] == seen[1]

    run(scenario)
