"""What happens in the workspace, whoever asks: post, edit, delete, react, join, leave, and the events these cause."""

from __future__ import annotations

import copy
import re
import uuid
from collections.abc import Iterable
from dataclasses import replace

from sandbox import events
from sandbox.clock import Clock
from sandbox.delivery import Delivery, DeliveryPolicy, Dispatcher
from sandbox.faults import Faults
from sandbox.rates import RateLimits
from sandbox.socketmode import SocketTransport
from sandbox.workspace import Channel, Install, Json, Message, ResponseUrl, User, Workspace


class Refused(Exception):
    """A person tried what Slack's own client would not have let them do (a button that is not there, ...)."""


class Core:
    """State and delivery together. `subscriptions` None means: every event the app could subscribe to."""

    def __init__(
        self,
        clock: Clock,
        home: str = "T0HOME",
        *,
        scopes: Iterable[str] | None = None,
        subscriptions: Iterable[str] | None = None,
        metadata_subscriptions: Iterable[str] | None = None,
        rate_limits: bool = False,
        policy: DeliveryPolicy | None = None,
        echo_own: bool = True,
        seed: int = 0,
    ) -> None:
        self.clock = clock
        self.workspace = Workspace(clock, home)
        if scopes is not None:
            self.workspace.home_install.scopes = frozenset(scopes)
        self.subscriptions = None if subscriptions is None else frozenset(subscriptions)
        self.metadata_subscriptions = None if metadata_subscriptions is None else frozenset(metadata_subscriptions)
        self.echo_own = echo_own
        self.faults = Faults(seed)
        self.rates = RateLimits(enabled=rate_limits)
        self.sockets = SocketTransport(self.workspace.app.id, seed)
        self.dispatcher = Dispatcher(self.sockets, policy or DeliveryPolicy())
        self.sockets.dispatcher = self.dispatcher
        self.base_url = ""
        self.share_delay = 0.0  # seconds after which an uploaded file is seen; Slack answers first, too

    # -- events ---------------------------------------------------------------------------------------------------

    def emit(self, channel: Channel, event: Json, actor_team: str) -> list[Delivery]:
        """Send an event of a channel to every installation whose bot is in it."""
        sent = []
        for install in self.installs_in(channel):
            outer = actor_team if channel.is_ext_shared else install.team_id
            delivery = self.emit_to(install, event, outer, channel.is_ext_shared)
            if delivery is not None:
                sent.append(delivery)
        return sent

    def emit_to(
        self, install: Install, event: Json, team_id: str | None = None, ext_shared: bool = False
    ) -> Delivery | None:
        """Send an event to one installation, unless the app is not subscribed to it."""
        if install.revoked and event["type"] not in ("app_uninstalled", "tokens_revoked"):
            return None
        if self.subscriptions is not None and events.subscription(event) not in self.subscriptions:
            return None
        payload = events.event_callback(self.workspace, install, event, team_id or install.team_id, ext_shared)
        return self.dispatcher.dispatch("events_api", payload)

    def installs_in(self, channel: Channel) -> list[Install]:
        """The installations whose bot is a member."""
        return [i for i in self.workspace.installs.values() if i.bot_user_id in channel.members]

    # -- messages -------------------------------------------------------------------------------------------------

    def draft(self, user: User, channel: Channel, text: str, at: float | None = None) -> Message:
        """A message by `user`, not yet posted, with what Slack adds to it (ids, rich_text, team)."""
        message = Message(self.workspace.next_ts(at), channel.id, user.id, text, user.team_id)
        message.foreign = channel.is_ext_shared and user.team_id != channel.team_id
        if user.is_bot:
            install = next((i for i in self.workspace.installs.values() if i.bot_user_id == user.id), None)
            message.bot_id = install.bot_id if install else f"B{user.id[1:]}"
            message.app_id = self.workspace.app.id if install else f"A{user.id[1:]}"
        else:
            message.client_msg_id = str(uuid.UUID(int=int(message.ts.replace(".", "")), version=4))
            message.blocks = events.rich_text(text)
        return message

    def post(self, channel: Channel, message: Message) -> list[Delivery]:
        """Put a message into its channel and tell the app."""
        channel.add(message)
        own = any(message.user == i.bot_user_id for i in self.installs_in(channel))
        if own and not self.echo_own:
            return []
        sent = self.emit(channel, events.message_event(channel, message), message.team_id)
        if message.metadata:
            sent += self._emit_metadata(channel, message)
        if (
            channel.kind in ("public", "private")
            and not own
            and message.subtype in (None, "file_share", "thread_broadcast")
        ):
            for install in self.installs_in(channel):
                if re.search(rf"<@{install.bot_user_id}[|>]", message.text):
                    outer = message.team_id if channel.is_ext_shared else install.team_id
                    mention = events.mention_event(channel, message)
                    delivery = self.emit_to(install, mention, outer, channel.is_ext_shared)
                    sent += [delivery] if delivery is not None else []
        return sent

    def change(self, channel: Channel, message: Message, updated: Message, editor: str) -> None:
        """Replace a message's content by `updated`'s and tell the app."""
        previous = events.message_body(message)
        event_ts = self.workspace.next_ts()
        text_changed = updated.text != message.text
        for name in ("text", "blocks", "attachments", "metadata"):
            setattr(message, name, getattr(updated, name))
        if text_changed:
            message.edited = {"user": editor, "ts": f"{event_ts.split('.')[0]}.000000"}
        if editor not in {i.bot_user_id for i in self.workspace.installs.values()} or self.echo_own:
            self.emit(channel, events.changed_event(channel, message, previous, event_ts), message.team_id)

    def remove(self, channel: Channel, message: Message) -> None:
        """Delete a message and tell the app."""
        previous = events.message_body(message)
        channel.remove(message)
        event = events.deleted_event(channel, previous, self.workspace.next_ts())
        self.emit(channel, event, message.team_id)

    def set_reaction(self, channel: Channel, message: Message, user: User, name: str, added: bool = True) -> None:
        """Add or take away a reaction and tell the app. Raises Refused when it is there (not there) already."""
        users = message.reactions.setdefault(name, [])
        if (user.id in users) == added:
            raise Refused("already_reacted" if added else "no_reaction")
        if added:
            users.append(user.id)
        else:
            users.remove(user.id)
        if not users:
            del message.reactions[name]
        event = {
            "type": "reaction_added" if added else "reaction_removed",
            "user": user.id,
            "reaction": name,
            "item": {"type": "message", "channel": channel.id, "ts": message.ts},
            "item_user": message.user,
            "event_ts": self.workspace.next_ts(),
        }
        self.emit(channel, event, user.team_id)

    def add_member(self, channel: Channel, user: User, inviter: str | None = None) -> None:
        """Add a member; the app hears of it when its bot is in the channel (or is the one joining)."""
        if user.id in channel.members:
            return
        channel.members.append(user.id)
        ts = self.workspace.next_ts()
        self.emit(channel, events.membership_event(channel, user, True, ts, inviter), user.team_id)

    def drop_member(self, channel: Channel, user: User) -> None:
        """Remove a member; a bot that is removed hears of its own leaving, as in Slack."""
        ts = self.workspace.next_ts()
        self.emit(channel, events.membership_event(channel, user, False, ts), user.team_id)
        channel.members.remove(user.id)

    def whisper(self, message: Message, to: str) -> Message:
        """Show a message to one person only."""
        private = replace(message, private_to=to)
        self.workspace.ephemerals.append(private)
        return private

    def bot_message(self, install: Install, channel: Channel, body: Json) -> Message:
        """A message of ours from Web API or response_url arguments (already validated)."""
        message = self.draft(self.workspace.users[install.bot_user_id], channel, body.get("text") or "")
        message.blocks = copy.deepcopy(body.get("blocks") or [])
        for number, block in enumerate(message.blocks):
            block.setdefault("block_id", f"b{number}")
        message.attachments = copy.deepcopy(body.get("attachments") or [])
        message.thread_ts = body.get("thread_ts") or None
        return message

    # -- urls -----------------------------------------------------------------------------------------------------

    def new_response_url(self, channel: str, user: str, kind: str, message: Message | None = None) -> tuple[str, str]:
        """A fresh response_url; returns (token, url)."""
        token = self.workspace.serial("R")
        self.workspace.response_urls[token] = ResponseUrl(token, channel, user, self.clock.time(), message)
        return token, f"{self.base_url}/{kind}/{self.workspace.home}/{token}"

    def permalink(self, channel: Channel, message: Message) -> str:
        """The https address of a message, as chat.getPermalink gives it."""
        domain = self.workspace.team(channel.team_id).domain
        link = f"https://{domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
        return f"{link}?thread_ts={message.thread_ts}&cid={channel.id}" if message.is_reply else link

    def _emit_metadata(self, channel: Channel, message: Message) -> list[Delivery]:
        metadata = message.metadata or {}
        wanted = self.metadata_subscriptions
        if wanted is not None and metadata.get("event_type") not in wanted:
            return []
        event = {
            "type": "message_metadata_posted",
            "app_id": message.app_id,
            "bot_id": message.bot_id,
            "user_id": message.user,
            "team_id": message.team_id,
            "channel_id": channel.id,
            "metadata": metadata,
            "message_ts": message.ts,
            "event_ts": message.ts,
        }
        return self.emit(channel, event, message.team_id)
