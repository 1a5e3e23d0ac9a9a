"""The Web API: parse, authorize, limit, call, record."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.clock import steady
from sandbox.core import Core
from sandbox.methods import METHODS, MethodSpec
from sandbox.workspace import SCOPE_FAMILY, Call, Channel, Install, Json, Message, User


class SlackError(Exception):
    """`{"ok": false, "error": code}` with more keys."""

    def __init__(self, code: str, **more: Any) -> None:
        super().__init__(code)
        self.body: Json = {"ok": False, "error": code} | more


def messages_error(code: str, messages: list[str]) -> SlackError:
    """An error that explains itself the way Slack does: `response_metadata.messages`."""
    return SlackError(code, errors=messages, response_metadata={"messages": messages})


@dataclass
class Request:
    """One call as a method sees it."""

    core: Core
    spec: MethodSpec
    args: Json
    token: str
    caller: Install | None

    @property
    def install(self) -> Install:
        """The calling installation; methods without a bot token never ask."""
        assert self.caller is not None
        return self.caller

    def text(self, name: str) -> str:
        """A string argument, empty when absent."""
        value = self.args.get(name)
        return "" if value is None else str(value)

    def flag(self, name: str) -> bool:
        """A boolean argument: JSON true, or true/1 in a form."""
        return str(self.args.get(name, "")).lower() in ("true", "1")

    def number(self, name: str, default: int, maximum: int) -> int:
        """A whole number from 1 to `maximum`. Raises SlackError invalid_limit."""
        raw = self.text(name)
        if not raw:
            return default
        if not raw.isdigit() or not 1 <= int(raw) <= maximum:
            raise SlackError("invalid_limit")
        return int(raw)

    def parsed(self, name: str, code: str = "invalid_arguments") -> Any:
        """An argument that is JSON in a form and plain in a JSON body; None when absent. Raises SlackError `code`."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(code) from None

    def need_scope(self, scope: str) -> None:
        """Raises SlackError missing_scope with what is needed and what the token has."""
        if scope not in self.install.scopes:
            provided = ",".join(sorted(self.install.scopes))
            raise SlackError("missing_scope", needed=scope, provided=provided)

    def scope_for(self, channel: Channel) -> None:
        """Check the method's `{kind}` scope against a channel's kind."""
        self.need_scope(self.spec.scope.format(kind=SCOPE_FAMILY[channel.kind]))

    def channel(self, name: str = "channel") -> Channel:
        """A conversation the bot can see. Raises SlackError channel_not_found."""
        channel = self.core.workspace.channels.get(self.text(name))
        if channel is None or (channel.is_private and not self.is_member(channel)):
            raise SlackError("channel_not_found")
        return channel

    def is_member(self, channel: Channel) -> bool:
        """Whether the bot is in it."""
        return self.install.bot_user_id in channel.members

    def user(self, name: str = "user", code: str = "user_not_found") -> User:
        """A user by id. Raises SlackError `code`."""
        user = self.core.workspace.users.get(self.text(name))
        if user is None:
            raise SlackError(code)
        return user

    def message(self, channel: Channel, name: str) -> Message:
        """A message by ts. Raises SlackError message_not_found."""
        message = channel.messages.get(self.text(name))
        if message is None:
            raise SlackError("message_not_found")
        return message


Handler = Callable[[Request], Json]


@dataclass(frozen=True)
class Answer:
    """What goes back over HTTP."""

    status: int
    body: Json
    retry_after: int = 0


class WebApi:
    """All methods behind one door."""

    def __init__(self, core: Core, handlers: dict[str, Handler]) -> None:
        self.core = core
        self.handlers = handlers

    def call(self, method: str, args: Json, token: str) -> Answer:
        """Run one call and record it, whether it succeeds or not."""
        answer = self._answer(method, args, token)
        self.core.workspace.calls.append(Call(method, args, answer.body, answer.status, self.core.clock.time(), token))
        return answer

    def _answer(self, method: str, args: Json, token: str) -> Answer:
        handler, spec = self.handlers.get(method), METHODS.get(method)
        if handler is None or spec is None:
            return Answer(200, {"ok": False, "error": "unknown_method", "req_method": method})
        try:
            request = Request(self.core, spec, args, token, self._caller(spec, token))
            if wait := self.core.rates.check(method, token, str(args.get("channel", "")), steady()):
                return Answer(429, {"ok": False, "error": "ratelimited"}, wait)
            if spec.scope and "{kind}" not in spec.scope:
                request.need_scope(spec.scope)
            missing = [name for name in spec.required if args.get(name) in (None, "")]
            if missing:
                raise messages_error("invalid_arguments", [f"[ERROR] missing required field: {m}" for m in missing])
            return Answer(200, {"ok": True} | handler(request))
        except SlackError as error:
            return Answer(200, error.body)

    def _caller(self, spec: MethodSpec, token: str) -> Install | None:
        if spec.token == "none":
            return None
        if not token:
            raise SlackError("not_authed")
        if token == self.core.workspace.app.app_token:
            if spec.token == "app":
                return None
            raise SlackError("not_allowed_token_type")
        install = self.core.workspace.installs.get(token)
        if install is None:
            raise SlackError("invalid_auth")
        if spec.token == "app":
            raise SlackError("not_allowed_token_type")
        if install.revoked:
            raise SlackError("account_inactive")
        return install
