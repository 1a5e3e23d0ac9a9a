"""What people do with the app: slash commands, buttons, shortcuts, modals, the home tab."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox.actors import Actors
from sandbox.api_surfaces import named_blocks, view_object
from sandbox.blocks import validate_view
from sandbox.core import Refused
from sandbox.delivery import Delivery, Kind
from sandbox.events import message_body
from sandbox.inputs import initial_state, stateful, typed_value
from sandbox.responses import apply_answer
from sandbox.workspace import Channel, Json, Message, ResponseUrl, User, View

KEEP = re.compile(r"<[@#!]\S[^>]*>|<https?:[^>]+>")
AT_NAME = re.compile(r"(?<![\w<])([@#])([\w.'-]*\w)")


@dataclass
class Result:
    """How the app took it: `ack` is the ack's payload, `error` is set when it did not ack in time."""

    ack: Json | str | None
    error: str
    latency: float | None
    url: ResponseUrl | None = None
    shown: list[Message] = field(default_factory=list)

    @property
    def responses(self) -> list[Message]:
        """What has arrived so far: the ack's own message, then those by response_url."""
        return self.shown + (self.url.posts if self.url else [])

    @property
    def ephemeral(self) -> list[Message]:
        """The responses only the person saw."""
        return [m for m in self.responses if m.private_to]

    @property
    def text(self) -> str:
        """All texts so far, one per line."""
        return "\n".join(m.text for m in self.responses)

    async def reply(self, timeout: float = 5.0) -> Message:
        """The first response, waiting for it up to `timeout` seconds. Raises TimeoutError."""
        async with asyncio.timeout(timeout):
            while not self.responses:
                await asyncio.sleep(0.005)
        return self.responses[0]


