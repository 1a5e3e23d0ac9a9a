"""The way in as tests build it: the real intake, worker and Socket Mode client, with handlers of the test's own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from sqlmodel import col, select

from handlers.bolt import build_bolt
from handlers.intake import Intake, ReceiptBatcher
from handlers.socket_mode import SocketMode
from handlers.work import Received, Worker
from models.messages import Receipt
from models.store import Store
from sandbox import Sandbox

KINDS = ("event", "command", "action", "shortcut", "view")
EVENTS = frozenset({"message", "app_mention", "reaction_added", "member_joined_channel", "app_home_opened"})
Handler = Callable[[Received], Awaitable[None]]


class Inbox:
    """Handlers that note what they were given, and what people were told."""

    def __init__(self, handler: Handler | None = None) -> None:
        self.seen: list[Received] = []
        self.told: list[str] = []
        self._handler = handler

    async def handle(self, received: Received) -> None:
        self.seen.append(received)
        if self._handler is not None:
            await self._handler(received)

    async def tell(self, _received: Received, sentence: str) -> None:
        self.told.append(sentence)

    def worker(self, store: Store, **more: Any) -> Worker:
        return Worker(
            store, dict.fromkeys(KINDS, self.handle), answer=self.tell, owner=more.pop("owner", "one"), **more
        )


class Desk:
    """One process's way in."""

    def __init__(self, store: Store, inbox: Inbox, errors: Mapping[str, str] | None = None, **more: Any) -> None:
        self.store = store
        self.inbox = inbox
        self.worker = inbox.worker(store, **more)
        self.batcher = ReceiptBatcher(store, self.worker)
        self.intake = Intake(self.batcher, events=EVENTS, validate=lambda _payload: errors or {})
        self.bolt = build_bolt(self.intake, token="xoxb-test", signing_secret="secret")

    async def close(self) -> bool:
        await self.batcher.close()
        return await self.worker.drain(5)


@asynccontextmanager
async def desk(store: Store, inbox: Inbox, **more: Any) -> AsyncIterator[Desk]:
    """A way in without a socket: payloads go to `intake.answer`."""
    opened = Desk(store, inbox, **more)
    try:
        yield opened
    finally:
        await opened.close()


@asynccontextmanager
async def connected(box: Sandbox, store: Store, inbox: Inbox, **more: Any) -> AsyncIterator[Desk]:
    """A way in that hangs on the sandbox's Socket Mode."""
    async with desk(store, inbox, **more) as opened:
        opened.bolt.client.base_url = box.api_url
        socket = SocketMode(opened.bolt, box.app_token, opened.intake, on_reconnect=lambda: None)
        await socket.open()
        await box.connected()
        try:
            yield opened
        finally:
            await socket.shut()


def rows(store: Store) -> list[Receipt]:
    """Every receipt, oldest first."""
    with store.system(write=False) as session:
        return [*session.exec(select(Receipt).order_by(col(Receipt.id))).all()]


def message(number: int = 1, **event: Any) -> dict[str, Any]:
    """The envelope of a `message` event as Slack sends it."""
    return {
        "type": "event_callback",
        "team_id": "T0GLOBEX",
        "api_app_id": "A0PD",
        "event_id": f"Ev{number}",
        "event_time": 1_700_000_000,
        "authorizations": [{"team_id": "T0HOME", "user_id": "U0BOT", "is_bot": True, "enterprise_id": None}],
        "event": {
            "type": "message",
            "channel": "C0JOINT",
            "user": "U0PARTNER",
            "text": f"We are blocked ({number}) 🚧",
            "ts": f"1700000000.{number:06}",
        }
        | event,
    }


async def until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait for something the event loop or a thread does; TimeoutError when it does not happen."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)
