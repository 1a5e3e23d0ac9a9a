"""Yes and no to what PartnerDesk proposed, and to what somebody asked for and was shown first."""

from __future__ import annotations

from bot.cards.card import Card
from bot.cards.notice import notice_card
from bot.desk import approvals, proposals
from bot.desk.naming import person_view
from handlers.commands.registry import ButtonContext, button, outcomes
from handlers.unit import read, write


@button("proposal_approve", replaces=True)
async def approve(context: ButtonContext) -> Card | None:
    approved = await write(
        context.services, context.workspace_id, approvals.approve, context.row, actor=context.actor, now=context.now,
        policy=context.services.policy,
    )  # fmt: skip
    shown = outcomes().get(approved.proposal.kind)
    if shown is None:
        return None  # an offer: the delivery edits its card
    return shown.show(approved.result, await read(context.services, context.workspace_id, person_view, context.actor))


@button("proposal_decline", replaces=True)
async def decline(context: ButtonContext) -> Card | None:
    proposal = await write(
        context.services, context.workspace_id, proposals.decline, context.row, actor=context.actor, now=context.now,
        policy=context.services.policy,
    )  # fmt: skip
    return notice_card("Cancelled. Nothing was done.") if proposal.kind in outcomes() else None
