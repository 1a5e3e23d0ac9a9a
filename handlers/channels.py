"""What happens to channels: joined, left, shared, renamed, archived, renumbered."""

from __future__ import annotations

from bot.desk import channels
from bot.services import Services
from bot.slack.people import ensure_people
from handlers.unit import our_user, write
from handlers.work import Received


async def member_joined(services: Services, received: Received) -> None:
    """We were added to a channel: offer to watch it when it is shared with a partner we know."""
    event = received.payload["event"]
    if event["user"] == await our_user(services, received):
        await _offer(services, received, event["channel"], event.get("inviter") or "")


async def member_left(services: Services, received: Received) -> None:
    """We were removed from a channel: it can no longer be read."""
    event = received.payload["event"]
    if event["user"] == await our_user(services, received):
        await write(services, received.workspace_id, channels.left, event["channel"], now=services.clock.now())


async def shared(services: Services, received: Received) -> None:
    """A channel was shared with another workspace or no longer is. Who may read a message of ours is asked anew at
    every send; here only the offer to watch may become possible."""
    event = received.payload["event"]
    await _offer(services, received, event["channel"], "")


async def renamed(services: Services, received: Received) -> None:
    channel = received.payload["event"]["channel"]
    await write(services, received.workspace_id, channels.renamed, channel["id"], channel["name"])


async def archived(services: Services, received: Received) -> None:
    """Archived or brought back."""
    event = received.payload["event"]
    gone = event["type"].endswith("_archive")
    await write(services, received.workspace_id, channels.archived, event["channel"], gone, now=services.clock.now())


async def id_changed(services: Services, received: Received) -> None:
    event = received.payload["event"]
    await write(
        services, received.workspace_id, channels.id_changed, event["old_channel_id"], event["new_channel_id"],
        now=services.clock.now(),
    )  # fmt: skip


async def _offer(services: Services, received: Received, channel: str, inviter: str) -> None:
    now = services.clock.now()
    info = await services.gateway.channel_info(received.workspace_id, channel)
    if not info.is_member:
        return
    if inviter:
        await ensure_people(services, received.workspace_id, [inviter], now)
    await write(
        services, received.workspace_id, channels.joined, channel, info.name, info.outside_teams, inviter=inviter,
        now=now, policy=services.policy,
    )  # fmt: skip
