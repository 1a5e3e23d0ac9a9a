"""`make bench-scan`: messages per second and peak memory of `scan` on a made-up export of a million messages.

    python -m bench.scan [--messages N] [--form jsonl|folder|zip] [--no-reader]

The mix is that of a joint channel: mostly ordinary talk, long and short, threads, mentions, code, quotes, bots, joins,
and about one message in fifteen that says something about a dependency. The same seed makes the same file.
"""

from __future__ import annotations

import json
import random
import resource
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from bot.clock import elapsed
from bot.desk.export_scan import scan
from bot.imports.book import parse_book
from bot.imports.export import open_export
from bot.policy import load_policy
from bot.reading.reader import RulesReader
from bot.reading.types import Finding, Window

SEED = 20261120
START = 1_767_258_000  # 1 January 2026, 09:00 UTC
CHANNELS = 40
PEOPLE = 400
PER_DAY_FILE = 2_000
ORDINARY = (
    "Thanks, that works for me.", "ok", ":+1:", "Morning all :wave:", "Great call today, notes are in the doc.",
    "Does anyone have the link to the deck from the kickoff?", "I'll be out on Monday, back Tuesday.",
    "We moved the standup to 10:30, same link.", "Looks good to me, merged.", "Can you resend the invite?",
    "The dashboard is green again after the restart, the numbers match what finance has.",
    "Sharing the agenda for the steering committee: 1) status 2) staffing 3) open questions from the customer team.",
    "Nice work on the demo, the customer liked the part about the approval flow and asked for the recording.",
    "```\nSELECT count(*) FROM orders WHERE state = 'late';\n```", "https://wiki.example/spaces/joint/pages/10442",
    "&gt; we should use the staging tenant for this\nAgreed, staging is fine.", "lol",
    "Happy to jump on a call if useful.",
    "The second workshop went well. Twelve people joined, two of them from the plant in Lyon, and the feedback form is "
    "linked in the channel topic. Slides follow once legal has looked at the logo page.",
    "Does the sandbox have the new connector enabled or should I ask ops?", "Reminder: timesheets by noon.",
    "We use the regional endpoint for this tenant, the global one times out now and then but retries are fine.",
)  # fmt: skip
TELLING = (
    "We're blocked on the firewall change, nothing moves until your network team approves it.",
    "The migration slipped again, we are now looking at the week of 23 March.",
    "Still waiting on the signed SOW from your side.",
    "I'll send the revised project plan by Friday.",
    "<@{user}> can you share the cutover checklist by 12 March?",
    "Honestly, we are close to losing confidence in this project, this is the third time.",
    "The data model review was due last week and we have not heard back.",
    "That integration was never in scope for us, it was on your side of the plan.",
    "The connector throws a 500 on every second import.",
    "We have a new prospect in Hamburg who asked for exactly this, could you introduce your AE?",
)


