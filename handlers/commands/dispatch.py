"""A request in words -> the command it names -> the answer, to the person who asked and nobody else."""

from __future__ import annotations

from bot.cards.card import Card
from bot.cards.help import empty_card, unknown_card
from bot.cards.notice import choice_card
from bot.desk.lookup import Ambiguous
from bot.language import grammar
from bot.language.tokens import said
from bot.services import Services
from handlers.answers import Answer, ByResponseUrl
from handlers.commands.registry import CommandContext, commands, vocabulary
from handlers.unit import require_member
from handlers.work import Received


async def handle(services: Services, received: Received) -> None:
    """`/pm …`"""
    payload = received.payload
    await answer_request(
        services,
        received.workspace_id,
        payload["user_id"],
        payload.get("text", ""),
        channel=payload["channel_id"],
        in_dm=payload["channel_id"].startswith("D"),
        answer=ByResponseUrl(services, payload["response_url"]),
    )


async def answer_request(
    services: Services,
    workspace_id: str,
    actor: str,
    text: str,
    *,
    channel: str,
    answer: Answer,
    in_dm: bool = False,
    thread_ts: str | None = None,
) -> None:
    """Read `text`, run the command it names and answer; buttons when it names none. Raises Refused."""
    await require_member(services, workspace_id, actor)
    intent = grammar.parse(text, vocabulary())
    if intent.command is None:
        await answer.say(empty_card() if intent.empty else unknown_card(intent.guesses))
        return
    context = CommandContext(services, workspace_id, actor, channel, thread_ts, in_dm, intent.rest, answer)
    await answer.say(await _run(intent.command, context))


async def _run(name: str, context: CommandContext) -> Card:
    """The command's answer, or buttons when a name in it fits several partners or accounts."""
    try:
        return await commands()[name].run(context)
    except Ambiguous as unsure:
        options = [f"{name} {option}" for option in unsure.options]
        # Only where the name was all that was said can a button repeat the request with the full one.
        simple = name in ("risks", "commitments") and bool(said(context.parts))
        return choice_card(str(unsure), options if simple else [])
