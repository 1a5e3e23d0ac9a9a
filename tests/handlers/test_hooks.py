"""The webhook of onboarding steps: signed, fresh, once; everything else changes nothing."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientSession
from aiohttp.test_utils import TestClient, TestServer, unused_port
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import SystemClock
from bot.services import Services
from bot.slack.gateway import Gateway
from bot.slack.tokens import OneToken
from handlers.hooks import SIGNATURE, TIMESTAMP, is_genuine, onboarding_hook, signature
from handlers.http import web_app
from handlers.run import Connection
from models.base import Workspace
from models.events import Event
from models.store import Store
from sandbox import Sandbox
from tests.desk.onboard import start, task
from tests.desk.world import HOME, START, World, build
from tests.handlers.test_run import Running

SECRET = "a secret only the portal has"
DONE = {"partner": "Globex", "step": "portal", "status": "done", "link": "https://portal.example/globex"}
Post = Callable[..., Awaitable[ClientResponse]]


def call(world: World, scenario: Callable[[Post], Awaitable[None]]) -> list[str]:
    """Run `scenario` against the page; returns how often the pulse was woken."""
    woken: list[str] = []
    services = Services(world.store, world.policy, world.clock, world.reader, Gateway(OneToken("xoxb-1")))

    async def health_or_metrics() -> Any:
        raise AssertionError("not asked for")

    async def run() -> None:
        page = onboarding_hook(services, SECRET, wake=lambda: woken.append("woken"))
        application = web_app(health=health_or_metrics, metrics=health_or_metrics, onboarding=page)
        async with TestClient(TestServer(application)) as web:

            async def post(said: object, *, secret: str = SECRET, age: int = 0, **headers: str) -> ClientResponse:
                body = said if isinstance(said, bytes) else json.dumps(said).encode()
                stamp = str(int(SystemClock().now().timestamp()) - age)
                signed = {TIMESTAMP: stamp, SIGNATURE: signature(secret, stamp, body)}
                return await web.post("/hooks/onboarding", data=body, headers=signed | headers)

            await scenario(post)
        await services.gateway.close()

    asyncio.run(run())
    return woken


@pytest.fixture
def world(store: Store) -> World:
    built = build(store)
    start(built, "Globex")
    return built


def test_a_signed_update_is_done_once(world: World) -> None:
    async def scenario(post: Post) -> None:
        first, second = await post(DONE), await post(DONE)
        assert (first.status, await first.json()) == (200, {"step": "Portal access", "status": "done", "changed": True})
        assert (second.status, (await second.json())["changed"]) == (200, False)

    assert call(world, scenario) == ["woken"]
    row = task(world, "portal")
    assert (row.state, row.closed_by, row.evidence) == ("done", "hook", DONE["link"])
    with world.store.read(HOME) as uow:
        assert len(uow.list(Event, subject_kind="onboardingtask", to_state="done")) == 1


def test_a_call_that_was_overheard_does_nothing_again(world: World) -> None:
    body = json.dumps(DONE).encode()
    stamp = str(int(SystemClock().now().timestamp()) - 20)
    overheard = {TIMESTAMP: stamp, SIGNATURE: signature(SECRET, stamp, body)}

    async def scenario(post: Post) -> None:
        assert (await post(body, **overheard)).status == 200
        assert (await post(DONE | {"status": "open"}, age=10)).status == 200
        again = await post(body, **overheard)
        assert (again.status, (await again.json())["changed"]) == (200, False)

    call(world, scenario)
    assert task(world, "portal").state == "open"


def test_without_the_secret_in_time_nothing_happens(world: World) -> None:
    async def scenario(post: Post) -> None:
        wrong = [
            await post(DONE, secret="guessed"),
            await post(DONE, age=301),
            await post(DONE, age=-400),
            await post(DONE, **{SIGNATURE: ""}),
            await post(DONE, **{SIGNATURE: "sha256=é"}),
            await post(DONE, **{TIMESTAMP: ""}),
            await post(DONE, **{TIMESTAMP: "soon"}),
            await post(DONE, **{TIMESTAMP: str(int(SystemClock().now().timestamp()) - 1)}),
        ]
        assert [answer.status for answer in wrong] == [401] * len(wrong)
        assert (await post(DONE, age=290)).status == 200

    assert call(world, scenario) == ["woken"]


def test_what_cannot_be_done_is_said(world: World) -> None:
    async def scenario(post: Post) -> None:
        for body, status, problem in (
            (b"{", 400, "must be a JSON object"),
            (b"[" * 100_000, 400, "must be a JSON object"),
            ([DONE], 400, "must be a JSON object"),
            (DONE | {"status": "signed"}, 400, "none of done, skipped, open"),
            (DONE | {"done_on": "0001-01-01"}, 400, "done_on: '0001-01-01' is too far away"),
            (DONE | {"link": "https://portal.example\u202e/x"}, 400, "is not a link"),
            (DONE | {"colour": "red"}, 400, "unknown key 'colour'"),
            (DONE | {"partner": "Initech"}, 422, "I know no partner called “Initech”"),
            (DONE | {"step": "party"}, 422, "there is no step 'party'"),
            (DONE | {"workspace": "T0OTHER"}, 400, "Say which workspace"),
            (DONE | {"workspace": ["T0HOME"]}, 400, "Say which workspace"),
        ):
            answer = await post(body)
            assert answer.status == status, body
            assert problem in (await answer.json())["error"]

    assert call(world, scenario) == []
    assert task(world, "portal").state == "open"


def test_two_workspaces_are_told_apart(world: World) -> None:
    with world.store.system() as session:
        session.add(Workspace(id="T0OTHER", created_at=START))

    async def scenario(post: Post) -> None:
        assert (await post(DONE)).status == 400
        assert (await post(DONE | {"workspace": "T0OTHER"})).status == 422, "they have no such partner"
        assert (await post(DONE | {"workspace": HOME})).status == 200

    call(world, scenario)


@given(secret=st.text(min_size=1), stamp=st.text(), signed=st.text(), body=st.binary(), now=st.floats(0, 4e9))
def test_no_made_up_signature_is_genuine(secret: str, stamp: str, signed: str, body: bytes, now: float) -> None:
    assert not is_genuine(secret, stamp, signed, body, now=now)


def test_another_body_or_time_is_another_signature() -> None:
    good = signature(SECRET, "1000", b"0a")
    assert is_genuine(SECRET, "1000", good, b"0a", now=1300.0)
    assert not is_genuine("", "1000", signature("", "1000", b"0a"), b"0a", now=1000.0)
    assert not is_genuine(SECRET, "1000", good, b"0a", now=1301.0)
    assert not is_genuine(SECRET, "1000", good, b"0b", now=1000.0)
    assert not is_genuine(SECRET, "10000", good, b"a", now=10000.0)


@pytest.mark.parametrize(("secret", "status"), [(SECRET, 422), (None, 404)])
def test_it_is_there_beside_socket_mode_when_a_secret_is_set(sqlite_url: str, secret: str | None, status: int) -> None:
    store, port = Store(sqlite_url), unused_port()

    async def run() -> None:
        async with await Sandbox.start() as box:
            connection = Connection(
                bot_token=box.bot_token, app_token=box.app_token, api_url=box.api_url, host="127.0.0.1", port=port,
                hook_secret=secret,
            )  # fmt: skip
            bot = Running(box, store, connection)
            await box.connected()
            body, stamp = json.dumps(DONE).encode(), str(int(SystemClock().now().timestamp()))
            headers = {TIMESTAMP: stamp, SIGNATURE: signature(SECRET, stamp, body)}
            async with ClientSession() as web:
                answer = await web.post(f"http://127.0.0.1:{port}/hooks/onboarding", data=body, headers=headers)
                assert answer.status == status, "there is no partner yet, but somebody to say so"
            os.kill(os.getpid(), signal.SIGTERM)
            await bot.task
            await bot.services.gateway.close()

    asyncio.run(run())
    store.dispose()
