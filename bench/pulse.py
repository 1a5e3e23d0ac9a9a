"""`python -m bench.pulse`: does a pulse with nothing due cost more when a million messages are stored?

The same Tick as the bot's, on SQLite and PostgreSQL, on a database with few and one with many messages, receipts,
events and sent deliveries, in turn. Medians of many pulses; the target is a ratio of at most 1.5.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table
from sqlalchemy import insert, text

from app import Desk, build
from bot.clock import SystemClock, elapsed
from bot.in_thread import in_thread
from bot.settings import Settings
from models import outbox
from models.base import Workspace
from models.delivery import Delivery
from models.events import Event
from models.messages import Message, Receipt
from models.store import Store
from tests.databases import PostgresServer, SqliteFiles

FEW, MANY, TARGET = 1_000, 1_000_000, 1.5
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_CHUNK = 20_000
_WARM_UP = 20


def fill(store: Store, messages: int) -> None:
    """Store so many messages; per message one done receipt, per ten one sent delivery and one event."""
    machine_now = SystemClock().now()  # receipts are of the machine's time: these are too young to be purged
    for first in range(0, messages, _CHUNK):
        numbers = range(first, min(first + _CHUNK, messages))
        with store.system() as session:
            for table, rows in (
                (Message, [_message(n) for n in numbers]),
                (Receipt, [_receipt(n, machine_now) for n in numbers]),
                (Delivery, [_delivery(n) for n in numbers if n % 10 == 0]),
                (Event, [_event(n) for n in numbers if n % 10 == 0]),
            ):
                session.connection().execute(insert(table), rows)
    with store.system() as session:
        session.connection().execute(text("ANALYZE"))


def _message(n: int) -> dict[str, Any]:
    said = NOW - timedelta(seconds=n % 86_400)
    return {
        "workspace_id": "T0HOME", "channel": f"C{n % 50}", "ts": f"17000{n:05}.000000", "author": f"U{n % 200}",
        "side": "partner", "text": f"Message number {n}: nothing to see here.", "text_hash": "", "said_at": said,
        "is_speech": True,
    }  # fmt: skip


def _receipt(n: int, now: datetime) -> dict[str, Any]:
    return {
        "workspace_id": "T0HOME", "key": f"Ev{n}", "message_key": f"T0HOME:C{n % 50}:{n}", "kind": "event",
        "lane": f"C{n % 50}", "payload": {}, "received_at": now, "state": "done", "attempts": 0, "owner": "",
        "lease_until": now, "error": "",
    }  # fmt: skip


def _delivery(n: int) -> dict[str, Any]:
    return {
        "workspace_id": "T0HOME", "key": f"risk:{n}", "lane": f"U{n % 200}", "target": f"U{n % 200}",
        "card": "escalation", "subject_kind": "escalation", "subject_id": n, "params": {},
        "classification": "internal", "state": "sent", "attempts": 1, "created_at": NOW, "not_before": NOW,
        "owner": "", "channel": f"D{n % 200}", "ts": f"{n}", "sent_at": NOW, "error": "",
    }  # fmt: skip


def _event(n: int) -> dict[str, Any]:
    return {
        "workspace_id": "T0HOME", "at": NOW, "actor": "partnerdesk", "subject_kind": "risk", "subject_id": n,
        "from_state": "", "to_state": "detected", "rule": "", "policy_version": "1", "evidence": [], "note": "",
    }  # fmt: skip


async def pulses(desks: Sequence[Desk], count: int) -> list[float]:
    """Median milliseconds of an idle pulse of each desk, the question for the next due moment included.

    The desks take turns, so that a busy moment of the machine hits them alike.
    """
    took: list[list[float]] = [[] for _ in desks]
    for number in range(count + _WARM_UP):
        for desk, times in zip(desks, took, strict=True):
            started = elapsed()
            failures = await desk.tick(NOW)
            await in_thread(_next_due, desk.services.store)
            if number >= _WARM_UP:
                times.append(1000 * (elapsed() - started))
            if failures:
                raise RuntimeError("a step of the pulse failed")
    return [statistics.median(times) for times in took]


def _next_due(store: Store) -> None:
    with store.system(write=False) as session:
        outbox.next_due(session, now=NOW, machine_now=NOW)


def filled(url: str, messages: int) -> Desk:
    """The bot on the empty database at `url`, which then holds so many messages."""
    desk = build(Settings(_env_file=None, database_url=SecretStr(url), slack_bot_token=SecretStr("xoxb-none")))
    with desk.services.store.system() as session:
        session.add(Workspace(id="T0HOME", created_at=NOW))
    fill(desk.services.store, messages)
    return desk


def measure(urls: tuple[str, str], count: int, many: int) -> dict[str, float]:
    """Median pulse with few and with `many` messages, and their ratio."""
    desks = [filled(urls[0], FEW), filled(urls[1], many)]
    few, much = asyncio.run(pulses(desks, count))
    for desk in desks:
        desk.services.store.dispose()
    return {"few_ms": round(few, 3), "many_ms": round(much, 3), "ratio": round(much / few, 2)}


@click.command()
@click.option("--count", default=200, show_default=True, help="Pulses measured at each size.")
@click.option("--many", default=MANY, show_default=True, help="Messages stored for the second measurement.")
def main(count: int, many: int) -> None:
    """Measure idle pulses; exit status 1 when growth makes them dearer than the target."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "many").mkdir()
        files = SqliteFiles(folder)
        server = PostgresServer(durable=True)
        stack.callback(server.stop)
        urls = {
            "SQLite": (files.clone(folder), files.clone(folder / "many")),
            "PostgreSQL": (server.clone(), server.clone()),
        }
        lines = {name: measure(pair, count, many) for name, pair in urls.items()}
    table = Table(title=f"One pulse with nothing due: {FEW:,} and {many:,} stored messages, median of {count}")
    for heading in ("", "few_ms", "many_ms", "ratio"):
        table.add_column(heading, justify="right" if heading else "left")
    for name, line in lines.items():
        table.add_row(name, *(str(value) for value in line.values()))
    Console().print(table)
    click.echo(json.dumps(lines))
    if any(line["ratio"] > TARGET for line in lines.values()):
        raise click.exceptions.Exit(1)


if __name__ == "__main__":
    main()
