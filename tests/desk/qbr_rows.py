"""Rows to compute business reviews from."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

from bot.desk import qbr_pack
from bot.desk.qbr_periods import named
from bot.desk.qbr_views import Pack
from bot.language.slots.periods import Period
from models.base import row_id
from models.calendar import ActionItem
from models.deals import DealRegistration
from models.partners import Account, Opportunity, OpportunityPartner, Partner
from models.risks import Commitment, CommitmentDate, Evidence
from models.store import UnitOfWork
from tests.desk.world import HOME, World

Q4 = named(date(2026, 10, 1), date(2027, 1, 1), 1)
OCTOBER, NOVEMBER = date(2026, 10, 12), date(2026, 11, 2)
IN_NOVEMBER = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
# A Monday, 10:00 in New York: Q4 2026 is over.
JANUARY = datetime(2027, 1, 11, 15, 0, tzinfo=UTC)


@dataclass
class Books:
    """What the CRM says, in one unit of work."""

    uow: UnitOfWork
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def partner(self, name: str = "Globex Consulting") -> Partner:
        found = self.uow.find(Partner, name=name)
        return found or self.uow.add(Partner(workspace_id=self.uow.workspace_id, name=name, manager="U0PM"))

    def account(self, name: str, *, since: date | None = None) -> Account:
        found = self.uow.find(Account, name=name)
        return found or self.uow.add(Account(workspace_id=self.uow.workspace_id, name=name, customer_since=since))

    def deal(
        self, account: str, amount: int | None = None, *, by: str = "Globex Consulting", role: str = "sourced",
        status: str = "", currency: str = "USD", type: str = "net_new", opened: date | None = None,
        closes: date | None = None, closed: date | None = None, won: bool | None = None, name: str = "",
    ) -> int:  # fmt: skip
        number = next(self._numbers)
        deal = self.uow.add(
            Opportunity(
                workspace_id=self.uow.workspace_id,
                external_id=f"Q-{number}",
                account_id=row_id(self.account(account)),
                name=name or f"Deal {number}",
                amount=None if amount is None else Decimal(amount),
                currency=currency,
                type=type,
                opened_on=opened,
                close_on=closes,
                closed_on=closed,
                is_won=won,
            )
        )
        self.attach(row_id(deal), by, role, status)
        return row_id(deal)

    def attach(self, deal: int, by: str, role: str, status: str = "") -> None:
        self.uow.add(
            OpportunityPartner(
                workspace_id=self.uow.workspace_id,
                opportunity_id=deal,
                partner_id=row_id(self.partner(by)),
                role=role,
                status=status,
            )
        )

    def registration(self, at: datetime, state: str, value: int, *, by: str = "Globex Consulting") -> int:
        return row_id(
            self.uow.add(
                DealRegistration(
                    workspace_id=self.uow.workspace_id,
                    external_id=f"R-{next(self._numbers)}",
                    partner_id=row_id(self.partner(by)),
                    account_name="BigCo",
                    value=Decimal(value),
                    currency="USD",
                    state=state,
                    submitted_at=at,
                )
            )
        )


def pack_of(world: World, name: str = "Globex Consulting", period: Period = Q4, now: datetime = JANUARY) -> Pack:
    with world.store.read(world.workspace) as uow:
        partner = uow.find(Partner, name=name)
        assert partner is not None
        return qbr_pack.compute(uow, partner, period, now=now, policy=world.policy)


def counted(pack: Pack) -> dict[str, int]:
    return {figure.key: figure.count for figure in pack.figures if figure.count}


def promise(
    uow: UnitOfWork, partner: int, state: str, *, dates: list[date] | None = None, closed: datetime | None = None,
    made: datetime = datetime(2026, 9, 1, tzinfo=UTC), words: str = "We send the plan",
) -> int:  # fmt: skip
    had = dates or [OCTOBER]
    row = uow.add(
        Commitment(
            workspace_id=HOME, state=state, partner_id=partner, channel="C0JOINT", thread_ts="1.0", side="partner",
            due_on=had[-1], created_at=made, updated_at=made, closed_at=closed,
        )
    )  # fmt: skip
    for day in had:
        uow.add(
            CommitmentDate(workspace_id=HOME, commitment_id=row_id(row), due_on=day, said_at=made, channel="C", ts="1")
        )
    evidence(uow, "commitment", row_id(row), words)
    return row_id(row)


def evidence(uow: UnitOfWork, kind: str, number: int, words: str) -> None:
    uow.add(
        Evidence(
            workspace_id=HOME, subject_kind=kind, subject_id=number, channel="C0JOINT", ts="1.0",
            permalink="https://contoso.slack.com/archives/C0JOINT/p1", said_at=IN_NOVEMBER, start=0, end=len(words),
            quote=words, text_hash="x",
        )
    )  # fmt: skip


def agreed(
    uow: UnitOfWork, partner: int, state: str, due: date, *, kind: str = "qbr", what: str = "Send the price list"
) -> int:
    return row_id(
        uow.add(
            ActionItem(
                workspace_id=HOME, subject_kind=kind, subject_id=1, partner_id=partner, what=what, owner="U0PM",
                due_on=due, state=state, created_at=IN_NOVEMBER,
            )
        )
    )  # fmt: skip
