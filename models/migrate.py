"""Bring a database to the schema of this release, and back. Works from a wheel and any directory; no alembic.ini.

One transaction per call on both databases, one process at a time (SQLite: BEGIN IMMEDIATE; PostgreSQL: an advisory
lock), so several processes may start at once. On SQLite foreign keys are off meanwhile: a batch migration drops and
recreates tables, and ON DELETE CASCADE would then take every child row with it; they are checked before the commit.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

import models
from models.base import METADATA

_LOCK = 0x50444D49  # any fixed number: PostgreSQL's advisory lock of PartnerDesk's migrations


class BrokenReferences(RuntimeError):
    """A migration would leave rows whose parent is gone; nothing was changed."""


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Apply every missing revision up to `revision`. All or nothing."""
    _run(engine, lambda config: command.upgrade(config, revision))


def downgrade(engine: Engine, revision: str = "base") -> None:
    """Undo revisions down to `revision`; "base" leaves an empty database. All or nothing."""
    _run(engine, lambda config: command.downgrade(config, revision))


def head() -> str:
    """The newest revision this release knows."""
    return ScriptDirectory.from_config(make_config()).get_current_head() or ""


def current(engine: Engine) -> str:
    """The revision the database is at, "" when it was never migrated."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def is_current(engine: Engine) -> str | None:
    """None when the database has the schema of this release, else what is wrong and the command that helps."""
    found, wanted = current(engine), head()
    if found == wanted:
        return None
    if not found:
        return "the database has no tables yet: run `partnerdesk migrate`"
    known = {script.revision for script in ScriptDirectory.from_config(make_config()).walk_revisions()}
    if found not in known:
        return f"the database is at {found}, which is newer than this release knows ({wanted}): update PartnerDesk"
    return f"the database is at {found}, this release needs {wanted}: run `partnerdesk migrate`"


def differences(engine: Engine) -> list[Any]:
    """What Alembic would still change to make the database equal to the tables in `models`; empty when equal."""
    options = configure_options()
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), METADATA))


def configure_options(only_tables: set[str] | None = None) -> dict[str, Any]:
    """The options of Alembic's environment, the same for running, comparing and generating.

    `only_tables` keeps a generated revision to those tables.
    """
    for module in pkgutil.iter_modules(models.__path__):
        if not module.ispkg:
            importlib.import_module(f"models.{module.name}")  # every table must be known to METADATA

    def wanted(_row: object, name: str | None, kind: str, *_rest: object) -> bool:
        return kind != "table" or only_tables is None or name in only_tables

    return {"target_metadata": METADATA, "render_as_batch": True, "compare_type": True, "include_object": wanted}


def make_config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, made in memory; `connection` is what env.py will use."""
    config = Config()
    folder = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _run(engine: Engine, action: Callable[[Config], None]) -> None:
    with transaction(engine) as connection:
        action(make_config(connection))


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """The transaction a migration runs in. Raises BrokenReferences at its end when a row lost its parent (SQLite)."""
    with engine.execution_options(write=True).connect() as connection:
        if connection.dialect.name != "sqlite":
            with connection.begin():
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
                yield connection
            return
        with _foreign_keys_off(connection), connection.begin():
            yield connection
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise BrokenReferences(f"{len(broken)} rows of {broken[0][0]} would lose their {broken[0][2]}")


@contextmanager
def _foreign_keys_off(connection: Connection) -> Iterator[None]:
    """The pragma does nothing inside a transaction, so it goes to the driver before SQLAlchemy says BEGIN."""
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("the connection is closed")
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")
