from __future__ import annotations

import asyncio
import re

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.monitoring import Heartbeat, health
from bot.slack.errors import TokenRevoked
from bot.slack.gateway import Gateway
from bot.slack.tokens import InstalledTokens
from handlers.bolt import build_bolt
from handlers.http import web_app
from handlers.oauth import oauth_settings
from models.store import Store
from sandbox import Sandbox
from tests.handlers.inbound import Desk, Inbox


async def _nothing() -> bytes:
    return b""


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated")  # slack_sdk 3.47 with a newer aiohttp
def test_a_second_company_installs_and_is_answered_with_its_own_token(store: Store) -> None:
    welcomed: list[str] = []

    async def installed(team: str) -> None:
        welcomed.append(team)

    async def run() -> None:
        async with await Sandbox.start() as box:
            box.user("U0OTHER", team="T0OTHER")
            settings, installations = oauth_settings(
                store,
                client_id=box.workspace.app.client_id,
                client_secret=box.workspace.app.client_secret,
                scopes=["chat:write"],
                installed=installed,
            )
            gateway = Gateway(InstalledTokens(installations), api_url=box.api_url)
            with pytest.raises(TokenRevoked):
                await gateway.identity("T0OTHER")
            desk = Desk(store, Inbox())
            bolt = build_bolt(desk.intake, token=None, signing_secret="s", api_url=box.api_url, oauth=settings)
            beat = Heartbeat(60)
            application = web_app(health=lambda: health(store, beat), metrics=_nothing, bolt=bolt, installs=True)
            async with TestClient(TestServer(application)) as web:
                page = await (await web.get("/slack/install")).text()
                found = re.search(r"[?&;]state=([\w-]+)", page)
                assert found is not None
                state = found.group(1)
                code = box.oauth_code("T0OTHER")
                back = f"/slack/oauth_redirect?code={code}&state={state}"
                assert (await web.get(back)).status == 400  # another browser, without the cookie
                cookie = {"Cookie": f"slack-app-oauth-state={state}"}
                assert (await web.get(back, headers=cookie)).status == 200
                assert (await web.get(back, headers=cookie)).status == 401  # a link works once
            assert (await gateway.identity("T0OTHER")).team_id == "T0OTHER"
            await gateway.forget("T0OTHER")  # app_uninstalled
            with pytest.raises(TokenRevoked):
                await gateway.identity("T0OTHER")
            await gateway.close()
            await desk.close()

    asyncio.run(run())
    assert welcomed == ["T0OTHER"]
