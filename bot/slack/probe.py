"""What `partnerdesk doctor` asks Slack: whether the tokens work and what the app may do."""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.slack.errors import UnknownOutcome, problem


@dataclass(frozen=True, slots=True)
class BotToken:
    """Whom a bot token speaks for. `scopes` is None when Slack did not list them."""

    team_id: str
    team_name: str
    user_id: str
    scopes: frozenset[str] | None


async def probe_bot_token(token: str, api_url: str, *, timeout_s: int = 10) -> BotToken:
    """auth.test. Raises a SlackProblem when the token does not work or Slack cannot be reached."""
    answer = await _call(token, api_url, "auth.test", timeout_s)
    listed = answer.headers.get("x-oauth-scopes")
    return BotToken(
        team_id=str(answer["team_id"]),
        team_name=str(answer.get("team") or ""),
        user_id=str(answer["user_id"]),
        scopes=None if listed is None else frozenset(scope.strip() for scope in listed.split(",") if scope.strip()),
    )


async def probe_app_token(token: str, api_url: str, *, timeout_s: int = 10) -> None:
    """apps.connections.open: asks for a Socket Mode address and does not use it. Raises a SlackProblem."""
    await _call(token, api_url, "apps.connections.open", timeout_s)


async def _call(token: str, api_url: str, method: str, timeout_s: int) -> AsyncSlackResponse:
    client = AsyncWebClient(token, api_url, timeout=timeout_s, retry_handlers=[])
    try:
        return await client.api_call(method)
    except SlackApiError as error:
        response = error.response
        # Slack always answers with JSON that says "ok"; slack_sdk keeps other answers in several other forms.
        if not isinstance(response, AsyncSlackResponse) or "ok" not in response.data:
            raise UnknownOutcome(method, "no_json", "What answered is not Slack. Check SLACK_API_URL.") from error
        raise problem(method, response.status_code, response.data, response.headers.get("Retry-After")) from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise UnknownOutcome(method, type(error).__name__, "Slack cannot be reached. Check the network.") from error
