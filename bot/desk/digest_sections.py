"""The parts a digest has, and which of them a person wants, from their own words."""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import StrEnum

from bot.errors import Refused


class Section(StrEnum):
    """A part of the digest, named as people leave it out: `digest without worth-a-look`. The portfolio is the weekly
    message of its own that managers of managers get."""

    DECISIONS = "decisions"
    DUE = "due"
    PROMISES = "promises"
    RISKS = "risks"
    SLIPPED = "slipped"
    HANDOFFS = "handoffs"
    CHANGES = "changes"
    WORTH_A_LOOK = "worth-a-look"
    PORTFOLIO = "portfolio"


_CALLED = {
    Section.DECISIONS: ("decisions", "decision", "approvals", "approval"),
    Section.DUE: ("due items", "due", "agenda", "tasks", "reminders", "calendar"),
    Section.PROMISES: ("promises", "promise", "commitments", "commitment"),
    Section.RISKS: ("at risk", "risks", "risk"),
    Section.SLIPPED: ("slipped", "slips", "slip"),
    Section.HANDOFFS: ("handoffs", "handoff", "hand offs", "handed"),
    Section.CHANGES: ("what changed", "changes", "changed", "change", "news"),
    Section.WORTH_A_LOOK: ("worth a look", "hints", "hint", "maybe"),
    Section.PORTFOLIO: ("portfolio", "roll up", "rollup", "weekly portfolio"),
}
_ONLY, _ALSO = frozenset(["only", "just"]), frozenset(["with", "include", "including"])
_GLUE = frozenset(["the", "a", "an", "and", "or", "of", "my", "please", "pls", "section", "part", "weekly"])
_ALL = frozenset(["everything", "all"])


def wanted(words: str, without: Collection[str]) -> list[Section]:
    """Which sections they leave out after saying `words` ("without worth-a-look", "only risks", "with everything"),
    having left out those `without` so far. Raises Refused for words that name none."""
    said = re.sub(r"[^\w ]+", " ", words.casefold()).split()
    mode, rest = (said[0] if said else ""), " ".join(said[1:])
    named: set[Section] = set(Section) if _ALL & set(said) else set()
    for section, names in _CALLED.items():
        for name in sorted(names, key=len, reverse=True):
            rest, times = re.subn(rf"\b{name}\b", " ", rest)
            named |= {section} if times else set()
    odd = [word for word in rest.split() if word not in _GLUE | _ALL]
    if odd or not named:
        raise Refused(
            f"I did not get “{words}”. A digest has these parts: {', '.join(Section)}. For example: digest without"
            " worth-a-look"
        )
    before = {section for section in Section if section in without}
    if mode in _ONLY:
        left_out = set(Section) - named - ({Section.PORTFOLIO} - before)
    else:
        left_out = before - named if mode in _ALSO else before | named
    return [section for section in Section if section in left_out]
