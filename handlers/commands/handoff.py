"""Requests for another desk, the list of what is handed over, and the answers to it."""

from __future__ import annotations

from bot.cards import text
from bot.cards.card import Card
from bot.cards.handoff import called, handoffs_card
from bot.cards.limits import clip
from bot.cards.notice import notice_card
from bot.cards.words import name, subject
from bot.desk import handling, handoffs, related
from bot.desk.naming import person_view
from bot.desk.views import HandoffView, PersonView
from bot.language import arguments, topics
from bot.slack.people import ensure_people
from handlers.commands.registry import ButtonContext, CommandContext, button, command, outcome
from handlers.confirm import confirm
from handlers.settle import settle
from handlers.unit import read, write

_NOTE = 300


@command(
    "handoff",
    aliases=("handoffs", "hand-off", "hand off", "hand over"),
    usage="handoff <what> [to whom]",
    summary="Pass a request to its desk (executive approval, deal desk, commission, campaign) or to @name.",
    topics=topics.HANDOFF,
    examples=("get executive approval for the Globex discount", "set up a joint campaign with Globex"),
)
async def handoff(context: CommandContext) -> Card:
    asked = arguments.handoff(context.parts)
    if not asked.text and not asked.to:
        mine = await read(context.services, context.workspace_id, handoffs.open_for, context.actor)
        theirs = await read(context.services, context.workspace_id, handoffs.asked_by, context.actor)
        return handoffs_card(mine, theirs)
    if asked.to:
        await ensure_people(context.services, context.workspace_id, [asked.to], context.now)
    plan = await read(
        context.services, context.workspace_id, related.plan, asked, actor=context.actor, channel=context.channel,
        now=context.now, policy=context.services.policy,
    )  # fmt: skip
    reader = await read(context.services, context.workspace_id, person_view, context.actor)
    about = f" It is about {subject(plan.partner, plan.account)}." if plan.partner or plan.account else ""
    until = text.short(plan.due_at, reader.zone)
    lines = [
        f"Send this to {name(plan.recipient)}?",
        f"In your words: “{clip(text.readable(plan.note), _NOTE)}”.{about}",
        f"They are asked to accept or decline it by {until}. You hear what becomes of it.",
    ]
    return await confirm(context, "related", plan.params, [*lines, *([plan.rule] if plan.rule else [])], yes="Send")


@outcome("related")
def sent(view: HandoffView, _reader: PersonView) -> Card:
    return notice_card(f"Handoff #{view.id} ({called(view)}) goes to {name(view.assignee)} now.")


accept = settle("handoff_accept", handling.accept, "Handoff #{} is yours.")
decline = settle("handoff_decline", handling.decline, "Handoff #{} went back.")
done = settle("handoff_done", handling.done, "Handoff #{} is done.")
remind = settle("handoff_remind", related.remind, "Handoff #{} is asked again.")
drop = settle("handoff_drop", related.drop, "Handoff #{} is dropped.")


@button("handoff_give")
async def give(context: ButtonContext) -> Card | None:
    if not context.chosen:
        return None
    await ensure_people(context.services, context.workspace_id, [context.chosen], context.now)
    await write(
        context.services, context.workspace_id, related.give, context.row, to=context.chosen, actor=context.actor,
        now=context.now, policy=context.services.policy,
    )  # fmt: skip
    return context.done(f"Handoff #{context.row} is passed on.")
