"""reactions.*, views.*, assistant.threads.*: everything around messages."""

from __future__ import annotations

import json

from sandbox.blocks import validate_view
from sandbox.core import Refused
from sandbox.events import message_body
from sandbox.webapi import Handler, Request, SlackError, messages_error
from sandbox.workspace import Json, View

# Limits from the method pages of docs.slack.dev and from slack_sdk.
VIEW_BYTES = 250_000
STACK_LIMIT = 3
TRIGGER_SECONDS = 3.0
LOADING_MESSAGES = 10
PROMPTS = 4


def reaction_add(request: Request) -> Json:
    """reactions.add."""
    return _react(request, added=True)


def reaction_remove(request: Request) -> Json:
    """reactions.remove."""
    return _react(request, added=False)


def _react(request: Request, added: bool) -> Json:
    channel = request.channel()
    name = request.text("name").strip(":")
    if not name or any(c.isspace() for c in name):
        raise SlackError("invalid_name")
    if channel.is_archived:
        raise SlackError("is_archived")
    user = request.core.workspace.users[request.install.bot_user_id]
    try:
        request.core.set_reaction(channel, request.message(channel, "timestamp"), user, name, added)
    except Refused as refused:
        raise SlackError(str(refused)) from None
    return {}


def reaction_get(request: Request) -> Json:
    """reactions.get for a message."""
    if not request.text("channel") or not request.text("timestamp"):
        raise SlackError("no_item_specified")
    channel = request.channel()
    message = message_body(request.message(channel, "timestamp"))
    return {"type": "message", "channel": channel.id, "message": message}


def view_open(request: Request) -> Json:
    """views.open: a modal for whoever owns the trigger."""
    user = _spend_trigger(request)
    body = _view_body(request, ("modal",))
    view = _new_view(request, user, body)
    view.root_view_id = view.id
    request.core.workspace.modals[user] = [view.id]
    return {"view": describe_view(request, view)}


def view_push(request: Request) -> Json:
    """views.push: one more modal on the stack, three at most."""
    user = _spend_trigger(request)
    stack = request.core.workspace.modals.get(user, [])
    if not stack:
        raise SlackError("not_found")
    if len(stack) >= STACK_LIMIT:
        raise SlackError("push_limit_reached")
    view = _new_view(request, user, _view_body(request, ("modal",)))
    view.root_view_id, view.previous_view_id = stack[0], stack[-1]
    stack.append(view.id)
    return {"view": describe_view(request, view)}


def view_update(request: Request) -> Json:
    """views.update by view_id or external_id; `hash` guards against a lost update."""
    views = request.core.workspace.views
    external = request.text("external_id")
    view = views.get(request.text("view_id"))
    if external:
        view = next((v for v in views.values() if v.body.get("external_id") == external), None)
    if view is None:
        raise SlackError("not_found")
    if request.text("hash") and request.text("hash") != view.hash:
        raise SlackError("hash_conflict")
    view.body = _view_body(request, ("modal", "home"))
    view.hash = _hash(request)
    return {"view": describe_view(request, view)}


def view_publish(request: Request) -> Json:
    """views.publish: someone's home tab."""
    user = request.user("user_id", "invalid_arguments")
    body = _view_body(request, ("home",))
    homes = request.core.workspace.homes
    current = homes.get(user.id)
    if request.text("hash") and current is not None and request.text("hash") != current.hash:
        raise SlackError("hash_conflict")
    view = current or _new_view(request, user.id, body)
    view.body, view.hash, view.root_view_id = body, _hash(request), view.id
    homes[user.id] = view
    return {"view": describe_view(request, view)}


def describe_view(request: Request, view: View) -> Json:
    """A view object as Slack returns it."""
    install = request.install
    return view_object(request.core.workspace.app.id, install.team_id, install.bot_id, view)


