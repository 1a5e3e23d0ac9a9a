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
    "one table": (
        [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}],
        [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}] * 2,
    ),
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
