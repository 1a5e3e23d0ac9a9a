"""The real bot on a Slack in a box: real Bolt, real slack_sdk, real Socket Mode, a real database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from textwrap import dedent

from pydantic import SecretStr
from sqlmodel import col, func, select

from app import Desk, Settings, build
from bot.desk import book as book_desk
from bot.imports.book import parse_book
from bot.slack.installed import learn_workspace
from handlers.run import serve
from models.delivery import Delivery
from models.messages import Receipt
from sandbox import Sandbox
from sandbox.clock import Clock
from sandbox.workspace import Message

# Wednesday 11 March 2026, 10:00 in New York.
START = datetime(2026, 3, 11, 14, 0, tzinfo=UTC)
HOME, GLOBEX, RIVAL = "T0HOME", "T0GLOBEX", "T0RIVAL"

BOOK = dedent("""
    workspace: T0HOME
    people:
      - {slack: U0PM, name: Dana Park, roles: [partner_manager], manager: U0SM, timezone: America/New_York}
      - {slack: U0SM, roles: [senior_manager], manager: U0VP}
      - {slack: U0VP, roles: [vp]}
      - {slack: U0AE, roles: [ae]}
      - {slack: U0SA, roles: [sa]}
      - {slack: U0PS, roles: [ps]}
    partners:
      - name: Globex Consulting
        aliases: [Globex]
        type: si
        tier: gold
        slack_teams: [T0GLOBEX]
        domains: [globex.example]
        manager: U0PM
      - name: Initech
        type: reseller
        manager: U0PM
    accounts:
      - name: Acme Corp
        domain: acme.example
        owner: U0AE
        opportunities:
          - {id: OPP-1, name: Acme ERP, amount: 250000, currency: USD, stage: propose, close: 2026-06-30,
             partners: [{partner: Globex Consulting, role: co_sell}]}
    channels:
      - {id: C0JOINT, kind: joint, partner: Globex Consulting, account: Acme Corp}
      - {id: C0ALERTS, kind: internal, receives: [escalations]}
""")


@dataclass
class Office:
    box: Sandbox
    desk: Desk
    clock: Clock

    async def quiet(self) -> None:
        """Give the bot a pulse and wait until nothing that was received or is due is left in anybody's hands."""
        deadline = asyncio.get_running_loop().time() + 20
        while True:
            await self.box.settled()
            await self.desk.tick(self.clock.now())
            if not await asyncio.to_thread(self._in_hand):
                return
            assert asyncio.get_running_loop().time() < deadline, "the desk does not come to rest"
            await asyncio.sleep(0.02)

    def _in_hand(self) -> int:
        due = col(Delivery.state).in_(["pending", "sending"]) & (col(Delivery.not_before) <= self.clock.now())
        with self.desk.services.store.system(write=False) as session:
            open_receipts = session.exec(select(func.count()).select_from(Receipt).where(Receipt.state == "pending"))
            deliveries = session.exec(select(func.count()).select_from(Delivery).where(due))
            return open_receipts.one() + deliveries.one()

    async def later(self, **by: float) -> None:
        """Let product time pass and give the bot one pulse."""
        hours = by.get("hours", 0.0) + by.get("days", 0.0) * 24
        self.clock.advance(hours * 3600 + by.get("minutes", 0.0) * 60 + by.get("seconds", 0.0))
        await self.quiet()

    def cards(self, user: str) -> list[Message]:
        """What the bot wrote to this person, newest last."""
        return [message for message in self.box.dms(user) if message.user == self.box.bot_user_id]


def people(box: Sandbox) -> None:
    """Contoso (us), Globex (the partner), a rival, a guest."""
    box.user("U0PM", name="Dana P. (Slack)", tz="Europe/London", email="dana@contoso.example")
    box.user("U0SM", name="Sam Ortiz", tz="America/New_York")
    box.user("U0VP", name="Vera Petit", tz="America/New_York")
    box.user("U0AE", name="Alex Eng", tz="America/New_York")
    box.user("U0SA", name="Sol Arch", tz="America/New_York")
    box.user("U0PS", name="Pat Serv", tz="America/New_York")
    box.user("U0NEW", name="Nia Ewing", tz="America/New_York")
    box.user("U0PARTNER", team=GLOBEX, name="Pia Globex", tz="Europe/Berlin", email="pia@globex.example")
    box.user("U0RIVAL", team=RIVAL, name="Rob Rival", tz="Europe/Berlin")
    box.user("U0GUEST", name="Gus Guest", tz="Europe/Berlin", is_restricted=True, email="gus@elsewhere.example")


@asynccontextmanager
async def office(database: str, *, port: int | None = None) -> AsyncIterator[Office]:
    """A running desk with the book loaded, connected to its sandbox by Socket Mode. Stops gracefully at the end."""
    clock = Clock(START)
    async with await Sandbox.start(clock=clock, retry_delays=(0.0, 0.2, 0.5)) as box:
        people(box)
        box.channel(
            "C0JOINT", name="joint-globex-acme", members=["U0PM", "U0AE", "U0PARTNER"], ext_shared_with=[GLOBEX]
        )
        box.channel("C0ALERTS", name="partner-alerts", members=["U0PM", "U0SM", "U0VP"])
        settings = Settings(
            slack_bot_token=SecretStr(box.bot_token),
            slack_app_token=SecretStr(box.app_token),
            slack_signing_secret=SecretStr(box.signing_secret),
            slack_api_url=box.api_url,
            database_url=SecretStr(database),
            port=port,
        )
        desk = build(settings, clock=clock)
        services = desk.services
        with services.store.write(HOME) as uow:
            book_desk.apply(uow, parse_book(BOOK), now=START, actor="test")
        await learn_workspace(services.gateway, services.store, "", START)
        stop = asyncio.Event()
        running = asyncio.create_task(
            serve(
                desk.inbound,
                pulse=desk.pulse,
                backfill=desk.backfill,
                flush=lambda: desk.outbox.send_due(clock.now()),
                stop=stop,
            )
        )
        try:
            await box.connected(timeout=10)
            yield Office(box, desk, clock)
        finally:
            stop.set()
            await running
            await services.gateway.close()
            services.store.dispose()
