"""The method table against the method pages, where these are at hand."""

from __future__ import annotations

import json
import re

import pytest

from sandbox.methods import METHODS
from sandbox.server import HANDLERS
from tests.sandbox.support import SPECS

# agent_view prompts are set without a thread (bolt docs, adding agent features); the page is older than that.
OPTIONAL_NOW = {("assistant.threads.setSuggestedPrompts", "thread_ts")}


def test_every_method_in_the_table_is_served() -> None:
    assert set(METHODS) == set(HANDLERS)


@pytest.mark.parametrize("method", METHODS)
def test_required_arguments_tier_and_scope_are_those_of_the_page(method: str) -> None:
    path = SPECS / "methods" / f"{method}.json"
    if not path.exists():
        pytest.skip("no page for this method")
    page = json.loads(path.read_text())
    spec = METHODS[method]
    required = {name for name, argument in page["args"].items() if argument["required"]}
    assert set(spec.required) == required - {name for m, name in OPTIONAL_NOW if m == method}
    tier = re.search(r"Tier (\d)", page["rate_limit"]["label"])
    assert spec.tier == (int(tier[1]) if tier else 0)
    scopes = {scope["name"] for scope in page["scopes"].get("bot", [])}
    assert not spec.scope or spec.scope.format(kind="channels") in scopes
