"""Whatever people press and however time passes: no registration is lost, stuck without anybody, or decided twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from bot.desk import approval_chain, conflicts, registrations, registrations_protection, registrations_review
from bot.errors import Refused
from models.deals import ApprovalStep, ConflictCase, DealRegistration
from models.delivery import Delivery
from models.states import APPROVAL_DECIDED, REGISTRATION_CLOSED
from tests.databases import NewStore
from tests.desk.deals import HOME, build

WHO = st.sampled_from(["U0PM", "U0PM2", "U0SM", "U0SM2", "U0VP", "U0OWN", "U0AE"])
NUMBER = st.integers(1, 3)
UNDECIDED_CASE = ("open", "triaged", "investigating", "decided", "appealed")


class Registrations(RuleBasedStateMachine):
    new_store: NewStore

    def __init__(self) -> None:
        super().__init__()
        self.opened = type(self).new_store()
        self.store = self.opened.__enter__()
        self.deals = build(self.store)

    def teardown(self) -> None:
        self.opened.__exit__(None, None, None)

    def attempt(self, use_case: Callable[..., object], *args: object, **kwargs: Any) -> None:
        """Do it as a person would; what they may not do changes nothing."""
        try:
            with self.store.write(HOME) as uow:
                use_case(uow, *args, now=self.deals.now, **kwargs)
        except Refused as refused:
            assert str(refused)

    @initialize(second=st.sampled_from(["Globex", "Initech", "Initech"]), choice=st.sampled_from(["", "", "mail"]))
    def two_claims(self, second: str, choice: str) -> None:
        self.submit("Globex", "BigCo", "60000", (), "", "U0AE")
        self.deals.pass_time(minutes=1)
        self.submit(second, "BigCo Inc", "10", ("ERP",) if second == "Globex" else (), choice, "U0AE")

    def rightful(self, number: int, who: str) -> str:
        """Whoever may decide on the registration now, most of the time."""
        with self.store.read(HOME) as uow:
            step = approval_chain.current(uow, number)
        return step.approver if step is not None and who < "U0SM2" else who

    def side(self, number: int, who: str) -> str:
        """Whoever has to do something about the case now, most of the time."""
        with self.store.read(HOME) as uow:
            case = uow.get(ConflictCase, number)
            if case is None or who >= "U0SM2":
                return who
            others = registrations_review.other_managers(uow, case)
            return next(iter(others), who) if case.state == "decided" else case.owner

    @rule(
        partner=st.sampled_from(["Globex", "Initech"]),
        account=st.sampled_from(["BigCo", "BigCo Inc", "BigCorp", "Acme Corp", "Umbrella"]),
        value=st.sampled_from(["10", "60000", "900000"]),
        products=st.sampled_from([(), ("ERP",), ("Payroll",)]),
        choice=st.sampled_from(["", "", "mail"]),
        who=WHO,
    )
    def submit(self, partner: str, account: str, value: str, products: tuple[str, ...], choice: str, who: str) -> None:
        claim = self.deals.claim(partner, account, value, products=products, customer_choice=choice)
        self.attempt(registrations.submit, claim.params(), actor=who, policy=self.deals.policy)

    @rule(number=NUMBER, who=WHO)
    def send_again(self, number: int, who: str) -> None:
        with self.store.read(HOME) as uow:
            row = uow.get(DealRegistration, number)
        if row is not None:
            partner = "Globex" if row.partner_id == 1 else "Initech"
            params = self.deals.claim(partner, "BigCo", "70000").params() | {"number": str(number)}
            self.attempt(registrations.submit, params, actor=who, policy=self.deals.policy)

    @rule(number=NUMBER, who=WHO, verdict=st.sampled_from(["approved", "approved", "approved", "rejected", "returned"]))
    def decide(self, number: int, who: str, verdict: str) -> None:
        with self.store.read(HOME) as uow:
            step = approval_chain.current(uow, number)
        params = {"number": str(number), "verdict": verdict, "words": "because", "step": str(step.id if step else "")}
        who = self.rightful(number, who)
        self.attempt(registrations.confirmed_decision, params, actor=who, policy=self.deals.policy)

    @rule(number=NUMBER)
    def everybody_approves(self, number: int) -> None:
        for _ in range(3):
            self.decide(number, "U0PM", "approved")

    @rule(number=NUMBER, who=WHO)
    def withdraw(self, number: int, who: str) -> None:
        self.attempt(registrations.withdraw, {"number": str(number)}, actor=who, policy=self.deals.policy)

    @rule(number=NUMBER, who=WHO, state=st.sampled_from(["converted", "lost"]))
    def finish(self, number: int, who: str, state: str) -> None:
        params = {"number": str(number), "state": state}
        self.attempt(registrations.finish, params, actor=who, policy=self.deals.policy)

    @rule(number=NUMBER, who=WHO)
    def touch_and_extend(self, number: int, who: str) -> None:
        for _ in range(2):
            self.attempt(registrations_protection.touch, number, "demo", at=self.deals.now, actor=who)
        for count in ("1", "2"):
            params = {"number": str(number), "count": count}
            self.attempt(registrations_protection.extend, params, actor=who, policy=self.deals.policy)

    @rule(number=NUMBER, who=WHO, press=st.sampled_from([conflicts.triage, conflicts.investigate, conflicts.accept]))
    def handle_case(self, number: int, who: str, press: Callable[..., object]) -> None:
        self.attempt(press, number, actor=self.side(number, who), policy=self.deals.policy)

    @rule(number=NUMBER, who=WHO, verdict=st.sampled_from([*conflicts.VERDICTS]))
    def decide_case(self, number: int, who: str, verdict: str) -> None:
        who = self.side(number, who)
        self.attempt(conflicts.decide, number, verdict, "why", actor=who, policy=self.deals.policy)

    @rule(number=NUMBER, who=WHO)
    def appeal(self, number: int, who: str) -> None:
        self.attempt(conflicts.appeal, number, "no", actor=self.side(number, who), policy=self.deals.policy)

    @rule(hours=st.sampled_from([1, 24, 49, 24 * 40]), times=st.integers(1, 2))
    def time_passes(self, hours: int, times: int) -> None:
        self.deals.pass_time(hours=hours)
        for _ in range(times):  # a second pulse, as after a restart
            self.deals.fire()

    @invariant()
    def nothing_is_lost(self) -> None:
        with self.store.read(HOME) as uow:
            rows, steps = uow.list(DealRegistration), uow.list(ApprovalStep)
            cases, cards = uow.list(ConflictCase), uow.list(Delivery)
        for row in rows:
            open_cases = [case for case in cases if case.registration_id == row.id and case.state in UNDECIDED_CASE]
            self.check(row, [step for step in steps if step.registration_id == row.id], open_cases)
        self.no_nagging(cards)
        self.one_protected([row for row in rows if row.state == "approved"], cases)

    def check(self, row: DealRegistration, steps: list[ApprovalStep], cases: list[ConflictCase]) -> None:
        waiting = [step for step in steps if step.state not in APPROVAL_DECIDED]
        asked = [step for step in waiting if step.state == "asked"]
        assert row.state != "submitted", "everything is reviewed at once"
        assert (len(asked) == 1) == (row.state == "pending_approval"), (row.state, asked)
        assert row.state == "pending_approval" or not waiting
        if row.state == "under_review":
            assert len(cases) == 1
            assert cases[0].owner
        if row.state not in ("under_review", "pending_approval"):
            assert not cases, (row.state, cases)
        assert (row.closed_at is not None) == (row.state in REGISTRATION_CLOSED)
        assert (row.next_at is not None) == (row.state == "approved")
        assert all(step.next_at is None for step in steps if step.state in APPROVAL_DECIDED)
        this_round = [step for step in steps if step.decided_at and step.decided_at >= row.submitted_at]
        assert not any(step.decided_by == row.submitted_by for step in this_round)
        assert row.extensions <= 2

    def no_nagging(self, deliveries: Sequence[Delivery]) -> None:
        """One card and one warning for each approver of a step; one card of a case for each manager."""
        cards = [row for row in deliveries if row.updates is None and row.card in ("approval", "conflict")]
        counts = Counter((row.card, row.subject_id, row.target) for row in cards)
        assert all(count <= (2 if card == "approval" else 1) for (card, _id, _to), count in counts.items())
        asked: dict[tuple[int, str], list[datetime]] = {}
        for row in cards:
            if row.card == "approval":
                asked.setdefault((row.subject_id, row.target), []).append(row.created_at)
        for times in asked.values():
            assert all(later - earlier >= timedelta(hours=9) for earlier, later in zip(times, times[1:], strict=False))

    def one_protected(self, approved: Sequence[DealRegistration], cases: Sequence[ConflictCase]) -> None:
        """Two partners are protected on one deal only where people said so."""
        for one, other in combinations(approved, 2):
            same = one.account_name.split()[0] == other.account_name.split()[0]
            apart = one.products and other.products and not set(one.products) & set(other.products)
            if one.partner_id != other.partner_id and same and not apart:
                theirs = [case for case in cases if case.registration_id in (one.id, other.id)]
                assert any(case.decision.startswith("through") for case in theirs), (one, other)


@pytest.mark.timeout(300)  # some ten seconds of one core; a busy machine has less than that
def test_no_sequence_of_commands_clicks_and_pulses_breaks_it(new_store: NewStore) -> None:
    few = settings(
        max_examples=25,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    Registrations.new_store = staticmethod(new_store)
    run_state_machine_as_test(Registrations, settings=few)
