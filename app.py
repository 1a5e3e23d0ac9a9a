"""PartnerDesk's composition root and command line: the only place that reads the environment."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click
from pydantic import SecretStr
from rich.console import Console
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from bot import doctor as doctor_desk
from bot import log
from bot.clock import Clock, ManualClock, SystemClock
from bot.compose import compose
from bot.console import Opens, progress_bar, told
from bot.desk import book as book_desk
from bot.desk import escalations, export_scan
from bot.errors import Refused
from bot.import_command import import_command
from bot.imports.book import read_book
from bot.imports.export import open_export
from bot.in_thread import in_thread
from bot.manifest import check as check_manifest
from bot.manifest import read_manifest, scopes
from bot.policy import load_policy
from bot.reading import ear
from bot.services import Services
from bot.settings import Settings
from bot.slack.gateway import Gateway
from bot.slack.installed import everyone_in_the_book, learn_workspace
from bot.slack.outbox import Outbox
from bot.slack.pacing import Pacer
from bot.slack.people import ensure_people
from bot.slack.tokens import InstalledTokens, OneToken, TokenSource
from evals.__main__ import main as evals_command
from handlers.oauth import oauth_settings
from handlers.run import Connection, Inbound, serve
from handlers.table import REGISTERED
from jobs.backfill import Backfill
from jobs.clocks import CLOCKS
from jobs.scheduler import Pulse
from jobs.tick import Tick
from models import migrate as migrations
from models.store import Store

if TYPE_CHECKING:
    from sandbox.box import Sandbox

MANIFEST = Path(__file__).parent / "manifest.yml"
DEFAULT_PORT = 3000
_DRAIN_S = 60.0
_UNPACED = 10_000


@dataclass(frozen=True, slots=True)
class Desk:
    """The whole bot, built and not yet running."""

    services: Services
    inbound: Inbound
    outbox: Outbox
    tick: Tick
    pulse: Pulse
    backfill: Backfill


def build(settings: Settings, *, clock: Clock | None = None, machine: Clock | None = None, paced: bool = True) -> Desk:
    """Everything wired together, nothing started. `clock` is the product's time, `machine` that of leases; `paced`
    keeps to the rate Slack allows (a sandbox without rate limits needs none).

    Raises Refused or BadPolicy when something is missing, with what to do about it.
    """
    clock = clock or SystemClock()
    policy = load_policy(settings.partnerdesk_policy)
    store = open_store(settings)

    async def installed(workspace_id: str) -> None:
        await learn_workspace(gateway, store, workspace_id, clock.now())

    tokens, oauth = _tokens(settings, store, installed)
    heard_by = ear.ear()
    gateway = Gateway(tokens, api_url=settings.slack_api_url)
    services = Services(store, policy, clock, heard_by.reader, gateway, heard_by.told)
    outbox = Outbox(
        store,
        gateway,
        policy,
        compose=compose,
        on_delivered=escalations.delivered,
        on_failed=escalations.delivery_failed,
        clock=machine,
        pacer=None if paced else Pacer(_UNPACED, _UNPACED),
        edits=None if paced else Pacer(_UNPACED, _UNPACED),
    )

    def wake() -> None:  # the worker wakes the pulse and the pulse makes the worker adopt: one has to be named first
        pulse.wake()

    inbound = Inbound(services, _connection(settings, oauth), wake=wake)
    tick = Tick(store, policy, outbox, CLOCKS, adopt=inbound.worker.adopt)
    pulse = Pulse(store, tick, clock=clock, machine=machine)
    return Desk(services, inbound, outbox, tick, pulse, Backfill(services, inbound.batcher))


def open_store(settings: Settings) -> Store:
    """The database, with its tables made when it is empty. Raises Refused when it cannot be used as it is."""
    url = settings.database_url.get_secret_value()
    try:
        store = Store(url)
        if not migrations.current(store.engine):
            migrations.upgrade(store.engine)
        behind = migrations.is_current(store.engine)
    except (ArgumentError, SQLAlchemyError) as error:
        raise Refused(
            f"DATABASE_URL: the database cannot be opened ({type(error).__name__}). Check the address."
        ) from error
    if behind:
        raise Refused(f"DATABASE_URL: {behind}")
    return store


def _tokens(
    settings: Settings, store: Store, installed: Callable[[str], Awaitable[object]]
) -> tuple[TokenSource, AsyncOAuthSettings | None]:
    """The token of one workspace, or those of everyone who installed through `/slack/install`."""
    if settings.slack_bot_token is not None:
        return OneToken(settings.slack_bot_token.get_secret_value()), None
    if settings.slack_client_id is None or settings.slack_client_secret is None:
        raise Refused(
            "SLACK_BOT_TOKEN is not set. Copy the Bot User OAuth Token (xoxb-…) from your Slack app's page, or set"
            " SLACK_CLIENT_ID and SLACK_CLIENT_SECRET to let workspaces install PartnerDesk themselves."
        )
    oauth, installations = oauth_settings(
        store,
        client_id=settings.slack_client_id,
        client_secret=settings.slack_client_secret.get_secret_value(),
        scopes=sorted(scopes(read_manifest(MANIFEST))),
        installed=installed,
    )
    return InstalledTokens(installations), oauth


def _connection(settings: Settings, oauth: AsyncOAuthSettings | None) -> Connection:
    return Connection(
        bot_token=_plain(settings.slack_bot_token),
        app_token=_plain(settings.slack_app_token),
        signing_secret=_plain(settings.slack_signing_secret),
        api_url=settings.slack_api_url,
        port=settings.port or (None if settings.slack_app_token else DEFAULT_PORT),
        oauth=oauth,
        hook_secret=_plain(settings.partnerdesk_hook_secret),
    )


def _plain(value: SecretStr | None) -> str | None:
    return value.get_secret_value() if value else None


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="partnerdesk")
@click.pass_context
def cli(context: click.Context) -> None:
    """PartnerDesk: the partner manager's assistant in Slack."""
    context.obj = Opens(lambda: open_store(Settings()), lambda: load_policy(Settings().partnerdesk_policy))


