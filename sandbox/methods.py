"""What each Web API method asks for: required arguments, scopes, token and rate tier.

Facts from the method pages of docs.slack.dev (state of 2026), in our own table. A scope entry is a set of alternatives;
`{kind}` stands for the channel's scope family: channels, groups, im or mpim.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

TIER_CALLS = {1: 1, 2: 20, 3: 50, 4: 100}  # calls per minute, method and workspace
SPECIAL_CALLS = 300  # the "special" methods publish no figure; this only stops a runaway loop
TokenKind = Literal["bot", "app", "none"]


@dataclass(frozen=True, slots=True)
class MethodSpec:
    """One row: `tier` 0 means "special rate limits apply"; `scope` is the bot scope, empty when none is needed."""

    tier: int
    required: tuple[str, ...] = ()
    scope: str = ""
    token: TokenKind = "bot"


def _row(tier: int, required: str = "", scope: str = "", token: TokenKind = "bot") -> MethodSpec:
    return MethodSpec(tier, tuple(required.split()), scope, token)


METHODS: dict[str, MethodSpec] = {
    "api.test": _row(4, token="none"),
    "apps.connections.open": _row(3, token="app"),
    "assistant.threads.setStatus": _row(0, "channel_id status thread_ts", "chat:write"),
    "assistant.threads.setSuggestedPrompts": _row(4, "channel_id prompts", "assistant:write"),
    "assistant.threads.setTitle": _row(4, "channel_id thread_ts title", "assistant:write"),
    "auth.revoke": _row(3),
    "auth.test": _row(0),
    "blocks.validate": _row(3, "blocks", token="none"),
    "bots.info": _row(3, scope="users:read"),
    "canvases.access.set": _row(3, "canvas_id access_level", "canvases:write"),
    "canvases.create": _row(2, scope="canvases:write"),
    "chat.delete": _row(3, "channel ts", "chat:write"),
    "chat.getPermalink": _row(0, "channel message_ts"),
    "chat.postEphemeral": _row(4, "channel user", "chat:write"),
    "chat.postMessage": _row(0, "channel", "chat:write"),
    "chat.update": _row(3, "channel ts", "chat:write"),
    "conversations.history": _row(3, "channel", "{kind}:history"),
    "conversations.info": _row(3, "channel", "{kind}:read"),
    "conversations.join": _row(3, "channel", "channels:join"),
    "conversations.list": _row(2, scope="{kind}:read"),
    "conversations.members": _row(4, "channel", "{kind}:read"),
    "conversations.open": _row(3, scope="im:write"),
    "conversations.replies": _row(3, "channel ts", "{kind}:history"),
    "files.completeUploadExternal": _row(4, "files", "files:write"),
    "files.getUploadURLExternal": _row(4, "filename length", "files:write"),
    "oauth.v2.access": _row(0, token="none"),
    "reactions.add": _row(3, "channel name timestamp", "reactions:write"),
    "reactions.get": _row(3, scope="reactions:read"),
    "reactions.remove": _row(2, "name", "reactions:write"),
    "team.info": _row(3, scope="team:read"),
    "users.conversations": _row(3, scope="{kind}:read"),
    "users.info": _row(4, "user", "users:read"),
    "users.list": _row(2, scope="users:read"),
    "users.lookupByEmail": _row(3, "email", "users:read.email"),
    "views.open": _row(4, "view"),
    "views.publish": _row(4, "user_id view"),
    "views.push": _row(4, "view"),
    "views.update": _row(4, "view"),
}

# The scopes PartnerDesk's manifest asks for; a sandbox grants these unless told otherwise.
DEFAULT_SCOPES = frozenset(
    {
        "app_mentions:read",
        "assistant:write",
        "canvases:write",
        "channels:history",
        "channels:join",
        "channels:read",
        "chat:write",
        "commands",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "metadata.message:read",
        "mpim:history",
        "mpim:read",
        "reactions:read",
        "reactions:write",
        "team:read",
        "users:read",
        "users:read.email",
    }
)
