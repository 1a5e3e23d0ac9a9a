"""The real bot on a Slack in a box: real Bolt, real slack_sdk, real Socket Mode, a real database."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from textwrap import dedent
from typing import TypeVar

import structlog
from pydantic import SecretStr
from sqlmodel import col, select

from app import Desk, build, introduce
from bot import log
from bot.clock import Clock as MachineClock
from bot.clock import SystemClock
from bot.desk import book as book_desk
from bot.imports.book import parse_book
from bot.settings import Settings
from handlers.run import serve
from models.base import TenantRow
from models.delivery import Delivery
from models.messages import Receipt
from models.partners import Channel
from models.risks import Risk
from sandbox import Sandbox
from sandbox.clock import Clock
from sandbox.interactions import Result
from sandbox.render import Renderer
from sandbox.workspace import Message
from tests.wire.manners import assert_clean_log, assert_manners

Row = TypeVar("Row", bound=TenantRow)

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
    """`log` is what the bot logged so far, one JSON object per line."""

    box: Sandbox
    desk: Desk
    clock: Clock
    log: StringIO
    trouble: bool = False

    async def quiet(self) -> None:
        """Give the bot a pulse and wait until nothing that was received or is due is left in anybody's hands.

        Fails when the bot could not handle something, unless `trouble` was made on purpose.
        """
        deadline = asyncio.get_running_loop().time() + 20
        while True:
            await self.box.settled()
            await self.desk.tick(self.clock.now())
            await self.desk.pulse.rest()  # what the bot's own pulse holds at the moment, this tick has passed over
            in_hand = await asyncio.to_thread(self._in_hand)
            if not in_hand:
                return
            assert asyncio.get_running_loop().time() < deadline, f"the desk does not come to rest: {in_hand}"
            await asyncio.sleep(0.02)

    def _in_hand(self) -> list[tuple[str, ...]]:
        due = col(Delivery.state).in_(["pending", "sending"]) & (col(Delivery.not_before) <= self.clock.now())
        with self.desk.services.store.system(write=False) as session:
            failed = session.exec(select(Receipt.kind, Receipt.error).where(Receipt.error != "")).all()
            assert self.trouble or not failed, f"could not be handled: {failed}"
            receipts = session.exec(select(Receipt.kind, Receipt.owner).where(Receipt.state == "pending")).all()
            deliveries = session.exec(select(Delivery.key, Delivery.state, Delivery.error).where(due)).all()
            return [*map(tuple, receipts), *map(tuple, deliveries)]

    async def later(self, **by: float) -> None:
        """Let product time pass and give the bot one pulse."""
        hours = by.get("hours", 0.0) + by.get("days", 0.0) * 24
        self.clock.advance(hours * 3600 + by.get("minutes", 0.0) * 60 + by.get("seconds", 0.0))
        await self.quiet()

    async def until(self, moment: datetime) -> None:
        """Let product time pass up to `moment` (aware) and give the bot one pulse."""
        await self.later(seconds=(moment - self.clock.now()).total_seconds())

    async def retry(self) -> None:
        """Let what could not be handled be tried again at once, as if minutes had passed."""
        for _ in range(3):
            await self.box.settled()
            await self.desk.inbound.worker.adopt(SystemClock().now() + timedelta(minutes=10))
            while self.desk.inbound.worker.busy:
                await asyncio.sleep(0.01)

    async def pm(self, user: str, text: str, channel: str = "C0JOINT") -> str:
        """Type `/pm text`; returns the last answer as the person reads it, who alone may see it."""
        result = await self.box.slash(user, channel, "/pm", text)
        return await self.answer(result, user)

    async def confirm(self, user: str, text: str, channel: str = "C0JOINT", *, press: str = "proposal_approve") -> str:
        """Type `/pm text`, press the button of the confirmation that comes; returns what stands in its place then."""
        asked = await self.pm(user, text, channel)
        shown = self.box.ephemerals(user, channel)[-1]
        assert press in str(shown.blocks), f"nothing to confirm: {asked}"
        result = await self.click(user, shown, press)
        return self.read(result.responses[-1])

    async def answer(self, result: Result, user: str) -> str:
        """The last answer to something a person did, as they read it. It must be for their eyes only."""
        assert not result.error, result.error
        await result.reply()
        await self.quiet()
        assert all(m.private_to == user for m in result.responses), result.responses
        return self.read(result.responses[-1])

    async def click(self, user: str, card: Message, action_id: str, option: str | None = None) -> Result:
        """Press a button and let everything it causes happen."""
        result = await self.box.click(user, card.channel, card.ts, action_id, option=option)
        assert not result.error, result.error
        await self.quiet()
        return result

    def read(self, message: Message) -> str:
        """A message as its reader sees it."""
        return Renderer(self.box.workspace).message(message)

    def cards(self, user: str) -> list[Message]:
        """What the bot wrote to this person, newest last."""
        return [message for message in self.box.dms(user) if message.user == self.box.bot_user_id]

    def rows(self, model: type[Row], **equals: object) -> Sequence[Row]:
        """Stored rows of our workspace."""
        with self.desk.services.store.read(HOME) as uow:
            return uow.list(model, **equals)

    def risk(self) -> Risk:
        """The one risk there is."""
        [risk] = self.rows(Risk)
        return risk

    def watched(self) -> set[str]:
        """The ids of the channels that are read."""
        return {channel.slack_id for channel in self.rows(Channel, watched=True)}


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


def channels(box: Sandbox) -> None:
    """The channel we share with Globex, the one that gets escalations, and one of our own."""
    box.channel("C0JOINT", name="joint-globex-acme", members=["U0PM", "U0AE", "U0PARTNER"], ext_shared_with=[GLOBEX])
    box.channel("C0ALERTS", name="partner-alerts", members=["U0PM", "U0SM", "U0VP"])
    box.channel("C0OFFICE", name="office", members=["U0PM", "U0SM", "U0NEW"])


@dataclass
class Slack:
    """The workspace outside of the bot, and what any bot in it logs."""

    box: Sandbox
    clock: Clock
    log: StringIO
    trouble: bool


@asynccontextmanager
async def slack(
    *, start: datetime = START, joint: Sequence[str] = ("C0JOINT",), trouble: bool = False
) -> AsyncIterator[Slack]:
    """A workspace with people and channels in it, and no bot yet.

    Afterwards it looks at everything the bot said and logged: nothing may have been posted into the channels `joint`,
    nothing twice, nothing with markup in it, and no error may have been logged unless `trouble` was made on purpose.
    """
    clock = Clock(start)
    with recorded() as lines:
        async with await Sandbox.start(clock=clock, retry_delays=(0.0, 0.2, 0.5)) as box:
            people(box)
            channels(box)
            yield Slack(box, clock, lines, trouble)
            assert_manners(box, joint)
        assert_clean_log(lines.getvalue(), trouble=trouble)


@asynccontextmanager
async def running(
    place: Slack, database: str, *, port: int | None = None, http: bool = False, machine: MachineClock | None = None
) -> AsyncIterator[Office]:
    """One process' worth of bot with the book loaded, connected by Socket Mode; stops gracefully at the end.

    With `http` Slack sends signed requests to `port` instead. `machine` is the clock its leases are measured by, the
    machine's own by default.
    """
    box, clock = place.box, place.clock
    settings = Settings(
        slack_bot_token=SecretStr(box.bot_token),
        slack_app_token=None if http else SecretStr(box.app_token),
        slack_signing_secret=SecretStr(box.signing_secret),
        slack_api_url=box.api_url,
        database_url=SecretStr(database),
        port=port,
    )
    desk = build(settings, clock=clock, machine=machine, paced=False)
    services = desk.services
    with services.store.write(HOME) as uow:
        book_desk.apply(uow, parse_book(BOOK), now=START, actor="test")
    await introduce(desk)
    stop, opened = asyncio.Event(), box.sockets.opened
    serving = asyncio.create_task(
        serve(
            desk.inbound,
            pulse=desk.pulse,
            backfill=desk.backfill,
            flush=lambda: desk.outbox.send_due(clock.now()),
            stop=stop,
        )
    )
    try:
        if http:
            await box.wait_for(lambda: serving.done() or answers(port), timeout=10)
            assert await box.use_http(f"http://127.0.0.1:{port}/slack/events")
        else:
            await box.wait_for(
                lambda: serving.done() or (box.sockets.opened > opened and box.sockets.ready), timeout=10
            )
        yield Office(box, desk, clock, place.log, place.trouble)
    finally:
        stop.set()
        await serving
        await services.gateway.close()
        services.store.dispose()


def answers(port: int | None) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port or 0)) == 0


@asynccontextmanager
async def office(
    database: str, *, port: int | None = None, start: datetime = START, joint: Sequence[str] = ("C0JOINT",),
    trouble: bool = False,
) -> AsyncIterator[Office]:  # fmt: skip
    """A running desk in a workspace of its own."""
    async with slack(start=start, joint=joint, trouble=trouble) as place, running(place, database, port=port) as desk:
        yield desk


@contextmanager
def recorded() -> Iterator[StringIO]:
    """The log of everything, as JSON lines; the process' own logging is put back at the end."""
    root, lines = logging.getLogger(), StringIO()
    handlers, level = root.handlers[:], root.level
    log.configure("INFO", json_lines=True, stream=lines)
    try:
        yield lines
    finally:
        logging.captureWarnings(False)
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()


def play(
    database: str, scenario: Callable[[Office], Awaitable[None]], *, start: datetime = START,
    joint: Sequence[str] = ("C0JOINT",), trouble: bool = False,
) -> None:  # fmt: skip
    """Run `scenario` in an office of its own."""

    async def main() -> None:
        async with office(database, start=start, joint=joint, trouble=trouble) as desk:
            await scenario(desk)

    asyncio.run(main())
