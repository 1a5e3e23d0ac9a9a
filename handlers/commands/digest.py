from __future__ import annotations

from bot.cards.card import Card
from bot.cards.notice import notice_card
from bot.desk import digests
from bot.errors import Refused
from handlers.commands.registry import CommandContext, command
from handlers.unit import write

_ON, _OFF = frozenset({"on", "start", "resume"}), frozenset({"off", "stop", "pause"})


@command("digest", aliases=("digests",), usage="digest on | off", summary="Start or stop your own morning digest.")
async def switch_digest(context: CommandContext) -> Card:
    words = {token.word for token in context.parts}
    if not words & (_ON | _OFF):
        raise Refused("On or off? For example: digest off")
    wanted = not words & _OFF
    services = context.services
    await write(
        services, context.workspace_id, digests.set_wanted, context.actor, wanted,
        now=services.clock.now(), policy=services.policy,
    )  # fmt: skip
    if wanted:
        return notice_card("You get a morning digest again when something waits for you.")
    return notice_card("No more morning digests. Escalations still reach you. To get them back: /pm digest on")
