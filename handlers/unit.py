"""How a handler calls the desk: one unit of work, in a thread, beside the event loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from bot.desk import rights
from bot.in_thread import in_thread
from bot.services import Services
from bot.slack.people import MEMBER_AGE, ensure_people
from handlers.work import Received
from models.partners import Channel, Person
from models.store import UnitOfWork

P = ParamSpec("P")
T = TypeVar("T")


async def write(
    services: Services,
    workspace_id: str,
    use_case: Callable[Concatenate[UnitOfWork, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """What `use_case(uow, …)` returns, committed; rolled back when it raises."""

    def work() -> T:
        with services.store.write(workspace_id) as uow:
            return use_case(uow, *args, **kwargs)

    return await in_thread(work)


async def read(
    services: Services,
    workspace_id: str,
    query: Callable[Concatenate[UnitOfWork, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """What `query(uow, …)` returns; nothing is ever committed."""

    def work() -> T:
        with services.store.read(workspace_id) as uow:
            return query(uow, *args, **kwargs)

    return await in_thread(work)


async def require_member(services: Services, workspace_id: str, user: str) -> None:
    """Raise Refused with the fixed polite text unless `user` is a current, full member of our workspace."""
    await ensure_people(services, workspace_id, [user], services.clock.now(), max_age=MEMBER_AGE)
    await read(services, workspace_id, rights.require_member, user)


async def is_member(services: Services, workspace_id: str, user: str) -> bool:
    """Whether `user` is one of ours, for what others may do without being answered."""
    await ensure_people(services, workspace_id, [user], services.clock.now(), max_age=MEMBER_AGE)
    return await read(services, workspace_id, _ours, user)


async def our_user(services: Services, received: Received) -> str:
    """PartnerDesk's own user id in the workspace an event was meant for."""
    for authorization in received.payload.get("authorizations") or []:
        if authorization.get("is_bot") and authorization.get("user_id"):
            return str(authorization["user_id"])
    return (await services.gateway.identity(received.workspace_id)).bot_user


def is_watched(uow: UnitOfWork, channel: str) -> bool:
    """Whether PartnerDesk reads this channel."""
    row = uow.find(Channel, slack_id=channel)
    return row is not None and row.watched


def _ours(uow: UnitOfWork, user: str) -> bool:
    return rights.is_member(uow.find(Person, slack_id=user), uow.workspace_id)
