"""What waits for the asker's decision."""

from __future__ import annotations

from bot.cards.card import Card
from bot.cards.notice import notice_card
from bot.cards.registration import registration_card, registrations_card
from bot.desk import registrations_find, registrations_views
from handlers.commands.registry import CommandContext, command
from handlers.unit import read
from models.base import row_id


@command(
    "approvals",
    aliases=("my approvals", "pending approvals"),
    summary="Deal registrations that wait for your decision.",
)
async def approvals(context: CommandContext) -> Card:
    """The only one with its buttons, or the list of them."""
    services, workspace_id = context.services, context.workspace_id
    rows = await read(services, workspace_id, registrations_find.waiting_for, context.actor)
    if not rows:
        return notice_card("Nothing waits for your approval.")
    if len(rows) == 1:
        view = await read(services, workspace_id, registrations_views.view, row_id(rows[0]), now=context.now)
        return registration_card(view, context.actor, private=context.in_dm)
    return registrations_card(await read(services, workspace_id, registrations_views.lines, rows), "")
