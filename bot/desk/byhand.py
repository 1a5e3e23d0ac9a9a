"""What a person raises by hand: a message is flagged as a risk, `/pm escalate <what> to <whom>` sends one on.

The words it stands on are always somebody's stored message.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from bot.desk import escalations, hints, lessons, lookup, recipients, rights, risks, tracking
from bot.desk.evidence import quotes_of, whole_message
from bot.desk.naming import person_view
from bot.desk.risk_views import view_of
from bot.desk.views import EscalationView, RiskView
from bot.errors import Refused
from bot.policy import Policy
from bot.reading.subject import content_words
from bot.reading.types import Finding, Kind
from models.base import row_id
from models.messages import Message
from models.partners import Account, Partner, Person, Role
from models.risks import Evidence, Risk, SubjectKind
from models.states import RiskState
from models.store import UnitOfWork

_NUMBER = re.compile(r"^(?:risk\s*)?#?(\d{1,9})$", re.IGNORECASE)


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


def escalate(
    uow: UnitOfWork,
    what: str,
    to: str,
    *,
    actor: str,
    channel: str,
    thread_ts: str | None,
    now: datetime,
    policy: Policy,
) -> EscalationView:
    """Send the risk that `what` names (a number, a partner or account, words of its quote) to `to` (a user id or role).

    In a thread with no tracked risk the thread's first message becomes one. Raises Refused when nothing or more than
    one thing fits, or when nobody holds the role.
    """
    rights.require_member(uow, actor)
    risk = _find(uow, what) or _of_thread(uow, channel, thread_ts, actor=actor, now=now, policy=policy)
    if risk is None:
        raise Refused(
            "I do not know which risk you mean. Give its number (`/pm risks` lists them), for example"
            " `/pm escalate #12 to VP`, or use the message's menu: Flag partner risk."
        )
    risk = uow.lock(Risk, row_id(risk)) or risk  # two who escalate it at once do so one after the other
    person = _recipient(uow, to, risk, actor)
    if person.slack_id in escalations.told(uow, row_id(risk)):
        raise Refused(f"{person.display_name} already has risk #{row_id(risk)}.")
    row = escalations.escalate_to(
        uow,
        risk,
        person.slack_id,
        role=to if to in set(Role) else "by hand",
        reason=f"{person_view(uow, actor).name} escalated it to you",
        actor=actor,
        now=now,
        policy=policy,
    )
    shown = escalations.view(uow, row_id(row), now=now, policy=policy)
    assert shown is not None
    return shown


def _find(uow: UnitOfWork, what: str) -> Risk | None:
    number = _NUMBER.match(what.strip())
    if number:
        risk = uow.get(Risk, int(number.group(1)))
        if risk is None or risk.closed_at is not None:
            raise Refused(f"There is no open risk #{number.group(1)}. `/pm risks` lists the open ones.")
        return risk
    open_risks = uow.session.exec(select(Risk).where(col(Risk.closed_at).is_(None))).all()
    fitting = _by_name(uow, what, open_risks) or _by_words(uow, what, open_risks)
    if len(fitting) > 1:
        numbers = [f"#{row_id(risk)}" for risk in fitting[:5]]
        raise Refused(
            f"More than one open risk fits: {', '.join(numbers)}."
            f" Which one? For example `/pm escalate {numbers[0]} to VP`."
        )
    return fitting[0] if fitting else None


def _by_name(uow: UnitOfWork, what: str, open_risks: Sequence[Risk]) -> list[Risk]:
    try:
        partner, account = lookup.resolve_either(uow, what)
    except Refused:
        return []
    return [
        risk
        for risk in open_risks
        if (partner and risk.partner_id == partner.id) or (account and risk.account_id == account.id)
    ]


def _by_words(uow: UnitOfWork, what: str, open_risks: Sequence[Risk]) -> list[Risk]:
    words = content_words(what)
    quotes = quotes_of(uow, SubjectKind.RISK, [row_id(risk) for risk in open_risks])
    scores = {row_id(risk): len(words & content_words(" ".join(quotes[row_id(risk)]))) for risk in open_risks}
    best = max(scores.values(), default=0)
    return [risk for risk in open_risks if best and scores[row_id(risk)] == best]


def _of_thread(
    uow: UnitOfWork, channel: str, thread_ts: str | None, *, actor: str, now: datetime, policy: Policy
) -> Risk | None:
    if not thread_ts or uow.find(Message, channel=channel, ts=thread_ts) is None:
        return None
    known = uow.session.exec(
        select(Risk).where(Risk.channel == channel, Risk.thread_ts == thread_ts, col(Risk.closed_at).is_(None))
    ).first()
    if known is not None:
        return known
    return uow.get(Risk, flag(uow, channel, thread_ts, actor=actor, now=now, policy=policy).id)


def _recipient(uow: UnitOfWork, to: str, risk: Risk, actor: str) -> Person:
    """The person: by user id, or the nearest holder of a role above the partner's manager or above whoever asks."""
    if to.startswith(("U", "W")) and to.isupper():
        return rights.require_recipient(uow, to)
    role = to.strip().lower().replace(" ", "_")
    role = {"manager": "senior_manager", "am": "ae", "pm": "partner_manager"}.get(role, role)
    if role not in set(Role):
        raise Refused(
            f"I do not know who “{to}” is. Mention a person (@name) or a role: " + ", ".join(sorted(Role)) + "."
        )
    asker = rights.require_member(uow, actor)
    above = next((person for person in recipients.managers_above(uow, asker) if role in person.roles), None)
    found = recipients.find(uow, role, uow.get(Partner, risk.partner_id), uow.get(Account, risk.account_id))
    person = found.person if found and role in found.person.roles else above
    if person is None:
        raise Refused(f"The partner book names nobody as {role.replace('_', ' ')}. Mention a person instead.")
    return person
