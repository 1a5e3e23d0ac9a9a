"""The state of the workspace: teams, people, channels, messages, views. Plain data, no protocol."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.clock import Clock
from sandbox.methods import DEFAULT_SCOPES

Json = dict[str, Any]
ChannelKind = Literal["public", "private", "im", "mpim"]
SCOPE_FAMILY: dict[ChannelKind, str] = {"public": "channels", "private": "groups", "im": "im", "mpim": "mpim"}


@dataclass
class Team:
    """An organisation's workspace: ours or a partner's."""

    id: str
    name: str
    domain: str


@dataclass
class User:
    """A person or a bot. `stranger` overrides what Slack would compute for `is_stranger` (None: compute it)."""

    id: str
    team_id: str
    name: str
    real_name: str
    display_name: str = ""
    email: str = ""
    tz: str = "America/New_York"
    is_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    deleted: bool = False
    stranger: bool | None = None


@dataclass
class Install:
    """Our app installed in one workspace: its bot user, its token and what the token may do."""

    team_id: str
    bot_user_id: str
    bot_id: str
    token: str
    scopes: frozenset[str] = DEFAULT_SCOPES
    revoked: bool = False


@dataclass
class AppConfig:
    """What app management shows for our app: ids and secrets."""

    id: str = "A0PARTNERDESK"
    name: str = "partnerdesk"
    app_token: str = "xapp-1-A0PARTNERDESK-1-sandbox"
    signing_secret: str = "sandbox-signing-secret"
    client_id: str = "111.222"
    client_secret: str = "sandbox-client-secret"
    verification_token: str = "sandbox-verification-token"


@dataclass
class Message:
    """One message; `ts` is its identity inside the workspace. `private_to` marks an ephemeral one."""

    ts: str
    channel: str
    user: str
    text: str
    team_id: str
    thread_ts: str | None = None
    subtype: str | None = None
    bot_id: str | None = None
    app_id: str | None = None
    client_msg_id: str | None = None
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    files: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    edited: Json | None = None
    foreign: bool = False
    private_to: str | None = None
    editable: bool = True

    @property
    def is_reply(self) -> bool:
        """Whether it lives in a thread and is not the thread's first message."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def top_level(self) -> bool:
        """Whether conversations.history lists it."""
        return not self.is_reply or self.subtype == "thread_broadcast"


@dataclass
class Channel:
    """A conversation. `shared_with` are the other organisations in it, `pending` those invited and not yet in."""

    id: str
    name: str
    kind: ChannelKind
    team_id: str
    created: int
    members: list[str] = field(default_factory=list)
    shared_with: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    is_archived: bool = False
    messages: dict[str, Message] = field(default_factory=dict)
    timeline: list[str] = field(default_factory=list)
    threads: dict[str, list[str]] = field(default_factory=dict)

    @property
    def is_private(self) -> bool:
        return self.kind != "public"

    @property
    def is_ext_shared(self) -> bool:
        """Whether another organisation is in it (Slack Connect)."""
        return bool(self.shared_with)

    def add(self, message: Message) -> None:
        """Put a message in its place by ts, and its reply under its parent."""
        self.messages[message.ts] = message
        bisect.insort(self.timeline, message.ts)
        if message.is_reply and message.thread_ts:
            bisect.insort(self.threads.setdefault(message.thread_ts, []), message.ts)
            parent = self.messages.get(message.thread_ts)
            if parent is not None and parent.thread_ts is None:
                parent.thread_ts = parent.ts

    def remove(self, message: Message) -> None:
        """Delete a message; a parent with replies leaves a tombstone, as in Slack."""
        if self.threads.get(message.ts):
            message.subtype, message.text, message.user = "tombstone", "This message was deleted.", "USLACKBOT"
            message.blocks, message.files, message.metadata = [], [], None
            return
        del self.messages[message.ts]
        self.timeline.remove(message.ts)
        if message.is_reply and message.thread_ts:
            self.threads[message.thread_ts].remove(message.ts)


@dataclass
class View:
    """A modal or a home tab as Slack keeps it; `body` is what the app sent."""

    id: str
    user: str
    body: Json
    hash: str
    root_view_id: str
    previous_view_id: str | None = None
    values: Json = field(default_factory=dict)


@dataclass
class StoredFile:
    """An uploaded file; `content` None until its bytes came. `channels` are those it was shared in."""

    id: str
    name: str
    title: str
    size: int
    user: str
    content: bytes | None = None
    channels: list[str] = field(default_factory=list)


@dataclass
class Canvas:
    """A canvas of its own. `access` is what others may do with it: read, write or owner, by user or channel id."""

    id: str
    title: str
    markdown: str
    user: str
    access: dict[str, str] = field(default_factory=dict)


@dataclass
class ResponseUrl:
    """One response_url: 5 posts within 30 minutes (docs.slack.dev, interactivity)."""

    token: str
    channel: str
    user: str
    created: float
    message: Message | None = None
    posts: list[Message] = field(default_factory=list)
    uses: int = 0


