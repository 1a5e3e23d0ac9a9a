"""`partnerdesk import`: tables of other programs into the store. A further kind of table is one entry in KINDS."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

import click
from sqlmodel import select

from bot.clock import SystemClock
from bot.console import told
from bot.desk import onboarding_updates, registrations_import, rights
from bot.desk.onboarding_updates import Verb
from bot.desk.registrations_import import Units
from bot.errors import Refused
from bot.imports import registrations, tasks
from bot.imports.tables import Fields, Table, read_table, refused
from bot.imports.yaml_lines import Problem
from bot.policy import Policy
from models.base import Workspace
from models.partners import Person
from models.store import Store, UnitOfWork

_PAUSE = 0.15  # seconds


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for. `by` is the Slack user id of whoever imports, "" when nobody is named."""

    by: str
    dry_run: bool
    now: datetime
    policy: Policy


@dataclass(frozen=True, slots=True)
class Told:
    """What came of it, for people to read; and the lines that did not go in."""

    words: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """`bring_in` opens its units of work itself: one, or several where rows do not need one another. It writes nothing
    on a dry run."""

    fields: Fields
    bring_in: Callable[[Units, Table, Asked], Told]


def _onboarding(units: Units, table: Table, asked: Asked) -> Told:
    file = tasks.read_tasks(table)
    with units() as uow:
        if asked.dry_run:
            diff = onboarding_updates.plan(uow, file, now=asked.now)
        else:
            actor = asked.by or onboarding_updates.IMPORT
            diff = onboarding_updates.apply(uow, file, now=asked.now, policy=asked.policy, actor=actor)
    words = onboarding_updates.render(diff)
    if file.unread:
        words += f"\nColumns left out: {', '.join(file.unread)}."
    return Told(words, _problems((each.line, each.problem) for each in diff.updates if each.verb is Verb.REFUSED))


def _registrations(units: Units, table: Table, asked: Asked) -> Told:
    if not asked.by:
        raise Refused(
            "Say who submits these registrations: --by and the Slack id of one of your people, such as U0123ABCD."
            " Nobody approves what they submitted themselves."
        )
    file = registrations.read_registrations(table, currency=asked.policy.fiscal.currency)
    diff = registrations_import.bring_in(
        units, file, actor=asked.by, now=asked.now, policy=asked.policy, dry_run=asked.dry_run
    )
    words = registrations_import.render(diff, table.name, dry_run=asked.dry_run)
    return Told(words, _problems(diff.problems))


def _problems(found: Iterable[tuple[int, str]]) -> tuple[Problem, ...]:
    return tuple(Problem(line, words) for line, words in found)


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "onboarding": Kind(tasks.FIELDS, _onboarding),
        "registrations": Kind(registrations.FIELDS, _registrations),
    }
)


def kind_of(table: Table) -> Kind:
    """The kind whose needed columns the header has. Raises Refused when that is none or several."""
    found = [name for name, kind in KINDS.items() if kind.fields.fit(table)]
    if len(found) == 1:
        return KINDS[found[0]]
    if found:
        raise Refused(f"{table.name}: could be {' or '.join(found)}. Say which with --as.")
    needs = "; ".join(f"{name}: {', '.join(kind.fields.needed)}" for name, kind in KINDS.items())
    raise Refused(f"{table.name}: its first line does not tell what it holds. Needed are the columns for {needs}.")


@click.command("import")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--as", "kind", type=click.Choice(list(KINDS)), help="What the file holds. Default: its header tells.")
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@click.option("--workspace", metavar="T…", default="", help="The Slack team id. Default: the only workspace there is.")
@click.option("--by", metavar="U…", default="", help="Who imports, by Slack user id; they count as the submitter.")
@click.option(
    "--errors",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the lines that were refused to this CSV, with the reason: put them right and import it.",
)
@click.pass_context
@told
def import_command(
    context: click.Context, path: Path, kind: str | None, dry_run: bool, workspace: str, by: str, errors: Path | None
) -> None:
    """Take rows of a CSV or XLSX in: onboarding steps, deal registrations. Again, it changes nothing.

    Lines with a problem are told and left out, the others go in; the exit code is 1 then.
    """
    if errors is not None and errors.resolve() == path.resolve():
        raise Refused("--errors names the file that is imported. Give the refused lines a file of their own.")
    table = read_table(path)
    bring_in = (KINDS[kind] if kind else kind_of(table)).bring_in
    asked = Asked(by, dry_run, SystemClock().now(), context.obj.policy())
    store = context.obj.store()
    try:
        home = _workspace(store, workspace)
        with store.read(home) as uow:
            _check_person(uow, by)
        result = bring_in(_units(store, home), table, asked)
    finally:
        store.dispose()
    if table.note:
        click.echo(table.note, err=True)
    click.echo(result.words)
    if dry_run:
        click.echo("Nothing was changed (--dry-run).")
    if result.problems:
        if errors is not None:
            _write(errors, refused(table, result.problems))
            click.echo(f"The refused lines are in {errors}.", err=True)
        raise SystemExit(1)


def _units(store: Store, workspace_id: str) -> Units:
    """Opens units of work that may write, with a pause after each: whoever waits to write to SQLite is not in a queue
    but looks again every 100 ms, and has to find it free."""

    @contextmanager
    def unit() -> Iterator[UnitOfWork]:
        with store.write(workspace_id) as uow:
            yield uow
        time.sleep(_PAUSE)

    return unit


def _workspace(store: Store, wanted: str) -> str:
    """The workspace that is meant. Raises Refused."""
    with store.system(write=False) as session:
        known = sorted(session.exec(select(Workspace.id)).all())
    if wanted in known or (not wanted and len(known) == 1):
        return wanted or known[0]
    if not known:
        raise Refused("There is no workspace yet: `partnerdesk load` a partner book first.")
    raise Refused(f"Say which workspace with --workspace: there is {', '.join(known)}.")


def _check_person(uow: UnitOfWork, slack_id: str) -> None:
    if slack_id and not rights.is_member(uow.find(Person, slack_id=slack_id), uow.workspace_id):
        raise Refused(f"--by {slack_id}: I know no member of {uow.workspace_id} with that Slack id.")


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8-sig", newline="")  # Excel needs the mark to know that it is UTF-8
    except OSError as error:
        raise Refused(f"{path}: cannot be written: {error.strerror or error}. What could be imported is.") from error