def view_object(app_id: str, team_id: str, bot_id: str, view: View) -> Json:
    """The view with what Slack adds: id, hash, state, where it hangs on the stack."""
    defaults: Json = {
        "callback_id": "",
        "private_metadata": "",
        "external_id": "",
        "clear_on_close": False,
        "notify_on_close": False,
        "close": None,
        "submit": None,
    }
    return (
        defaults
        | view.body
        | {
            "id": view.id,
            "team_id": team_id,
            "app_id": app_id,
            "app_installed_team_id": team_id,
            "bot_id": bot_id,
            "hash": view.hash,
            "root_view_id": view.root_view_id,
            "previous_view_id": view.previous_view_id,
            "state": {"values": view.values},
        }
    )


def set_status(request: Request) -> Json:
    """assistant.threads.setStatus."""
    loading = request.parsed("loading_messages") or []
    if len(loading) > LOADING_MESSAGES:
        raise SlackError("invalid_arguments")
    _thread_state(request)["status"] = request.text("status")
    return {}


def set_prompts(request: Request) -> Json:
    """assistant.threads.setSuggestedPrompts."""
    prompts = request.parsed("prompts")
    if not isinstance(prompts, list) or not 1 <= len(prompts) <= PROMPTS:
        raise SlackError("invalid_arguments")
    if not all(isinstance(p, dict) and p.get("title") and p.get("message") for p in prompts):
        raise SlackError("invalid_arguments")
    _thread_state(request)["prompts"] = prompts
    return {}


def set_title(request: Request) -> Json:
    """assistant.threads.setTitle."""
    _thread_state(request)["title"] = request.text("title")
    return {}


def _spend_trigger(request: Request) -> str:
    """Exchange the trigger_id for its user. Raises SlackError invalid/exchanged/expired_trigger_id."""
    workspace = request.core.workspace
    trigger = workspace.triggers.get(request.text("trigger_id"))
    if trigger is None:
        raise SlackError("invalid_trigger_id")
    if trigger.used:
        raise SlackError("exchanged_trigger_id")
    if workspace.clock.time() - trigger.created > TRIGGER_SECONDS:
        raise SlackError("expired_trigger_id")
    trigger.used = True
    return trigger.user


def _view_body(request: Request, types: tuple[str, ...]) -> Json:
    view = request.parsed("view")
    if not isinstance(view, dict) or view.get("type") not in types:
        raise messages_error("invalid_arguments", ["[ERROR] must provide a view [json-pointer:/view]"])
    if len(json.dumps(view)) > VIEW_BYTES:
        raise SlackError("view_too_large")
    if problems := validate_view(view):
        raise messages_error("invalid_arguments", problems)
    return named_blocks(view)


def named_blocks(view: Json) -> Json:
    """A copy of a view whose every block has a block_id, as Slack gives it one."""
    body: Json = json.loads(json.dumps(view))
    for number, block in enumerate(body["blocks"]):
        block.setdefault("block_id", f"b{number}")
    return body


def _new_view(request: Request, user: str, body: Json) -> View:
    workspace = request.core.workspace
    external = body.get("external_id")
    if external and any(v.body.get("external_id") == external for v in workspace.views.values()):
        raise SlackError("duplicate_external_id")
    view = View(workspace.serial("V"), user, body, _hash(request), "")
    workspace.views[view.id] = view
    return view


def _hash(request: Request) -> str:
    return f"{int(request.core.clock.time())}.{request.core.workspace.serial('h')}"


def _thread_state(request: Request) -> Json:
    request.args["channel"] = request.text("channel_id")
    channel = request.channel()
    ts = request.text("thread_ts")
    if ts and ts not in channel.messages:
        raise SlackError("invalid_thread_ts")
    return request.core.workspace.assistant.setdefault((channel.id, ts), {})


HANDLERS: dict[str, Handler] = {
    "assistant.threads.setStatus": set_status,
    "assistant.threads.setSuggestedPrompts": set_prompts,
    "assistant.threads.setTitle": set_title,
    "reactions.add": reaction_add,
    "reactions.get": reaction_get,
    "reactions.remove": reaction_remove,
    "views.open": view_open,
    "views.publish": view_publish,
    "views.push": view_push,
    "views.update": view_update,
}
