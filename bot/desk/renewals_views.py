"""What the desk tells of renewals: frozen results for cards and commands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.desk.actions import ActionView
from bot.desk.naming import optional_person_view, partner_name
from bot.desk.qbr_views import Quota, Sums
from bot.desk.views import PersonView, RiskView
from models.base import row_id
from models.calendar import Renewal
from models.partners import Partner
from models.states import RenewalState
from models.store import UnitOfWork


@dataclass(frozen=True, slots=True)
class RenewalView:
    """The end of one term. `id` and `state` are None and "" while nothing counts down to it; `ends_on` is None where
    nobody recorded the end; `left` are the days until then, negative when it is past."""

    partner_id: int
    partner: str
    tier: str
    ends_on: date | None
    left: int
    owner: PersonView | None
    id: int | None = None
    state: str = ""
    renewed_to: date | None = None
    reason: str = ""
    decided_by: PersonView | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is still to be decided."""
        return self.state not in (RenewalState.RENEWED, RenewalState.LAPSED, RenewalState.TERMINATED)


@dataclass(frozen=True, slots=True)
class Contact:
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Health:
    """How the partner is doing today. `silent_days` is None when they never wrote where `is_read`; `gaps` complete
    "Globex Consulting has …"."""

    risks: tuple[RiskView, ...]
    risk_count: int
    overdue: int
    silent_days: int | None
    is_read: bool
    last_qbr: date | None
    last_check_in: date | None
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Promises:
    """Commitments and agreed actions of the term, as they stand now."""

    kept: int = 0
    slipped: int = 0
    broken: int = 0
    late: int = 0
    open: int = 0


@dataclass(frozen=True, slots=True)
class Dossier:
    """What to know before deciding on a renewal, from what is stored. `covers_from` is the first day of the figures:
    the start of the term, or a year ago when `is_start_known` is False. `won` is by currency, `won_count` deals of
    which `unpriced` have no amount. `brought` is what the last twelve months came to in `currency`, against what the
    tier takes (`needs`); `elsewhere` is in other currencies and is not counted. `missing` are whole sentences."""

    renewal: RenewalView
    zone: str
    covers_from: date
    is_start_known: bool
    won: Sums
    won_count: int
    unpriced: int
    currency: str
    brought: Decimal
    elsewhere: Sums
    needs: Decimal | None
    health: Health
    promises: Promises
    quotas: tuple[Quota, ...]
    sponsor: PersonView | None
    contacts: tuple[Contact, ...]
    contact_count: int
    tasks: tuple[ActionView, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ending:
    """Partners whose term ends in a period called `label`, the soonest first; `more` beside those listed; `unknown`
    are partners of whom nobody recorded when theirs ends."""

    label: str
    renewals: tuple[RenewalView, ...]
    more: int
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a decision would do; `params` say it to `renewals.decide`."""

    params: dict[str, str]
    renewal: RenewalView
    outcome: RenewalState
    until: date | None
    reason: str


def view_of(uow: UnitOfWork, row: Renewal, today: date) -> RenewalView:
    partner = uow.get(Partner, row.partner_id)
    return RenewalView(
        partner_id=row.partner_id,
        partner=partner_name(uow, row.partner_id),
        tier=partner.tier if partner else "",
        ends_on=row.ends_on,
        left=(row.ends_on - today).days,
        owner=optional_person_view(uow, row.owner),
        id=row_id(row),
        state=row.state,
        renewed_to=row.renewed_to,
        reason=row.reason,
        decided_by=optional_person_view(uow, row.closed_by),
    )


def without_row(uow: UnitOfWork, partner: Partner, today: date) -> RenewalView:
    """A term nothing counts down to: it ends later, or nobody knows when."""
    ends_on = partner.agreement_ends
    return RenewalView(
        partner_id=row_id(partner),
        partner=partner.name,
        tier=partner.tier,
        ends_on=ends_on,
        left=(ends_on - today).days if ends_on else 0,
        owner=optional_person_view(uow, partner.manager),
    )
