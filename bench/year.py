"""`python -m bench.year`: a whole year of a company's calendar on the real pulse, beside a model of plain loops.

200 partners, 12 managers on four continents' clocks, both clock changes of New York, Berlin and Sydney, public
holidays; people do things by seeded dice, processes are killed in the middle of a pulse, Slack loses answers,
PartnerDesk is down for days. Every reminder must have come once, at the right local time, and nothing else
(tests/calendar/year.py).
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from bot import log
from tests.calendar.year import Plan, Report, run
from tests.databases import PostgresServer, SqliteFiles

TARGET_S = 120.0
_OUTAGES = (
    (datetime(2026, 3, 10, 6, tzinfo=UTC), datetime(2026, 3, 11, 15, 30, tzinfo=UTC)),
    (datetime(2026, 7, 3, 12, tzinfo=UTC), datetime(2026, 7, 6, 9, tzinfo=UTC)),
    (datetime(2026, 10, 30, 20, tzinfo=UTC), datetime(2026, 11, 2, 14, tzinfo=UTC)),
)


def year(seed: int, partners: int) -> Plan:
    return Plan(
        begin=datetime(2026, 1, 4, 12, tzinfo=UTC),
        end=datetime(2027, 1, 4, tzinfo=UTC),
        partners=partners,
        managers=12,
        cadences=partners // 5,
        seed=seed,
        kills=1,
        beside=1,
        faults=1,
        sessions=30,
        outages=_OUTAGES,
    )


def measure(plan: Plan, *, postgres: bool) -> Report:
    """Play `plan` on an empty database."""
    with ExitStack() as stack:
        if postgres:
            server = PostgresServer()
            stack.callback(server.stop)
            return asyncio.run(run(plan, server.clone()))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "year").mkdir()
        return asyncio.run(run(plan, SqliteFiles(folder).clone(folder / "year")))


@click.command()
@click.option("--seed", default=0, show_default=True, help="Of the dice.")
@click.option("--partners", default=200, show_default=True)
@click.option("--postgres", is_flag=True, help="On PostgreSQL instead of SQLite.")
def main(seed: int, partners: int, postgres: bool) -> None:
    """Play the year; exit status 1 when anything was said wrongly, twice or not at all, or when it takes too long."""
    log.configure("CRITICAL", json_lines=True)  # the killed and the lost answers are made on purpose
    report = measure(year(seed, partners), postgres=postgres)
    table = Table(title=f"A year with {partners} partners, seed {seed}, on {'PostgreSQL' if postgres else 'SQLite'}")
    for heading in ("", ""):
        table.add_column(heading)
    for name, value in asdict(report).items():
        table.add_row(name, str(len(value)) if name == "wrong" else f"{value:,.0f}")
    Console().print(table)
    for sentence in report.wrong[:50]:
        click.echo(sentence, err=True)
    click.echo(json.dumps({**asdict(report), "wrong": len(report.wrong)}))
    if report.wrong or report.seconds > TARGET_S:
        raise click.exceptions.Exit(1)


if __name__ == "__main__":
    main()
