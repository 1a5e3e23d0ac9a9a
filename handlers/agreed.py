"""What was agreed in a meeting, as somebody filled it into a form (bot/cards/agreed.py)."""

from __future__ import annotations

from collections.abc import Mapping

from bot.cards.agreed import DUE, OWNER, PLACES, SIDE, WHAT, part
from bot.desk.actions import Agreed
from handlers.fields import Fields
from models.calendar import Side


def agreed(fields: Fields) -> list[Agreed]:
    """Every place where it says what. Raises ValueError when a date is none."""
    return [
        Agreed(
            what=fields.one(part(WHAT, place)),
            side=Side(fields.one(part(SIDE, place)) or Side.US),
            owner=fields.one(part(OWNER, place)),
            due_on=fields.day(part(DUE, place)),
        )
        for place in range(PLACES)
        if fields.one(part(WHAT, place))
    ]


def missing(fields: Fields, needed: Mapping[str, str], *, at_least: int = 0) -> dict[str, str]:
    """The question of each field in `needed` that is empty, by its block id, in every place where something is filled
    in and in the first `at_least` ones."""
    return {
        part(name, place): question
        for place in range(PLACES)
        if place < at_least or any(fields.one(part(name, place)) for name in (WHAT, OWNER, DUE))
        for name, question in needed.items()
        if not fields.one(part(name, place))
    }
