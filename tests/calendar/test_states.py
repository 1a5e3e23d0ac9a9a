"""Whatever people do and however time passes, across all skills: no illegal state, nothing lost, no second nag, and the
record accounts for every state. (Each skill has a machine of its own in tests/desk.)"""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from bot.desk import checkins_clock, digests, portfolio, qbr_clock, registrations_protection, renewals_clock
from bot.policy import load_policy
from models import states
from models.base import Workspace, row_id
from models.calendar import ActionItem, Cadence, CheckIn, OnboardingPlan, OnboardingTask, Qbr, Renewal
from models.deals import ApprovalStep, DealRegistration
from models.delivery import Delivery, DeliveryState
from models.events import Event
from models.partners import Partner, Person
from models.store import Store, UnitOfWork
from tests.calendar.company import HOME, Company, found
from tests.calendar.days import local
from tests.calendar.life import Life
from tests.databases import SqliteFiles

BEGIN = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday, before the clocks change
CLOCKS = (
    checkins_clock.fire_due, qbr_clock.fire_due, registrations_protection.fire_due, renewals_clock.fire_due,
    digests.plan_due, portfolio.plan_due,
)  # fmt: skip
STATEFUL: dict[str, Any] = {
    "onboardingplan": OnboardingPlan, "onboardingtask": OnboardingTask, "cadence": Cadence, "checkin": CheckIn,
    "qbr": Qbr, "renewal": Renewal, "actionitem": ActionItem, "dealregistration": DealRegistration,
    "approvalstep": ApprovalStep,
}  # fmt: skip
WHO = ("U0M00", "U0M01", "U0SM0", "U0SM1", "U0VP", "U0AE")


@cache
def files() -> SqliteFiles:
    return SqliteFiles(Path(tempfile.mkdtemp(prefix="partnerdesk-calendar-")))


def people(company: Company, store: Store) -> None:
    """Everybody into the book."""
    with store.system() as session:
        session.add(Workspace(id=HOME, created_at=BEGIN))
    with store.write(HOME) as uow:
        for one in company.colleagues.values():
            uow.add(
                Person(
                    workspace_id=HOME, slack_id=one.id, team_id=HOME, name=one.id, timezone=one.zone, roles=[one.role],
                    manager=one.manager,
                )
            )  # fmt: skip
        for name, known in company.partners.items():
            status = "active" if known.is_active else "recruiting"
            uow.add(
                Partner(
                    workspace_id=HOME, name=name, tier=known.tier, manager=known.manager, status=status,
                    agreement_starts=known.starts, agreement_ends=known.ends,
                )
            )  # fmt: skip


