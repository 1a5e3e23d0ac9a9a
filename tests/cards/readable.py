"""A card as lines of text, for snapshots: `| ` marks a quote, `[…]` a control, `<…>` a moment in UTC."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from bot.cards.card import Card
from sandbox.blocks import validate

Node = dict[str, Any]


def readable(card: Card) -> str:
    """The card's lines; asserts first that Slack (as the sandbox checks it) would take it."""
    assert validate(card.blocks, "message") == []
    return "\n".join(line.rstrip() for block in card.blocks for line in _block(block))


def words(node: object) -> Iterator[Node]:
    """Every node of a payload, however deep."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from words(value)
    elif isinstance(node, list):
        for item in node:
            yield from words(item)


def _block(block: Node) -> Iterator[str]:
    kind = block["type"]
    if kind == "header":
        yield f"# {block['text']['text']}"
    elif kind == "context":
        yield "~ " + " · ".join(element["text"] for element in block["elements"])
    elif kind == "actions":
        yield " ".join(_control(element) for element in block["elements"])
    elif kind == "rich_text":
        for part in block["elements"]:
            yield from _part(part)
    else:
        raise AssertionError(f"our cards have no {kind}")


def _part(part: Node) -> Iterator[str]:
    if part["type"] == "rich_text_list":
        for item in part["elements"]:
            yield "- " + "".join(_inline(element) for element in item["elements"])
        return
    mark = "| " if part["type"] == "rich_text_quote" else ""
    for line in "".join(_inline(element) for element in part["elements"]).split("\n"):
        yield mark + line


def _inline(element: Node) -> str:
    kind = element["type"]
    if kind == "date":
        return f"<{datetime.fromtimestamp(element['timestamp'], UTC):%a %d %b %H:%M}>"
    if kind == "link":
        return f"{element['text']} -> {element['url']}"
    if kind == "channel":
        return f"#{element['channel_id']}"
    assert kind == "text", kind
    return str(element["text"])


def _control(element: Node) -> str:
    if element["type"] == "button":
        mark = "*" if element.get("style") == "primary" else ""
        return f"[{mark}{element['text']['text']}{mark}]"
    options = ": " + " / ".join(o["text"]["text"] for o in element["options"]) if "options" in element else ""
    return f"[{element.get('placeholder', {}).get('text', '…')}{options}]"
