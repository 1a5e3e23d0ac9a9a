"""A request that changes more than the asker's own view: shown first, done when they say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.cards.card import Card
from bot.cards.notice import confirm_card
from bot.desk import proposals
from handlers.context import Context
from handlers.unit import write
from models.base import row_id


async def confirm(
    context: Context,
    kind: str,
    params: Mapping[str, str],
    lines: Sequence[str],
    *,
    yes: str = "Start",
    no: str = "Cancel",
) -> Card:
    """The card that asks `context.actor` whether to do it: `lines` say exactly what happens, the first as a question.

    `kind` and `params` (strings) are what bot/desk/approvals.py carries out once they press `yes`; the result is shown
    by the `@outcome(kind)` of the command's file.
    """
    proposal = await write(
        context.services, context.workspace_id, proposals.request, kind=kind, params=params, actor=context.actor,
        now=context.now, policy=context.services.policy,
    )  # fmt: skip
    return confirm_card(lines, row_id(proposal), yes, no)
