"""Socket Mode: envelopes in, acks out, and a watchdog for connections that died without saying so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.app.async_app import AsyncApp

from bot import monitoring
from bot.clock import elapsed
from bot.errors import Refused
from handlers.intake import Intake

# The client notices a cut connection at its next ping: at 10 s (the default) that is too late for a 3 s ack.
PING_S = 2.0
_CHECK_S = 5.0
_MISSES = 3
# A connection may look alive and be fed nothing. Slack itself renews them about hourly.
_SILENCE_S = 1800.0
_LAST_ACKS_S = 3.0

_FIRST_S = 30.0
_NO_CONNECTION = (
    "Slack did not open a Socket Mode connection within 30 seconds. Is SLACK_APP_TOKEN an app-level token (xapp-…) "
    "with the scope connections:write, and is Socket Mode switched on? `partnerdesk doctor` looks closer."
)

_log = structlog.get_logger(__name__)


class SocketMode(AsyncSocketModeHandler):
    """One connection to Slack. `on_reconnect` is called after every connection but the first: events may be missing.

    Build it inside the running event loop.
    """

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        intake: Intake,
        *,
        on_reconnect: Callable[[], None],
        ping_interval: float = PING_S,
    ) -> None:
        super().__init__(app, app_token, ping_interval=ping_interval)
        self.client.message_listeners.append(self._greeted)
        self._intake = intake
        self._on_reconnect = on_reconnect
        self._greetings = 0
        self._heard = elapsed()
        self._in_flight = 0
        self._closing = False
        self._watchdog: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect, and keep connected until `shut`. Raises Refused when Slack does not let us in."""
        try:
            async with asyncio.timeout(_FIRST_S):
                await self._connect()
        except TimeoutError:
            raise Refused(_NO_CONNECTION) from None
        self._watchdog = asyncio.create_task(self._watch())

    async def _connect(self) -> None:
        await self.client.connect()  # type: ignore[no-untyped-call]  # slack_sdk leaves it unannotated

    async def connected(self) -> bool:
        """Is there a live connection?"""
        return not self._closing and await self.client.is_connected()

    async def shut(self) -> None:
        """Take no more envelopes (Slack gives them to another connection or again), finish the acks, disconnect."""
        self._closing = True
        if self._watchdog is not None:
            self._watchdog.cancel()
        deadline = elapsed() + _LAST_ACKS_S
        while self._in_flight and elapsed() < deadline:
            await asyncio.sleep(0.01)
        await self.client.close()  # type: ignore[no-untyped-call]  # slack_sdk leaves it unannotated

    async def handle(self, client: Any, req: Any) -> None:
        """Answer one envelope."""
        if self._closing:
            return
        self._heard = started = elapsed()
        self._in_flight += 1
        try:
            response = await self._intake.answer(req.payload)
            await send_async_response(client, req, response, started)
        finally:
            self._in_flight -= 1

    async def _greeted(self, _client: Any, message: dict[str, Any], _raw: str | None = None) -> None:
        if message.get("type") != "hello":
            return
        self._heard = elapsed()
        self._greetings += 1
        if self._greetings > 1:
            monitoring.RECONNECTS.inc()
            self._on_reconnect()

    async def _watch(self) -> None:
        """The client reconnects by itself; this is for when it does not."""
        misses = 0
        while True:
            await asyncio.sleep(_CHECK_S)
            misses = 0 if await self.connected() else misses + 1
            silent = elapsed() - self._heard > _SILENCE_S
            if misses >= _MISSES or silent:
                _log.warning("connecting to Slack again", misses=misses, silent=silent)
                misses, self._heard = 0, elapsed()
                await self.client.connect_to_new_endpoint(force=True)
