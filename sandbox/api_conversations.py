"""conversations.* and users.conversations: reading channels and their history."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from typing import TypeVar

from sandbox import events
from sandbox.webapi import Handler, Request, SlackError
from sandbox.workspace import SCOPE_FAMILY, Channel, ChannelKind, Json, Message, User

T = TypeVar("T")
KIND_OF_TYPE: dict[str, ChannelKind] = {
    "public_channel": "public",
    "private_channel": "private",
    "im": "im",
    "mpim": "mpim",
}
TS = re.compile(r"\d+(\.\d{1,6})?")


def page(request: Request, items: Sequence[T], default: int, maximum: int) -> tuple[list[T], Json]:
    """One page of `items` and its response_metadata. Raises SlackError invalid_cursor or invalid_limit."""
    start = int(read_cursor(request, "offset") or 0)
    size = request.number("limit", default, maximum)
    chosen = list(items[start : start + size])
    more = start + size < len(items)
    return chosen, cursor_to("offset", str(start + size) if more else "")


def read_cursor(request: Request, label: str) -> str:
    """The position in the cursor argument, empty without one. Raises SlackError invalid_cursor."""
    raw = request.text("cursor")
    if not raw:
        return ""
    try:
        found, _, position = base64.b64decode(raw, validate=True).decode().partition(":")
    except ValueError:
        raise SlackError("invalid_cursor") from None
    if found != label or not TS.fullmatch(position):
        raise SlackError("invalid_cursor")
    return position


def cursor_to(label: str, position: str) -> Json:
    """response_metadata pointing at `position`; empty when there is no more."""
    return {"next_cursor": base64.b64encode(f"{label}:{position}".encode()).decode() if position else ""}


def describe(request: Request, channel: Channel) -> Json:
    """A conversation object as conversations.info gives it."""
    install = request.install
    body: Json = {
        "id": channel.id,
        "created": channel.created,
        "is_channel": channel.kind == "public",
        "is_group": channel.kind == "private",
        "is_im": channel.kind == "im",
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "context_team_id": install.team_id,
        "updated": channel.created * 1000,
        "is_org_shared": False,
    }
    if channel.kind == "im":
        other = next((m for m in channel.members if m != install.bot_user_id), install.bot_user_id)
        user = request.core.workspace.users[other]
        return body | {"user": other, "is_user_deleted": user.deleted, "is_open": True, "priority": 0}
    everyone = [channel.team_id, *channel.shared_with]
    body |= {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_general": channel.name == "general",
        "unlinked": 0,
        "creator": channel.members[0] if channel.members else "",
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_pending_ext_shared": bool(channel.pending),
        "pending_shared": list(channel.pending),
        "pending_connected_team_ids": list(channel.pending),
        "shared_team_ids": everyone if channel.is_ext_shared else [channel.team_id],
        "internal_team_ids": [install.team_id],
        "is_member": request.is_member(channel),
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
    }
    if channel.is_ext_shared:
        body |= {
            "conversation_host_id": channel.team_id,
            "connected_team_ids": [t for t in everyone if t != install.team_id],
        }
    return body


def info(request: Request) -> Json:
    """conversations.info."""
    channel = request.channel()
    request.scope_for(channel)
    body = describe(request, channel)
    if request.flag("include_num_members"):
        body["num_members"] = len(channel.members)
    return {"channel": body}


def members(request: Request) -> Json:
    """conversations.members."""
    channel = request.channel()
    request.scope_for(channel)
    chosen, metadata = page(request, channel.members, 100, 1000)
    return {"members": chosen, "response_metadata": metadata}


def list_all(request: Request) -> Json:
    """conversations.list: public channels, and the private ones the bot is in."""
    return _listing(request, only_of=None)


def of_user(request: Request) -> Json:
    """users.conversations: where the bot (or `user`) is a member."""
    user = request.user().id if request.text("user") else request.install.bot_user_id
    return _listing(request, only_of=user)


def _listing(request: Request, only_of: str | None) -> Json:
    names = [t.strip() for t in (request.text("types") or "public_channel").split(",")]
    if any(name not in KIND_OF_TYPE for name in names):
        raise SlackError("invalid_types")
    kinds = {KIND_OF_TYPE[name] for name in names}
    for kind in sorted(kinds):
        request.need_scope(f"{SCOPE_FAMILY[kind]}:read")
    found = [
        c
        for c in request.core.workspace.channels.values()
        if c.kind in kinds
        and (only_of is None or only_of in c.members)
        and (not c.is_private or request.is_member(c))
        and not (c.is_archived and request.flag("exclude_archived"))
    ]
    chosen, metadata = page(request, found, 100, 999)
    return {"channels": [describe(request, c) for c in chosen], "response_metadata": metadata}


def history(request: Request) -> Json:
    """conversations.history: newest first, `oldest` and `latest` exclusive unless `inclusive`."""
    channel = _readable(request)
    low, high = _bounds(request)
    size = request.number("limit", 100, 999)
    start = read_cursor(request, "next_ts")
    found: list[Message] = []
    for ts in reversed(channel.timeline):
        message = channel.messages[ts]
        if (start and ts > start) or not message.top_level or not _within(request, ts, low, high):
            continue
        if low and ts < low:
            break
        found.append(message)
        if len(found) > size:
            break
    more = found[size:]
    return {
        "messages": [_shown(request, channel, m) for m in found[:size]],
        "has_more": bool(more),
        "pin_count": 0,
        "response_metadata": cursor_to("next_ts", more[0].ts if more else ""),
    }


def replies(request: Request) -> Json:
    """conversations.replies: the parent first on every first page, then replies oldest first."""
    channel = _readable(request)
    asked = channel.messages.get(request.text("ts"))
    if asked is None:
        raise SlackError("thread_not_found")
    parent_ts = asked.thread_ts or asked.ts
    low, high = _bounds(request)
    size = request.number("limit", 1000, 1000)
    start = read_cursor(request, "next_ts")
    order = [ts for ts in channel.threads.get(parent_ts, []) if ts >= start and _within(request, ts, low, high)]
    if not start and parent_ts in channel.messages:
        order.insert(0, parent_ts)
    more = order[size:]
    return {
        "messages": [_shown(request, channel, channel.messages[ts]) for ts in order[:size]],
        "has_more": bool(more),
        "response_metadata": cursor_to("next_ts", more[0] if more else ""),
    }


def join(request: Request) -> Json:
    """conversations.join: public channels only."""
    channel = request.channel()
    if channel.kind != "public":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    already = request.is_member(channel)
    request.core.add_member(channel, request.core.workspace.users[request.install.bot_user_id])
    return {"channel": describe(request, channel)} | ({"warning": "already_in_channel"} if already else {})


def open_dm(request: Request) -> Json:
    """conversations.open: a DM with one user, a group DM with several, or an existing one by id."""
    if request.text("channel"):
        return {"channel": {"id": request.channel().id}, "already_open": True, "no_op": True}
    wanted = request.text("users").replace(" ", "")
    if not wanted:
        raise SlackError("users_list_not_supplied")
    people = [_reachable(request, user_id) for user_id in wanted.split(",")]
    if len(people) > 1:
        channel = _group_dm(request, [p.id for p in people])
    else:
        channel = request.core.workspace.im(people[0].id, request.install)
    return {"channel": describe(request, channel) if request.flag("return_im") else {"id": channel.id}}


def _group_dm(request: Request, people: list[str]) -> Channel:
    request.need_scope("mpim:write")
    if len(people) > 8:
        raise SlackError("too_many_users")
    workspace, everyone = request.core.workspace, [request.install.bot_user_id, *people]
    for channel in workspace.channels.values():
        if channel.kind == "mpim" and set(channel.members) == set(everyone):
            return channel
    name = f"mpdm-{'--'.join(people).lower()}-1"
    created = int(workspace.clock.time())
    channel = Channel(workspace.serial("G"), name, "mpim", request.install.team_id, created, everyone)
    workspace.channels[channel.id] = channel
    return channel


def _reachable(request: Request, user_id: str) -> User:
    workspace = request.core.workspace
    user = workspace.users.get(user_id)
    if user is None or user.id == request.install.bot_user_id:
        raise SlackError("user_not_found")
    if user.deleted:
        raise SlackError("user_disabled")
    if workspace.is_stranger(user, request.install.team_id):
        raise SlackError("invalid_user_combination")
    return user


def _readable(request: Request) -> Channel:
    channel = request.channel()
    request.scope_for(channel)
    if not request.is_member(channel):
        raise SlackError("not_in_channel")
    return channel


def _bounds(request: Request) -> tuple[str, str]:
    """oldest and latest in the form of a ts, so that they compare as text. Raises SlackError invalid_ts_*."""
    bounds = []
    for name in ("oldest", "latest"):
        raw = request.text(name)
        if raw and not TS.fullmatch(raw):
            raise SlackError(f"invalid_ts_{name}")
        seconds, _, micros = raw.partition(".")
        bounds.append(f"{int(seconds):010d}.{micros:0<6}" if raw and int(seconds) else "")
    return bounds[0], bounds[1]


def _within(request: Request, ts: str, low: str, high: str) -> bool:
    if request.flag("inclusive"):
        return (not low or ts >= low) and (not high or ts <= high)
    return (not low or ts > low) and (not high or ts < high)


def _shown(request: Request, channel: Channel, message: Message) -> Json:
    body = events.message_body(message, metadata=request.flag("include_all_metadata"))
    return body | events.reply_counts(channel, message)


HANDLERS: dict[str, Handler] = {
    "conversations.history": history,
    "conversations.info": info,
    "conversations.join": join,
    "conversations.list": list_all,
    "conversations.members": members,
    "conversations.open": open_dm,
    "conversations.replies": replies,
    "users.conversations": of_user,
}
