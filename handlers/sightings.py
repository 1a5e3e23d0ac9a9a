"""A message as Slack shows it -> what the desk takes in."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from bot.desk import threads
from bot.desk.threads import Sighting, SightResult
from bot.in_thread import in_thread
from bot.services import Services
from bot.slack.people import ensure_people
from handlers.unit import is_watched, read

# What people newly say. Every other subtype (joins, renames, pins, ...) is no content.
_CONTENT = frozenset({"", "file_share", "thread_broadcast", "me_message", "bot_message"})


def sighting_of(message: dict[str, Any], channel: str) -> Sighting | None:
    """The sighting of a message from an event, from history or from a shortcut; None when it is no content.

    What a bot or app wrote is context, never speech. The author's workspace comes from Slack, never from the text.
    """
    if (message.get("subtype") or "") not in _CONTENT or not message.get("ts"):
        return None
    is_bot = bool(message.get("bot_id") or message.get("app_id") or message.get("subtype") == "bot_message")
    return Sighting(
        channel=channel,
        ts=message["ts"],
        thread_ts=message.get("thread_ts"),
        author=message.get("user") or message.get("bot_id") or "",
        author_team=team_of(message),
        text=_storable(message.get("text") or ""),
        is_speech=not is_bot,
        edited_ts=str((message.get("edited") or {}).get("ts") or ""),
    )


def _storable(text: str) -> str:
    """The text as the databases can hold it, at the same places: history and shortcuts come past the inbox."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def team_of(message: dict[str, Any]) -> str:
    """The author's workspace id, "" when Slack does not say; an organisation's id (E…) is none."""
    teams = (str(message.get(key) or "") for key in ("user_team", "source_team", "team"))
    return next((team for team in teams if team.startswith("T")), "")


async def take_in(services: Services, workspace_id: str, seen: Sighting) -> SightResult:
    """Let the desk read it, if it reads this channel. Its author is looked up first: side and zone come from there."""
    if not await read(services, workspace_id, is_watched, seen.channel):
        return SightResult()
    now = services.clock.now()
    if seen.author.startswith(("U", "W")):
        await ensure_people(services, workspace_id, [seen.author], now)
    return await in_thread(
        threads.sight, services.store, services.reader, workspace_id, seen, now=now, policy=services.policy
    )


def authors(sightings: Collection[Sighting]) -> set[str]:
    return {seen.author for seen in sightings if seen.author.startswith(("U", "W"))}
