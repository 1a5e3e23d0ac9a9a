"""actions Globex · action #12 · action #12 done"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.language.arguments.reading import acting_verb, one_name, request
from bot.language.draft import Draft
from bot.language.requests import Action
from bot.language.slots.found import Found
from bot.language.tokens import Token
from bot.language.verbs import ACTIONS

_EXAMPLE = "actions Globex, or: action #12 done"
_NUMBER = re.compile(r"(?<![\w#])#?(\d{1,9})(?!\w)")


def actions(parts: Sequence[Token]) -> Action:
    """What follows "action", or the whole sentence. Raises Refused, Choice."""
    draft = Draft(parts)
    number = draft.take(_find_number)
    verb = acting_verb(draft, ACTIONS, "show", ("done", "drop"))
    name = one_name(draft, lambda name: request("actions", name), _EXAMPLE)
    return Action(verb or "show" if number is not None else "show", number, name)


def _find_number(text: str) -> Found[int] | None:
    match = _NUMBER.search(text)
    return Found(int(match[1]), match.start(), match.end()) if match else None
