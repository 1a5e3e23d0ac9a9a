from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.cards.card import Card
from bot.cards.notice import choice_card, notice_card
from bot.cards.text import count
from bot.desk import rights
from bot.desk.threads import SightResult
from bot.errors import Refused
from bot.language.arguments import a_channel
from bot.slack.errors import Rejected
from bot.slack.people import ensure_people
from handlers import mentions
from handlers.commands.registry import CommandContext, command
from handlers.sightings import authors, sighting_of, take_in
from handlers.unit import is_watched, read

_MOST = 2_000
_EVERY = 100
# History is a tier-3 method (50 calls a minute): a long scan waits for its turn.
_PATIENCE_S = 120.0
_NOT_WATCHED = "I do not watch that channel. Link it to a partner first, for example: watch Globex"


@command(
    "scan",
    aliases=("rescan", "reread", "read"),
    usage="scan [channel]",
    summary="Read this thread (when you mention me in one) or the channel's history again, and say what is new.",
)
async def scan(context: CommandContext) -> Card:
    named = a_channel(context.parts)
    channel = named or ("" if context.in_dm else context.channel)
    if not channel:
        raise Refused("Which channel? Name it, for example: scan #joint-channel")
    if named and named != context.channel:
        await read(context.services, context.workspace_id, rights.require_operator, context.actor)
    if not await read(context.services, context.workspace_id, is_watched, channel):
        raise Refused(_NOT_WATCHED)
    await context.answer.progress(notice_card("Fetching the messages…"))
    try:
        messages = await _messages(context, channel, None if named else context.thread_ts)
    except Rejected as error:
        raise Refused(error.sentence) from error
    return await _read_all(context, channel, messages)


async def _messages(context: CommandContext, channel: str, thread_ts: str | None) -> list[dict[str, Any]]:
    """The thread, or what was said in the channel and its threads within the time texts are kept; oldest first."""
    if thread_ts:
        return await _thread(context, channel, thread_ts)
    kept = timedelta(days=context.services.policy.retention.message_text_days)
    oldest = f"{(context.services.clock.now() - kept).timestamp():.6f}"
    roots: list[dict[str, Any]] = []
    pages = context.services.gateway.history(context.workspace_id, channel, oldest=oldest, patience=_PATIENCE_S)
    async for page in pages:
        roots += page
        if len(roots) >= _MOST:
            break
    found: list[dict[str, Any]] = []
    for root in reversed(roots):
        replied = root.get("reply_count") and len(found) < _MOST
        found += await _thread(context, channel, root["ts"]) if replied else [root]
    return sorted(found, key=lambda message: str(message["ts"]))


async def _thread(context: CommandContext, channel: str, thread_ts: str) -> list[dict[str, Any]]:
    pages = context.services.gateway.replies(context.workspace_id, channel, thread_ts, oldest="0", patience=_PATIENCE_S)
    return [message async for page in pages for message in page]


async def _read_all(context: CommandContext, channel: str, messages: list[dict[str, Any]]) -> Card:
    services, workspace_id = context.services, context.workspace_id
    us = (await services.gateway.identity(workspace_id)).bot_user
    said = [m for m in messages if not await mentions.is_request(services, workspace_id, m, us)]
    sightings = [replace(seen, live=False) for message in said if (seen := sighting_of(message, channel))]
    await ensure_people(services, workspace_id, authors(sightings), services.clock.now())
    results: list[SightResult] = []
    every = max(_EVERY, len(sightings) // 3 + 1)
    for done, seen in enumerate(sightings, start=1):
        results.append(await take_in(services, workspace_id, seen))
        if done % every == 0 and done < len(sightings):
            so_far = f"Read {done} of {count(len(sightings), 'message')}… {count(_findings(results), 'finding')}"
            await context.answer.progress(notice_card(so_far))
    return _outcome(len(sightings), results)


def _outcome(total: int, results: list[SightResult]) -> Card:
    new = sum(result.read for result in results)
    if total and not new:
        return notice_card(f"Read {count(total, 'message')}. Nothing I had not read before.")
    risks = {risk for result in results for risk in result.risks}
    promises = {each for result in results for each in result.commitments}
    words = (
        f"Read {count(total, 'message')}, {new} of them new to me:"
        f" {count(len(risks), 'risk')}, {count(len(promises), 'commitment')}."
    )
    return choice_card(words, [*(["risks"] if risks else []), *(["commitments"] if promises else [])])


def _findings(results: list[SightResult]) -> int:
    return sum(len(each.risks) + len(each.commitments) + len(each.handoffs) for each in results)
