"""Installing PartnerDesk in several workspaces: `/slack/install` and `/slack/oauth_redirect`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings

from bot.slack.installations import Installations, States
from models.store import Store


def oauth_settings(
    store: Store,
    *,
    client_id: str,
    client_secret: str,
    scopes: Sequence[str],
    installed: Callable[[str], Awaitable[object]],
) -> tuple[AsyncOAuthSettings, Installations]:
    """What Bolt needs for the install pages, and the installations for `InstalledTokens`. Makes slack_sdk's tables.

    `installed` is awaited with the team id after each installation. Token rotation must stay off in the manifest: a
    token is read here, never renewed.
    """
    installations, states = Installations(store, client_id, installed=installed), States(store)
    installations.create_tables()
    states.create_tables()
    settings = AsyncOAuthSettings(
        client_id=client_id,
        client_secret=client_secret,
        scopes=list(scopes),
        install_path="/slack/install",
        redirect_uri_path="/slack/oauth_redirect",
        installation_store=installations,
        state_store=states,
    )
    return settings, installations
