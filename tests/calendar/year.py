"""A year (or some weeks) of a company on the real pulse: only the time jumps, from one due moment to the next.

Desk, cards, outbox and gateway are the bot's own. Meanwhile people do things, processes are killed, Slack loses
answers, and the bot is down for a day. At the end everything that was said is compared with a model that shares no code
with the desk.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from pydantic import SecretStr

from app import Desk, build
from bot.clock import ManualClock, elapsed
from bot.settings import Settings
from models import outbox
from models.base import row_id
from models.calendar import ActionItem, CheckIn, OnboardingPlan, OnboardingTask, Qbr, Renewal
from models.deals import ApprovalStep, DealRegistration
from models.delivery import Delivery
from models.partners import Partner
from models.store import Store, UnitOfWork
from sandbox import Sandbox
from sandbox.clock import Clock
from sandbox.faults import FaultKind
from tests.calendar.company import HOME, ZONES, found, settle_in
from tests.calendar.days import at, first_open, local
from tests.calendar.life import Did, Key, Life, at_work
from tests.calendar.model import Digest, Model

_SESSION = time(11, 15)
_CEILING = timedelta(hours=24)  # the pulse beats more often; nothing is due in between
_GRACE = timedelta(minutes=10)  # how long a message may take when Slack answers badly
_LISTED, _DECISIONS = 10, 6  # of a digest's sections


@dataclass(frozen=True, slots=True)
class Plan:
    """What is played. `kills` and `beside` are chances in percent, per pulse; `faults` per post; `sessions` that the
    people of a zone do something on a day."""

    begin: datetime
    end: datetime
    partners: int
    managers: int
    cadences: int
    seed: int = 0
    kills: float = 3.0
    beside: float = 3.0
    faults: float = 1.0
    zones: int = 4
    sessions: float = 100.0
    outages: tuple[tuple[datetime, datetime], ...] = ()


@dataclass(slots=True)
class Report:
    """What happened, and `wrong`: every sentence about something that was said wrongly, twice or not at all."""

    pulses: int = 0
    kills: int = 0
    beside: int = 0
    faults: int = 0
    deeds: int = 0
    posts: int = 0
    digests: int = 0
    briefs: int = 0
    approvals: int = 0
    warnings: int = 0
    items: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)


class Year:
    """One run on the database at `url`."""

    def __init__(self, plan: Plan, url: str, box: Sandbox) -> None:
        self.plan, self.url, self.box = plan, url, box
        self.rng = random.Random(plan.seed)
        self.clock, self.machine = ManualClock(plan.begin), ManualClock(plan.begin)
        self.report = Report()
        self._due = plan.begin
        self.desk = self.process()
        self._dead: list[Desk] = []
        self.company = found(
            self.rng, partners=plan.partners, managers=plan.managers, zones=plan.zones, start=plan.begin
        )
        settle_in(self.company, self.desk.services.store, box, plan.begin)
        self.people = Store(url)  # what people do is done in a process of its own, which nobody kills
        self.life = Life(self.people, self.desk.services.policy, self.company, self.rng)

    def process(self) -> Desk:
        """One more process of the bot, as app.py builds it."""
        settings = Settings.model_construct(
            slack_bot_token=SecretStr(self.box.bot_token),
            slack_app_token=SecretStr(self.box.app_token),
            slack_api_url=self.box.api_url,
            database_url=SecretStr(self.url),
        )
        return build(settings, clock=self.clock, machine=self.machine, paced=False)

    async def play(self) -> Report:
        started = elapsed()
        try:
            await self._live()
            self.report.seconds = elapsed() - started
            self.report.deeds = len(self.life.did)
            _Comparison(self).make()
        finally:
            await self._bury([*self._dead, self.desk])
            self.people.dispose()
        return self.report

    async def _live(self) -> None:
        self.life.begin(self.plan.begin, cadences=self.plan.cadences)
        kinds: tuple[FaultKind, ...] = ("drop_after", "500_after", "500")
        for kind in kinds:
            self.box.faults.add("chat.postMessage", kind, probability=self.plan.faults / 100)
        for _ in range(2 + self.plan.partners // 50):  # the first reviews are made so many at a time
            await self.pulse()
        sessions = [*self._sessions()]
        while (now := self._next(sessions[0][0] if sessions else self.plan.end)) < self.plan.end:
            self._set(now)
            if not sessions or sessions[0][0] != now or self._due <= now:
                await self.pulse()  # what is due comes before what people do at that very moment
            while sessions and sessions[0][0] <= now:
                moment, zone = sessions.pop(0)
                if moment == now and self._work(now, zone):
                    await self.pulse()
        self.report.faults = sum(fault.fired for fault in self.box.faults.rules)
        self.box.faults.clear()
        await self.pulse(calm=True)

    async def _bury(self, desks: Sequence[Desk]) -> None:
        """Nothing of these processes runs any more."""
        for desk in desks:
            await desk.services.gateway.close()
            desk.services.store.dispose()

    def _sessions(self) -> Iterable[tuple[datetime, str]]:
        days = (self.plan.end - self.plan.begin).days
        moments = [
            (at((self.plan.begin + timedelta(days=n)).date(), _SESSION, zone), zone)
            for n in range(days + 1)
            for zone in ZONES[: self.plan.zones]
        ]
        held = [each for each in moments if self.rng.random() * 100 < self.plan.sessions]
        return sorted((moment, zone) for moment, zone in held if moment > self.plan.begin)

    def _work(self, now: datetime, zone: str) -> bool:
        """A session of everybody in that zone; whether anybody did anything."""
        before = len(self.life.did)
        for who in at_work(self.company, zone, local(now, zone).date()):
            self.life.work(who, now)
        return len(self.life.did) > before

    def _next(self, session: datetime) -> datetime:
        """When the next thing is due: nothing is, while we are down."""
        now = self.clock.now()
        with self.desk.services.store.system(write=False) as seen:
            due = outbox.next_due(seen, now=now, machine_now=self.machine.now())
        self._due = due or now + _CEILING
        moment = min(self._due, session, now + _CEILING)
        moment = max(moment, now + timedelta(seconds=1))
        return next((until for since, until in self.plan.outages if since <= moment < until), moment)

    def _set(self, now: datetime) -> None:
        self.machine.advance(max(now - self.clock.now(), timedelta(seconds=1)))
        self.clock.set(now)
        self.box.clock.set(now)

    async def pulse(self, *, calm: bool = False) -> None:
        """What the pulse does now: undisturbed, beside another process, or killed somewhere and begun again."""
        dice = 100.0 if calm else self.rng.random() * 100
        if dice < self.plan.kills:
            await self._killed()
        if dice > 100 - self.plan.beside and not calm:
            self.report.beside += 1
            other = self.process()
            failures = sum(await asyncio.gather(self.desk.tick(self.clock.now()), other.tick(self.clock.now())))
            await self._bury([other])
        else:
            failures = await self.desk.tick(self.clock.now())
        self.report.pulses += 1
        self.box.workspace.calls.clear()  # a year of them would fill the memory
        if failures:
            self.report.wrong.append(f"{self.clock.now()}: a step of the pulse failed")

    async def _killed(self) -> None:
        """A pulse that ends anywhere, and a new process that begins when the leases of the old one are over."""
        self.report.kills += 1
        pulse = asyncio.create_task(self.desk.tick(self.clock.now()))
        await asyncio.sleep(self.rng.random() ** 2 * 0.2)
        pulse.cancel()
        await asyncio.gather(pulse, return_exceptions=True)
        self.machine.advance(timedelta(minutes=2))
        await self._bury(self._dead)  # the threads of the one before have come to their end by now
        self._dead = [self.desk]
        self.desk = self.process()


class _Comparison:
    """What was said, beside what should have been."""

    def __init__(self, year: Year) -> None:
        self.year, self.plan, self.report = year, year.plan, year.report
        with year.desk.services.store.read(HOME) as uow:
            self.keys = _keys(uow)
            self.deliveries = list(uow.list(Delivery))
            self.starts = {row_id(row): row for row in uow.list(CheckIn)}
        self.ids = {key: name for name, key in self.keys.items()}
        self.model = Model(
            year.company, year.desk.services.policy, [self._natural(did) for did in year.life.did],
            begin=self.plan.begin, end=self.plan.end, outages=self.plan.outages,
        )  # fmt: skip

    def _natural(self, did: Did) -> Did:
        return replace(did, key=self.keys[did.key]) if did.verb == "hushes" else did

    def wrong(self, words: str) -> None:
        self.report.wrong.append(words)

    def make(self) -> None:
        self._posts()
        self._briefs()
        self._digests()
        self._approvals()
        self._portfolios()
        self._once_a_day()

    def _posts(self) -> None:
        """Everything queued is in Slack once, soon; edits make no messages."""
        posted: dict[str, list[float]] = {}
        for channel in self.year.box.workspace.channels.values():
            for message in channel.messages.values():
                key = (message.metadata or {}).get("event_payload", {}).get("key", "")
                posted.setdefault(key, []).append(float(message.ts))
        for row in self.deliveries:
            if row.state not in ("sent", "cancelled") and row.not_before < self.plan.end:
                self.wrong(f"{row.key} is {row.state}: {row.error}")
            if row.updates is not None:
                continue
            times = posted.pop(row.key, [])
            if len(times) != (row.state == "sent"):
                self.wrong(f"{row.key} ({row.state}) was posted {len(times)} times")
            due = self._due(row)
            for ts in times:
                if not 0 <= ts - due.timestamp() <= _GRACE.total_seconds():
                    self.wrong(f"{row.key} was due {due} and came at {datetime.fromtimestamp(ts, UTC)}")
            self.report.posts += len(times)
        for key in posted:
            self.wrong(f"{key!r} was posted and never queued")

    def _due(self, row: Delivery) -> datetime:
        """When it should come: what people ask of each other waits for working hours, the rest has its own time."""
        if row.card not in ("approval", "registration"):
            return row.created_at
        zone = self.year.company.colleagues[row.target].zone
        return self.model.back(first_open(row.created_at, zone))

    def _rows(self, card: str) -> list[Delivery]:
        return [row for row in self.deliveries if row.card == card and row.updates is None]

    def _same(self, what: str, said: Iterable[Any], expected: Iterable[Any]) -> int:
        ours, theirs = Counter(said), Counter(expected)
        for each, times in (ours - theirs).items():
            self.wrong(f"{what}: said {times} times too often: {each}")
        for each, times in (theirs - ours).items():
            self.wrong(f"{what}: missed {times} times: {each}")
        return sum(ours.values())

    def _briefs(self) -> None:
        said = [(self.keys["checkin", row.subject_id], row.target, row.created_at) for row in self._rows("checkin")]
        self.report.briefs = self._same("brief", said, (brief[:3] for brief in self.model.briefs()))

    def _digests(self) -> None:
        said = {(row.target, row.created_at): row for row in self._rows("digest")}
        self.report.digests = len(said)
        expected = {(digest.who, digest.at): digest for digest in self.model.digests()}
        self._same("digest", [*said], [*expected])
        for key, digest in expected.items():
            if key in said:
                self._digest(said[key], digest)

    def _digest(self, row: Delivery, digest: Digest) -> None:
        where = f"digest of {digest.who} at {local(digest.at, self.year.company.colleagues[digest.who].zone)}"
        if row.params["day"] != digest.day.isoformat():
            self.wrong(f"{where}: is of {row.params['day']}")
        should = sorted((due.isoformat(), *self.ids.get(key, ("no such row", 0)), key) for key, due in digest.named)
        names = [(item["due_on"], item["kind"], item["id"]) for item in row.params["agenda"]]
        more = row.params["more"].get("due", 0)
        self.report.items += len(names)
        listed = [each[:3] for each in should[:_LISTED]]
        if sorted(names) != sorted(listed) or more != max(0, len(should) - _LISTED):
            too_many = [(*each, self.keys.get(each[1:])) for each in names if each not in listed]
            missing = [each for each in should[:_LISTED] if each[:3] not in names]
            self.wrong(f"{where}: {more} more of {len(should)}; should not: {too_many}; misses: {missing}")
        decisions = len(row.params["decisions"]) + row.params["more"].get("decisions", 0)
        if decisions != digest.decisions:
            self.wrong(f"{where}: {decisions} decisions, not {digest.decisions}")

    def _approvals(self) -> None:
        cards = self._rows("approval")
        asked = [row for row in cards if not row.params.get("warning")]
        warned = [row for row in cards if row.params.get("warning")]
        steps = [step for step in self.model.steps if step.began < self.plan.end]

        def said(rows: Sequence[Delivery]) -> list[tuple[Key, str, datetime]]:
            return [(self.keys["approvalstep", row.subject_id], row.target, row.created_at) for row in rows]

        self.report.approvals = self._same("approval", said(asked), ((s.key[:3], s.owner, s.began) for s in steps))
        expected = [(s.key[:3], s.owner, s.warned) for s in steps if s.warned is not None]
        self.report.warnings = self._same("warning", said(warned), expected)

    def _portfolios(self) -> None:
        """Of every leader one a week at most, on its day, at their time."""
        leaders = [one for one in self.year.company.colleagues.values() if one.role in ("senior_manager", "vp")]
        due = {(one.id, moment) for one in leaders for moment in self.model.mornings(one, "week", one.at)}
        for row in self._rows("portfolio"):
            if (row.target, row.created_at) not in due:
                self.wrong(f"portfolio of {row.target} at {row.created_at}: not then")
        if len(self._rows("portfolio")) < len(due) / 2:
            self.wrong(f"{len(self._rows('portfolio'))} portfolios of {len(due)}")

    def _once_a_day(self) -> None:
        """Nobody hears of one thing twice in a day: in digests and briefs together."""
        named: Counter[tuple[Any, ...]] = Counter()
        for row in (*self._rows("digest"), *self._rows("checkin")):
            day = local(row.created_at, self.year.company.colleagues[row.target].zone).date()
            items = row.params["agenda"] if row.card == "digest" else [{"kind": "checkin", "id": row.subject_id}]
            named.update((row.target, day, item["kind"], item["id"]) for item in items)
            if row.card == "digest":
                named[row.target, day, "digest", 0] += 1
        moved = {self.ids[did.key] for did in self.model.did if did.verb == "moved" and did.key in self.ids}
        for each, times in named.items():
            if times > 1 and each[2:] not in moved:
                self.wrong(f"{each} was named {times} times")


def _keys(uow: UnitOfWork) -> dict[tuple[str, int], Key]:
    """(kind, row id) -> what the model calls it."""
    names = {row_id(row): row.name for row in uow.list(Partner)}
    found: dict[tuple[str, int], Key] = {}
    for meeting in uow.list(CheckIn):
        found["checkin", row_id(meeting)] = ("checkin", names[meeting.partner_id], meeting.slot)
    for plan in uow.list(OnboardingPlan):
        found["onboardingplan", row_id(plan)] = ("plan", names[plan.partner_id])
    for task in uow.list(OnboardingTask):
        found["onboardingtask", row_id(task)] = ("step", names[task.partner_id], task.key)
    places: Counter[int] = Counter()
    for review in uow.list(Qbr):
        found["qbr", row_id(review)] = ("qbr", names[review.partner_id], places[review.partner_id])
        places[review.partner_id] += 1
    for renewal in uow.list(Renewal):
        found["renewal", row_id(renewal)] = ("renewal", names[renewal.partner_id], renewal.ends_on)
    for action in uow.list(ActionItem):
        of = found.get((action.subject_kind, action.subject_id), ("", "", None))
        is_task = action.subject_kind == "renewal"
        found["actionitem", row_id(action)] = ("action", *of[1:], action.key) if is_task else ("action", action.what)
    for deal in uow.list(DealRegistration):
        found["dealregistration", row_id(deal)] = ("deal", deal.account_name)
    for step in uow.list(ApprovalStep):
        found["approvalstep", row_id(step)] = (*found["dealregistration", step.registration_id], step.place)
    return found


async def run(plan: Plan, url: str) -> Report:
    """Play `plan` on the empty database at `url`."""
    async with await Sandbox.start(home=HOME, clock=Clock(plan.begin), subscriptions=()) as box:
        return await Year(plan, url, box).play()
