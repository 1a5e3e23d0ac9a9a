"""Commitments: who undertook what by when, from their own words, with every date it ever had."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from bot.business_time import next_daily
from bot.days import sensible_day
from bot.desk import lookup, outgoing, rights
from bot.desk.evidence import attach, quotes_of, whole_message
from bot.desk.naming import account_name, evidence_views, owner_name, partner_name, person_view
from bot.desk.sameness import first_same
from bot.desk.views import CommitmentView
from bot.errors import Refused
from bot.policy import Policy
from bot.reading.types import Finding, Kind
from models.base import row_id
from models.events import ROBOT
from models.messages import Message
from models.partners import Channel, Partner, Person
from models.risks import Commitment, CommitmentDate, Evidence, SubjectKind
from models.states import CommitmentState as State
from models.store import UnitOfWork

_COMPARED = 200


def record(
    uow: UnitOfWork,
    finding: Finding,
    message: Message,
    channel: Channel,
    *,
    now: datetime,
    policy: Policy,
    actor: str = ROBOT,
) -> Commitment:
    """Track a promise. The same promise said again is one Commitment; a new date is added to its history."""
    commitment = _of_these_words(uow, finding, message) or _same_open(uow, finding, message, channel)
    if commitment is None:
        commitment = uow.add(
            Commitment(
                workspace_id=uow.workspace_id,
                state=State.PROMISED,
                partner_id=channel.partner_id,
                account_id=channel.account_id,
                channel=message.channel,
                thread_ts=message.root_ts,
                author=message.author,
                side=message.side,
                owner=finding.owner,
                rule=finding.rule,
                created_at=now,
                updated_at=now,
            )
        )
        uow.record(
            SubjectKind.COMMITMENT,
            row_id(commitment),
            at=now,
            actor=actor,
            to_state=State.PROMISED,
            rule=finding.rule,
            policy_version=policy.version,
        )
    attach(uow, SubjectKind.COMMITMENT, row_id(commitment), message, finding.start, finding.end, finding.quote)
    commitment.updated_at = now
    commitment.owner = finding.owner or commitment.owner
    if finding.due is not None and finding.due != commitment.due_on:
        _give_date(uow, commitment, finding, message, now=now, policy=policy)
        _expect_digest(uow, commitment, now=now, policy=policy)
    return commitment


def _give_date(
    uow: UnitOfWork, commitment: Commitment, finding: Finding, message: Message, *, now: datetime, policy: Policy
) -> None:
    assert finding.due is not None
    slipped = commitment.due_on is not None and finding.due > commitment.due_on
    commitment.due_on, commitment.due_phrase = finding.due, finding.due_phrase or ""
    uow.add(
        CommitmentDate(
            workspace_id=uow.workspace_id,
            commitment_id=row_id(commitment),
            due_on=finding.due,
            said_at=message.said_at,
            channel=message.channel,
            ts=message.ts,
        )
    )
    if slipped and commitment.state != State.SLIPPED:
        uow.move(commitment, State.SLIPPED, actor=ROBOT, at=now, rule=finding.rule, policy_version=policy.version)


def _same_open(uow: UnitOfWork, finding: Finding, message: Message, channel: Channel) -> Commitment | None:
    statement = (
        select(Commitment)
        .where(
            Commitment.partner_id == channel.partner_id,
            Commitment.account_id == channel.account_id,
            Commitment.side == message.side,
            col(Commitment.closed_at).is_(None),
        )
        .order_by(col(Commitment.updated_at).desc())
        .limit(_COMPARED)
    )
    rows = [row for row in uow.session.exec(statement) if not _promised_in(uow, row, message)]
    quotes = quotes_of(uow, SubjectKind.COMMITMENT, [row_id(row) for row in rows])
    same = first_same(rows, quotes, finding.quote, message)
    if same is None:
        return None
    taken = uow.lock(Commitment, row_id(same))
    # Somebody closed it while we waited for it: look again.
    return taken if taken and taken.closed_at is None else _same_open(uow, finding, message, channel)


def _of_these_words(uow: UnitOfWork, finding: Finding, message: Message) -> Commitment | None:
    """The commitment that already stands on this slice of this message, when the same request comes a second time."""
    known = uow.find(
        Evidence, subject_kind=SubjectKind.COMMITMENT, channel=message.channel, ts=message.ts, start=finding.start
    )
    return uow.get(Commitment, known.subject_id) if known else None


def _promised_in(uow: UnitOfWork, row: Commitment, message: Message) -> bool:
    """Whether the promise was first made in this very message: two promises in one message are two promises."""
    if (row.channel, row.thread_ts) != (message.channel, message.root_ts):
        return False
    quotes = uow.list(Evidence, subject_kind=SubjectKind.COMMITMENT, subject_id=row_id(row))
    return all((quote.channel, quote.ts) == (message.channel, message.ts) for quote in quotes)


def track(
    uow: UnitOfWork,
    channel_id: str,
    message_ts: str,
    *,
    owner: str | None,
    due: date | None,
    actor: str,
    now: datetime,
    policy: Policy,
) -> CommitmentView:
    """A person says this message is a commitment: the whole message is the quote. Raises Refused when it cannot be."""
    rights.require_member(uow, actor)
    channel, message, start, quote = whole_message(uow, channel_id, message_ts)
    finding = Finding(
        message_ts=message_ts,
        kind=Kind.COMMITMENT,
        start=start,
        end=start + len(quote),
        quote=quote,
        due=sensible_day(due, now) if due else None,
        owner=owner or message.author,
        reader="person",
        rule="tracked.by.person",
    )
    row = record(uow, finding, message, channel, now=now, policy=policy, actor=actor)
    return view_of(uow, row, now=now)


def keep(uow: UnitOfWork, commitment_id: int, *, actor: str, now: datetime, policy: Policy) -> CommitmentView:
    """A person says it was kept. Raises Refused when it is closed already, or not theirs to say."""
    rights.require_operator(uow, actor)
    row = uow.lock(Commitment, commitment_id)
    if row is None:
        raise Refused(f"I do not know commitment #{commitment_id}. `/pm commitments` lists the open ones.")
    if row.closed_at is not None:
        raise Refused(f"Commitment #{commitment_id} is closed already ({row.state}).")
    row.closed_at = now
    uow.move(row, State.KEPT, actor=actor, at=now, rule=row.rule, policy_version=policy.version)
    return view_of(uow, row, now=now)


def open_in_thread(uow: UnitOfWork, message: Message) -> Sequence[Commitment]:
    """The open promises of the message's thread that its own side made, oldest first."""
    statement = select(Commitment).where(
        Commitment.channel == message.channel,
        Commitment.thread_ts == message.root_ts,
        Commitment.side == message.side,
        col(Commitment.closed_at).is_(None),
    )
    return uow.session.exec(statement.order_by(col(Commitment.id))).all()


