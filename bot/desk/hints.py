"""Worth a look: findings too unsure to escalate. They are listed in the partner manager's digest, where a person says
whether it is one; until then nothing is tracked and nobody is told. Here they end: answered, overtaken or withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select

from bot.desk import lessons, outgoing, rights, tracking
from bot.desk.hint_views import said_of, view_of
from bot.desk.locks import take_channel
from bot.desk.views import HintView
from bot.errors import Refused
from bot.policy import Policy
from bot.reading.types import Category, Finding, Kind, Position
from models.base import row_id
from models.events import ROBOT
from models.messages import Message
from models.partners import Channel, Partner, Person
from models.risks import Evidence, EvidenceState, Hint, SubjectKind
from models.states import HintState as State
from models.store import UnitOfWork

BATCH = 1_000  # that expire in one go
_SORTS = (frozenset({Kind.COMMITMENT, Kind.REQUEST}), frozenset({Kind.REFERRAL, Kind.SOW}))  # all else is danger


def same_sort(one: str, other: str) -> bool:
    """Whether two kinds heard in the same words are one thing: a promise is one thing, work for somebody else another,
    the risk in them a third."""
    return all((one in sort) == (other in sort) for sort in _SORTS)


def take(uow: UnitOfWork, hint_id: int, *, actor: str, now: datetime, policy: Policy) -> HintView:
    """It is one: tracked and escalated from now on as if the reader had been sure. Raises Refused when it was answered
    already, its words are gone, its channel became another partner's, or it is not the clicker's to answer."""
    hint, channel = _open_one(uow, hint_id, actor)
    said = said_of(uow, hint)
    message = uow.find(Message, channel=said.channel, ts=said.ts)
    if message is None or message.text[said.start : said.end] != said.quote:
        raise Refused(
            "The words of that message are no longer kept, so I cannot track it. Flag a newer message instead."
        )
    if channel.partner_id != hint.partner_id:
        raise Refused("That channel was linked to another partner since. Flag the message there if it still matters.")
    lessons.learn(uow, said, hint, is_one=True, confidence=hint.confidence, actor=actor, now=now)
    finding = _finding_of(uow, hint, said)
    tracked = tracking.track(uow, finding, message, channel, is_news=True, now=now, policy=policy)
    if tracked is None:
        raise Refused("The partner book names nobody who could take this on. Add the role to the book and try again.")
    _close(uow, hint, State.TAKEN, actor=actor, now=now, policy=policy.version, note=str(tracked))
    return view_of(uow, hint)


def dismiss(uow: UnitOfWork, hint_id: int, *, actor: str, now: datetime, policy: Policy) -> HintView:
    """Not one: closed, and a lesson. Raises Refused when it was answered already or is not the clicker's to answer."""
    hint, _channel = _open_one(uow, hint_id, actor)
    lessons.learn(uow, said_of(uow, hint), hint, is_one=False, confidence=hint.confidence, actor=actor, now=now)
    _close(uow, hint, State.DISMISSED, actor=actor, now=now, policy=policy.version)
    return view_of(uow, hint)


def overtaken(
    uow: UnitOfWork,
    message: Message,
    tracked: Sequence[tuple[Finding, tracking.Tracked]],
    *,
    actor: str,
    now: datetime,
) -> list[Hint]:
    """These findings of `message` are tracked by now: what of the same sort was only worth a look in their words is
    answered. Returns it."""
    closed: list[Hint] = []
    for said in uow.list(Evidence, subject_kind=SubjectKind.HINT, channel=message.channel, ts=message.ts):
        for finding, became in tracked:
            if not (said.start < finding.end and finding.start < said.end):
                continue
            hint = uow.lock(Hint, said.subject_id)
            if hint is not None and hint.state == State.OPEN and same_sort(hint.kind, finding.kind):
                _end(uow, hint, State.TAKEN, actor=actor, now=now, note=str(became))
                closed.append(hint)
    refresh_listed(uow, closed, now=now)
    return closed


def withdraw(uow: UnitOfWork, changed: Sequence[Evidence], *, now: datetime) -> list[Hint]:
    """The words of these hints were edited away or deleted: they are no longer offered. Returns them; the digests that
    list them are the caller's to edit."""
    closed: list[Hint] = []
    for said in changed:
        if said.subject_kind == SubjectKind.HINT and said.state != EvidenceState.CURRENT:
            hint = uow.lock(Hint, said.subject_id)
            if hint is not None and hint.state == State.OPEN:
                _end(uow, hint, State.EXPIRED, actor=ROBOT, now=now, note=f"the message was {said.state}")
                closed.append(hint)
    return closed


