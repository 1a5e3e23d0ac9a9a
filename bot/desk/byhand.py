"""What a person raises by hand: a message is flagged as a risk, `/pm escalate <what> to <whom>` sends one on.

The words it stands on are always somebody's stored message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.desk import asked_person, asked_risk, escalations, hints, lessons, recipients, rights, risks, tracking
from bot.desk.evidence import quotes_of, whole_message
from bot.desk.naming import person_view
from bot.desk.risk_views import view_of
from bot.desk.views import EscalationView, PersonView, RiskView
from bot.errors import Refused
from bot.policy import Policy
from bot.reading.types import Finding, Kind
from models.base import row_id
from models.escalations import Escalation
from models.messages import Message
from models.partners import Account, Channel, Partner, Person
from models.risks import Evidence, Risk, SubjectKind
from models.states import RiskState
from models.store import UnitOfWork


def flag(uow: UnitOfWork, channel_id: str, message_ts: str, *, actor: str, now: datetime, policy: Policy) -> RiskView:
    """A person says this message is a risk: its whole text is the quote. Raises Refused when it cannot be tracked.

    Where the reader had not heard it, or was not sure, that is a lesson.
    """
    rights.require_member(uow, actor)
    channel, message, start, quote = whole_message(uow, channel_id, message_ts)
    was_heard = _is_tracked(uow, message)
    span = (start, start + len(quote), quote)
    finding = Finding(message_ts, Kind.RISK, *span, reader=risks.PERSON, rule="flagged.by.person")
    risk = risks.record(uow, finding, message, channel, now=now, policy=policy)
    uow.record(SubjectKind.RISK, row_id(risk), at=now, actor=actor, note="flagged by a person")
    tracked = tracking.Tracked(SubjectKind.RISK, row_id(risk))
    unsure = hints.overtaken(uow, message, [(finding, tracked)], actor=actor, now=now)
    if not was_heard:
        confidence = max((hint.confidence for hint in unsure if hint.kind == Kind.RISK), default=None)
        _learn(uow, risk, message, confidence, actor=actor, now=now)
    return view_of(uow, risk, now=now)


def _is_tracked(uow: UnitOfWork, message: Message) -> bool:
    """Whether a risk stands on this message that nobody judged "not a risk"."""
    standing = uow.list(Evidence, subject_kind=SubjectKind.RISK, channel=message.channel, ts=message.ts)
    about = [uow.get(Risk, said.subject_id) for said in standing]
    return any(risk is not None and risk.state != RiskState.DISMISSED for risk in about)


def _learn(
    uow: UnitOfWork, risk: Risk, message: Message, confidence: float | None, *, actor: str, now: datetime
) -> None:
    said = uow.find(
        Evidence, subject_kind=SubjectKind.RISK, subject_id=row_id(risk), channel=message.channel, ts=message.ts
    )
    assert said is not None  # what was flagged is evidence by now
    lessons.learn(uow, said, risk, is_one=True, confidence=confidence, actor=actor, now=now)


@dataclass(frozen=True, slots=True)
class EscalationPlan:
    """What `escalate` would do with `params`: send `risk` to `recipient`. No risk: the thread's first message, `quote`,
    becomes one. Unanswered it goes on to `above`, None at the end of the line."""

    params: dict[str, str]
    recipient: PersonView
    risk: RiskView | None
    quote: str
    above: PersonView | None


def plan_escalation(
    uow: UnitOfWork, what: str, to: str, *, actor: str, channel: str, thread_ts: str | None, now: datetime
) -> EscalationPlan:
    """Which risk `what` names (a number, a partner or account, words of its quote; "" for the thread) and who `to` (a
    user id, a role, a name) is. Changes nothing. Raises Choice and Refused when nothing or more than one thing fits, or
    nobody holds the role."""
    rights.require_member(uow, actor)
    meant = asked_risk.find(uow, what, to, actor=actor, channel=channel, thread_ts=thread_ts)
    about: Risk | Channel
    if isinstance(meant, Risk):
        about, asked = meant, f"escalate #{row_id(meant)} to"
        params = {"risk_id": str(row_id(meant))}
        quote = "; ".join(quotes_of(uow, SubjectKind.RISK, [row_id(meant)])[row_id(meant)][:1])
        shown = view_of(uow, meant, now=now)
    else:
        about, _message, _start, quote = whole_message(uow, channel, meant.ts)
        asked, params, shown = "escalate this to", {"channel": channel, "ts": meant.ts}, None
    partner, account = uow.get(Partner, about.partner_id), uow.get(Account, about.account_id)
    person = asked_person.find(uow, to, partner, account, actor=actor, asked=asked)
    if isinstance(meant, Risk):
        _require_not_told(uow, meant, person)
    params |= {"to": person.slack_id, "role": asked_person.role_of(to) or "by hand"}
    above = next(recipients.managers_above(uow, person), None)
    return EscalationPlan(
        params, person_view(uow, person.slack_id), shown, quote, person_view(uow, above.slack_id) if above else None
    )


def escalate(
    uow: UnitOfWork, params: Mapping[str, str], /, *, actor: str, now: datetime, policy: Policy
) -> EscalationView:
    """Do what `plan_escalation` said. Raises Refused when the risk was closed or sent to that person meanwhile."""
    rights.require_member(uow, actor)
    risk, is_new = _planned(uow, params, actor=actor, now=now, policy=policy)
    person = rights.require_recipient(uow, params["to"])
    # What became a risk just now may go to that very person by policy.
    by_policy = uow.find(Escalation, risk_id=risk.id, recipient=person.slack_id) if is_new else None
    if by_policy is not None:
        return _shown(uow, by_policy, now=now, policy=policy)
    _require_not_told(uow, risk, person)
    row = escalations.escalate_to(
        uow,
        risk,
        person.slack_id,
        role=params["role"],
        reason=f"{person_view(uow, actor).name} escalated it to you",
        actor=actor,
        now=now,
        policy=policy,
    )
    return _shown(uow, row, now=now, policy=policy)


def _shown(uow: UnitOfWork, row: Escalation, *, now: datetime, policy: Policy) -> EscalationView:
    shown = escalations.view(uow, row_id(row), now=now, policy=policy)
    assert shown is not None
    return shown


def _planned(
    uow: UnitOfWork, params: Mapping[str, str], *, actor: str, now: datetime, policy: Policy
) -> tuple[Risk, bool]:
    """The risk, taken, and whether it is one only now: two who escalate it at once do so one after the other.

    Raises Refused when it is closed."""
    is_new = False
    if "risk_id" in params:
        number = int(params["risk_id"])
    else:
        channel, ts = params["channel"], params["ts"]
        message = uow.find(Message, channel=channel, ts=ts)
        known = asked_risk.open_in_thread(uow, channel, message.root_ts) if message else None
        is_new = known is None
        number = row_id(known) if known else flag(uow, channel, ts, actor=actor, now=now, policy=policy).id
    risk = uow.lock(Risk, number)
    if risk is None or risk.closed_at is not None:
        raise Refused(f"Risk #{number} was closed meanwhile, so nothing was sent.")
    return risk, is_new


def _require_not_told(uow: UnitOfWork, risk: Risk, person: Person) -> None:
    if person.slack_id in escalations.told(uow, row_id(risk)):
        raise Refused(f"{person.display_name} already has risk #{row_id(risk)}.")
