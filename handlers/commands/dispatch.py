"""A request in words -> the command it names -> the answer, to the person who asked and nobody else."""

from __future__ import annotations

import re

from bot.cards.card import Card
from bot.cards.help import empty_card, unknown_card
from bot.cards.notice import choice_card
from bot.cards.text import escape
from bot.desk.lookup import Ambiguous, Unknown
from bot.errors import Choice
from bot.language import grammar
from bot.services import Services
from handlers.answers import Answer, ByResponseUrl
from handlers.commands.registry import CommandContext, commands, topics, vocabulary
from handlers.unit import require_member
from handlers.work import Received

# Slack makes a link of a typed domain; the person meant the words.
_LINK = re.compile(r"<(?:https?://|mailto:)[^>|]*\|([^>]*)>")
_QUOTE = '["“”„‟«»″]?'


def understand(text: str) -> grammar.Intent:
    """Which command `text` asks for, if any."""
    return grammar.parse(text, vocabulary(), topics())


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
        trigger_id=payload.get("trigger_id", ""),
        response_url=payload["response_url"],
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
    trigger_id: str = "",
    response_url: str = "",
) -> None:
    """Read `text`, run the command it names and answer; buttons when it names none, or leaves something open.

    Raises Refused."""
    await require_member(services, workspace_id, actor)
    intent = understand(text)
    if intent.command is None:
        await answer.say(empty_card() if intent.empty else unknown_card(intent.guesses))
        return
    context = CommandContext(
        services=services,
        workspace_id=workspace_id,
        actor=actor,
        now=services.clock.now(),
        answer=answer,
        trigger_id=trigger_id,
        response_url=response_url,
        channel=channel,
        thread_ts=thread_ts,
        in_dm=in_dm,
        text=text,
        parts=intent.rest,
    )
    card = await _run(intent.command, context)
    if card is not None:
        await answer.say(card)


async def _run(name: str, context: CommandContext) -> Card | None:
    """The command's answer, or its question with a button for each possible answer."""
    try:
        return await commands()[name].run(context)
    except Choice as choice:
        return question(choice)
    except (Ambiguous, Unknown) as unsure:
        asked = {option: instead(context.text, unsure.text, option) for option in unsure.options}
        if not asked:
            raise
        if not all(asked.values()):
            return question(Choice(str(unsure)))
        return question(Choice(str(unsure), [*asked.values()], labels=[*asked]))


def question(choice: Choice) -> Card:
    """The question, and a button for each request that answers it."""
    return choice_card(str(choice), choice.requests, choice.labels)


def instead(request: str, words: str, name: str) -> str:
    """`request` with `name` in quotes where it says `words` (in any case, quoted or not); "" when it does not."""
    plain = _LINK.sub(r"\1", request)
    said = r"\W+".join(re.escape(escape(word)) for word in words.split())
    quoted = '"' + name.replace('"', "'") + '"'
    found, times = re.subn(
        rf"(?<!\w){_QUOTE}{said}(?:['’]s)?{_QUOTE}(?!\w)", lambda _: quoted, plain, count=1, flags=re.I
    )
    return found if words.strip() and times else ""
