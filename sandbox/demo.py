"""`partnerdesk demo`: a sandbox Slack replays a sample week, the real bot works in it, the terminal shows both.

The story (sandbox/demo_week.py) holds only what people do. Everything PartnerDesk is seen to do here it really did:
through Socket Mode, its own database and the Web API, at the moment it was due.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from rich.console import Console
from sqlmodel import col, func, select

from bot.clock import SystemClock
from bot.desk import book
from bot.imports.book import read_book
from bot.services import Services
from bot.slack.installed import learn_workspace
from bot.slack.outbox import Outbox
from handlers.run import Inbound, serve
from jobs.backfill import Backfill
from jobs.scheduler import Pulse
from jobs.tick import Tick
from models import outbox
from models.delivery import Delivery, DeliveryState
from models.messages import Receipt, ReceiptState
from models.store import Store
from sandbox.box import Sandbox
from sandbox.clock import Clock
from sandbox.demo_screen import Screen
from sandbox.demo_week import (
    ALERTS,
    CAST,
    ELSEWHERE,
    GLOBEX,
    HOME,
    HOOLI,
    INITECH,
    JOINT,
    RESALE,
    WEEK,
    Deletes,
    Edits,
    Invites,
    Nothing,
    Presses,
    Says,
    Step,
    Types,
    moment,
)
from sandbox.inputs import stateful
from sandbox.workspace import Message

BOOK = Path(__file__).with_name("demo_book.yml")
PATIENCE_S = 20.0
# How long a person gets to read, in seconds: a line somebody says, a card, an edit.
LINE_S, CARD_S, EDIT_S = 0.1, 0.3, 0.1

INTRO = (
    "A sample week at Contoso, replayed in a Slack in a box on this machine: no account, no key, no network. "
    "The bot is the real one. It reads #globex-acme, which Contoso shares with Globex Consulting about Acme Corp, "
    "and soon #initech-umbra."
)

NEXT = (
    "README.md says how to connect your Slack: one app manifest, two tokens, a partner book.",
    ".venv/bin/partnerdesk load docs/example-book.yml --dry-run shows what a partner book does.",
    ".venv/bin/partnerdesk scan YOUR-EXPORT.zip reads a Slack export, without Slack, and lists what it finds.",
)


class Desk(Protocol):
    """The bot, built and not yet running; app.py has the class."""

    @property
    def services(self) -> Services: ...

    @property
    def inbound(self) -> Inbound: ...

    @property
    def outbox(self) -> Outbox: ...

    @property
    def tick(self) -> Tick: ...

    @property
    def pulse(self) -> Pulse: ...

    @property
    def backfill(self) -> Backfill: ...


# Given the workspace and a database address: the real bot for them. Its clock is the workspace's.
Build = Callable[[Sandbox, str], Desk]


async def replay(build: Build, console: Console, *, fast: bool, week: Sequence[Step] = WEEK) -> Sandbox:
    """Play `week` on `console`, with pauses for a reader unless `fast`; the database is removed afterwards.

    Ctrl-C ends it early. Returns the workspace, closed, with everything that happened in it.
    """
    with TemporaryDirectory(prefix="partnerdesk-demo-") as folder:
        async with await Sandbox.start(home=HOME, clock=Clock(moment(week[0].at))) as box:
            _furnish(box)
            desk = build(box, f"sqlite:///{folder}/demo.db")
            try:
                await learn_workspace(desk.services.gateway, desk.services.store, "", box.clock.now())
                await asyncio.to_thread(_load_book, desk.services.store, box.clock.now())
                await _beside_the_bot(desk, box, _Story(box, desk, week, console, fast=fast))
            finally:
                await desk.services.gateway.close()
                desk.services.store.dispose()
            return box


async def _beside_the_bot(desk: Desk, box: Sandbox, story: _Story) -> None:
    """Tell the story while the bot is served, connected as it would be to Slack; whichever ends first ends both."""
    stop = asyncio.Event()
    serving = serve(
        desk.inbound,
        pulse=desk.pulse,
        backfill=desk.backfill,
        flush=lambda: desk.outbox.send_due(box.clock.now()),
        stop=stop,
    )
    bot, telling = asyncio.create_task(serving), asyncio.create_task(story.tell())
    try:
        await asyncio.wait({bot, telling}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        telling.cancel()
        stop.set()
        await asyncio.wait({bot, telling})
    for task in (bot, telling):
        if not task.cancelled():
            task.result()


def _furnish(box: Sandbox) -> None:
    for one in CAST:
        domain = box.workspace.team(one.team).domain
        email = f"{one.name.split()[0].lower()}@{domain}.example"
        box.user(one.id, team=one.team, name=one.name, tz=one.zone, email=email)
    ours = [one.id for one in CAST if one.team == HOME]
    partners = {team: [one.id for one in CAST if one.team == team] for team in (GLOBEX, INITECH, HOOLI)}
    box.channel(JOINT, name="globex-acme", members=ours + partners[GLOBEX], ext_shared_with=[GLOBEX])
    box.channel(RESALE, name="initech-umbra", members=ours + partners[INITECH], ext_shared_with=[INITECH], bot=False)
    box.channel(ELSEWHERE, name="hooli-events", members=ours + partners[HOOLI], ext_shared_with=[HOOLI])
    box.channel(ALERTS, name="partner-alerts", members=ours)


def _load_book(store: Store, now: datetime) -> None:
    entries = read_book(BOOK)
    with store.write(entries.workspace) as uow:
        book.apply(uow, entries, now=now, actor="demo")


class _Story:
    """One telling of the week."""

    def __init__(self, box: Sandbox, desk: Desk, week: Sequence[Step], console: Console, *, fast: bool) -> None:
        self._week = week
        self._box = box
        self._desk = desk
        self._screen = Screen(box, console, {one.id: one.role for one in CAST})
        self._hurry = fast or not console.is_terminal
        self._said: dict[str, Message] = {}

    async def tell(self) -> None:
        """The whole week. Raises TimeoutError when the bot does not connect or come to rest."""
        await self._box.connected(timeout=PATIENCE_S)
        self._screen.say(INTRO)
        for step in self._week:
            await self._wait_until(moment(step.at))
            self._screen.day()
            await self._play(step)
            await self._rest()
            shown = await self._show()
            if isinstance(step, Says | Edits) and not shown:
                self._screen.aside(step.aside)
        self._sum_up()

    async def _play(self, step: Step) -> None:
        match step:
            case Says():
                await self._say(step)
            case Edits():
                message = self._said[step.about]
                self._screen.event(step.who, "edits a message", step.text)
                await self._box.edit(step.who, message.channel, message.ts, step.text)
            case Deletes():
                message = self._said[step.about]
                self._screen.event(step.who, "deletes a message", message.text)
                await self._box.delete(step.who, message.channel, message.ts)
            case Invites():
                self._screen.event(step.who, f"adds PartnerDesk to {self._channel(step.where)}")
                await self._box.invite_bot(step.where, step.who)
            case Types():
                self._screen.event(step.who, f"types /pm {step.text}")
                await self._box.slash(step.who, step.where or self._box.im(step.who), "/pm", step.text)
            case Presses():
                self._screen.event(step.who, f"presses [{step.label}]")
                await self._press(step)
            case Nothing():
                self._screen.aside(step.text, timed=True)
        await self._pause(LINE_S)

    async def _say(self, step: Says) -> None:
        text = step.text.format(bot=self._box.bot_user_id)
        where = self._channel(step.where) + (", in the thread" if step.reply_to else "")
        self._screen.event(step.who, f"in {where}", step.text.format(bot="").replace("<@>", "@PartnerDesk"))
        thread = self._said[step.reply_to].ts if step.reply_to else None
        ts = await self._box.say(step.who, step.where, text, thread)
        if step.about:
            self._said[step.about] = self._box.workspace.channels[step.where].messages[ts]

    async def _press(self, step: Presses) -> None:
        """On the newest card this person got that has the control (under that entry)."""
        for card in reversed(self._box.dms(step.who)):
            value = _value(card, step.control, step.entry)
            if value is not None:
                result = await self._box.click(
                    step.who, card.channel, card.ts, step.control, value or None, step.option
                )
                if result.error:
                    raise RuntimeError(f"{step.at}: {step.label} was not taken: {result.error}")
                return
        raise LookupError(f"{step.at}: no card of {step.who} has {step.control}")

    async def _wait_until(self, target: datetime) -> None:
        """Let time pass up to `target`, stopping whenever the bot has something to do."""
        while (due := await asyncio.to_thread(self._next_due)) and self._box.clock.now() < due < target:
            self._box.clock.set(due)
            await self._rest()
            await self._show(unasked=True)
        self._box.clock.set(max(target, self._box.clock.now()))

    async def _rest(self) -> None:
        """Give the bot its pulse until nothing that was received or is due is left in its hands."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                await self._box.settled()
                await self._desk.tick(self._box.clock.now())
                if not await asyncio.to_thread(self._in_hand):
                    return
                await asyncio.sleep(0.01)

    async def _show(self, *, unasked: bool = False) -> bool:
        """Print what the bot did; whether it did anything. `unasked`: only time has passed."""
        news = self._screen.news()
        if unasked and (news.posts or news.edits):
            self._screen.day()
            self._screen.aside("It is due:", timed=True)
        above: set[str] = set()
        for message in news.posts:
            self._screen.card(message, above)
            await self._pause(CARD_S)
        for lines, places in news.edits.items():
            self._screen.edited(lines, places)
            await self._pause(EDIT_S)
        return bool(news.posts or news.edits)

    async def _pause(self, seconds: float) -> None:
        if not self._hurry:
            await asyncio.sleep(seconds)

    def _next_due(self) -> datetime | None:
        with self._desk.services.store.system(write=False) as session:
            return outbox.next_due(session, now=self._box.clock.now(), machine_now=SystemClock().now())

    def _in_hand(self) -> int:
        waiting = col(Delivery.state).in_([DeliveryState.PENDING, DeliveryState.SENDING])
        due = waiting & (col(Delivery.not_before) <= self._box.clock.now())
        with self._desk.services.store.system(write=False) as session:
            receipts = session.exec(
                select(func.count()).select_from(Receipt).where(Receipt.state == ReceiptState.PENDING)
            )
            return receipts.one() + session.exec(select(func.count()).select_from(Delivery).where(due)).one()

    def _channel(self, channel: str) -> str:
        return f"#{self._box.workspace.channels[channel].name}"

    def _sum_up(self) -> None:
        box, shared = self._box, [c for c in self._box.workspace.channels.values() if c.is_ext_shared]
        told = {one.name: len([m for m in box.dms(one.id) if m.user == box.bot_user_id]) for one in CAST}
        in_shared = sum(len(box.bot_messages(channel.id)) for channel in shared)
        outsiders = [one.id for one in CAST if one.team != HOME]
        whispers = [m for m in box.workspace.ephemerals if m.private_to in outsiders]
        lines = (
            f"Direct messages: {', '.join(f'{name} {n}' for name, n in told.items() if n)}.",
            f"In #partner-alerts: {len(box.bot_messages(ALERTS))}. Edits of cards: {len(box.calls('chat.update'))}.",
            f"Messages in the {len(shared)} channels shared with others: {in_shared}.",
            f"Shown to outsiders: {len(whispers)} times the same polite refusal, and nothing else.",
        )
        self._screen.heading("The week in numbers")
        for line in lines:
            self._screen.say(line)
        self._screen.heading("Where to go next")
        for line in NEXT:
            self._screen.say(line)


def _value(card: Message, control: str, entry: str) -> str | None:
    """The value of the control on the card, after the words of `entry`; "" for a menu, None when it is not there."""
    reached = not entry
    for block in card.blocks:
        reached = reached or entry in str(block)
        for element in stateful(block):
            if reached and element.get("action_id") == control:
                return str(element.get("value", ""))
    return None
