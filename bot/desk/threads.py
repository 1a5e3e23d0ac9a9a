"""The main job: a message in a joint thread is stored, read, verified, and what it holds is tracked and escalated."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.desk import (
    asks,
    commitments,
    escalations,
    handoffs,
    hint_offers,
    hints,
    lessons,
    outgoing,
    plans,
    proposals,
    tracking,
)
from bot.desk.evidence import message_deleted, message_edited, quotes_of
from bot.desk.locks import take_channel
from bot.desk.naming import account_name, partner_name
from bot.desk.sameness import overlap
from bot.policy import Policy
from bot.reading.reader import read_window
from bot.reading.rules.resolution import settling_sentence
from bot.reading.subject import content_words
from bot.reading.types import Finding, PlanDate, Reader, ReadMessage, Sentence, Side, Window
from models.base import row_id
from models.events import ROBOT
from models.messages import Message, hash_text
from models.partners import Account, Channel, Partner, PartnerTeam, Person, PlanItem
from models.risks import Commitment, Evidence, Risk, SubjectKind
from models.store import Store, UnitOfWork

_MENTION = re.compile(r"<@([UW][A-Z0-9]+)")
_CONTEXT = 12  # earlier messages shown to the reader
_MOST = 20  # findings taken from one message: a paste of hundreds must not become hundreds of cards


@dataclass(frozen=True, slots=True)
class Sighting:
    """A message as Slack delivered it. `author_team` is the author's Slack workspace ("" when Slack does not say).

    `edited_ts` is Slack's mark of the edit this text comes from, "" for the original. `live` is False for what was read
    from history: what is old news by then is listed in the digest, not sent at once.
    """

    channel: str
    ts: str
    thread_ts: str | None
    author: str
    author_team: str
    text: str
    is_speech: bool = True
    live: bool = True
    edited_ts: str = ""


@dataclass(frozen=True, slots=True)
class SightResult:
    """What came of it: ids of what was tracked, how many findings the verifier dropped, whether it was read at all."""

    read: bool = False
    risks: tuple[int, ...] = ()
    commitments: tuple[int, ...] = ()
    asks: tuple[int, ...] = ()
    handoffs: tuple[int, ...] = ()
    proposals: tuple[int, ...] = ()
    hints: tuple[int, ...] = ()
    dropped: int = 0


@dataclass(slots=True)
class _Found:
    """Ids of what came of a message, by what they are of."""

    is_news: bool
    by_kind: defaultdict[SubjectKind, list[int]] = field(default_factory=lambda: defaultdict(list))


def sight(
    store: Store, reader: Reader, workspace_id: str, seen: Sighting, *, now: datetime, policy: Policy
) -> SightResult:
    """Take in one message: read outside of any write, then stored with findings and deliveries in one transaction.

    Only watched channels are read; anything else is left alone and not stored. The same message seen twice does
    nothing the second time; seen with another text it is an edit.
    """
    with store.read(workspace_id) as uow:
        channel = uow.find(Channel, slack_id=seen.channel)
        if channel is None or not channel.watched:
            return SightResult()
        known = uow.find(Message, channel=seen.channel, ts=seen.ts)
        if known is not None and not _is_new(known, seen):
            return SightResult()
        window = _window(uow, channel, seen, now)
    findings, dropped = read_window(reader, window)
    settling = settling_sentence(seen.text)
    with store.write(workspace_id) as uow:
        found = _take_in(uow, seen, findings, settling, window.messages[-1], now=now, policy=policy)
    if found is None:
        return SightResult()
    return SightResult(
        read=True,
        risks=tuple(found.by_kind[SubjectKind.RISK]),
        commitments=tuple(found.by_kind[SubjectKind.COMMITMENT]),
        asks=tuple(found.by_kind[SubjectKind.ASK]),
        handoffs=tuple(found.by_kind[SubjectKind.HANDOFF]),
        proposals=tuple(found.by_kind[SubjectKind.PROPOSAL]),
        hints=tuple(found.by_kind[SubjectKind.HINT]),
        dropped=len(dropped),
    )


def _take_in(
    uow: UnitOfWork,
    seen: Sighting,
    findings: Sequence[Finding],
    settling: Sentence | None,
    as_read: ReadMessage,
    *,
    now: datetime,
    policy: Policy,
) -> _Found | None:
    channel = take_channel(uow, seen.channel)
    if channel is None or not channel.watched:
        return None
    message = uow.find(Message, channel=seen.channel, ts=seen.ts)
    if message is None:
        message = _store(uow, seen, as_read)
    elif not _is_new(message, seen):
        return None  # another worker was first
    else:
        message.edited_ts = seen.edited_ts
        changed = message_edited(uow, message, seen.text, now)
        hints.refresh_listed(uow, hints.withdraw(uow, changed, now=now), now=now)
        _refresh(uow, changed, now=now)
    channel.cursor_ts = max(channel.cursor_ts, seen.ts)
    found = _Found(is_news=seen.live or now - message.said_at <= timedelta(hours=policy.escalation.news_hours))
    if not message.is_speech:
        return found
    _track(uow, findings, message, channel, found, now=now, policy=policy)
    asks.answered_by(uow, message, now=now)
    if settling is not None and not found.by_kind[SubjectKind.RISK]:
        _propose_closing(uow, message, settling, found, now=now, policy=policy)
    return found


def _track(
    uow: UnitOfWork,
    findings: Sequence[Finding],
    message: Message,
    channel: Channel,
    found: _Found,
    *,
    now: datetime,
    policy: Policy,
) -> None:
    """What the reader is sure of is tracked, the rest is at most worth a look; of words that were judged before, what
    people said of them counts."""
    sure: list[Finding] = []
    unsure: list[Finding] = []
    for finding in sorted(findings, key=lambda each: not each.sure)[:_MOST]:
        judged = lessons.judged(uow, finding.quote, finding.kind, channel.partner_id)
        (sure if judged or (judged is None and finding.sure) else unsure).append(finding)
    done: list[tuple[Finding, tracking.Tracked]] = []
    for finding in sure:
        tracked = tracking.track(uow, finding, message, channel, is_news=found.is_news, now=now, policy=policy)
        if tracked is None:
            unsure.append(finding)  # the book names nobody to tell: somebody should look at it at least
        else:
            found.by_kind[tracked.kind].append(tracked.id)
            done.append((finding, tracked))
    if done:
        hints.overtaken(uow, message, done, actor=ROBOT, now=now)
    if found.is_news:
        covered = [finding for finding, _ in done]
        kept = hint_offers.offer(uow, unsure, covered, message, channel, now=now, policy=policy)
        found.by_kind[SubjectKind.HINT] += [row_id(hint) for hint in kept]


def _propose_closing(
    uow: UnitOfWork, message: Message, sentence: Sentence, found: _Found, *, now: datetime, policy: Policy
) -> None:
    """A later "done", "sent", "back on track": ask whether it settles what is open in the thread, never close it.

    Where several things are open, those it names.
    """
    risks_here = select(Risk).where(
        Risk.channel == message.channel, Risk.thread_ts == message.root_ts, col(Risk.closed_at).is_(None)
    )
    open_here: list[Risk | Commitment] = [*uow.session.exec(risks_here.order_by(col(Risk.id)))]
    promised_here = found.by_kind[SubjectKind.COMMITMENT]
    open_here += [row for row in commitments.open_in_thread(uow, message) if row_id(row) not in promised_here]
    for row in _named(uow, sentence.text, open_here):
        proposal = proposals.offer_to_close(uow, row, message, sentence.start, sentence.end, now=now, policy=policy)
        if proposal is not None:
            found.by_kind[SubjectKind.PROPOSAL].append(row_id(proposal))


def _named(uow: UnitOfWork, text: str, rows: Sequence[Risk | Commitment]) -> Sequence[Risk | Commitment]:
    """Those of `rows` whose words share something with `text`; when none does, the risks or the only promise."""
    words = content_words(text)
    named = []
    for row in rows:
        kind = SubjectKind.RISK if isinstance(row, Risk) else SubjectKind.COMMITMENT
        said = content_words(" ".join(quotes_of(uow, kind, [row_id(row)])[row_id(row)]))
        # A risk may be put right in other words; a promise is kept by the very thing that was promised.
        if words & said if kind == SubjectKind.RISK else overlap(words, said) >= 0.5:
            named.append(row)
    general = [row for row in rows if isinstance(row, Risk)]
    return named or general or (rows if len(rows) == 1 else [])


def deleted(store: Store, workspace_id: str, channel: str, ts: str, *, now: datetime) -> bool:
    """A message was deleted: its text and every quote from it are dropped, cards are edited.

    One that was not read yet is remembered as deleted, so that it is not read later. False when there is nothing to do.
    """
    with store.write(workspace_id) as uow:
        row = take_channel(uow, channel)
        message = uow.find(Message, channel=channel, ts=ts)
        if message is None:
            if row is not None and row.watched:
                said_at = datetime.fromtimestamp(float(ts), UTC)
                uow.add(Message(workspace_id=workspace_id, channel=channel, ts=ts, said_at=said_at, deleted_at=now))
            return False
        if message.deleted_at is not None:
            return False
        changed = message_deleted(uow, message, now)
        _forget_phrases(uow, changed)
        hints.withdraw(uow, changed, now=now)
        _refresh(uow, changed, now=now)
        quoted = {(SubjectKind(row.subject_kind), row.subject_id) for row in changed}
        outgoing.refresh_digests(uow, quoted, version=int(now.timestamp()), now=now)
        return True


def _forget_phrases(uow: UnitOfWork, changed: Sequence[Evidence]) -> None:
    """The date somebody gave stays; the words they gave it in go with their message."""
    for evidence in changed:
        row: Risk | Commitment | None = None
        if evidence.subject_kind == SubjectKind.RISK:
            row = uow.get(Risk, evidence.subject_id)
        elif evidence.subject_kind == SubjectKind.COMMITMENT:
            row = uow.get(Commitment, evidence.subject_id)
        if row is not None:
            row.due_phrase = ""


def _is_new(message: Message, seen: Sighting) -> bool:
    """Whether `seen` says something the stored message does not: never after a deletion, never an older edit."""
    if message.deleted_at is not None or message.text_hash == hash_text(seen.text):
        return False
    return seen.edited_ts >= message.edited_ts  # Slack marks edits by the second: two may share a mark


def _refresh(uow: UnitOfWork, changed: Sequence[Evidence], *, now: datetime) -> None:
    """Edit every card the changed words stand on, in the order of bot/desk/locks.py."""

    def about(*kinds: SubjectKind) -> list[int]:
        return sorted({row.subject_id for row in changed if row.subject_kind in kinds})

    for risk_id in about(SubjectKind.RISK, SubjectKind.POSITION):
        risk = uow.lock(Risk, risk_id)
        if risk is not None:
            escalations.refresh(uow, risk, now=now)
    for proposal_id in about(SubjectKind.PROPOSAL):
        proposals.refresh_by_id(uow, proposal_id, now=now)
    for handoff_id in about(SubjectKind.HANDOFF):
        handoffs.refresh_by_id(uow, handoff_id, now=now)


def _store(uow: UnitOfWork, seen: Sighting, as_read: ReadMessage) -> Message:
    return uow.add(
        Message(
            workspace_id=uow.workspace_id,
            channel=seen.channel,
            ts=seen.ts,
            thread_ts=None if seen.thread_ts == seen.ts else seen.thread_ts,  # a thread's first message names itself
            edited_ts=seen.edited_ts,
            author=seen.author,
            side=as_read.side,
            text=seen.text,
            text_hash=hash_text(seen.text),
            said_at=as_read.said_at.astimezone(UTC),
            is_speech=seen.is_speech,
        )
    )


def _window(uow: UnitOfWork, channel: Channel, seen: Sighting, now: datetime) -> Window:
    context = list(uow.session.exec(_earlier(seen).order_by(col(Message.ts).desc()).limit(_CONTEXT)))[::-1]
    sides = _Sides(uow, channel)
    messages = [sides.read_message(row.ts, row.author, "", row.text, is_speech=row.is_speech) for row in context]
    messages.append(sides.read_message(seen.ts, seen.author, seen.author_team, seen.text, is_speech=seen.is_speech))
    people, names = sides.named_in(messages)
    return Window(
        messages=messages,
        new_from=len(messages) - 1,
        partner=partner_name(uow, channel.partner_id) or None,
        account=account_name(uow, channel.account_id) or None,
        people=people,
        names=names,
        tuning=lessons.tuning_of(uow, channel.partner_id, now=now),
        plan=_plan(uow, channel, messages[-1].said_at.date()),
    )


def _plan(uow: UnitOfWork, channel: Channel, today: date) -> tuple[PlanDate, ...]:
    if channel.account_id is None:
        return ()
    lines = uow.session.exec(
        select(PlanItem).where(PlanItem.account_id == channel.account_id).order_by(col(PlanItem.id))
    )
    dated = ((PlanDate(line.item, line.due_on, line.owner), line.partner_id) for line in lines)
    return plans.shown(dated, {channel.partner_id}, today)


def _earlier(seen: Sighting) -> SelectOfScalar[Message]:
    """What stood before it: in its thread, or, for a message outside of threads, in the channel itself."""
    before = select(Message).where(Message.channel == seen.channel, Message.ts < seen.ts, Message.text != "")
    if not seen.thread_ts or seen.thread_ts == seen.ts:
        return before.where(col(Message.thread_ts).is_(None))
    return before.where((col(Message.thread_ts) == seen.thread_ts) | (col(Message.ts) == seen.thread_ts))


class _Sides:
    """Who speaks for whom in a channel: by Slack workspace; guests of ours by the domain of their e-mail."""

    def __init__(self, uow: UnitOfWork, channel: Channel) -> None:
        self._uow = uow
        self._partner = uow.get(Partner, channel.partner_id)
        self._account = uow.get(Account, channel.account_id)

    def read_message(self, ts: str, author: str, team: str, text: str, *, is_speech: bool) -> ReadMessage:
        person = self._uow.find(Person, slack_id=author) if author else None
        zone = person.zone if person else "UTC"
        return ReadMessage(
            ts=ts,
            user=author,
            side=self.side(person, team),
            text=text,
            is_speech=is_speech,
            said_at=datetime.fromtimestamp(float(ts), ZoneInfo(zone)),
            zone=zone if person else "",
        )

    def side(self, person: Person | None, team: str) -> Side:
        team = team or (person.team_id if person else "")
        if team == self._uow.workspace_id and not (person and person.is_guest):
            return Side.US
        if team and self._uow.find(PartnerTeam, team_id=team):
            return Side.PARTNER
        email = (person.email or person.slack_email) if person else ""
        domain = email.rpartition("@")[2].lower()
        if domain and self._partner and domain in self._partner.domains:
            return Side.PARTNER
        if domain and self._account and domain == self._account.domain:
            return Side.CUSTOMER
        return Side.UNKNOWN

    def named_in(self, messages: Sequence[ReadMessage]) -> tuple[dict[str, Side], dict[str, str]]:
        """Everyone who speaks in these messages or is mentioned in them, who may be an owner: their sides and names."""
        ids = {message.user for message in messages}
        ids.update(*(_MENTION.findall(message.text) for message in messages))
        people = self._uow.session.exec(select(Person).where(col(Person.slack_id).in_(ids))).all()
        sides = {person.slack_id: self.side(person, "") for person in people}
        return sides, {person.slack_id: person.display_name for person in people}
