"""The wire to Slack's Web API: one HTTP request at a time, with typed problems.

slack_sdk's own retries are off for every call: its default re-sends chat.postMessage after a lost connection. Reads are
repeated here, within a patience the caller sets; posts are never repeated (the outbox does that, after looking).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import elapsed
from bot.slack.errors import RateLimited, SlackProblem, UnknownOutcome, problem
from bot.slack.tokens import TokenSource

SLACK_API = "https://slack.com/api/"
PAGE = 200
PATIENCE_S = 5.0
Json = dict[str, Any]
Form = dict[str, str]

NO_ANSWER = (aiohttp.ClientError, TimeoutError, OSError)
UNREACHABLE = "Slack cannot be reached. PartnerDesk tries again by itself."


class Wire:
    """Connections and tokens. `timeout` is the longest one HTTP call may take, in seconds."""

    def __init__(self, tokens: TokenSource, *, api_url: str = SLACK_API, timeout: float = 10.0) -> None:
        self._tokens = tokens
        self._api_url = api_url if api_url.endswith("/") else f"{api_url}/"
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Let go of the connections; the next call opens new ones."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def forget(self, workspace_id: str) -> None:
        """PartnerDesk was removed from that workspace: its token is not used again."""
        await self._tokens.forget(workspace_id)

    async def _pages(
        self, workspace_id: str, method: str, form: Form, patience: float = PATIENCE_S
    ) -> AsyncIterator[Json]:
        cursor = ""
        while True:
            page = await self._read(workspace_id, method, form | {"limit": str(PAGE), "cursor": cursor}, patience)
            yield page
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return

    async def _read(self, workspace_id: str, method: str, form: Form, patience: float = PATIENCE_S) -> Json:
        """A call that may be repeated: waits out a 429 and a lost answer as long as `patience` lasts."""
        deadline, wait = elapsed() + patience, 0.2
        while True:
            try:
                return await self._call(workspace_id, method, form=form)
            except (RateLimited, UnknownOutcome) as error:
                pause = error.retry_after if isinstance(error, RateLimited) else wait
                if elapsed() + pause > deadline:
                    raise
                wait *= 2
            await asyncio.sleep(pause)

    async def _call(
        self, workspace_id: str, method: str, body: Json | None = None, *, form: Form | None = None
    ) -> Json:
        """One HTTP request, as JSON (writes) or a form (reads). Raises the typed problem of anything but `ok: true`."""
        token = await self._tokens.token(workspace_id)
        client = AsyncWebClient(token, self._api_url, session=self._connections(), retry_handlers=[])
        try:
            answer = await client.api_call(method, json=body, data=form)
        except SlackApiError as error:
            raise _problem(method, error) from error
        except NO_ANSWER as error:
            raise UnknownOutcome(method, type(error).__name__, UNREACHABLE) from error
        return cast(Json, answer.data)

    def _connections(self) -> aiohttp.ClientSession:
        """The shared connection pool, opened inside the running loop at the first call."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self._timeout))
        return self._session


def _problem(method: str, error: SlackApiError) -> SlackProblem:
    # An answer that is not JSON leaves aiohttp's own response in the error instead of slack_sdk's.
    response: Any = error.response
    status = response.status if isinstance(response, aiohttp.ClientResponse) else response.status_code
    return problem(method, status, getattr(response, "data", None), response.headers.get("Retry-After"))
