"""Socket Mode: up to ten WebSockets per app, each envelope to one of them, acks from any."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import WSCloseCode, WSMsgType, web

from sandbox.delivery import Delivery
from sandbox.workspace import Json

if TYPE_CHECKING:
    from sandbox.delivery import Dispatcher

MAX_CONNECTIONS = 10  # docs.slack.dev, Socket Mode
CLOSE_SECONDS = 1.0  # how long a client may take to answer a close frame


@dataclass(eq=False)
class Connection:
    """One open WebSocket and what waits to be written to it."""

    socket: web.WebSocketResponse
    request: web.Request
    outbox: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    closing: bool = False


class SocketTransport:
    """Serves /link/ and sends envelopes. The dispatcher is told of every ack."""

    def __init__(self, app_id: str, seed: int = 0) -> None:
        self.connections: list[Connection] = []
        self.opened = 0
        self.dispatcher: Dispatcher | None = None
        self._app_id = app_id
        self._tickets: set[str] = set()
        self._random = random.Random(seed)

    def ticket(self) -> str:
        """A single-use ticket for apps.connections.open."""
        ticket = secrets.token_hex(16)
        self._tickets.add(ticket)
        return ticket

    @property
    def ready(self) -> list[Connection]:
        """Connections that may be given envelopes."""
        return [c for c in self.connections if not c.closing and not c.socket.closed]

    def send(self, delivery: Delivery) -> bool:
        """Hand the envelope to one random connection; False when there is none."""
        ready = self.ready
        if not ready:
            return False
        self._random.choice(ready).outbox.put_nowait(json.dumps(envelope(delivery)))
        return True

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """The WebSocket endpoint: hello, then acks until either side closes."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=403)
        self._tickets.remove(ticket)
        socket = web.WebSocketResponse(compress=False, timeout=CLOSE_SECONDS)
        await socket.prepare(request)
        if len(self.ready) >= MAX_CONNECTIONS:
            await socket.send_json(_disconnect("too_many_websockets"))
            await socket.close()
            return socket
        connection = Connection(socket, request)
        await socket.send_json(self._hello())
        self.connections.append(connection)
        self.opened += 1
        writer = asyncio.create_task(_write(connection))
        try:
            await self._read(connection)
        finally:
            self.connections.remove(connection)
            writer.cancel()
        return socket

    async def refresh(self, warn: bool = False) -> None:
        """Ask every client to reconnect, as Slack does about hourly, and close the old sockets.

        With `warn`, a "warning" is sent first and the socket stays open until the client has another one.
        """
        for connection in self.ready:
            connection.outbox.put_nowait(json.dumps(_disconnect("warning" if warn else "refresh_requested")))
            if not warn:
                connection.closing = True
                await _drain(connection)
                await connection.socket.close(code=WSCloseCode.GOING_AWAY)

    async def link_disabled(self) -> None:
        """Tell every client that Socket Mode was switched off, then close."""
        for connection in self.ready:
            connection.closing = True
            await connection.socket.send_json(_disconnect("link_disabled"))
            await connection.socket.close()

    def drop(self, count: int | None = None) -> int:
        """Cut `count` connections (all by default) at the TCP level, without a close frame; returns how many."""
        victims = self.connections[:count]
        for connection in victims:
            connection.closing = True
            if connection.request.transport is not None:
                connection.request.transport.abort()
        return len(victims)

    async def close(self) -> None:
        """Close every connection."""
        for connection in list(self.connections):
            connection.closing = True
            await connection.socket.close()

    async def _read(self, connection: Connection) -> None:
        assert self.dispatcher is not None
        async for message in connection.socket:
            if message.type is not WSMsgType.TEXT:
                continue
            try:
                reply = json.loads(message.data)
            except ValueError:
                continue  # Slack ignores what it cannot read
            if isinstance(reply, dict) and "envelope_id" in reply:
                self.dispatcher.acked(reply["envelope_id"], reply.get("payload"))

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.ready) + 1,
            "debug_info": {"host": "sandbox", "started": "", "build_number": 1, "approximate_connection_time": 3600},
            "connection_info": {"app_id": self._app_id},
        }


def envelope(delivery: Delivery) -> Json:
    """The Socket Mode envelope of one attempt."""
    body: Json = {
        "envelope_id": delivery.envelope_id,
        "payload": delivery.payload,
        "type": delivery.kind,
        "accepts_response_payload": delivery.kind != "events_api",
    }
    if delivery.kind == "events_api":
        body["retry_attempt"] = delivery.attempt
        body["retry_reason"] = delivery.reason
    return body


def _disconnect(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}


async def _write(connection: Connection) -> None:
    while True:
        text = await connection.outbox.get()
        if not connection.socket.closed:
            try:
                await connection.socket.send_str(text)
            except ConnectionError:
                return  # the reader sees the same end of the connection
        connection.outbox.task_done()


async def _drain(connection: Connection) -> None:
    """Wait until what is queued has been written, or the connection is dead."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(connection.outbox.join(), timeout=CLOSE_SECONDS)
