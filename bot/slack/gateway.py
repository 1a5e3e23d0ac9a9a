"""The only holder of Slack clients: every Web API call PartnerDesk makes, with typed answers and typed errors.

slack_sdk's own retries are off for every call: its default re-sends chat.postMessage after a lost connection. Reads are
repeated here, within a patience the caller sets; posts are never repeated (the outbox does that, after looking).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.cards.card import Card
from bot.clock import elapsed
from bot.slack.errors import RateLimited, Rejected, SlackProblem, UnknownOutcome, problem
from bot.slack.tokens import TokenSource

SLACK_API = "https://slack.com/api/"
ANSWER_HOSTS = ("hooks.slack.com", "hooks.slack-gov.com")  # where a response_url leads; nowhere else is called
PAGE = 200
PATIENCE_S = 5.0
Json = dict[str, Any]
Form = dict[str, str]

_NO_ANSWER = (aiohttp.ClientError, TimeoutError, OSError)
_UNREACHABLE = "Slack cannot be reached. PartnerDesk tries again by itself."


@dataclass(frozen=True, slots=True)
class Posted:
    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot token belongs to; `url` is the workspace's own address, where permalinks begin."""

    bot_user: str
    bot_id: str
    team_id: str
    team_name: str
    url: str


@dataclass(frozen=True, slots=True)
class ChannelInfo:
    """conversations.info, as far as it says who can read the channel. `outside_teams` are the other workspaces in it,
    `pending_teams` those invited; `im_user` is the other person of a DM."""

    id: str
    name: str
    is_im: bool
    im_user: str
    is_archived: bool
    is_member: bool
    is_shared: bool
    is_ext_shared: bool
    is_org_shared: bool
    is_pending_ext_shared: bool
    outside_teams: frozenset[str]
    pending_teams: frozenset[str]


@dataclass(frozen=True, slots=True)
class SlackUser:
    """users.info. `name` is the first of display name, profile name, real name, handle and id that is not empty."""

    id: str
    team_id: str
    name: str
    email: str
    timezone: str
    is_bot: bool
    is_guest: bool
    is_stranger: bool
    is_deleted: bool


