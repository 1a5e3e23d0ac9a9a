"""`partnerdesk doctor`: is everything there that the bot needs, and if not, the one thing to do about it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import available_timezones

import yaml
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlmodel import select

from bot import manifest
from bot.policy import BadPolicy, load_policy
from bot.reading.ear import ear
from bot.slack.errors import SlackProblem
from bot.slack.gateway import Gateway
from bot.slack.probe import BotToken, probe_app_token, probe_bot_token
from bot.slack.tokens import OneToken
from models import migrate
from models.base import Workspace
from models.partners import Channel, Partner, Person
from models.store import Store

APPS = "https://api.slack.com/apps"
CHANNELS_ASKED = 50


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor: `detail` is what was found, `fix` what to do when it is not `ok`."""

    name: str
    ok: bool
    detail: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """What the environment says; None for what is not set."""

    bot_token: str | None
    installs: bool
    app_token: str | None
    signing_secret: str | None
    api_url: str
    database_url: str
    anthropic_key: str | None
    policy_path: Path | None
    zone: str
    manifest_path: Path


async def run(given: Given) -> list[Check]:
    """Every check, in the order in which a person would put things right. Changes nothing, never raises for what it
    finds."""
    token, checks = await _bot_token(given)
    if token:
        checks.append(_scopes(given, token))
    checks += [await _app_token(given), _signing_secret(given), _policy(given), _zone(given), _key(given), _ear()]
    store, database = _database(given)
    checks += database
    if store:
        try:
            checks += await _book(given, store, token)
        finally:
            store.dispose()
    return checks


async def _bot_token(given: Given) -> tuple[BotToken | None, list[Check]]:
    name, fix = "bot token", f"Copy the Bot User OAuth Token (xoxb-…) from {APPS} into SLACK_BOT_TOKEN."
    if not given.bot_token and given.installs:
        return None, [Check(name, True, "each workspace's own, from /slack/install")]
    if not given.bot_token:
        return None, [Check(name, False, "SLACK_BOT_TOKEN is not set", fix)]
    if not given.bot_token.startswith("xoxb-"):
        return None, [Check(name, False, f"SLACK_BOT_TOKEN begins with {given.bot_token[:5]!r}, not with xoxb-", fix)]
    try:
        token = await probe_bot_token(given.bot_token, given.api_url)
    except SlackProblem as problem:
        return None, [Check(name, False, f"auth.test: {problem.code}", f"{problem.sentence} {fix}")]
    return token, [Check(name, True, f"{token.user_id} in {token.team_name or 'workspace'} ({token.team_id})")]


def _scopes(given: Given, token: BotToken) -> Check:
    name = "scopes"
    try:
        declared = yaml.safe_load(given.manifest_path.read_text(encoding="utf-8"))
        wanted, optional = manifest.scopes(declared), manifest.optional_scopes(declared)
    except (OSError, yaml.YAMLError) as error:
        return Check(
            name, False, f"{given.manifest_path} cannot be read: {error}", "Get manifest.yml from the release."
        )
    if token.scopes is None:
        return Check(name, True, "Slack did not list them")
    missing = sorted(wanted - token.scopes - optional)
    if missing:
        fix = f"Paste manifest.yml into App Manifest at {APPS}, then reinstall the app."
        return Check(name, False, f"missing: {', '.join(missing)}", fix)
    left_out = [f"{scope}: {manifest.OPTIONAL.get(scope, '')}" for scope in sorted(optional - token.scopes)]
    if left_out:
        return Check(name, True, f"all it needs; not granted: {'; '.join(left_out)}")
    return Check(name, True, f"all {len(wanted)} granted")


async def _app_token(given: Given) -> Check:
    name = "app token"
    fix = f"Create an app-level token (xapp-…) with connections:write at {APPS}, Basic Information: SLACK_APP_TOKEN."
    if not given.app_token:
        http = bool(given.signing_secret)
        return Check(name, http, "not set: events come over HTTP" if http else "SLACK_APP_TOKEN is not set", fix)
    if not given.app_token.startswith("xapp-"):
        return Check(name, False, f"SLACK_APP_TOKEN begins with {given.app_token[:5]!r}, not with xapp-", fix)
    try:
        await probe_app_token(given.app_token, given.api_url)
    except SlackProblem as problem:
        return Check(name, False, f"apps.connections.open: {problem.code}", f"{problem.sentence} {fix}")
    return Check(name, True, "Socket Mode may connect")


def _signing_secret(given: Given) -> Check:
    name = "signing secret"
    fix = f"Copy the Signing Secret from {APPS}, Basic Information, into SLACK_SIGNING_SECRET."
    if not given.signing_secret:
        socket_mode = bool(given.app_token)
        return Check(name, socket_mode, "not needed in Socket Mode" if socket_mode else "not set", fix)
    if not re.fullmatch(r"[0-9a-f]{32}", given.signing_secret):
        return Check(name, False, "SLACK_SIGNING_SECRET is not 32 hexadecimal digits", fix)
    return Check(name, True, "set")


