"""Which handler does which kind of receipt, and how a person is told one sentence about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from bot.cards.notice import notice_card
from bot.desk.rights import NOT_OURS
from bot.errors import Refused
from bot.in_thread import in_thread
from bot.manifest import METHOD_SCOPES, Registered
from bot.services import Services
from handlers import actions, events, forms, shortcuts
from handlers.answers import Answer, ByResponseUrl, InDirectMessage, OnlyToThem
from handlers.commands import dispatch
from handlers.unit import our_user
from handlers.work import Handle, Received
from models.base import Workspace
from models.store import Store

HANDLERS: dict[str, Callable[[Services, Received], Awaitable[None]]] = {
    "event": events.handle,
    "command": dispatch.handle,
    "action": actions.handle,
    "shortcut": shortcuts.handle,
    "view": forms.handle,
}
EVENT_TYPES = frozenset(events.EVENTS)
# What the manifest has to ask Slack for.
REGISTERED = Registered(
    commands=frozenset({"/pm"}),
    shortcuts=frozenset(shortcuts.SHORTCUTS),
    events=EVENT_TYPES,
    methods=frozenset(METHOD_SCOPES),
    more_scopes=frozenset({"users:read.email"}),
)


def bind(services: Services) -> dict[str, Handle]:
    """The table for a `Worker`."""
    installed: set[str] = set()

    async def guarded(handler: Callable[[Services, Received], Awaitable[None]], received: Received) -> None:
        """Only workspaces we are installed in: an outsider's click names theirs. Their events are nothing to us."""
        if received.workspace_id not in installed:
            if not await in_thread(_is_installed, services.store, received.workspace_id):
                if received.kind != "event":
                    raise Refused(NOT_OURS)
                return
            installed.add(received.workspace_id)
        await handler(services, received)

    return {kind: partial(guarded, handler) for kind, handler in HANDLERS.items()}


async def tell(services: Services, received: Received, sentence: str) -> None:
    """Say `sentence` to the person behind a receipt, only to them. Nobody is told when nobody addressed us."""
    answer = await _answer_to(services, received)
    if answer is not None:
        await answer.say(notice_card(sentence))


async def _answer_to(services: Services, received: Received) -> Answer | None:
    payload, workspace_id, key = received.payload, received.workspace_id, f"answer:{received.id}"
    if payload.get("response_url"):
        return ByResponseUrl(services, payload["response_url"])
    if received.kind != "event":
        return InDirectMessage(services, workspace_id, payload["user"]["id"], key)
    event = payload["event"]
    if event["type"] not in ("message", "app_mention") or event.get("subtype") or event.get("bot_id"):
        return None
    if event.get("channel_type") == "im":
        return InDirectMessage(services, workspace_id, event["channel"], key)
    if f"<@{await our_user(services, received)}>" in event.get("text", ""):
        return OnlyToThem(services, workspace_id, event["channel"], event["user"], event.get("thread_ts"))
    return None


def _is_installed(store: Store, workspace_id: str) -> bool:
    with store.system(write=False) as session:
        return session.get(Workspace, workspace_id) is not None
