"""Who people are, as Slack says: kept in Person rows, looked up again after a day or when Slack says they changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Protocol
from zoneinfo import available_timezones

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from bot.in_thread import in_thread
from bot.slack.errors import PersonGone
from bot.slack.gateway import Gateway, SlackUser
from models.partners import Person
from models.store import Store

MAX_AGE = timedelta(days=1)
MEMBER_AGE = timedelta(minutes=10)  # where it matters: a colleague may have become a guest since
MANY = 20  # from here on the whole list costs fewer calls than one look-up each (users.info 100 a minute)


class Reach(Protocol):
    """What is needed to look somebody up: Services, the Outbox, ..."""

    @property
    def store(self) -> Store: ...
    @property
    def gateway(self) -> Gateway: ...


async def ensure_people(
    reach: Reach, workspace_id: str, user_ids: Collection[str], now: datetime, *, max_age: timedelta = MAX_AGE
) -> None:
    """Make sure there is a Person row, not older than `max_age`, for each Slack user id.

    Whoever Slack will not show becomes a stranger of no team. Raises SlackProblem when Slack cannot be asked.
    """
    stale = await in_thread(_stale, reach.store, workspace_id, frozenset(user_ids), now, max_age)
    if not stale:
        return
    found: dict[str, SlackUser] = {}
    if len(stale) > MANY:
        async for page in reach.gateway.users(workspace_id):
            found |= {user.id: user for user in page if user.id in stale}
    for user_id in stale - found.keys():
        try:
            found[user_id] = await reach.gateway.user(workspace_id, user_id)
        except PersonGone:
            found[user_id] = nobody(user_id)
    await in_thread(save_people, reach.store, workspace_id, [*found.values()], now)


def nobody(user_id: str) -> SlackUser:
    """Somebody Slack does not show us: treated as an outsider of an unknown workspace."""
    return SlackUser(user_id, "", user_id, "", "", is_bot=False, is_guest=False, is_stranger=True, is_deleted=False)


def save_people(store: Store, workspace_id: str, users: Sequence[SlackUser], now: datetime) -> None:
    """Write what Slack said into Person rows; what the book said stays."""
    try:
        _write(store, workspace_id, users, now)
    except IntegrityError:  # another process met the same person first; now the row is there
        _write(store, workspace_id, users, now)


def _write(store: Store, workspace_id: str, users: Sequence[SlackUser], now: datetime) -> None:
    with store.write(workspace_id) as uow:
        for user in sorted(users, key=lambda user: user.id):  # in one order, so that no two wait in a circle
            row = uow.find(Person, slack_id=user.id) or uow.add(Person(workspace_id=workspace_id, slack_id=user.id))
            row.team_id = user.team_id
            row.slack_name, row.slack_email = user.name, user.email
            row.slack_timezone = user.timezone if user.timezone in _zones() else ""
            row.is_bot, row.is_guest = user.is_bot, user.is_guest
            row.is_stranger, row.is_deleted = user.is_stranger, user.is_deleted
            row.refreshed_at = now


@cache
def _zones() -> frozenset[str]:
    """The zones Python knows; Slack still has some that are gone ("US/Pacific-New")."""
    return frozenset(available_timezones())


def _stale(
    store: Store, workspace_id: str, user_ids: frozenset[str], now: datetime, max_age: timedelta
) -> frozenset[str]:
    since = now - max_age
    with store.read(workspace_id) as uow:
        fresh = uow.session.exec(
            select(Person.slack_id).where(
                col(Person.slack_id).in_(user_ids),
                col(Person.refreshed_at) > since,
                col(Person.refreshed_at) <= now,  # what `tick --at` saw in a later time proves nothing today
            )
        )
        return user_ids - frozenset(fresh)
