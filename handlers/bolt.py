"""Bolt as the protocol adapter: signature, url_verification and OAuth pages; the intake answers the rest."""

from __future__ import annotations

import logging

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings

from handlers.intake import Intake


def build_bolt(
    intake: Intake,
    *,
    token: str | None,
    signing_secret: str | None = None,
    api_url: str | None = None,
    oauth: AsyncOAuthSettings | None = None,
) -> AsyncApp:
    """The Bolt app. `token` is the bot token of a single workspace, None with `oauth`; `api_url` ends in a slash."""
    app = AsyncApp(
        name="partnerdesk",
        logger=logging.getLogger("slack_bolt"),  # else Bolt makes its own at the root's level and prints payloads
        token=token if oauth is None else None,
        signing_secret=signing_secret,
        before_authorize=intake,
        oauth_settings=oauth,
    )
    if api_url:
        app.client.base_url = api_url
    return app
