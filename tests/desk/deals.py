"""A small book for deal registrations: two partners with managers of their own, a direct deal, a line of managers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from bot.clock import ManualClock
from bot.desk import approval_chain, registrations, registrations_protection
from bot.desk.registrations import Submission
from bot.desk.registrations_views import RegistrationView, view
from bot.policy import Policy, load_policy
from models.base import Workspace, row_id
from models.deals import ApprovalStep, ConflictCase, DealRegistration
from models.delivery import Delivery, DeliveryState
from models.partners import Account, Opportunity, Partner, Person
from models.states import ApprovalState
from models.store import Store

HOME = "T0HOME"
START = datetime(2026, 3, 11, 14, 0, tzinfo=UTC)  # a Wednesday, 10:00 in New York
NEW_YORK = "America/New_York"
PEOPLE = (
    ("U0PM", "Dana Park", ["partner_manager"], "U0SM"),
    ("U0PM2", "Ravi Rao", ["partner_manager"], "U0SM2"),
    ("U0SM", "Sam Ortiz", ["senior_manager"], "U0VP"),
    ("U0SM2", "Sia Ohm", ["senior_manager"], "U0VP"),
    ("U0VP", "Vera Petit", ["vp"], "U0OWN"),
    ("U0OWN", "Olga Own", ["owner"], None),
    ("U0AE", "Alex Eng", ["ae"], "U0VP"),
)


@dataclass
class Deals:
    store: Store
    policy: Policy = field(default_factory=load_policy)
    clock: ManualClock = field(default_factory=lambda: ManualClock(START))

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def pass_time(self, **by: float) -> None:
        self.clock.advance(timedelta(**by))

    def partner(self, name: str) -> int:
        with self.store.read(HOME) as uow:
            found = uow.find(Partner, name=name)
            assert found is not None
            return row_id(found)

    def claim(
        self, partner: str = "Globex", account: str = "BigCo", value: str = "40000", **more: object
    ) -> Submission:
        said = {"currency": "USD", **more}
        return Submission(partner_id=self.partner(partner), account=account, value=Decimal(value), **said)  # type: ignore[arg-type]  # what a test leaves open

    def submit(self, submission: Submission, *, by: str = "U0AE", number: int | None = None) -> RegistrationView:
        params = submission.params() | ({"number": str(number)} if number else {})
        with self.store.write(HOME) as uow:
            return registrations.submit(uow, params, actor=by, now=self.now, policy=self.policy)

    def register(self, partner: str = "Globex", account: str = "BigCo", value: str = "40000", **more: object) -> int:
        return self.submit(self.claim(partner, account, value, **more)).id

    def decide(self, number: int, by: str, verdict: str = "approved", words: str = "") -> RegistrationView:
        with self.store.write(HOME) as uow:
            return registrations.decide(
                uow, number, ApprovalState(verdict), words, actor=by, now=self.now, policy=self.policy
            )

    def view(self, number: int) -> RegistrationView:
        with self.store.read(HOME) as uow:
            return view(uow, number, now=self.now)

    def row(self, number: int) -> DealRegistration:
        with self.store.read(HOME) as uow:
            found = uow.get(DealRegistration, number)
            assert found is not None
            return found

    def case(self, number: int) -> ConflictCase:
        with self.store.read(HOME) as uow:
            [found] = uow.list(ConflictCase, registration_id=number)
            return found

    def asked(self, number: int) -> list[tuple[str, str]]:
        with self.store.read(HOME) as uow:
            return [(step.approver, step.state) for step in approval_chain.steps_of(uow, number)]

    def step(self, number: int) -> ApprovalStep:
        with self.store.read(HOME) as uow:
            found = approval_chain.current(uow, number)
            assert found is not None
            return found

    def fire(self) -> int:
        with self.store.write(HOME) as uow:
            return registrations_protection.fire_due(uow, now=self.now, policy=self.policy)

    def sent(self, card: str) -> list[tuple[str, str]]:
        """(to whom, key) of the cards of one kind, without edits."""
        with self.store.read(HOME) as uow:
            return [(row.target, row.key) for row in uow.list(Delivery, card=card) if row.updates is None]

    def edits(self, card: str) -> list[str]:
        with self.store.read(HOME) as uow:
            return [row.target for row in uow.list(Delivery, card=card) if row.updates is not None]

    def post(self) -> None:
        """What the outbox does when Slack takes every message."""
        with self.store.write(HOME) as uow:
            for row in uow.list(Delivery, state=DeliveryState.PENDING):
                row.state, row.sent_at, row.ts = DeliveryState.SENT, self.now, f"{row.id}.0"


def build(store: Store) -> Deals:
    with store.system() as session:
        session.add(Workspace(id=HOME, name="Contoso", url="https://contoso.slack.com/", created_at=START))
    with store.write(HOME) as uow:
        for slack_id, name, roles, manager in PEOPLE:
            person = Person(
                workspace_id=HOME, slack_id=slack_id, team_id=HOME, name=name, roles=roles, manager=manager,
                timezone=NEW_YORK,
            )  # fmt: skip
            uow.add(person)
        uow.add(Partner(workspace_id=HOME, name="Globex", tier="Gold", manager="U0PM", status="enabled"))
        uow.add(Partner(workspace_id=HOME, name="Initech", tier="Silver", manager="U0PM2"))
        account = uow.add(Account(workspace_id=HOME, name="Acme Corp", domain="acme.example", owner="U0AE"))
        uow.add(Account(workspace_id=HOME, name="Umbrella", owner="U0AE", customer_since=date(2025, 1, 1)))
        uow.add(
            Opportunity(
                workspace_id=HOME,
                external_id="OPP-1",
                account_id=row_id(account),
                name="Acme ERP",
                met_customer_on=date(2026, 3, 1),
            )
        )
    return Deals(store)
