"""The sandbox as one object: start it, act in it, read it, stop it."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType
from typing import Self

from sandbox.clock import Clock
from sandbox.control import Control
from sandbox.delivery import DeliveryPolicy
from sandbox.httpevents import HttpTransport
from sandbox.interactions import Interactions
from sandbox.readings import Readings
from sandbox.server import Server
from sandbox.workspace import Json


class Sandbox(Interactions, Readings):
    """A running Slack workspace on 127.0.0.1.

    Give `api_url` to the SDK as base_url and `app_token` to the Socket Mode handler, or call `use_http`.
    """

    server: Server

    @classmethod
    async def start(
        cls,
        *,
        home: str = "T0HOME",
        clock: Clock | None = None,
        port: int = 0,
        scopes: Iterable[str] | None = None,
        subscriptions: Iterable[str] | None = None,
        metadata_subscriptions: Iterable[str] | None = None,
        rate_limits: bool = False,
        ack_timeout: float = 3.0,
        retry_delays: tuple[float, ...] = (0.0, 60.0, 300.0),
        echo_own: bool = True,
        seed: int = 0,
    ) -> Self:
        """Start listening. `ack_timeout` and `retry_delays` in seconds; None means everything is granted/subscribed.

        `echo_own`: whether the app hears of its own messages, as it does in Slack.
        """
        box = cls(
            clock or Clock(),
            home,
            scopes=scopes,
            subscriptions=subscriptions,
            metadata_subscriptions=metadata_subscriptions,
            rate_limits=rate_limits,
            policy=DeliveryPolicy(ack_timeout, retry_delays),
            echo_own=echo_own,
            seed=seed,
        )
        box.server = Server(box, Control(box).routes())
        box.base_url = f"http://127.0.0.1:{await box.server.start(port)}"
        return box

    async def stop(self) -> None:
        """Close every connection and stop listening."""
        await self.dispatcher.close()
        await self.sockets.close()
        await self.server.stop()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def api_url(self) -> str:
        """The base_url for slack_sdk, with its trailing slash."""
        return f"{self.base_url}/api/"

    @property
    def bot_token(self) -> str:
        """Our workspace's xoxb token."""
        return self.workspace.home_install.token

    @property
    def app_token(self) -> str:
        """The xapp token."""
        return self.workspace.app.app_token

    @property
    def signing_secret(self) -> str:
        """What HTTP requests are signed with."""
        return self.workspace.app.signing_secret

    @property
    def bot_user_id(self) -> str:
        """Our bot's user id in our workspace."""
        return self.workspace.home_install.bot_user_id

    def address(self) -> Json:
        """Where it is and how to get in: what `python -m sandbox` prints."""
        return {
            "url": self.base_url,
            "api_url": self.api_url,
            "control_url": f"{self.base_url}/_control/",
            "bot_token": self.bot_token,
            "app_token": self.app_token,
            "signing_secret": self.signing_secret,
            "bot_user_id": self.bot_user_id,
            "team_id": self.workspace.home,
        }

    async def use_http(self, url: str) -> bool:
        """Deliver by HTTP to `url` from now on; returns whether the url_verification handshake succeeded."""
        transport = HttpTransport(url, self.workspace.app, self.dispatcher)
        self.dispatcher.transport = transport
        return await transport.verify()
