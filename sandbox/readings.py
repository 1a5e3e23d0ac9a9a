"""The reading side, for tests and for the control API."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import TypeVar

from sandbox.core import Core
from sandbox.workspace import Call, Canvas, Json, Message, StoredFile

T = TypeVar("T")
STEP = 0.005


class Readings(Core):
    """What is in the workspace now, and waiting until something is."""

    def messages(self, channel: str) -> list[Message]:
        """Every message of a channel, replies included, oldest first."""
        place = self.workspace.channels[channel]
        return [place.messages[ts] for ts in place.timeline]

    def bot_messages(self, channel: str) -> list[Message]:
        """The messages our bot posted in a channel, oldest first."""
        own = self.workspace.home_install.bot_id
        return [m for m in self.messages(channel) if m.bot_id == own]

    def dms(self, user: str) -> list[Message]:
        """The direct conversation between a person and the bot, oldest first; opens none."""
        pair = {user, self.workspace.home_install.bot_user_id}
        for channel in self.workspace.channels.values():
            if channel.kind == "im" and set(channel.members) == pair:
                return self.messages(channel.id)
        return []

    def ephemerals(self, user: str, channel: str | None = None) -> list[Message]:
        """What only this person was shown, oldest first."""
        return [m for m in self.workspace.ephemerals if m.private_to == user and channel in (None, m.channel)]

    def calls(self, method: str | None = None) -> list[Call]:
        """Web API calls in order, of one method or of all."""
        return [c for c in self.workspace.calls if method in (None, c.method)]

    def files(self, name: str | None = None) -> list[StoredFile]:
        """Every file that was shared somewhere, in order, with its bytes; of one name or of all."""
        return [f for f in self.workspace.files.values() if f.channels and name in (None, f.name)]

    def canvases(self) -> list[Canvas]:
        """Every canvas, in order."""
        return list(self.workspace.canvases.values())

    def stats(self) -> Json:
        """Delivery counts and ack latencies, connections, Web API calls and the bot's posts."""
        return self.dispatcher.stats.as_dict() | {
            "pending": self.dispatcher.pending,
            "connections": len(self.sockets.ready),
            "connections_opened": self.sockets.opened,
            "calls": len(self.workspace.calls),
        }

    async def wait_for(self, predicate: Callable[[], T | None], timeout: float = 5.0) -> T:
        """Poll until `predicate()` is truthy and return its value. Raises TimeoutError with the last calls seen."""
        deadline = asyncio.get_running_loop().time() + timeout
        while not (value := predicate()):
            if asyncio.get_running_loop().time() > deadline:
                seen = [f"{c.method} -> {c.response.get('error', 'ok')}" for c in self.workspace.calls[-10:]]
                source = inspect.getsource(predicate).strip() if inspect.isfunction(predicate) else repr(predicate)
                raise TimeoutError(f"not within {timeout} s: {source}; last calls: {seen}")
            await asyncio.sleep(STEP)
        return value

    async def settled(self, timeout: float = 10.0, quiet: float = 0.0) -> None:
        """Wait until nothing is on its way to the app and no Web API call has come for `quiet` seconds."""
        await self.wait_for(lambda: self.dispatcher.pending == 0, timeout)
        while quiet:
            before = len(self.workspace.calls)
            await asyncio.sleep(quiet)
            if len(self.workspace.calls) == before and self.dispatcher.pending == 0:
                return

    async def connected(self, count: int = 1, timeout: float = 5.0) -> None:
        """Wait until the app has `count` Socket Mode connections."""
        await self.wait_for(lambda: len(self.sockets.ready) >= count, timeout)
