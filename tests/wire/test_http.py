"""The same over signed HTTP: retries with Slack's headers are not dropped and not done twice, forgeries get nothing."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import socket

import aiohttp

from sandbox.clock import wall
from sandbox.workspace import Json
from tests.wire.office import Office, running, slack

SLIP = "The cutover has slipped from the 14th to the 26th."


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_the_main_job_over_http_with_retries_and_forgeries(sqlite_url: str) -> None:
    async def scenario() -> None:
        port = free_port()
        async with slack() as place, running(place, sqlite_url, port=port, http=True) as desk:
            box = desk.box
            await box.say("U0PARTNER", "C0JOINT", SLIP)
            await desk.quiet()
            [card] = desk.cards("U0SM")
            event = box.dispatcher.log[0].payload
            assert event["event"]["text"] == SLIP
            retry = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
            assert await post(desk, port, event, retry) == 200
            unheard = await fresh(desk, "We are blocked: the firewall rules on your side are still missing.")
            assert await post(desk, port, unheard, retry | {"X-Slack-Retry-Num": "2"}) == 200
            await desk.quiet()
            assert len(desk.cards("U0SM")) == 2, "heard for the first time in a retry, it is news all the same"
            assert desk.read(card).count(SLIP) == 1
            forged = await fresh(desk, "The go-live is delayed.")
            assert await post(desk, port, forged, {}, secret="guess") == 401
            assert await post(desk, port, forged, {}, age=600) == 401
            await desk.click("U0SM", card, "risk_ack")
            assert "Acknowledged by Sam Ortiz" in desk.read(desk.cards("U0SM")[0])
            assert "2 OPEN RISKS" in await desk.pm("U0PM", "risks")
            async with aiohttp.ClientSession() as web:
                for page in ("healthz", "readyz", "metrics"):
                    answer = await web.get(f"http://127.0.0.1:{port}/{page}")
                    assert answer.status == 200, page
                    assert "cutover" not in await answer.text()

    asyncio.run(scenario())


async def fresh(desk: Office, text: str) -> Json:
    """The event of a message that Slack could not deliver at first."""
    event = desk.box.dispatcher.log[0].payload
    ts = desk.box.workspace.next_ts()
    body = event["event"] | {"text": text, "ts": ts, "event_ts": ts}
    return event | {"event_id": desk.box.workspace.serial("Ev"), "event": body}


async def post(
    desk: Office, port: int, payload: Json, headers: dict[str, str], *, secret: str = "", age: float = 0
) -> int:
    """Deliver `payload` by hand, signed with `secret` (the right one by default) `age` seconds ago."""
    body = json.dumps(payload)
    at = str(int(wall() - age))
    sent = headers | {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": at,
        "X-Slack-Signature": signature(secret or desk.box.signing_secret, at, body),
    }
    async with aiohttp.ClientSession() as web:
        answer = await web.post(f"http://127.0.0.1:{port}/slack/events", data=body, headers=sent)
        return answer.status


def signature(secret: str, at: str, body: str) -> str:
    """docs.slack.dev, verifying requests: v0= and the HMAC-SHA256 of `v0:timestamp:body`."""
    return "v0=" + hmac.new(secret.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
