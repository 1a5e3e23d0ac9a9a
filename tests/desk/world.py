"""A small partnership to test the desk with: Contoso (us), Globex Consulting (the SI), Acme Corp (the customer)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from bot.clock import ManualClock
from bot.desk.threads import Sighting, SightResult, sight
from bot.policy import Policy, load_policy
from bot.reading.tuning import adjusted
from bot.reading.types import Category, Finding, Kind, Reader, Window
from models.base import Workspace, row_id
from models.delivery import Delivery
from models.partners import Account, Channel, Opportunity, OpportunityPartner, Partner, PartnerTeam, Person
from models.store import Store

HOME, GLOBEX = "T0HOME", "T0GLOBEX"
JOINT = "C0JOINT"
# A Wednesday, 10:00 in New York.
START = datetime(2026, 3, 11, 14, 0, tzinfo=UTC)


THRESHOLD = 0.70  # at which `Scripted` is sure


class Scripted:
    """A reader that finds what the test wrote in brackets: `[risk delay] the cutover slips`.

    With a score, `[risk delay 0.62] it may slip`, it is as sure as a learned reader with its tuning would be.
    """

    def read(self, window: Window) -> list[Finding]:
        message = window.messages[-1]
        found = []
        for line in message.text.split("\n"):
            if not line.startswith("["):
                continue
            tag, _, quote = line.partition("] ")
            parts = tag[1:].split()
            kind, categories = parts[0], [part for part in parts[1:] if part.isidentifier()]
            score = float(parts[-1]) if parts[-1][0].isdigit() else None
            start = message.text.index(quote)
            found.append(
                Finding(
                    message_ts=message.ts,
                    kind=Kind(kind),
                    category=Category(categories[0]) if categories else None,
                    start=start,
                    end=start + len(quote),
                    quote=quote,
                    owner=message.side if message.side != "unknown" else None,
                    rule=f"test.{kind}",
                    reader="rules" if score is None else "model",
                    confidence=1.0 if score is None else score,
                    sure=score is None or score >= adjusted(THRESHOLD, Kind(kind), window.tuning),
                    weighed=() if score is None else (quote.split()[0],),
                )
            )
        return found


@dataclass
class World:
    """`say` puts a message through the main job; the clock moves only when told."""

    store: Store
    policy: Policy = field(default_factory=load_policy)
    clock: ManualClock = field(default_factory=lambda: ManualClock(START))
    reader: Reader = field(default_factory=Scripted)
    workspace: str = HOME
    _count: int = 0

    def say(
        self,
        text: str,
        *,
        by: str = "U0PARTNER",
        channel: str = JOINT,
        thread: str | None = None,
        ts: str | None = None,
        is_speech: bool = True,
        live: bool = True,
    ) -> tuple[str, SightResult]:
        self._count += 1
        ts = ts or f"{self.clock.now().timestamp() + self._count:.6f}"
        seen = Sighting(
            channel=channel,
            ts=ts,
            thread_ts=thread,
            author=by,
            author_team="",
            text=text,
            is_speech=is_speech,
            live=live,
        )
        return ts, sight(self.store, self.reader, self.workspace, seen, now=self.clock.now(), policy=self.policy)

    def pass_time(self, **by: float) -> None:
        self.clock.advance(timedelta(**by))

    def deliveries(self, card: str | None = None) -> list[Delivery]:
        with self.store.read(self.workspace) as uow:
            return [row for row in uow.list(Delivery) if card in (None, row.card)]


def build(store: Store, workspace: str = HOME) -> World:
    """The world with its book loaded."""
    with store.system() as session:
        session.add(Workspace(id=workspace, name="Contoso", url="https://contoso.slack.com/", created_at=START))
    with store.write(workspace) as uow:
        for slack_id, name, roles, manager in (
            ("U0PM", "Dana Park", ["partner_manager"], "U0SM"),
            ("U0SM", "Sam Ortiz", ["senior_manager"], "U0VP"),
            ("U0VP", "Vera Petit", ["vp"], None),
            ("U0AE", "Alex Eng", ["ae"], "U0VP"),
            ("U0SA", "Sol Arch", ["sa"], None),
            ("U0PS", "Pat Serv", ["ps"], None),
            ("U0NEW", "Nia Ewing", [], None),
        ):
            uow.add(
                Person(
                    workspace_id=workspace,
                    slack_id=slack_id,
                    team_id=workspace,
                    name=name,
                    roles=roles,
                    manager=manager,
                    timezone="America/New_York",
                )
            )
        uow.add(
            Person(workspace_id=workspace, slack_id="U0PARTNER", team_id=GLOBEX, slack_name="Pia", is_stranger=True)
        )
        partner = uow.add(
            Partner(
                workspace_id=workspace,
                name="Globex Consulting",
                aliases=["Globex"],
                domains=["globex.example"],
                manager="U0PM",
            )
        )
        uow.add(PartnerTeam(workspace_id=workspace, team_id=GLOBEX, partner_id=row_id(partner)))
        account = uow.add(Account(workspace_id=workspace, name="Acme Corp", domain="acme.example", owner="U0AE"))
        deal = uow.add(
            Opportunity(
                workspace_id=workspace,
                external_id="OPP-1",
                account_id=row_id(account),
                name="Acme ERP",
                amount=Decimal(250_000),
                currency="USD",
                stage="propose",
            )
        )
        uow.add(OpportunityPartner(workspace_id=workspace, opportunity_id=row_id(deal), partner_id=row_id(partner)))
        uow.add(
            Channel(
                workspace_id=workspace,
                slack_id=JOINT,
                name="joint-globex-acme",
                partner_id=partner.id,
                account_id=account.id,
                watched=True,
            )
        )
        uow.add(
            Channel(
                workspace_id=workspace, slack_id="C0ALERTS", name="alerts", kind="internal", receives=["escalations"]
            )
        )
    return World(store=store, workspace=workspace)
