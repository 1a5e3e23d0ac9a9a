"""Which handler hears which event. The manifest subscribes to exactly these (a test compares them)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.services import Services
from handlers import channels, home, messages, people, reactions
from handlers.work import Received

EVENTS: dict[str, Callable[[Services, Received], Awaitable[None]]] = {
    "app_home_opened": home.app_home_opened,
    "app_mention": messages.message,
    "app_uninstalled": people.removed,
    "channel_archive": channels.archived,
    "channel_id_changed": channels.id_changed,
    "channel_rename": channels.renamed,
    "channel_shared": channels.shared,
    "channel_unarchive": channels.archived,
    "channel_unshared": channels.shared,
    "group_archive": channels.archived,
    "group_rename": channels.renamed,
    "group_unarchive": channels.archived,
    "member_joined_channel": channels.member_joined,
    "member_left_channel": channels.member_left,
    "message": messages.message,
    "reaction_added": reactions.reaction_added,
    "tokens_revoked": people.removed,
    "user_change": people.changed,
}


async def handle(services: Services, received: Received) -> None:
    """Hand an event to its handler; an event nobody asked for is nothing to do."""
    handler = EVENTS.get(received.payload["event"]["type"])
    if handler is not None:
        await handler(services, received)
