"""Where the answer to a person goes: the response_url of what they did, their DM, or only to them in a channel."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from bot.cards.card import Card
from bot.services import Services
from bot.slack.errors import Rejected

# Slack takes five answers per response_url; the last one is kept for the result.
_PROGRESS = 3


class Answer(Protocol):
    """One conversation with the person who asked."""

    async def say(self, card: Card) -> None:
        """The answer."""
        ...

    async def progress(self, card: Card, /) -> None:
        """How far it got; the next progress or answer takes its place. May do nothing."""
        ...


@dataclass(slots=True)
class ByResponseUrl:
    """Visible only to the person, wherever they are; needs no membership. Once the URL is used up, `otherwise`."""

    services: Services
    url: str
    shown: int = 0
    otherwise: Answer | None = None

    async def say(self, card: Card) -> None:
        try:
            await self.services.gateway.respond(self.url, card, ephemeral=True, replace=self.shown > 0)
        except Rejected:  # half an hour is over, or five answers were given
            if self.otherwise is None:
                raise
            await self.otherwise.say(card)

    async def progress(self, card: Card) -> None:
        if self.shown < _PROGRESS:
            await self.services.gateway.respond(self.url, card, ephemeral=True, replace=self.shown > 0)
            self.shown += 1


@dataclass(slots=True)
class InDirectMessage:
    """A normal message in the person's DM with us; progress edits it in place. `key` tells a repeat after a crash.

    `channel` is the DM's id, or the person's: then the DM is opened when there is something to say."""

    services: Services
    workspace_id: str
    channel: str
    key: str
    posted: str = field(default="", init=False)

    async def say(self, card: Card) -> None:
        await self.progress(card)

    async def progress(self, card: Card) -> None:
        gateway = self.services.gateway
        if self.channel.startswith(("U", "W")):
            self.channel = await gateway.open_dm(self.workspace_id, self.channel)
        if self.posted:
            await gateway.update(self.workspace_id, self.channel, self.posted, card, key=self.key)
        else:
            self.posted = (await gateway.post(self.workspace_id, self.channel, card, key=self.key)).ts


@dataclass(frozen=True, slots=True)
class OnlyToThem:
    """An ephemeral message in a channel or thread. It cannot be edited, so progress is not shown."""

    services: Services
    workspace_id: str
    channel: str
    user: str
    thread_ts: str | None = None

    async def say(self, card: Card) -> None:
        gateway = self.services.gateway
        await gateway.ephemeral(self.workspace_id, self.channel, self.user, card, thread_ts=self.thread_ts)

    async def progress(self, _card: Card, /) -> None:
        return
