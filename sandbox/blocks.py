"""Slack's side of Block Kit: which blocks are accepted, and the words of the refusal.

Limits: @slack/types 3.2.0 JSDoc and docs.slack.dev block pages. Written apart from the bot's own validator on
purpose, so that a mistake in one is caught by the other. A problem reads like Slack's own:
`[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Literal

from sandbox.blocks_schema import BLOCKS, CLOSED, ELEMENTS, Array, Composite, Options, Rule, Text

Surface = Literal["message", "modal", "home"]
MOST_BLOCKS: dict[str, int] = {"message": 50, "modal": 100, "home": 100}
MARKDOWN_TOTAL = 12_000
TABLE_TOTAL = 10_000  # characters in all cells of a message (docs table block)
MESSAGE_ONLY = ("markdown", "table", "data_table", "data_visualization", "context_actions", "task_card", "plan")
ONE_PER_MESSAGE = {"table": 1, "data_visualization": 2}
VIEW_FIELDS = {
    "type", "title", "blocks", "submit", "close", "private_metadata", "callback_id", "external_id",
    "clear_on_close", "notify_on_close", "submit_disabled",
}  # fmt: skip
TEXT_FIELDS = {"mrkdwn": {"type", "text", "verbatim"}, "plain_text": {"type", "text", "emoji"}}
URL = re.compile(r"(https?|mailto|slack|tel):")


def validate(blocks: Any, surface: Surface) -> list[str]:
    """Every problem of a list of blocks on a surface; empty when Slack would take it."""
    return _Checker(surface).blocks(blocks, "/blocks")


def validate_view(view: dict[str, Any]) -> list[str]:
    """Every problem of a modal or home view."""
    surface: Surface = "home" if view.get("type") == "home" else "modal"
    checker = _Checker(surface)
    for name in sorted(set(view) - VIEW_FIELDS):
        checker.problem(f"invalid additional property: {name}", "/view")
    if surface == "modal":
        for name in ("title", "submit", "close"):
            if view.get(name) is not None or name == "title":
                checker.text(view.get(name), f"/view/{name}", Text(24, "plain_text"))
    checker.string(view.get("private_metadata", ""), "/view/private_metadata", 3000, 0)
    checker.string(view.get("callback_id", ""), "/view/callback_id", 255, 0)
    checker.blocks(view.get("blocks"), "/view/blocks")
    has_input = any(isinstance(b, dict) and b.get("type") == "input" for b in view.get("blocks") or [])
    if surface == "modal" and has_input and not view.get("submit"):
        checker.problem("missing required field: submit", "/view")
    return checker.problems


class _Checker:
    """Walks blocks with the tables of blocks_schema and collects problems."""

    def __init__(self, surface: Surface) -> None:
        self.surface = surface
        self.problems: list[str] = []

    def problem(self, what: str, pointer: str) -> None:
        self.problems.append(f"[ERROR] {what} [json-pointer:{pointer}]")

    def blocks(self, blocks: Any, pointer: str) -> list[str]:
        if not isinstance(blocks, list):
            self.problem("must be an array", pointer)
            return self.problems
        if len(blocks) > MOST_BLOCKS[self.surface]:
            self.problem(f"no more than {MOST_BLOCKS[self.surface]} items allowed", pointer)
        for index, block in enumerate(blocks):
            self._block(block, f"{pointer}/{index}")
        good = [b for b in blocks if isinstance(b, dict)]
        ids = [b["block_id"] for b in good if b.get("block_id")]
        if len(set(map(str, ids))) != len(ids):
            self.problem("block_id must be unique", pointer)
        for kind, most in ONE_PER_MESSAGE.items():
            if sum(b.get("type") == kind for b in good) > most:
                self.problem(f"no more than {most} {kind} block allowed", pointer)
        cells = [c for b in good if b.get("type") == "table" for row in _list(b.get("rows")) for c in _list(row)]
        if sum(map(_cell_length, cells)) > TABLE_TOTAL:
            self.problem(f"table cells must be less than {TABLE_TOTAL + 1} characters in total", pointer)
        markdown = sum(len(str(b.get("text", ""))) for b in good if b.get("type") == "markdown")
        if markdown > MARKDOWN_TOTAL:
            self.problem(f"markdown must be less than {MARKDOWN_TOTAL + 1} characters in total", pointer)
        return self.problems

    def _block(self, block: Any, pointer: str) -> None:
        kind = block.get("type") if isinstance(block, dict) else None
        if kind not in BLOCKS or (kind in MESSAGE_ONLY and self.surface != "message"):
            self.problem(f"unsupported type: {kind}", f"{pointer}/type")
            return
        before = len(self.problems)
        self._object(block, pointer, kind, BLOCKS[kind])
        if kind == "section" and not (block.get("text") or block.get("fields")):
            self.problem("missing required field: text or fields", pointer)
        if kind == "image" and not (block.get("image_url") or block.get("slack_file")):
            self.problem("missing required field: image_url", pointer)
        if kind == "data_visualization" and len(self.problems) == before:
            self._chart(block["chart"], f"{pointer}/chart")
        self._unique_actions(block, pointer)

    def _chart(self, chart: dict[str, Any], pointer: str) -> None:
        """How the parts of a chart (each of them well-formed) fit together."""
        if chart["type"] == "pie":
            if any(segment["value"] <= 0 for segment in chart["segments"]):
                self.problem("must be more than 0", f"{pointer}/segments")
            return
        categories = chart["axis_config"]["categories"]
        names = [series["name"] for series in chart["series"]]
        if len(set(names)) != len(names):
            self.problem("series names must be unique", f"{pointer}/series")
        for index, series in enumerate(chart["series"]):
            if sorted(point["label"] for point in series["data"]) != sorted(set(categories)):
                self.problem("must have one data point for each category", f"{pointer}/series/{index}/data")

    def _object(self, value: dict[str, Any], pointer: str, kind: str, rules: dict[str, Rule]) -> None:
        """Check one object against its table: required, known and well-formed fields."""
        for name, rule in rules.items():
            if rule.required and value.get(name) is None:
                self.problem(f"missing required field: {name}", pointer)
        for name, item in value.items():
            if name in ("type", "block_id", "action_id"):
                if name != "type":
                    self.string(item, f"{pointer}/{name}", 255, 1)
            elif name in rules:
                if item is not None:
                    self._rule(item, f"{pointer}/{name}", rules[name])
            elif kind in CLOSED:
                self.problem(f"invalid additional property: {name}", pointer)

    def _rule(self, value: Any, pointer: str, rule: Rule) -> None:
        check: dict[type[Rule], Callable[[Any, str, Any], None]] = {
            Text: self.text,
            Array: self._array,
            Options: self._options,
            Composite: self._composite,
        }
        if type(rule) in check:
            check[type(rule)](value, pointer, rule)
        elif rule.kind == "string":
            self.string(value, pointer, rule.most, rule.least)
        elif rule.kind == "url":
            self.string(value, pointer, rule.most, rule.least)
            if isinstance(value, str) and not URL.match(value):
                self.problem("invalid url", pointer)
        elif rule.kind == "number" and (isinstance(value, bool) or not isinstance(value, int | float)):
            self.problem("must be a number", pointer)
        elif rule.kind == "number" and not rule.least <= value <= rule.most:
            self.problem(f"must be between {rule.least} and {rule.most}", pointer)
        elif rule.kind == "boolean" and not isinstance(value, bool):
            self.problem("must be a boolean", pointer)
        elif rule.choices and value not in rule.choices:
            self.problem(f"value must be one of {', '.join(rule.choices)}", pointer)

    def string(self, value: Any, pointer: str, most: int, least: int) -> None:
        if not isinstance(value, str):
            self.problem("must be a string", pointer)
        elif len(value) > most:
            self.problem(f"must be less than {most + 1} characters", pointer)
        elif len(value) < least:
            self.problem(f"must be more than {least - 1} characters", pointer)

    def text(self, value: Any, pointer: str, rule: Text) -> None:
        if not isinstance(value, dict):
            self.problem("must provide an object", pointer)
            return
        kind = value.get("type")
        if kind not in TEXT_FIELDS or (rule.only and kind != rule.only):
            self.problem(f"unsupported type: {kind}", f"{pointer}/type")
            return
        for name in sorted(set(value) - TEXT_FIELDS[kind]):
            self.problem(f"invalid additional property: {name}", pointer)
        self.string(value.get("text"), f"{pointer}/text", rule.most, 1)

    def _array(self, value: Any, pointer: str, rule: Array) -> None:
        if not isinstance(value, list):
            self.problem("must be an array", pointer)
            return
        if len(value) > rule.most:
            self.problem(f"no more than {rule.most} items allowed", pointer)
        if len(value) < rule.least:
            self.problem(f"no fewer than {rule.least} items allowed", pointer)
        if rule.each is not None:
            for index, item in enumerate(value):
                self._rule(item, f"{pointer}/{index}", rule.each)

    def _options(self, value: Any, pointer: str, rule: Options) -> None:
        self._array(value, pointer, Array(rule.most, 1, each=Composite(("option",))))
        if isinstance(value, list):
            values = [str(option.get("value")) for option in value if isinstance(option, dict)]
            if len(set(values)) != len(values):
                self.problem("option values must be unique", pointer)

    def _composite(self, value: Any, pointer: str, rule: Composite) -> None:
        """An element or object whose type must be one of `rule.types`; option, confirm and the like carry no type."""
        if not isinstance(value, dict):
            self.problem("must provide an object", pointer)
            return
        kind = rule.types[0] if len(rule.types) == 1 and rule.types[0] not in BLOCKS else value.get("type")
        if kind not in rule.types:
            self.problem(f"unsupported type: {kind}", f"{pointer}/type")
        elif kind in BLOCKS and kind not in ELEMENTS:
            self._block(value, pointer)
        else:
            self._object(value, pointer, kind, ELEMENTS[kind])

    def _unique_actions(self, block: dict[str, Any], pointer: str) -> None:
        elements = block.get("elements")
        if isinstance(elements, list):
            ids = [e["action_id"] for e in elements if isinstance(e, dict) and e.get("action_id")]
            if len(set(map(str, ids))) != len(ids):
                self.problem("action_id must be unique in its block", f"{pointer}/elements")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _cell_length(node: Any) -> int:
    """Characters of a table cell, rich text in it included."""
    if isinstance(node, dict):
        return sum(len(v) if k == "text" and isinstance(v, str) else _cell_length(v) for k, v in node.items())
    return sum(map(_cell_length, _list(node)))