class Interactions(Actors):
    """Each method waits for the ack (or for Slack's 3 s to pass) and returns what the person would see."""

    async def slash(self, user: str, channel: str, command: str, text: str = "") -> Result:
        """Type a slash command. `@name` and `#channel` are escaped, as with should_escape."""
        person, place = self._person(user), self.workspace.channels[channel]
        token, url = self.new_response_url(channel, user, "commands")
        team = self.workspace.team(person.team_id)
        payload = {
            "token": self.workspace.app.verification_token,
            "team_id": team.id,
            "team_domain": team.domain,
            "channel_id": channel,
            "channel_name": place.name or "directmessage",
            "user_id": user,
            "user_name": person.name,
            "command": command,
            "text": self._escape(text),
            "api_app_id": self.workspace.app.id,
            "is_enterprise_install": "false",
            "response_url": url,
            "trigger_id": self.workspace.new_trigger(user),
        }
        result = await self._send("slash_commands", payload)
        result.url = self.workspace.response_urls[token]
        message = apply_answer(self, result.url, result.ack)
        result.shown = [message] if message else []
        return result

    async def click(
        self,
        user: str,
        channel: str,
        ts: str,
        action_id: str,
        value: str | None = None,
        option: str | list[str] | None = None,
    ) -> Result:
        """Press a button (or choose `option`) on a message. `value` picks among buttons that share an action_id.

        Raises Refused when the person does not see the message or there is no such control on it.
        """
        message = self.workspace.visible_message(channel, ts, user)
        if message is None:
            raise Refused(f"{user} sees no message {ts} in {channel}")
        block, element = _control(message.blocks, action_id, value)
        if user not in element.get("visible_to_user_ids", [user]):
            raise Refused(f"{action_id} is not shown to {user}")
        place = self.workspace.channels[channel]
        ephemeral = message.private_to is not None
        token, url = self.new_response_url(channel, user, "actions", message)
        container = {
            "type": "message",
            "message_ts": ts,
            "channel_id": channel,
            "is_ephemeral": ephemeral,
        } | ({"thread_ts": message.thread_ts} if message.thread_ts else {})
        payload = self._interaction("block_actions", user, trigger=True) | {
            "container": container,
            "channel": {"id": channel, "name": place.name or "directmessage"},
            "state": {"values": initial_state(message.blocks)},
            "response_url": url,
            "actions": [self._action(block, element, option)],
        }
        if not ephemeral:
            payload["message"] = message_body(message, metadata=True)
        result = await self._send("interactive", payload)
        result.url = self.workspace.response_urls[token]
        return result

    async def click_view(
        self, user: str, view_id: str, action_id: str, value: str | None = None, option: str | list[str] | None = None
    ) -> Result:
        """Press a button in a modal or on the home tab."""
        view = self.workspace.views[view_id]
        block, element = _control(view.body["blocks"], action_id, value)
        payload = self._interaction("block_actions", user, trigger=True) | {
            "container": {"type": "view", "view_id": view_id},
            "view": self._view(view),
            "actions": [self._action(block, element, option)],
        }
        return await self._send("interactive", payload)

    async def shortcut(self, user: str, callback_id: str) -> Result:
        """Run a global shortcut."""
        payload = self._interaction("shortcut", user, trigger=True)
        return await self._send("interactive", payload | self._named(callback_id))

    async def message_shortcut(self, user: str, channel: str, ts: str, callback_id: str) -> Result:
        """Run a message shortcut. Raises Refused when the person does not see the message."""
        message = self.workspace.visible_message(channel, ts, user)
        if message is None:
            raise Refused(f"{user} sees no message {ts} in {channel}")
        token, url = self.new_response_url(channel, user, "app", message)
        payload = self._interaction("message_action", user, trigger=True) | self._named(callback_id)
        payload |= {
            "channel": {"id": channel, "name": self.workspace.channels[channel].name or "directmessage"},
            "message": message_body(message, metadata=True),
            "message_ts": ts,
            "response_url": url,
        }
        result = await self._send("interactive", payload)
        result.url = self.workspace.response_urls[token]
        return result

    async def submit_view(self, user: str, view_id: str, values: dict[str, Any]) -> Result:
        """Fill a modal in and submit it. `values` maps an action_id or block_id to what is typed or chosen.

        Follows the answer (errors keep it open; update, push, clear; otherwise it closes).
        Raises Refused when the modal is not on top, or a required field is empty, or an option is not offered.
        """
        view = self._top(user, view_id)
        view.values = _filled(view, values)
        payload = self._interaction("view_submission", user, trigger=True)
        result = await self._send("interactive", payload | {"view": self._view(view), "response_urls": []})
        if not result.error:
            result.error = self._after_submit(view, result.ack if isinstance(result.ack, dict) else {})
        return result

    async def close_view(self, user: str, view_id: str) -> Result | None:
        """Close a modal; the app hears of it only with notify_on_close."""
        view = self._top(user, view_id)
        self.workspace.modals[user].remove(view_id)
        if not view.body.get("notify_on_close"):
            return None
        payload = self._interaction("view_closed", user)
        return await self._send("interactive", payload | {"view": self._view(view), "is_cleared": False})

    async def open_home(self, user: str, tab: str = "home") -> Delivery | None:
        """Open the app's home or messages tab: `app_home_opened`."""
        event: Json = {
            "type": "app_home_opened",
            "user": user,
            "channel": self.im(user),
            "tab": tab,
            "event_ts": self.workspace.next_ts(),
        }
        home = self.workspace.homes.get(user)
        if home is not None and tab == "home":
            event["view"] = self._view(home)
        return self.emit_to(self.workspace.home_install, event)

    def modal(self, user: str) -> Json | None:
        """The modal the person has in front of them, or None."""
        stack = self.workspace.modals.get(user)
        return self._view(self.workspace.views[stack[-1]]) if stack else None

    def home(self, user: str) -> Json | None:
        """The person's home tab as last published, or None."""
        view = self.workspace.homes.get(user)
        return self._view(view) if view else None

    async def _send(self, kind: Kind, payload: Json) -> Result:
        done = asyncio.get_running_loop().create_future()
        delivery = self.dispatcher.dispatch(kind, payload, on_done=lambda d: done.set_result(d))
        await done
        error = {"timeout": "operation_timeout", "connection_failed": "dispatch_failed"}.get(
            delivery.error, delivery.error
        )
        return Result(delivery.answer, error, delivery.latency)

    def _interaction(self, kind: str, user: str, trigger: bool = False) -> Json:
        person = self._person(user)
        team = self.workspace.team(person.team_id)
        body: Json = {
            "type": kind,
            "user": {"id": user, "username": person.name, "name": person.name, "team_id": person.team_id},
            "api_app_id": self.workspace.app.id,
            "token": self.workspace.app.verification_token,
            "team": {"id": team.id, "domain": team.domain},
            "enterprise": None,
            "is_enterprise_install": False,
        }
        return body | ({"trigger_id": self.workspace.new_trigger(user)} if trigger else {})

    def _named(self, callback_id: str) -> Json:
        return {"callback_id": callback_id, "action_ts": self.workspace.next_ts()}

    def _action(self, block: Json, element: Json, option: str | list[str] | None) -> Json:
        action: Json = {
            "action_id": element["action_id"],
            "block_id": block.get("block_id", ""),
            "type": element["type"],
            "action_ts": self.workspace.next_ts(),
        }
        if element["type"] == "button":
            action["text"] = element["text"]
            return action | {k: element[k] for k in ("value", "style") if k in element}
        return action | typed_value(element, option)

    def _view(self, view: View) -> Json:
        install = self.workspace.home_install
        return view_object(self.workspace.app.id, install.team_id, install.bot_id, view)

    def _top(self, user: str, view_id: str) -> View:
        if self.workspace.modals.get(user, [])[-1:] != [view_id]:
            raise Refused(f"{view_id} is not the modal in front of {user}")
        return self.workspace.views[view_id]

    def _after_submit(self, view: View, answer: Json) -> str:
        """Do what the ack says: response_action errors, update, push or clear; nothing means close.

        Returns what is wrong with the answer, empty when Slack would take it.
        """
        stack = self.workspace.modals[view.user]
        action = answer.get("response_action")
        if action == "errors":
            fields = {block["block_id"] for block in view.body["blocks"]}
            unknown = set(answer.get("errors") or {}) - fields
            return f"errors name no field of the modal: {sorted(unknown)}" if unknown or not answer["errors"] else ""
        if action in ("update", "push"):
            if problems := validate_view(answer.get("view") or {}):
                return "; ".join(problems)
            body = named_blocks(answer["view"])
            if action == "update":
                view.body = body
            else:
                pushed = View(self.workspace.serial("V"), view.user, body, "1.pushed", stack[0], view.id)
                self.workspace.views[pushed.id] = pushed
                stack.append(pushed.id)
        elif action == "clear":
            stack.clear()
        else:
            stack.remove(view.id)
        return ""

    def _escape(self, text: str) -> str:
        """Slack's should_escape: names become `<@U1|name>`, and & < > outside of tokens become entities."""
        parts: list[str] = []
        end = 0
        for token in KEEP.finditer(text):
            parts += [self._escape_plain(text[end : token.start()]), self._labelled(token[0])]
            end = token.end()
        return "".join([*parts, self._escape_plain(text[end:])])

    def _escape_plain(self, text: str) -> str:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return AT_NAME.sub(self._resolve, text)

    def _resolve(self, match: re.Match[str]) -> str:
        sign, name = match[1], match[2].lower()
        pool: dict[str, User] | dict[str, Channel] = self.workspace.users if sign == "@" else self.workspace.channels
        found = next((thing for thing in pool.values() if thing.name.lower() == name), None)
        return f"<{sign}{found.id}|{found.name}>" if found else match[0]

    def _labelled(self, token: str) -> str:
        inner = token[2:-1]
        if "|" in token or token[1] not in "@#":
            return token
        known = self.workspace.users.get(inner) or self.workspace.channels.get(inner)
        return f"<{token[1]}{inner}|{known.name}>" if known else token