@click.command()
@click.option("--messages", default=1_000_000, show_default=True)
@click.option("--form", type=click.Choice(["jsonl", "folder", "zip"]), default="jsonl", show_default=True)
@click.option("--no-reader", is_flag=True, help="Only the reading of the files and the context.")
def main(messages: int, form: str, no_reader: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write_export(Path(folder), messages, form)
        size = sum(file.stat().st_size for file in path.rglob("*")) if path.is_dir() else path.stat().st_size
        book, policy = parse_book(book_text()), load_policy()
        reader = _Silent() if no_reader else RulesReader()
        before = _peak_mb()
        started, started_cpu = elapsed(), _cpu_seconds()
        with open_export(path) as export:
            found = sum(1 for _ in scan(export.messages(), reader, policy, book=book, users=export.users))
        seconds, cpu = elapsed() - started, _cpu_seconds() - started_cpu
    result = {
        "messages": messages, "form": form, "file_mb": round(size / 1e6, 1), "findings": found,
        "seconds": round(seconds, 2), "messages_per_s": round(messages / seconds),
        "cpu_seconds": round(cpu, 2), "messages_per_cpu_s": round(messages / cpu),
        "rss_before_mb": round(before, 1), "rss_peak_mb": round(_peak_mb(), 1),
    }  # fmt: skip
    table = Table("measure", "value")
    for name, value in result.items():
        table.add_row(name, str(value))
    Console().print(table)
    click.echo(json.dumps(result))


class _Silent:
    """A reader that hears nothing: what is left is the cost of everything around it."""

    def read(self, window: Window) -> list[Finding]:
        assert window.messages
        return []


def _cpu_seconds() -> float:
    """What one core worked, whatever else the machine was doing."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def book_text() -> str:
    channels = "\n".join(
        f"  - {{id: {_channel(n)}, name: joint-{n}, kind: joint, partner: Globex Consulting, account: Acme Corp}}"
        for n in range(CHANNELS)
    )
    return (
        "workspace: T0HOME\npeople: [{slack: U0000}]\npartners: [{name: Globex Consulting, slack_teams: [T0GLOBEX]}]\n"
        f"accounts: [{{name: Acme Corp}}]\nchannels:\n{channels}\n"
    )


def write_export(folder: Path, messages: int, form: str) -> Path:
    """Write the export and return what to give to `scan`."""
    if form == "jsonl":
        path = folder / "messages.jsonl"
        with path.open("w", encoding="utf-8") as lines:
            for row in rows(messages):
                lines.write(json.dumps(row) + "\n")
        return path
    root = folder / "export"
    root.mkdir()
    users = [{"id": _user(n), "team_id": _team(n), "tz": "Europe/Berlin"} for n in range(PEOPLE)]
    (root / "users.json").write_text(json.dumps(users), encoding="utf-8")
    channels = [{"id": _channel(n), "name": f"joint-{n}"} for n in range(CHANNELS)]
    (root / "channels.json").write_text(json.dumps(channels), encoding="utf-8")
    _write_days(root, messages)
    if form == "folder":
        return root
    with zipfile.ZipFile(folder / "export.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(root.rglob("*.json")):
            archive.write(file, file.relative_to(root).as_posix())
    return folder / "export.zip"


def _write_days(root: Path, messages: int) -> None:
    """Each channel's messages go to day files as they come; a few thousand are held at a time."""
    waiting: dict[str, list[dict[str, Any]]] = {_channel(n): [] for n in range(CHANNELS)}
    written = dict.fromkeys(waiting, 0)

    def flush(channel: str, number: int) -> None:
        folder = root / f"joint-{number}"
        folder.mkdir(exist_ok=True)
        day = date(2020, 1, 1) + timedelta(days=written[channel])
        (folder / f"{day}.json").write_text(json.dumps(waiting[channel], indent=1), encoding="utf-8")
        waiting[channel], written[channel] = [], written[channel] + 1

    for row in rows(messages):
        channel = row.pop("channel")
        waiting[channel].append({"type": "message", **row})
        if len(waiting[channel]) == PER_DAY_FILE:
            flush(channel, int(channel[2:]))
    for channel in [name for name, rest in waiting.items() if rest]:
        flush(channel, int(channel[2:]))


def rows(messages: int) -> Iterator[dict[str, Any]]:
    """Rows of a .jsonl, oldest first."""
    chance = random.Random(SEED)
    roots: dict[str, list[str]] = {_channel(n): [] for n in range(CHANNELS)}
    for number in range(messages):
        channel, author = _channel(chance.randrange(CHANNELS)), chance.randrange(PEOPLE)
        ts = f"{START + number * 20}.{number % 1_000_000:06d}"
        row: dict[str, Any] = {"channel": channel, "ts": ts, "user": _user(author), "team": _team(author)}
        row["text"] = _text(chance)
        open_threads = roots[channel]
        if open_threads and chance.random() < 0.6:
            row["thread_ts"] = chance.choice(open_threads)
        else:
            open_threads.append(ts)
            del open_threads[:-20]
        if chance.random() < 0.05:
            row["subtype"] = chance.choice(["channel_join", "bot_message"])
        yield row


def _text(chance: random.Random) -> str:
    if chance.random() < 0.065:
        return chance.choice(TELLING).format(user=_user(chance.randrange(PEOPLE)))
    return " ".join(chance.choice(ORDINARY) for _ in range(chance.choice((1, 1, 1, 2, 3))))


def _channel(number: int) -> str:
    return f"C0{number:04d}"


def _user(number: int) -> str:
    return f"U{number:04d}"


def _team(number: int) -> str:
    return "T0GLOBEX" if number % 2 else "T0HOME"


if __name__ == "__main__":
    main()
