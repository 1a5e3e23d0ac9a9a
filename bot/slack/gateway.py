"""The only way to Slack: every Web API call PartnerDesk makes, with typed answers and typed errors.

Reads are repeated within a patience the caller sets; posts are never repeated (the outbox does that, after looking).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.cards.card import Card
from bot.cards.limits import BadCard
from bot.slack.errors import Rejected, SlackProblem, UnknownOutcome, problem
from bot.slack.files import Files
from bot.slack.tokens import TokenSource
from bot.slack.wire import NO_ANSWER, PATIENCE_S, SLACK_API, UNREACHABLE, Json

ANSWER_HOSTS = ("hooks.slack.com", "hooks.slack-gov.com")  # where a response_url leads; nowhere else is called


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


class Gateway(Files):
    """One per process. `timeout` is the longest one HTTP call may take, in seconds. Every method may raise a
    bot.slack.errors.SlackProblem. `workspace_id` is our team id there."""

    def __init__(self, tokens: TokenSource, *, api_url: str = SLACK_API, timeout: float = 10.0) -> None:
        super().__init__(tokens, api_url=api_url, timeout=timeout)
        self._answer_hosts = frozenset({*ANSWER_HOSTS, urlsplit(self._api_url).netloc})

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
        body: Json = {"channel": channel, "user": user, **_words(card)}
        if thread_ts:
            body["thread_ts"] = thread_ts
        await self._call(workspace_id, "chat.postEphemeral", body)

    async def respond(self, response_url: str, card: Card, *, ephemeral: bool = True, replace: bool = False) -> None:
        """Answer a command or button through its response_url (5 answers within 30 minutes); Slack's, or Rejected."""
        if urlsplit(response_url).netloc not in self._answer_hosts:
            raise Rejected("response_url", "not_of_slack")
        kind = "ephemeral" if ephemeral else "in_channel"
        body = {**_words(card), "response_type": kind, "replace_original": replace}
        client = AsyncWebhookClient(response_url, session=self._connections(), retry_handlers=[])
        try:
            answer = await client.send_dict(body)
        except NO_ANSWER as error:
            raise UnknownOutcome("response_url", type(error).__name__, UNREACHABLE) from error
        if answer.status_code != 200:
            code = answer.body.strip() if answer.body.strip().isidentifier() else ""
            raise problem("response_url", answer.status_code, {"error": code}, answer.headers.get("Retry-After"))

    async def open_view(self, workspace_id: str, trigger_id: str, view: Json) -> str:
        """Open a modal and return its id; `trigger_id` is good for 3 s."""
        answer = await self._call(workspace_id, "views.open", {"trigger_id": trigger_id, "view": view})
        return str(answer["view"]["id"])

    async def push_view(self, workspace_id: str, trigger_id: str, view: Json) -> None:
        """Open a modal on top of the one the trigger came from (three at most); `trigger_id` is good for 3 s."""
        await self._call(workspace_id, "views.push", {"trigger_id": trigger_id, "view": view})

    async def update_view(self, workspace_id: str, view_id: str, view: Json) -> None:
        """Replace an open modal."""
        await self._call(workspace_id, "views.update", {"view_id": view_id, "view": view})

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


def _content(card: Card, key: str) -> Json:
    metadata = {"event_type": card.event_type, "event_payload": {**card.event_payload, "key": key}}
    return {**_words(card), "metadata": metadata}


def _words(card: Card) -> Json:
    """What of a card goes into a message. A file is the outbox's to send; nowhere else is one silently left out."""
    if card.attachment is not None:
        raise BadCard(f"only a delivery carries a file: {card.attachment.name}")
    return {"text": card.text, "blocks": card.blocks}


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
