"""One worker of the chaos run: PartnerDesk's own pulse, desk, cards and outbox, until it is killed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from bot import log
from bot.clock import SystemClock
from bot.compose import compose
from bot.desk import escalations
from bot.policy import load_policy
from bot.slack.gateway import Gateway
from bot.slack.outbox import Outbox, Timing
from bot.slack.pacing import Pacer
from bot.slack.tokens import OneToken
from jobs.scheduler import Pulse
from jobs.tick import Tick
from models.store import Store


@dataclass(frozen=True, slots=True)
class Orders:
    """What a worker needs to know. `lease` in seconds; HTTP calls may take a third of it."""

    database: str
    api_url: str
    bot_token: str
    lease: float


def work(orders: Orders) -> None:
    """Run for ever."""
    log.configure("CRITICAL", json_lines=True)
    asyncio.run(_serve(orders))


async def _serve(orders: Orders) -> None:
    store, policy = Store(orders.database), load_policy()
    gateway = Gateway(OneToken(orders.bot_token), api_url=orders.api_url, timeout=orders.lease / 3)
    outbox = Outbox(
        store, gateway, policy, compose=compose,
        on_delivered=escalations.delivered, on_failed=escalations.delivery_failed,
        timing=Timing(timedelta(seconds=orders.lease), first_wait=0.2, longest_wait=2.0, give_up_after=1000),
        pacer=Pacer(rate=100, burst=100),  # the run is about crashes: Slack's pace would make it last for hours
    )  # fmt: skip
    tick = Tick(store, policy, outbox, [("escalations", escalations.fire_due)], send_budget=1.0)
    pulse = Pulse(store, tick, clock=SystemClock())
    pulse.start()
    await asyncio.Event().wait()
