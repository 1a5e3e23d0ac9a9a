"""The few Block Kit pieces our cards are made of. No mrkdwn: every word is plain_text or a rich_text element."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from bot.cards.text import clean, local

Node = dict[str, Any]
Piece = Node | str


def header(words: str) -> Node:
    return {"type": "header", "text": plain(words)}


def plain(words: str) -> Node:
    """A plain_text object; emoji codes in it stay letters."""
    return {"type": "plain_text", "text": clean(words), "emoji": False}


def footer(*lines: str) -> Node:
    """Small print, one element for each line that has words."""
    return {"type": "context", "elements": [plain(line) for line in lines if line]}


def rich(*parts: Node) -> Node:
    """A rich_text block of lines, quotes and lists."""
    return {"type": "rich_text", "elements": list(parts)}


def line(*elements: Piece) -> Node:
    """One paragraph; a plain string is a text element."""
    return {"type": "rich_text_section", "elements": _elements(elements)}


def quote(words: str) -> Node:
    """Somebody's exact words."""
    return {"type": "rich_text_quote", "elements": _elements((words,))}


def bullets(*lines: Sequence[Piece]) -> Node:
    return {"type": "rich_text_list", "style": "bullet", "elements": [line(*elements) for elements in lines]}


def bold(words: str) -> Node:
    return {"type": "text", "text": clean(words), "style": {"bold": True}}


def code(words: str) -> Node:
    return {"type": "text", "text": clean(words), "style": {"code": True}}


def when(moment: datetime, *, near: bool = True) -> Node:
    """A moment that every reader sees in their own zone; `near` says "today" and "tomorrow" for the days around it."""
    return {
        "type": "date",
        "timestamp": int(moment.timestamp()),
        "format": "{date_short_pretty} at {time}" if near else "{date_short} at {time}",
        "fallback": local(moment, "UTC"),
    }


def link(url: str, words: str) -> Node:
    return {"type": "link", "url": url, "text": words}


def actions(elements: Sequence[Node], block_id: str = "") -> Node:
    block: Node = {"type": "actions", "elements": list(elements)}
    return block | ({"block_id": block_id} if block_id else {})


def button(words: str, action_id: str, value: str, *, style: str = "", confirm: Node | None = None) -> Node:
    made: Node = {"type": "button", "action_id": action_id, "text": plain(words), "value": value}
    return made | ({"style": style} if style else {}) | ({"confirm": confirm} if confirm else {})


def confirmation(title: str, words: str, yes: str, no: str = "Cancel") -> Node:
    return {"title": plain(title), "text": plain(words), "confirm": plain(yes), "deny": plain(no)}


def option(words: str, value: str) -> Node:
    return {"text": plain(words), "value": value}


def spoken(elements: Sequence[Piece], zone: str) -> str:
    """The same line for a notification or a screen reader, with moments in the reader's IANA zone."""
    return "".join(_spoken(element, zone) for element in elements)


def _spoken(element: Piece, zone: str) -> str:
    if isinstance(element, str):
        return element
    if element["type"] == "date":
        return local(datetime.fromtimestamp(element["timestamp"], UTC), zone)
    return str(element.get("text", ""))


def _elements(elements: Sequence[Piece]) -> list[Node]:
    made = [{"type": "text", "text": clean(e)} if isinstance(e, str) else e for e in elements]
    return [e for e in made if e.get("text") != ""]
