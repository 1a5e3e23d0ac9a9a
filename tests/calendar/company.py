"""A company with managers on four continents' clocks and their partners, for the year of tests/calendar/year.py."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from models.base import Workspace
from models.partners import Partner, PartnerStatus, Person
from models.store import Store
from sandbox import Sandbox

HOME = "T0HOME"
# Both New York and Berlin change their clocks twice a year, Sydney does the other way round, Kolkata never does.
ZONES = ("America/New_York", "Europe/Berlin", "Australia/Sydney", "Asia/Kolkata")
TIERS = ("Bronze", "Silver", "Gold")
QBR_MONTHS = {"Bronze": 12, "Silver": 6, "Gold": 3}
PROTECTION_DAYS = {"Bronze": 30, "Silver": 60, "Gold": 90}
CHECK_IN_TIMES = (time(9, 30), time(10, 0), time(14, 0))
RULES = (
    "FREQ=WEEKLY;BYDAY=TU",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE",
    "FREQ=MONTHLY;BYDAY=-1TH",
    "FREQ=MONTHLY;BYDAY=1MO",
    "FREQ=MONTHLY;BYMONTHDAY=15",
    "FREQ=MONTHLY;INTERVAL=3;BYDAY=2FR",
)


@dataclass(frozen=True, slots=True)
class Colleague:
    """One of our people. `every`, `at` and `wants` are how they take their digest; `manager` is above them."""

    id: str
    zone: str
    role: str
    manager: str | None
    every: str = "day"
    at: time = time(8, 30)
    wants: bool = True


@dataclass(frozen=True, slots=True)
class Company:
    """`partners` by name: tier, manager, and the days their agreement began and ends (None: nobody wrote it down)."""

    colleagues: dict[str, Colleague]
    partners: dict[str, Known]


@dataclass(frozen=True, slots=True)
class Known:
    tier: str
    manager: str
    starts: date | None
    ends: date | None
    is_active: bool


def found(rng: random.Random, *, partners: int, managers: int, zones: int, start: datetime) -> Company:
    """Who works here and with whom, by the dice of `rng`."""
    people = {"U0VP": Colleague("U0VP", ZONES[0], "vp", None)}
    for number, zone in enumerate(ZONES[:3]):
        people[f"U0SM{number}"] = Colleague(f"U0SM{number}", zone, "senior_manager", "U0VP")
    for number in range(managers):
        zone = ZONES[number % zones]
        every = "week" if number % 6 == 4 else "day"
        at = time(7, 15) if number == 1 else time(8, 30)
        above = f"U0SM{number % 3}"
        who = f"U0M{number:02}"
        people[who] = Colleague(who, zone, "partner_manager", above, every, at, wants=number % 12 != 7)
    people["U0AE"] = Colleague("U0AE", ZONES[1], "ae", "U0SM1")
    today, known = start.date(), dict[str, Known]()
    for number in range(partners):
        begins = today - timedelta(days=rng.randrange(10, 900))
        ends = today + timedelta(days=rng.randrange(3, 500)) if rng.random() < 0.8 else None
        is_active = number % 5 != 0
        manager = f"U0M{number % managers:02}"
        starts = begins if rng.random() < 0.9 else None
        known[f"Partner {number:03}"] = Known(rng.choice(TIERS), manager, starts, ends, is_active)
    return Company(people, known)


def settle_in(company: Company, store: Store, box: Sandbox, start: datetime) -> None:
    """Everybody into the book and into Slack."""
    with store.system() as session:
        session.add(Workspace(id=HOME, created_at=start))
    with store.write(HOME) as uow:
        for one in company.colleagues.values():
            box.user(one.id, tz=one.zone)
            uow.add(
                Person(
                    workspace_id=HOME, slack_id=one.id, team_id=HOME, name=one.id, timezone=one.zone, roles=[one.role],
                    manager=one.manager, digest_every=one.every, wants_digest=one.wants,
                    digest_at=None if one.at == time(8, 30) else one.at,
                )
            )  # fmt: skip
        for name, known in company.partners.items():
            status = PartnerStatus.ACTIVE if known.is_active else PartnerStatus.RECRUITING
            uow.add(
                Partner(
                    workspace_id=HOME, name=name, tier=known.tier, manager=known.manager, status=status,
                    agreement_starts=known.starts, agreement_ends=known.ends,
                )
            )  # fmt: skip


def utc(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)
