"""A sandbox with people in it, and the real Bolt app connected to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox

SPECS = Path(__file__).parents[3] / "shared" / "specs" / "slack"
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "Cutover slipped"}}


def button(action_id: str, text: str, value: str) -> dict[str, Any]:
    """A Block Kit button."""
    return {"type": "button", "action_id": action_id, "text": {"type": "plain_text", "text": text}, "value": value}


@asynccontextmanager
async def workspace(**options: Any) -> AsyncIterator[Sandbox]:
    """A sandbox with two of our people, a partner's person and three channels."""
    async with await Sandbox.start(**options) as box:
        box.user("U0PM", name="Dana Park", email="dana@contoso.example", tz="Europe/Berlin")
        box.user("U0AE", name="Ari Edo")
        box.user("U0GX", team="T0GLOBEX", name="Gil Xu", email="gil@globex.example")
        box.channel("C0JOINT", name="globex-acme", members=["U0PM", "U0GX"], ext_shared_with=["T0GLOBEX"])
        box.channel("C0ALERTS", name="alerts", members=["U0PM", "U0AE"], private=True)
        box.channel("C0OTHER", name="other", members=["U0PM"], bot=False)
        yield box


def client(box: Sandbox, token: str | None = None) -> AsyncWebClient:
    """The SDK's client with no retries of its own."""
    return AsyncWebClient(token=token or box.bot_token, base_url=box.api_url, retry_handlers=[])


@asynccontextmanager
async def connected(box: Sandbox, app: AsyncApp, ping_interval: float = 10) -> AsyncIterator[AsyncSocketModeHandler]:
    """The app connected by Socket Mode."""
    handler = AsyncSocketModeHandler(app, box.app_token, ping_interval=ping_interval)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # bolt leaves it unannotated
    try:
        await box.connected()
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


def bolt(box: Sandbox) -> AsyncApp:
    """An app with a catch-all, so that nothing goes unacknowledged by accident."""
    return AsyncApp(client=client(box), signing_secret=box.signing_secret)


async def refusal(call: Awaitable[Any]) -> dict[str, Any]:
    """The body of the error Slack answered with; the test fails when it did not."""
    try:
        await call
    except SlackApiError as error:
        body: dict[str, Any] = error.response.data
        return body
    raise AssertionError("the call was accepted")


def run(scenario: Callable[[], Awaitable[None]]) -> None:
    """Run an async test."""

    async def main() -> None:
        async with asyncio.timeout(30):
            await scenario()

    asyncio.run(main())
