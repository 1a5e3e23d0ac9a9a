"""The one thing the gateway posts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.cards import limits

Scalar = str | int | bool
SENT_TO_DM = "I sent it to you by direct message."  # the answer where an answer cannot carry a file


@dataclass(frozen=True, slots=True)
class Attachment:
    """A small file in the thread of a posted card. `name` is unique in that thread: a repeat after a crash looks for
    it there.

    `build` makes the bytes when the card is sent: from plain data, in a thread of its own, outside any unit of work.
    """

    name: str
    title: str
    build: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Card:
    """A message: `text` is what notifications and screen readers get (Slack mrkdwn, escaped), `blocks` what is seen.

    Both are brought within Slack's limits when the card is made: words are clipped, a wrong structure raises
    limits.BadCard. `event_type` and `event_payload` become message metadata; the gateway adds the delivery key.
    `attachment` goes with deliveries into a person's DM only.
    """

    text: str
    blocks: list[dict[str, Any]] = field(default_factory=list)
    event_type: str = "partnerdesk_delivery"
    event_payload: dict[str, Scalar] = field(default_factory=dict)
    attachment: Attachment | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", limits.message_text(self.text))
        object.__setattr__(self, "blocks", limits.message_blocks(self.blocks))
