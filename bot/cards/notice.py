"""Our own plain words, with buttons when there is a next step."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import text
from bot.cards.blocks import Node, actions, button, line, rich
from bot.cards.card import Card


def notice_card(words: str) -> Card:
    return Card(text=text.own(words, 3_000), blocks=[rich(line(words))])


def choice_card(words: str, requests: Sequence[str]) -> Card:
    """A sentence and up to ten buttons, each of which makes the request written on it."""
    return Card(text=text.own(words, 3_000), blocks=[rich(line(words)), *request_buttons(requests)])


def request_buttons(requests: Sequence[str]) -> list[Node]:
    """Buttons that run a request as if the person had typed it; none for an empty list."""
    made = [request_button(r, r, n) for n, r in enumerate(requests[:10]) if len(r) <= 2_000]
    return [actions(made)] if made else []


def request_button(label: str, request: str, number: int = 0) -> Node:
    """A button that makes `request`; `number` tells it from others beside it."""
    return button(label, f"request_{number}", request)
