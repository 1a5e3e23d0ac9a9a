"""The Home tab: what is open, for whoever opens it."""

from __future__ import annotations

from bot.cards.home import home_view
from bot.desk import risks, status
from bot.desk.naming import person_view
from bot.services import Services
from handlers.unit import is_member, read
from handlers.work import Received


async def app_home_opened(services: Services, received: Received) -> None:
    """Status and open risks on the Home tab; outsiders see what PartnerDesk is and nothing else."""
    event = received.payload["event"]
    if event.get("tab", "home") != "home":
        return
    await show(services, received.workspace_id, event["user"])


async def show(services: Services, workspace_id: str, user: str) -> None:
    """Draw `user`'s Home tab anew."""
    now = services.clock.now()
    reader = await read(services, workspace_id, person_view, user)
    view = home_view(None, (), reader)
    if await is_member(services, workspace_id, user):
        overview = await read(
            services, workspace_id, status.overview, now=now, policy=services.policy, reader=services.reads_with
        )
        found = await read(services, workspace_id, risks.find_open, None, now=now)
        view = home_view(overview, found, reader)
    await services.gateway.publish_home(workspace_id, user, view)
