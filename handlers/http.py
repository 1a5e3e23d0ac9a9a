"""The HTTP face: signed events from Slack, the install pages, and what operators and their tools ask."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.monitoring import CONTENT_TYPE, Health
from handlers.intake import MISSHAPEN

_BODY_LIMIT = 1024 * 1024  # Slack's payloads stay far below; nobody else has business here

Page = Callable[[web.Request], Awaitable[web.Response]]


def web_app(
    *,
    health: Callable[[], Awaitable[Health]],
    metrics: Callable[[], Awaitable[bytes]],
    bolt: AsyncApp | None = None,
    installs: bool = False,
    onboarding: Page | None = None,
) -> web.Application:
    """`/healthz`, `/readyz` and `/metrics`; with `bolt` also `/slack/events`; with `installs` also the OAuth pages;
    with `onboarding` also `/hooks/onboarding`."""
    application = web.Application(client_max_size=_BODY_LIMIT)
    application.router.add_get("/healthz", _alive)
    application.router.add_get("/readyz", _ready(health))
    application.router.add_get("/metrics", _metrics(metrics))
    if onboarding is not None:
        application.router.add_post("/hooks/onboarding", onboarding)
    if bolt is not None:
        application.router.add_post("/slack/events", _events(bolt))
        if installs:
            application.router.add_get("/slack/install", _page(bolt, "handle_installation"))
            application.router.add_get("/slack/oauth_redirect", _page(bolt, "handle_callback"))
    return application


async def _alive(_request: web.Request) -> web.Response:
    return web.Response(text="ok\n")


def _ready(health: Callable[[], Awaitable[Health]]) -> Page:
    async def ready(_request: web.Request) -> web.Response:
        state = await health()
        return web.json_response({"ready": state.ready, "checks": state.checks}, status=200 if state.ready else 503)

    return ready


def _metrics(metrics: Callable[[], Awaitable[bytes]]) -> Page:
    async def page(_request: web.Request) -> web.Response:
        return web.Response(body=await metrics(), headers={"Content-Type": CONTENT_TYPE})

    return page


def _events(bolt: AsyncApp) -> Page:
    async def events(request: web.Request) -> web.Response:
        body = (await request.read()).decode("utf-8", "replace")
        return await to_aiohttp_response(await bolt.async_dispatch(_bolt_request(body, dict(request.headers))))

    return events


def _bolt_request(body: str, headers: dict[str, Any]) -> AsyncBoltRequest:
    """Some broken payloads Bolt cannot even look at: those go on as an empty payload, so that the signature is still
    checked and the intake still acks."""
    try:
        return AsyncBoltRequest(body=body, headers=headers)
    except MISSHAPEN:
        request = AsyncBoltRequest(body="", headers=headers)
        request.raw_body = body
        return request


def _page(bolt: AsyncApp, name: str) -> Page:
    async def page(request: web.Request) -> web.Response:
        answer = await getattr(bolt.oauth_flow, name)(await to_bolt_request(request))
        return await to_aiohttp_response(answer)

    return page
