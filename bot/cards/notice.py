"""Our own plain words, with buttons when there is a next step."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import text
from bot.cards.blocks import Node, actions, bold, button, footer, line, rich
from bot.cards.card import Card

_MOST = 10


def notice_card(words: str) -> Card:
    return Card(text=text.own(words, 3_000), blocks=[rich(line(words))])


def choice_card(words: str, requests: Sequence[str], labels: Sequence[str] = ()) -> Card:
    """A sentence and up to ten buttons, each of which makes the request written on it, or the one at its place when
    there are `labels`."""
    more = len(requests) - _MOST
    rest = [line(f"These are the first {_MOST}; {more} more fit. To name another, type the request in full.")]
    blocks = [rich(line(words), *(rest if more > 0 else [])), *request_buttons(requests, labels)]
    return Card(text=text.own(words, 3_000), blocks=blocks)


def request_buttons(requests: Sequence[str], labels: Sequence[str] = ()) -> list[Node]:
    """Buttons that run a request as if the person had typed it; none for an empty list."""
    pairs = list(zip(labels or requests, requests, strict=True))[:_MOST]
    made = [request_button(label, r, n) for n, (label, r) in enumerate(pairs) if len(r) <= 2_000]
    return [actions(made)] if made else []


def confirm_card(lines: Sequence[str], proposal_id: int, yes: str = "Start", no: str = "Cancel") -> Card:
    """What exactly happens when `yes` is pressed, in plain words, the first line in bold, and the two buttons."""
    question, *others = lines
    value = str(proposal_id)
    approve = button(yes, "proposal_approve", value, style="primary")
    decline = button(no, "proposal_decline", value)
    return Card(
        text=text.own(" ".join(lines), 3_000),
        blocks=[
            rich(line(bold(question)), *map(line, others)),
            actions([approve, decline], f"request:{value}"),
            footer(f"Nothing is done until you press {yes}."),
        ],
    )


def request_button(label: str, request: str, number: int = 0) -> Node:
    """A button that makes `request`; `number` tells it from others beside it."""
    return button(label, f"request_{number}", request)
