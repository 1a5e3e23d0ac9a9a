"""Evidence: the exact words a risk, commitment, ask or handoff stands on, and what edits and deletions do to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import col, select

from bot.desk.locks import take_channel
from bot.desk.naming import permalink
from bot.errors import Refused
from bot.reading.types import Position
from models.messages import Message, hash_text
from models.partners import Channel
from models.risks import Evidence, EvidenceState, SubjectKind
from models.store import UnitOfWork


class NotVerbatim(ValueError):
    """A quote that is not the slice of the stored message it claims to be. Nothing was stored."""


def attach(
    uow: UnitOfWork,
    subject_kind: SubjectKind,
    subject_id: int,
    message: Message,
    start: int,
    end: int,
    quote: str,
    *,
    weighed: Sequence[str] = (),
    holder: str | None = None,
) -> Evidence:
    """Store the slice `message.text[start:end]` as evidence; the same slice twice is one row. Raises NotVerbatim.

    `weighed` are the pieces of it that made a reader hear it, `holder` whose view a position is.
    """
    if not quote or message.text[start:end] != quote:
        raise NotVerbatim(f"the quote is not characters {start} to {end} of message {message.ts}")
    known = uow.find(
        Evidence,
        subject_kind=subject_kind,
        subject_id=subject_id,
        channel=message.channel,
        ts=message.ts,
        start=start,
    )
    if known is not None:
        return known
    return uow.add(
        Evidence(
            workspace_id=uow.workspace_id,
            subject_kind=subject_kind,
            subject_id=subject_id,
            channel=message.channel,
            ts=message.ts,
            permalink=permalink(uow, message.channel, message.ts, message.thread_ts),
            author=message.author,
            side=message.side,
            said_at=message.said_at,
            start=start,
            end=end,
            quote=quote,
            weighed=list(weighed),
            holder=holder,
            text_hash=message.text_hash,
        )
    )


def attach_positions(uow: UnitOfWork, risk_id: int, positions: Sequence[Position], message: Message) -> None:
    """Store both views of a risk, as said in `message` or before it in its channel.

    Nothing when it has two already, when there is only one, or when one of these was edited away or deleted meanwhile.
    """
    kept = [row for row in uow.list(Evidence, subject_kind=SubjectKind.POSITION, subject_id=risk_id) if row.quote]
    said = [_message_of(uow, position, message) for position in positions]
    if len(kept) == 2 or len(positions) != 2 or not all(said):
        return
    for half in kept:  # the message of the other half was deleted
        uow.session.delete(half)
    uow.session.flush()
    for position, where in zip(positions, said, strict=True):
        if where is not None:
            span = (position.start, position.end, position.quote)
            attach(uow, SubjectKind.POSITION, risk_id, where, *span, holder=position.holder)


def _message_of(uow: UnitOfWork, position: Position, message: Message) -> Message | None:
    """The stored message that still says it."""
    here = position.message_ts == message.ts
    said = message if here else uow.find(Message, channel=message.channel, ts=position.message_ts)
    return said if said is not None and said.text[position.start : position.end] == position.quote else None


def message_edited(uow: UnitOfWork, message: Message, text: str, at: datetime) -> list[Evidence]:
    """Give the message its new text. Evidence keeps the words that were said and is marked "edited since" when the new
    text no longer holds them at the same place. Returns the evidence that changed."""
    message.text, message.text_hash, message.edited_at = text, hash_text(text), at
    changed = []
    for row in _of(uow, message):
        state = EvidenceState.CURRENT if text[row.start : row.end] == row.quote else EvidenceState.EDITED
        if row.state != state:
            row.state = state
            changed.append(row)
    return changed


def message_deleted(uow: UnitOfWork, message: Message, at: datetime) -> list[Evidence]:
    """Drop the text of the message and every quote cut from it. Returns the evidence that changed."""
    message.text, message.deleted_at = "", at
    rows = [row for row in _of(uow, message) if row.state != EvidenceState.DELETED]
    for row in rows:
        row.quote, row.weighed, row.state = "", [], EvidenceState.DELETED
    return rows


def _of(uow: UnitOfWork, message: Message) -> Iterable[Evidence]:
    return uow.list(Evidence, channel=message.channel, ts=message.ts)


def quotes_of(uow: UnitOfWork, subject_kind: SubjectKind, subject_ids: Sequence[int]) -> dict[int, list[str]]:
    """Every quote each of the subjects stands on."""
    quotes: dict[int, list[str]] = {subject_id: [] for subject_id in subject_ids}
    statement = select(Evidence.subject_id, Evidence.quote).where(
        Evidence.subject_kind == subject_kind, col(Evidence.subject_id).in_(subject_ids)
    )
    for subject_id, quote in uow.session.exec(statement):
        quotes[subject_id].append(quote)
    return quotes


def whole_message(uow: UnitOfWork, channel_id: str, ts: str) -> tuple[Channel, Message, int, str]:
    """A message somebody points at, to be evidence as a whole: its channel, itself, the quote's start and text.

    Raises Refused when the channel is no partner's or the message was never read.
    """
    channel = take_channel(uow, channel_id)
    if channel is None or channel.partner_id is None:
        raise Refused("This channel is not linked to a partner yet. Link it with `/pm watch <partner>` and try again.")
    message = uow.find(Message, channel=channel_id, ts=ts)
    if message is None or not message.text.strip():
        raise Refused("I have not read that message, or it holds no text. Run `/pm scan` here and try again.")
    quote = message.text.strip()
    return channel, message, message.text.index(quote), quote
