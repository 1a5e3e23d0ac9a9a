"""Signed HTTP delivery to Bolt's own aiohttp server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt.async_app import AsyncApp

from sandbox.clock import wall
from sandbox.httpevents import signed_headers
from tests.sandbox.support import bolt, run, workspace


@asynccontextmanager
async def served(handler: Any) -> AsyncIterator[str]:
    """A web handler on a free port; yields its request URL."""
    application = web.Application()
    application.router.add_post("/slack/events", handler)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    finally:
        await runner.cleanup()


def bolt_handler(app: AsyncApp) -> Any:
    """Bolt's aiohttp adapter, with its signature check."""
    from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request

    async def handle(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    return handle


def test_events_commands_and_the_handshake_over_http() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            app = bolt(box)
            seen: list[str] = []

            @app.event("message")
            async def on_message(event: dict[str, Any]) -> None:
                seen.append(event["text"])

            @app.command("/pm")
            async def pm(ack: Any, command: dict[str, str]) -> None:
                await ack(f"you said {command['text']}")

            async with served(bolt_handler(app)) as url:
                assert await box.use_http(url)
                await box.say("U0PM", "C0JOINT", "hello")
                await box.settled()
                await box.wait_for(lambda: seen)
                result = await box.slash("U0PM", "C0JOINT", "/pm", "help")
                assert result.text == "you said help"
            assert box.stats()["acked"] == 2

    run(scenario)


def test_a_stale_or_wrong_signature_is_refused_by_the_app() -> None:
    async def scenario() -> None:
        async with workspace() as box, served(bolt_handler(bolt(box))) as url, aiohttp.ClientSession() as session:
            for secret, at in ((box.signing_secret, wall() - 301), ("wrong", wall())):
                headers = {"Content-Type": "application/json"} | signed_headers(secret, "{}", at)
                async with session.post(url, data="{}", headers=headers) as answer:
                    assert answer.status == 401

    run(scenario)


def test_retries_carry_number_and_reason_and_stop_when_asked() -> None:
    async def scenario() -> None:
        attempts: list[tuple[str, str]] = []

        async def handle(request: web.Request) -> web.Response:
            number = request.headers.get("X-Slack-Retry-Num", "")
            attempts.append((number, request.headers.get("X-Slack-Retry-Reason", "")))
            if not number:
                return web.Response(status=500)
            if number == "1":
                await asyncio.sleep(0.5)
            return web.Response(status=500, headers={"X-Slack-No-Retry": "1"})

        async with workspace(ack_timeout=0.2, retry_delays=(0.0, 0.0, 0.0)) as box, served(handle) as url:
            await box.use_http(url)
            attempts.clear()
            await box.say("U0PM", "C0JOINT", "hello")
            await box.settled()
            assert attempts == [("", ""), ("1", "http_error"), ("2", "http_timeout")]
            assert box.dispatcher.log[0].status == "lost"

    run(scenario)
