"""Every limit Slack sets on what we send, enforced in one place (facts: reference/slack.md, section 1).

Words come from people and may be of any length: they are clipped. Structure comes from our own code: where it is
wrong (an id used twice, too many buttons, an over-long value) BadCard is raised, because cutting it would lose meaning.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from bot.cards import drawing

Node = dict[str, Any]

MESSAGE_TEXT = 4_000
MESSAGE_BLOCKS = 50
# Slack answers msg_blocks_too_long near 13,200 characters in one message.
MESSAGE_CHARACTERS = 12_000
VIEW_BLOCKS = 100
RICH_TEXT = 3_000
TABLE_ROWS, TABLE_COLUMNS, TABLE_CHARACTERS = 100, 20, 10_000
TABLE_CELL = 250  # ours: one cell is not to fill the table
CHART_PARTS, CHART_CATEGORIES, CHART_LABEL = 6, 20, 20
# Slack's own tables and charts, and how many of each a message may hold. Modals and the Home tab take none.
NATIVE = {"table": 1, "data_visualization": 2}

# (kind of node, key) -> most characters of the text object (or, in rich text, the string) found there.
_WORDS = {
    ("header", "text"): 150,
    ("section", "text"): 3_000,
    ("section", "fields"): 2_000,
    ("context", "elements"): 3_000,
    ("button", "text"): 75,
    ("option", "text"): 75,
    ("option", "description"): 75,
    ("confirm", "title"): 100,
    ("confirm", "text"): 300,
    ("confirm", "confirm"): 30,
    ("confirm", "deny"): 30,
    ("input", "label"): 2_000,
    ("input", "hint"): 2_000,
    ("modal", "title"): 24,
    ("modal", "submit"): 24,
    ("modal", "close"): 24,
    ("text", "text"): RICH_TEXT,
    ("link", "text"): RICH_TEXT,
    ("raw_text", "text"): TABLE_CELL,
    ("data_visualization", "title"): 50,
    ("axis_config", "x_label"): 50,
    ("axis_config", "y_label"): 50,
}
_PLACEHOLDER = 150
_IDS = {"block_id": 255, "action_id": 255, "callback_id": 255, "url": 3_000, "private_metadata": 3_000}
_VALUES = {"button": 2_000, "option": 75}
_COUNTS = {
    ("actions", "elements"): 25,
    ("context", "elements"): 10,
    ("section", "fields"): 10,
    ("static_select", "options"): 100,
    ("overflow", "options"): 5,
    ("modal", "blocks"): VIEW_BLOCKS,
    ("table", "rows"): TABLE_ROWS,
    ("table", "column_settings"): TABLE_COLUMNS,
    ("pie", "segments"): CHART_PARTS,
    ("axis_config", "categories"): CHART_CATEGORIES,
}
_TEXT_OBJECTS = ("plain_text", "mrkdwn")
_EMPTY = "–"
_ELLIPSIS = "…"
_NEAR = 20


class BadCard(ValueError):
    """A payload our own code built wrongly. Slack would refuse it; the tests are to find it first."""


def clip(text: str, limit: int) -> str:
    """At most `limit` characters of plain text: cut at a word's end when one is near, an ellipsis where it was cut."""
    return text if len(text) <= limit else _at_word(text[: limit - 1]) + _ELLIPSIS


def clip_markup(text: str, limit: int) -> str:
    """The same for Slack's mrkdwn, never cut inside `<…>` or `&…;`."""
    if len(text) <= limit:
        return text
    # Back to a word's end first: that space may stand inside a token, too.
    cut = _at_word(text[: limit - 1])
    opened = cut.find("<", cut.rfind(">") + 1)
    cut = cut[:opened] if opened >= 0 else cut
    entity = cut.rfind("&")
    if entity > cut.rfind(";") and len(cut) - entity <= len("&amp"):
        cut = cut[:entity]
    return cut.rstrip() + _ELLIPSIS


def _at_word(cut: str) -> str:
    space = cut.rfind(" ")
    return (cut[:space] if space > max(0, len(cut) - _NEAR) else cut).rstrip()


def message_text(text: str) -> str:
    """The top-level text: never empty, at most 4,000 characters."""
    return clip_markup(text.strip(), MESSAGE_TEXT) or _EMPTY


def message_blocks(blocks: list[Node]) -> list[Node]:
    """The blocks of a message within every limit; what does not fit at the end is counted in a last line.

    A table or chart more than Slack takes in one message is drawn as text.
    """
    fitted = [_fit(block, str(block.get("type"))) for block in _drawn_beyond(NATIVE, blocks)]
    _distinct("block_id", fitted)
    total = 0
    for shown, block in enumerate(fitted):
        total += characters(block)
        full = shown == MESSAGE_BLOCKS - 1 and len(fitted) > MESSAGE_BLOCKS
        if full or total > MESSAGE_CHARACTERS:
            return [*fitted[: min(shown, MESSAGE_BLOCKS - 1)], _more()]
    return fitted


