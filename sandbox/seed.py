"""Seeding a workspace from one JSON object."""

from __future__ import annotations

from sandbox.actors import Actors
from sandbox.workspace import Json


def plant(box: Actors, seed: Json) -> None:
    """Add teams, users, channels and past messages; no event is sent.

    `{"teams": [{"id", "name"}], "users": [{"id", ...}], "channels": [{"id", ...}],
    "messages": [{"channel", "user", "text", "at", "thread_ts"?}]}`; further keys are those of `Sandbox.user` and
    `Sandbox.channel`. Raises KeyError or TypeError for what does not fit.
    """
    for team in seed.get("teams", []):
        box.workspace.team(team["id"], team.get("name", ""))
    for user in seed.get("users", []):
        box.user(user["id"], **{k: v for k, v in user.items() if k != "id"})
    for channel in seed.get("channels", []):
        box.channel(channel["id"], **{k: v for k, v in channel.items() if k != "id"})
    for row in seed.get("messages", []):
        channel = box.workspace.channels[row["channel"]]
        message = box.draft(box.workspace.users[row["user"]], channel, row["text"], row["at"])
        message.thread_ts = row.get("thread_ts")
        channel.add(message)
