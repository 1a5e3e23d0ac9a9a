"""Everything Slack sends becomes a receipt, committed before it is acked; nothing else happens before the ack.

Over HTTP `Intake` is Bolt's `before_authorize` middleware: it runs right after the signature check and answers
everything but url_verification and ssl_check itself. In Socket Mode, where there is no signature to check, Bolt's
adapter asks it directly. Bolt's listeners, its authorize call and its 10 ms ack poll are not needed: who may do what is
decided by the desk, on stored facts, after the ack.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import timedelta
from typing import Any

import structlog
from slack_bolt import BoltResponse
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from sqlalchemy.exc import SQLAlchemyError

from bot import monitoring
from bot.clock import Clock, SystemClock, elapsed
from bot.in_thread import Batcher
from handlers.work import LEASE, Worker
from models import receipts
from models.receipts import Claimed, NewReceipt
from models.store import Store

Validate = Callable[[Mapping[str, Any]], Mapping[str, str]]

# What reading a payload of an unexpected shape raises. It is acked all the same: Slack would only send it again.
MISSHAPEN = (AttributeError, KeyError, TypeError, ValueError, IndexError, RecursionError)

_KINDS = {
    "event_callback": "event",
    "block_actions": "action",
    "shortcut": "shortcut",
    "message_action": "shortcut",
    "view_submission": "view",
    "view_closed": "view",
}
_SUGGESTIONS = frozenset({"block_suggestion", "dialog_suggestion"})
# A message_changed is about a message that has its receipt already, and there may be many of them.
_NOT_NEW = frozenset({"message_changed", "message_deleted", "message_replied"})
_ECHOES = frozenset({"message", "app_mention", "reaction_added", "reaction_removed", "message_metadata_posted"})

_log = structlog.get_logger(__name__)


class ReceiptBatcher:
    """Stores concurrent receipts in one commit and hands the new ones to the worker."""

    def __init__(self, store: Store, worker: Worker, clock: Clock | None = None, lease: timedelta = LEASE) -> None:
        self._store = store
        self._worker = worker
        self._clock = clock or SystemClock()
        self._lease = lease
        self._batcher: Batcher[NewReceipt, Claimed | None] = Batcher("receipts-in", self._insert)

    async def store(self, receipt: NewReceipt) -> bool:
        """Return after the commit: True when the receipt was new. Raises SQLAlchemyError when nothing was stored."""
        claimed = await self._batcher.submit(receipt)
        if claimed is None:
            return False
        self._worker.take([claimed])
        return True

    async def close(self) -> None:
        """Finish what was handed in."""
        await self._batcher.close()

    def _insert(self, arrived: list[NewReceipt]) -> list[Claimed | None]:
        with self._store.system() as session:
            return receipts.insert(session, arrived, owner=self._worker.owner, now=self._clock.now(), lease=self._lease)


class Intake(AsyncMiddleware):
    """Ack = receipt stored. `events` are the event types the handlers want; `validate` looks at a view_submission and
    returns the errors to show on it by block id: the one answer that must travel with the ack.
    """

    def __init__(self, batcher: ReceiptBatcher, *, events: Collection[str], validate: Validate) -> None:
        self._batcher = batcher
        self._events = frozenset(events)
        self._validate = validate

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,  # noqa: ARG002  # Bolt passes it by name
        next: Callable[[], Awaitable[BoltResponse]],
    ) -> BoltResponse | None:
        """Bolt's way in."""
        if req.body.get("type") == "url_verification":
            return await next()
        return await self.answer(req.body)

    async def answer(self, body: Any) -> BoltResponse:
        """The answer to any payload, however broken: 200 once it is safe (or needs no keeping), 503 when the commit
        failed, so that Slack sends it again."""
        started = elapsed()
        try:
            errors = self._form_errors(body)
            receipt = receipt_of(body)
            wanted = receipt is not None and self._wanted(receipt)
        except MISSHAPEN as error:
            return _unreadable(body, error)
        if errors:
            return _ack(json.dumps({"response_action": "errors", "errors": errors}))
        if receipt is None or not wanted:
            return _unkept(body)
        try:
            new = await self._batcher.store(receipt)
        except SQLAlchemyError as error:
            _log.error("receipt not stored, so not acked", kind=receipt.kind, exc_info=error)
            monitoring.RECEIPTS.labels(receipt.kind, "refused").inc()
            return BoltResponse(status=503, body="")
        monitoring.RECEIPTS.labels(receipt.kind, "stored" if new else "duplicate").inc()
        monitoring.ACK_SECONDS.observe(elapsed() - started)
        return _ack()

    def _form_errors(self, body: dict[str, Any]) -> dict[str, str]:
        return dict(self._validate(body)) if body.get("type") == "view_submission" else {}

    def _wanted(self, receipt: NewReceipt) -> bool:
        if receipt.kind != "event":
            return True
        return receipt.payload["event"]["type"] in self._events and not is_echo(receipt.payload)


