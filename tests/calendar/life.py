"""What people do in a year: by seeded dice, through the use cases, and written down for the model (model.py).

Nothing here looks at what PartnerDesk is expected to do. What is refused did not happen and is not written down.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import col, func, select

from bot.desk import (
    actions,
    checkins,
    checkins_plan,
    onboarding,
    onboarding_plan,
    qbrs,
    quiet,
    registrations,
    renewals,
)
from bot.errors import Refused
from bot.policy import Policy
from models.base import row_id
from models.calendar import ActionItem, CheckIn, OnboardingTask, Qbr, Renewal
from models.deals import ApprovalStep, DealRegistration
from models.delivery import Delivery
from models.partners import Partner, PartnerType
from models.risks import SubjectKind
from models.states import ApprovalState, CheckInState, QbrState, RenewalState
from models.store import Store, UnitOfWork
from tests.calendar.company import CHECK_IN_TIMES, HOME, RULES, Company
from tests.calendar.days import WORDS, works

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Did:
    """Somebody did something to the thing called `key` (names.py)."""

    at: datetime
    who: str
    verb: str
    key: Key
    more: dict[str, Any] = field(default_factory=dict)


class Life:
    """The people of `company` at work. `did` is everything they did, in order; `busy` how much of it they do."""

    def __init__(self, store: Store, policy: Policy, company: Company, rng: random.Random) -> None:
        self.store, self.policy, self.company = store, policy, company
        self.did: list[Did] = []
        self._rng = rng
        self._names = {row_id(row): row.name for row in self._all(Partner)}
        self._count = 0

    def _all(self, model: Any) -> list[Any]:
        with self.store.read(HOME) as uow:
            return list(uow.list(model))

    def chance(self, percent: float) -> bool:
        return self._rng.random() * 100 < percent

    def attempt(
        self, at: datetime, who: str, verb: str, key: Key, do: Callable[..., object], /, *args: Any,
        more: dict[str, Any] | None = None, **kwargs: Any,
    ) -> bool:  # fmt: skip
        """Do it as `who`; False when it was refused."""
        try:
            with self.store.write(HOME) as uow:
                do(uow, *args, actor=who, now=at, policy=self.policy, **kwargs)
        except Refused:
            return False
        self.did.append(Did(at, who, verb, key, more or {}))
        return True

    def begin(self, now: datetime, *, cadences: int) -> None:
        """Check-ins are arranged with so many of the active partners."""
        active = [row for row in self._all(Partner) if self.company.partners[row.name].is_active]
        for number, partner in enumerate(active[:cadences]):
            rule, at = RULES[number % len(RULES)], self._rng.choice(CHECK_IN_TIMES)
            with self.store.read(HOME) as uow:
                plan = checkins_plan.plan_cadence(
                    uow, partner, rule, day=None, at=at, actor=partner.manager, now=now, policy=self.policy
                )
            day = date.fromisoformat(plan.params["starts_on"])
            more = {"rule": rule, "starts_on": day, "at": at, "zone": plan.params["zone"]}
            key = ("cadence", partner.name)
            assert self.attempt(now, partner.manager, "meets", key, checkins_plan.start, plan.params, more=more)

    def work(self, who: str, now: datetime) -> None:
        """One session of one person's working day."""
        one = self.company.colleagues[who]
        today = now.astimezone(ZoneInfo(one.zone)).date()
        self._approvals(who, now)
        if one.role == "ae":
            self._registers(who, now, today)
        self._actions(who, now, today)
        if one.role != "partner_manager":
            return
        self._meetings(who, now, today)
        self._reviews(who, now, today)
        self._steps(who, now, today)
        self._renewals(who, now, today)
        self._onboards(who, now)
        if self.chance(4):
            self._hushes(who, now)

    # -- one thing each ------------------------------------------------------------------------------------------

    def _open(self, model: Any, **equals: object) -> list[Any]:
        with self.store.read(HOME) as uow:
            statement = select(model).filter_by(**equals).where(col(model.closed_at).is_(None)).order_by(model.id)
            return list(uow.session.exec(statement).all())

    def _meetings(self, who: str, now: datetime, today: date) -> None:
        for row in self._open(CheckIn, owner=who):
            key, number = ("checkin", self._names[row.partner_id], row.slot), row_id(row)
            if row.state == CheckInState.REMINDED and row.starts_at + timedelta(minutes=row.minutes) <= now:
                if self.chance(70):
                    self._held(who, now, today, key, number)
                elif self.chance(30):
                    self.attempt(now, who, "skipped", key, checkins.skip, number, reason="nobody came")
            elif self.chance(1):
                self.attempt(now, who, "skipped", key, checkins.skip, number, reason="holidays")
            elif row.on - today <= timedelta(days=2) and self.chance(8):
                on, at = row.on + timedelta(days=self._rng.randrange(3)), self._rng.choice((*CHECK_IN_TIMES, row.at))
                self.attempt(now, who, "moved", key, checkins.move, number, on=on, at=at, more={"on": on, "at": at})

    def _agreed(self, who: str, today: date) -> list[actions.Agreed]:
        found = []
        for _ in range(self._rng.randrange(3)):
            self._count += 1
            owner = self._rng.choice(["", "U0AE", who])
            due = today + timedelta(days=self._rng.randrange(1, 25))
            found.append(actions.Agreed(f"Send paper {self._count}", owner=owner, due_on=due))
        return found

    def _held(self, who: str, now: datetime, today: date, key: Key, number: int) -> None:
        agreed = self._agreed(who, today)
        more = {"agreed": [(each.what, each.owner or who, each.due_on) for each in agreed]}
        self.attempt(now, who, "held", key, checkins.hold, number, notes="", agreed=agreed, more=more)

    def _reviews(self, who: str, now: datetime, today: date) -> None:
        for row in self._open(Qbr, owner=who):
            is_past = row.on is not None and row.on < today
            if row.state == QbrState.HELD:
                if self.chance(40):
                    self._closes(who, now, today, row, self._review_key(row))
            elif row.on is None and row.due_on - today <= timedelta(days=20) and self.chance(15):
                self._schedules(who, now, today, row, self._review_key(row))
            elif is_past and self.chance(50):
                more = {"on": row.on, "attendees": list(row.attendees)}
                self.attempt(
                    now, who, "held", self._review_key(row), qbrs.hold, row_id(row), held_on=row.on,
                    attendees=row.attendees, notes="", more=more,
                )  # fmt: skip
            elif row.due_on < today and self.chance(2):
                self.attempt(now, who, "skipped", self._review_key(row), qbrs.skip, row_id(row), reason="they merged")

    def _review_key(self, row: Qbr) -> Key:
        return ("qbr", self._names[row.partner_id], self._place(row))

    def _place(self, row: Qbr) -> int:
        """Which review of its partner it is, from 0."""
        earlier = select(func.count()).select_from(Qbr).where(Qbr.partner_id == row.partner_id, col(Qbr.id) < row.id)
        with self.store.read(HOME) as uow:
            return uow.session.exec(earlier).one()

    def _schedules(self, who: str, now: datetime, today: date, row: Qbr, key: Key) -> None:
        on = today + timedelta(days=self._rng.randrange(2, 22))
        attendees = self._rng.sample(["U0AE", "U0VP", "U0SM0"], self._rng.randrange(3))
        try:
            with self.store.read(HOME) as uow:
                partner = uow.get(Partner, row.partner_id)
                assert partner is not None
                plan = qbrs.plan_schedule(
                    uow, partner, None, on, None, attendees=attendees, actor=who, now=now, policy=self.policy
                )
        except Refused:
            return
        more = {"on": on, "attendees": [each.slack_id for each in plan.attendees]}
        self.attempt(now, who, "scheduled", key, qbrs.schedule, plan.params, more=more)

    def _closes(self, who: str, now: datetime, today: date, row: Qbr, key: Key) -> None:
        self._count += 1
        what, due = f"Send paper {self._count}", today + timedelta(days=self._rng.randrange(1, 25))
        next_on = today + timedelta(days=self._rng.randrange(20, 120))
        more = {"next_on": next_on, "agreed": [(what, who, due)]}
        agreed = [actions.Agreed(what, owner=who, due_on=due)]
        self.attempt(now, who, "closed", key, qbrs.close, row_id(row), agreed=agreed, next_on=next_on, more=more)

    def _steps(self, who: str, now: datetime, today: date) -> None:
        for row in self._open(OnboardingTask, owner=who):
            key, number = ("step", self._names[row.partner_id], row.key), row_id(row)
            if row.due_on - today <= timedelta(days=4) and self.chance(30):
                self.attempt(now, who, "done", key, onboarding.finish, number)
            elif self.chance(0.5):
                self.attempt(now, who, "done", key, onboarding.skip, number, reason="not needed")
            elif row.starts_at is None and row.due_on < today and self.chance(5):
                on = today + timedelta(days=self._rng.randrange(1, 12))
                self.attempt(now, who, "moved", key, onboarding.move, number, on=on, at=None, more={"on": on})

    def _actions(self, who: str, now: datetime, today: date) -> None:
        for row in self._open(ActionItem, owner=who):
            if row.due_on is not None and row.due_on - today <= timedelta(days=3) and self.chance(35):
                do = actions.drop if self.chance(10) else actions.done
                self.attempt(now, who, "done", self._action_key(row), do, row_id(row))

    def _action_key(self, row: ActionItem) -> Key:
        if row.subject_kind != SubjectKind.RENEWAL:
            return ("action", row.what)
        with self.store.read(HOME) as uow:
            renewal = uow.get(Renewal, row.subject_id)
        assert renewal is not None
        return ("action", self._names[row.partner_id], renewal.ends_on, row.key)

    def _renewals(self, who: str, now: datetime, today: date) -> None:
        for row in self._open(Renewal, owner=who):
            if row.ends_on - today > timedelta(days=70) or not self.chance(3):
                continue
            key = ("renewal", self._names[row.partner_id], row.ends_on)
            outcome = RenewalState.TERMINATED if self.chance(10) else RenewalState.RENEWED
            until = row.ends_on + timedelta(days=365) if outcome == RenewalState.RENEWED else None
            params = {
                "partner": str(row.partner_id), "ends_on": row.ends_on.isoformat(), "outcome": outcome.value,
                "until": until.isoformat() if until else "", "reason": "they were bought",
            }  # fmt: skip
            self.attempt(now, who, "decided", key, renewals.decide, params, more={"until": until})

    def _onboards(self, who: str, now: datetime) -> None:
        begun = {did.key[1] for did in self.did if did.verb == "onboards"}
        waiting = [
            name for name, known in self.company.partners.items()
            if known.manager == who and not known.is_active and name not in begun
        ]  # fmt: skip
        if not waiting or not self.chance(4):
            return
        name = self._rng.choice(waiting)
        tier, type_ = self._rng.choice(("Silver", "Gold")), self._rng.choice((PartnerType.SI, PartnerType.REFERRAL))
        with self.store.read(HOME) as uow:
            meant = onboarding_plan.meant(uow, name, policy=self.policy)
            plan = onboarding_plan.plan(uow, meant, tier, type_, actor=who, now=now, policy=self.policy)
        more = {"tier": tier, "type": type_.value}
        self.attempt(now, who, "onboards", ("plan", name), onboarding_plan.start, plan.params, more=more)

    def _registers(self, who: str, now: datetime, today: date) -> None:
        if not self.chance(35):
            return
        with self.store.read(HOME) as uow:
            entitled = [row for row in uow.list(Partner) if row.status in ("active", "enabled")]
        lasts = today + timedelta(days=2)
        ready = [row for row in entitled if row.agreement_ends is None or row.agreement_ends > lasts]
        partner = self._rng.choice(ready)
        account = "".join(self._rng.sample(WORDS, 3)).title()
        value = Decimal(self._rng.choice((20_000, 90_000, 400_000)))
        claim = registrations.Submission(row_id(partner), account, value, "USD", contact="C", domain=f"{account}.test")
        more = {"partner": partner.name, "value": value}
        self.attempt(now, who, "registers", ("deal", account), registrations.submit, claim.params(), more=more)

    def _approvals(self, who: str, now: datetime) -> None:
        with self.store.read(HOME) as uow:
            waits = col(ApprovalStep.state).in_([ApprovalState.ASKED, ApprovalState.CLIMBED])
            asked = uow.session.exec(select(ApprovalStep).where(ApprovalStep.approver == who, waits)).all()
            deals = {row_id(row): row.account_name for row in uow.list(DealRegistration)} if asked else {}
        for step in asked:
            if not self.chance(35):
                continue
            verdict = ApprovalState.REJECTED if self.chance(12) else ApprovalState.APPROVED
            key = ("deal", deals[step.registration_id])
            self.attempt(
                now, who, verdict.value, key, registrations.decide, step.registration_id, verdict, "because",
                step_id=row_id(step),
            )  # fmt: skip

    def _hushes(self, who: str, now: datetime) -> None:
        """Something of their last digest is to be quiet for a while, or for good."""
        with self.store.read(HOME) as uow:
            last = uow.session.exec(
                select(Delivery).where(Delivery.card == "digest", Delivery.target == who)
                .order_by(col(Delivery.id).desc()).limit(1)
            ).first()  # fmt: skip
        items = last.params["agenda"] if last else []
        if not items:
            return
        item, days = self._rng.choice(items), self._rng.choice((1, 3, 7, 0))
        key, kind = (item["kind"], item["id"]), SubjectKind(item["kind"])
        until = now + timedelta(days=days) if days else None

        def hush(uow: UnitOfWork, *, actor: str, now: datetime, policy: Policy) -> None:
            assert policy
            if days:
                quiet.snooze(uow, kind, item["id"], days=days, actor=actor, now=now)
            else:
                quiet.stop(uow, kind, item["id"], actor=actor)

        self.attempt(now, who, "hushes", key, hush, more={"until": until})


def at_work(company: Company, zone: str, day: date) -> list[str]:
    """Who works in that zone on that day."""
    return [one.id for one in company.colleagues.values() if one.zone == zone and works(day, zone)]
