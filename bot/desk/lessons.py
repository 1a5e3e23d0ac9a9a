"""Lessons: what our own people judged to be a finding, or not to be one; the next message is read with them."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select

from bot.reading.tuning import Judged, tuning_from
from bot.reading.types import Kind, Tuning
from models.base import row_id
from models.risks import Evidence, EvidenceState, Hint, Lesson, Risk, SubjectKind
from models.store import UnitOfWork

# What a message is read with at most, of its partner and of all partners: reading must not slow with history.
_OWN, _ANY = 100, 50
_THEIR_WORDS = (col(Evidence.subject_id) == Lesson.id) & (col(Evidence.subject_kind) == SubjectKind.LESSON)
_NEWEST_FIRST = col(Lesson.id).desc()


def learn(
    uow: UnitOfWork,
    said: Evidence,
    about: Risk | Hint,
    *,
    is_one: bool,
    confidence: float | None,
    actor: str,
    now: datetime,
) -> Lesson | None:
    """Keep that `actor`, who must be one of our own people, judged the words of `said`, on which `about` stands. None
    when the words are gone or this person's newest judgement of them was the same.

    It counts under the thread of `about`, wherever its words were said: one click is one judgement.
    """
    if not said.quote or said.state == EvidenceState.DELETED or _newest(uow, said, about.kind, actor) is is_one:
        return None
    lesson = uow.add(
        Lesson(
            workspace_id=uow.workspace_id,
            kind=about.kind,
            category=about.category,
            is_one=is_one,
            partner_id=about.partner_id,
            channel=about.channel,
            thread_ts=about.thread_ts,
            confidence=confidence,
            rule=about.rule,
            by=actor,
            at=now,
        )
    )
    uow.add(
        Evidence(
            **said.model_dump(exclude={"id", "subject_kind", "subject_id"}),
            subject_kind=SubjectKind.LESSON,
            subject_id=row_id(lesson),
        )
    )
    return lesson


def _newest(uow: UnitOfWork, said: Evidence, kind: str, actor: str) -> bool | None:
    """What `actor` judged of the words of `said` last."""
    here = (Evidence.channel == said.channel) & (Evidence.ts == said.ts) & (Evidence.start == said.start)
    own = select(Lesson.is_one).join(Evidence, _THEIR_WORDS).where(here, Lesson.kind == kind, Lesson.by == actor)
    return uow.session.exec(own.order_by(_NEWEST_FIRST).limit(1)).first()


def judged(uow: UnitOfWork, quote: str, kind: str, partner_id: int | None) -> bool | None:
    """The newest judgement of these very words of this partner: whether they are a `kind`; None when nobody judged."""
    these = (Lesson.partner_id == partner_id) & (Lesson.kind == kind) & (Evidence.quote == quote)
    said = select(Lesson.is_one).join(Evidence, _THEIR_WORDS).where(these)
    return uow.session.exec(said.order_by(_NEWEST_FIRST).limit(1)).first()


def tuning_of(uow: UnitOfWork, partner_id: int | None, *, now: datetime) -> Tuning:
    """What the next message of this partner is read with; of no known partner: the reader as it was shipped."""
    if partner_id is None:
        return Tuning()
    newest = select(Lesson, Evidence.quote).join(Evidence, _THEIR_WORDS).order_by(_NEWEST_FIRST)
    own = uow.session.exec(newest.where(Lesson.partner_id == partner_id).limit(_OWN)).all()
    others = [row for row in uow.session.exec(newest.limit(_ANY)) if row[0].partner_id != partner_id]
    return tuning_from([_judged(*row, own=True) for row in own] + [_judged(*row, own=False) for row in others], now)


def _judged(lesson: Lesson, quote: str, *, own: bool) -> Judged:
    thread = f"{lesson.channel} {lesson.thread_ts}"
    return Judged(Kind(lesson.kind), quote, lesson.is_one, lesson.by, thread, lesson.at, own)