@dataclass
class Trigger:
    """One trigger_id: good for 3 s and for one view."""

    user: str
    created: float
    used: bool = False


@dataclass(frozen=True)
class Call:
    """One Web API call as it was received; `at` in epoch seconds of the workspace's clock."""

    method: str
    args: Json
    response: Json
    status: int
    at: float
    token: str = ""


class Workspace:
    """Everything there is, seen from no particular team."""

    def __init__(self, clock: Clock, home: str = "T0HOME") -> None:
        self.clock = clock
        self.home = home
        self.app = AppConfig()
        self.teams: dict[str, Team] = {}
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.installs: dict[str, Install] = {}
        self.views: dict[str, View] = {}
        self.modals: dict[str, list[str]] = {}
        self.homes: dict[str, View] = {}
        self.ephemerals: list[Message] = []
        self.response_urls: dict[str, ResponseUrl] = {}
        self.triggers: dict[str, Trigger] = {}
        self.files: dict[str, StoredFile] = {}
        self.canvases: dict[str, Canvas] = {}
        self.assistant: dict[tuple[str, str], Json] = {}
        self.oauth_codes: dict[str, str] = {}
        self.calls: list[Call] = []
        self._serial = 0
        self._used_ts: set[int] = set()
        self._last_ts = 0
        self.install(home)

    def serial(self, prefix: str) -> str:
        """A fresh id with Slack's prefix letter (D, V, Ev, F, ...)."""
        self._serial += 1
        return f"{prefix}0{self._serial:07d}"

    def next_ts(self, at: float | None = None) -> str:
        """A message ts nobody has: now (strictly after the last one), or the first free one from `at` epoch seconds."""
        moment = round((self.clock.time() if at is None else at) * 1_000_000)
        if at is None:
            moment = max(moment, self._last_ts + 1)
        while moment in self._used_ts:
            moment += 1
        self._used_ts.add(moment)
        if at is None or self.clock.manual:
            self._last_ts = max(self._last_ts, moment)
        return f"{moment // 1_000_000}.{moment % 1_000_000:06d}"

    def team(self, team_id: str, name: str = "") -> Team:
        """The team, made on first mention; its domain is its id without the leading T0, lowercased."""
        if team_id not in self.teams:
            label = re.sub(r"^T0?", "", team_id).lower() or team_id.lower()
            self.teams[team_id] = Team(team_id, name or label.capitalize(), label)
        elif name:
            self.teams[team_id].name = name
        return self.teams[team_id]

    def install(self, team_id: str) -> Install:
        """Install the app in `team_id` (once), with a bot user of its own."""
        for install in self.installs.values():
            if install.team_id == team_id:
                return install
        self.team(team_id)
        suffix = "" if team_id == self.home else team_id[1:]
        bot_user, token = f"U0BOT{suffix}", f"xoxb-sandbox-{team_id.lower()}"
        install = Install(team_id, bot_user, f"B0BOT{suffix}", token)
        self.users[bot_user] = User(
            bot_user, team_id, self.app.name, "PartnerDesk", self.app.name, tz="America/Los_Angeles", is_bot=True
        )
        self.installs[token] = install
        return install

    @property
    def home_install(self) -> Install:
        """The installation in our own workspace."""
        return next(i for i in self.installs.values() if i.team_id == self.home)

    def im(self, user_id: str, install: Install) -> Channel:
        """The direct conversation between a person and the bot, made when there is none."""
        pair = {user_id, install.bot_user_id}
        for channel in self.channels.values():
            if channel.kind == "im" and set(channel.members) == pair:
                return channel
        channel = Channel(
            self.serial("D"), "", "im", install.team_id, int(self.clock.time()), [install.bot_user_id, user_id]
        )
        self.channels[channel.id] = channel
        return channel

    def is_stranger(self, user: User, team_id: str) -> bool:
        """Slack's is_stranger: from another workspace and in no channel that `team_id`'s bot is in."""
        if user.stranger is not None:
            return user.stranger
        bots = {i.bot_user_id for i in self.installs.values() if i.team_id == team_id}
        return user.team_id != team_id and not any(
            user.id in c.members and bots & set(c.members) for c in self.channels.values()
        )

    def visible_message(self, channel_id: str, ts: str, user_id: str) -> Message | None:
        """The message (or this user's ephemeral one) that `user_id` would see at `ts`."""
        channel = self.channels[channel_id]
        if user_id in channel.members and ts in channel.messages:
            return channel.messages[ts]
        for message in self.ephemerals:
            if (message.channel, message.ts, message.private_to) == (channel_id, ts, user_id):
                return message
        return None

    def new_trigger(self, user_id: str) -> str:
        """A trigger_id for `user_id`, valid 3 s from now."""
        trigger_id = f"{self.serial('')}.{int(self.clock.time())}.sandbox"
        self.triggers[trigger_id] = Trigger(user_id, self.clock.time())
        return trigger_id
