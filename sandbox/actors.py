"""People: who is there, and what they say and do in channels."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from datetime import datetime
from typing import Any

from sandbox import events
from sandbox.core import Core, Refused
from sandbox.delivery import Delivery
from sandbox.workspace import Channel, ChannelKind, Json, Message, User


class Actors(Core):
    """The seeding and acting side of the sandbox. Everything a person does sends the events Slack would send."""

    def user(
        self, user_id: str, *, team: str | None = None, name: str | None = None, handle: str | None = None, **more: Any
    ) -> User:
        """Add (or replace) a person of `team` (default: ours). `name` is the real name, `handle` the @name.

        `more`: email, tz, display_name, is_bot, is_restricted, is_ultra_restricted, deleted, stranger.
        """
        team_id = team or self.workspace.home
        self.workspace.team(team_id)
        real_name = name or user_id
        more.setdefault("display_name", real_name)
        handle = handle or real_name.lower().replace(" ", ".")
        user = User(user_id, team_id, handle, real_name, **more)
        self.workspace.users[user_id] = user
        return user

    def channel(
        self,
        channel_id: str,
        *,
        name: str | None = None,
        members: Iterable[str] = (),
        private: bool = False,
        ext_shared_with: Iterable[str] = (),
        pending: Iterable[str] = (),
        archived: bool = False,
        bot: bool = True,
        team: str | None = None,
    ) -> Channel:
        """Add (or replace) a channel of ours without any event; `bot=False` leaves our bot out of it."""
        kind: ChannelKind = "private" if private else "public"
        host = team or self.workspace.home
        label = name or channel_id.lower()
        channel = Channel(channel_id, label, kind, host, int(self.clock.time()), list(dict.fromkeys(members)))
        channel.shared_with, channel.pending, channel.is_archived = list(ext_shared_with), list(pending), archived
        for team_id in channel.shared_with + channel.pending:
            self.workspace.team(team_id)
        if bot:
            channel.members.append(self.workspace.home_install.bot_user_id)
        self.workspace.channels[channel_id] = channel
        return channel

    def im(self, user: str) -> str:
        """The id of the direct conversation between `user` and the bot, opened when needed."""
        return self.workspace.im(self._person(user).id, self.workspace.home_install).id

    async def say(
        self,
        user: str,
        channel: str,
        text: str,
        thread_ts: str | None = None,
        at: datetime | float | None = None,
        *,
        metadata: Json | None = None,
        blocks: list[Json] | None = None,
        files: list[Json] | None = None,
        broadcast: bool = False,
    ) -> str:
        """Post as `user`; returns the ts. `text` is as Slack stores it (`<@U1>`, `&amp;`).

        `at` (aware, or epoch seconds) dates the message, also in the past; a frozen clock moves up to it.
        Raises Refused when the person is not in the channel, and KeyError for an unknown person or channel.
        """
        author, place = self._person(user), self.workspace.channels[channel]
        if user not in place.members or place.is_archived:
            raise Refused(f"{user} cannot post in {channel}")
        moment = at.timestamp() if isinstance(at, datetime) else at
        if moment is not None:
            self.clock.follow(moment)
        message = self.draft(author, place, text, moment)
        message.thread_ts, message.metadata, message.files = thread_ts, metadata, files or []
        message.blocks = blocks if blocks is not None else message.blocks
        if files:
            message.subtype = "file_share"
        if broadcast:
            message.subtype = "thread_broadcast"
        self.post(place, message)
        return message.ts

    async def dm(self, user: str, text: str) -> str:
        """Say something to the bot in private; returns the ts."""
        return await self.say(user, self.im(user), text)

    async def edit(self, user: str, channel: str, ts: str, text: str) -> None:
        """Edit one's own message. Raises Refused for another's."""
        place, message = self._own(user, channel, ts)
        updated = copy(message)
        updated.text, updated.blocks = text, events.rich_text(text)
        self.change(place, message, updated, user)

    async def delete(self, user: str, channel: str, ts: str) -> None:
        """Delete one's own message. Raises Refused for another's."""
        place, message = self._own(user, channel, ts)
        self.remove(place, message)

    async def react(self, user: str, channel: str, ts: str, name: str, *, added: bool = True) -> None:
        """Add (or take away) a reaction."""
        place = self.workspace.channels[channel]
        self.set_reaction(place, place.messages[ts], self._person(user), name, added)

    async def join(self, user: str, channel: str, inviter: str | None = None) -> None:
        """A person joins."""
        self.add_member(self.workspace.channels[channel], self._person(user), inviter)

    async def invite_bot(self, channel: str, inviter: str | None = None) -> None:
        """Our bot joins: `member_joined_channel` with the bot as the user."""
        await self.join(self.workspace.home_install.bot_user_id, channel, inviter)

    async def leave(self, user: str, channel: str) -> None:
        """A person (or the bot) leaves."""
        self.drop_member(self.workspace.channels[channel], self._person(user))

    async def share(self, channel: str, team: str) -> None:
        """Another organisation accepts: the channel becomes a Slack Connect channel."""
        place = self.workspace.channels[channel]
        self.workspace.team(team)
        place.pending = [t for t in place.pending if t != team]
        place.shared_with.append(team)
        self._channel_event("channel_shared", place, connected_team_id=team)

    async def unshare(self, channel: str, team: str) -> None:
        """An organisation leaves the channel, its people with it."""
        place = self.workspace.channels[channel]
        place.shared_with.remove(team)
        place.members = [m for m in place.members if self.workspace.users[m].team_id != team]
        self._channel_event(
            "channel_unshared", place, previously_connected_team_id=team, is_ext_shared=place.is_ext_shared
        )

    async def invite_team(self, channel: str, team: str) -> None:
        """An organisation is invited and has not accepted: is_pending_ext_shared. Slack sends no event for it."""
        self.workspace.team(team)
        self.workspace.channels[channel].pending.append(team)

    async def archive(self, channel: str, by: str) -> None:
        """Archive a channel."""
        place = self.workspace.channels[channel]
        place.is_archived = True
        self._channel_event("channel_archive", place, user=by, is_moved=0)

    async def rename(self, channel: str, name: str) -> None:
        """Rename a channel."""
        place = self.workspace.channels[channel]
        place.name = name
        renamed = {"id": place.id, "name": name, "name_normalized": name, "created": place.created}
        event: Json = {"type": "channel_rename", "channel": renamed, "event_ts": self.workspace.next_ts()}
        self.emit(place, event, place.team_id)

    async def deactivate(self, user: str) -> None:
        """Deactivate an account: `user_change` to our installation."""
        person = self._person(user)
        person.deleted = True
        body = {"id": person.id, "team_id": person.team_id, "name": person.name, "deleted": True, "profile": {}}
        event = {"type": "user_change", "user": body, "cache_ts": 0, "event_ts": self.workspace.next_ts()}
        self.emit_to(self.workspace.home_install, event)

    async def uninstall(self) -> None:
        """Remove the app from our workspace: its token stops working, then `tokens_revoked` and `app_uninstalled`."""
        install = self.workspace.home_install
        install.revoked = True
        ts = self.workspace.next_ts()
        tokens = {"oauth": [], "bot": [install.bot_user_id]}
        self.emit_to(install, {"type": "tokens_revoked", "tokens": tokens, "event_ts": ts})
        self.emit_to(install, {"type": "app_uninstalled", "event_ts": self.workspace.next_ts()})

    async def raw_event(self, payload: Json) -> Delivery:
        """Send any Events API payload as it is (outer envelope included)."""
        return self.dispatcher.dispatch("events_api", payload)

    async def redeliver(self, event: Delivery | str) -> Delivery:
        """Send an event (a delivery, or its event_id) once more, as Slack does after an ack it did not see.

        Raises KeyError when no such event was sent lately.
        """
        if isinstance(event, str):
            found = next((d for d in reversed(self.dispatcher.log) if d.event_id == event), None)
            if found is None:
                raise KeyError(event)
            event = found
        return self.dispatcher.dispatch("events_api", event.payload)

    def oauth_code(self, team: str) -> str:
        """A code that oauth.v2.access will exchange for an installation in `team`."""
        code = self.workspace.serial("code")
        self.workspace.oauth_codes[code] = team
        return code

    def _person(self, user: str) -> User:
        return self.workspace.users[user]

    def _own(self, user: str, channel: str, ts: str) -> tuple[Channel, Message]:
        place = self.workspace.channels[channel]
        message = place.messages[ts]
        if message.user != user:
            raise Refused(f"{ts} is not {user}'s message")
        return place, message

    def _channel_event(self, event_type: str, channel: Channel, **fields: Any) -> None:
        event: Json = {"type": event_type, "channel": channel.id, "event_ts": self.workspace.next_ts()} | fields
        self.emit(channel, event, channel.team_id)
