"""What other systems tell us: POST /hooks/onboarding, signed.

The body is JSON: {"partner", "step", "status"} and, if known, "link", "done_on", "workspace". Two headers prove who
sent it and when: `X-PartnerDesk-Timestamp` (Unix seconds) and `X-PartnerDesk-Signature`, "sha256=" and the hex
HMAC-SHA256, under the shared secret, of the timestamp, a full stop and the body. The time is signed as in Slack's own
requests: one that was overheard is worth nothing five minutes later, and until then it does nothing twice (this
process remembers it; one that was restarted meanwhile does not).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web
from sqlmodel import col, select

from bot.clock import SystemClock
from bot.desk import onboarding_updates
from bot.errors import Refused
from bot.imports.tasks import StepUpdate, read_update
from bot.in_thread import in_thread
from bot.services import Services
from handlers.unit import write
from models.base import Workspace
from models.store import Store

TIMESTAMP, SIGNATURE = "X-PartnerDesk-Timestamp", "X-PartnerDesk-Signature"
WINDOW_S = 300

_log = structlog.get_logger(__name__)


class BadRequest(ValueError):
    """The body is not what the hook takes; the text says why, for whoever set the other system up."""


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The value of the signature header."""
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"sha256={digest}"


def is_genuine(secret: str, timestamp: str, signed: str, body: bytes, *, now: float) -> bool:
    """Whether whoever has the secret sent `body` within five minutes of `now` (Unix seconds of the machine's clock)."""
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12):
        return False
    expected = signature(secret, timestamp, body)
    is_signed = bool(secret) and hmac.compare_digest(expected.encode(), signed.encode("utf-8", "replace"))
    return is_signed and abs(now - int(timestamp)) <= WINDOW_S


def onboarding_hook(
    services: Services, secret: str, *, wake: Callable[[], None]
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The page that takes updates of onboarding steps. `wake` is called when cards are to be edited."""
    heard: dict[str, tuple[int, dict[str, str]]] = {}  # signature -> when it was signed, the step and its status

    async def page(request: web.Request) -> web.Response:
        body = await request.read()
        stamp, signed = request.headers.get(TIMESTAMP, ""), request.headers.get(SIGNATURE, "")
        now = SystemClock().now().timestamp()
        if not is_genuine(secret, stamp, signed, body, now=now):
            _log.warning("a hook was called with no valid signature")
            return _problem(401, "The signature is missing, wrong, or more than five minutes old.")
        if signed in heard:
            return web.json_response({**heard[signed][1], "changed": False})
        try:
            workspace_id, update = _read(body, await in_thread(_workspaces, services.store))
            told = await write(
                services, workspace_id, onboarding_updates.record, update, now=services.clock.now(),
                policy=services.policy,
            )  # fmt: skip
        except BadRequest as problem:
            return _problem(400, str(problem))
        except Refused as problem:
            return _problem(422, str(problem))
        changed = told.verb is onboarding_updates.Verb.CHANGED
        if changed:
            wake()
        for old in [each for each, (at, _) in heard.items() if now - at > WINDOW_S]:
            del heard[old]
        step = {"step": told.step, "status": update.status.value}
        heard[signed] = int(stamp), step
        return web.json_response({**step, "changed": changed})

    return page


def _read(body: bytes, installed: list[str]) -> tuple[str, StepUpdate]:
    """Which workspace it is for, and what it says. Raises BadRequest."""
    try:
        values = json.loads(body)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise BadRequest('The body must be a JSON object: {"partner": "…", "step": "…", "status": "done"}')
    workspace = values.pop("workspace", None) or (installed[0] if len(installed) == 1 else None)
    if workspace not in installed:
        raise BadRequest("Say which workspace it is for: “workspace” is the id of a Slack team that I am installed in.")
    try:
        return workspace, read_update(values)
    except ValueError as error:
        raise BadRequest(str(error)) from error


def _workspaces(store: Store) -> list[str]:
    with store.system(write=False) as session:
        return list(session.exec(select(Workspace.id).order_by(col(Workspace.id))).all())


def _problem(status: int, sentence: str) -> web.Response:
    return web.json_response({"error": sentence}, status=status)
