from __future__ import annotations

from bot.cards.card import Card
from bot.cards.channel import watching_card
from bot.desk import channels
from bot.errors import Refused
from bot.language import arguments
from bot.slack.errors import Rejected
from handlers.commands.registry import CommandContext, command
from handlers.unit import write


@command(
    "watch",
    aliases=("link", "follow"),
    usage="watch [channel] <partner> [for <account>]",
    summary="Read this channel (or the one named) for a partner.",
)
async def watch(context: CommandContext) -> Card:
    asked = arguments.watch(context.parts)
    channel = asked.channel or ("" if context.in_dm else context.channel)
    if not channel:
        raise Refused("Which channel? Name it, for example: watch #joint-channel Globex")
    name, invited = await _look_at(context, channel)
    view = await write(
        context.services, context.workspace_id, channels.watch, channel, name, asked.partner, asked.account,
        actor=context.actor, now=context.services.clock.now(),
    )  # fmt: skip
    return watching_card(view, invited=invited)


async def _look_at(context: CommandContext, channel: str) -> tuple[str, bool]:
    """The channel's name and whether we are in it; a private channel we are not in is invisible to us."""
    try:
        info = await context.services.gateway.channel_info(context.workspace_id, channel)
    except Rejected:
        return "", False
    return info.name, info.is_member
