"""Action items: what was agreed in meetings or is needed for a renewal."""

from __future__ import annotations

import re

from bot.cards.actions_list import DONE, DROP, action_card, actions_card
from bot.cards.card import Card
from bot.desk import actions, lookup
from bot.language.arguments import a_name
from handlers.commands.registry import CommandContext, command
from handlers.settle import settle
from handlers.unit import read

_NUMBER = re.compile(r"#?(\d{1,9})")


@command(
    "actions",
    aliases=("action", "action item", "action items"),
    usage="actions [partner]",
    summary="What was agreed in check-ins and reviews or is needed for renewals, and is not done yet.",
    examples=("actions Globex", "action #12"),
)
async def list_actions(context: CommandContext) -> Card:
    name = a_name(context.parts)
    number = _NUMBER.fullmatch(name)
    if number:
        view = await read(
            context.services, context.workspace_id, actions.for_person, int(number.group(1)), actor=context.actor,
            now=context.now,
        )  # fmt: skip
        return action_card(view)
    partner = await read(context.services, context.workspace_id, lookup.resolve_partner, name) if name else None
    found = await read(
        context.services, context.workspace_id, actions.listed, partner, person=context.actor, now=context.now
    )
    return actions_card(found)


done = settle(DONE, actions.done, "Action #{} is done.")
drop = settle(DROP, actions.drop, "Action #{} is no longer needed.")
