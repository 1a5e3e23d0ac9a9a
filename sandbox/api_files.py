"""files.*, canvases.*: what an app hands over besides messages."""

from __future__ import annotations

import asyncio
import mimetypes
from pathlib import PurePosixPath

from sandbox.api_chat import thread_of
from sandbox.webapi import Handler, Request, SlackError
from sandbox.workspace import Canvas, Channel, Json, StoredFile

ACCESS = ("read", "write", "owner")


def upload_url(request: Request) -> Json:
    """files.getUploadURLExternal: where to POST the bytes."""
    length = request.text("length")
    if not length.isdigit() or int(length) == 0:
        raise SlackError("missing_argument")
    workspace, name = request.core.workspace, request.text("filename")
    file = StoredFile(workspace.serial("F"), name, name, int(length), request.install.bot_user_id)
    workspace.files[file.id] = file
    return {"upload_url": f"{request.core.base_url}/upload/{file.id}", "file_id": file.id}


def complete_upload(request: Request) -> Json:
    """files.completeUploadExternal: share uploaded files in a channel, if one is given. As in Slack the message comes
    after the answer when `core.share_delay` says so."""
    wanted = request.parsed("files")
    if not isinstance(wanted, list) or not wanted or not all(isinstance(item, dict) for item in wanted):
        raise SlackError("invalid_arguments")
    done = [_titled(request, item) for item in wanted]
    places = [c for c in (request.text("channel_id") or request.text("channels")).split(",") if c]
    if request.text("thread_ts") and len(places) > 1:
        raise SlackError("invalid_arguments")
    for place in places:
        _share(request, place, done)
    return {"files": [file_object(request.core.base_url, file) for file in done]}


def file_object(base_url: str, file: StoredFile) -> Json:
    """A file as messages and methods show it."""
    address = f"{base_url}/files/{file.id}/{file.name}"
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title,
        "size": file.size,
        "user": file.user,
        "mimetype": mimetypes.guess_type(file.name)[0] or "application/octet-stream",
        "filetype": PurePosixPath(file.name).suffix.removeprefix("."),
        "mode": "hosted",
        "url_private": address,
        "url_private_download": address,
    }


def create_canvas(request: Request) -> Json:
    """canvases.create: a canvas of its own, which at first only the app can read."""
    content = request.parsed("document_content") or {"type": "markdown", "markdown": ""}
    if not isinstance(content, dict) or content.get("type") != "markdown" or "markdown" not in content:
        raise SlackError("invalid_arguments")
    workspace = request.core.workspace
    canvas = Canvas(workspace.serial("F"), request.text("title"), str(content["markdown"]), request.install.bot_user_id)
    workspace.canvases[canvas.id] = canvas
    return {"canvas_id": canvas.id}


def set_canvas_access(request: Request) -> Json:
    """canvases.access.set: for people or for channels, not for both at once."""
    canvas = request.core.workspace.canvases.get(request.text("canvas_id"))
    if canvas is None:
        raise SlackError("canvas_not_found")
    users, channels = request.parsed("user_ids") or [], request.parsed("channel_ids") or []
    if bool(users) == bool(channels) or request.text("access_level") not in ACCESS:
        raise SlackError("invalid_parameters")
    if any(user not in request.core.workspace.users for user in users):
        raise SlackError("user_not_found")
    if any(channel not in request.core.workspace.channels for channel in channels):
        raise SlackError("channel_not_found")
    canvas.access |= dict.fromkeys([*users, *channels], request.text("access_level"))
    return {}


def _titled(request: Request, item: Json) -> StoredFile:
    file = request.core.workspace.files.get(str(item.get("id", "")))
    if file is None or file.content is None:
        raise SlackError("file_not_found")
    file.title = item.get("title") or file.name
    return file


def _share(request: Request, channel_id: str, files: list[StoredFile]) -> None:
    request.args["channel"] = channel_id
    channel = request.channel()
    if not request.is_member(channel):
        raise SlackError("not_in_channel")
    thread_ts = thread_of(request, channel)
    if request.core.share_delay:
        asyncio.get_running_loop().call_later(request.core.share_delay, _post, request, channel, thread_ts, files)
    else:
        _post(request, channel, thread_ts, files)


def _post(request: Request, channel: Channel, thread_ts: str | None, files: list[StoredFile]) -> None:
    body = {"text": request.text("initial_comment"), "thread_ts": thread_ts}
    message = request.core.bot_message(request.install, channel, body)
    message.files = [file_object(request.core.base_url, file) for file in files]
    message.subtype = "file_share"
    request.core.post(channel, message)
    for file in files:
        file.channels.append(channel.id)


HANDLERS: dict[str, Handler] = {
    "canvases.access.set": set_canvas_access,
    "canvases.create": create_canvas,
    "files.completeUploadExternal": complete_upload,
    "files.getUploadURLExternal": upload_url,
}
