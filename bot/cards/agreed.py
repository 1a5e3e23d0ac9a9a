"""The fields for what was agreed in a meeting: what, whose turn it is, who of us sees to it, by when."""

from __future__ import annotations

from bot.cards.blocks import Node, option
from bot.cards.forms import field, words

PLACES = 3  # how many things agreed fit a form
WHAT, SIDE, OWNER, DUE = "what", "side", "owner", "due"
_SIDES = {"us": "We do it", "partner": "The partner does it", "customer": "The customer does it"}


def part(name: str, place: int) -> str:
    """The block id of one field of the `place`-th thing agreed."""
    return f"{name}{place}"


def agreed_fields(place: int, title: str, *, optional: bool = True, owner_hint: str = "") -> list[Node]:
    """The fields of the `place`-th thing agreed, from 0; `title` is what it is called: "Action"."""
    label = f"{title} {place + 1}"
    owner, due = {"type": "users_select", "action_id": "user"}, {"type": "datepicker", "action_id": "day"}
    sides = [option(shown, value) for value, shown in _SIDES.items()]
    side = {"type": "static_select", "action_id": "side", "options": sides, "initial_option": sides[0]}
    return [
        field(part(WHAT, place), f"{label}: what", words(), optional=optional),
        field(part(SIDE, place), f"{label}: whose turn", side, optional=True),
        field(part(OWNER, place), f"{label}: who of us sees to it", owner, optional=optional, hint=owner_hint),
        field(part(DUE, place), f"{label}: by when", due, optional=optional),
    ]
