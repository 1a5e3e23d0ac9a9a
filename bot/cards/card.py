"""The one thing the gateway posts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.cards import limits

Scalar = str | int | bool


@dataclass(frozen=True, slots=True)
class Card:
    """A message: `text` is what notifications and screen readers get (Slack mrkdwn, escaped), `blocks` what is seen.

    Both are brought within Slack's limits when the card is made: words are clipped, a wrong structure raises
    limits.BadCard. `event_type` and `event_payload` become message metadata; the gateway adds the delivery key.
    """

    text: str
    blocks: list[dict[str, Any]] = field(default_factory=list)
    event_type: str = "partnerdesk_delivery"
    event_payload: dict[str, Scalar] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", limits.message_text(self.text))
        object.__setattr__(self, "blocks", limits.message_blocks(self.blocks))