def _policy(given: Given) -> Check:
    try:
        policy = load_policy(given.policy_path)
    except BadPolicy as problem:
        return Check("policy", False, str(problem), "Put the lines right, or unset PARTNERDESK_POLICY.")
    return Check("policy", True, f"version {policy.version}{f' from {given.policy_path}' if given.policy_path else ''}")


def _zone(given: Given) -> Check:
    known = available_timezones()
    if not known:
        return Check("time zones", False, "this Python knows none", "Install the tzdata package.")
    fix = "Set PARTNERDESK_TZ to a name such as Europe/Berlin."
    if given.zone not in known:
        return Check("time zones", False, f"PARTNERDESK_TZ={given.zone!r} is not one", fix)
    return Check("time zones", True, f"{len(known)} known, {given.zone} where nobody says")


def _ear() -> Check:
    found = ear()
    return Check("reader", not found.missing, found.made_of, found.missing)


def _key(given: Given) -> Check:
    if not given.anthropic_key:
        return Check("Claude key", True, "not set: pattern mode, everything works without it")
    fix = "Copy the key from https://console.anthropic.com into ANTHROPIC_API_KEY, or unset it."
    shaped = given.anthropic_key.startswith("sk-ant-")
    return Check(
        "Claude key",
        shaped,
        "set; nothing uses it yet" if shaped else "ANTHROPIC_API_KEY does not begin with sk-ant-",
        fix,
    )


def _database(given: Given) -> tuple[Store | None, list[Check]]:
    name = "database"
    try:
        url = make_url(given.database_url)
    except ArgumentError:
        fix = "Set DATABASE_URL to sqlite:///partnerdesk.db or postgresql://user:password@host/name."
        return None, [Check(name, False, "DATABASE_URL is not a database address", fix)]
    shown = url.render_as_string(hide_password=True)
    if url.drivername == "sqlite" and url.database and not Path(url.database).exists():
        return None, [Check(name, False, f"{shown} does not exist yet", "Run `partnerdesk migrate`.")]
    try:
        store = Store(given.database_url)
        behind = migrate.is_current(store.engine)
    except (SQLAlchemyError, ImportError) as error:
        fix = "Check DATABASE_URL: address, name and password, and that the server runs."
        return None, [Check(name, False, f"{shown}: {str(error).splitlines()[0]}", fix)]
    if behind:
        store.dispose()
        return None, [Check(name, True, shown), Check("migrations", False, behind, "Run `partnerdesk migrate`.")]
    return store, [Check(name, True, shown), Check("migrations", True, f"at {migrate.head()}")]


async def _book(given: Given, store: Store, token: BotToken | None) -> list[Check]:
    workspace_id = token.team_id if token else _only_workspace(store)
    if not workspace_id:
        return [Check("partner book", False, "no workspace yet", "Run `partnerdesk load BOOK.yml`.")]
    with store.read(workspace_id) as uow:
        partners, people, channels = uow.list(Partner), uow.list(Person), uow.list(Channel, watched=True)
    checks = [_partners(partners, channels)]
    strange = sorted({person.zone for person in people} - available_timezones())
    if strange:
        checks.append(
            Check("people's time zones", False, f"unknown: {', '.join(strange)}", "Put them right in the book.")
        )
    if token and given.bot_token and channels:
        checks.append(await _memberships(given, token, [channel.slack_id for channel in channels]))
    return checks


def _only_workspace(store: Store) -> str:
    with store.system(write=False) as session:
        ids = session.exec(select(Workspace.id).limit(2)).all()
    return ids[0] if len(ids) == 1 else ""


def _partners(partners: Sequence[Partner], channels: Sequence[Channel]) -> Check:
    name, unled = "partner book", sorted(partner.name for partner in partners if not partner.manager)
    found = f"{len(partners)} partners, {len(channels)} watched channels"
    if not partners:
        return Check(name, False, "empty", "Run `partnerdesk load BOOK.yml`; docs/example-book.yml shows one.")
    if not channels:
        return Check(
            name, False, found, "Link a channel: channels: in the book, or `/pm watch PARTNER` in the channel."
        )
    if unled:
        return Check(
            name, False, f"{found}; no manager: {', '.join(unled)}", "Give each partner a manager in the book."
        )
    return Check(name, True, found)


async def _memberships(given: Given, token: BotToken, channels: list[str]) -> Check:
    """Whether the bot sits in the channels it is to read."""
    gateway = Gateway(OneToken(given.bot_token or ""), api_url=given.api_url)
    outside: list[str] = []
    try:
        for channel in channels[:CHANNELS_ASKED]:
            if not await _is_member(gateway, token.team_id, channel):
                outside.append(channel)
    finally:
        await gateway.close()
    if outside:
        fix = "Type /invite @PartnerDesk in each of them."
        return Check("channels", False, f"not a member of {', '.join(outside)}", fix)
    return Check(
        "channels", True, f"a member of {min(len(channels), CHANNELS_ASKED)} of {len(channels)} watched channels"
    )


async def _is_member(gateway: Gateway, workspace_id: str, channel: str) -> bool:
    try:
        return (await gateway.channel_info(workspace_id, channel)).is_member
    except SlackProblem:
        return False
