"""The doctor against a Slack on loopback and real databases: what is well, and the fix for what is not."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import doctor, manifest
from bot.desk import book as desk_book
from bot.doctor import Check, Given
from bot.imports.book import parse_book
from models import migrate
from models.store import Store, open_engine
from sandbox import Sandbox

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 3, 2, tzinfo=UTC)
BOOK = """
workspace: T0HOME
people: [{slack: U0PM, roles: [partner_manager]}]
partners: [{name: Globex, manager: U0PM}]
channels: [{id: C0JOINT, kind: joint, partner: Globex}]
"""


@pytest.fixture
def given(tmp_path: Path) -> Given:
    """Nothing is set, nothing is there."""
    return Given(
        bot_token=None,
        installs=False,
        app_token=None,
        signing_secret=None,
        api_url="http://127.0.0.1:9/api/",
        database_url=f"sqlite:///{tmp_path}/partnerdesk.db",
        anthropic_key=None,
        policy_path=None,
        zone="UTC",
        manifest_path=ROOT / "manifest.yml",
    )


def _run(given: Given) -> dict[str, Check]:
    return {check.name: check for check in asyncio.run(doctor.run(given))}


def _load(given: Given, text: str) -> None:
    store = Store(given.database_url)
    migrate.upgrade(store.engine)
    with store.write("T0HOME") as uow:
        desk_book.apply(uow, parse_book(text), now=NOW, actor="test")
    store.dispose()


def test_nothing_set_says_everything_that_is_missing(given: Given) -> None:
    checks = _run(given)
    missing = {name for name, check in checks.items() if not check.ok}
    assert missing == {"bot token", "app token", "signing secret", "database"}
    assert all(checks[name].fix for name in missing)
    assert "pattern mode" in checks["Claude key"].detail
    assert not Path(given.database_url.removeprefix("sqlite:///")).exists()


async def _in_sandbox(given: Given, join: bool) -> dict[str, Check]:
    async with await Sandbox.start() as box:
        box.user("U0PM", name="Dana Park")
        box.channel("C0JOINT", name="joint", members=["U0PM"], bot=join)
        here = replace(given, bot_token=box.bot_token, app_token=box.app_token, api_url=box.api_url)
        return {check.name: check for check in await doctor.run(here)}


@pytest.mark.parametrize("joined", [True, False])
def test_all_is_well_on_a_running_slack(given: Given, joined: bool) -> None:
    _load(given, BOOK)
    checks = asyncio.run(_in_sandbox(given, join=joined))
    assert {name for name, check in checks.items() if not check.ok} == (set() if joined else {"channels"})
    assert "T0HOME" in checks["bot token"].detail
    assert checks["partner book"].detail == "1 partners, 1 watched channels"
    if not joined:
        assert "C0JOINT" in checks["channels"].detail
        assert "/invite" in checks["channels"].fix


@pytest.mark.parametrize(
    ("changes", "name", "told"),
    [
        ({"bot_token": "xapp-1"}, "bot token", "begins with 'xapp-'"),
        ({"bot_token": "xoxb-1"}, "bot token", "auth.test"),
        ({"app_token": "xoxb-1"}, "app token", "begins with 'xoxb-'"),
        ({"app_token": "xapp-1"}, "app token", "apps.connections.open"),
        ({"signing_secret": "short"}, "signing secret", "32 hexadecimal"),
        ({"anthropic_key": "hello"}, "Claude key", "does not begin with sk-ant-"),
        ({"zone": "Mars/Base"}, "time zones", "Mars/Base"),
        ({"policy_path": Path("/nowhere.yml")}, "policy", "/nowhere.yml"),
        ({"database_url": "no address"}, "database", "not a database address"),
        ({"database_url": "postgresql://u:secret@127.0.0.1:9/x"}, "database", "127.0.0.1"),
    ],
)
def test_what_is_wrong_is_told_with_its_fix(given: Given, changes: dict[str, Any], name: str, told: str) -> None:
    check = _run(replace(given, **changes))[name]
    assert not check.ok
    assert told in check.detail
    assert check.fix
    assert "secret@" not in f"{check.detail}{check.fix}"


def test_http_needs_no_app_token(given: Given) -> None:
    checks = _run(replace(given, signing_secret="0123456789abcdef" * 2))
    assert checks["app token"].ok
    assert checks["signing secret"].ok


def test_an_old_database_is_told(given: Given) -> None:
    engine = open_engine(given.database_url)
    migrate.upgrade(engine, "0001")
    engine.dispose()
    checks = _run(given)
    assert checks["database"].ok
    assert "partnerdesk migrate" in checks["migrations"].fix


@pytest.mark.parametrize(
    ("book", "told"),
    [
        ("workspace: T0HOME\n", "empty"),
        ("workspace: T0HOME\npartners: [{name: Globex}]\n", "0 watched channels"),
        (BOOK.replace(", manager: U0PM}", "}"), "no manager: Globex"),
    ],
)
def test_a_thin_book_is_told(given: Given, book: str, told: str) -> None:
    _load(given, book)
    check = _run(given)["partner book"]
    assert not check.ok
    assert told in check.detail


async def _with_scopes(given: Given, scopes: str) -> dict[str, Check]:
    async def auth_test(_request: web.Request) -> web.Response:
        body = {"ok": True, "team_id": "T0HOME", "team": "Contoso", "user_id": "U0BOT"}
        return web.json_response(body, headers={"x-oauth-scopes": scopes})

    app = web.Application()
    app.router.add_post("/api/auth.test", auth_test)
    async with TestServer(app) as server:
        here = replace(given, bot_token="xoxb-1", api_url=str(server.make_url("/api/")))
        return {check.name: check for check in await doctor.run(here)}


def test_missing_scopes_are_named(given: Given) -> None:
    check = asyncio.run(_with_scopes(given, "chat:write, commands"))["scopes"]
    assert not check.ok
    assert "channels:history" in check.detail
    assert "chat:write" not in check.detail
    assert "reinstall" in check.fix


def test_optional_scopes_may_be_missing_and_it_is_said_what_that_costs(given: Given) -> None:
    declared = manifest.read_manifest(given.manifest_path)
    granted = manifest.scopes(declared) - {"files:write"}
    check = asyncio.run(_with_scopes(given, ",".join(granted)))["scopes"]
    assert check.ok
    assert "files:write: no calendar invites" in check.detail
    assert "canvases" not in check.detail


def test_what_answers_is_not_slack(given: Given) -> None:
    async def ask() -> dict[str, Check]:
        async def page(_request: web.Request) -> web.Response:
            return web.Response(text="<html>", content_type="text/html")

        app = web.Application()
        app.router.add_post("/api/auth.test", page)
        async with TestServer(app) as server:
            here = replace(given, bot_token="xoxb-1", api_url=str(server.make_url("/api/")))
            return {check.name: check for check in await doctor.run(here)}

    check = asyncio.run(ask())["bot token"]
    assert not check.ok
    assert "SLACK_API_URL" in check.fix
