"""status of Acme Corp"""

from __future__ import annotations

from collections.abc import Sequence

from bot.language.arguments.reading import one_name, request
from bot.language.draft import Draft
from bot.language.requests import Status
from bot.language.tokens import Token
from bot.language.verbs import STATUS


def status(parts: Sequence[Token]) -> Status:
    """What follows "status". Raises Refused, Choice."""
    draft = Draft(parts)
    draft.take_verbs(STATUS)
    draft.drop_aside()  # "how is Acme doing": all of it is a question
    return Status(one_name(draft, lambda name: request("status of", name), "status of Acme Corp"))
