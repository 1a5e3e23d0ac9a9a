"""PartnerDesk's composition root and command line: the only place that reads the environment."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import click
from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from rich.console import Console
from rich.progress import Progress
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from bot import log
from bot.clock import Clock, ManualClock, SystemClock
from bot.compose import compose
from bot.desk import book as book_desk
from bot.desk import digests, escalations, export_scan, handoffs, retention
from bot.errors import Refused
from bot.imports.book import read_book
from bot.imports.export import open_export
from bot.in_thread import in_thread
from bot.manifest import read_manifest, scopes
from bot.policy import BadPolicy, load_policy
from bot.reading.reader import RulesReader
from bot.services import Services
from bot.slack.errors import SlackProblem
from bot.slack.gateway import Gateway
from bot.slack.installed import everyone_in_the_book, learn_workspace
from bot.slack.outbox import Outbox
from bot.slack.people import ensure_people
from bot.slack.tokens import InstalledTokens, OneToken, TokenSource
from evals.__main__ import main as evals_command
from handlers.oauth import oauth_settings
from handlers.run import Connection, Inbound, serve
from jobs.backfill import Backfill
from jobs.scheduler import Pulse
from jobs.tick import Tick, UseCase
from models import migrate as migrations
from models.store import Store

P = ParamSpec("P")
T = TypeVar("T")

MANIFEST = Path(__file__).parent / "manifest.yml"
DEFAULT_PORT = 3000
_DRAIN_S = 60.0
# What time does by itself: each is asked at every pulse for what is due.
_CLOCKS: tuple[tuple[str, UseCase], ...] = (
    ("escalations", escalations.fire_due),
    ("handoffs", handoffs.fire_due),
    ("digests", digests.plan_due),
    ("retention", retention.purge),
)


class Settings(BaseSettings):
    """The environment (DESIGN 5.1); a `.env` file in the current folder is read too."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True)

    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_client_id: str | None = None
    slack_client_secret: SecretStr | None = None
    slack_api_url: str = "https://slack.com/api/"
    database_url: SecretStr = SecretStr("sqlite:///partnerdesk.db")
    anthropic_api_key: SecretStr | None = None
    anthropic_base_url: str | None = None
    partnerdesk_policy: Path | None = None
    partnerdesk_tz: str = "UTC"
    port: int | None = None
    log_level: str = "INFO"


@dataclass(frozen=True, slots=True)
class Desk:
    """The whole bot, built and not yet running."""

    services: Services
    inbound: Inbound
    outbox: Outbox
    tick: Tick
    pulse: Pulse
    backfill: Backfill


def build(settings: Settings, *, clock: Clock | None = None, machine: Clock | None = None) -> Desk:
    """Everything wired together, nothing started. `clock` is the product's time, `machine` that of leases.

    Raises Refused or BadPolicy when something is missing, with what to do about it.
    """
    clock = clock or SystemClock()
    policy = load_policy(settings.partnerdesk_policy)
    store = open_store(settings)

    async def installed(workspace_id: str) -> None:
        await learn_workspace(gateway, store, workspace_id, clock.now())

    tokens, oauth = _tokens(settings, store, installed)
    gateway = Gateway(tokens, api_url=settings.slack_api_url)
    services = Services(store=store, policy=policy, clock=clock, reader=RulesReader(), gateway=gateway)
    outbox = Outbox(
        store,
        gateway,
        policy,
        compose=compose,
        on_delivered=escalations.delivered,
        on_failed=escalations.delivery_failed,
        clock=machine,
    )

    def wake() -> None:  # the worker wakes the pulse and the pulse makes the worker adopt: one has to be named first
        pulse.wake()

    inbound = Inbound(services, _connection(settings, oauth), wake=wake)
    tick = Tick(store, policy, outbox, _CLOCKS, adopt=inbound.worker.adopt)
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
    )


def _plain(value: SecretStr | None) -> str | None:
    return value.get_secret_value() if value else None


def told(command: Callable[P, T]) -> Callable[P, T]:
    """Turn what a person can put right into one clear message and exit code 2; never a stack trace."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return command(*args, **kwargs)
        except (Refused, BadPolicy, SlackProblem) as error:
            click.echo(str(error), err=True)
        except ValidationError as error:
            for item in error.errors():
                name = ".".join(str(part) for part in item["loc"]).upper()
                click.echo(f"{name}: {item['msg']}. Set it in the environment or in .env.", err=True)
        raise SystemExit(2)

    return run


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="partnerdesk")
def cli() -> None:
    """PartnerDesk: the partner manager's assistant in Slack."""


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
        await _introduce(desk)
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
        await _introduce(desk)
        failures = await desk.tick(moment)
        await desk.inbound.worker.drain(_DRAIN_S)
        # What the receipts just handled has queued belongs to the same pulse.
        await desk.outbox.send_due(moment)
        return failures
    finally:
        await desk.services.gateway.close()
        desk.services.store.dispose()


async def _introduce(desk: Desk) -> None:
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
    entries = read_book(book)
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
    if dry_run:
        click.echo("Nothing was written (--dry-run).")


@cli.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--book", type=click.Path(path_type=Path), help="The partner book: who is who, and which channel is whose."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per finding and line.")
@told
def scan(path: Path, book: Path | None, as_json: bool) -> None:
    """Read a Slack export (folder or .zip) or a .jsonl of messages. Needs no Slack, no key, no database."""
    entries = read_book(book) if book else None
    policy = load_policy(Settings().partnerdesk_policy)
    found = 0
    with open_export(path) as export, _progress() as progress:
        messages = export.messages(progress)
        for finding in export_scan.scan(messages, RulesReader(), policy, book=entries, users=export.users):
            found += 1
            click.echo(json.dumps(finding, ensure_ascii=False) if as_json else export_scan.in_words(finding))
    click.echo(f"{found} findings.", err=True)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on a terminal's stderr; nothing when nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@cli.command()
@told
def migrate() -> None:
    """Bring the database to the schema of this release."""
    store = Store(Settings().database_url.get_secret_value())
    before = migrations.current(store.engine)
    migrations.upgrade(store.engine)
    click.echo(f"{before or 'empty'} → {migrations.current(store.engine)}")
    store.dispose()


cli.add_command(evals_command, "evals")


def main() -> None:
    cli()


if __name__ == "__main__":
    main()
