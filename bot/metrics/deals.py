"""What a partner brought: sourced and influenced pipeline, wins, new logos, attainment (domain model, section 7).

An opportunity counts once, with the strongest credit the partner has for it. Amounts of different currencies are never
added to each other; one without an amount is counted, and named as such, but adds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from bot.metrics.window import Window


class Credit(StrEnum):
    """What the partner did for a deal, the strongest first."""

    SOURCED = "sourced"
    CO_SELL = "co_sell"
    INFLUENCED = "influenced"


# A credit nobody questions: what our own book says has no status.
_COUNTED = frozenset({"", "supported", "confirmed"})
_RENEWAL, _NET_NEW = "renewal", "net_new"
WON_STAGES = frozenset({"won", "closed won", "launched"})
_LOST_STAGES = frozenset({"lost", "closed lost"})
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Deal:
    """An opportunity with one partner's `credit`, None when it is only claimed or is disputed. `closes_on` is the day
    it is expected to close while it is open, `closed_on` the day it did; `is_won` None while it is open."""

    id: int
    account: int
    amount: Decimal | None
    currency: str
    type: str
    credit: Credit | None
    opened_on: date | None = None
    closes_on: date | None = None
    closed_on: date | None = None
    is_won: bool | None = None

    @property
    def counts_to_quota(self) -> bool:
        """Sourced or co-sold, and not a renewal."""
        return self.credit in (Credit.SOURCED, Credit.CO_SELL) and self.type != _RENEWAL


@dataclass(frozen=True, slots=True)
class Total:
    """`sums` by currency, largest first; `unpriced` of the `count` have no amount."""

    ids: tuple[int, ...] = ()
    sums: tuple[tuple[str, Decimal], ...] = ()
    unpriced: int = 0

    @property
    def count(self) -> int:
        return len(self.ids)

    def of(self, currency: str) -> Decimal:
        return dict(self.sums).get(currency, Decimal())


@dataclass(frozen=True, slots=True)
class NewLogos:
    """Wins that were an account's first. `unclear` are those of which nobody recorded whether the account had bought
    before."""

    deals: tuple[Deal, ...]
    unclear: tuple[Deal, ...]

    @property
    def accounts(self) -> frozenset[int]:
        return frozenset(deal.account for deal in self.deals)


def credit_of(roles: Iterable[tuple[str, str]]) -> Credit | None:
    """The strongest credit of (role, status) pairs that counts; None when every one is only claimed, disputed or
    rejected."""
    counted = {role for role, status in roles if status in _COUNTED}
    return next((credit for credit in Credit if credit in counted), None)


def outcome(is_won: bool | None, stage: str) -> bool | None:
    """Won, lost or (None) open: what is recorded, else what the stage says."""
    if is_won is not None:
        return is_won
    said = stage.strip().casefold().replace("_", " ")
    return True if said in WON_STAGES else False if said in _LOST_STAGES else None


def total(deals: Iterable[Deal]) -> Total:
    """How many, and how much in each currency."""
    sums: dict[str, Decimal] = {}
    ids, unpriced = [], 0
    for deal in deals:
        ids.append(deal.id)
        if deal.amount is None:
            unpriced += 1
        else:
            sums[deal.currency] = sums.get(deal.currency, Decimal()) + deal.amount
    largest = sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))
    return Total(tuple(sorted(ids)), tuple(largest), unpriced)


def opened(deals: Iterable[Deal], window: Window, credit: Credit) -> list[Deal]:
    """Pipeline the partner brought with this credit in the window (M1, the flow): renewals are none, and a deal lost or
    won since was brought all the same."""
    return [deal for deal in deals if deal.credit is credit and deal.type != _RENEWAL and window.has(deal.opened_on)]


def won(deals: Iterable[Deal], window: Window) -> list[Deal]:
    """Wins with any credit, renewals among them."""
    return [deal for deal in deals if deal.credit and deal.is_won and window.has(deal.closed_on)]


def lost(deals: Iterable[Deal], window: Window) -> list[Deal]:
    return [deal for deal in deals if deal.credit and deal.is_won is False and window.has(deal.closed_on)]


def closing(deals: Iterable[Deal], window: Window) -> list[Deal]:
    """Open deals expected to close in the window, renewals not among them."""
    return [
        deal
        for deal in deals
        if deal.credit and deal.is_won is None and deal.type != _RENEWAL and window.has(deal.closes_on)
    ]


def new_logos(
    wins: Iterable[Deal], customer_since: Mapping[int, date], first_wins: Mapping[int, date], window: Window
) -> NewLogos:
    """The `wins` of the window that count to quota and were their account's first.

    `customer_since` is the day an account first bought, where that is recorded, `first_wins` its first win with
    anybody. A recorded day outside of the window settles it; without one only a net-new deal is taken for a first.
    """
    new, unclear = [], []
    for deal in wins:
        if not deal.counts_to_quota or (first := first_wins.get(deal.account)) is None or first != deal.closed_on:
            continue
        since = customer_since.get(deal.account)
        if window.has(since) or (since is None and deal.type == _NET_NEW):
            new.append(deal)
        elif since is None and not deal.type:
            unclear.append(deal)
    return NewLogos(tuple(new), tuple(unclear))


def attainment(achieved: Decimal, quota: Decimal) -> int | None:
    """Whole per cent of `quota`, halves up; None for a quota of nothing."""
    if quota <= 0:
        return None
    return int((achieved * _HUNDRED / quota).quantize(Decimal(1), rounding=ROUND_HALF_UP))
