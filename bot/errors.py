"""Errors a person may read."""

from __future__ import annotations

from collections.abc import Sequence


class Refused(Exception):
    """A request that cannot be done, in one clear sentence with a next step. Shown to the person as it stands;
    nothing has been changed when it is raised."""


class Choice(Refused):
    """Something is missing or may mean several things: a question, answered by one of `requests`.

    Each is a whole request as a person could type it, shown as a button: with the words of `labels` at its place, or
    with the request itself. More than ten is too much to choose from: then a sentence asks for the words instead.
    """

    def __init__(self, question: str, requests: Sequence[str] = (), *, labels: Sequence[str] = ()) -> None:
        super().__init__(question)
        self.requests = tuple(requests)
        self.labels = tuple(labels)
