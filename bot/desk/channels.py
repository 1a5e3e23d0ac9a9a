"""Which channels PartnerDesk reads, and for which partner and account."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import col, select, update

from bot.desk import lookup, proposals, rights
from bot.desk.naming import account_name
from bot.desk.status import view_of
from bot.desk.views import ChannelView
from bot.errors import Refused
from bot.policy import Policy
from models.base import TenantRow, row_id
from models.escalations import Proposal
from models.events import ROBOT
from models.messages import Message
from models.partners import Account, Channel, ChannelKind, Partner, PartnerTeam, Person
from models.risks import SubjectKind
from models.store import UnitOfWork


def watch(
    uow: UnitOfWork, channel_id: str, name: str, partner: str, account: str | None, *, actor: str, now: datetime
) -> ChannelView:
    """Read this channel for a partner (and account), named as people name them.

    Raises Refused for an unknown name (with a suggestion), an ambiguous one (with the options), someone who may not, or
    a channel that receives internal messages.
    """
    rights.require_operator(uow, actor)
    found_partner = lookup.resolve_partner(uow, partner)
    found_account = lookup.resolve_account(uow, account) if account else None
    return _link(uow, channel_id, name, found_partner, found_account, actor=actor, now=now)


def unwatch(uow: UnitOfWork, channel_id: str, *, actor: str, now: datetime) -> ChannelView:
    """Stop reading the channel; what was found and whom it is about stays. Raises Refused when it is not watched."""
    rights.require_operator(uow, actor)
    row = uow.find(Channel, slack_id=channel_id)
    if row is None or not row.watched:
        raise Refused("I do not read this channel, so there is nothing to stop.")
    return _stop(uow, row, actor=actor, now=now, note="unwatched")


def joined(
    uow: UnitOfWork,
    channel_id: str,
    name: str,
    outside_team_ids: Collection[str],
    *,
    inviter: str,
    now: datetime,
    policy: Policy,
) -> Proposal | None:
    """PartnerDesk was added to a channel: when one known partner shares it, offer the link to that partner's manager.

    None when it is watched already or receives internal messages, no partner or more than one shares it (then
    `/pm watch` decides), nobody of ours can be asked, or the offer was made before.
    """
    row = _row(uow, channel_id, name)
    teams = uow.session.exec(select(PartnerTeam).where(col(PartnerTeam.team_id).in_(sorted(outside_team_ids)))).all()
    partner_ids = {team.partner_id for team in teams}
    partner = uow.get(Partner, partner_ids.pop()) if len(partner_ids) == 1 else None
    if row.watched or row.receives or partner is None:
        return None
    asked = _first_of_ours(uow, partner.manager, inviter)
    if asked is None:
        return None
    params = {
        "channel": channel_id,
        "channel_name": row.name,
        "partner_id": str(row_id(partner)),
        "partner": partner.name,
        "account": account_name(uow, row.account_id),
    }
    key = f"link:{channel_id}:{row_id(partner)}"
    return proposals.offer(uow, key=key, kind="link_channel", params=params, to=asked, now=now, policy=policy)


def link(uow: UnitOfWork, params: Mapping[str, Any], *, actor: str, now: datetime) -> ChannelView:
    """Do what `joined` offered. Raises Refused when the channel was linked to another partner meanwhile."""
    partner = uow.get(Partner, int(params["partner_id"]))
    if partner is None:
        raise Refused("That partner is no longer in the book.")
    row = uow.find(Channel, slack_id=str(params["channel"]))
    if row is not None and row.watched and row.partner_id != partner.id:
        raise Refused("This channel is watched for another partner by now. `/pm watch` changes that.")
    account = uow.get(Account, row.account_id) if row else None
    return _link(uow, str(params["channel"]), str(params["channel_name"]), partner, account, actor=actor, now=now)


def left(uow: UnitOfWork, channel_id: str, *, now: datetime) -> ChannelView | None:
    """PartnerDesk was removed from the channel: it can read nothing there any more. None when it did not read it."""
    row = uow.find(Channel, slack_id=channel_id)
    if row is None or not row.watched:
        return None
    return _stop(uow, row, actor=ROBOT, now=now, note="removed from the channel")


def renamed(uow: UnitOfWork, channel_id: str, name: str) -> None:
    """Keep the name people see; unknown channels are none of our business."""
    row = uow.find(Channel, slack_id=channel_id)
    if row is not None and row.name != name:
        row.name = name
        uow.add(row)


def archived(uow: UnitOfWork, channel_id: str, is_archived: bool, *, now: datetime) -> None:
    """Remember that nothing is said there any more (or again)."""
    row = uow.find(Channel, slack_id=channel_id)
    if row is not None and row.is_archived != is_archived:
        row.is_archived = is_archived
        uow.add(row)
        _record(uow, row, actor=ROBOT, now=now, note="archived" if is_archived else "unarchived")


def id_changed(uow: UnitOfWork, old: str, new: str, *, now: datetime) -> None:
    """Slack gave the channel another id (sharing it can do that): everything about it follows."""
    row, other = uow.find(Channel, slack_id=old), uow.find(Channel, slack_id=new)
    if row is None:
        return
    if other is None:
        row.slack_id = new
        uow.add(row)
    else:
        _take_over(uow, other, row)
    for model in TenantRow.__subclasses__():
        for field in ("channel", "target"):
            column = getattr(model, field, None)
            if column is not None:
                moving = update(model).where(column == old).values({field: new})
                uow.session.exec(moving.where(_not_heard_under(new)) if model is Message else moving)
    _record(uow, other or row, actor=ROBOT, now=now, note=f"Slack changed the id from {old} to {new}")


def _link(
    uow: UnitOfWork, channel_id: str, name: str, partner: Partner, account: Account | None, *, actor: str, now: datetime
) -> ChannelView:
    row = _row(uow, channel_id, name)
    if row.receives:
        raise Refused("This channel receives our internal messages, so I do not read it as a joint one.")
    if not row.watched:
        row.kind, row.watched, row.watched_since = ChannelKind.JOINT, True, now
    row.partner_id, row.account_id = row_id(partner), row_id(account) if account else None
    uow.add(row)
    about = f"{partner.name} / {account.name}" if account else partner.name
    _record(uow, row, actor=actor, now=now, note=f"watched for {about}", to_state="watched")
    return view_of(uow, row)


def _stop(uow: UnitOfWork, row: Channel, *, actor: str, now: datetime, note: str) -> ChannelView:
    row.watched = False
    uow.add(row)
    _record(uow, row, actor=actor, now=now, note=note, from_state="watched")
    return view_of(uow, row)


def _row(uow: UnitOfWork, channel_id: str, name: str) -> Channel:
    row = uow.find(Channel, slack_id=channel_id) or Channel(workspace_id=uow.workspace_id, slack_id=channel_id)
    row.name = name or row.name
    return uow.add(row)


def _take_over(uow: UnitOfWork, new: Channel, old: Channel) -> None:
    """Both ids have a row: the new one stays, and reads for whom the old one did."""
    if not new.watched:
        for field in ("kind", "partner_id", "account_id", "watched", "receives"):
            setattr(new, field, getattr(old, field))
    old.watched = False
    uow.add(new)
    uow.add(old)


def _not_heard_under(channel_id: str) -> ColumnElement[bool]:
    """Messages that did not arrive under the new id as well: one message is stored once."""
    again = aliased(Message)
    return col(Message.ts).not_in(select(again.ts).where(again.channel == channel_id))


def _first_of_ours(uow: UnitOfWork, *slack_ids: str | None) -> str | None:
    people = (uow.find(Person, slack_id=slack_id) for slack_id in slack_ids if slack_id)
    return next((p.slack_id for p in people if p is not None and rights.is_member(p, uow.workspace_id)), None)


def _record(
    uow: UnitOfWork, row: Channel, *, actor: str, now: datetime, note: str, from_state: str = "", to_state: str = ""
) -> None:
    uow.record(
        SubjectKind.CHANNEL, row_id(row), at=now, actor=actor, note=note, from_state=from_state, to_state=to_state
    )
