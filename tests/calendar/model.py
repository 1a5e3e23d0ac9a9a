"""What PartnerDesk should have said in a year, worked out again from what people did: plain loops over days.

It shares no code with the desk. Everything is an item with the moments it began and ended; what time does happens at
its moment, or when PartnerDesk is back (`back`) where that was in an outage.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count

from bot.policy import Policy
from tests.calendar.company import PROTECTION_DAYS, QBR_MONTHS, Colleague, Company
from tests.calendar.days import at, first_open, hours_after, local, months_after, workday_after, workday_before, works
from tests.calendar.items import Item, Meeting, Review, Step
from tests.calendar.life import Did, Key
from tests.calendar.series import Series

_DAY, _CATCH_UP = timedelta(days=1), 2
_LIMITS = (("partner_manager", 50_000), ("senior_manager", 250_000), ("vp", None))


@dataclass(frozen=True, slots=True)
class Digest:
    """`named` is (key, due day), the most urgent first; `decisions` how many wait."""

    who: str
    at: datetime
    day: date
    named: tuple[tuple[Key, date], ...]
    decisions: int


class Model:
    """`begin` is when the book was loaded, `end` when we stop looking; `outages` are (from, until)."""

    def __init__(
        self, company: Company, policy: Policy, did: Sequence[Did], *, begin: datetime, end: datetime,
        outages: Sequence[tuple[datetime, datetime]] = (),
    ) -> None:  # fmt: skip
        self.company, self.policy, self.did = company, policy, did
        self.begin, self.end, self.outages = begin, end, outages
        self.tier = {name: [(begin, known.tier)] for name, known in company.partners.items()}
        self.active = {name: begin for name, known in company.partners.items() if known.is_active}
        self.hushed: dict[tuple[str, Key], list[Did]] = {}
        for each in did:
            if each.verb == "hushes":
                self.hushed.setdefault((each.who, each.key), []).append(each)
        self.meetings: dict[Key, list[Meeting]] = {}
        self.reviews: list[Review] = []
        self.items: list[Item] = []
        self.steps: list[Step] = []
        self.protected: list[Item] = []
        self.renewals: list[Item] = []
        self._agreed()
        self._plans()
        self._deals()
        self._renewals()
        self._reviews()
        self._check_ins()

    def back(self, moment: datetime) -> datetime:
        """When what is due at `moment` is done."""
        return next((until for since, until in self.outages if since <= moment < until), moment)

    def _zone(self, partner: str) -> str:
        return self.company.colleagues[self.company.partners[partner].manager].zone

    def _of(self, *verbs: str, kind: str) -> Iterator[Did]:
        return (did for did in self.did if did.verb in verbs and did.key[0] == kind)

    # -- what there is -------------------------------------------------------------------------------------------

    def _agreed(self) -> None:
        for did in self.did:
            for what, owner, due in did.more.get("agreed", ()):
                self.items.append(Item(("action", what), owner, did.at, [(did.at, due)], part_of=did.key))
        self._settle(self.items, "action")

    def _settle(self, items: Iterable[Item], kind: str) -> None:
        found = {item.key: item for item in items}
        for did in self._of("done", kind=kind):
            if did.key in found:
                found[did.key].ended = did.at
        for did in self._of("moved", kind=kind):
            if did.key in found:
                found[did.key].due.append((did.at, did.more["on"]))

    def _plans(self) -> None:
        """Onboarding: every step of the policy that is for this tier and type, so many working days from the start."""
        for did in self._of("onboards", kind="plan"):
            name, tier, type_ = did.key[1], did.more["tier"], did.more["type"]
            zone, made = self._zone(name), dict[str, tuple[Item, ...]]()
            self.tier[name].append((did.at, tier))
            first = local(did.at, zone).date()
            for step in self.policy.onboarding.steps:
                before = tuple(item for key in step.after for item in made.get(key, ()))
                tiers, types = [*step.for_tiers], [each.value for each in step.for_types]
                is_agreed = step.unless_agreed and self._is_agreed(name, did)
                if is_agreed or (tiers and tier not in tiers) or (types and type_ not in types):
                    made[step.key] = before
                    continue
                due = workday_after(first, zone, step.days)
                owner = self.company.partners[name].manager
                key = ("step", name, step.key)
                item = Item(key, owner, did.at, [(did.at, due)], after=before, part_of=("plan", name))
                made[step.key] = (item,)
                self.items.append(item)
            self._settle([item for items in made.values() for item in items], "step")

    def _is_agreed(self, name: str, did: Did) -> bool:
        """Whether the agreement with that partner is in force on the day its onboarding starts."""
        known, today = self.company.partners[name], local(did.at, self._zone(name)).date()
        renewed = [
            each.more["until"]
            for each in self._of("decided", kind="renewal")
            if each.key[1] == name and each.at <= did.at
        ]
        ends = next((until for until in reversed(renewed) if until is not None), known.ends)
        return (known.starts or ends) is not None and (ends is None or ends >= today)

    def _deals(self) -> None:
        for did in self._of("registers", kind="deal"):
            partner, account = did.more["partner"], did.key[1]
            asked, line = did.at, list(self._above(self.company.partners[partner].manager))
            approvers = []
            for role, limit in _LIMITS:
                approvers.append(next(one.id for one in line if one.role == role))
                if limit is not None and did.more["value"] <= limit:
                    break
            verdicts = [each for each in self._of("approved", "rejected", kind="deal") if each.key == did.key]
            approved: set[str] = set()
            for place, approver in enumerate(approvers, 1):
                if approved & {one.id for one in self._above(approver)}:
                    continue  # they, or somebody above them, approved an earlier step that climbed
                verdict = verdicts.pop(0) if verdicts else None
                self._ask(account, place, approver, asked, verdict.at if verdict else None)
                if verdict is None or verdict.verb == "rejected":
                    break
                approved.add(verdict.who)
                asked = verdict.at
            else:
                self._protect(partner, account, asked)

    def _above(self, who: str) -> Iterator[Colleague]:
        above: str | None = who
        while above:
            yield self.company.colleagues[above]
            above = self.company.colleagues[above].manager

    def _ask(self, account: str, place: int, approver: str, asked: datetime, decided: datetime | None) -> None:
        """One step: a warning after one working day, up to the manager after two, until somebody decides."""
        for rung, person in enumerate(self._above(approver)):
            warn = self.back(hours_after(asked, 9, person.zone))
            late = self.back(hours_after(asked, 18, person.zone))
            has_above = person.manager is not None
            is_decided = decided is not None and (decided < late or not has_above)
            ends = decided if is_decided else late if has_above else None
            step = Step(("deal", account, place, rung), person.id, asked, [(asked, self._day(asked, 18, person.zone))])
            step.place, step.ended, step.warns = place, ends, hours_after(asked, 9, person.zone)
            step.told = (self.back(first_open(asked, person.zone)), self.back(first_open(warn, person.zone)))
            if warn < late and (ends is None or warn <= ends) and warn < self.end:
                step.warned = warn
            self.steps.append(step)
            if ends is None or is_decided or late >= self.end:
                return
            asked = late

    def _day(self, asked: datetime, hours: int, zone: str) -> date:
        return local(hours_after(asked, hours, zone), zone).date()

    def _protect(self, partner: str, account: str, approved: datetime) -> None:
        zone = self._zone(partner)
        self.active.setdefault(partner, approved)
        tier = [tier for since, tier in self.tier[partner] if since <= approved][-1]
        until = local(approved, zone).date() + timedelta(days=PROTECTION_DAYS[tier])
        item = Item(("deal", account), self.company.partners[partner].manager, approved, [(approved, until)])
        item.ended = self.back(at(until + _DAY, time(), zone))
        self.protected.append(item)

    def _renewals(self) -> None:
        decisions = {did.key: did for did in self._of("decided", kind="renewal")}
        for name, known in self.company.partners.items():
            zone, ends, since = self._zone(name), known.ends, self.begin
            while ends is not None:
                counted = at(ends - timedelta(days=120), time(), zone)
                began = self.back(max(since, counted))
                if began >= self.end or local(began, zone).date() > ends:
                    break
                decision = decisions.get(("renewal", name, ends))
                lapsed = self.back(at(ends + _DAY, time(), zone))
                ended = decision.at if decision and decision.at < lapsed else lapsed
                self.renewals.append(Item(("renewal", name, ends), known.manager, began, [(began, ends)], ended))
                self._tasks(name, ends, began, ended)
                ends, since = (decision.more["until"], decision.at) if decision else (None, ended)

    def _tasks(self, name: str, ends: date, began: datetime, ended: datetime) -> None:
        """So many days before the end; what should have been done before we knew, two working days after each other."""
        zone, owner, tasks = self._zone(name), self.company.partners[name].manager, []
        today = last = local(began, zone).date()
        for task in sorted(self.policy.renewal.tasks, key=lambda task: -task.days_before):
            due = ends - timedelta(days=task.days_before)
            due = due if works(due, zone) else workday_before(due, zone)
            if due <= last:
                first = last if works(last, zone) else workday_after(last, zone)
                due = last = workday_after(first, zone, _CATCH_UP)
            key, due = ("action", name, ends, task.key), min(due, max(ends, today))
            tasks.append(Item(key, owner, began, [(began, due)], part_of=("renewal", name, ends)))
        self._settle(tasks, "action")
        for item in tasks:
            item.ended = min(item.ended or ended, ended)
        self.items.extend(tasks)

    def _reviews(self) -> None:
        for name, began in self.active.items():
            known, zone = self.company.partners[name], self._zone(name)
            if began >= self.end:
                continue
            today = local(began, zone).date()
            row = self._review(name, 0, began, self._next(name, min(known.starts or today, today), began, today))
            for did in self._of("scheduled", "held", "skipped", "closed", kind="qbr"):
                if did.key[1] != name:
                    continue
                assert did.key == row.key, f"{did} is not about {row}"
                today = local(did.at, zone).date()
                if did.verb == "scheduled":
                    row.on.append((did.at, did.more["on"], did.more["attendees"]))
                elif did.verb == "held":
                    row.held = (did.at, did.more["on"])
                    row.on.append((did.at, did.more["on"], did.more["attendees"]))
                else:
                    row.ended = did.at
                    base = row.due[0][1] if did.verb == "skipped" else row.on[-1][1]
                    before, row = row, self._review(
                        name, row.key[2] + 1, did.at, self._next(name, base, did.at, today)
                    )  # fmt: skip
                    if did.verb == "closed":
                        row.on.append((did.at, did.more["next_on"], before.on[-1][2]))

    def _review(self, name: str, place: int, began: datetime, due: date) -> Review:
        row = Review(("qbr", name, place), self.company.partners[name].manager, began, [(began, due)])
        self.reviews.append(row)
        return row

    def _next(self, name: str, base: date, moment: datetime, today: date) -> date:
        months = QBR_MONTHS[[tier for since, tier in self.tier[name] if since <= moment][-1]]
        due = next(day for times in count(1) if (day := months_after(base, months * times)) >= today)
        zone = self._zone(name)
        return due if works(due, zone) else workday_after(due, zone)

    # -- check-ins -----------------------------------------------------------------------------------------------

    def _check_ins(self) -> None:
        for did in self._of("meets", kind="cadence"):
            said = [each for each in self.did if each.key[:2] == ("checkin", did.key[1]) and each.verb != "hushes"]
            self.meetings[did.key] = Series(did, said, end=self.end, back=self.back).play()

    # -- what is said --------------------------------------------------------------------------------------------

    def briefs(self) -> Iterator[tuple[Key, str, datetime, datetime]]:
        """(check-in, to whom, when, for which start)."""
        for rows in self.meetings.values():
            for row in rows:
                for when, start, is_sent in row.told:
                    if is_sent and when < self.end:
                        yield row.key, row.owner, when, start

    def digests(self) -> Iterator[Digest]:
        for one in self.company.colleagues.values():
            if one.wants:
                yield from self._digests(one)

    def _digests(self, one: Colleague) -> Iterator[Digest]:
        last: date | None = None
        for moment in self.mornings(one, one.every, one.at):
            day = local(moment, one.zone).date()
            before = last
            if before is None:
                before = day - timedelta(days=7) if one.every == "week" else day - _DAY
                while not works(before, one.zone):
                    before -= _DAY
            digest = self._digest(one, moment, day, before)
            if digest.named or digest.decisions:
                last = day
                yield digest

    def mornings(self, one: Colleague, every: str, clock: time) -> Iterator[datetime]:
        """When they could get one: their working days, or the first one of each week; not at night after an outage."""
        day, done = local(self.begin, one.zone).date(), self.begin
        first_of_week: set[date] = set()
        pending = False
        while (due := at(day, clock, one.zone)) < self.end:
            monday = day - timedelta(days=day.weekday())
            is_turn = works(day, one.zone) and (every == "day" or monday not in first_of_week)
            if works(day, one.zone):
                first_of_week.add(monday)
            if due > done and (is_turn or (pending and works(day, one.zone))):
                actual = self.back(due)
                there = local(actual, one.zone)
                if works(there.date(), one.zone) and clock <= there.time() < time(18):
                    pending = False
                    if actual < self.end:
                        yield actual
                else:
                    pending = True
                done = actual
            day += _DAY

    def _digest(self, one: Colleague, moment: datetime, day: date, before: date) -> Digest:
        who, named = one.id, list[tuple[Key, date]]()

        def window(due: date, days: Iterable[int]) -> bool:
            return any(before < due - timedelta(days=n) <= day for n in days)

        remind = self.policy.digest.remind_days
        for item, due in self._heard(self.items, who, moment):
            waits = any(other.is_open(moment) for other in item.after)
            if due < day or (not waits and (due == day or window(due, remind))):
                named.append((item.key, due))
        for item, due in self._heard(self.renewals, who, moment):
            if due == day or window(due, {*self.policy.renewal.notice_days, *remind}):
                named.append((item.key, due))
        for item, due in self._heard(self.protected, who, moment):
            if due == day or window(due, self.policy.registration.expiry_notice_days):
                named.append((item.key, due))
        named = list(_as_lines(named, day))
        named += self._reviews_named(who, moment, day, window)
        named += self._meetings_named(who, moment, day)
        waiting = sum(step.owner == who and self._is_asked_again(step, moment, day, one.zone) for step in self.steps)
        return Digest(who, moment, day, tuple(named), waiting)

    def _is_asked_again(self, step: Step, moment: datetime, day: date, zone: str) -> bool:
        """Whether a decision still waits, and no message about it reaches them on that very day."""
        is_warned = step.warned is not None and step.warned <= moment
        warning = step.told[1] if is_warned or step.warns is None else step.warns
        return step.is_open(moment) and day not in {local(each, zone).date() for each in (step.told[0], warning)}

    def _heard(self, items: Iterable[Item], who: str, moment: datetime) -> Iterator[tuple[Item, date]]:
        """What is theirs and open, and when it is due; not what they want to hear nothing of."""
        for item in items:
            if item.owner != who or not item.is_open(moment):
                continue
            if not self.is_hushed(who, item.key, moment) and not self.is_hushed(who, item.part_of, moment):
                yield item, item.due_at(moment)

    def _reviews_named(
        self, who: str, moment: datetime, day: date, window: Callable[[date, Iterable[int]], bool]
    ) -> Iterator[tuple[Key, date]]:
        for row in self.reviews:
            if not row.is_open(moment) or self.is_hushed(who, row.key, moment):
                continue
            set_for = [(on, attendees) for since, on, attendees in row.on if since <= moment]
            is_held = row.held is not None and row.held[0] <= moment
            due = set_for[-1][0] if set_for else row.due_at(moment)
            is_near = not is_held and (due == day or window(due, self.policy.qbr.remind_days))
            is_guest = bool(set_for) and who in set_for[-1][1] and due >= day
            if (row.owner == who and (due < day or is_near)) or (row.owner != who and is_guest and is_near):
                yield row.key, due

    def _meetings_named(self, who: str, moment: datetime, day: date) -> Iterator[tuple[Key, date]]:
        for rows in self.meetings.values():
            there = [row for row in rows if row.owner == who and row.is_open(moment)]
            if any(row.on(moment) >= day and row.brief_day(moment) == day for row in there):
                continue
            asked = [
                row for row in there
                if row.is_told(moment) and row.on(moment) <= day and not self.is_hushed(who, row.key, moment)
            ]  # fmt: skip
            if asked:
                last = max(asked, key=lambda row: row.starts(moment))
                yield last.key, last.on(moment)

    def is_hushed(self, who: str, key: Key, moment: datetime) -> bool:
        """Whether they said they want to hear nothing of it now: what they said last counts."""
        said = [did.more["until"] for did in self.hushed.get((who, key), ()) if did.at <= moment]
        return bool(said) and (said[-1] is None or said[-1] > moment)


def _as_lines(named: Sequence[tuple[Key, date]], day: date) -> Iterator[tuple[Key, date]]:
    """Several late steps of one onboarding are one line, about the plan."""
    late: dict[Key, list[date]] = {}
    for key, due in named:
        if key[0] == "step" and due < day:
            late.setdefault(("plan", key[1]), []).append(due)
    for key, due in named:
        plan = ("plan", *key[1:2])
        if key[0] != "step" or due >= day or len(late[plan]) == 1:
            yield key, due
    for plan, days in late.items():
        if len(days) > 1:
            yield plan, min(days)
