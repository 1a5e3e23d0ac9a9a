"""What is said where PartnerDesk can hear it: new messages, edits, deletions; requests in mentions and DMs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.desk import threads
from bot.in_thread import in_thread
from bot.services import Services
from handlers import mentions
from handlers.sightings import sighting_of, take_in
from handlers.unit import our_user
from handlers.work import Received


async def message(services: Services, received: Received) -> None:
    """A `message` or `app_mention` event."""
    event = received.payload["event"]
    subtype = event.get("subtype")
    if subtype == "message_changed":
        await _changed(services, received, event)
    elif subtype == "message_deleted":
        await _deleted(services, received, event["channel"], event["deleted_ts"])
    elif event.get("channel_type") == "im" or event["channel"].startswith("D"):
        await mentions.direct(services, received, event)
    else:
        await _new(services, received, event)


async def _new(services: Services, received: Received, event: dict[str, Any]) -> None:
    """Something newly said: read first, so that no failing answer can keep it unread; then answered if it asks us."""
    await _take_in(services, received, event, event["channel"])
    await mentions.answer_mention(services, received, event)


async def _changed(services: Services, received: Received, event: dict[str, Any]) -> None:
    """An edit. Slack also sends these for unfurled links and new replies: only new words count."""
    now, before = event["message"], event.get("previous_message") or {}
    if now.get("subtype") == "tombstone":
        await _deleted(services, received, event["channel"], now["ts"])
    elif now.get("text") != before.get("text"):
        await _take_in(services, received, now, event["channel"])


async def _take_in(services: Services, received: Received, said: dict[str, Any], channel: str) -> None:
    seen = sighting_of(said, channel)
    us = await our_user(services, received)
    if seen is not None and not await mentions.is_request(services, received.workspace_id, said, us):
        await take_in(services, received.workspace_id, replace(seen, live=not received.payload.get("backfilled")))


async def _deleted(services: Services, received: Received, channel: str, ts: str) -> None:
    await in_thread(threads.deleted, services.store, received.workspace_id, channel, ts, now=services.clock.now())
