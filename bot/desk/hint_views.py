"""What is worth a look, as it is told: in a digest, and on the card that says how it was answered."""

from __future__ import annotations

from sqlmodel import col, func, select

from bot.desk.naming import account_name, evidence_views, optional_person_view, partner_name
from bot.desk.views import HintView
from models.base import row_id
from models.events import ROBOT, Event
from models.partners import Partner
from models.risks import Evidence, Hint, SubjectKind
from models.states import HintState as State
from models.store import UnitOfWork

LISTED = 5  # in one digest


def open_for(uow: UnitOfWork, manager: str) -> tuple[HintView, ...]:
    """The newest open ones of the partners this person manages; each partner's newest come first, so that one who
    causes many does not hide another's."""
    rank = func.row_number().over(partition_by=col(Hint.partner_id), order_by=col(Hint.id).desc()).label("rank")
    ranked = (
        select(Hint.id, rank)
        .join(Partner, col(Partner.id) == Hint.partner_id)
        .where(Partner.manager == manager, col(Hint.closed_at).is_(None))
        .subquery()
    )
    newest = select(Hint).join(ranked, ranked.c.id == Hint.id).order_by(ranked.c.rank, col(Hint.id).desc())
    return tuple(view_of(uow, hint) for hint in uow.session.exec(newest.limit(LISTED)))


def view(uow: UnitOfWork, hint_id: int) -> HintView | None:
    hint = uow.get(Hint, hint_id)
    return view_of(uow, hint) if hint else None


def view_of(uow: UnitOfWork, hint: Hint) -> HintView:
    answer = _answer(uow, hint)
    return HintView(
        id=row_id(hint),
        kind=hint.kind,
        category=hint.category,
        state=hint.state,
        partner=partner_name(uow, hint.partner_id),
        account=account_name(uow, hint.account_id),
        evidence=evidence_views(uow, SubjectKind.HINT, row_id(hint)),
        reader=hint.reader,
        rule=hint.rule,
        confidence=hint.confidence,
        note=hint.note,
        judged_not_one=hint.judged_not_one,
        weighed=tuple(said_of(uow, hint).weighed),
        is_new=hint.listed_at is None,
        became=answer.note if answer and hint.state == State.TAKEN else "",
        settled_by=optional_person_view(uow, answer.actor if answer and answer.actor != ROBOT else None),
    )


def said_of(uow: UnitOfWork, hint: Hint) -> Evidence:
    """The words it stands on."""
    [said] = uow.list(Evidence, subject_kind=SubjectKind.HINT, subject_id=row_id(hint))
    return said


def _answer(uow: UnitOfWork, hint: Hint) -> Event | None:
    if hint.state == State.OPEN:
        return None
    return uow.find(Event, subject_kind=SubjectKind.HINT, subject_id=row_id(hint), to_state=hint.state)
