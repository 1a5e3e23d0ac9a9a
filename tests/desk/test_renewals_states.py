"""Whatever people and the book do and however time passes: one open renewal, nothing lost, no two nags a day."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.desk import actions, renewals, renewals_clock
from bot.desk.agenda import Morning
from bot.errors import Refused
from models.base import row_id
from models.calendar import ActionItem, Renewal
from models.partners import Partner
from models.states import ActionState, RenewalState
from tests.databases import NewStore
from tests.desk.world import HOME, World, build

ZONE = ZoneInfo("America/New_York")
DECIDED = (RenewalState.RENEWED, RenewalState.LAPSED, RenewalState.TERMINATED)
STEPS = st.one_of(
    st.tuples(st.just("pass"), st.integers(1, 40)),
    st.tuples(st.just("book"), st.integers(-5, 200)),
    st.tuples(st.just("manager"), st.integers(0, 1)),
    st.tuples(st.just("renewed"), st.integers(1, 400)),
    st.tuples(st.sampled_from(["lapsed", "terminated", "negotiate", "done"]), st.integers(0, 3)),
)


class Play:
    def __init__(self, world: World) -> None:
        self.world = world
        self.named: set[tuple[str, int, date]] = set()

    @property
    def today(self) -> date:
        return self.world.clock.now().astimezone(ZONE).date()

    def do(self, kind: str, number: int) -> None:
        now, policy = self.world.clock.now(), self.world.policy
        if kind == "pass":
            for _ in range(number):
                self._next_day()
            return
        with suppress(Refused), self.world.store.write(HOME) as uow:
            partner = uow.find(Partner, name="Globex Consulting")
            assert partner is not None
            if kind == "book":
                partner.agreement_ends = self.today + timedelta(days=number)
            elif kind == "manager":
                partner.manager = ("U0PM", "U0SM")[number]
            elif kind == "negotiate":
                renewals.negotiate(uow, {"partner": str(partner.id)}, actor="U0PM", now=now, policy=policy)
            elif kind == "done":
                open_ones = uow.list(ActionItem, state=ActionState.OPEN)
                if open_ones:
                    actions.done(uow, row_id(open_ones[0]), actor="U0PM", now=now, policy=policy)
            else:
                until = (partner.agreement_ends or self.today) + timedelta(days=number)
                plan = renewals.plan(
                    uow, row_id(partner), RenewalState(kind), until=until, reason="x", actor="U0PM", now=now
                )
                renewals.decide(uow, plan.params, actor="U0PM", now=now, policy=policy)
        self.tick()

    def _next_day(self) -> None:
        before, day = self.today, self.today + timedelta(days=1)
        there = datetime.combine(day, time(8, 30), tzinfo=ZONE)
        self.world.clock.advance(there - self.world.clock.now())
        self.tick()
        with self.world.store.read(HOME) as uow:
            for person in ("U0PM", "U0SM"):
                morning = Morning(person, day, before)
                for agenda in (renewals_clock.agenda, actions.agenda):
                    for item in agenda(uow, morning, policy=self.world.policy).items:
                        assert (item.kind, item.id, day) not in self.named, "named twice on a day"
                        self.named.add((item.kind, item.id, day))

    def tick(self) -> None:
        """Until nothing is left to do, as after a restart."""
        for _ in range(4):
            with self.world.store.write(HOME) as uow:
                if not renewals_clock.fire_due(uow, now=self.world.clock.now(), policy=self.world.policy):
                    return
        raise AssertionError("the clock does not come to rest")

    def check(self) -> None:
        with self.world.store.read(HOME) as uow:
            rows = uow.list(Renewal)
            assert sum(row.closed_at is None for row in rows) <= 1
            for row in rows:
                assert (row.closed_at is not None) == (row.state in DECIDED) == (row.next_at is None)
                tasks = uow.list(ActionItem, subject_id=row_id(row))
                if row.closed_at is not None:
                    assert all(task.state != ActionState.OPEN for task in tasks), "work for what is decided"
                else:
                    assert row.ends_on >= self.today, "it should have lapsed"
                    assert all((task.closed_at is None) == (task.state == ActionState.OPEN) for task in tasks)
            partner = uow.find(Partner, name="Globex Consulting")
            assert partner is not None
            if partner.agreement_ends and 0 <= (partner.agreement_ends - self.today).days <= 120:
                its = [row for row in rows if row.ends_on == partner.agreement_ends]
                assert its, "a term that ends soon is not counted down"


@given(st.lists(STEPS, min_size=2, max_size=12))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_history_breaks_it(new_store: NewStore, steps: list[tuple[str, int]]) -> None:
    with new_store() as store:
        play = Play(build(store))
        for kind, number in [("book", 130), *steps, ("pass", 5)]:
            play.do(kind, number)
            play.check()
