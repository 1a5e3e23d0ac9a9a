"""Installations through OAuth, kept in our own database: slack_sdk's stores, called beside the event loop."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from logging import Logger
from typing import Any

from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.models.bot import Bot
from slack_sdk.oauth.installation_store.models.installation import Installation
from slack_sdk.oauth.installation_store.sqlalchemy import SQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.oauth.state_store.sqlalchemy import SQLAlchemyOAuthStateStore

from bot.in_thread import in_thread
from models.store import Store

STATE_SECONDS = 600


class Installations(AsyncInstallationStore):
    """Bot tokens by workspace; `InstalledTokens` reads them. `installed` is called with the team id after each
    installation, so that the workspace becomes known to the store.
    """

    def __init__(self, store: Store, client_id: str, *, installed: Callable[[str], Awaitable[object]]) -> None:
        self._kept = SQLAlchemyInstallationStore(client_id, store.engine.execution_options(write=True))
        self._installed = installed

    def create_tables(self) -> None:
        """Make slack_sdk's own tables when they are missing."""
        self._kept.create_tables()  # type: ignore[no-untyped-call]  # slack_sdk leaves it unannotated

    @property
    def logger(self) -> Logger:
        return logging.getLogger(__name__)

    async def async_save(self, installation: Installation) -> None:
        await in_thread(self._kept.save, installation)
        if installation.team_id:
            await self._installed(installation.team_id)

    async def async_save_bot(self, bot: Bot) -> None:
        await in_thread(self._kept.save_bot, bot)

    async def async_find_bot(self, **which: Any) -> Bot | None:
        return await in_thread(self._kept.find_bot, **which)

    async def async_find_installation(self, **which: Any) -> Installation | None:
        return await in_thread(self._kept.find_installation, **which)

    async def async_delete_bot(self, **which: Any) -> None:
        await in_thread(self._kept.delete_bot, **which)

    async def async_delete_installation(self, **which: Any) -> None:
        await in_thread(self._kept.delete_installation, **which)


class States(AsyncOAuthStateStore):
    """The one-time values that tie an installation to the browser it began in; good for ten minutes."""

    def __init__(self, store: Store) -> None:
        self._kept = SQLAlchemyOAuthStateStore(STATE_SECONDS, store.engine.execution_options(write=True))

    def create_tables(self) -> None:
        """Make slack_sdk's own table when it is missing."""
        self._kept.create_tables()  # type: ignore[no-untyped-call]  # slack_sdk leaves it unannotated

    @property
    def logger(self) -> Logger:
        return logging.getLogger(__name__)

    async def async_issue(self, *_args: Any, **_kwargs: Any) -> str:
        return await in_thread(self._kept.issue)

    async def async_consume(self, state: str) -> bool:
        return await in_thread(self._kept.consume, state)
