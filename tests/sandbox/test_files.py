"""Files and canvases as Slack keeps them."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest

from sandbox import Sandbox
from tests.sandbox.support import client, refusal, run, workspace


async def _put(box: Sandbox, content: bytes, length: int | None = None) -> tuple[str, int]:
    """Ask for a place, and send the bytes there: the file's id and the status of the upload."""
    place = await client(box).files_getUploadURLExternal(filename="deck.pptx", length=length or len(content))
    async with aiohttp.ClientSession() as http, http.post(place["upload_url"], data=content) as answer:
        return place["file_id"], answer.status


def _share(box: Sandbox, file_id: str, **more: Any) -> Any:
    return client(box).files_completeUploadExternal(files=[{"id": file_id, "title": "Deck"}], **more)


def test_a_file_is_seen_in_the_thread_and_its_bytes_can_be_fetched() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            parent = await box.say("U0PM", "C0ALERTS", "the deck, please")
            file_id, _ = await _put(box, b"PK-deck")
            assert box.files() == []
            await _share(box, file_id, channel_id="C0ALERTS", thread_ts=parent)
            message = box.messages("C0ALERTS")[-1]
            assert (message.thread_ts, message.subtype) == (parent, "file_share")
            [shown] = message.files
            assert (shown["name"], shown["title"], shown["user"]) == ("deck.pptx", "Deck", box.bot_user_id)
            async with aiohttp.ClientSession() as http, http.get(shown["url_private"]) as answer:
                assert await answer.read() == b"PK-deck"

    run(scenario)


def test_a_file_without_its_bytes_is_none() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            place = await client(box).files_getUploadURLExternal(filename="a.ics", length=3)
            assert (await refusal(_share(box, place["file_id"])))["error"] == "file_not_found"
            file_id, status = await _put(box, b"abc", length=4)
            assert status == 400
            assert (await refusal(_share(box, file_id)))["error"] == "file_not_found"
            assert (await refusal(_share(box, "F0NONE")))["error"] == "file_not_found"

    run(scenario)


def test_files_go_where_the_bot_is_and_into_real_threads() -> None:
    async def scenario() -> None:
        async with workspace() as box:
            file_id, _ = await _put(box, b"x")
            elsewhere = await refusal(_share(box, file_id, channel_id="C0OTHER"))
            nowhere = await refusal(_share(box, file_id, channel_id="C0ALERTS", thread_ts="1.000000"))
            assert (elsewhere["error"], nowhere["error"]) == ("not_in_channel", "thread_not_found")
            assert box.files() == []

    run(scenario)


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"user_ids": ["U0PM"], "channel_ids": ["C0ALERTS"]}, "invalid_parameters"),
        ({}, "invalid_parameters"),
        ({"user_ids": ["U0PM"], "access_level": "look"}, "invalid_parameters"),
        ({"user_ids": ["U0NOBODY"]}, "user_not_found"),
        ({"user_ids": ["U0PM"], "canvas_id": "F0NONE"}, "canvas_not_found"),
    ],
)
def test_who_may_read_a_canvas(args: dict[str, Any], error: str) -> None:
    async def scenario() -> None:
        async with workspace() as box:
            content = {"type": "markdown", "markdown": "# Q4"}
            made = await client(box).canvases_create(title="QBR", document_content=content)
            call = {"canvas_id": made["canvas_id"], "access_level": "read"} | args
            assert (await refusal(client(box).api_call("canvases.access.set", json=call)))["error"] == error
            assert box.canvases()[0].access == {}
            html = json.dumps({"type": "html", "html": "<h1>"})
            wrong = client(box).api_call("canvases.create", data={"document_content": html})
            assert (await refusal(wrong))["error"] == "invalid_arguments"

    run(scenario)