def view(payload: Node) -> Node:
    """A modal or Home view within every limit. Home content is cut at 100 blocks; a modal that long is BadCard.
    Tables and charts are drawn as text: Slack takes its own only in messages."""
    payload = {**payload, "blocks": _drawn_beyond({}, payload["blocks"])}
    if payload.get("type") == "home":
        payload["blocks"] = payload["blocks"][:VIEW_BLOCKS]
    fitted = _fit(payload, str(payload.get("type")))
    _distinct("block_id", fitted["blocks"])
    if any(block["type"] == "input" for block in fitted["blocks"]) and payload["type"] == "modal":
        _require(bool(fitted.get("submit")), "a modal with inputs needs a submit label")
    return fitted


def _fit(node: Node, kind: str) -> Node:
    """`node` with its words clipped, its ids and counts checked, and everything inside it likewise."""
    if kind in _NATIVE_CHECKS:
        _NATIVE_CHECKS[kind](node)
    fitted: Node = {}
    for key, value in node.items():
        limit = _PLACEHOLDER if key == "placeholder" else _WORDS.get((kind, key))
        if isinstance(value, str):
            fitted[key] = _string(kind, key, value, limit)
        elif isinstance(value, dict):
            fitted[key] = _child(value, key, limit)
        elif isinstance(value, list):
            _require(len(value) <= _COUNTS.get((kind, key), len(value)), f"too many {key} in {kind}: {len(value)}")
            single = key.removesuffix("s")
            fitted[key] = [_item(item, single, limit) for item in value]
            _distinct("action_id", [item for item in fitted[key] if isinstance(item, dict)])
        else:
            fitted[key] = value
    return fitted


def _item(item: Any, name: str, limit: int | None) -> Any:
    """One thing in a list; a list in a list is a row of table cells."""
    if isinstance(item, list):
        return [_item(cell, name, limit) for cell in item]
    return _child(item, name, limit) if isinstance(item, dict) else item


def _child(node: Node, name: str, limit: int | None) -> Node:
    """A text object is clipped; anything else is a node whose kind is its type, or its place when it has none."""
    if node.get("type") in _TEXT_OBJECTS:
        cut = clip_markup if node["type"] == "mrkdwn" else clip
        return {**node, "text": cut(str(node["text"]), limit or RICH_TEXT) or _EMPTY}
    return _fit(node, str(node.get("type", name)))


def _string(kind: str, key: str, value: str, limit: int | None) -> str:
    if limit is not None:
        return clip(value, limit) or _EMPTY
    most = _VALUES.get(kind) if key == "value" else _IDS.get(key)
    _require(most is None or len(value) <= most, f"{key} of {kind} is {len(value)} characters long, {most} allowed")
    return value


def _drawn_beyond(allowed: Mapping[str, int], blocks: list[Node]) -> list[Node]:
    """`blocks` with every table and chart above the `allowed` number of its kind drawn as text."""
    left = dict(allowed)
    shown = []
    for block in blocks:
        kind = block.get("type", "")
        left[kind] = left.get(kind, 0) - 1
        shown.append(drawing.drawn(block) if kind in NATIVE and left[kind] < 0 else block)
    return shown


def _check_table(block: Node) -> None:
    widths = {len(row) for row in block["rows"]}
    _require(len(widths) == 1 and 1 <= max(widths) <= TABLE_COLUMNS, f"rows of different or wrong length: {widths}")
    _require(characters(block["rows"]) <= TABLE_CHARACTERS, "too many characters in one table")


def _check_pie(chart: Node) -> None:
    parts = chart["segments"]
    _require(bool(parts), "a pie without parts")
    _require(all(0 < part["value"] < math.inf for part in parts), "a part of a pie is more than nothing")
    _check_labels([part["label"] for part in parts])


def _check_axes(chart: Node) -> None:
    categories, lines = chart["axis_config"]["categories"], chart["series"]
    _require(bool(categories) and 1 <= len(lines) <= CHART_PARTS, f"a chart of {len(lines)} series")
    _check_labels(categories)
    _check_labels([line["name"] for line in lines])
    for line in lines:
        _require([point["label"] for point in line["data"]] == categories, "a series needs a value for each category")
        _require(all(math.isfinite(point["value"]) for point in line["data"]), "a value of a chart is a number")


def _check_labels(labels: list[str]) -> None:
    _require(len(labels) == len(set(labels)), f"the same label twice: {labels}")
    _require(all(1 <= len(label) <= CHART_LABEL for label in labels), f"labels have 1 to {CHART_LABEL} characters")


_NATIVE_CHECKS = {
    "table": _check_table, "pie": _check_pie, "bar": _check_axes, "line": _check_axes, "area": _check_axes,
}  # fmt: skip


def _distinct(key: str, nodes: list[Node]) -> None:
    ids = [node[key] for node in nodes if key in node]
    _require(len(ids) == len(set(ids)), f"the same {key} twice: {ids}")


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise BadCard(message)


def characters(node: object) -> int:
    """How many characters of words stand in a block."""
    if isinstance(node, dict):
        return sum(len(v) if k == "text" and isinstance(v, str) else characters(v) for k, v in node.items())
    return sum(characters(item) for item in node) if isinstance(node, list) else 0


def _more() -> Node:
    words = "There is more than one message can hold. Ask for one partner or account to see the rest."
    return {"type": "context", "elements": [{"type": "plain_text", "text": words, "emoji": False}]}
