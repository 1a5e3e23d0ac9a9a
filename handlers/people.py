"""Changes of people and of our own installation."""

from __future__ import annotations

from datetime import timedelta

import structlog

from bot.services import Services
from bot.slack.people import ensure_people
from handlers.unit import read
from handlers.work import Received
from models.partners import Person
from models.store import UnitOfWork

_log = structlog.get_logger(__name__)


async def changed(services: Services, received: Received) -> None:
    """Somebody's name, zone or membership changed: look again, if it is somebody we know."""
    user = received.payload["event"]["user"]["id"]
    if await read(services, received.workspace_id, _known, user):
        now = services.clock.now()
        await ensure_people(services, received.workspace_id, [user], now, max_age=timedelta(0))


async def removed(services: Services, received: Received) -> None:
    """PartnerDesk was removed or its bot token taken away: nothing can be sent until it is installed again."""
    event = received.payload["event"]
    if event["type"] == "tokens_revoked" and not event.get("tokens", {}).get("bot"):
        return  # somebody's own token, which we never hold
    _log.warning("installation removed", workspace=received.workspace_id, what=event["type"])
    await services.gateway.forget(received.workspace_id)


def _known(uow: UnitOfWork, user: str) -> bool:
    return uow.find(Person, slack_id=user) is not None
