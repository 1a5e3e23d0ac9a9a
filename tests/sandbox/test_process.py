"""The sandbox as a process of its own, driven over /_control."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.sandbox.support import bolt, connected, run, workspace

ROOT = Path(__file__).parents[2]
SEED = {
    "teams": [{"id": "T0GLOBEX", "name": "Globex Consulting"}],
    "users": [{"id": "U0PM", "name": "Dana Park"}, {"id": "U0GX", "team": "T0GLOBEX", "name": "Gil Xu"}],
    "channels": [{"id": "C0JOINT", "members": ["U0PM", "U0GX"], "ext_shared_with": ["T0GLOBEX"]}],
    "messages": [{"channel": "C0JOINT", "user": "U0GX", "text": "long ago", "at": 1790000000}],
}


class Remote:
    """A client of the control API."""

    def __init__(self, session: aiohttp.ClientSession, address: dict[str, Any]) -> None:
        self.session = session
        self.address = address

    async def __call__(self, verb: str, /, **args: Any) -> Any:
        """Call a verb and return its result; the test fails when it is refused."""
        status, body = await self.ask(verb, args)
        assert status == 200, body
        return body["result"]

    async def ask(self, verb: str, args: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Call a verb; returns the HTTP status and the body."""
        async with self.session.post(self.address["control_url"] + verb, json=args) as answer:
            return answer.status, await answer.json()


@asynccontextmanager
async def process(tmp_path: Path, *options: str) -> AsyncIterator[Remote]:
    """`python -m sandbox` with the seed, stopped by SIGTERM at the end."""
    seed = tmp_path / "seed.json"
    seed.write_text(json.dumps(SEED))
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", "--workspace", str(seed), *options, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    address = json.loads(await child.stdout.readline())
    try:
        async with aiohttp.ClientSession() as session:
            yield Remote(session, address)
    finally:
        child.send_signal(signal.SIGTERM)
        assert await child.wait() == 0


def test_another_process_can_act_read_and_break_things(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with process(tmp_path, "--at", "2026-03-09T12:00:00+00:00") as remote:
            address = remote.address
            app = AsyncApp(
                client=AsyncWebClient(token=address["bot_token"], base_url=address["api_url"], retry_handlers=[])
            )

            @app.event("message")
            async def on_message(event: dict[str, Any], say: Any) -> None:
                if not event.get("bot_id"):
                    await say(text=f"heard {event['text']}", thread_ts=event["ts"])

            @app.command("/pm")
            async def pm(ack: Any) -> None:
                await ack("help text")

            handler = AsyncSocketModeHandler(app, address["app_token"])
            await handler.connect_async()  # type: ignore[no-untyped-call]  # bolt leaves it unannotated
            await remote("connected")
            ts = await remote("say", user="U0GX", channel="C0JOINT", text="we slip")
            await remote("settled", quiet=0.2)
            result = await remote("slash", user="U0PM", channel="C0JOINT", command="/pm", text="help")
            assert result["responses"][0]["text"] == "help text"
            messages = await remote("messages", channel="C0JOINT")
            assert [m["text"] for m in messages] == ["long ago", "we slip", "heard we slip"]
            assert messages[2]["thread_ts"] == ts
            assert (await remote("clock", advance=60)) == "2026-03-09T12:01:00+00:00"
            await remote("fault", method="chat.postMessage", kind="500", times=1)
            await remote("say", user="U0GX", channel="C0JOINT", text="again")
            await remote("settled", quiet=0.2)
            assert [r["fired"] for r in await remote("faults")] == [1]
            assert [c["method"] for c in await remote("calls", method="chat.postMessage")] == ["chat.postMessage"]
            assert (await remote("stats"))["connections"] == 1
            await handler.close_async()  # type: ignore[no-untyped-call]

    run(scenario)


def test_bad_requests_are_answered_not_fatal(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with process(tmp_path) as remote:
            for verb, args, error in (
                ("nonsense", {}, "KeyError"),
                ("say", {"user": "U0PM"}, "TypeError"),
                ("say", {"user": "U0NOBODY", "channel": "C0JOINT", "text": "x"}, "KeyError"),
                ("clock", {"advance": 5}, "ValueError"),
                ("stop", {}, "KeyError"),
            ):
                status, body = await remote.ask(verb, args)
                assert (status, body["error"]) == (400, error)
            assert (await remote("info"))["team_id"] == "T0HOME"

    run(scenario)


def test_a_flood_counts_every_ack() -> None:
    async def scenario() -> None:
        from sandbox.flood import flood

        async with workspace() as box:
            app = bolt(box)

            @app.event("message")
            async def on_message() -> None:
                return None

            async with connected(box, app):
                closed = await flood(box, count=300, channel="C0JOINT", user="U0GX", window=50)
                offered = await flood(box, count=100, channel="C0JOINT", user="U0GX", rate=200)
            assert (closed["acked"], closed["late"]) == (300, 0)
            assert closed["p50_ms"] <= closed["p99_ms"] <= closed["max_ms"]
            assert offered["acked"] == 100
            assert 100 < offered["offered_per_s"] <= 210

    run(scenario)
