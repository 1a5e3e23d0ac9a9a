"""What the benchmarks read: ordinary chat, joint threads, and made-up exports of any size from both.

Ordinary chat is the development sets' when they lie beside the checkout (`evals.run.SHARED`), the project's own
otherwise; joint threads are the project's own. The same seed makes the same file.
"""

from __future__ import annotations

import json
import random
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.reading.types import ReadMessage, Side, Window
from evals.run import OWN, SHARED
from evals.threads import joint_threads, rows

SEED = 20261120
START = 1_767_258_000  # 1 January 2026, 09:00 UTC
CHANNELS = 40
PEOPLE = 400
PER_DAY_FILE = 2_000
TELLING = 1 / 15  # share of messages of an export that are taken from joint threads
CONTEXT = 12  # earlier messages a window shows, as `scan` does
_CHATS = ("background_chat_slack.jsonl", "background_chat_irc.jsonl")
_OWN_CHAT = "background_own.jsonl"
_MORE = (
    "Thanks, that works for me.", "ok", ":+1:", "Morning all :wave:", "Great call today, notes are in the doc.",
    "Does anyone have the link to the deck from the kickoff?", "I'll be out on Monday, back Tuesday.",
    "We moved the standup to 10:30, same link.", "Looks good to me, merged.", "Can you resend the invite?",
    "The dashboard is green again after the restart, the numbers match what finance has.",
    "Sharing the agenda for the steering committee: 1) status 2) staffing 3) open questions from the customer team.",
    "Nice work on the demo, the customer liked the part about the approval flow and asked for the recording.",
    "```\nSELECT count(*) FROM orders WHERE state = 'late';\n```", "https://wiki.example/spaces/joint/pages/10442",
    "&gt; we should use the staging tenant for this\nAgreed, staging is fine.", "lol",
    "The second workshop went well. Twelve people joined, two of them from the plant in Lyon, and the feedback form is "
    "linked in the channel topic. Slides follow once legal has looked at the logo page.",
    "Does the sandbox have the new connector enabled or should I ask ops?", "Reminder: timesheets by noon.",
    "We use the regional endpoint for this tenant, the global one times out now and then but retries are fine.",
)  # fmt: skip


def ordinary_chats() -> list[list[str]]:
    """Conversations in which nothing happens between partners, each as its texts in order."""
    files = [SHARED / name for name in _CHATS]
    if not all(file.is_file() for file in files):
        files = [OWN / _OWN_CHAT]
    chats = [[str(message["text"]) for message in row["messages"]] for file in files for row in rows(file)]
    return chats if len(files) > 1 else [*chats, list(_MORE)]


def ordinary_windows(messages: int) -> list[Window]:
    """`messages` messages of ordinary chats as the reader is shown them; partner and us take turns to speak."""
    chance = random.Random(SEED)
    chats = ordinary_chats()
    chance.shuffle(chats)
    out: list[Window] = []
    for chat in chats:
        said = [
            ReadMessage(str(at), f"U{at % 5}", (Side.US, Side.PARTNER)[at % 2], text, datetime(2026, 3, 2, tzinfo=UTC))
            for at, text in enumerate(chat)
        ]
        out += (_one(said, at) for at in range(len(said)) if said[at].text)
        if len(out) >= messages:
            break
    return out[:messages]


def joint_windows(messages: int) -> list[Window]:
    """`messages` messages of joint threads, each with the thread before it."""
    threads = [thread.window for thread in joint_threads(OWN / "joint_threads.jsonl")]
    return [_one(each.messages, at, each.people, each.names) for each in threads for at in range(len(each.messages))][
        :messages
    ]


def _one(
    said: Sequence[ReadMessage], at: int, people: dict[str, Side] | None = None, names: dict[str, str] | None = None
) -> Window:
    before = said[max(0, at - CONTEXT) : at]
    return Window([*before, said[at]], len(before), "Globex Consulting", "Acme Corp", people or {}, names or {})


def book_text() -> str:
    """The partner book that belongs to the exports."""
    channels = "\n".join(
        f"  - {{id: {_channel(n)}, name: joint-{n}, kind: joint, partner: Globex Consulting, account: Acme Corp}}"
        for n in range(CHANNELS)
    )
    return (
        "workspace: T0HOME\npeople: [{slack: U0000}]\npartners: [{name: Globex Consulting, slack_teams: [T0GLOBEX]}]\n"
        f"accounts: [{{name: Acme Corp}}]\nchannels:\n{channels}\n"
    )


def write_export(folder: Path, messages: int, form: str) -> Path:
    """Write an export of that form ("jsonl", "folder" or "zip") and return what to give to `scan`."""
    if form == "jsonl":
        path = folder / "messages.jsonl"
        with path.open("w", encoding="utf-8") as lines:
            for row in export_rows(messages):
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

    for row in export_rows(messages):
        channel = row.pop("channel")
        waiting[channel].append({"type": "message", **row})
        if len(waiting[channel]) == PER_DAY_FILE:
            flush(channel, int(channel[2:]))
    for channel in [name for name, rest in waiting.items() if rest]:
        flush(channel, int(channel[2:]))


def export_rows(messages: int) -> Iterator[dict[str, Any]]:
    """Rows of a .jsonl, oldest first: threads, bots and joins among them."""
    chance = random.Random(SEED)
    ordinary = [text for chat in ordinary_chats() for text in chat]
    telling = [window.messages[-1].text for window in joint_windows(10_000)]
    roots: dict[str, list[str]] = {_channel(n): [] for n in range(CHANNELS)}
    for number in range(messages):
        channel, author = _channel(chance.randrange(CHANNELS)), chance.randrange(PEOPLE)
        ts = f"{START + number * 20}.{number % 1_000_000:06d}"
        row: dict[str, Any] = {"channel": channel, "ts": ts, "user": _user(author), "team": _team(author)}
        row["text"] = chance.choice(telling if chance.random() < TELLING else ordinary)
        open_threads = roots[channel]
        if open_threads and chance.random() < 0.6:
            row["thread_ts"] = chance.choice(open_threads)
        else:
            open_threads.append(ts)
            del open_threads[:-20]
        if chance.random() < 0.05:
            row["subtype"] = chance.choice(["channel_join", "bot_message"])
        yield row


def _channel(number: int) -> str:
    return f"C0{number:04d}"


def _user(number: int) -> str:
    return f"U{number:04d}"


def _team(number: int) -> str:
    return "T0GLOBEX" if number % 2 else "T0HOME"
