"""What the calendar puts before a person in the morning: the items that are theirs and due, from every skill alike.

An item is named on the working mornings its policy says (so many days before it is due), on the day itself, and daily
while it is late: computed anew each morning, so that nothing is lost or said twice whatever happened meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import IntEnum

from sqlmodel import col, or_, select

from models.calendar import Quiet
from models.risks import SubjectKind
from models.store import UnitOfWork

_ENDS_SOON = timedelta(days=30)  # the last notice of an agreement or protection, by policy.yml


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One line: `title` is what is to be done, in our words; `note` one fact more (whose turn it is, what it waits
    for); `request` what a person could type to get on with it ("qbr Globex Consulting"), "" for nothing; `step` what a
    button beside it does to the row itself (bot/cards/agenda_list.py), "" where a request is all there is."""

    kind: SubjectKind
    id: int
    title: str
    partner: str
    due_on: date | None
    note: str = ""
    request: str = ""
    step: str = ""

    def late_by(self, day: date) -> int:
        """Days past its due day on `day`, 0 when it is not late."""
        return max(0, (day - self.due_on).days) if self.due_on else 0


@dataclass(frozen=True, slots=True)
class Agenda:
    """The most urgent items first, and how many more there are than are listed."""

    items: tuple[AgendaItem, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class Morning:
    """One person's working morning. `previous` is the day of their last digest: what fell between belongs to today.
    `is_sent` where it goes out unasked: then what reaches them that day in a message of its own is not said twice."""

    person: str
    day: date
    previous: date
    quiet: frozenset[tuple[str, int]] = field(default_factory=frozenset)
    is_sent: bool = False

    def due_days(self, remind_days: Collection[int]) -> tuple[date, Sequence[tuple[date, date]]]:
        """Due days up to and including the first value are late or due today; those within one of the (after, up to)
        ranges are to be reminded of this morning."""
        ranges = [(self.previous + timedelta(days=n), self.day + timedelta(days=n)) for n in sorted(remind_days)]
        return self.day, ranges

    def is_quiet(self, kind: SubjectKind, number: int) -> bool:
        """Whether the person wants to hear nothing of this item now."""
        return (kind, number) in self.quiet


class Weight(IntEnum):
    """What it costs to leave something undone, the most first."""

    OTHERS_WAIT = 0  # a decision on which other people's work depends
    ENDS = 1  # an agreement or protection that runs out
    WORK = 2  # late, due or coming up


def weight(item: AgendaItem, day: date) -> Weight:
    """What leaving it undone on `day` costs."""
    if item.kind in (SubjectKind.CONFLICT_CASE, SubjectKind.APPROVAL_STEP):
        return Weight.OTHERS_WAIT
    if item.kind in (SubjectKind.RENEWAL, SubjectKind.DEAL_REGISTRATION) and item.due_on is not None:
        return Weight.ENDS if item.due_on <= day + _ENDS_SOON else Weight.WORK
    return Weight.WORK


def urgency(item: AgendaItem, day: date) -> tuple[Weight, date, str, int]:
    """The one order in which things are named on `day`: by weight, then what is late longest; without a day last."""
    return (weight(item, day), item.due_on or date.max, item.kind, item.id)


def merged(agendas: Iterable[Agenda], day: date, limit: int) -> Agenda:
    """Several agendas as one of at most `limit` items, the most urgent on `day` first."""
    each = list(agendas)
    items = sorted((item for agenda in each for item in agenda.items), key=lambda item: urgency(item, day))
    return Agenda(tuple(items[:limit]), sum(agenda.more for agenda in each) + max(0, len(items) - limit))


def quiet_items(uow: UnitOfWork, person: str, now: datetime) -> frozenset[tuple[str, int]]:
    """What this person snoozed or stopped, as (kind, id)."""
    statement = select(Quiet.subject_kind, Quiet.subject_id).where(
        Quiet.person == person, or_(col(Quiet.until).is_(None), col(Quiet.until) > now)
    )
    return frozenset((kind, number) for kind, number in uow.session.exec(statement).all())
