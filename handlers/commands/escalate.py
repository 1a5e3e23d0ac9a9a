from __future__ import annotations

from bot.cards import text
from bot.cards.card import Card
from bot.cards.limits import clip
from bot.cards.notice import notice_card
from bot.cards.text import readable
from bot.cards.words import called, name
from bot.desk import byhand
from bot.desk.views import EscalationView, PersonView
from bot.language import arguments, topics
from bot.slack.people import ensure_people
from handlers.commands.registry import CommandContext, command, outcome
from handlers.confirm import confirm
from handlers.unit import read

_QUOTE = 300


@command(
    "escalate",
    aliases=("raise",),
    usage="escalate <what> to <whom>",
    summary="Send a risk (its number, a partner, words of it, or this thread) to a person or a role, with its quote.",
    topics=topics.ESCALATE,
    examples=("escalate #12 to VP", "escalate support issue to VP"),
)
async def escalate(context: CommandContext) -> Card:
    asked = arguments.escalate(context.parts)
    if asked.to.isupper():
        await ensure_people(context.services, context.workspace_id, [asked.to], context.now)
    plan = await read(
        context.services, context.workspace_id, byhand.plan_escalation, asked.what, asked.to, actor=context.actor,
        channel=context.channel, thread_ts=context.thread_ts, now=context.now,
    )  # fmt: skip
    hours = context.services.policy.escalation.acknowledge_within_hours
    what = f"risk #{plan.risk.id} ({called(plan.risk)})" if plan.risk else "this thread as a new risk"
    waits = text.count(hours, "working hour")
    lines = [
        f"Send {what} to {name(plan.recipient)}?",
        f"They get a direct message with the exact words: “{clip(readable(plan.quote), _QUOTE)}”",
        f"Not acknowledged within {waits}, it goes on to {name(plan.above)}."
        if plan.above
        else f"{name(plan.recipient)} has no manager in the partner book, so it climbs no further.",
    ]
    return await confirm(context, "escalate", plan.params, lines, yes="Escalate")


@outcome("escalate")
def escalated(view: EscalationView, _reader: PersonView) -> Card:
    return notice_card(f"Risk #{view.risk.id} ({called(view.risk)}) goes to {name(view.recipient)} now.")
