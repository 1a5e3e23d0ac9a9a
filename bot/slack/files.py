"""Files and canvases: what PartnerDesk hands over besides messages."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass

from bot.slack.errors import UnknownOutcome, problem
from bot.slack.wire import NO_ANSWER, UNREACHABLE, Wire

SHARE = "files.completeUploadExternal"  # the one call of an upload that anybody sees


@dataclass(frozen=True, slots=True)
class Canvas:
    """`url` opens it in Slack, for whoever may read it."""

    id: str
    url: str


class Files(Wire):
    """The part of the gateway that makes files and canvases."""

    async def upload(self, workspace_id: str, channel: str, thread_ts: str, name: str, data: bytes, title: str) -> None:
        """Put a small file into the thread of a posted message (docs.slack.dev, files.getUploadURLExternal).

        Never repeated once it may be seen: after an UnknownOutcome look with `find_file`, some seconds later, because
        Slack shares a file after it has answered. Raises MissingScope or NotAllowed when it takes none from us.
        """
        form = {"filename": name, "length": str(len(data))}
        place = await self._read(workspace_id, "files.getUploadURLExternal", form)
        await self._send(str(place["upload_url"]), data)
        files = json.dumps([{"id": place["file_id"], "title": title}])
        await self._call(workspace_id, SHARE, form={"files": files, "channel_id": channel, "thread_ts": thread_ts})

    async def find_file(self, workspace_id: str, channel: str, thread_ts: str, name: str, *, oldest: str) -> bool:
        """Whether we have put a file of that name into that thread after `oldest` (a ts)."""
        us = str((await self._read(workspace_id, "auth.test", {}))["user_id"])
        thread = {"channel": channel, "ts": thread_ts, "oldest": oldest}
        async for page in self._pages(workspace_id, "conversations.replies", thread):
            files = [file for message in page["messages"] for file in message.get("files", ())]
            if any(file.get("name") == name and file.get("user") == us for file in files):
                return True
        return False

    async def create_canvas(
        self, workspace_id: str, title: str, markdown: str, *, share_with: Collection[str] = ()
    ) -> Canvas:
        """Make a canvas of its own that the people `share_with` (user ids) may read. Called once, never repeated.

        Raises MissingScope when the app was installed without canvases:write, NotAllowed on a free plan or where
        canvases are switched off; their sentences are for people.
        """
        content = {"type": "markdown", "markdown": markdown}
        made = await self._call(workspace_id, "canvases.create", {"title": title, "document_content": content})
        canvas_id = str(made["canvas_id"])
        if share_with:
            access = {"canvas_id": canvas_id, "access_level": "read", "user_ids": sorted(share_with)}
            await self._call(workspace_id, "canvases.access.set", access)
        site = str((await self._read(workspace_id, "auth.test", {})).get("url", ""))
        return Canvas(canvas_id, f"{site.rstrip('/')}/docs/{workspace_id}/{canvas_id}")

    async def _send(self, url: str, data: bytes) -> None:
        """The bytes themselves, to the address Slack gave. Nobody sees them yet."""
        try:
            async with self._connections().post(url, data=data) as answer:
                status = answer.status
        except NO_ANSWER as error:
            raise UnknownOutcome("upload", type(error).__name__, UNREACHABLE) from error
        if status != 200:
            raise problem("upload", status, {})
