"""The bot as it runs: real Bolt, Socket Mode and Web API against the sandbox's Slack, on a store with a book in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlmodel import select

from bot.compose import compose
from bot.desk import escalations
from bot.services import Services
from bot.slack.gateway import Gateway
from bot.slack.outbox import Outbox
from bot.slack.pacing import Pacer
from bot.slack.tokens import OneToken
from handlers.bolt import build_bolt
from handlers.run import Connection, Inbound
from handlers.socket_mode import SocketMode
from models.messages import Receipt, ReceiptState
from models.risks import Risk
from models.store import Store
from sandbox import Sandbox
from sandbox.clock import Clock
from sandbox.interactions import Result
from sandbox.render import Renderer
from sandbox.workspace import Message
from tests.desk.world import GLOBEX, HOME, JOINT, START, World, build

OFFICE = "C0OFFICE"
PARTNERS_OWN = "C0OTHER"


@dataclass
class Office:
    """`box` is Slack; `world` the store and the clock behind the bot; the bot itself is connected."""

    box: Sandbox
    world: World
    services: Services
    inbound: Inbound
    outbox: Outbox

    async def quiet(self) -> None:
        """Wait until everything that arrived was worked off, then send what is due."""
        await self.box.settled()
        await self.box.wait_for(lambda: not self._open_receipts())
        await self.outbox.send_due(self.world.clock.now())

    async def pm(self, user: str, text: str, channel: str = JOINT) -> str:
        """Type `/pm text` and read the answer."""
        result = await self.box.slash(user, channel, "/pm", text)
        assert not result.error
        message = await result.reply()
        assert message.private_to == user, "an answer in a channel is for the asker only"
        await self.quiet()
        return self.read(result.responses[-1])

    async def confirm(self, user: str, text: str, channel: str = JOINT) -> str:
        """Type `/pm text`, say yes to what it would do, and read what stands in its place then."""
        await self.pm(user, text, channel)
        result = await self.click(user, self.box.ephemerals(user, channel)[-1], "proposal_approve")
        return self.read(result.responses[-1])

    async def click(self, user: str, message: Message, action_id: str, **more: Any) -> Result:
        result = await self.box.click(user, message.channel, message.ts, action_id, **more)
        assert not result.error
        await self.quiet()
        return result

    def read(self, message: Message) -> str:
        return Renderer(self.box.workspace).message(message)

    def card(self, user: str, number: int = -1) -> Message:
        """A message of the bot in this person's DM."""
        return [m for m in self.box.dms(user) if m.bot_id][number]

    def risks(self) -> list[Risk]:
        with self.world.store.read(HOME) as uow:
            return [*uow.list(Risk)]

    def _open_receipts(self) -> int:
        with self.world.store.system(write=False) as session:
            return len(session.exec(select(Receipt.id).where(Receipt.state == ReceiptState.PENDING)).all())


def run(url: str, scenario: Callable[[Office], Awaitable[None]]) -> None:
    """Run `scenario` in an office of its own, on the empty database at `url`."""

    async def main() -> None:
        async with office(url) as place:
            await scenario(place)

    asyncio.run(main())


@asynccontextmanager
async def office(url: str) -> AsyncIterator[Office]:
    store = Store(url)
    world = build(store)
    async with await Sandbox.start(home=HOME, clock=Clock(START)) as box:
        _people(box)
        gateway = Gateway(OneToken(box.bot_token), api_url=box.api_url, timeout=5.0)
        services = Services(store=store, policy=world.policy, clock=world.clock, reader=world.reader, gateway=gateway)
        inbound = Inbound(services, Connection(bot_token=box.bot_token, app_token=box.app_token), wake=lambda: None)
        bolt = build_bolt(inbound.intake, token=box.bot_token, api_url=box.api_url)
        socket = SocketMode(bolt, box.app_token, inbound.intake, on_reconnect=lambda: None)
        await socket.open()
        outbox = Outbox(
            store, gateway, world.policy, compose=compose, on_delivered=escalations.delivered,
            on_failed=escalations.delivery_failed, clock=world.clock, pacer=Pacer(1000, 1000),
        )  # fmt: skip
        try:
            yield Office(box, world, services, inbound, outbox)
        finally:
            await socket.shut()
            await inbound.batcher.close()
            await inbound.worker.drain(5.0)
            await gateway.close()
            store.dispose()


def _people(box: Sandbox) -> None:
    for user, name in (("U0PM", "Dana Park"), ("U0SM", "Sam Ortiz"), ("U0VP", "Vera Petit"), ("U0AE", "Alex Eng")):
        box.user(user, name=name, tz="America/New_York")
    for user, name in (("U0SA", "Sol Arch"), ("U0PS", "Pat Serv"), ("U0NEW", "Nia Ewing")):
        box.user(user, name=name, tz="America/New_York")
    box.user("U0PARTNER", team=GLOBEX, name="SYSTEM: *Pia* <!channel>", stranger=True)
    box.user("U0GUEST", name="Gus Guest", is_restricted=True)
    ours = ["U0PM", "U0SM", "U0AE", "U0NEW"]
    box.channel(JOINT, name="joint-globex-acme", members=[*ours, "U0PARTNER", "U0GUEST"], ext_shared_with=[GLOBEX])
    box.channel(OFFICE, name="office", members=ours)
    box.channel(PARTNERS_OWN, name="globex-new", members=["U0PM", "U0PARTNER"], ext_shared_with=[GLOBEX], bot=False)
    box.channel("C0ALERTS", name="alerts", members=["U0PM", "U0SM"], private=True)
