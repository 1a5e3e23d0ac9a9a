"""The Slack app manifest against what the program really does: nothing missing, nothing it does not need."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.errors import Refused

_READ = frozenset({"channels:read", "groups:read", "im:read", "mpim:read"})
_HISTORY = frozenset({"channels:history", "groups:history", "im:history", "mpim:history"})
_NONE = frozenset[str]()

# Bot scopes of each Web API method (docs.slack.dev/reference/methods). conversations.open: im:write only, we open DMs.
METHOD_SCOPES: dict[str, frozenset[str]] = {
    "auth.test": _NONE,
    "canvases.access.set": frozenset({"canvases:write"}),
    "canvases.create": frozenset({"canvases:write"}),
    "chat.getPermalink": _NONE,
    "chat.postEphemeral": frozenset({"chat:write"}),
    "chat.postMessage": frozenset({"chat:write"}),
    "chat.update": frozenset({"chat:write"}),
    "conversations.history": _HISTORY,
    "conversations.info": _READ,
    "conversations.members": _READ,
    "conversations.open": frozenset({"im:write"}),
    "conversations.replies": _HISTORY,
    "files.completeUploadExternal": frozenset({"files:write"}),
    "files.getUploadURLExternal": frozenset({"files:write"}),
    "reactions.add": frozenset({"reactions:write"}),
    "users.info": frozenset({"users:read"}),
    "users.list": frozenset({"users:read"}),
    "views.open": _NONE,
    "views.publish": _NONE,
    "views.push": _NONE,
    "views.update": _NONE,
}
# What whoever installs the app may leave out, and what PartnerDesk then does without.
OPTIONAL = {
    "canvases:write": "no QBR as a canvas",
    "files:write": "no calendar invites and decks as files",
}
# Scopes of each event (docs.slack.dev/reference/events).
EVENT_SCOPES: dict[str, frozenset[str]] = {
    "app_home_opened": _NONE,
    "app_mention": frozenset({"app_mentions:read"}),
    "app_uninstalled": _NONE,
    "channel_archive": frozenset({"channels:read"}),
    "channel_id_changed": frozenset({"channels:read", "groups:read"}),
    "channel_rename": frozenset({"channels:read"}),
    "channel_shared": frozenset({"channels:read", "groups:read"}),
    "channel_unarchive": frozenset({"channels:read"}),
    "channel_unshared": frozenset({"channels:read", "groups:read"}),
    "group_archive": frozenset({"groups:read"}),
    "group_rename": frozenset({"groups:read"}),
    "group_unarchive": frozenset({"groups:read"}),
    "member_joined_channel": frozenset({"channels:read", "groups:read"}),
    "member_left_channel": frozenset({"channels:read", "groups:read"}),
    "message.channels": frozenset({"channels:history"}),
    "message.groups": frozenset({"groups:history"}),
    "message.im": frozenset({"im:history"}),
    "message.mpim": frozenset({"mpim:history"}),
    "reaction_added": frozenset({"reactions:read"}),
    "tokens_revoked": _NONE,
    "user_change": frozenset({"users:read"}),
}
MESSAGE_EVENTS = ("message.channels", "message.groups", "message.im", "message.mpim")


@dataclass(frozen=True, slots=True)
class Registered:
    """What the program does. `events` are event types as they arrive ("message" stands for all four subscriptions),
    `methods` the Web API methods it calls, `more_scopes` those that only widen an answer (users:read.email)."""

    commands: frozenset[str]
    shortcuts: frozenset[str]
    events: frozenset[str]
    methods: frozenset[str]
    more_scopes: frozenset[str] = frozenset()


def check(path: Path, registered: Registered) -> list[str]:
    """What is wrong with the manifest in `path`, one sentence each; empty when it fits the program exactly."""
    try:
        manifest = read_manifest(path)
    except Refused as error:
        return [str(error)]
    return [f"{path}: {problem}" for problem in _problems(manifest, registered)]


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest in `path`. Raises Refused when it cannot be read."""
    try:
        manifest = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise Refused(f"{path}: cannot be read: {error}") from error
    if not isinstance(manifest, dict):
        raise Refused(f"{path}: a manifest is a mapping")
    return manifest


def scopes(manifest: Mapping[str, Any]) -> frozenset[str]:
    """The bot scopes the app asks for, those it can do without among them."""
    return frozenset(_at(manifest, "oauth_config", "scopes", "bot") or ())


def optional_scopes(manifest: Mapping[str, Any]) -> frozenset[str]:
    """Those of `scopes` that whoever installs the app may leave out (docs.slack.dev/changelog/2026/03/16)."""
    return frozenset(_at(manifest, "oauth_config", "scopes", "bot_optional") or ())


def _problems(manifest: Mapping[str, Any], registered: Registered) -> list[str]:
    commands = _at(manifest, "features", "slash_commands") or ()
    shortcuts = _at(manifest, "features", "shortcuts") or ()
    events = _subscriptions(registered.events)
    needed = _needed(manifest, registered, events)
    problems = [
        *_differences("the slash command", {item["command"] for item in commands}, registered.commands),
        *_differences("the shortcut", {item["callback_id"] for item in shortcuts}, registered.shortcuts),
        *_differences("the event", _at(manifest, "settings", "event_subscriptions", "bot_events") or (), events),
        *_differences("the scope", scopes(manifest), needed),
        *_differences("the optional scope", optional_scopes(manifest), needed & OPTIONAL.keys()),
    ]
    unknown = sorted((registered.methods - METHOD_SCOPES.keys()) | (events - EVENT_SCOPES.keys()))
    problems += [f"nobody said which scopes {name} needs: add it to bot/manifest.py" for name in unknown]
    problems += [
        f"{item['command']} needs should_escape: true, or mentions arrive as plain text"
        for item in commands
        if not item.get("should_escape")
    ]
    if not _at(manifest, "settings", "interactivity", "is_enabled"):
        problems.append("settings.interactivity.is_enabled must be true: cards have buttons")
    if not _at(manifest, "settings", "socket_mode_enabled"):
        problems.append("settings.socket_mode_enabled must be true: `run` uses Socket Mode by default")
    return problems


def _subscriptions(events: Iterable[str]) -> frozenset[str]:
    """Event types as the manifest names them."""
    return frozenset(name for event in events for name in (MESSAGE_EVENTS if event == "message" else (event,)))


def _needed(manifest: Mapping[str, Any], registered: Registered, events: frozenset[str]) -> frozenset[str]:
    needed = set(registered.more_scopes)
    needed.update(*(METHOD_SCOPES.get(method, _NONE) for method in registered.methods))
    needed.update(*(EVENT_SCOPES.get(event, _NONE) for event in events))
    if registered.commands or registered.shortcuts:
        needed.add("commands")
    if _at(manifest, "features", "agent_view"):
        needed.add("assistant:write")
    return frozenset(needed)


def _differences(what: str, declared: Collection[str], used: Collection[str]) -> list[str]:
    missing = [f"{what} {name} is used but not declared" for name in sorted(set(used) - set(declared))]
    return missing + [f"{what} {name} is declared but not used" for name in sorted(set(declared) - set(used))]


def _at(manifest: Mapping[str, Any], *keys: str) -> Any:
    value: Any = manifest
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