class Gateway:
    """One per process. `timeout` is the longest one HTTP call may take, in seconds. Every method may raise a
    bot.slack.errors.SlackProblem. `workspace_id` is our team id there."""

    def __init__(self, tokens: TokenSource, *, api_url: str = SLACK_API, timeout: float = 10.0) -> None:
        self._tokens = tokens
        self._api_url = api_url if api_url.endswith("/") else f"{api_url}/"
        self._answer_hosts = frozenset({*ANSWER_HOSTS, urlsplit(self._api_url).netloc})
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Let go of the connections; the next call opens new ones."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def forget(self, workspace_id: str) -> None:
        """PartnerDesk was removed from that workspace: its token is not used again."""
        await self._tokens.forget(workspace_id)

    # -- writing: once, never repeated here -----------------------------------------------------------------------

    async def post(
        self, workspace_id: str, channel: str, card: Card, *, key: str, thread_ts: str | None = None
    ) -> Posted:
        """Post `card` into a channel or DM with `key` in its metadata."""
        body = _content(card, key) | {"channel": channel, "unfurl_links": False, "unfurl_media": False}
        if thread_ts:
            body["thread_ts"] = thread_ts
        answer = await self._call(workspace_id, "chat.postMessage", body)
        return Posted(str(answer["channel"]), str(answer["ts"]))

    async def update(self, workspace_id: str, channel: str, ts: str, card: Card, *, key: str) -> None:
        """Replace a posted card. `key` is that of the original delivery, so that it can still be found."""
        await self._call(workspace_id, "chat.update", _content(card, key) | {"channel": channel, "ts": ts})

    async def ephemeral(
        self, workspace_id: str, channel: str, user: str, card: Card, *, thread_ts: str | None = None
    ) -> None:
        """Show `card` to one member of a channel only."""
        body: Json = {"channel": channel, "user": user, "text": card.text, "blocks": card.blocks}
        if thread_ts:
            body["thread_ts"] = thread_ts
        await self._call(workspace_id, "chat.postEphemeral", body)

    async def respond(self, response_url: str, card: Card, *, ephemeral: bool = True, replace: bool = False) -> None:
        """Answer a command or button through its response_url (5 answers within 30 minutes); Slack's, or Rejected."""
        if urlsplit(response_url).netloc not in self._answer_hosts:
            raise Rejected("response_url", "not_of_slack")
        body = {
            "text": card.text,
            "blocks": card.blocks,
            "response_type": "ephemeral" if ephemeral else "in_channel",
            "replace_original": replace,
        }
        client = AsyncWebhookClient(response_url, session=self._connections(), retry_handlers=[])
        try:
            answer = await client.send_dict(body)
        except _NO_ANSWER as error:
            raise UnknownOutcome("response_url", type(error).__name__, _UNREACHABLE) from error
        if answer.status_code != 200:
            code = answer.body.strip() if answer.body.strip().isidentifier() else ""
            raise problem("response_url", answer.status_code, {"error": code}, answer.headers.get("Retry-After"))

    async def open_view(self, workspace_id: str, trigger_id: str, view: Json) -> str:
        """Open a modal and return its id; `trigger_id` is good for 3 s."""
        answer = await self._call(workspace_id, "views.open", {"trigger_id": trigger_id, "view": view})
        return str(answer["view"]["id"])

    async def publish_home(self, workspace_id: str, user: str, view: Json) -> None:
        """Draw the Home tab of one person anew."""
        await self._call(workspace_id, "views.publish", {"user_id": user, "view": view})

    async def react(self, workspace_id: str, channel: str, ts: str, name: str) -> None:
        """Add an emoji reaction; already there is fine."""
        try:
            await self._call(workspace_id, "reactions.add", {"channel": channel, "timestamp": ts, "name": name})
        except SlackProblem as error:
            if error.code != "already_reacted":
                raise

    # -- reading: repeated within the patience (seconds) ----------------------------------------------------------

    async def open_dm(self, workspace_id: str, user: str) -> str:
        """The id of the direct conversation with `user` (opening it twice gives the same one)."""
        answer = await self._read(workspace_id, "conversations.open", {"users": user})
        return str(answer["channel"]["id"])

    async def identity(self, workspace_id: str) -> Identity:
        """Whom our token speaks for."""
        me = await self._read(workspace_id, "auth.test", {})
        return Identity(
            bot_user=str(me["user_id"]),
            bot_id=str(me.get("bot_id", "")),
            team_id=str(me["team_id"]),
            team_name=str(me.get("team", "")),
            url=str(me.get("url", "")),
        )

    async def channel_info(self, workspace_id: str, channel: str) -> ChannelInfo:
        """The channel as it is now, never from a cache."""
        answer = await self._read(workspace_id, "conversations.info", {"channel": channel})
        return _channel_info(answer["channel"], workspace_id)

    async def members(self, workspace_id: str, channel: str) -> AsyncIterator[list[str]]:
        """The user ids in a channel, page by page."""
        async for page in self._pages(workspace_id, "conversations.members", {"channel": channel}):
            yield [str(member) for member in page["members"]]

    async def user(self, workspace_id: str, user_id: str) -> SlackUser:
        """One person as they are now, never from a cache."""
        return _slack_user((await self._read(workspace_id, "users.info", {"user": user_id}))["user"])

    async def users(self, workspace_id: str) -> AsyncIterator[list[SlackUser]]:
        """Everyone of our workspace, page by page."""
        async for page in self._pages(workspace_id, "users.list", {}):
            yield [_slack_user(member) for member in page["members"]]

    async def permalink(self, workspace_id: str, channel: str, ts: str) -> str:
        """The address of a message."""
        answer = await self._read(workspace_id, "chat.getPermalink", {"channel": channel, "message_ts": ts})
        return str(answer["permalink"])

    async def history(
        self, workspace_id: str, channel: str, *, oldest: str, metadata: bool = False, patience: float = PATIENCE_S
    ) -> AsyncIterator[list[Json]]:
        """Messages of a channel after `oldest` (a ts), newest first, page by page; replies in threads not included."""
        args = {"channel": channel, "oldest": oldest, "include_all_metadata": str(metadata).lower()}
        async for page in self._pages(workspace_id, "conversations.history", args, patience):
            yield page["messages"]

    async def replies(
        self, workspace_id: str, channel: str, thread_ts: str, *, oldest: str, metadata: bool = False,
        patience: float = PATIENCE_S,
    ) -> AsyncIterator[list[Json]]:  # fmt: skip
        """Messages of a thread after `oldest` (a ts), oldest first; Slack puts the thread's first message in front."""
        args = {"channel": channel, "ts": thread_ts, "oldest": oldest, "include_all_metadata": str(metadata).lower()}
        async for page in self._pages(workspace_id, "conversations.replies", args, patience):
            yield page["messages"]

    async def find_key(
        self, workspace_id: str, channel: str, key: str, *, oldest: float, thread_ts: str | None = None
    ) -> str | None:
        """The ts of our own message with that delivery key posted after `oldest` (epoch seconds), or None."""
        us = (await self.identity(workspace_id)).bot_id
        since = f"{max(oldest, 0):.6f}"
        if thread_ts:
            pages = self.replies(workspace_id, channel, thread_ts, oldest=since, metadata=True)
        else:
            pages = self.history(workspace_id, channel, oldest=since, metadata=True)
        async for messages in pages:
            for message in messages:
                carried = message.get("metadata", {}).get("event_payload", {}).get("key")
                if carried == key and message.get("bot_id") == us:  # anybody's app may write our key
                    return str(message["ts"])
        return None

    # -- the wire -------------------------------------------------------------------------------------------------

    async def _pages(
        self, workspace_id: str, method: str, form: Form, patience: float = PATIENCE_S
    ) -> AsyncIterator[Json]:
        cursor = ""
        while True:
            page = await self._read(workspace_id, method, form | {"limit": str(PAGE), "cursor": cursor}, patience)
            yield page
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return

    async def _read(self, workspace_id: str, method: str, form: Form, patience: float = PATIENCE_S) -> Json:
        """A call that may be repeated: waits out a 429 and a lost answer as long as `patience` lasts."""
        deadline, wait = elapsed() + patience, 0.2
        while True:
            try:
                return await self._call(workspace_id, method, form=form)
            except (RateLimited, UnknownOutcome) as error:
                pause = error.retry_after if isinstance(error, RateLimited) else wait
                if elapsed() + pause > deadline:
                    raise
                wait *= 2
            await asyncio.sleep(pause)

    async def _call(
        self, workspace_id: str, method: str, body: Json | None = None, *, form: Form | None = None
    ) -> Json:
        """One HTTP request, as JSON (writes) or a form (reads). Raises the typed problem of anything but `ok: true`."""
        token = await self._tokens.token(workspace_id)
        client = AsyncWebClient(token, self._api_url, session=self._connections(), retry_handlers=[])
        try:
            answer = await client.api_call(method, json=body, data=form)
        except SlackApiError as error:
            raise _problem(method, error) from error
        except _NO_ANSWER as error:
            raise UnknownOutcome(method, type(error).__name__, _UNREACHABLE) from error
        return cast(Json, answer.data)

    def _connections(self) -> aiohttp.ClientSession:
        """The shared connection pool, opened inside the running loop at the first call."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self._timeout))
        return self._session


def _content(card: Card, key: str) -> Json:
    metadata = {"event_type": card.event_type, "event_payload": {**card.event_payload, "key": key}}
    return {"text": card.text, "blocks": card.blocks, "metadata": metadata}


def _problem(method: str, error: SlackApiError) -> SlackProblem:
    # An answer that is not JSON leaves aiohttp's own response in the error instead of slack_sdk's.
    response: Any = error.response
    status = response.status if isinstance(response, aiohttp.ClientResponse) else response.status_code
    return problem(method, status, getattr(response, "data", None), response.headers.get("Retry-After"))


def _channel_info(body: Json, our_team: str) -> ChannelInfo:
    def teams(*names: str) -> frozenset[str]:
        return frozenset(str(team) for name in names for team in body.get(name) or ()) - {our_team}

    return ChannelInfo(
        id=str(body["id"]),
        name=str(body.get("name") or ""),
        is_im=bool(body.get("is_im")),
        im_user=str(body.get("user") or ""),
        is_archived=bool(body.get("is_archived")),
        is_member=bool(body.get("is_member") or body.get("is_im")),
        is_shared=bool(body.get("is_shared")),
        is_ext_shared=bool(body.get("is_ext_shared")),
        is_org_shared=bool(body.get("is_org_shared")),
        is_pending_ext_shared=bool(body.get("is_pending_ext_shared")),
        outside_teams=teams("connected_team_ids", "shared_team_ids", "internal_team_ids"),
        pending_teams=teams("pending_connected_team_ids", "pending_shared"),
    )


def _slack_user(body: Json) -> SlackUser:
    profile: Json = body.get("profile") or {}
    names = (profile.get("display_name"), profile.get("real_name"), body.get("real_name"), body.get("name"), body["id"])
    return SlackUser(
        id=str(body["id"]),
        team_id=str(body.get("team_id") or profile.get("team") or ""),
        name=next(str(name) for name in names if name),
        email=str(profile.get("email") or ""),
        timezone=str(body.get("tz") or ""),
        is_bot=bool(body.get("is_bot")),
        is_guest=bool(body.get("is_restricted") or body.get("is_ultra_restricted")),
        is_stranger=bool(body.get("is_stranger")),
        is_deleted=bool(body.get("deleted")),
    )
