"""The running bot: what is built once, the order it starts in, and how it stops without dropping anything."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import uuid
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Protocol

import structlog
from aiohttp import web
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings

from bot import monitoring
from bot.clock import SystemClock
from bot.errors import Refused
from bot.log import reference
from bot.services import Services
from handlers import table
from handlers.bolt import build_bolt
from handlers.forms import validate
from handlers.hooks import onboarding_hook
from handlers.http import web_app
from handlers.intake import Intake, ReceiptBatcher
from handlers.socket_mode import SocketMode
from handlers.work import Worker

DRAIN_S = 20.0

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Connection:
    """How Slack reaches us. With `app_token` by Socket Mode, else by HTTP on `port` (then `signing_secret` is needed).

    In Socket Mode a `port` serves health, metrics and hooks only. `api_url` ends in a slash; None means Slack's own.
    With `hook_secret` other systems may tell us what happened there (handlers/hooks.py), in either mode, on `port`.
    """

    bot_token: str | None = None
    app_token: str | None = None
    signing_secret: str | None = None
    api_url: str | None = None
    host: str = "0.0.0.0"
    port: int | None = None
    oauth: AsyncOAuthSettings | None = None
    hook_secret: str | None = None


class Pulse(Protocol):
    """jobs/scheduler.py, as far as the bot needs it; handlers do not import jobs."""

    @property
    def heartbeat(self) -> monitoring.Heartbeat: ...

    def start(self) -> None: ...

    async def stop(self) -> None: ...


class Inbound:
    """Everything between Slack and the handlers, built without any input or output.

    `wake` is called soon after something was handled: messages may be due. `worker.adopt` belongs into every pulse.
    """

    def __init__(self, services: Services, connection: Connection, *, wake: Callable[[], None]) -> None:
        self.services = services
        self.connection = connection
        self.wake = wake
        self.worker = Worker(
            services.store,
            table.bind(services),
            answer=partial(table.tell, services),
            owner=f"{socket.gethostname()[:24]}:{os.getpid()}:{uuid.uuid4().hex[:8]}",
            after=wake,
            keep=timedelta(hours=services.policy.retention.receipt_hours),
        )
        self.batcher = ReceiptBatcher(services.store, self.worker)
        self.intake = Intake(self.batcher, events=table.EVENT_TYPES, validate=validate)


async def serve(
    inbound: Inbound,
    *,
    pulse: Pulse,
    backfill: Callable[[], Awaitable[None]],
    flush: Callable[[], Awaitable[object]],
    stop: asyncio.Event | None = None,
) -> None:
    """Run until SIGTERM, SIGINT or `stop`, then drain and return.

    The caller has checked the database, its migrations and the tokens. `backfill` reads what was said while nobody
    listened: it runs beside the bot, at start and after every reconnect. `flush` sends what is due once more at the
    end. Raises Refused when Slack does not open a connection or the port is taken.
    """
    stop = stop or asyncio.Event()
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop.set)
            stack.callback(loop.remove_signal_handler, name)
        stack.push_async_callback(_drain, inbound, flush)
        await inbound.worker.adopt()
        pulse.start()
        stack.push_async_callback(pulse.stop)
        missed = _Background(backfill)
        stack.push_async_callback(missed.cancel)
        await _open(inbound, pulse, missed, stack)
        missed.start()
        connection = inbound.connection
        reads_with = inbound.services.reads_with
        _log.info("ready", socket_mode=bool(connection.app_token), port=connection.port, reader=reads_with)
        await stop.wait()
        _log.info("stopping")
    _log.info("stopped")


async def _open(inbound: Inbound, pulse: Pulse, missed: _Background, stack: AsyncExitStack) -> None:
    """Open the port, then the socket; both close first when the bot stops, so that nothing new comes in."""
    connection, services = inbound.connection, inbound.services
    bolt = build_bolt(
        inbound.intake, token=connection.bot_token, signing_secret=connection.signing_secret,
        api_url=connection.api_url, oauth=connection.oauth,
    )  # fmt: skip
    slack = None
    if connection.app_token:
        slack = SocketMode(bolt, connection.app_token, inbound.intake, on_reconnect=missed.start)
        stack.push_async_callback(slack.shut)
    if connection.port is not None:
        application = web_app(
            health=lambda: monitoring.health(services.store, pulse.heartbeat, slack.connected if slack else None),
            metrics=lambda: monitoring.metrics_page(
                services.store, pulse.heartbeat, now=services.clock.now(), machine_now=SystemClock().now()
            ),
            bolt=None if slack else bolt,
            installs=connection.oauth is not None,
            onboarding=onboarding_hook(services, connection.hook_secret, wake=inbound.wake)
            if connection.hook_secret
            else None,
        )
        runner = web.AppRunner(application, handle_signals=False, access_log=None)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        try:
            await web.TCPSite(runner, connection.host, connection.port).start()
        except OSError as error:
            raise Refused(f"PORT {connection.port} on {connection.host} cannot be used: {error.strerror}.") from error
    if slack is not None:
        await slack.open()


async def _drain(inbound: Inbound, flush: Callable[[], Awaitable[object]]) -> None:
    await inbound.batcher.close()
    if not await inbound.worker.drain(DRAIN_S):
        _log.warning("some receipts were not finished: another process, or the next start, takes them over")
    try:
        async with asyncio.timeout(DRAIN_S):
            await flush()
    except TimeoutError:
        _log.warning("some messages were not sent: they are at the next start")


class _Background:
    """A job that runs at most once at a time, beside everything else."""

    def __init__(self, job: Callable[[], Awaitable[None]]) -> None:
        self._job = job
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, unless it is running already."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
            self._task.add_done_callback(_report)

    async def cancel(self) -> None:
        """Stop it where it is."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        await self._job()


def _report(task: asyncio.Task[None]) -> None:
    error = None if task.cancelled() else task.exception()
    if error is not None:
        _log.error("reading what was missed failed", reference=reference(), exc_info=error)
