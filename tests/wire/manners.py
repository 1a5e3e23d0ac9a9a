"""What must hold after every scenario, whatever happened in it: posted once, nowhere it does not belong, no markup."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import select
from sqlmodel import SQLModel

from models.store import Store
from sandbox import Sandbox
from sandbox.workspace import Message

# What Slack would make a mention, a broadcast or a link of, in mrkdwn.
MARKUP = re.compile(r"<[@#!]|<https?:|<mailto:")
# What our cards are made of. "user", "usergroup" and "broadcast" would notify somebody; "emoji" is nobody's words.
RICH = {
    "rich_text_section", "rich_text_preformatted", "rich_text_quote", "rich_text_list", "text", "link", "date",
    "channel",
}  # fmt: skip
LINK = re.compile(r"https://[\w-]+\.slack\.com/(archives|docs)/")
WRITES = ("chat.postMessage", "chat.update", "chat.postEphemeral", "chat.scheduleMessage", "chat.meMessage")
FOR_EVERYBODY = ("chat.postMessage", "chat.update", "chat.scheduleMessage", "chat.meMessage", "chat.delete")
SECRET = re.compile(r"xox[abpe]-|xapp-|hooks\.slack\.com/|/(?:commands|actions|app)/T0\w+/R0|\d+\.sandbox")


def bot_messages(box: Sandbox) -> list[Message]:
    """Everything the bot ever showed to anybody, as it stands now."""
    spoken = [m for channel in box.workspace.channels.values() for m in channel.messages.values()]
    own = box.workspace.home_install.bot_id
    return [m for m in (*spoken, *box.workspace.ephemerals) if m.bot_id == own]


def posted_keys(box: Sandbox) -> Counter[str]:
    """How many messages in the workspace carry each delivery key."""
    metadata = (message.metadata or {} for message in bot_messages(box))
    return Counter(each["event_payload"]["key"] for each in metadata if each)


def outgoing(box: Sandbox) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """(where, text, blocks) of every version of every message that was ever sent, and of every view."""
    for call in box.calls():
        if call.method in WRITES:
            yield (
                f"{call.method} {call.args.get('channel')}",
                str(call.args.get("text", "")),
                _json(call.args, "blocks"),
            )
        elif call.method.startswith("views."):
            yield call.method, "", [_json(call.args, "view")]
    for message in bot_messages(box):
        yield f"shown in {message.channel}", message.text, message.blocks
    for url in box.workspace.response_urls.values():
        for message in url.posts:
            yield f"response to {url.user}", message.text, message.blocks


def assert_manners(box: Sandbox, joint: Collection[str]) -> None:
    """Nothing said into a joint channel, no key twice, and nothing that Slack would parse in what was sent."""
    loud = [call.method for call in box.calls() if call.method in FOR_EVERYBODY and call.args.get("channel") in joint]
    assert not loud, f"posted into a joint channel: {loud}"
    spoken = [m.text for m in bot_messages(box) if m.channel in joint and m.private_to is None]
    assert not spoken, f"said in a joint channel: {spoken}"
    twice = {key: count for key, count in posted_keys(box).items() if count > 1}
    assert not twice, f"posted more than once: {twice}"
    for where, text, blocks in outgoing(box):
        assert not MARKUP.search(text), f"{where}: {text!r}"
        for node in _nodes(blocks):
            _assert_harmless(where, node)
    broken = ("invalid", "msg_", "no_text", "metadata_")
    answers = [(call.method, call.response) for call in box.calls() if call.method in WRITES]
    refused = [each for each in answers if str(each[1].get("error", "")).startswith(broken)]
    assert not refused, f"Slack did not take: {refused}"


def _assert_harmless(where: str, node: dict[str, Any]) -> None:
    if node.get("type") == "mrkdwn":
        assert not MARKUP.search(node["text"]), f"{where}: {node}"
    if node.get("type") == "rich_text":
        for inner in _nodes(node["elements"]):
            kind = inner.get("type", "text")
            assert kind in RICH, f"{where}: {inner}"
            assert kind != "link" or LINK.match(inner["url"]), f"{where}: a link not of ours: {inner}"


def assert_clean_log(log: str, *, trouble: bool = False) -> None:
    """No token, trigger or response URL in the log; no error either unless `trouble` was made on purpose."""
    leaked = SECRET.findall(log)
    assert not leaked, f"in the log: {leaked}"
    if not trouble:
        bad = [line for line in log.splitlines() if '"level": "error"' in line or "Traceback" in line]
        assert not bad, "\n".join(bad)[:3000]


def stored_with(store: Store, words: str) -> list[str]:
    """Every table and column in which `words` still stand."""
    found = []
    with store.engine.connect() as connection:
        for table in SQLModel.metadata.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                found += [f"{table.name}.{name}" for name, value in row.items() if words in str(value)]
    return found


def _json(args: dict[str, Any], name: str) -> Any:
    value = args.get(name) or []
    return json.loads(value) if isinstance(value, str) else value


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _nodes(inner)
