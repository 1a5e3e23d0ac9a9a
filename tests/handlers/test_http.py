from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer

from bot.clock import SystemClock
from bot.monitoring import Heartbeat, health, metrics_page
from handlers.http import web_app
from models.store import Store
from tests.handlers.inbound import Inbox, desk, message, rows

SECRET = "secret"


@asynccontextmanager
async def client(
    store: Store, heartbeat: Heartbeat | None = None, inbox: Inbox | None = None
) -> AsyncIterator[TestClient]:  # type: ignore[type-arg]  # generic only in newer aiohttp
    beat, now = heartbeat or Heartbeat(60), SystemClock().now()
    async with desk(store, inbox or Inbox()) as way_in:
        application = web_app(
            health=lambda: health(store, beat),
            metrics=lambda: metrics_page(store, beat, now=now, machine_now=now),
            bolt=way_in.bolt,
        )
        async with TestClient(TestServer(application)) as opened:
            yield opened


async def post(web: TestClient, body: str, *, secret: str = SECRET, kind: str = "application/json") -> ClientResponse:  # type: ignore[type-arg]
    stamp = str(int(SystemClock().now().timestamp()))
    signature = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": kind,
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={signature}",
        "X-Slack-Retry-Num": "1",
        "X-Slack-Retry-Reason": "http_timeout",
    }
    return await web.post("/slack/events", data=body.encode(), headers=headers)


def test_signed_event_is_stored_once_whatever_the_retry_header(store: Store) -> None:
    inbox = Inbox()

    async def run() -> None:
        async with client(store, inbox=inbox) as web:
            for _ in range(2):
                assert (await post(web, json.dumps(message()))).status == 200

    asyncio.run(run())
    assert len(inbox.seen) == len(rows(store)) == 1


def test_wrong_signature_gets_nothing_done(store: Store) -> None:
    async def run() -> None:
        async with client(store) as web:
            assert (await post(web, json.dumps(message()), secret="guessed")).status == 401
            assert (await post(web, "[1]", secret="guessed")).status == 401
            assert (await web.post("/slack/events", data=b"{}")).status == 401

    asyncio.run(run())
    assert rows(store) == []


def test_slacks_handshake_is_answered(sqlite_url: str) -> None:
    async def run() -> None:
        async with client(Store(sqlite_url)) as web:
            answer = await post(web, json.dumps({"type": "url_verification", "challenge": "abc"}))
            assert (await answer.json()) == {"challenge": "abc"}

    asyncio.run(run())


def test_slash_command_form_is_stored(store: Store) -> None:
    inbox = Inbox()
    form = "command=%2Fpm&text=risks&team_id=T0HOME&user_id=U1&trigger_id=1.2&response_url=https%3A%2F%2Fx"

    async def run() -> None:
        async with client(store, inbox=inbox) as web:
            answer = await post(web, form, kind="application/x-www-form-urlencoded")
            assert (answer.status, await answer.text()) == (200, "")

    asyncio.run(run())
    assert inbox.seen[0].payload["text"] == "risks"


def test_broken_bodies_are_acked_without_a_stack_trace(sqlite_url: str) -> None:
    async def run() -> None:
        async with client(Store(sqlite_url)) as web:
            for body in ("[1]", "{", '{"authorizations": [3]}', '{"team": 5}', "payload=%7B", "\x00", '"x"', "null"):
                answer = await post(web, body)
                assert answer.status == 200, body
                assert "Traceback" not in await answer.text()

    asyncio.run(run())


def test_ready_needs_a_database_and_a_pulse(store: Store) -> None:
    async def run() -> None:
        async with client(store) as web:
            answer = await web.get("/readyz")
            assert (answer.status, await answer.json()) == (
                200,
                {"ready": True, "checks": {"database": True, "pulse": True}},
            )
        async with client(store, Heartbeat(0)) as web:
            answer = await web.get("/readyz")
            assert (answer.status, (await answer.json())["checks"]["pulse"]) == (503, False)
            assert (await web.get("/healthz")).status == 200

    asyncio.run(run())


def test_not_ready_without_a_database(tmp_path: object) -> None:
    store = Store(f"sqlite:///{tmp_path}/no/such/folder/x.db")

    async def run() -> None:
        async with client(store) as web:
            answer = await web.get("/readyz")
            assert (answer.status, (await answer.json())["checks"]["database"]) == (503, False)

    asyncio.run(run())


def test_metrics_show_receipts_and_the_outbox(store: Store) -> None:
    async def run() -> str:
        async with client(store) as web:
            await post(web, json.dumps(message()))
            return await (await web.get("/metrics")).text()

    page = asyncio.run(run())
    assert 'partnerdesk_receipts_total{kind="event",outcome="stored"}' in page
    for name in ("outbox_oldest_due_seconds", "clock_lateness_seconds", "pulse_age_seconds", "ack_seconds_count"):
        assert f"partnerdesk_{name}" in page
