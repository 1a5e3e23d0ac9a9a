"""Action items: what was agreed in meetings or is needed for a renewal."""

from __future__ import annotations

from bot.cards.actions_list import DONE, DROP, action_card, actions_card
from bot.cards.card import Card
from bot.desk import actions, lookup
from bot.language import arguments, topics
from handlers.commands.registry import CommandContext, command
from handlers.settle import settle
from handlers.unit import read, write

_SETTLES = {"done": actions.done, "drop": actions.drop}


@command(
    "actions",
    aliases=("action", "action item", "action items"),
    usage="actions [partner]",
    summary="What was agreed in check-ins and reviews or is needed for renewals, and is not done yet.",
    topics=topics.ACTIONS,
    examples=("actions Globex", "action #12 done"),
)
async def list_actions(context: CommandContext) -> Card:
    asked = arguments.actions(context.parts)
    name = asked.name
    if asked.number is not None and asked.verb != "show":
        return action_card(
            await write(
                context.services,
                context.workspace_id,
                _SETTLES[asked.verb],
                asked.number,
                actor=context.actor,
                now=context.now,
                policy=context.services.policy,
            )  # fmt: skip
        )
    if asked.number is not None:
        view = await read(
            context.services, context.workspace_id, actions.for_person, asked.number, actor=context.actor,
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
