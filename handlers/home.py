"""The Home tab: what waits, for whoever opens it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.cards.home import ANY, PARTNER, SCOPE, SECTION, home_view, outsiders_view
from bot.desk import home
from bot.desk.home import Filters
from bot.services import Services
from handlers.fields import chosen
from handlers.unit import is_member, read
from handlers.work import Received

_MENUS = {SCOPE: "scope", PARTNER: "partner", SECTION: "section"}


async def app_home_opened(services: Services, received: Received) -> None:
    """What waits for them; outsiders see what PartnerDesk is and nothing else."""
    event = received.payload["event"]
    if event.get("tab", "home") != "home":
        return
    await show(services, received.workspace_id, event["user"], event)


async def show(services: Services, workspace_id: str, user: str, payload: Mapping[str, Any]) -> None:
    """Draw `user`'s Home tab anew. `payload` holds the view they have before them, if any, and what they pressed on it:
    that says what they look at."""
    view = outsiders_view()
    if await is_member(services, workspace_id, user):
        shown = await read(
            services, workspace_id, home.view, user, _filters(payload), now=services.clock.now(),
            policy=services.policy, reads_with=services.reads_with,
        )  # fmt: skip
        view = home_view(shown)
    await services.gateway.publish_home(workspace_id, user, view)


def _filters(payload: Mapping[str, Any]) -> Filters:
    """What the view kept, changed by what was just chosen."""
    kept: dict[str, str] = json.loads((payload.get("view") or {}).get("private_metadata") or "{}")
    for action in payload.get("actions") or ():
        name = _MENUS.get(action["action_id"])
        if name is not None:
            kept[name] = "" if chosen(action) == ANY else chosen(action)
    return Filters.read(kept)
