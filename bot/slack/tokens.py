"""Where the bot token of a workspace comes from."""

from __future__ import annotations

from typing import Protocol

from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore

from bot.slack.errors import TokenRevoked


class TokenSource(Protocol):
    async def token(self, workspace_id: str) -> str:
        """The bot token for that workspace. Raises TokenRevoked when there is none."""
        ...

    async def forget(self, workspace_id: str) -> None:
        """Slack took the token away: do not use it again."""
        ...


class OneToken:
    """The token of a single installation (SLACK_BOT_TOKEN)."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def token(self, workspace_id: str) -> str:
        """The token, whichever workspace is asked for: there is only one."""
        del workspace_id
        return self._token

    async def forget(self, workspace_id: str) -> None:
        """Nothing to do: the token is the operator's, who sees in the log that it is refused."""


class InstalledTokens:
    """Tokens of every workspace that installed the app through OAuth."""

    def __init__(self, installations: AsyncInstallationStore) -> None:
        self._installations = installations

    async def token(self, workspace_id: str) -> str:
        """The bot token stored for that workspace. Raises TokenRevoked when there is none."""
        bot = await self._installations.async_find_bot(enterprise_id=None, team_id=workspace_id)
        if bot is None or not bot.bot_token:
            raise TokenRevoked("token", "no_token", "PartnerDesk is not installed in this workspace. Install it again.")
        return bot.bot_token

    async def forget(self, workspace_id: str) -> None:
        """Delete the installation; installing again brings it back."""
        await self._installations.async_delete_all(enterprise_id=None, team_id=workspace_id)
