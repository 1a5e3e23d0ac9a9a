"""Flagging a message with the policy's emoji."""

from __future__ import annotations

from bot.cards.notice import notice_card
from bot.cards.words import called
from bot.desk import byhand
from bot.errors import Refused
from bot.services import Services
from bot.slack.errors import Rejected
from handlers.answers import OnlyToThem
from handlers.sightings import sighting_of, take_in
from handlers.unit import is_member, is_watched, read, write
from handlers.work import Received


async def reaction_added(services: Services, received: Received) -> None:
    """Track the message as a risk when one of our own people reacts with the flag; nothing for anybody else."""
    event = received.payload["event"]
    item = event.get("item") or {}
    if event["reaction"] != services.policy.flag_emoji or item.get("type") != "message":
        return
    if not await is_member(services, received.workspace_id, event["user"]):
        return
    answer = OnlyToThem(services, received.workspace_id, item["channel"], event["user"])
    try:
        if await read(services, received.workspace_id, is_watched, item["channel"]):
            await _read(services, received.workspace_id, item["channel"], item["ts"])
        risk = await write(
            services, received.workspace_id, byhand.flag, item["channel"], item["ts"], actor=event["user"],
            now=services.clock.now(), policy=services.policy,
        )  # fmt: skip
    except Refused as refusal:
        await answer.say(notice_card(str(refusal)))
        return
    except Rejected as problem:
        await answer.say(notice_card(problem.sentence))
        return
    await answer.say(notice_card(f"Flagged as risk #{risk.id} ({called(risk)}). Whoever has to act is told."))


async def _read(services: Services, workspace_id: str, channel: str, ts: str) -> None:
    """Take in the message: it may be older than the watch."""
    async for page in services.gateway.replies(workspace_id, channel, ts, oldest="0"):
        for message in page:
            seen = sighting_of(message, channel)
            if message.get("ts") == ts and seen is not None:
                await take_in(services, workspace_id, seen)
        return
