"""`python -m bench.acks`: how fast events are acked, against a stock Bolt AsyncApp with an empty listener.

The sandbox runs in another process and delivers real Socket Mode envelopes. Three subjects, the same load, several
rounds in turn: stock Bolt; ours with durable receipts on SQLite (synchronous=FULL); ours on PostgreSQL (fsync on).
Ours includes the worker: every receipt is also handled (by a handler that does nothing) and marked done.
"""

from __future__ import annotations

import asyncio
import json
import logging
import statistics
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp

from bench.sandbox_process import Box, sandbox_process
from handlers.bolt import build_bolt
from handlers.intake import Intake, ReceiptBatcher
from handlers.socket_mode import SocketMode
from handlers.work import Received, Worker
from models import receipts
from models.store import Store
from tests.databases import PostgresServer, SqliteFiles

STOCK = "stock Bolt"
WINDOW, RATE, LIMIT_MS = 100, 200, 3000
TARGET_SHARE, TARGET_P99_MS = 0.6, 100
Subject = Callable[[Box], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def stock(box: Box) -> AsyncIterator[None]:
    """Bolt as its documentation shows it, with a listener that does nothing."""
    app = AsyncApp(token=box.address["bot_token"], signing_secret="")
    app.client.base_url = box.address["api_url"]

    @app.event("message")
    async def nothing() -> None:
        pass

    handler = AsyncSocketModeHandler(app, box.address["app_token"])
    await handler.client.connect()  # type: ignore[no-untyped-call]  # slack_sdk leaves it unannotated
    try:
        yield
    finally:
        await handler.client.close()  # type: ignore[no-untyped-call]


def durable(url: str) -> Subject:
    """PartnerDesk's own way in, on the database at `url`."""

    @asynccontextmanager
    async def subject(box: Box) -> AsyncIterator[None]:
        store = Store(url)
        worker = Worker(store, {"event": _nothing}, answer=_say_nothing, owner="bench")
        batcher = ReceiptBatcher(store, worker)
        intake = Intake(batcher, events={"message"}, validate=lambda _view: {})
        app = build_bolt(intake, token=box.address["bot_token"], api_url=box.address["api_url"])
        socket = SocketMode(app, box.address["app_token"], intake, on_reconnect=_reconnected)
        await socket.open()
        try:
            yield
        finally:
            await socket.shut()
            await batcher.close()
            await worker.drain(10)
            with store.system(write=False) as session:
                left = receipts.oldest_open(session)
            store.dispose()
            if left is not None:
                raise RuntimeError("a receipt was left open")

    return subject


async def _nothing(_received: Received) -> None: ...


async def _say_nothing(_received: Received, _sentence: str) -> None: ...


def _reconnected() -> None: ...


async def measure(box: Box, subject: Subject, count: int, seconds: float) -> dict[str, Any]:
    """One round of one subject."""
    load = {"channel": "C0BENCH", "user": "U0BENCH"}
    async with subject(box):
        await box.call("flood", count=300, window=20, **load)
        window = await box.call("flood", count=count, window=WINDOW, **load)
        offered = await box.call("flood", count=int(RATE * seconds), rate=RATE, **load)
    return {"window": window, "offered": offered}


async def run(rounds: int, count: int, seconds: float, subjects: dict[str, Subject]) -> dict[str, list[dict[str, Any]]]:
    """Every subject, `rounds` times in turn, so that a busy moment of the machine does not hit only one."""
    async with AsyncExitStack() as stack:
        box = await stack.enter_async_context(sandbox_process("--no-rate-limits"))
        await box.call("user", user_id="U0BENCH")
        await box.call("channel", channel_id="C0BENCH", members=["U0BENCH"])
        results: dict[str, list[dict[str, Any]]] = {name: [] for name in subjects}
        for _ in range(rounds):
            for name, subject in subjects.items():
                results[name].append(await measure(box, subject, count, seconds))
        return results


def summary(results: dict[str, list[dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    """Medians over the rounds; the worst round for what must never happen."""
    lines = {}
    for name, rounds in results.items():
        windows, offered = [r["window"] for r in rounds], [r["offered"] for r in rounds]
        lines[name] = {
            "acks_per_s": statistics.median(w["acks_per_s"] for w in windows),
            "window_p50_ms": statistics.median(w["p50_ms"] for w in windows),
            "window_p99_ms": statistics.median(w["p99_ms"] for w in windows),
            "offered_p50_ms": statistics.median(o["p50_ms"] for o in offered),
            "offered_p99_ms": statistics.median(o["p99_ms"] for o in offered),
            "max_ms": max(x["max_ms"] for x in (*windows, *offered)),
            "late": sum(x["late"] + x["lost"] for x in (*windows, *offered)),
        }
        # Round by round: a busy moment of the machine slows down both.
        shares = [w["acks_per_s"] / r["window"]["acks_per_s"] for w, r in zip(windows, results[STOCK], strict=True)]
        lines[name]["share_of_stock"] = round(statistics.median(shares), 2)
    return lines


def met(line: dict[str, Any]) -> bool:
    """Does a durable subject meet the targets of docs/figures.md?"""
    return bool(
        line["share_of_stock"] >= TARGET_SHARE and line["offered_p99_ms"] <= TARGET_P99_MS and line["late"] == 0
    )


@click.command()
@click.option("--rounds", default=5, show_default=True)
@click.option("--count", default=4000, show_default=True, help="Events per round at the window.")
@click.option("--seconds", default=5.0, show_default=True, help="How long 200 events/s are offered.")
@click.option("--json", "as_json", type=click.Path(path_type=Path), help="Also write the figures to this file.")
def main(rounds: int, count: int, seconds: float, as_json: Path | None) -> None:
    """Measure acks; exit status 1 when a target is missed."""
    logging.disable(logging.WARNING)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = PostgresServer(durable=True)
        stack.callback(server.stop)
        lines = summary(
            asyncio.run(
                run(rounds, count, seconds, {
                    STOCK: stock,
                    "SQLite": durable(SqliteFiles(folder).clone(folder)),
                    "PostgreSQL": durable(server.clone()),
                })
            )
        )  # fmt: skip
    table = Table(title=f"Acks: window of {WINDOW}, then {RATE}/s offered; medians of {rounds} rounds")
    for heading in ("", *lines[STOCK]):
        table.add_column(heading, justify="right" if heading else "left")
    for name, line in lines.items():
        table.add_row(name, *(str(value) for value in line.values()))
    Console().print(table)
    click.echo(json.dumps(lines))
    if as_json is not None:
        as_json.write_text(json.dumps(lines, indent=2), encoding="utf-8")
    if not all(met(line) for name, line in lines.items() if name != STOCK):
        raise click.exceptions.Exit(1)


if __name__ == "__main__":
    main()
