"""Load: many message events through the real delivery, by window or by offered rate."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from sandbox.delivery import Delivery, percentiles
from sandbox.events import event_callback, message_event
from sandbox.workspace import Json

if TYPE_CHECKING:
    from sandbox.box import Sandbox


async def flood(
    box: Sandbox,
    *,
    count: int,
    channel: str,
    user: str,
    window: int | None = None,
    rate: float | None = None,
    text: str = "load test message {n}",
    record: bool = False,
) -> Json:
    """Send `count` message events, once each, and wait until each is acked or past the policy's limit.

    `window`: at most so many unacked at once. `rate`: events offered per second, whatever the acks do.
    `record` also puts the messages into the channel. Returns acked, late (not acked within the limit), lost
    (nobody to send to), seconds, acks_per_s, p50/p99/max in ms of those acked.
    Raises ValueError without window or rate.
    """
    if (window is None) == (rate is None):
        raise ValueError("give either window or rate")
    run = _Run(box, count, window)
    loop = asyncio.get_running_loop()
    started = loop.time()
    for number in range(count):
        if rate is not None:
            ahead = started + number / rate - loop.time()
            if ahead > 0:
                await asyncio.sleep(ahead)
        elif run.in_flight >= run.window:
            await run.room()
        run.send(_event(box, channel, user, text.format(n=number), record))
    offered = loop.time() - started
    await run.finished.wait()
    took = (run.last_ack or loop.time()) - started
    return {
        "count": count,
        "acked": len(run.latencies),
        "late": run.late,
        "lost": count - len(run.latencies) - run.late,
        "seconds": round(took, 3),
        "offered_per_s": round(count / offered, 1) if offered else None,
        "acks_per_s": round(len(run.latencies) / took, 1) if took else None,
    } | percentiles(run.latencies)


class _Run:
    def __init__(self, box: Sandbox, count: int, window: int | None) -> None:
        self.box = box
        self.left = count
        self.window = window or count
        self.in_flight = 0
        self.late = 0
        self.last_ack = 0.0
        self.latencies: list[float] = []
        self.finished = asyncio.Event()
        self._room: asyncio.Future[None] | None = None

    def send(self, payload: Json) -> None:
        self.in_flight += 1
        self.box.dispatcher.dispatch("events_api", payload, on_done=self._done, retries=False)

    async def room(self) -> None:
        """Wait until an ack makes room in the window."""
        self._room = asyncio.get_running_loop().create_future()
        await self._room
        self._room = None

    def _done(self, delivery: Delivery) -> None:
        self.in_flight -= 1
        self.left -= 1
        self.last_ack = asyncio.get_running_loop().time()
        if delivery.status == "acked" and delivery.latency is not None:
            self.latencies.append(delivery.latency)
        self.late += delivery.error == "timeout"
        if self.left == 0:
            self.finished.set()
        if self._room is not None and not self._room.done():
            self._room.set_result(None)


def _event(box: Sandbox, channel_id: str, user: str, text: str, record: bool) -> Json:
    channel, install = box.workspace.channels[channel_id], box.workspace.home_install
    author = box.workspace.users[user]
    message = box.draft(author, channel, text)
    if record:
        channel.add(message)
    outer = author.team_id if channel.is_ext_shared else install.team_id
    return event_callback(box.workspace, install, message_event(channel, message), outer, channel.is_ext_shared)
