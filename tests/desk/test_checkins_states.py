"""Whatever people do and however time passes: no state that may not be, nothing lost, no two nags in a day."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.business_time import is_working_day
from bot.desk import checkins, checkins_clock, checkins_plan
from bot.desk.agenda import Morning
from bot.desk.checkins_views import ends_at, open_rows
from bot.errors import Refused
from bot.language.requests import CheckIn as Asked
from bot.language.slots.cadences import Cadence as Rhythm
from models.base import row_id
from models.calendar import Cadence, CheckIn
from models.delivery import Delivery
from models.partners import Person
from models.states import CadenceState, CheckInState
from models.store import UnitOfWork
from tests.databases import NewStore
from tests.desk.world import HOME, World, build

RULES = [
    "FREQ=WEEKLY;BYDAY=TU",
    "FREQ=WEEKLY;BYDAY=MO,TU",
    "FREQ=MONTHLY;BYDAY=-1TH",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR",
]
HOURS_OF_A_DAY = (9, 11, 14, 17, 20)
STEPS = st.one_of(
    st.tuples(st.just("pass"), st.integers(1, 8), st.sampled_from(["", "down"])),
    st.tuples(st.just("morning"), st.just(0), st.just(0)),
    st.tuples(st.just("schedule"), st.integers(0, len(RULES)), st.sampled_from([9, 10, 15, 22])),
    st.tuples(st.just("hold"), st.integers(0, 3), st.just(0)),
    st.tuples(st.just("skip"), st.integers(0, 3), st.just(0)),
    st.tuples(st.just("move"), st.integers(0, 3), st.integers(0, 9)),
    st.tuples(st.just("stop"), st.integers(0, 3), st.just(0)),
)


class Play:
    """One history: what people do, and days that pass. `nags` counts what each check-in and cadence said on a day."""

    def __init__(self, world: World, zone: str) -> None:
        self.world, self.zone = world, ZoneInfo(zone)
        self.nags: Counter[tuple[str, int, date]] = Counter()
        self.briefed: set[int] = set()
        with world.store.write(HOME) as uow:
            person = uow.find(Person, slack_id="U0PM")
            assert person is not None
            person.timezone = zone

    @property
    def now(self) -> datetime:
        return self.world.clock.now()

    def do(self, step: tuple[str, int, object]) -> None:
        kind, number, more = step
        if kind == "morning":  # what is done next is done at half past eight
            self._morning(self.now.astimezone(self.zone).date() + timedelta(days=1))
            return
        if kind == "pass":
            for _ in range(number):
                self._pass_a_day(down=more == "down")
            return
        with suppress(Refused), self.world.store.write(HOME) as uow:
            if kind == "schedule":
                assert isinstance(more, int)
                self._schedule(uow, number, more)
                return
            waiting = open_rows(uow, owner="U0PM")
            if not waiting:
                return
            chosen = row_id(waiting[number % len(waiting)])
            who = {"actor": "U0PM", "now": self.now, "policy": self.world.policy}
            if kind == "hold":
                checkins.hold(uow, chosen, notes="", agreed=(), **who)  # type: ignore[arg-type]  # one dict for all
            elif kind == "skip":
                checkins.skip(uow, chosen, reason="x", **who)  # type: ignore[arg-type]
            elif kind == "stop":
                checkins.stop(uow, chosen, **who)  # type: ignore[arg-type]
            else:
                assert isinstance(more, int)
                on = self.now.astimezone(self.zone).date() + timedelta(days=more)
                checkins.move(uow, chosen, on=on, at=time(9 + 3 * number), **who)  # type: ignore[arg-type]

    def _schedule(self, uow: UnitOfWork, rule: int, hour: int) -> None:
        day = self.now.astimezone(self.zone).date() + timedelta(days=3)
        rhythm = Rhythm(RULES[rule]) if rule < len(RULES) else None
        asked = Asked("schedule", "Globex", rhythm, None if rhythm else day, time(hour))
        policy = self.world.policy
        plan = checkins_plan.plan(uow, asked, text="", channel="", actor="U0PM", now=self.now, policy=policy)
        checkins_plan.start(uow, plan.params, actor="U0PM", now=self.now, policy=policy)

    def _pass_a_day(self, *, down: bool) -> None:
        day = self.now.astimezone(self.zone).date() + timedelta(days=1)
        if not down:
            self._morning(day)
        for hour in HOURS_OF_A_DAY:
            self._until(day, time(hour))
            if not down:
                self.tick()
        self.tick()

    def _morning(self, day: date) -> None:
        self._until(day, time(8, 30))
        self.tick()
        if not is_working_day(day, self.zone.key, self.world.policy.hours):
            return
        with self.world.store.read(HOME) as uow:
            for item in checkins_clock.agenda(uow, Morning("U0PM", day, day - timedelta(days=1))).items:
                self._nagged(uow, item.id, day)

    def _until(self, day: date, at: time) -> None:
        moment = datetime.combine(day, at, tzinfo=self.zone).astimezone(UTC)
        self.world.clock.advance(max(timedelta(), moment - self.now))

    def tick(self) -> None:
        """Twice, as after a restart."""
        with self.world.store.write(HOME) as uow:
            for _ in range(2):
                checkins_clock.fire_due(uow, now=self.now, policy=self.world.policy)
            for delivery in uow.list(Delivery, card="checkin", updates=None):
                if delivery.id not in self.briefed:
                    self.briefed.add(row_id(delivery))
                    self._nagged(uow, delivery.subject_id, self.now.astimezone(self.zone).date())

    def _nagged(self, uow: UnitOfWork, number: int, day: date) -> None:
        row = uow.get(CheckIn, number)
        assert row is not None
        self.nags["check-in", number, day] += 1
        if row.cadence_id is not None:
            self.nags["cadence", row.cadence_id, day] += 1

    def check(self) -> None:
        """Nothing is lost, and nothing is said that is over."""
        with self.world.store.read(HOME) as uow:
            running = uow.list(Cadence, state=CadenceState.RUNNING)
            assert len(running) <= 1
            for row in uow.list(CheckIn):
                is_open = row.state in (CheckInState.PLANNED, CheckInState.REMINDED)
                assert is_open == (row.closed_at is None)
                assert is_open or row.next_at is None
                if row.state == CheckInState.PLANNED:
                    assert row.next_at is not None
                if row.state == CheckInState.REMINDED:
                    assert row.next_at is not None or ends_at(row) <= self.now
            for cadence in running:
                ahead = [row for row in uow.list(CheckIn, cadence_id=row_id(cadence)) if row.closed_at is None]
                assert any(row.next_at is not None for row in ahead), "a cadence stands still"


@given(
    st.lists(STEPS, min_size=2, max_size=12),
    st.sampled_from(["America/New_York", "Europe/Berlin", "Australia/Sydney"]),
)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_history_breaks_it(new_store: NewStore, steps: list[tuple[str, int, object]], zone: str) -> None:
    with new_store() as store:
        play = Play(build(store), zone)
        for step in [("schedule", 0, 10), *steps, ("pass", 3, "")]:
            play.do(step)
            play.check()
        # Who moves two of a cadence onto one day gets two briefs that day.
        is_moved = any(step[0] == "move" for step in steps)
        twice = [nag for nag, times in play.nags.items() if times > 1 and not (is_moved and nag[0] == "cadence")]
        assert twice == []
