"""What forms are made of: a modal and its labelled fields."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.blocks import Node, plain


def modal(callback_id: str, title: str, submit: str, blocks: Sequence[Node]) -> Node:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title),
        "submit": plain(submit),
        "close": plain("Cancel"),
        "blocks": list(blocks),
    }


def field(block_id: str, label: str, element: Node, *, optional: bool = False, hint: str = "") -> Node:
    """One input; what is filled in is found under `block_id`."""
    made: Node = {"type": "input", "block_id": block_id, "label": plain(label), "element": element}
    return made | ({"optional": True} if optional else {}) | ({"hint": plain(hint)} if hint else {})


def words(longest: int = 300, *, multiline: bool = False) -> Node:
    """The element to type into."""
    return {"type": "plain_text_input", "action_id": "words", "multiline": multiline, "max_length": longest}
