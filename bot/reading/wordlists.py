"""Word lists, written as one string so that a table of a hundred words stays readable."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The set of the blank-separated words in `text`."""
    return frozenset(text.split())
