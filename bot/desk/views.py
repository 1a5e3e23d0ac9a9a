"""What the desk tells: frozen results for cards, digests and the command line. Names are resolved, times are UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from bot.desk.agenda import AgendaItem


@dataclass(frozen=True, slots=True)
class PersonView:
    """`zone` is an IANA name. `slack_id` may be used for a mention: it came from our store, never from text."""

    slack_id: str
    name: str
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """`state` is current, edited ("edited since") or deleted (`quote` is empty then)."""

    channel: str
    ts: str
    permalink: str
    author: PersonView
    side: str
    said_at: datetime
    quote: str
    state: str


@dataclass(frozen=True, slots=True)
class PositionView:
    """One of the two views of a disagreement. `side` is whose it is (partner, us, customer), "" when nobody knows."""

    side: str
    said: EvidenceView


@dataclass(frozen=True, slots=True)
class DealView:
    external_id: str
    name: str
    amount: Decimal | None
    currency: str
    stage: str
    close_on: date | None


@dataclass(frozen=True, slots=True)
class RiskView:
    """`owner` is a name or side, `held_by` who took it on; `evidence` newest first; `deals` are what it threatens.

    `confidence` (0 to 1), `weighed` (pieces of the quotes) and `note` (the plan's line it stands against) say why the
    reader heard it; `positions` are two or none.
    """

    id: int
    kind: str
    category: str
    state: str
    partner: str
    account: str
    manager: PersonView | None
    owner: str
    due_on: date | None
    due_phrase: str
    reader: str
    rule: str
    policy_version: str
    evidence: tuple[EvidenceView, ...]
    deals: tuple[DealView, ...]
    first_seen_at: datetime
    last_seen_at: datetime
    snoozed_until: datetime | None
    times_seen: int
    held_by: PersonView | None
    is_open: bool
    confidence: float = 1.0
    weighed: tuple[str, ...] = ()
    positions: tuple[PositionView, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class EscalationView:
    """One recipient's view of a risk. `reason` says why it went to them; `climbs_*` what happens unanswered;
    `settled_by` who acknowledged or closed it."""

    id: int
    risk: RiskView
    recipient: PersonView
    to_role: str
    level: int
    state: str
    informs: bool
    reason: str
    rule: str
    climbs_at: datetime | None
    climbs_to: PersonView | None
    settled_by: PersonView | None
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class HandoffView:
    """`note` are the own words of `requested_by`, one of our people, where somebody asked for it. `offered_at` is when
    it went to its `assignee`."""

    id: int
    trigger: str
    to_role: str
    state: str
    assignee: PersonView | None
    partner: str
    account: str
    evidence: tuple[EvidenceView, ...]
    reason: str
    rule: str
    policy_version: str
    due_at: datetime | None
    settled_by: PersonView | None
    note: str = ""
    requested_by: PersonView | None = None
    offered_at: datetime | None = None
    version: int = 1

    def is_for(self, slack_id: str) -> bool:
        """Whether this person has it, offered or taken on."""
        is_theirs = self.assignee is not None and self.assignee.slack_id == slack_id
        return is_theirs and self.state in ("offered", "accepted")

    @property
    def is_unanswered(self) -> bool:
        """Whether a request was left lying: its time to answer is over."""
        return self.requested_by is not None and self.state == "offered" and self.due_at is None


@dataclass(frozen=True, slots=True)
class CommitmentView:
    """`slips` is every date it ever had, oldest first."""

    id: int
    state: str
    partner: str
    account: str
    side: str
    by: PersonView
    owner: str
    what: str
    due_on: date | None
    due_phrase: str
    slips: tuple[date, ...]
    evidence: tuple[EvidenceView, ...]
    overdue: bool


@dataclass(frozen=True, slots=True)
class ProposalView:
    """`kind` is one of bot/desk/approvals.py; `evidence` what it stands on; `settled_by` who decided."""

    id: int
    kind: str
    state: str
    offered_to: PersonView
    params: dict[str, str]
    risk: RiskView | None
    commitment: CommitmentView | None
    evidence: tuple[EvidenceView, ...]
    expires_at: datetime
    settled_by: PersonView | None


@dataclass(frozen=True, slots=True)
class HintView:
    """A finding worth a look. `became` is what it is tracked as once somebody took it on ("risk #12"); `is_new` while
    no digest has listed it; `judged_not_one` says that people judged these very words so before."""

    id: int
    kind: str
    category: str
    state: str
    partner: str
    account: str
    evidence: tuple[EvidenceView, ...]
    reader: str
    rule: str
    confidence: float
    weighed: tuple[str, ...]
    is_new: bool
    became: str
    settled_by: PersonView | None
    note: str = ""
    judged_not_one: bool = False


@dataclass(frozen=True, slots=True)
class ChangeView:
    """Something that was settled: row `id` of `kind` came to `state`. `by` is a name, "" when nobody clicked; `about`
    what it was, as far as that needs saying."""

    kind: str
    id: int
    partner: str
    state: str
    by: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class DigestView:
    """One person's morning. `day` is their local date; `decisions` wait for their yes or no; `agenda` is late, due or
    to come; `slipped` and `changes` are new since their last digest; `more` says of which section (its name in
    bot/desk/digest_sections.py) how many more there are than are listed. `unanswered` are the risks (ids) they were
    asked to acknowledge and did not, each with the moment until which they can before it goes on, if there is one."""

    person: PersonView
    day: date
    risks: tuple[RiskView, ...] = ()
    commitments_due: tuple[CommitmentView, ...] = ()
    handoffs: tuple[HandoffView, ...] = ()
    hints: tuple[HintView, ...] = ()
    decisions: tuple[AgendaItem, ...] = ()
    agenda: tuple[AgendaItem, ...] = ()
    slipped: tuple[CommitmentView, ...] = ()
    changes: tuple[ChangeView, ...] = ()
    more: Mapping[str, int] = field(default_factory=dict)
    unanswered: Mapping[int, datetime | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AlertView:
    """A message that finally could not be delivered: what it was, to whom, Slack's reason and the reference id."""

    delivery_id: int
    card: str
    target: str
    error: str
    risk: RiskView | None


@dataclass(frozen=True, slots=True)
class ChannelView:
    slack_id: str
    name: str
    kind: str
    partner: str
    account: str
    watched: bool
    last_message_at: datetime | None


@dataclass(frozen=True, slots=True)
class StatusView:
    """`/pm status`: what is watched, what is open, and whether the engine is well (ages in seconds)."""

    channels: tuple[ChannelView, ...]
    open_risks: int
    open_commitments: int
    open_escalations: int
    waiting_deliveries: int
    oldest_waiting_s: float | None
    dead_deliveries: int
    open_receipts: int
    reader: str
    policy_version: str
