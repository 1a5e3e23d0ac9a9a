"""The manifest is what Slack accepts and exactly what the program does."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot import manifest
from bot.manifest import METHOD_SCOPES, Registered, check
from handlers.table import REGISTERED

ROOT = Path(__file__).parents[1]
MANIFEST = ROOT / "manifest.yml"
SPECS = ROOT.parent / "shared" / "specs" / "slack"
_METHOD = re.compile(
    r'"((?:apps|auth|chat|conversations|reactions|team|users|views|canvases|pins|bookmarks|files|assistant|agents)\.[a-zA-Z.]+)"'
)


def _called() -> frozenset[str]:
    """Every Web API method named in bot/slack, save for what is called with the app token."""
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "bot" / "slack").glob("*.py"))
    return frozenset(name for source in sources for name in _METHOD.findall(source)) - {"apps.connections.open"}


def test_the_manifest_is_what_the_program_does() -> None:
    assert {"chat.postMessage", "conversations.info"} <= REGISTERED.methods
    assert check(MANIFEST, REGISTERED) == []


def test_the_scopes_of_every_call_are_written_down_and_of_no_other() -> None:
    assert METHOD_SCOPES.keys() == _called()


def test_slacks_schema_accepts_it() -> None:
    path = SPECS / "manifest" / "manifest.schema.2.0.0.json"
    if not path.exists():
        pytest.skip(f"no {path}")
    schema = json.loads(path.read_text(encoding="utf-8"))
    errors = jsonschema.Draft7Validator(schema).iter_errors(yaml.safe_load(MANIFEST.read_text(encoding="utf-8")))
    assert [f"{list(error.path)}: {error.message}" for error in errors] == []


@pytest.mark.parametrize("method", sorted(METHOD_SCOPES))
def test_the_scopes_are_those_slack_documents(method: str) -> None:
    path = SPECS / "methods" / f"{method}.json"
    if not path.exists():
        pytest.skip(f"no {path}")
    documented = {scope["name"] for scope in json.loads(path.read_text(encoding="utf-8"))["scopes"].get("bot", ())}
    assert METHOD_SCOPES[method] <= documented
    assert bool(METHOD_SCOPES[method]) == bool(documented)


def _changed(tmp_path: Path, old: str, new: str) -> list[str]:
    text = MANIFEST.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "manifest.yml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return [problem.removeprefix(f"{path}: ") for problem in check(path, REGISTERED)]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("      - reaction_added\n", "", "the event reaction_added is used but not declared"),
        (
            "      - reaction_added\n",
            "      - reaction_added\n      - pin_added\n",
            "the event pin_added is declared but",
        ),
        ("      - message.mpim\n", "", "the event message.mpim is used but not declared"),
        ("      - im:write ", "      - im:writ ", "the scope im:write is used but not declared"),
        ("      - commands ", "      - admin\n      - commands ", "the scope admin is declared but not used"),
        ("      - files:write ", "      - files:writ ", "the scope files:write is used but not declared"),
        ("      - files:write\n", "", "the optional scope files:write is used but not declared"),
        (
            "    bot_optional: ",
            "    bot_optional:\n      - im:write\n    bot_extra: ",
            "the optional scope im:write is declared but not used",
        ),
        ("command: /pm", "command: /partner", "the slash command /pm is used but not declared"),
        ("callback_id: flag_risk", "callback_id: flag", "the shortcut flag_risk is used but not declared"),
        ("should_escape: true", "should_escape: false", "/pm needs should_escape"),
        ("    is_enabled: true", "    is_enabled: false", "settings.interactivity.is_enabled must be true"),
        ("socket_mode_enabled: true", "socket_mode_enabled: false", "settings.socket_mode_enabled must be true"),
    ],
)
def test_every_difference_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert any(problem.startswith(told) for problem in _changed(tmp_path, old, new))


def test_a_new_call_must_say_its_scopes() -> None:
    more = Registered(REGISTERED.commands, REGISTERED.shortcuts, frozenset({"x"}), frozenset({"pins.add"}))
    told = "\n".join(check(MANIFEST, more))
    assert "which scopes pins.add needs" in told
    assert "which scopes x needs" in told


@pytest.mark.parametrize("content", ["- a", "a: [", "{}"])
def test_what_is_no_manifest(tmp_path: Path, content: str) -> None:
    path = tmp_path / "manifest.yml"
    path.write_text(content, encoding="utf-8")
    assert check(path, REGISTERED)


def test_scopes_are_asked_for_with_the_optional_ones() -> None:
    body: dict[str, Any] = {"oauth_config": {"scopes": {"bot": ["a", "b"], "bot_optional": ["b"]}}}
    assert manifest.scopes(body) == {"a", "b"}
    assert manifest.optional_scopes(body) == {"b"}
    assert manifest.optional_scopes({"oauth_config": {"scopes": {"bot": ["a"]}}}) == set()


def test_what_may_be_left_out_is_said_for_each_optional_scope() -> None:
    assert manifest.OPTIONAL.keys() == manifest.optional_scopes(manifest.read_manifest(MANIFEST))
