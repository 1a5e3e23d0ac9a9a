"""status of Acme Corp"""

from __future__ import annotations

from collections.abc import Sequence

from bot.language import words
from bot.language.arguments.reading import one_name, request
from bot.language.draft import Draft
from bot.language.requests import Status
from bot.language.tokens import Token
from bot.language.verbs import STATUS

_EACH = frozenset(["every", "each"])
_ALL = words.GLUE | words.FILLER | words.ASIDE | STATUS.keys() | _EACH


def status(parts: Sequence[Token]) -> Status:
    """What follows "status". Raises Refused, Choice."""
    said = {token.word for token in parts}
    if ("partners" in said or not _EACH.isdisjoint(said)) and said <= _ALL:
        return Status(everyone=True)
    draft = Draft(parts)
    draft.take_verbs(STATUS)
    draft.drop_aside()  # "how is Acme doing": all of it is a question
    name = one_name(draft, lambda name: request("status of", name), "status of Acme Corp")
    return Status(name)
