"""Buttons that settle one row: a use case of the desk, and what is said of it where the card is not edited."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from bot.cards.card import Card
from bot.policy import Policy
from handlers.commands.registry import Button, ButtonContext
from handlers.unit import write
from models.store import UnitOfWork


class Settle(Protocol):
    """A use case that acts on one row, for one person. Raises Refused."""

    def __call__(self, uow: UnitOfWork, row: int, /, *, actor: str, now: datetime, policy: Policy) -> object: ...


def settle(action_id: str, use_case: Settle, said: str) -> Button:
    """A button whose value is a row's number; `said` has {} where the number goes."""

    async def press(context: ButtonContext) -> Card | None:
        await write(
            context.services, context.workspace_id, use_case, context.row, actor=context.actor, now=context.now,
            policy=context.services.policy,
        )  # fmt: skip
        return context.done(said.format(context.row))

    return Button(action_id, press)
