"""`make bench-scan`: messages per second and memory of `scan` on a made-up export, on one core and on all.

    python -m bench.scan [--messages N] [--form jsonl|folder|zip] [--reader learned|rules|none] [--weights FOLDER]

One core is given a tenth of the messages. Memory is what this process and those it starts hold together, by the
kernel's count, libraries they share counted once for each.
"""

from __future__ import annotations

import json
import resource
import tempfile
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from bench.memory import samples_of_held_mb
from bench.readers import NAMES, maker
from bench.traffic import book_text, write_export
from bot.clock import elapsed
from bot.desk.export_scan import scan
from bot.imports.book import parse_book
from bot.imports.export import open_export
from bot.policy import load_policy
from bot.reading.learned.weights import FOLDER, WeightsRefused
from bot.reading.workers import MakeReader, cores


@click.command()
@click.option("--messages", default=1_000_000, show_default=True)
@click.option("--form", type=click.Choice(["jsonl", "folder", "zip"]), default="jsonl", show_default=True)
@click.option("--reader", type=click.Choice(NAMES), default="learned", show_default=True)
@click.option("--weights", type=click.Path(path_type=Path), default=FOLDER, help="Folder of the trained files.")
def main(messages: int, form: str, reader: str, weights: Path) -> None:
    make_reader = maker(reader, weights)
    results = []
    for workers, count in ((1, messages // 10), (cores(), messages)):
        with tempfile.TemporaryDirectory() as folder:
            path = write_export(Path(folder), count, form)
            try:
                results.append(_scan(path, make_reader, workers, count))
            except WeightsRefused as error:
                raise click.ClickException(f"{error}. Or measure --reader rules.") from error
    table = Table(f"reader: {reader}", *(f"{result['workers']} worker(s)" for result in results))
    for name in results[0]:
        table.add_row(name, *(str(result[name]) for result in results))
    Console().print(table)
    for result in results:
        click.echo(json.dumps({"reader": reader, **result}))


def _scan(path: Path, make_reader: MakeReader, workers: int, count: int) -> dict[str, float | str]:
    book, policy = parse_book(book_text()), load_policy()
    with samples_of_held_mb() as samples, open_export(path) as export:
        started, started_cpu = elapsed(), _cpu_seconds()
        messages = scan(export.messages(), make_reader, policy, book=book, users=export.users, workers=workers)
        found = sum(1 for _ in messages)
        seconds, cpu = elapsed() - started, _cpu_seconds() - started_cpu
    tenth = max(1, len(samples) // 10)
    return {
        "workers": workers,
        "messages": count,
        "findings": found,
        "seconds": round(seconds, 2),
        "messages per s": round(count / seconds),
        "messages per s of CPU": round(count / cpu),
        "MB at the peak": round(max(samples), 1),
        "MB in the second tenth": round(max(samples[tenth : 2 * tenth] or samples), 1),
        "MB in the last tenth": round(max(samples[-tenth:]), 1),
    }


def _cpu_seconds() -> float:
    """What the cores worked for this, whatever else the machine was doing; of processes that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


if __name__ == "__main__":
    main()