def receipt_of(body: dict[str, Any]) -> NewReceipt | None:
    """The receipt of a payload, None for a kind we have no use for. Raises one of `MISSHAPEN` for a broken payload."""
    kind = "command" if "command" in body else _KINDS.get(body.get("type", ""))
    if kind is None:
        return None
    workspace = workspace_of(body)
    if kind == "event":
        event = body["event"]
        channel = _channel_of(event)
        return NewReceipt(
            _fit(workspace, 32),
            _fit(body.get("event_id") or _digest(body), 255),
            _message_key(workspace, channel, event),
            kind,
            _fit(f"{workspace}:{channel or _person_of(event) or event['type']}", 64),
            body,
        )
    # Clicks and commands have no event id: the same payload again is the same click (its trigger_id is in it).
    return NewReceipt(
        _fit(workspace, 32), f"{kind}:{_digest(body)}", None, kind,
        _fit(f"{workspace}:{_person_of(body)}", 64), body,
    )  # fmt: skip


def workspace_of(body: dict[str, Any]) -> str:
    """Our workspace a payload is meant for: in a shared channel the outer team_id may be the other company's.

    An organisation-wide installation is known by its enterprise id.
    """
    if isinstance(view := body.get("view"), dict) and view.get("app_installed_team_id"):
        return str(view["app_installed_team_id"])
    source = body["authorizations"][0] if body.get("authorizations") else body
    team = source.get("team_id") or body.get("team_id") or _id(body.get("team"))
    if team:
        return str(team)
    user = body.get("user")
    enterprise = source.get("enterprise_id") or _id(body.get("enterprise"))
    return str((user.get("team_id") if isinstance(user, dict) else None) or enterprise or "")


def is_echo(body: dict[str, Any]) -> bool:
    """Is this event our own message or reaction coming back? Told from the payload alone."""
    event = body["event"]
    if event["type"] not in _ECHOES:
        return False
    said = event.get("message") if isinstance(event.get("message"), dict) else event
    ours = {a["user_id"] for a in body.get("authorizations") or [] if a.get("is_bot")}
    app = body.get("api_app_id")
    profile = said.get("bot_profile") or {}
    return said.get("user") in ours or bool(app and app in (said.get("app_id"), profile.get("app_id")))


def _message_key(workspace: str, channel: str, event: dict[str, Any]) -> str | None:
    new = event["type"] == "app_mention" or (event["type"] == "message" and event.get("subtype") not in _NOT_NEW)
    return _fit(f"{workspace}:{channel}:{event['ts']}", 128) if new and channel and event.get("ts") else None


def _channel_of(event: dict[str, Any]) -> str:
    item = event.get("item")
    return _id(event.get("channel")) or event.get("channel_id") or _id(item.get("channel") if item else None)


def _person_of(body: dict[str, Any]) -> str:
    return _id(body.get("user")) or body.get("user_id") or ""


def _id(value: Any) -> str:
    return str(value.get("id") or "") if isinstance(value, dict) else str(value or "")


def _fit(value: object, width: int) -> str:
    """`value` as text that fits its column: what is longer, or no text a database can hold, is replaced by its hash."""
    whole = str(value)
    if len(whole) <= width and whole.isprintable():
        return whole
    return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()[:width]


def _digest(body: dict[str, Any]) -> str:
    return "sha256:" + hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _ack(body: str = "") -> BoltResponse:
    return BoltResponse(status=200, body=body)


def _unkept(body: dict[str, Any]) -> BoltResponse:
    """Ack what needs no work: echoes, events nobody asked for, menus without options, kinds unknown to us."""
    if body.get("type") in _SUGGESTIONS:
        return _ack(json.dumps({"options": []}))
    kind = body.get("type") if body.get("type") in _KINDS else "other"
    monitoring.RECEIPTS.labels(str(kind), "ignored").inc()
    return _ack()


def _unreadable(body: object, error: Exception) -> BoltResponse:
    kind = body.get("type") if isinstance(body, dict) else None
    _log.warning("unreadable payload acked", kind=str(kind)[:40], error=type(error).__name__)
    monitoring.RECEIPTS.labels("other", "unreadable").inc()
    return _ack()
