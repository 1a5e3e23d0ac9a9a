"""Requests made by @mention or in a DM: the same words as `/pm`, for our own people only."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

from bot.cards.notice import notice_card
from bot.desk.rights import NOT_OURS
from bot.language import grammar
from bot.services import Services
from bot.slack.errors import Rejected
from handlers.answers import InDirectMessage, OnlyToThem
from handlers.commands.dispatch import answer_request, understand
from handlers.unit import is_member, our_user
from handlers.work import Received


async def direct(services: Services, received: Received, event: dict[str, Any]) -> None:
    """Whatever one of our people writes to us in private is a request."""
    if event.get("subtype") or _is_bot(event):
        return
    await answer_request(
        services,
        received.workspace_id,
        event["user"],
        mention_of(await our_user(services, received)).sub(" ", event.get("text") or ""),
        channel=event["channel"],
        in_dm=True,
        answer=InDirectMessage(services, received.workspace_id, event["channel"], f"answer:{received.id}"),
    )


async def answer_mention(services: Services, received: Received, event: dict[str, Any]) -> None:
    """Answer a message that mentions us, only to its author: what follows our name is the request.

    Outsiders get the fixed polite text. A mention in passing that asks for nothing is left alone.
    """
    text = event.get("text") or ""
    us = mention_of(await our_user(services, received)).search(text)
    if us is None or not event.get("user") or _is_bot(event):
        return
    answer = OnlyToThem(services, received.workspace_id, event["channel"], event["user"], event.get("thread_ts"))
    if not await is_member(services, received.workspace_id, event["user"]):
        with suppress(Rejected):  # whom Slack will not let us answer goes without the polite text
            await answer.say(notice_card(NOT_OURS))
        return
    request = text[us.end() :]
    if not grammar.is_greeting(text[: us.start()]) and understand(request).command is None:
        return
    await answer_request(
        services,
        received.workspace_id,
        event["user"],
        request,
        channel=event["channel"],
        answer=answer,
        thread_ts=event.get("thread_ts"),
    )


async def is_request(services: Services, workspace_id: str, message: dict[str, Any], us: str) -> bool:
    """Whether the whole message is one of our people asking us something, and so nothing to read as speech.

    What an outsider writes never is: putting our name in front hides no risk. `us` is our user id.
    """
    text = message.get("text") or ""
    found = mention_of(us).search(text)
    if found is None or not message.get("user") or not grammar.is_greeting(text[: found.start()]):
        return False
    names_command = understand(text[found.end() :]).command is not None
    return names_command and await is_member(services, workspace_id, message["user"])


def mention_of(us: str) -> re.Pattern[str]:
    """How the user `us` is written in a message: `<@U…>`, sometimes with a label."""
    return re.compile(rf"<@{re.escape(us)}(?:\|[^>]*)?>")


def _is_bot(event: dict[str, Any]) -> bool:
    return bool(event.get("bot_id") or event.get("app_id"))
