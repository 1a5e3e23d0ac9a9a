"""What is yours to do, in one table; and hearing less of one thing."""

from __future__ import annotations

from bot.cards.agenda_list import agenda_card
from bot.cards.card import Card
from bot.cards.digest_settings import quiet_card
from bot.cards.notice import notice_card
from bot.desk import digests, quiet
from bot.desk.naming import person_view
from bot.errors import Refused
from handlers.commands.registry import ButtonContext, CommandContext, button, command
from handlers.context import STALE, number
from handlers.unit import read, write
from models.risks import SubjectKind


@command(
    "agenda",
    aliases=("my agenda", "my day", "todo"),
    summary="Everything that is late, due today or coming up for you, in one table.",
)
async def agenda(context: CommandContext) -> Card:
    services = context.services
    found, day = await read(
        services, context.workspace_id, digests.everything, context.actor, now=context.now, policy=services.policy
    )
    return agenda_card(found, day)


@button("quiet")
async def hear_less(context: ButtonContext) -> Card | None:
    """ "Quiet for 3 days", "Stop reminding me" of one thing on a digest or the Home tab."""
    kind, item, how = _which(context.chosen)
    services, workspace_id = context.services, context.workspace_id
    if how == "stop":
        await write(services, workspace_id, quiet.stop, kind, item, actor=context.actor)
        return quiet_card(f"{kind}:{item}", None, "")
    until = await write(
        services, workspace_id, quiet.snooze, kind, item, days=number(how), actor=context.actor, now=context.now
    )
    reader = await read(services, workspace_id, person_view, context.actor)
    return quiet_card(f"{kind}:{item}", until, reader.zone)


@button("quiet_undo")
async def hear_again(context: ButtonContext) -> Card | None:
    kind, item, _how = _which(f"{context.value}:")
    await write(context.services, context.workspace_id, quiet.hear_again, kind, item, actor=context.actor)
    return notice_card("You will be reminded of it again.")


def _which(value: str) -> tuple[SubjectKind, int, str]:
    """ "qbr:12:3" -> what it is about, and what was chosen. Raises Refused when it is not ours."""
    kind, _, rest = value.partition(":")
    item, _, how = rest.partition(":")
    if kind not in set(SubjectKind):
        raise Refused(STALE)
    return SubjectKind(kind), number(item), how
