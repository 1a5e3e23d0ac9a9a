from __future__ import annotations

from bot.cards.card import Card
from bot.cards.channel import unwatched_card
from bot.desk import channels
from bot.errors import Refused
from bot.language.arguments import a_channel
from handlers.commands.registry import CommandContext, command
from handlers.unit import write


@command(
    "unwatch",
    aliases=("unlink", "unfollow"),
    usage="unwatch [channel]",
    summary="Stop reading this channel (or the one named); what was found stays.",
)
async def unwatch(context: CommandContext) -> Card:
    channel = a_channel(context.parts) or ("" if context.in_dm else context.channel)
    if not channel:
        raise Refused("Which channel? Name it, for example: unwatch #joint-channel")
    services = context.services
    view = await write(
        services, context.workspace_id, channels.unwatch, channel, actor=context.actor, now=services.clock.now()
    )
    return unwatched_card(view)
