"""Slack's Block Kit limits, each at its edge."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.blocks import validate, validate_view
from tests.sandbox.support import SECTION, button


def _plain(length: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": "x" * length}


def _mrkdwn(length: int) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": "x" * length}


def _options(count: int) -> list[dict[str, Any]]:
    return [{"text": _plain(1), "value": str(n)} for n in range(count)]


def _actions(*elements: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"type": "actions", "elements": list(elements)}]


def _select(count: int) -> dict[str, Any]:
    return {"type": "static_select", "action_id": "s", "options": _options(count)}


def _confirmed(title: int) -> dict[str, Any]:
    confirm = {"title": _plain(title), "text": _plain(300), "confirm": _plain(30), "deny": _plain(30)}
    return button("a", "x", "1") | {"confirm": confirm}


def _table(rows: int, cells: int = 1, text: str = "x", **more: Any) -> list[dict[str, Any]]:
    row = [{"type": "raw_text", "text": text}] * cells
    return [{"type": "table", "rows": [row] * rows} | more]


def _pie(count: int, *, title: str = "x", label: int = 1, value: float = 1) -> list[dict[str, Any]]:
    segments = [{"label": str(n) * label, "value": value} for n in range(count)]
    return [{"type": "data_visualization", "title": title, "chart": {"type": "pie", "segments": segments}}]


def _bar(names: str, categories: list[str], **more: Any) -> list[dict[str, Any]]:
    data = [{"label": category, "value": -1.5} for category in categories]
    series = [{"name": name, "data": data} for name in names]
    chart = {"type": "bar", "series": series, "axis_config": {"categories": categories}} | more
    return [{"type": "data_visualization", "title": "x", "chart": chart}]


EDGES: dict[str, tuple[Any, Any]] = {
    "50 blocks": ([SECTION] * 50, [SECTION] * 51),
    "section text 3000": (
        [{"type": "section", "text": _mrkdwn(3000)}],
        [{"type": "section", "text": _mrkdwn(3001)}],
    ),
    "text not empty": ([{"type": "section", "text": _mrkdwn(1)}], [{"type": "section", "text": _mrkdwn(0)}]),
    "10 fields": (
        [{"type": "section", "fields": [_mrkdwn(2000)] * 10}],
        [{"type": "section", "fields": [_mrkdwn(1)] * 11}],
    ),
    "field 2000": (
        [{"type": "section", "fields": [_mrkdwn(2000)]}],
        [{"type": "section", "fields": [_mrkdwn(2001)]}],
    ),
    "section needs text": ([SECTION], [{"type": "section"}]),
    "header 150": ([{"type": "header", "text": _plain(150)}], [{"type": "header", "text": _plain(151)}]),
    "header plain": ([{"type": "header", "text": _plain(1)}], [{"type": "header", "text": _mrkdwn(1)}]),
    "10 in context": (
        [{"type": "context", "elements": [_mrkdwn(1)] * 10}],
        [{"type": "context", "elements": [_mrkdwn(1)] * 11}],
    ),
    "25 actions": (
        _actions(*(button(f"a{n}", "x", "1") for n in range(25))),
        _actions(*(button(f"a{n}", "x", "1") for n in range(26))),
    ),
    "actions not empty": (_actions(button("a", "x", "1")), _actions()),
    "button text 75": (_actions(button("a", "x" * 75, "1")), _actions(button("a", "x" * 76, "1"))),
    "button value 2000": (_actions(button("a", "x", "v" * 2000)), _actions(button("a", "x", "v" * 2001))),
    "action_id 255": (_actions(button("a" * 255, "x", "1")), _actions(button("a" * 256, "x", "1"))),
    "action_id unique": (
        _actions(button("a", "x", "1"), button("b", "x", "1")),
        _actions(button("a", "x", "1"), button("a", "x", "2")),
    ),
    "block_id unique": (
        [SECTION | {"block_id": "1"}, SECTION | {"block_id": "2"}],
        [SECTION | {"block_id": "1"}] * 2,
    ),
    "style": (
        _actions(button("a", "x", "1") | {"style": "danger"}),
        _actions(button("a", "x", "1") | {"style": "red"}),
    ),
    "url": (
        _actions(button("a", "x", "1") | {"url": "https://x.example"}),
        _actions(button("a", "x", "1") | {"url": "javascript:alert(1)"}),
    ),
    "100 options": (_actions(_select(100)), _actions(_select(101))),
    "5 in overflow": (
        _actions({"type": "overflow", "action_id": "o", "options": _options(5)}),
        _actions({"type": "overflow", "action_id": "o", "options": _options(6)}),
    ),
    "option values differ": (
        _actions(_select(2)),
        _actions({"type": "static_select", "action_id": "s", "options": _options(1) * 2}),
    ),
    "confirm title 100": (
        _actions(_confirmed(100)),
        _actions(_confirmed(101)),
    ),
    "markdown 12000 in all": (
        [{"type": "markdown", "text": "x" * 6000}] * 2,
        [{"type": "markdown", "text": "x" * 6000}, {"type": "markdown", "text": "x" * 6001}],
    ),
    "one table": (_table(1), _table(1) * 2),
    "100 rows": (_table(100), _table(101)),
    "20 cells": (_table(1, 20), _table(1, 21)),
    "a cell has words": (_table(1, text="x"), _table(1, text="")),
    "10000 characters in a table": (_table(10, 10, "x" * 100), _table(10, 10, "x" * 101)),
    "columns are aligned": (
        _table(1, column_settings=[{"align": "right", "is_wrapped": True}]),
        _table(1, column_settings=[{"align": "justify"}]),
    ),
    "a cell is text": (_table(1), [{"type": "table", "rows": [["x"]]}]),
    "two charts": (_pie(1) * 2, _pie(1) * 3),
    "a chart's title": (_pie(1, title="x" * 50), _pie(1, title="x" * 51)),
    "a chart has a title": (_pie(1), _pie(1, title="")),
    "6 parts": (_pie(6), _pie(7)),
    "a part has a name": (_pie(1, label=20), _pie(1, label=21)),
    "a part is something": (_pie(1, value=0.1), _pie(1, value=0)),
    "a part is a number": (_pie(1), _pie(1, value=float("nan"))),
    "6 series": (_bar("abcdef", ["Q1"]), _bar("abcdefg", ["Q1"])),
    "series differ": (_bar("ab", ["Q1"]), _bar("aa", ["Q1"])),
    "20 categories": (_bar("a", [str(n) for n in range(20)]), _bar("a", [str(n) for n in range(21)])),
    "a point for each category": (
        _bar("a", ["Q1", "Q2"]),
        _bar("a", ["Q1", "Q2"], axis_config={"categories": ["Q1", "Q3"]}),
    ),
    "a chart has axes": (_bar("a", ["Q1"]), _bar("a", ["Q1"], axis_config=None)),
    "a chart Slack knows": (_bar("a", ["Q1"], type="area"), _bar("a", ["Q1"], type="scatter")),
    "known type": ([{"type": "divider"}], [{"type": "divide"}]),
    "no stray property": ([{"type": "divider"}], [{"type": "divider", "text": "x"}]),
    "image alt": (
        [{"type": "image", "image_url": "https://x.example/a.png", "alt_text": "x"}],
        [{"type": "image", "image_url": "https://x.example/a.png"}],
    ),
    "a list": ([], "nope"),
}  # fmt: skip


@pytest.mark.parametrize("name", EDGES)
def test_at_the_edge_and_one_past_it(name: str) -> None:
    good, bad = EDGES[name]
    assert validate(good, "message") == []
    problems = validate(bad, "message")
    assert problems
    assert all(p.startswith("[ERROR] ") and "[json-pointer:/blocks" in p for p in problems)


def test_the_pointer_leads_to_the_field() -> None:
    [problem] = validate([{"type": "divider"}, {"type": "section", "text": _mrkdwn(3001)}], "message")
    assert problem == "[ERROR] must be less than 3001 characters [json-pointer:/blocks/1/text/text]"


def _modal(**changes: Any) -> dict[str, Any]:
    return {"type": "modal", "title": _plain(24), "blocks": [SECTION]} | changes


INPUT = {"type": "input", "label": _plain(1), "element": {"type": "plain_text_input", "action_id": "t"}}


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (_modal(), _modal(title=_plain(25))),
        (_modal(), {"type": "modal", "blocks": [SECTION]}),
        (_modal(private_metadata="x" * 3000), _modal(private_metadata="x" * 3001)),
        (_modal(blocks=[SECTION] * 100), _modal(blocks=[SECTION] * 101)),
        (_modal(blocks=[INPUT], submit=_plain(24)), _modal(blocks=[INPUT])),
        (_modal(), _modal(colour="red")),
        (_modal(), _modal(blocks=[{"type": "markdown", "text": "x"}])),
        ({"type": "home", "blocks": [SECTION]}, {"type": "home", "blocks": [{"type": "nope"}]}),
    ],
)
def test_views(good: dict[str, Any], bad: dict[str, Any]) -> None:
    assert validate_view(good) == []
    assert validate_view(bad)


@pytest.mark.parametrize("block", [_table(1)[0], _pie(1)[0]], ids=["table", "chart"])
def test_tables_and_charts_live_in_messages_only(block: dict[str, Any]) -> None:
    assert validate([block], "message") == []
    assert validate_view({"type": "home", "blocks": [block]})
    assert validate_view({"type": "modal", "title": _plain(1), "blocks": [block]})