def expire(uow: UnitOfWork, *, now: datetime, policy: Policy) -> int:
    """Withdraw what nobody answered in the policy's days, with its words; but wait for nobody who is at one of them.
    Returns how many, at most BATCH."""
    old = (
        select(Hint)
        .where(col(Hint.closed_at).is_(None), Hint.found_at < now - timedelta(days=policy.hints.expire_after_days))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    hints = uow.session.exec(old).all()
    of = [row_id(hint) for hint in hints]
    theirs = select(Evidence).where(Evidence.subject_kind == SubjectKind.HINT, col(Evidence.subject_id).in_(of))
    for said in uow.session.exec(theirs.with_for_update(skip_locked=True)):
        said.quote, said.weighed = "", []
    for hint in hints:
        _end(uow, hint, State.EXPIRED, actor=ROBOT, now=now)
    return len(hints)


def mark_listed(uow: UnitOfWork, hint_ids: Sequence[int], *, now: datetime) -> None:
    """They are in a digest now; one that somebody is answering at this moment is left alone."""
    for hint_id in hint_ids:
        hint = uow.lock(Hint, hint_id, wait=False)
        if hint is not None and hint.listed_at is None:
            hint.listed_at = now


def refresh_listed(uow: UnitOfWork, closed: Sequence[Hint], *, now: datetime) -> None:
    """Edit the digests in which their partner's manager finds what was `closed` just now."""
    listed = [hint for hint in closed if hint.listed_at is not None]
    if not listed:
        return
    managers = select(Person).join(Partner, col(Partner.manager) == Person.slack_id)
    theirs = managers.where(col(Partner.id).in_({hint.partner_id for hint in listed}))
    of = {row_id(manager) for manager in uow.session.exec(theirs)}
    items = {(SubjectKind.HINT, row_id(hint)) for hint in listed}
    # A hint closes once: the newest of these gives the version a number no other change has.
    outgoing.refresh_digests(uow, items, of=of, version=max(number for _, number in items), now=now)


def _open_one(uow: UnitOfWork, hint_id: int, actor: str) -> tuple[Hint, Channel]:
    person = rights.require_member(uow, actor)
    known = uow.get(Hint, hint_id)
    if known is None:
        raise Refused("I do not know that one. It may belong to another workspace.")
    partner = uow.get(Partner, known.partner_id)
    if not (partner and partner.manager == actor) and not rights.is_operator(person):
        raise Refused("Only the partner's manager, operations or their managers can answer this.")
    channel, hint = take_channel(uow, known.channel), uow.lock(Hint, hint_id)
    assert channel is not None and hint is not None  # neither is ever deleted
    if hint.state != State.OPEN:
        raise Refused(_answered_words(uow, hint))
    return hint, channel


def _answered_words(uow: UnitOfWork, hint: Hint) -> str:
    shown = view_of(uow, hint)
    if hint.state == State.EXPIRED:
        return "That one is no longer listed: its message changed, or nobody answered in time."
    what = f"tracked as {shown.became}" if shown.became else "closed"
    return f"That is already {what}, by {shown.settled_by.name if shown.settled_by else 'me'}."


def _finding_of(uow: UnitOfWork, hint: Hint, said: Evidence) -> Finding:
    """The finding as the reader gave it, sure by now."""
    positions = (_position(uow, hint, span) for span in hint.positions)
    return Finding(
        message_ts=said.ts,
        kind=Kind(hint.kind),
        start=said.start,
        end=said.end,
        quote=said.quote,
        category=Category(hint.category) if hint.category else None,
        owner=hint.owner,
        due=hint.due_on,
        due_phrase=hint.due_phrase or None,
        reader=hint.reader,
        rule=hint.rule,
        confidence=hint.confidence,
        note=hint.note,
        weighed=tuple(said.weighed),
        positions=tuple(position for position in positions if position is not None),
    )


def _position(uow: UnitOfWork, hint: Hint, span: dict[str, Any]) -> Position | None:
    """The position with its words, None when they are no longer what the reader saw."""
    message = uow.find(Message, channel=hint.channel, ts=span["message_ts"])
    if message is None or (message.edited_at is not None and message.edited_at > hint.found_at):
        return None
    quote = message.text[span["start"] : span["end"]]
    return Position(**span, quote=quote) if quote else None


def _close(
    uow: UnitOfWork, hint: Hint, state: State, *, actor: str, now: datetime, policy: str, note: str = ""
) -> None:
    """Answer it and edit the digests it is listed in; `policy` is the version it was answered under."""
    _end(uow, hint, state, actor=actor, now=now, policy=policy, note=note)
    refresh_listed(uow, [hint], now=now)


def _end(
    uow: UnitOfWork, hint: Hint, state: State, *, actor: str, now: datetime, policy: str = "", note: str = ""
) -> None:
    uow.move(hint, state, actor=actor, at=now, rule=hint.rule, policy_version=policy, note=note)
    hint.closed_at = now
    hint.due_phrase, hint.positions = "", []  # of no more use; what else is the message's is in its Evidence
