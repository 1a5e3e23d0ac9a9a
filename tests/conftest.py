"""Fixtures everybody may use: an empty store on each database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from models.store import Store
from tests.databases import NewStore, NoServer, PostgresServer, SqliteFiles, store_at


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> SqliteFiles:
    return SqliteFiles(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    try:
        server = PostgresServer()
    except NoServer as reason:
        pytest.skip(str(reason))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def new_store(sqlite_files: SqliteFiles) -> NewStore:
    """Opens an empty store on SQLite, for tests that play many histories."""
    return sqlite_files.store


@pytest.fixture
def sqlite_url(sqlite_files: SqliteFiles) -> Iterator[str]:
    """A new SQLite database."""
    url = sqlite_files.clone()
    yield url
    sqlite_files.give_back(url)


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """An empty PostgreSQL database."""
    url = postgres_server.clone()
    yield url
    postgres_server.give_back(url)


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> str:
    """The URL of a new database; the test runs once on SQLite and once on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """An empty store; the test runs once on SQLite and once on PostgreSQL."""
    opened = store_at(database)
    yield opened
    opened.dispose()
