"""Your own morning digest: how often, when and what; and the same at once."""

from __future__ import annotations

from bot.cards.card import Card
from bot.cards.digest_settings import live_card, settings_card
from bot.desk import digests
from bot.desk.naming import person_view
from bot.language import arguments, topics
from handlers.commands.registry import CommandContext, command
from handlers.unit import read, write

_EVERY = {"weekly": "week", "daily": "day"}


@command(
    "digest",
    aliases=("digests",),
    usage="digest [on | off | daily | weekly | at 7:30 | without risks]",
    summary="Your morning digest now, and how you get it: how often, when, and what is in it.",
    topics=topics.DIGEST,
    examples=("digest weekly at 7:30", "digest without worth-a-look"),
)
async def digest(context: CommandContext) -> Card:
    asked = arguments.digest(context.parts)
    services, workspace_id, now = context.services, context.workspace_id, context.now
    reader = await read(services, workspace_id, person_view, context.actor)
    if asked.verb == "show":
        found = await read(services, workspace_id, digests.live, context.actor, now=now, policy=services.policy)
        chosen = await read(services, workspace_id, digests.settings, context.actor, now=now, policy=services.policy)
        return live_card(found, chosen)
    chosen = await write(
        services, workspace_id, digests.change, context.actor, wants=asked.verb != "off",
        every=_EVERY.get(asked.verb, ""), at=asked.at, content=asked.content, now=now, policy=services.policy,
    )  # fmt: skip
    return settings_card(chosen, reader)
