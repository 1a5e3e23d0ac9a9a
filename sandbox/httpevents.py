"""The HTTP way: signed requests to the app's request URL, answered within 3 s."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import aiohttp

from sandbox.clock import wall
from sandbox.delivery import Delivery
from sandbox.workspace import AppConfig, Json

if TYPE_CHECKING:
    from sandbox.delivery import Dispatcher


def signed_headers(secret: str, body: str, at: float) -> dict[str, str]:
    """X-Slack-Signature v0 and its timestamp (epoch seconds) for a raw body."""
    stamp = str(int(at))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


def encode(delivery: Delivery) -> tuple[str, str]:
    """(content type, body) of a delivery: events are JSON, commands a form, the rest a form with `payload`."""
    if delivery.kind == "events_api":
        return "application/json", json.dumps(delivery.payload)
    form = delivery.payload if delivery.kind == "slash_commands" else {"payload": json.dumps(delivery.payload)}
    return "application/x-www-form-urlencoded", urlencode(form)


class HttpTransport:
    """Posts to one request URL (`http://host:port/slack/events`)."""

    def __init__(self, url: str, app: AppConfig, dispatcher: Dispatcher) -> None:
        self.url = url
        self._app = app
        self._dispatcher = dispatcher
        self._session = aiohttp.ClientSession()
        self._tasks: set[asyncio.Task[None]] = set()

    def send(self, delivery: Delivery) -> bool:
        """Start the POST; always somebody to try."""
        task = asyncio.create_task(self._post(delivery))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def verify(self) -> bool:
        """The url_verification handshake: whether the app answered with the challenge."""
        body = json.dumps({"type": "url_verification", "token": self._app.verification_token, "challenge": "3eZbrw1a"})
        headers = {"Content-Type": "application/json"} | signed_headers(self._app.signing_secret, body, wall())
        async with self._session.post(self.url, data=body, headers=headers) as response:
            return response.status == 200 and "3eZbrw1a" in await response.text()

    async def close(self) -> None:
        """Drop what is in flight."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._session.close()

    async def _post(self, delivery: Delivery) -> None:
        content_type, body = encode(delivery)
        headers = {"Content-Type": content_type} | signed_headers(self._app.signing_secret, body, wall())
        if delivery.attempt:
            headers |= {"X-Slack-Retry-Num": str(delivery.attempt), "X-Slack-Retry-Reason": _reason(delivery.reason)}
        envelope_id = delivery.envelope_id
        limit = aiohttp.ClientTimeout(total=self._dispatcher.policy.ack_timeout)
        try:
            async with self._session.post(self.url, data=body.encode(), headers=headers, timeout=limit) as response:
                answer = await _answer(response)
                retry = response.headers.get("X-Slack-No-Retry") != "1"
                status = response.status
        except TimeoutError:
            self._dispatcher.failed(envelope_id, "timeout")
        except aiohttp.ClientError:
            self._dispatcher.failed(envelope_id, "connection_failed")
        else:
            if status == 200:
                self._dispatcher.acked(envelope_id, answer)
            else:
                self._dispatcher.failed(envelope_id, "http_error", retry)


async def _answer(response: aiohttp.ClientResponse) -> Json | str | None:
    text = await response.text()
    if response.content_type != "application/json" or not text:
        return text or None
    try:
        parsed: Json = json.loads(text)
    except ValueError:
        return text
    return parsed


def _reason(reason: str) -> str:
    return "http_timeout" if reason == "timeout" else reason