def view_of(uow: UnitOfWork, row: Commitment, *, now: datetime) -> CommitmentView:
    partner = partner_name(uow, row.partner_id)
    evidence = evidence_views(uow, SubjectKind.COMMITMENT, row_id(row))
    by = person_view(uow, row.author)
    return CommitmentView(
        id=row_id(row),
        state=row.state,
        partner=partner,
        account=account_name(uow, row.account_id),
        side=row.side,
        by=by,
        owner=owner_name(uow, row.owner, partner),
        what=evidence[0].quote if evidence else "",
        due_on=row.due_on,
        due_phrase=row.due_phrase,
        slips=tuple(each.due_on for each in uow.list(CommitmentDate, commitment_id=row_id(row))),
        evidence=evidence,
        overdue=row.due_on is not None and row.due_on < now.astimezone(ZoneInfo(by.zone)).date(),
    )


def find_open(uow: UnitOfWork, name: str | None, *, now: datetime, limit: int = 50) -> tuple[CommitmentView, ...]:
    """Open commitments, soonest due first; of one partner or account when `name` is given; Refused if unknown."""
    statement = select(Commitment).where(col(Commitment.closed_at).is_(None))
    if name:
        statement = statement.where(lookup.about(uow, name, Commitment))
    soonest = statement.order_by(col(Commitment.due_on).is_(None), col(Commitment.due_on), col(Commitment.id))
    return tuple(view_of(uow, row, now=now) for row in uow.session.exec(soonest.limit(limit)))


def next_due(uow: UnitOfWork, manager: str, after: date) -> date | None:
    """The nearest day after `after` on which a partner of this manager has something due."""
    statement = (
        select(Commitment)
        .join(Partner, col(Partner.id) == Commitment.partner_id)
        .where(Partner.manager == manager, col(Commitment.closed_at).is_(None), col(Commitment.due_on) > after)
        .order_by(col(Commitment.due_on))
        .limit(1)
    )
    nearest = uow.session.exec(statement).first()
    return nearest.due_on if nearest else None


def _expect_digest(uow: UnitOfWork, commitment: Commitment, *, now: datetime, policy: Policy) -> None:
    partner = uow.get(Partner, commitment.partner_id)
    manager = uow.find(Person, slack_id=partner.manager) if partner and partner.manager else None
    if manager is not None:
        outgoing.expect_digest(uow, manager, next_daily(now, manager.zone, policy.hours, policy.digest.at))
