"""users.*, team.info, bots.info, auth.*, oauth.v2.access, apps.connections.open, api.test, blocks.validate."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sandbox.api_conversations import page
from sandbox.blocks import validate
from sandbox.webapi import Handler, Request, SlackError
from sandbox.workspace import Install, Json, User


def describe(request: Request, user: User) -> Json:
    """A user object as users.info gives it; the address only with users:read.email."""
    install = request.install
    profile: Json = {
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": user.display_name,
        "display_name_normalized": user.display_name,
        "team": user.team_id,
    }
    if "users:read.email" in install.scopes and user.email:
        profile["email"] = user.email
    body: Json = {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": user.deleted,
        "profile": profile,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": 0,
    }
    if not user.deleted:
        body |= {
            "tz": user.tz,
            "tz_label": user.tz,
            "tz_offset": _offset(user, request.core.clock.now()),
            "is_restricted": user.is_restricted,
            "is_ultra_restricted": user.is_ultra_restricted,
        }
    if user.team_id != install.team_id:
        body["is_stranger"] = request.core.workspace.is_stranger(user, install.team_id)
    return body


def user_info(request: Request) -> Json:
    """users.info."""
    return {"user": describe(request, request.user())}


def user_list(request: Request) -> Json:
    """users.list: the people of the bot's own workspace."""
    people = [u for u in request.core.workspace.users.values() if u.team_id == request.install.team_id]
    chosen, metadata = page(request, people, 1000, 1000)
    return {"members": [describe(request, u) for u in chosen], "response_metadata": metadata}


def user_by_email(request: Request) -> Json:
    """users.lookupByEmail: people of the bot's own workspace."""
    for user in request.core.workspace.users.values():
        if user.email.lower() == request.text("email").lower() and user.team_id == request.install.team_id:
            return {"user": describe(request, user)}
    raise SlackError("users_not_found")


def team_info(request: Request) -> Json:
    """team.info: the bot's own workspace, or one it shares a channel with."""
    wanted = request.text("team") or request.install.team_id
    known = {request.install.team_id}
    for channel in request.core.workspace.channels.values():
        if request.is_member(channel):
            known |= {channel.team_id, *channel.shared_with}
    if wanted not in known:
        raise SlackError("team_not_found")
    team = request.core.workspace.team(wanted)
    url = f"https://{team.domain}.slack.com/"
    return {
        "team": {"id": team.id, "name": team.name, "domain": team.domain, "url": url, "email_domain": "", "icon": {}}
    }


def bot_info(request: Request) -> Json:
    """bots.info, also for other apps' bots."""
    wanted = request.text("bot") or request.install.bot_id
    workspace = request.core.workspace
    for install in workspace.installs.values():
        if install.bot_id == wanted:
            return {"bot": _bot(wanted, workspace.app.id, workspace.users[install.bot_user_id])}
    for user in workspace.users.values():
        if user.is_bot and wanted == f"B{user.id[1:]}":
            return {"bot": _bot(wanted, f"A{user.id[1:]}", user)}
    raise SlackError("bot_not_found")


def auth_test(request: Request) -> Json:
    """auth.test."""
    install = request.install
    team = request.core.workspace.team(install.team_id)
    return {
        "url": f"https://{team.domain}.slack.com/",
        "team": team.name,
        "user": request.core.workspace.users[install.bot_user_id].name,
        "team_id": team.id,
        "user_id": install.bot_user_id,
        "bot_id": install.bot_id,
        "is_enterprise_install": False,
    }


def auth_revoke(request: Request) -> Json:
    """auth.revoke: the token stops working."""
    if not request.flag("test"):
        request.install.revoked = True
    return {"revoked": not request.flag("test")}


def oauth_access(request: Request) -> Json:
    """oauth.v2.access: a code made by `Sandbox.oauth_code` becomes an installation."""
    workspace = request.core.workspace
    app = workspace.app
    if request.text("client_id") != app.client_id:
        raise SlackError("invalid_client_id")
    if request.text("client_secret") != app.client_secret:
        raise SlackError("bad_client_secret")
    team_id = workspace.oauth_codes.pop(request.text("code"), None)
    if team_id is None:
        raise SlackError("invalid_code")
    install: Install = workspace.install(team_id)
    install.revoked = False
    installer = next((u.id for u in workspace.users.values() if u.team_id == team_id and not u.is_bot), "")
    return {
        "access_token": install.token,
        "token_type": "bot",
        "scope": ",".join(sorted(install.scopes)),
        "bot_user_id": install.bot_user_id,
        "app_id": app.id,
        "team": {"id": team_id, "name": workspace.team(team_id).name},
        "enterprise": None,
        "is_enterprise_install": False,
        "authed_user": {"id": installer},
    }


def connections_open(request: Request) -> Json:
    """apps.connections.open: a single-use WebSocket address."""
    address = request.core.base_url.replace("http://", "ws://")
    return {"url": f"{address}/link/?ticket={request.core.sockets.ticket()}&app_id={request.core.workspace.app.id}"}


def api_test(request: Request) -> Json:
    """api.test: the arguments back, or the error asked for."""
    if request.text("error"):
        raise SlackError(request.text("error"), args=request.args)
    return {"args": request.args}


def blocks_validate(request: Request) -> Json:
    """blocks.validate: needs no token."""
    problems = validate(request.parsed("blocks", "invalid_blocks_format"), "message")
    if problems:
        raise SlackError("invalid_blocks", errors=[{"code": "invalid", "message": p} for p in problems])
    return {}


def _offset(user: User, now: datetime) -> int:
    """Seconds east of UTC in the person's zone, now."""
    offset = now.astimezone(ZoneInfo(user.tz)).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def _bot(bot_id: str, app_id: str, user: User) -> Json:
    return {"id": bot_id, "deleted": user.deleted, "name": user.name, "app_id": app_id, "user_id": user.id, "icons": {}}


HANDLERS: dict[str, Handler] = {
    "api.test": api_test,
    "apps.connections.open": connections_open,
    "auth.revoke": auth_revoke,
    "auth.test": auth_test,
    "blocks.validate": blocks_validate,
    "bots.info": bot_info,
    "oauth.v2.access": oauth_access,
    "team.info": team_info,
    "users.info": user_info,
    "users.list": user_list,
    "users.lookupByEmail": user_by_email,
}
