"""What a digest holds: put together in the morning, kept as a list of what was in it, and looked at again when the card
is sent or edited. It never shows what came after it was planned."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import SQLModel, col, func, select

from bot.desk import agendas, commitments, digest_changes, handoffs, hint_views
from bot.desk.agenda import AgendaItem, Morning
from bot.desk.digest_sections import Section
from bot.desk.naming import account_name, partner_name, person_view
from bot.desk.risk_views import view_of
from bot.desk.views import ChangeView, CommitmentView, DigestView, HandoffView, RiskView
from bot.policy import Policy
from bot.reading.types import Kind
from models.base import row_id
from models.calendar import ActionItem, CheckIn, OnboardingPlan, OnboardingTask, Qbr, Renewal
from models.deals import ApprovalStep, ConflictCase, DealRegistration
from models.delivery import Delivery
from models.escalations import Escalation, Handoff, Proposal
from models.partners import Partner, Person
from models.risks import Commitment, Risk, SubjectKind
from models.states import ApprovalState, EscalationState, HintState, ProposalState
from models.store import UnitOfWork

# Listed of each section; how many more there are is said.
_MOST = {
    Section.DECISIONS: 6, Section.DUE: 10, Section.RISKS: 6, Section.PROMISES: 5, Section.SLIPPED: 4,
    Section.HANDOFFS: 4, Section.CHANGES: 8,
}  # fmt: skip
_AHEAD = timedelta(days=2)  # promises due by then are listed
_REACHED = (EscalationState.NOTIFIED, EscalationState.ACKED, EscalationState.CLIMBED, EscalationState.SEND_FAILED)
_ASKED = (EscalationState.NOTIFIED, EscalationState.CLIMBED, EscalationState.SEND_FAILED)
_WAITING = (ApprovalState.ASKED, ApprovalState.CLIMBED)
_ROWS: Mapping[str, type[SQLModel]] = {
    SubjectKind.ONBOARDING_PLAN: OnboardingPlan,
    SubjectKind.ONBOARDING_TASK: OnboardingTask,
    SubjectKind.CHECK_IN: CheckIn,
    SubjectKind.QBR: Qbr,
    SubjectKind.RENEWAL: Renewal,
    SubjectKind.ACTION_ITEM: ActionItem,
    SubjectKind.DEAL_REGISTRATION: DealRegistration,
    SubjectKind.CONFLICT_CASE: ConflictCase,
    SubjectKind.APPROVAL_STEP: ApprovalStep,
    SubjectKind.PROPOSAL: Proposal,
}


def build(
    uow: UnitOfWork,
    person: Person,
    morning: Morning,
    since: datetime,
    *,
    now: datetime,
    policy: Policy,
    without: Collection[str] = (),
) -> DigestView:
    """What waits for this person on their `morning`, and what changed after `since` (UTC); nothing of the sections
    they do `without`."""
    who, more = person.slack_id, dict[str, int]()
    wants = frozenset(Section) - set(without)
    view = DigestView(person=person_view(uow, who), day=morning.day, more=more)
    if Section.DECISIONS in wants:
        waiting = [*agendas.decisions(uow, morning), *_proposals(uow, who, now)]
        view = replace(view, decisions=_first(Section.DECISIONS, waiting, more))
    if Section.DUE in wants:
        found = agendas.collect(uow, morning, policy=policy, limit=_MOST[Section.DUE])
        more[Section.DUE] = found.more
        view = replace(view, agenda=found.items)
    if Section.RISKS in wants:
        risks = _risks(uow, morning, now, more)
        view = replace(view, risks=risks, unanswered=unanswered(uow, who, risks))
    if Section.PROMISES in wants:
        view = replace(view, commitments_due=_promises(uow, morning, now, more))
    if Section.SLIPPED in wants:
        named = {promise.id for promise in view.commitments_due}
        late, more[Section.SLIPPED] = digest_changes.slipped(
            uow, who, since, now=now, but_not=named, limit=_MOST[Section.SLIPPED]
        )
        view = replace(view, slipped=late)
    if Section.HANDOFFS in wants:
        view = replace(view, handoffs=_handoffs(uow, morning, more))
    if Section.CHANGES in wants:
        changes, more[Section.CHANGES] = digest_changes.since(uow, who, since, limit=_MOST[Section.CHANGES])
        view = replace(view, changes=changes)
    if Section.WORTH_A_LOOK in wants:
        view = replace(view, hints=hint_views.open_for(uow, who))
    return view


def is_worth_sending(digest: DigestView) -> bool:
    """Something waits or slipped, or is newly worth a look: that alone does not come back every morning, and what was
    settled is told with the next digest that has something to say."""
    waits = digest.decisions or digest.agenda or digest.risks or digest.commitments_due or digest.handoffs
    return bool(waits or digest.slipped) or any(hint.is_new for hint in digest.hints)


def listed(digest: DigestView) -> dict[str, Any]:
    """What the delivery of a digest remembers: ids, and our own words where there is nothing to look up again."""
    promises = (*digest.commitments_due, *digest.slipped)
    return {
        "day": digest.day.isoformat(),
        SubjectKind.RISK: [risk.id for risk in digest.risks],
        SubjectKind.COMMITMENT: [promise.id for promise in promises],
        SubjectKind.HANDOFF: [handoff.id for handoff in digest.handoffs],
        SubjectKind.HINT: [hint.id for hint in digest.hints],
        "slipped": [promise.id for promise in digest.slipped],
        "decisions": [_kept(item) for item in digest.decisions],
        "agenda": [_kept(item) for item in digest.agenda],
        "changes": [asdict(change) for change in digest.changes],
        "more": {section: number for section, number in digest.more.items() if number},
    }


def as_listed(uow: UnitOfWork, digest: Delivery, *, now: datetime) -> DigestView | None:
    """The items a digest was planned with, as they are now and without what was settled since. Words that were deleted
    can thus be dropped from it later.

    An edit also says how what was worth a look was answered; before the first post None when nothing is left.
    """
    person = uow.get(Person, digest.subject_id)
    if person is None:
        return None
    names = digest.params
    risks = [uow.get(Risk, number) for number in names.get(SubjectKind.RISK, ())]
    promises = [uow.get(Commitment, number) for number in names.get(SubjectKind.COMMITMENT, ())]
    work = [handoffs.view(uow, number) for number in names.get(SubjectKind.HANDOFF, ())]
    worth_a_look = [hint_views.view(uow, number) for number in names.get(SubjectKind.HINT, ())]
    still_open = [commitments.view_of(uow, row, now=now) for row in promises if row and row.closed_at is None]
    late = names.get("slipped", ())
    still_at_risk = tuple(view_of(uow, risk, now=now) for risk in risks if risk and risk.closed_at is None)
    shown = DigestView(
        person=person_view(uow, person.slack_id),
        day=date.fromisoformat(names["day"]),
        risks=still_at_risk,
        commitments_due=tuple(promise for promise in still_open if promise.id not in late),
        handoffs=tuple(each for each in work if each and each.is_for(person.slack_id)),
        hints=tuple(hint for hint in worth_a_look if hint and (digest.updates or hint.state == HintState.OPEN)),
        decisions=_still_open(uow, names.get("decisions", ())),
        agenda=_still_open(uow, names.get("agenda", ())),
        slipped=tuple(promise for promise in still_open if promise.id in late),
        changes=tuple(ChangeView(**change) for change in names.get("changes", ())),
        more=names.get("more", {}),
        unanswered=unanswered(uow, person.slack_id, still_at_risk),
    )
    waits = is_worth_sending(shown) or shown.hints
    return shown if digest.updates or waits else None


def _kept(item: AgendaItem) -> dict[str, Any]:
    return asdict(item) | {"due_on": item.due_on.isoformat() if item.due_on else None}


def _still_open(uow: UnitOfWork, kept: Iterable[Mapping[str, Any]]) -> tuple[AgendaItem, ...]:
    """The items whose rows are not settled."""
    items = [
        AgendaItem(
            **{**each, "kind": SubjectKind(each["kind"])}
            | {"due_on": date.fromisoformat(each["due_on"]) if each["due_on"] else None}
        )
        for each in kept
    ]
    settled: set[tuple[str, int]] = set()
    for kind in {item.kind for item in items}:
        model = _ROWS.get(kind)
        numbers = [item.id for item in items if item.kind == kind]
        settled |= {(kind, number) for number in (_settled(uow, model, numbers) if model else ())}
    return tuple(item for item in items if (item.kind, item.id) not in settled)


def _settled(uow: UnitOfWork, model: type[SQLModel], numbers: Collection[int]) -> set[int]:
    number = model.id  # type: ignore[attr-defined]  # every table here has one
    waits: ColumnElement[bool]
    if model is ApprovalStep:
        waits = col(ApprovalStep.state).in_(_WAITING)
    elif model is Proposal:
        waits = col(Proposal.state) == ProposalState.OPEN
    else:
        waits = model.closed_at.is_(None)  # type: ignore[attr-defined]  # every other model of _ROWS has one
    return {*numbers} - set(uow.session.exec(select(number).where(number.in_(numbers), waits)).all())


def _first(section: Section, found: list[AgendaItem], more: dict[str, int]) -> tuple[AgendaItem, ...]:
    more[section] = max(0, len(found) - _MOST[section])
    return tuple(found[: _MOST[section]])


def _proposals(uow: UnitOfWork, person: str, now: datetime) -> list[AgendaItem]:
    """What PartnerDesk offered this person to close or link, unanswered; not what they asked for themselves."""
    statement = (
        select(Proposal)
        .where(
            Proposal.offered_to == person,
            Proposal.state == ProposalState.OPEN,
            col(Proposal.expires_at) > now,
            col(Proposal.kind).in_(_OFFERED),
        )
        .order_by(col(Proposal.expires_at), col(Proposal.id))
    )
    return [_offer(uow, row) for row in uow.session.exec(statement)]


_OFFERED = {"close_risk": "risk_id", "close_commitment": "commitment_id", "link_channel": "partner_id"}


def _offer(uow: UnitOfWork, row: Proposal) -> AgendaItem:
    number = int(row.params[_OFFERED[row.kind]])
    title, partner = f"Link #{row.params.get('channel_name', '')} to them?", partner_name(uow, number)
    if row.kind != "link_channel":
        model: type[Risk] | type[Commitment] = Risk if row.kind == "close_risk" else Commitment
        about: Risk | Commitment | None = uow.get(model, number)
        what = f"risk #{number}" if model is Risk else f"promise #{number}"
        account = account_name(uow, about.account_id if about else None)
        title = f"Close {what}{f' ({account})' if account else ''}? Somebody wrote that it is done"
        partner = partner_name(uow, about.partner_id if about else None)
    return AgendaItem(SubjectKind.PROPOSAL, row_id(row), title, partner, None)


def _risks(uow: UnitOfWork, morning: Morning, now: datetime, more: dict[str, int]) -> tuple[RiskView, ...]:
    """Those of their partners, and those that reached them; what goes to them only if it stays open does not yet."""
    managed = select(Partner.id).where(Partner.manager == morning.person)
    theirs = reached(morning.person) | col(Risk.partner_id).in_(managed)
    shown, more[Section.RISKS] = risks_where(uow, theirs, now=now, limit=_MOST[Section.RISKS])
    return shown


def reached(person: str) -> ColumnElement[bool]:
    """The condition on Risk that `person` was asked to do something about it."""
    told = col(Escalation.state).in_(_REACHED) | (col(Escalation.via) == "digest")
    return col(Risk.id).in_(
        select(Escalation.risk_id).where(Escalation.recipient == person, ~col(Escalation.informs), told)
    )


def unanswered(uow: UnitOfWork, person: str, risks: Collection[RiskView]) -> dict[int, datetime | None]:
    """Which of these `person` was asked to acknowledge, and until when (UTC); None where no clock runs (any more)."""
    asked = select(Escalation.risk_id, Escalation.due_at).where(
        Escalation.recipient == person,
        col(Escalation.state).in_(_ASKED),
        ~col(Escalation.informs),
        col(Escalation.risk_id).in_([risk.id for risk in risks if risk.held_by is None]),
    )
    return dict(uow.session.exec(asked).all())


def risks_where(
    uow: UnitOfWork, condition: ColumnElement[bool], *, now: datetime, limit: int
) -> tuple[tuple[RiskView, ...], int]:
    """The most pressing open risks, and how many more: what nobody has taken on comes first, then risks before what is
    merely unclear, newest first."""
    awake = col(Risk.snoozed_until).is_(None) | (col(Risk.snoozed_until) <= now)
    which = (condition, col(Risk.closed_at).is_(None), awake)
    pressing = (col(Risk.held_by).is_not(None), col(Risk.kind) != Kind.RISK, col(Risk.last_seen_at).desc())
    rows = uow.session.exec(select(Risk).where(*which).order_by(*pressing).limit(limit)).all()
    total = uow.session.exec(select(func.count()).select_from(Risk).where(*which)).one() if len(rows) == limit else 0
    return tuple(view_of(uow, risk, now=now) for risk in rows), max(0, total - limit)


def _promises(uow: UnitOfWork, morning: Morning, now: datetime, more: dict[str, int]) -> tuple[CommitmentView, ...]:
    theirs = col(Partner.manager) == morning.person
    shown, more[Section.PROMISES] = promises_where(uow, theirs, morning, now=now, limit=_MOST[Section.PROMISES])
    return shown


def promises_where(
    uow: UnitOfWork, condition: ColumnElement[bool], morning: Morning, *, now: datetime, limit: int
) -> tuple[tuple[CommitmentView, ...], int]:
    """The promises with some partners (`condition` on Partner) that are late or due within two days, and how many more;
    without what the person keeps quiet."""
    quiet = [number for kind, number in morning.quiet if kind == SubjectKind.COMMITMENT]
    which = (
        condition,
        col(Commitment.closed_at).is_(None),
        col(Commitment.due_on) <= morning.day + _AHEAD,
        col(Commitment.id).not_in(quiet),
    )
    joined = col(Partner.id) == Commitment.partner_id
    soonest = select(Commitment).join(Partner, joined).where(*which)
    rows = uow.session.exec(soonest.order_by(col(Commitment.due_on), col(Commitment.id)).limit(limit)).all()
    count = select(func.count(col(Commitment.id))).join(Partner, joined).where(*which)
    total = uow.session.exec(count).one() if len(rows) == limit else 0
    return tuple(commitments.view_of(uow, row, now=now) for row in rows), max(0, total - limit)


def _handoffs(uow: UnitOfWork, morning: Morning, more: dict[str, int]) -> tuple[HandoffView, ...]:
    theirs = select(Handoff.id).where(handoffs.waits_for(morning.person))
    found = uow.session.exec(theirs.order_by(col(Handoff.due_at).is_(None), col(Handoff.due_at))).all()
    numbers = [number for number in found if number and not morning.is_quiet(SubjectKind.HANDOFF, number)]
    more[Section.HANDOFFS] = max(0, len(numbers) - _MOST[Section.HANDOFFS])
    views = (handoffs.view(uow, number) for number in numbers[: _MOST[Section.HANDOFFS]])
    return tuple(view for view in views if view is not None)
