"""A small office on the sandbox: people, channels, a store that knows them, and an outbox that posts for real."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.cards.card import Attachment, Card
from bot.clock import ManualClock
from bot.policy import Policy, load_policy
from bot.slack.gateway import Gateway
from bot.slack.outbox import Outbox, Timing
from bot.slack.pacing import Pacer
from bot.slack.tokens import OneToken
from models.base import Workspace, row_id
from models.delivery import Delivery
from models.partners import Channel, Partner, PartnerTeam, Person
from models.store import Store, UnitOfWork
from sandbox import Sandbox
from sandbox.clock import Clock

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HOME, GLOBEX = "T0HOME", "T0GLOBEX"
ALERTS, JOINT, GUESTS = "C0ALERTS", "C0JOINT", "C0GUESTS"


@dataclass
class Office:
    """`clock` is product time, `machine` the leases'. `settled` lists (what, key) as the callbacks were told."""

    box: Sandbox
    store: Store
    gateway: Gateway
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOW))
    machine: ManualClock = field(default_factory=lambda: ManualClock(NOW))
    settled: list[tuple[str, str]] = field(default_factory=list)
    words: str = "the partner slipped"

    def outbox(self, **timing: Any) -> Outbox:
        """A worker of its own, like one more process."""
        return Outbox(
            self.store, self.gateway, load_policy(), compose=self._compose,
            on_delivered=self._told("sent"), on_failed=self._told("failed"),
            timing=Timing(**{"first_wait": 1.0} | timing), clock=self.machine, pacer=Pacer(1000, 1000),
        )  # fmt: skip

    async def send(self, outbox: Outbox | None = None) -> int:
        """One pass over what is due at the product's time."""
        return await (outbox or self.outbox()).send_due(self.clock.now())

    def later(self, seconds: float) -> None:
        """Both clocks move on, and Slack's with them."""
        self.clock.advance(timedelta(seconds=seconds))
        self.machine.advance(timedelta(seconds=seconds))
        self.box.clock.advance(seconds)

    def put(self, key: str, target: str = "U0PM", **more: Any) -> int:
        """A due delivery for a person or channel."""
        row = Delivery(
            workspace_id=HOME, key=key, lane=target, target=target, card=more.pop("card", "notice"),
            created_at=self.clock.now(), not_before=self.clock.now(), **more,
        )  # fmt: skip
        with self.store.write(HOME) as uow:
            return row_id(uow.add(row))

    def row(self, key: str) -> Delivery:
        with self.store.read(HOME) as uow:
            found = uow.find(Delivery, key=key)
            assert found is not None, key
            return found

    def posted(self, key: str) -> list[str]:
        """The text of every message in the whole workspace that carries `key`."""
        return [
            message.text
            for channel in self.box.workspace.channels.values()
            for message in channel.messages.values()
            if (message.metadata or {}).get("event_payload", {}).get("key") == key
        ]

    def _compose(self, uow: UnitOfWork, delivery: Delivery, /, *, now: datetime, policy: Policy) -> Card | None:
        assert uow.workspace_id == HOME and now.tzinfo and policy.version
        if delivery.params.get("gone"):
            return None
        if delivery.params.get("broken"):
            raise OverflowError("date value out of range")
        name = delivery.params.get("file")
        file = Attachment(name, f"Title of {name}", lambda: f"made of {self.words}".encode()) if name else None
        return Card(text=f"{delivery.card}: {self.words}", event_payload={"risk": 12}, attachment=file)

    def _told(self, what: str) -> Callable[..., None]:
        def told(uow: UnitOfWork, delivery: Delivery, /, *, now: datetime, policy: Policy) -> None:
            assert uow.workspace_id == HOME and now.tzinfo and policy.version
            self.settled.append((what, delivery.key))

        return told


def run(store: Store, scenario: Callable[[Office], Awaitable[None]], **sandbox: Any) -> None:
    """Run `scenario` in an office of its own, on `store`."""

    async def main() -> None:
        async with office(store, **sandbox) as place:
            await scenario(place)

    asyncio.run(main())


@asynccontextmanager
async def office(store: Store, **sandbox: Any) -> AsyncIterator[Office]:
    furnish(store)
    async with await Sandbox.start(home=HOME, clock=Clock(NOW), **sandbox) as box:
        gateway = Gateway(OneToken(box.bot_token), api_url=box.api_url, timeout=1.0)
        try:
            people(box)
            yield Office(box, store, gateway)
        finally:
            await gateway.close()


def people(box: Sandbox) -> None:
    for user in ("U0PM", "U0SM", "U0VP"):
        box.user(user)
    box.user("U0GUEST", is_restricted=True)
    box.user("U0BUILDBOT", is_bot=True)
    box.user("U1GLOBEX", team=GLOBEX)
    box.user("U2INITECH", team="T0INITECH")
    box.channel(ALERTS, members=["U0PM", "U0SM", "U0BUILDBOT"])
    box.channel(JOINT, members=["U0PM", "U1GLOBEX"], ext_shared_with=[GLOBEX])
    box.channel(GUESTS, members=["U0PM", "U0GUEST"])


def furnish(store: Store) -> None:
    """The book: Dana (U0PM) manages Globex, U0SM manages her, U0VP manages him; C0ALERTS receives alerts."""
    with store.system() as session:
        session.add(Workspace(id=HOME, created_at=NOW))
    with store.write(HOME) as uow:
        line = (("U0PM", "partner_manager", "U0SM"), ("U0SM", "senior_manager", "U0VP"), ("U0VP", "vp", None))
        for user, role, manager in line:
            uow.add(Person(workspace_id=HOME, slack_id=user, team_id=HOME, roles=[role], manager=manager))
        globex = uow.add(Partner(workspace_id=HOME, name="Globex", manager="U0PM"))
        uow.add(PartnerTeam(workspace_id=HOME, team_id=GLOBEX, partner_id=row_id(globex)))
        uow.add(Channel(workspace_id=HOME, slack_id=ALERTS, kind="internal", receives=["alerts"]))


def globex(store: Store) -> int:
    """The id of the partner Globex."""
    with store.read(HOME) as uow:
        found = uow.find(Partner, name="Globex")
        assert found is not None
        return row_id(found)


@asynccontextmanager
async def answering(body: Any, status: int = 200, **response: Any) -> AsyncIterator[Gateway]:
    """A gateway to a Slack that gives one answer to everything: for answers the sandbox never gives."""

    async def answer(_request: web.Request) -> web.Response:
        if isinstance(body, str):
            return web.Response(text=body, status=status, **response)
        return web.json_response(body, status=status, **response)

    app = web.Application()
    app.router.add_route("*", "/api/{method}", answer)
    async with TestServer(app) as server:
        gateway = Gateway(OneToken("xoxb-test"), api_url=str(server.make_url("/api/")), timeout=1.0)
        try:
            yield gateway
        finally:
            await gateway.close()
