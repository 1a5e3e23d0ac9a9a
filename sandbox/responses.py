"""response_url: five posts in thirty minutes, and the message an ack may carry."""

from __future__ import annotations

from sandbox.blocks import validate
from sandbox.core import Core
from sandbox.workspace import Json, Message, ResponseUrl

USES = 5  # docs.slack.dev, handling user interaction
SECONDS = 30 * 60


def respond(core: Core, token: str, body: Json) -> tuple[int, Json]:
    """One POST to a response_url: HTTP status and answer."""
    url = core.workspace.response_urls.get(token)
    if url is None or core.clock.time() - url.created > SECONDS:
        return 404, {"ok": False, "error": "expired_url"}
    if url.uses >= USES:
        return 404, {"ok": False, "error": "used_url"}
    if problems := validate(body.get("blocks") or [], "message"):
        return 400, {"ok": False, "error": "invalid_blocks", "response_metadata": {"messages": problems}}
    if not body.get("delete_original") and not any(body.get(k) for k in ("text", "blocks", "attachments")):
        return 400, {"ok": False, "error": "no_text"}
    url.uses += 1
    message = _apply(core, url, body)
    if message is not None:
        url.posts.append(message)
    return 200, {"ok": True}


def apply_answer(core: Core, url: ResponseUrl, answer: Json | str | None) -> Message | None:
    """The message a slash command's ack shows, if it carries one."""
    body: Json = {"text": answer} if isinstance(answer, str) else answer or {}
    if not any(body.get(key) for key in ("text", "blocks", "attachments")):
        return None
    return _apply(core, url, body)


def _apply(core: Core, url: ResponseUrl, body: Json) -> Message | None:
    channel = core.workspace.channels[url.channel]
    install = core.workspace.home_install
    original = url.message
    if body.get("delete_original") and original is not None:
        if original.private_to:
            core.workspace.ephemerals.remove(original)
        else:
            core.remove(channel, original)
        return None
    message = core.bot_message(install, channel, body)
    if body.get("replace_original") and original is not None:
        if original.private_to:
            original.text, original.blocks = message.text, message.blocks
        else:
            core.change(channel, original, message, install.bot_user_id)
        return original
    if body.get("response_type") == "in_channel":
        core.post(channel, message)
        return message
    return core.whisper(message, url.user)
