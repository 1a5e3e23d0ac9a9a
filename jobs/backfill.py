"""What was said while nobody listened: read from history at start and after a reconnect, put in as receipts.

It reads a week back from the newest message known of each watched channel, and puts in what is not stored: live
messages may arrive beside it in any order, a crash loses nothing (it starts over), and a message that came both ways
has one receipt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

import structlog
from sqlmodel import col, select

from bot.in_thread import in_thread
from bot.services import Services
from bot.slack.errors import MessageGone, SlackProblem
from models.base import Workspace
from models.messages import Message, hash_text
from models.partners import Channel
from models.receipts import NewReceipt

LOOK_BACK = timedelta(days=7)
OLD_THREADS = 50  # threads begun before that and still alive, newest first: one call each
PATIENCE_S = 120.0  # conversations.history may be limited to one call a minute (docs.slack.dev, rate limits)
Json = dict[str, Any]

_log = structlog.get_logger(__name__)


class Inbox(Protocol):
    """Where receipts go: stored once, and handed to the worker."""

    async def store(self, receipt: NewReceipt, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class _Known:
    """What is stored of a channel since `oldest`: text hashes by ts, replies per thread, threads begun before."""

    oldest: str
    hashes: Mapping[str, str]
    replies: Mapping[str, int]
    old_threads: Sequence[str]


class Backfill:
    """Reads every watched channel of every workspace. Call it at start and after each reconnect; twice is harmless."""

    def __init__(self, services: Services, inbox: Inbox) -> None:
        self._store = services.store
        self._gateway = services.gateway
        self._inbox = inbox

    async def __call__(self) -> None:
        """One pass. A channel that cannot be read is logged; the others go on."""
        for workspace, channel in await in_thread(self._watched):
            try:
                found = await self._channel(workspace, channel)
            except SlackProblem as problem:
                _log.warning("no backfill", channel=channel.slack_id, problem=str(problem))
                continue
            if found:
                _log.info("backfilled", channel=channel.slack_id, messages=found)

    async def _channel(self, workspace: Workspace, channel: Channel) -> int:
        """Put in what is missing of one channel, oldest first; returns how many messages."""
        known = await in_thread(self._known, channel)
        seen: dict[str, Json] = {}
        threads = list(known.old_threads)
        async for page in self._gateway.history(
            workspace.id, channel.slack_id, oldest=known.oldest, patience=PATIENCE_S
        ):
            for message in page:
                seen[message["ts"]] = message
                if int(message.get("reply_count") or 0) > known.replies.get(message["ts"], 0):
                    threads.append(message["ts"])
        for thread in threads:
            seen |= await self._thread(workspace.id, channel.slack_id, thread, known.oldest)
        missing = (_receipt(workspace, channel.slack_id, seen[ts], known) for ts in sorted(seen))
        return sum([await self._inbox.store(receipt) for receipt in missing if receipt is not None])

    async def _thread(self, workspace_id: str, channel: str, thread: str, oldest: str) -> dict[str, Json]:
        """The messages of a thread after `oldest` by ts; none when the thread was deleted meanwhile."""
        pages = self._gateway.replies(workspace_id, channel, thread, oldest=oldest, patience=PATIENCE_S)
        try:
            return {message["ts"]: message async for page in pages for message in page if message["ts"] > oldest}
        except MessageGone:
            return {}

    def _watched(self) -> list[tuple[Workspace, Channel]]:
        statement = (
            select(Workspace, Channel)
            .where(col(Workspace.id) == col(Channel.workspace_id), Channel.watched, ~col(Channel.is_archived))
            .order_by(col(Channel.id))
        )
        with self._store.system(write=False) as session:
            return [(workspace, channel) for workspace, channel in session.exec(statement).all()]

    def _known(self, channel: Channel) -> _Known:
        oldest = f"{_oldest(channel):.6f}"
        columns = select(Message.ts, Message.thread_ts, Message.text_hash)
        with self._store.read(channel.workspace_id) as uow:
            rows = uow.session.exec(columns.where(Message.channel == channel.slack_id, Message.ts > oldest)).all()
        replies: dict[str, int] = {}
        for ts, thread, _ in rows:
            if thread and thread != ts:
                replies[thread] = replies.get(thread, 0) + 1
        old = sorted((thread for thread in replies if thread <= oldest), reverse=True)
        return _Known(oldest, {ts: text_hash for ts, _, text_hash in rows}, replies, old[:OLD_THREADS])


def _oldest(channel: Channel) -> float:
    """Where to begin, in seconds: a week before the newest message known, but not before the channel was watched."""
    since = channel.watched_since.timestamp() if channel.watched_since else 0.0
    if not channel.cursor_ts:
        return since
    cursor = float(channel.cursor_ts)
    return max(cursor - LOOK_BACK.total_seconds(), min(since, cursor), 0.0)


def _receipt(workspace: Workspace, channel: str, message: Json, known: _Known) -> NewReceipt | None:
    """The receipt the event would have made, had we heard it; None when there is nothing new, or it is our own."""
    ts = message["ts"]
    if message.get("user") == workspace.bot_user or message.get("bot_id") == (workspace.bot_id or "?"):
        return None
    event = message | {"type": "message", "channel": channel, "channel_type": "channel", "event_ts": ts}
    key = f"backfill:{channel}:{ts}"
    message_key: str | None = f"{workspace.id}:{channel}:{ts}"
    if ts in known.hashes:
        edited = (message.get("edited") or {}).get("ts")
        if not edited or known.hashes[ts] == hash_text(message.get("text") or ""):
            return None
        key, message_key = f"{key}:{edited}", None
        event = {
            "type": "message", "subtype": "message_changed", "channel": channel, "channel_type": "channel",
            "ts": edited, "event_ts": edited, "message": message,
        }  # fmt: skip
    envelope = {
        "type": "event_callback", "team_id": workspace.id, "api_app_id": workspace.app_id, "event_id": key,
        "event_time": int(float(ts)), "event": event, "backfilled": True,
        "authorizations": [{"team_id": workspace.id, "user_id": workspace.bot_user, "is_bot": True}],
    }  # fmt: skip
    return NewReceipt(workspace.id, key, message_key, "event", f"{workspace.id}:{channel}", envelope)
