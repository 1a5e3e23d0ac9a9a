"""Events API payloads, built from the state. Pure: nothing here sends anything."""

from __future__ import annotations

import re
from typing import Any

from sandbox.workspace import Channel, Install, Json, Message, User, Workspace

CHANNEL_TYPE = {"public": "channel", "private": "group", "im": "im", "mpim": "mpim"}
TOKEN = re.compile(
    r"<@(?P<user>[UW]\w+)(?:\|[^>]*)?>|<#(?P<channel>[CG]\w+)(?:\|[^>]*)?>|<(?P<url>https?:[^|>]+)(?:\|(?P<label>[^>]*))?>"
)


def event_callback(workspace: Workspace, install: Install, event: Json, team_id: str, ext_shared: bool) -> Json:
    """The outer envelope of an event. `team_id` is where it happened; the authorization names our installation."""
    channel = event.get("channel")
    channel_id = channel.get("id") if isinstance(channel, dict) else channel or event.get("item", {}).get("channel")
    return {
        "token": workspace.app.verification_token,
        "team_id": team_id,
        "context_team_id": install.team_id,
        "context_enterprise_id": None,
        "api_app_id": workspace.app.id,
        "event": event,
        "type": "event_callback",
        "event_id": workspace.serial("Ev"),
        "event_time": int(float(event["event_ts"])),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": install.team_id,
                "user_id": install.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": ext_shared,
        "event_context": f"4-{event['type']}-{install.team_id}-{channel_id or 'none'}",
    }


def message_event(channel: Channel, message: Message) -> Json:
    """The `message` event of a new message."""
    event = message_body(message) | {
        "channel": channel.id,
        "event_ts": message.ts,
        "channel_type": CHANNEL_TYPE[channel.kind],
    }
    parent = channel.messages.get(message.thread_ts or "")
    if message.is_reply and parent is not None:
        event["parent_user_id"] = parent.user
        if message.subtype == "thread_broadcast":
            event["root"] = message_body(parent) | reply_counts(channel, parent)
    return event


def mention_event(channel: Channel, message: Message) -> Json:
    """The `app_mention` event that comes beside the `message` event."""
    keep = ("user", "ts", "client_msg_id", "text", "team", "thread_ts", "blocks", "user_team", "source_team")
    body = message_body(message)
    event: Json = {"type": "app_mention"} | {k: body[k] for k in keep if k in body}
    return event | {"channel": channel.id, "event_ts": message.ts}


def changed_event(channel: Channel, message: Message, previous: Json, event_ts: str) -> Json:
    """`message_changed`."""
    return _hidden(channel, "message_changed", event_ts) | {
        "message": message_body(message),
        "previous_message": previous,
    }


def deleted_event(channel: Channel, previous: Json, event_ts: str) -> Json:
    """`message_deleted`."""
    return _hidden(channel, "message_deleted", event_ts) | {
        "deleted_ts": previous["ts"],
        "previous_message": previous,
    }


def message_body(message: Message, metadata: bool = False) -> Json:
    """A message as Slack's history and events show it; metadata only on request, as in Slack."""
    body: Json = {"type": "message", "user": message.user, "ts": message.ts, "text": message.text}
    optional: dict[str, Any] = {
        "subtype": message.subtype,
        "client_msg_id": message.client_msg_id,
        "bot_id": message.bot_id,
        "app_id": message.app_id,
        "thread_ts": message.thread_ts,
        "edited": message.edited,
        "blocks": message.blocks,
        "attachments": message.attachments,
        "files": message.files,
        "metadata": message.metadata if metadata else None,
        "reactions": [
            {"name": name, "users": list(users), "count": len(users)} for name, users in message.reactions.items()
        ],
    }
    body |= {key: value for key, value in optional.items() if value}
    body["team"] = message.team_id
    if message.foreign:
        body |= {"user_team": message.team_id, "source_team": message.team_id}
    if message.bot_id:
        body["bot_profile"] = {
            "id": message.bot_id,
            "app_id": message.app_id,
            "team_id": message.team_id,
            "deleted": False,
        }
    return body


def reply_counts(channel: Channel, parent: Message) -> Json:
    """The thread summary that sits on a parent message; empty when it has no replies."""
    replies = channel.threads.get(parent.ts, [])
    if not replies:
        return {}
    users = list(dict.fromkeys(channel.messages[ts].user for ts in replies))
    return {
        "thread_ts": parent.ts,
        "reply_count": len(replies),
        "reply_users": users,
        "reply_users_count": len(users),
        "latest_reply": replies[-1],
        "is_locked": False,
        "subscribed": False,
    }


def membership_event(channel: Channel, user: User, joined: bool, event_ts: str, inviter: str | None = None) -> Json:
    """`member_joined_channel` or `member_left_channel`."""
    event: Json = {
        "type": "member_joined_channel" if joined else "member_left_channel",
        "user": user.id,
        "channel": channel.id,
        "channel_type": "G" if channel.is_private else "C",
        "team": user.team_id,
        "event_ts": event_ts,
    }
    if inviter:
        event["inviter"] = inviter
    return event


def rich_text(text: str) -> list[Json]:
    """The rich_text block Slack's composer would have made: one section of text, mentions and links."""
    elements: list[Json] = []
    end = 0
    for token in TOKEN.finditer(text):
        if token.start() > end:
            elements.append({"type": "text", "text": unescape(text[end : token.start()])})
        elements.append(_element(token))
        end = token.end()
    if end < len(text):
        elements.append({"type": "text", "text": unescape(text[end:])})
    section = {"type": "rich_text_section", "elements": elements}
    return [{"type": "rich_text", "block_id": "rt1", "elements": [section]}] if elements else []


def unescape(text: str) -> str:
    """Slack's three entities back to characters."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def subscription(event: Json) -> str:
    """The name of the bot event that has to be subscribed to for `event` (message.channels, app_mention, ...)."""
    if event["type"] != "message":
        return str(event["type"])
    family = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}
    return f"message.{family[event['channel_type']]}"


def _element(token: re.Match[str]) -> Json:
    if token["user"]:
        return {"type": "user", "user_id": token["user"]}
    if token["channel"]:
        return {"type": "channel", "channel_id": token["channel"]}
    link: Json = {"type": "link", "url": unescape(token["url"])}
    return link | ({"text": unescape(token["label"])} if token["label"] else {})


def _hidden(channel: Channel, subtype: str, event_ts: str) -> Json:
    return {
        "type": "message",
        "subtype": subtype,
        "hidden": True,
        "channel": channel.id,
        "channel_type": CHANNEL_TYPE[channel.kind],
        "ts": event_ts,
        "event_ts": event_ts,
    }
