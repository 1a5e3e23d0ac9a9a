"""What a command, a button or a form is given: who asks, where, and how to answer them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.cards import limits
from bot.cards.card import Card
from bot.cards.notice import notice_card
from bot.errors import Refused
from bot.language.tokens import Token
from bot.services import Services
from handlers.answers import Answer
from handlers.fields import Fields, chosen

Json = dict[str, Any]
STALE = "That button is from an older version of me. Ask me for the same again to get a new one."


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One request. `actor` is a current member of our workspace (checked before), `now` the product's time, `answer`
    the way back to them alone. `trigger_id` opens a form; "" where Slack gives none (mentions, direct messages)."""

    services: Services
    workspace_id: str
    actor: str
    now: datetime
    answer: Answer
    trigger_id: str = ""
    response_url: str = ""

    @property
    def can_open_form(self) -> bool:
        return bool(self.trigger_id)

    async def open_form(self, view: Json, **metadata: str) -> None:
        """Show the modal `view`. `metadata` comes back with what was filled in (`FormContext.metadata`).

        Slack takes the trigger for three seconds: call this before anything slow. Raises Refused where a form cannot
        be opened; ask `can_open_form` first and show a button that opens it instead.
        """
        if not self.can_open_form:
            raise Refused("Slack opens a form only from `/pm` or from a button. Ask me the same with /pm.")
        await self.services.gateway.open_view(self.workspace_id, self.trigger_id, self._with(view, metadata))

    def _with(self, view: Json, metadata: Mapping[str, str]) -> Json:
        """`view` remembering `metadata` and where its answer goes."""
        return limits.view(view | {"private_metadata": json.dumps({"response_url": self.response_url, **metadata})})


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandContext(Context):
    """A request in words: `text` as it was typed, `parts` what followed the command's name (or, where a topic word
    named it, all other words). `channel` is where it was made, `thread_ts` the thread when it was made in one."""

    channel: str
    thread_ts: str | None
    in_dm: bool
    text: str
    parts: tuple[Token, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonContext(Context):
    """A pressed button or a choice from a menu: `action` as Slack sends it, in the whole `payload`."""

    action: Json
    payload: Json

    @property
    def value(self) -> str:
        """What the button carries."""
        return str(self.action.get("value") or "")

    @property
    def chosen(self) -> str:
        """The option, person, day or channel chosen from a menu; "" when the choice was taken back."""
        return chosen(self.action)

    @property
    def row(self) -> int:
        """The row it is about: a button says it in its value, a menu in its block ("risk:12:…", "listed:12").

        Raises Refused when there is none."""
        _kind, _, rest = str(self.action.get("block_id", "")).partition(":")
        return number(self.value or rest.partition(":")[0])

    @property
    def channel(self) -> str:
        """Where it was pressed, "" on the Home tab and in forms."""
        return str((self.payload.get("channel") or {}).get("id", ""))

    def done(self, words: str) -> Card | None:
        """`words` where the message stays as it was (lists, digests: blocks whose id begins with "listed"); nothing
        where a delivery edits the card, which says it then."""
        is_listed = str(self.action.get("block_id", "")).startswith("listed")
        return notice_card(words) if is_listed and self.response_url else None

    async def open_form(self, view: Json, **metadata: str) -> None:
        """Show the modal `view`; on top of the form the button was in, when it was in one."""
        if (self.payload.get("view") or {}).get("type") == "modal":
            gateway = self.services.gateway
            await gateway.push_view(self.workspace_id, self.trigger_id, self._with(view, metadata))
            return
        await Context.open_form(self, view, **metadata)

    async def change_form(self, view: Json, **metadata: str) -> None:
        """Put `view` in the place of the form the button was in."""
        shown = self.payload["view"]
        await self.services.gateway.update_view(self.workspace_id, shown["id"], self._with(view, metadata))


@dataclass(frozen=True, slots=True, kw_only=True)
class FormContext(Context):
    """A submitted form: what was filled in, and what `open_form` was given as `metadata`."""

    fields: Fields
    metadata: Mapping[str, str]


def number(value: str) -> int:
    """A row id or count that one of our own controls carried. Raises Refused when it is none."""
    if not value.isdecimal() or len(value) > 9:
        raise Refused(STALE)
    return int(value)
