"""What a reader receives and what it gives back: plain frozen values, no database, no Slack.

Every reader (rules, the trained model, Claude) speaks these types, so one verifier can judge them all.
Spans are character offsets into the message text *as Slack stores it* (escaped `&amp;`, `<@U…>` and all).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol


class Side(StrEnum):
    """Who is speaking, decided from the author's Slack team id, never from the text."""

    PARTNER = "partner"
    US = "us"
    CUSTOMER = "customer"
    UNKNOWN = "unknown"


class Kind(StrEnum):
    """What a reader can hear."""

    RISK = "risk"
    WATCH = "watch"
    COMMITMENT = "commitment"
    REQUEST = "request"
    RELATIONSHIP = "relationship"
    SCOPE = "scope"
    MISALIGNMENT = "misalignment"
    TECHNICAL = "technical"
    REFERRAL = "referral"
    SOW = "sow"


class Category(StrEnum):
    """What sort of risk a tracked Risk is; a plain `risk` finding is one of the first four."""

    DELAY = "delay"
    BLOCKED = "blocked"
    AT_RISK = "at_risk"
    MISSED = "missed"
    SCOPE = "scope"
    MISALIGNMENT = "misalignment"
    RELATIONSHIP = "relationship"
    TECHNICAL = "technical"
    SILENCE = "silence"
    WATCH = "watch"


@dataclass(frozen=True, slots=True)
class ReadMessage:
    """One message as the reader sees it.

    `text` is Slack's stored text. `said_at` is aware and carries the author's own UTC offset, so "tomorrow" means
    the author's tomorrow. `zone` is the author's IANA zone name when known ("" otherwise).
    `is_speech` is False for bot output, joins and the like: it is context, nothing is ever found in it.
    """

    ts: str
    user: str
    side: Side
    text: str
    said_at: datetime
    zone: str = ""
    is_speech: bool = True


@dataclass(frozen=True, slots=True)
class Sentence:
    """A numbered sentence: `text == message.text[start:end]`; `speech` is False inside code or quoted text."""

    number: int
    start: int
    end: int
    text: str
    speech: bool = True


@dataclass(frozen=True, slots=True)
class Example:
    """Words our own people judged: `is_one` is True for a `kind` the reader missed, False for what is not one."""

    kind: Kind
    text: str
    is_one: bool


@dataclass(frozen=True, slots=True)
class Tuning:
    """What one workspace has taught the reader: added to a kind's thresholds (bounded in `bot/reading/tuning.py`), and
    the newest examples. Empty: the reader as it was shipped."""

    shifts: Mapping[Kind, float] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanDate:
    """One line of the account plan: `owner` is the side that delivers it ("" when the plan does not say)."""

    item: str
    due: date | None = None
    owner: str = ""

    @property
    def says_when(self) -> str:
        """In words for our own people: "the plan says Data migration cutover, 14 March 2026"; "" without a day."""
        return f"the plan says {self.item}, {self.due.day} {self.due:%B %Y}" if self.due else ""

    @property
    def says_who(self) -> str:
        """In words for our own people: "the plan gives Penetration test to the customer"; "" without an owner."""
        owner = "us" if self.owner == Side.US else f"the {self.owner}"
        return f"the plan gives {self.item} to {owner}" if self.owner else ""


@dataclass(frozen=True, slots=True)
class Window:
    """What a reader is shown: `messages` oldest first; those from index `new_from` on are to be read, the earlier ones
    are context (already read). `people` maps user id -> side for everyone who may be named in an owner; `names` maps
    user id -> display name, so that "Martin owns the plan" is Martin's when exactly one Martin is there. `plan` is the
    account plan as far as it concerns the partner: ours alone, nobody in the channel may know it."""

    messages: Sequence[ReadMessage]
    new_from: int = 0
    partner: str | None = None
    account: str | None = None
    people: dict[str, Side] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    tuning: Tuning = field(default_factory=Tuning)
    plan: tuple[PlanDate, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline read from text: `phrase == text[start:end]` of the message; `day` in the author's zone, None when the
    phrase is fuzzy ("asap")."""

    start: int
    end: int
    phrase: str
    day: date | None


@dataclass(frozen=True, slots=True)
class Position:
    """One of the two views of a disagreement: `quote == text[start:end]` of the message `message_ts` of the window.
    `holder` is a user id or a side, None when nobody can be named."""

    message_ts: str
    start: int
    end: int
    quote: str
    holder: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a reader heard. `message_ts`/`start`/`end`/`quote` are the evidence; the verifier drops it unless
    `quote == text[start:end]` of that message. `owner` is a user id, or "partner" | "us" | "customer", or None.
    `names` are proper names the finding relies on, each must stand in the source or come from the channel link.
    `confidence` is the probability a model gives it (1.0 for a rule); one that is not `sure` is "worth a look": it may
    be listed in a digest, never escalated. `weighed` are the parts of the quote that decided, the heaviest first.
    `positions` are the two views of a scope or misalignment finding where both are said. `note` is the line of the
    account plan it stands against, for our own people only: no words of the channel show it."""

    message_ts: str
    kind: Kind
    start: int
    end: int
    quote: str
    category: Category | None = None
    owner: str | None = None
    due: date | None = None
    due_phrase: str | None = None
    reader: str = "rules"
    rule: str = ""
    names: tuple[str, ...] = ()
    confidence: float = 1.0
    sure: bool = True
    weighed: tuple[str, ...] = ()
    positions: tuple[Position, ...] = ()
    note: str = ""


class Reader(Protocol):
    """A reader turns a window into findings about its new messages; it keeps no state and does no input or output."""

    def read(self, window: Window) -> list[Finding]: ...