@cli.command()
@told
def run() -> None:
    """Run the bot: Socket Mode when SLACK_APP_TOKEN is set, else HTTP on PORT."""
    settings = Settings()
    log.configure(settings.log_level, json_lines=not sys.stderr.isatty())
    if settings.slack_app_token is None and settings.slack_signing_secret is None:
        raise Refused(
            "Neither SLACK_APP_TOKEN (Socket Mode) nor SLACK_SIGNING_SECRET (HTTP) is set."
            " `partnerdesk doctor` says what is missing and where to find it."
        )
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    desk = build(settings)
    try:
        await introduce(desk)
        await serve(
            desk.inbound,
            pulse=desk.pulse,
            backfill=desk.backfill,
            flush=lambda: desk.outbox.send_due(desk.services.clock.now()),
        )
    finally:
        await desk.services.gateway.close()
        desk.services.store.dispose()


@cli.command()
@click.option(
    "--at", "at", metavar="ISO", help="The instant to act as of, for example 2026-03-12T09:00-05:00. Default: now."
)
@told
def tick(at: str | None) -> None:
    """One pulse of every job as of an instant: what is due is done and sent. Works beside a running bot."""
    settings = Settings()
    log.configure(settings.log_level, json_lines=not sys.stderr.isatty())
    moment = _instant(at, settings.partnerdesk_tz) if at else SystemClock().now()
    failures = asyncio.run(_tick(settings, moment))
    if failures:
        raise SystemExit(1)


async def _tick(settings: Settings, moment: datetime) -> int:
    desk = build(settings, clock=ManualClock(moment))
    try:
        await introduce(desk)
        failures = await desk.tick(moment)
        await desk.inbound.worker.drain(_DRAIN_S)
        # What the receipts just handled has queued belongs to the same pulse.
        await desk.outbox.send_due(moment)
        return failures
    finally:
        await desk.services.gateway.close()
        desk.services.store.dispose()


async def introduce(desk: Desk) -> None:
    """Learn from Slack who we are, and the names and zones of everyone in the book."""
    services = desk.services
    if desk.inbound.connection.bot_token:
        await learn_workspace(services.gateway, services.store, "", services.clock.now())
    for workspace_id, people in await in_thread(everyone_in_the_book, services.store):
        await ensure_people(services, workspace_id, people, services.clock.now())


def _instant(text: str, zone: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refused(
            f"--at {text}: not an ISO date and time, for example 2026-03-12T09:00 or 2026-03-12T09:00Z."
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))


