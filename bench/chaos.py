"""`make chaos`: kill and stop the workers while Slack drops, fails and limits; count what was lost or doubled.

Reminders are escalations with a clock; each must end as exactly one message, by the key in its metadata as the sandbox
(a process of its own) recorded it. Workers are forked from a warm server, so that a new one works at once.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import random
import signal
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from bench.chaos_worker import Orders, work
from bench.sandbox_process import Box, sandbox_process
from bot.clock import SystemClock, elapsed
from models.base import Workspace, row_id
from models.delivery import Delivery
from models.escalations import Escalation
from models.partners import Partner, Person
from models.risks import Risk
from models.store import Store
from tests.databases import PostgresServer, SqliteFiles

HOME = "T0HOME"
PEOPLE = tuple(f"U0P{number:02}" for number in range(10))
PATIENCE_S = 90.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done to whom. `stops` are SIGSTOPs longer than the lease; seconds between two disruptions are random."""

    reminders: int
    kills: int
    stops: int
    lease: float = 3.0
    stopped_for: float = 5.0
    pause: tuple[float, float] = (0.5, 1.6)
    seed: int = 0


FULL = Plan(reminders=600, kills=50, stops=8)
SHORT = Plan(reminders=60, kills=6, stops=1, lease=2.0, stopped_for=2.5, pause=(0.4, 0.9))


@dataclass(frozen=True, slots=True)
class Result:
    """`lost` and `twice` are keys; `posts` are calls that reached chat.postMessage, `lookups` reconciles."""

    database: str
    workers: int
    reminders: int
    kills: int
    stops: int
    lost: int
    twice: int
    unsettled: int
    posts: int
    lookups: int
    faults: int
    seconds: float

    @property
    def clean(self) -> bool:
        return not (self.lost or self.twice or self.unsettled)


async def run(database: str, url: str, workers: int, plan: Plan) -> Result:
    """One run on the empty database at `url`."""
    store = Store(url)
    seed = {"users": [{"id": user} for user in PEOPLE]}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(json.dumps(seed))
        file.flush()
        async with sandbox_process("--no-rate-limits", "--workspace", file.name, "--seed", str(plan.seed)) as box:
            await _make_slack_bad(box)
            began = elapsed()
            duration = (plan.kills + plan.stops) * sum(plan.pause) / 2
            _plant(store, plan.reminders, SystemClock().now(), duration)
            orders = Orders(url, box.address["api_url"], box.address["bot_token"], plan.lease)
            with _Crew(orders, workers) as crew:
                await _disrupt(crew, plan)
                await _until_sent(store, plan.reminders)
            seconds = elapsed() - began
            result = await _count(box, store, database, workers, plan, seconds)
    store.dispose()
    return result


async def _make_slack_bad(box: Box) -> None:
    post = "chat.postMessage"
    await box.call("fault", method=post, kind="delay", before_s=0.08, after_s=0.08, jitter=True)
    await box.call("fault", method=post, kind="drop_after", probability=0.05)
    await box.call("fault", method=post, kind="500", probability=0.025)
    await box.call("fault", method=post, kind="500_after", probability=0.025)
    await box.call("fault", method=post, kind="429", probability=0.02, retry_after=1)
    await box.call("fault", method="conversations.*", kind="500", probability=0.02)
    await box.call("fault", method="users.*", kind="drop_before", probability=0.02)


def _plant(store: Store, reminders: int, now: datetime, duration: float) -> None:
    """One risk, and `reminders` escalations of it to ten people, due evenly over `duration` seconds."""
    with store.system() as session:
        session.add(Workspace(id=HOME, created_at=now))
    with store.write(HOME) as uow:
        uow.add(Partner(workspace_id=HOME, name="Globex Consulting"))
        for user in PEOPLE:
            uow.add(Person(workspace_id=HOME, slack_id=user, team_id=HOME))
        risk = uow.add(
            Risk(
                workspace_id=HOME, kind="risk", category="delay", state="detected", partner_id=1, channel="C0JOINT",
                thread_ts="1.000000", first_seen_at=now, last_seen_at=now,
            )
        )  # fmt: skip
        for number in range(reminders):
            uow.add(
                Escalation(
                    workspace_id=HOME, risk_id=row_id(risk), to_role="partner_manager", level=number,
                    recipient=PEOPLE[number % len(PEOPLE)], state="open", informs=True, opened_at=now,
                    due_at=now + timedelta(seconds=duration * number / reminders),
                )
            )  # fmt: skip