def _control(blocks: list[Json], action_id: str, value: str | None) -> tuple[Json, Json]:
    """The element with this action_id (and value) and its block. Raises Refused."""
    for block in blocks:
        for element in stateful(block):
            if element.get("action_id") == action_id and value in (None, element.get("value")):
                return block, element
    raise Refused(f"no control {action_id!r} with value {value!r} on the message")


def _filled(view: View, values: dict[str, Any]) -> Json:
    """view.state.values after typing. Raises Refused for an unknown field or an empty required one."""
    state = initial_state(view.body["blocks"]) | view.values
    known: set[str] = set()
    for block, element in _inputs(view.body["blocks"]):
        names = (element["action_id"], block["block_id"])
        given = next((values[name] for name in names if name in values), None)
        known.update(names)
        if given is not None:
            typed = {"type": element["type"]} | typed_value(element, given)
            state.setdefault(block["block_id"], {})[element["action_id"]] = typed
        now = state.get(block["block_id"], {}).get(element["action_id"], {})
        empty = not any(v for k, v in now.items() if k != "type")
        if empty and block["type"] == "input" and not block.get("optional"):
            raise Refused(f"{names[0]} must be filled in")
    if unknown := set(values) - known:
        raise Refused(f"the modal has no field {sorted(unknown)}")
    return state


def _inputs(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    for block in blocks:
        for element in stateful(block):
            if element["type"] not in ("button", "overflow"):
                yield block, element