@cli.command()
@click.argument("book", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@told
def load(book: Path, dry_run: bool) -> None:
    """Create or update the partner book; running it again changes nothing."""
    entries, policy = read_book(book), load_policy(Settings().partnerdesk_policy)
    store = open_store(Settings())
    try:
        if dry_run:
            with store.read(entries.workspace) as uow:
                diff = book_desk.plan(uow, entries)
        else:
            with store.write(entries.workspace) as uow:
                diff = book_desk.apply(uow, entries, now=SystemClock().now(), actor="load")
    finally:
        store.dispose()
    click.echo(book_desk.render(diff))
    for warning in book_desk.tier_warnings(entries, policy):
        click.echo(warning)
    if dry_run:
        click.echo("The book was not changed (--dry-run).")


@cli.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--book", type=click.Path(path_type=Path), help="The partner book: who is who, and which channel is whose."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per finding and line.")
@click.option(
    "--workers", type=click.IntRange(min=1), help="Processes that read. Default: one per core; one for a small export."
)
@told
def scan(path: Path, book: Path | None, as_json: bool, workers: int | None) -> None:
    """Read a Slack export (folder or .zip) or a .jsonl of messages. Needs no Slack, no key, no database."""
    entries = read_book(book) if book else None
    policy = load_policy(Settings().partnerdesk_policy)
    found = 0
    with open_export(path) as export, progress_bar("reading") as progress:
        findings = export_scan.scan(
            export.messages(progress),
            ear.reader,
            policy,
            book=entries,
            users=export.users,
            workers=workers or export_scan.workers_for(export),
        )
        for finding in findings:
            found += 1
            click.echo(json.dumps(finding.contract, ensure_ascii=False) if as_json else export_scan.in_words(finding))
    click.echo(f"{found} finding{'' if found == 1 else 's'}.", err=True)
    if lacking := ear.lacking():
        click.echo(f"The reader is not whole: {lacking}", err=True)
    if book is None:
        click.echo("Without --book nobody's side is known, so nothing is routed.", err=True)


@cli.command()
@click.option("--fast", is_flag=True, help="Without pauses for reading.")
@told
def demo(fast: bool) -> None:
    """A sample week with the real bot, in a Slack in a box on this machine: no account, no key, no network."""
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        os.environ.pop(name, None)  # slack_sdk would ask a proxy for this machine's own loopback, too
    from sandbox.demo import replay  # a running bot has no use for the sandbox

    log.configure("ERROR", json_lines=False)
    asyncio.run(replay(on_sandbox, Console(), fast=fast))


def on_sandbox(box: Sandbox, database: str) -> Desk:
    """The bot for a sandbox, at the sandbox's time; nothing is taken from the environment."""
    settings = Settings.model_construct(
        slack_bot_token=SecretStr(box.bot_token),
        slack_app_token=SecretStr(box.app_token),
        slack_api_url=box.api_url,
        database_url=SecretStr(database),
    )
    return build(settings, clock=box.clock, paced=False)


@cli.command()
@told
def migrate() -> None:
    """Bring the database to the schema of this release."""
    store = Store(Settings().database_url.get_secret_value())
    before = migrations.current(store.engine)
    migrations.upgrade(store.engine)
    click.echo(f"{before or 'empty'} → {migrations.current(store.engine)}")
    store.dispose()


@cli.command()
@told
def doctor() -> None:
    """Check tokens, scopes, database, policy and book; one line each, with the fix."""
    settings = Settings()
    checks = asyncio.run(
        doctor_desk.run(
            doctor_desk.Given(
                bot_token=_plain(settings.slack_bot_token),
                installs=settings.slack_client_id is not None and settings.slack_client_secret is not None,
                app_token=_plain(settings.slack_app_token),
                signing_secret=_plain(settings.slack_signing_secret),
                api_url=settings.slack_api_url,
                database_url=settings.database_url.get_secret_value(),
                anthropic_key=_plain(settings.anthropic_api_key),
                policy_path=settings.partnerdesk_policy,
                zone=settings.partnerdesk_tz,
                manifest_path=MANIFEST,
            )
        )
    )
    for check in checks:
        fix = "" if check.ok or not check.fix else f" → {check.fix}"
        click.echo(f"{'ok ' if check.ok else 'FIX'} {check.name}: {check.detail}{fix}")
    if not all(check.ok for check in checks):
        raise SystemExit(1)


@cli.command()
@click.option("--check", "check", is_flag=True, help="Only say whether it fits the program (exit code 1 if not).")
@told
def manifest(check: bool) -> None:
    """Print the Slack app manifest, or check that it is what the program needs."""
    if not check:
        click.echo(MANIFEST.read_text(encoding="utf-8"))
        return
    problems = check_manifest(MANIFEST, REGISTERED)
    click.echo("\n".join(problems) or f"{MANIFEST.name} fits: commands, shortcuts, events and scopes.")
    if problems:
        raise SystemExit(1)


cli.add_command(evals_command, "evals")
cli.add_command(import_command)


def main() -> None:
    cli()


if __name__ == "__main__":
    main()