class _Crew:
    """The worker processes. Whoever dies is replaced at once."""

    def __init__(self, orders: Orders, size: int) -> None:
        self._orders = orders
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["bench.chaos_worker"])
        self._men = [self._hire() for _ in range(size)]

    def __enter__(self) -> _Crew:
        return self

    def __exit__(self, *_error: object) -> None:
        for man in self._men:
            man.kill()
            man.join()

    def kill(self, dice: random.Random) -> None:
        """kill -9 one of them."""
        place = dice.randrange(len(self._men))
        self._men[place].kill()
        self._men[place].join()
        self._men[place] = self._hire()

    async def stop(self, dice: random.Random, seconds: float) -> None:
        """SIGSTOP one of them, and let it go on after `seconds`."""
        pid = dice.choice(self._men).pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(seconds)
        os.kill(pid, signal.SIGCONT)

    def _hire(self) -> ForkServerProcess:
        man = self._context.Process(target=work, args=(self._orders,), daemon=True)
        man.start()
        return man


async def _disrupt(crew: _Crew, plan: Plan) -> None:
    dice = random.Random(plan.seed)
    deeds = ["kill"] * plan.kills + ["stop"] * plan.stops
    dice.shuffle(deeds)
    for deed in deeds:
        await asyncio.sleep(dice.uniform(*plan.pause))
        if deed == "kill":
            crew.kill(dice)
        else:
            await crew.stop(dice, plan.stopped_for)


async def _until_sent(store: Store, reminders: int) -> None:
    """Wait until every reminder is settled, or for PATIENCE_S, and then for what may still be on the wire."""
    deadline = elapsed() + PATIENCE_S
    while elapsed() < deadline and len(_sent(store)) < reminders:
        await asyncio.sleep(0.2)
    await asyncio.sleep(1.0)


def _sent(store: Store) -> list[Delivery]:
    with store.read(HOME) as uow:
        return [*uow.list(Delivery, card="escalation", state="sent")]


async def _count(box: Box, store: Store, database: str, workers: int, plan: Plan, seconds: float) -> Result:
    seen: Counter[str] = Counter()
    for user in PEOPLE:
        seen.update(message["metadata"]["event_payload"]["key"] for message in await box.call("dms", user=user))
    with store.read(HOME) as uow:
        wanted = {f"escalation:{row_id(row)}" for row in uow.list(Escalation)}
        notified = len(uow.list(Escalation, state="notified"))
    posts = await box.call("calls", method="chat.postMessage")
    lookups = await box.call("calls", method="conversations.history")
    faults = sum(rule["fired"] for rule in await box.call("faults") if rule["kind"] != "delay")
    return Result(
        database, workers, plan.reminders, plan.kills, plan.stops,
        lost=len(wanted - seen.keys()), twice=sum(count > 1 for count in seen.values()),
        unsettled=plan.reminders - notified,
        posts=len(posts), lookups=len(lookups), faults=faults, seconds=round(seconds, 1),
    )  # fmt: skip


@contextmanager
def empty_database(kind: str) -> Iterator[str]:
    """The URL of a new database of that kind: sqlite or postgres."""
    with tempfile.TemporaryDirectory(prefix="partnerdesk-chaos-") as folder:
        if kind == "sqlite":
            (Path(folder) / "run").mkdir()
            yield SqliteFiles(Path(folder)).clone(Path(folder) / "run")
            return
        server = PostgresServer()
        try:
            yield server.clone()
        finally:
            server.stop()


@click.command()
@click.option("--short", is_flag=True, help="The version the tests run, about ten seconds a database.")
@click.option("--database", type=click.Choice(["postgres", "sqlite"]), multiple=True, default=["postgres", "sqlite"])
@click.option("--seed", default=0, help="Another seed, another run.")
def main(short: bool, database: tuple[str, ...], seed: int) -> None:
    """Two workers on PostgreSQL and one on SQLite; exit code 1 when anything was lost, doubled or left over."""
    chosen = SHORT if short else FULL
    plan = Plan(**(asdict(chosen) | {"seed": seed}))
    results = []
    for kind in database:
        with empty_database(kind) as url:
            results.append(asyncio.run(run(kind, url, 2 if kind == "postgres" else 1, plan)))
    table = Table(*asdict(results[0]), title="chaos")
    for result in results:
        table.add_row(*(str(value) for value in asdict(result).values()))
    Console(width=160).print(table)
    for result in results:
        click.echo(json.dumps(asdict(result)))
    raise SystemExit(0 if all(result.clean for result in results) else 1)


if __name__ == "__main__":
    main()
