"""chat.*: posting, editing, deleting, permalinks."""

from __future__ import annotations

from typing import Any

from sandbox.blocks import validate
from sandbox.events import message_body
from sandbox.webapi import Handler, Request, SlackError, messages_error
from sandbox.workspace import Channel, Json, Message

TEXT_LIMIT = 40_000  # chat.postMessage cuts longer text (docs)
UPDATE_TEXT_LIMIT = 4_000  # chat.update: "The text field cannot exceed 4,000 characters" (method page)
MARKDOWN_LIMIT = 12_000
METADATA_LIMIT = 8_000  # bytes of JSON; Slack publishes no figure, this one is ours
ATTACHMENT_LIMIT = 100
BLOCKS_TEXT_LIMIT = 13_200  # characters of markdown, seen in slackapi/bolt-js#2509


def content(request: Request) -> Json:
    """Text, blocks and attachments of a message after every check. Raises SlackError."""
    text, markdown = request.text("text"), request.text("markdown_text")
    blocks = request.parsed("blocks", "invalid_blocks_format")
    attachments = request.parsed("attachments", "invalid_attachments")
    if markdown and (text or blocks):
        raise SlackError("markdown_text_conflict")
    if len(markdown) > MARKDOWN_LIMIT:
        raise SlackError("msg_too_long")
    if blocks is not None and not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    if problems := validate(blocks or [], "message"):
        raise messages_error("invalid_blocks", problems)
    if sum(len(b["text"]) for b in blocks or [] if b["type"] == "markdown") > BLOCKS_TEXT_LIMIT:
        raise SlackError("msg_blocks_too_long")
    if len(attachments or []) > ATTACHMENT_LIMIT:
        raise SlackError("too_many_attachments")
    if not (text.strip() or markdown or blocks or attachments):
        raise SlackError("no_text")
    return {"text": text or markdown, "blocks": blocks, "attachments": attachments}


def metadata(request: Request) -> Json | None:
    """The metadata argument, checked; None when absent, {} when it is to be removed. Raises SlackError."""
    value = request.parsed("metadata", "invalid_metadata_format")
    if value is None or value == {}:
        return None if value is None else {}
    if not isinstance(value, dict) or set(value) - {"event_type", "event_payload", "entities"}:
        raise SlackError("invalid_metadata_format")
    if "entities" in value:
        return value
    if not isinstance(value.get("event_type"), str) or not isinstance(value.get("event_payload"), dict):
        raise SlackError("invalid_metadata_format")
    if not all(_metadata_value(v) for v in value["event_payload"].values()):
        raise SlackError("invalid_metadata_schema")
    if len(str(value).encode()) > METADATA_LIMIT:
        raise SlackError("metadata_too_large")
    return value


def post_message(request: Request) -> Json:
    """chat.postMessage, also to a user id (which opens the direct conversation)."""
    body = content(request)
    extra = metadata(request)
    channel = _target(request)
    body["thread_ts"] = thread_of(request, channel)
    truncated = len(body["text"]) > TEXT_LIMIT
    body["text"] = body["text"][:TEXT_LIMIT]
    message = request.core.bot_message(request.install, channel, body)
    message.metadata = extra or None
    if request.flag("reply_broadcast") and message.thread_ts:
        message.subtype = "thread_broadcast"
    request.core.post(channel, message)
    response = {"channel": channel.id, "ts": message.ts, "message": message_body(message, metadata=True)}
    return response | ({"response_metadata": {"warnings": ["message_truncated"]}} if truncated else {})


def post_ephemeral(request: Request) -> Json:
    """chat.postEphemeral: seen by one member."""
    body = content(request)
    if len(body["text"]) > TEXT_LIMIT:
        raise SlackError("msg_too_long")
    channel = request.channel()
    if channel.is_archived:
        raise SlackError("is_archived")
    if not request.is_member(channel):
        raise SlackError("not_in_channel")
    if request.text("user") not in channel.members:
        raise SlackError("user_not_in_channel")
    body["thread_ts"] = thread_of(request, channel)
    message = request.core.bot_message(request.install, channel, body)
    request.core.whisper(message, request.text("user"))
    return {"message_ts": message.ts}


def update(request: Request) -> Json:
    """chat.update: without `blocks`, text drops the old ones; metadata stays unless given."""
    channel = request.channel()
    if channel.is_archived:
        raise SlackError("is_inactive")
    message = request.message(channel, "ts")
    if message.bot_id != request.install.bot_id:
        raise SlackError("cant_update_message")
    if not message.editable:
        raise SlackError("edit_window_closed")
    body = content(request)
    if len(body["text"]) > UPDATE_TEXT_LIMIT:
        raise SlackError("msg_too_long")
    fresh = request.core.bot_message(request.install, channel, body)
    extra = metadata(request)
    if not body["text"]:
        fresh.text = message.text
    if body["blocks"] is None and not body["text"]:
        fresh.blocks = message.blocks
    fresh.metadata = message.metadata if extra is None else (extra or None)
    request.core.change(channel, message, fresh, request.install.bot_user_id)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": message_body(message, True)}


def delete(request: Request) -> Json:
    """chat.delete: a bot deletes only what it posted."""
    channel = request.channel()
    message = request.message(channel, "ts")
    if message.bot_id != request.install.bot_id:
        raise SlackError("cant_delete_message")
    request.core.remove(channel, message)
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(request: Request) -> Json:
    """chat.getPermalink."""
    channel = request.channel()
    return {"channel": channel.id, "permalink": request.core.permalink(channel, request.message(channel, "message_ts"))}


def _target(request: Request) -> Channel:
    wanted = request.text("channel")
    user = request.core.workspace.users.get(wanted)
    if user is not None:
        stranger = request.core.workspace.is_stranger(user, request.install.team_id)
        if user.deleted or user.is_bot or stranger:
            raise SlackError("channel_not_found")
        return request.core.workspace.im(user.id, request.install)
    channel = request.channel()
    if channel.is_archived:
        raise SlackError("is_archived")
    if not request.is_member(channel) and "chat:write.public" not in request.install.scopes:
        raise SlackError("not_in_channel")
    return channel


def thread_of(request: Request, channel: Channel) -> str | None:
    """The thread_ts argument, checked. Raises SlackError when it is no thread's first message."""
    ts = request.text("thread_ts")
    if not ts:
        return None
    parent: Message | None = channel.messages.get(ts)
    if parent is None:
        raise SlackError("thread_not_found")
    if parent.is_reply:
        raise SlackError("cannot_reply_to_message")  # Slack misfiles such a reply; here the mistake shows
    return ts


def _metadata_value(value: Any, depth: int = 0) -> bool:
    """@slack/types: scalars, flat objects, lists of flat objects."""
    if isinstance(value, dict):
        return depth < 2 and all(isinstance(v, str | int | float | bool) for v in value.values())
    if isinstance(value, list):
        return depth == 0 and all(_metadata_value(v, 1) for v in value)
    return isinstance(value, str | int | float | bool)


HANDLERS: dict[str, Handler] = {
    "chat.delete": delete,
    "chat.getPermalink": get_permalink,
    "chat.postEphemeral": post_ephemeral,
    "chat.postMessage": post_message,
    "chat.update": update,
}
