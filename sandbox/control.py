"""/_control: the same actors and readings over HTTP JSON, for other processes (bench, chaos)."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.core import Refused
from sandbox.delivery import Delivery
from sandbox.flood import flood
from sandbox.interactions import Result
from sandbox.workspace import Json

if TYPE_CHECKING:
    from sandbox.box import Sandbox

# Methods of Sandbox that may be called by name with JSON keyword arguments.
VERBS = {
    "user", "channel", "im", "say", "dm", "edit", "delete", "react", "join", "invite_bot", "leave",
    "share", "unshare", "invite_team", "archive", "rename", "deactivate", "uninstall", "raw_event",
    "redeliver", "oauth_code", "slash", "click", "click_view", "shortcut", "message_shortcut",
    "submit_view", "close_view", "open_home", "modal", "home", "messages", "bot_messages", "dms",
    "ephemerals", "files", "canvases", "calls", "stats", "settled", "connected", "use_http",
}  # fmt: skip


class Control:
    """POST /_control/<verb> with a JSON object of arguments; the answer is {"ok": true, "result": ...}."""

    def __init__(self, box: Sandbox) -> None:
        self.box = box

    def routes(self) -> list[web.RouteDef]:
        """The routes for the server."""
        return [web.post("/_control/{verb}", self._serve)]

    async def _serve(self, request: web.Request) -> web.Response:
        verb = request.match_info["verb"]
        try:
            args = json.loads(await request.text() or "{}")
            result = await self._run(verb, args)
        except (Refused, KeyError, TypeError, ValueError, TimeoutError, AttributeError) as error:
            return web.json_response({"ok": False, "error": type(error).__name__, "detail": str(error)}, status=400)
        return web.json_response({"ok": True, "result": result}, dumps=lambda o: json.dumps(o, default=as_json))

    async def _run(self, verb: str, args: Json) -> Any:
        own = getattr(self, f"_do_{verb}", None)
        if own is None and verb not in VERBS:
            raise KeyError(f"unknown verb {verb}")
        result = (own or getattr(self.box, verb))(**args)
        return await result if asyncio.iscoroutine(result) else result

    def _do_fault(self, **rule: Any) -> Any:
        return self.box.faults.add(**rule)

    def _do_clear_faults(self) -> None:
        self.box.faults.clear()

    def _do_faults(self) -> Any:
        return self.box.faults.rules

    def _do_clock(self, set: str | None = None, advance: float | None = None) -> str:
        """Freeze at an ISO instant, and/or advance by seconds; answers with the instant."""
        if set is not None:
            self.box.clock.set(datetime.fromisoformat(set))
        if advance is not None:
            self.box.clock.advance(advance)
        return self.box.clock.now().isoformat()

    def _do_rate_limits(self, enabled: bool) -> None:
        self.box.rates.enabled = enabled

    def _do_drop(self, count: int | None = None) -> int:
        return self.box.sockets.drop(count)

    async def _do_refresh(self, warn: bool = False) -> None:
        await self.box.sockets.refresh(warn)

    async def _do_flood(self, **args: Any) -> Json:
        return await flood(self.box, **args)

    def _do_info(self) -> Json:
        return self.box.address()


def as_json(value: object) -> Any:
    """Dataclasses as objects, sets as sorted lists. Raises TypeError for what else json cannot encode."""
    if isinstance(value, Delivery):
        return {"event_id": value.event_id, "status": value.status, "attempt": value.attempt, "error": value.error}
    if isinstance(value, Result):
        responses = [asdict(m) for m in value.responses]
        return {"ack": value.ack, "error": value.error, "latency": value.latency, "responses": responses}
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, frozenset | set):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} cannot be sent")