class Calendar(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="partnerdesk-calendar-")
        self.store = Store(files().clone(Path(self.folder.name)))
        self.policy, self.now = load_policy(), BEGIN

    def teardown(self) -> None:
        self.store.dispose()
        self.folder.cleanup()

    @initialize(seed=st.integers(0, 2**20))
    def begin(self, seed: int) -> None:
        self.company = found(random.Random(seed), partners=6, managers=2, zones=2, start=BEGIN)
        people(self.company, self.store)
        self.life = Life(self.store, self.policy, self.company, random.Random(seed))
        self.life.begin(self.now, cadences=3)
        self.tick()

    @rule(who=st.sampled_from(WHO), seed=st.integers(0, 2**20), times=st.integers(1, 4))
    def somebody_works(self, who: str, seed: int, times: int) -> None:
        """Clicks and commands, several sessions at one moment: also on what was just settled."""
        self.life._rng = random.Random(seed)
        for _ in range(times):
            self.life.work(who, self.now)
        self.tick()

    @rule(hours=st.sampled_from([1, 3, 8, 15, 24]), days=st.sampled_from([0, 0, 1, 3, 20]))
    def time_passes(self, hours: int, days: int) -> None:
        """With a pulse every few hours, or none for a long time."""
        self.now += timedelta(hours=hours)
        self.tick()
        for _ in range(days if days < 20 else 0):
            for _ in range(6):
                self.now += timedelta(hours=4)
                self.tick()
        if days == 20:
            self.now += timedelta(days=days)
        self.tick()

    def tick(self) -> None:
        """A pulse, and the same again as after a restart."""
        for _ in range(2):
            for fire_due in CLOCKS:
                with self.store.write(HOME) as uow:
                    fire_due(uow, now=self.now, policy=self.policy)
        with self.store.write(HOME) as uow:
            for row in uow.list(Delivery, state=DeliveryState.PENDING):
                row.state = DeliveryState.SENT  # as if Slack had taken it

    @invariant()
    def the_record_accounts_for_every_state(self) -> None:
        with self.store.read(HOME) as uow:
            story: dict[tuple[str, int], list[Event]] = {}
            for entry in uow.list(Event):
                if entry.to_state and entry.subject_kind in STATEFUL:
                    story.setdefault((entry.subject_kind, entry.subject_id), []).append(entry)
            for kind, model in STATEFUL.items():
                for row in uow.list(model):
                    told = story.get((kind, row_id(row)), [])
                    assert told or row.state == "open", (kind, row.id, row.state)
                    assert not told or told[-1].to_state == row.state, (kind, row.id, row.state)
                    for before, after in pairwise(told):
                        assert after.from_state == before.to_state
                        states.check(kind, after.from_state, after.to_state)

    @invariant()
    def what_is_open_is_named_when_late_and_what_is_over_is_not(self) -> None:
        with self.store.read(HOME) as uow:
            for who in ("U0M00", "U0M01"):
                listed, day = digests.everything(uow, who, now=self.now, policy=self.policy)
                named = {(item.kind, item.id) for item in listed.items}
                assert listed.more == 0
                hushed = {key for did in self.life.did if did.verb == "hushes" for key in [did.key]}
                for kind, model, due in (
                    ("onboardingtask", OnboardingTask, "due_on"), ("actionitem", ActionItem, "due_on"),
                    ("qbr", Qbr, "due_on"),
                ):  # fmt: skip
                    rows: Sequence[Any] = uow.list(model, owner=who)
                    for row in rows:
                        number = (kind, row_id(row))
                        if row.closed_at is not None:
                            assert number not in named, number
                        elif (
                            getattr(row, due) < day
                            and (kind != "qbr" or row.on is None)
                            and not self.is_hushed(uow, row, hushed, number)
                        ):
                            line = ("onboardingplan", getattr(row, "plan_id", 0))
                            assert named & {number, line}, number

    def is_hushed(self, uow: UnitOfWork, row: Any, hushed: set[Any], number: tuple[str, int]) -> bool:
        """Whether somebody ever wanted to hear nothing of it, or of what it comes from."""
        assert uow
        subject = (
            getattr(row, "subject_kind", "onboardingplan"),
            getattr(row, "subject_id", getattr(row, "plan_id", 0)),
        )
        return number in hushed or subject in hushed

    @invariant()
    def nobody_hears_of_one_thing_twice_in_a_day(self) -> None:
        moved = {did.key for did in self.life.did if did.verb == "moved"}
        with self.store.read(HOME) as uow:
            names = {row_id(row): row.name for row in uow.list(Partner)}
            meetings = {row_id(row): ("checkin", names[row.partner_id], row.slot) for row in uow.list(CheckIn)}
            named: Counter[tuple[Any, ...]] = Counter()
            for row in uow.list(Delivery, updates=None):
                if row.card not in ("digest", "checkin", "approval"):
                    continue
                day = local(row.created_at, self.company.colleagues[row.target].zone).date()
                if row.card == "digest":
                    named[row.target, day, "digest", 0] += 1
                    named.update((row.target, day, item["kind"], item["id"]) for item in row.params["agenda"])
                elif row.card == "checkin":
                    named[row.target, day, "checkin", row.subject_id] += 1
                else:
                    named[row.target, row.subject_id, "approval", bool(row.params.get("warning"))] += 1
        for each, times in named.items():
            assert times == 1 or meetings.get(each[3]) in moved, each

    @invariant()
    def whatever_waits_has_its_moment(self) -> None:
        with self.store.read(HOME) as uow:
            for row in uow.list(CheckIn, state="planned"):
                assert row.next_at is not None and row.next_at > self.now
            for cadence in uow.list(Cadence, state="running"):
                assert any(row.starts_at > self.now for row in uow.list(CheckIn, cadence_id=cadence.id))
            for step in uow.list(ApprovalStep, state="asked"):
                top = self.company.colleagues[step.approver].manager is None
                assert top or (step.next_at is not None and step.next_at > self.now)
            waiting: Sequence[Any] = [*uow.list(Qbr), *uow.list(Renewal)]
            for settled in waiting:
                assert settled.closed_at is None or settled.next_at is None


def test_no_sequence_of_commands_clicks_and_pulses_breaks_the_calendar() -> None:
    few = settings(
        max_examples=5, stateful_step_count=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
    )
    run_state_machine_as_test(Calendar, settings=few)
