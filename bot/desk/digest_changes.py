"""What was settled with a person's partners since a moment, and which promises slipped: from the Events, bounded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import SQLModel, col, select

from bot.desk import commitments
from bot.desk.naming import person_view
from bot.desk.views import ChangeView, CommitmentView
from models.base import row_id
from models.calendar import CheckIn, OnboardingPlan, Qbr, Renewal
from models.deals import DealRegistration
from models.events import ROBOT, Event
from models.partners import Partner
from models.risks import Commitment, CommitmentDate, Risk
from models.states import (
    CheckInState,
    CommitmentState,
    OnboardingState,
    QbrState,
    RegistrationState,
    RenewalState,
    RiskState,
)
from models.store import UnitOfWork

_EVENTS = 300  # of the newest ones that are looked at


@dataclass(frozen=True, slots=True)
class _Told:
    """Which states of a kind of row are news, and the column that says what the row is about."""

    model: type[SQLModel]
    states: tuple[str, ...]
    about: str = ""


_NEWS = {
    "risk": _Told(
        Risk,
        (RiskState.MITIGATED, RiskState.DISMISSED, RiskState.ACCEPTED, RiskState.MATERIALIZED, RiskState.REOPENED),
        "category",
    ),
    "commitment": _Told(Commitment, (CommitmentState.KEPT, CommitmentState.BROKEN)),
    "dealregistration": _Told(
        DealRegistration,
        (
            RegistrationState.APPROVED, RegistrationState.REJECTED, RegistrationState.CONVERTED,
            RegistrationState.LOST, RegistrationState.EXPIRED, RegistrationState.REVOKED,
        ),
        "account_name",
    ),
    "qbr": _Told(Qbr, (QbrState.HELD, QbrState.CLOSED, QbrState.SKIPPED), "label"),
    "checkin": _Told(CheckIn, (CheckInState.HELD, CheckInState.SKIPPED)),
    "onboardingplan": _Told(
        OnboardingPlan, (OnboardingState.RUNNING, OnboardingState.DONE, OnboardingState.CANCELLED)
    ),
    "renewal": _Told(Renewal, (RenewalState.RENEWED, RenewalState.LAPSED, RenewalState.TERMINATED)),
}  # fmt: skip


def since(uow: UnitOfWork, person: str, moment: datetime, *, limit: int) -> tuple[tuple[ChangeView, ...], int]:
    """What others settled with the partners `person` manages after `moment` (UTC), newest first, and how much more.
    What they did themselves they know."""
    statement = (
        select(Event)
        .where(
            col(Event.at) > moment,
            col(Event.actor) != person,
            col(Event.subject_kind).in_(_NEWS),
            col(Event.to_state).in_({state for told in _NEWS.values() for state in told.states}),
            col(Event.to_state) != col(Event.from_state),
        )
        .order_by(col(Event.at).desc(), col(Event.id).desc())
        .limit(_EVENTS)
    )
    newest: dict[tuple[str, int], Event] = {}
    for entry in uow.session.exec(statement):
        if entry.to_state in _NEWS[entry.subject_kind].states:
            newest.setdefault((entry.subject_kind, entry.subject_id), entry)
    theirs = _of_their_partners(uow, person, [*newest])
    told = [(entry, *theirs[which]) for which, entry in newest.items() if which in theirs]
    shown = tuple(_view(uow, entry, partner, about) for entry, partner, about in told[:limit])
    return shown, max(0, len(told) - limit)


def _of_their_partners(
    uow: UnitOfWork, person: str, which: Sequence[tuple[str, int]]
) -> dict[tuple[str, int], tuple[str, str]]:
    """Those of the rows that are of partners `person` manages, with the partner's name and what the row is about."""
    found = {}
    for kind, told in _NEWS.items():
        numbers = [number for each, number in which if each == kind]
        if not numbers:
            continue
        model = told.model
        statement = (
            select(model, Partner.name)
            .join(Partner, col(Partner.id) == model.partner_id)  # type: ignore[attr-defined]  # every model of _NEWS has one
            .where(Partner.manager == person, model.id.in_(numbers))  # type: ignore[attr-defined]  # and an id
        )
        for row, name in uow.session.exec(statement).all():
            found[kind, row_id(row)] = (name, str(getattr(row, told.about)) if told.about else "")
    return found


def _view(uow: UnitOfWork, entry: Event, partner: str, about: str) -> ChangeView:
    by = "" if entry.actor == ROBOT else person_view(uow, entry.actor).name
    return ChangeView(entry.subject_kind, entry.subject_id, partner, entry.to_state, by, about)


def slipped(
    uow: UnitOfWork, person: str, moment: datetime, *, now: datetime, but_not: set[int], limit: int
) -> tuple[tuple[CommitmentView, ...], int]:
    """Promises of the partners `person` manages that got a later day after `moment` (UTC), and how many more."""
    statement = (
        select(Commitment.id)
        .join(Partner, col(Partner.id) == Commitment.partner_id)
        .join(CommitmentDate, col(CommitmentDate.commitment_id) == Commitment.id)
        .where(
            Partner.manager == person,
            col(Commitment.closed_at).is_(None),
            Commitment.state == CommitmentState.SLIPPED,
            CommitmentDate.said_at > moment,
            CommitmentDate.due_on == Commitment.due_on,
            col(Commitment.id).not_in(but_not),
        )
        .group_by(col(Commitment.id), col(Commitment.due_on))
        .order_by(col(Commitment.due_on), col(Commitment.id))
    )
    numbers = uow.session.exec(statement).all()
    rows = (uow.get(Commitment, number) for number in numbers[:limit])
    views = tuple(commitments.view_of(uow, row, now=now) for row in rows if row is not None)
    return views, max(0, len(numbers) - limit)
