"""The workspaces our tokens speak for, kept in the store: name, address, our own user."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import select

from bot.in_thread import in_thread
from bot.slack.gateway import Gateway, Identity
from models.base import Workspace
from models.partners import Person
from models.store import Store


async def learn_workspace(gateway: Gateway, store: Store, workspace_id: str, now: datetime) -> Identity:
    """Ask Slack who we are (auth.test) and keep it. `workspace_id` may be "" with the token of a single workspace.

    Raises a bot.slack.errors.SlackProblem when the token does not work.
    """
    identity = await gateway.identity(workspace_id)
    await in_thread(_keep, store, identity, now)
    return identity


def _keep(store: Store, identity: Identity, now: datetime) -> None:
    with store.system() as session:
        row = session.get(Workspace, identity.team_id) or Workspace(id=identity.team_id, created_at=now)
        row.name, row.url = identity.team_name, identity.url
        row.bot_user, row.bot_id = identity.bot_user, identity.bot_id
        session.add(row)


def everyone_in_the_book(store: Store) -> list[tuple[str, list[str]]]:
    """For each workspace the Slack ids of the people its partner book names (those with a role)."""
    with store.system(write=False) as session:
        workspaces = session.exec(select(Workspace.id)).all()
    named = []
    for workspace_id in workspaces:
        with store.read(workspace_id) as uow:
            named.append((workspace_id, [person.slack_id for person in uow.list(Person) if person.roles]))
    return named
