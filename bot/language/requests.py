"""What a person asks of the calendar, read from their words: one frozen request per command.

Values stand in for what was said and nothing else: "" or None means it was not said, and whoever runs the request asks.
Names are as typed (`bot.desk.lookup` resolves them); days and times of day are in the asker's own zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

from bot.language.slots.cadences import Cadence
from bot.language.slots.money import Money
from bot.language.slots.periods import Period
from models.partners import PartnerType

OnboardVerb = Literal["start", "show", "done"]
ActionVerb = Literal["done", "drop", "show"]
QbrVerb = Literal["run", "schedule", "hold", "close", "skip", "deck", "show"]
CheckInVerb = Literal["schedule", "show", "done", "skip", "reschedule", "stop", "brief"]
DealVerb = Literal["register", "approve", "reject", "return", "extend", "withdraw", "won", "lost", "show"]
RenewalVerb = Literal["prepare", "negotiate", "renewed", "lapsed", "terminated", "show"]
DigestVerb = Literal["on", "off", "daily", "weekly", "at", "content", "show"]
HandoffTopic = Literal["executive_approval", "deal_desk", "commission", "campaign", ""]


@dataclass(frozen=True, slots=True)
class Setting:
    """When and where somebody asks, and what their company calls things.

    `now` is aware and in the asker's `zone` (IANA name, "" = unknown); `tiers` and `fiscal_start` (the month the fiscal
    year begins, 1 = January) come from policy; `currency` (ISO 4217) is meant where a large sum names none.
    """

    now: datetime
    zone: str = ""
    tiers: tuple[str, ...] = ("Bronze", "Silver", "Gold")
    fiscal_start: int = 1
    currency: str = "USD"

    @property
    def today(self) -> date:
        return self.now.date()


@dataclass(frozen=True, slots=True)
class Onboard:
    """`step` is what is "done" of an onboarding ("kickoff")."""

    verb: OnboardVerb
    name: str
    tier: str | None = None
    type: PartnerType | None = None
    step: str = ""


@dataclass(frozen=True, slots=True)
class Qbr:
    """`run` computes the pack of `period`, `deck` exports it; `day` and `at` are of the meeting, `note` why it is
    skipped."""

    verb: QbrVerb
    name: str
    period: Period | None = None
    day: date | None = None
    at: time | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class CheckIn:
    """Without a `cadence` a scheduled check-in is a single one on `day`; `brief` is what to know before the next."""

    verb: CheckInVerb
    name: str
    cadence: Cadence | None = None
    day: date | None = None
    at: time | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Deal:
    """`number` is the registration's ("#12"). `partner` and `account` were said to be that; `name` may be either, and
    beside `name` the `account` too ("register BigCo deal for Initech"). `closes` is the day the deal is expected to."""

    verb: DealVerb
    number: int | None = None
    name: str = ""
    partner: str = ""
    account: str = ""
    value: Money | None = None
    closes: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Renewal:
    """`period` is when the term ends (a year, a quarter); without a `name` all of that period are meant. `until` is the
    last day of the new term, said with an outcome."""

    verb: RenewalVerb
    name: str = ""
    period: Period | None = None
    until: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """`name` "" = the overview, or with `everyone` all partners."""

    name: str = ""
    everyone: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """`number` is the item's; without it those of the partner `name`, or all of the asker's."""

    verb: ActionVerb
    number: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Digest:
    """`at` goes with "at", and with daily and weekly when said; `content` are the words of what to show."""

    verb: DigestVerb
    at: time | None = None
    content: str = ""


@dataclass(frozen=True, slots=True)
class Handoff:
    """`to` is a user id where a person was named, else ""; `text` is what is asked, as typed."""

    topic: HandoffTopic
    text: str
    name: str = ""
    to: str = ""
