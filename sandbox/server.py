"""The loopback HTTP server in front of the workspace: /api, /link, response URLs and uploads."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json

from aiohttp import web

from sandbox import api_chat, api_conversations, api_files, api_people, api_surfaces
from sandbox.core import Core
from sandbox.faults import Fault
from sandbox.responses import respond
from sandbox.webapi import Answer, Handler, WebApi
from sandbox.workspace import Json

HANDLERS: dict[str, Handler] = (
    api_chat.HANDLERS | api_conversations.HANDLERS | api_files.HANDLERS | api_people.HANDLERS | api_surfaces.HANDLERS
)
MAX_BODY = 64 * 1024 * 1024


class Server:
    """Serves one Core on 127.0.0.1; `routes` are more routes (the control API)."""

    def __init__(self, core: Core, routes: list[web.RouteDef]) -> None:
        self.core = core
        self.api = WebApi(core, HANDLERS)
        self._app = web.Application(client_max_size=MAX_BODY)
        self._app.add_routes(
            [
                web.route("*", "/api/{method}", self._call),
                web.get("/link/", core.sockets.serve),
                web.post("/{kind:commands|actions|app}/{team}/{token}", self._respond),
                web.post("/upload/{file_id}", self._upload),
                web.get("/files/{file_id}/{name}", self._download),
                *routes,
            ]
        )
        self._runner = web.AppRunner(self._app, access_log=None, shutdown_timeout=0.5)

    async def start(self, port: int) -> int:
        """Listen on 127.0.0.1 (0: any free port); returns the port."""
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        bound: int = self._runner.addresses[0][1]
        return bound

    async def stop(self) -> None:
        """Stop listening and close every connection."""
        await self._runner.cleanup()

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        parsed = await _arguments(request)
        if isinstance(parsed, str):
            return web.json_response({"ok": False, "error": parsed})
        token = _token(request, parsed)
        outcome = self.core.faults.roll(method)
        await asyncio.sleep(outcome.before_s)
        failure = outcome.failure
        if failure is not None and failure.kind in ("429", "500", "error", "drop_before"):
            return _fail(request, failure)
        answer = self.api.call(method, parsed, token)
        await asyncio.sleep(outcome.after_s)
        if failure is not None:
            return _fail(request, failure)
        return _reply(answer)

    async def _respond(self, request: web.Request) -> web.Response:
        try:
            body = json.loads(await request.text())
        except ValueError:
            return web.json_response({"ok": False, "error": "invalid_payload"}, status=400)
        status, answer = respond(self.core, request.match_info["token"], body)
        return web.json_response(answer, status=status)

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        """The bytes of a file; a fault is told for the method "upload". Nobody sees the file yet."""
        file = self.core.workspace.files.get(request.match_info["file_id"])
        if file is None:
            return web.Response(status=404)
        outcome = self.core.faults.roll("upload")
        await asyncio.sleep(outcome.before_s)
        if outcome.failure is not None:
            failure = outcome.failure
            return web.Response(status=400) if failure.kind == "error" else _fail(request, failure)
        content = await _content(request)
        if len(content) != file.size:
            return web.Response(status=400, text="not the length that was said")
        file.content = content
        return web.Response(text=f"OK - {len(content)}")

    async def _download(self, request: web.Request) -> web.Response:
        file = self.core.workspace.files.get(request.match_info["file_id"])
        if file is None or not file.channels:
            return web.Response(status=404)
        return web.Response(body=file.content, content_type="application/octet-stream")


async def _content(request: web.Request) -> bytes:
    """What is uploaded: the body as it is, or the first part of a form."""
    if not request.content_type.startswith("multipart/"):
        return await request.read()
    part = next(iter((await request.post()).values()), "")
    if isinstance(part, web.FileField):
        return part.file.read()
    return part.encode() if isinstance(part, str) else bytes(part)


async def _arguments(request: web.Request) -> Json | str:
    """The call's arguments from query, form or JSON; an error code when the body cannot be read."""
    args: Json = dict(request.query)
    if request.method != "POST" or not request.can_read_body:
        return args
    kind = request.content_type
    if kind == "application/json":
        try:
            body = json.loads(await request.text())
        except ValueError:
            return "invalid_json"
        return args | body if isinstance(body, dict) else "json_not_object"
    if kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return args | {k: v for k, v in (await request.post()).items() if isinstance(v, str)}
    return "invalid_post_type"


def _token(request: web.Request, args: Json) -> str:
    """The bearer token, or the `token` argument of a form (Slack takes no token from a JSON body)."""
    header = request.headers.get("Authorization", "")
    in_form = request.content_type != "application/json"
    given = str(args.pop("token", ""))
    if header.startswith("Bearer "):
        return header.removeprefix("Bearer ").strip()
    if header.startswith("Basic "):
        _basic(header, args)
    return given if in_form else ""


def _basic(header: str, args: Json) -> None:
    """client_id and client_secret by HTTP Basic, as oauth.v2.access recommends."""
    try:
        client_id, _, secret = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return
    args.setdefault("client_id", client_id)
    args.setdefault("client_secret", secret)


def _reply(answer: Answer) -> web.Response:
    headers = {"Retry-After": str(answer.retry_after)} if answer.retry_after else {}
    return web.json_response(answer.body, status=answer.status, headers=headers)


def _fail(request: web.Request, failure: Fault) -> web.StreamResponse:
    """What the client sees of a fault."""
    if failure.kind == "429":
        return _reply(Answer(429, {"ok": False, "error": "ratelimited"}, failure.retry_after))
    if failure.kind in ("500", "500_after"):
        return web.Response(status=500, text="Internal Server Error")
    if failure.kind == "error":
        return web.json_response({"ok": False, "error": failure.error})
    if request.transport is not None:
        request.transport.close()
    return web.Response()
