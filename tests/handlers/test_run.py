from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial

import aiohttp
import pytest
from aiohttp.test_utils import unused_port

from bot.clock import SystemClock
from bot.errors import Refused
from bot.policy import load_policy
from bot.reading.types import Finding, Window
from bot.services import Services
from bot.slack.gateway import Gateway
from bot.slack.tokens import OneToken
from handlers.run import Connection, Inbound, serve
from jobs.scheduler import Pulse
from models.base import Workspace
from models.messages import ReceiptState
from models.store import Store
from sandbox import Sandbox
from tests.handlers.inbound import rows, until


class HearsNothing:
    def read(self, _window: Window) -> list[Finding]:
        return []


class Running:
    """The whole bot against the sandbox."""

    def __init__(self, box: Sandbox, store: Store, connection: Connection) -> None:
        self.box = box
        self.calls: list[str] = []
        services = Services(
            store, load_policy(), SystemClock(), HearsNothing(), Gateway(OneToken(box.bot_token), api_url=box.api_url)
        )
        with store.system() as session:
            session.add(Workspace(id="T0HOME", created_at=services.clock.now()))
        self.services = services
        self.inbound = Inbound(services, connection, wake=lambda: self.pulse.wake())
        self.pulse = Pulse(store, self._tick, clock=services.clock)
        self.task = asyncio.create_task(
            serve(self.inbound, pulse=self.pulse, backfill=self._backfill, flush=self._flush)
        )

    async def _tick(self, _now: datetime) -> None:
        self.calls.append("tick")
        await self.inbound.worker.adopt()

    async def _backfill(self) -> None:
        self.calls.append("backfill")

    async def _flush(self) -> None:
        self.calls.append("flush")


@asynccontextmanager
async def running(store: Store, *, socket_mode: bool = True, port: int | None = None) -> AsyncIterator[Running]:
    async with await Sandbox.start(retry_delays=(0.0, 0.1, 0.1)) as box:
        box.user("U0PM")
        box.channel("C0JOINT", members=["U0PM"])
        bot = Running(
            box,
            store,
            Connection(
                bot_token=box.bot_token,
                app_token=box.app_token if socket_mode else None,
                signing_secret=box.signing_secret,
                api_url=box.api_url,
                host="127.0.0.1",
                port=port,
            ),
        )
        try:
            yield bot
        finally:
            if not bot.task.done():
                os.kill(os.getpid(), signal.SIGTERM)
            await bot.task
            await bot.services.gateway.close()


def test_starts_answers_and_stops_on_sigterm(store: Store) -> None:
    async def run() -> Running:
        async with running(store) as bot:
            await bot.box.connected()
            result = await bot.box.slash("U0PM", "C0JOINT", "/pm", "help")
            await until(lambda: rows(store)[0].state == ReceiptState.DONE)
            assert result.error == ""
            assert [message.private_to for message in bot.box.ephemerals("U0PM")] == ["U0PM"]
        return bot

    bot = asyncio.run(run())
    assert bot.calls.count("backfill") == 1
    assert bot.calls[-1] == "flush"


def test_reconnects_and_looks_for_what_was_missed(store: Store) -> None:
    async def run() -> None:
        async with running(store) as bot:
            await bot.box.connected()
            await until(lambda: "backfill" in bot.calls)
            for times, cut in enumerate((False, True), start=2):
                if cut:
                    bot.box.sockets.drop()
                else:
                    await bot.box.sockets.refresh()
                await until(partial(lambda wanted: bot.calls.count("backfill") == wanted, times), 10)
                await bot.box.say("U0PM", "C0JOINT", "still there?")
                await bot.box.settled()
            assert bot.box.stats()["lost"] == 0

    asyncio.run(run())


def test_health_and_metrics_beside_socket_mode(sqlite_url: str) -> None:
    port = unused_port()

    async def run() -> None:
        async with running(Store(sqlite_url), port=port) as bot, aiohttp.ClientSession() as web:
            await bot.box.connected()
            async with web.get(f"http://127.0.0.1:{port}/readyz") as answer:
                assert (await answer.json())["checks"] == {"database": True, "pulse": True, "socket": True}
            async with web.post(f"http://127.0.0.1:{port}/slack/events") as answer:
                assert answer.status == 404

    asyncio.run(run())


def test_over_http(store: Store) -> None:
    port = unused_port()

    async def run() -> None:
        async with running(store, socket_mode=False, port=port) as bot:
            await until(lambda: "backfill" in bot.calls)
            assert await bot.box.use_http(f"http://127.0.0.1:{port}/slack/events")
            result = await bot.box.slash("U0PM", "C0JOINT", "/pm", "help")
            assert result.error == ""
            await until(lambda: bool(bot.box.ephemerals("U0PM")))

    asyncio.run(run())


def test_port_in_use_is_an_error_at_start(sqlite_url: str) -> None:
    async def run() -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            async with running(Store(sqlite_url), port=taken.getsockname()[1]) as bot:
                await bot.task

    with pytest.raises(Refused, match=r"PORT \d+ on 127.0.0.1 cannot be used: .*already in use"):
        asyncio.run(run())
