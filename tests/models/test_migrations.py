"""The migrations make exactly the tables of `models`, on both databases, and lose nothing on the way."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, Engine, String, inspect
from sqlmodel import Session, select

from models import migrate
from models.base import METADATA
from models.risks import Evidence, Risk
from models.store import open_engine
from tests.databases import PostgresServer


@pytest.fixture(params=["sqlite", "postgres"])
def empty_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine on a database without any table."""
    url = f"sqlite:///{tmp_path}/with %41 in it.db"
    server: PostgresServer | None = None
    if request.param == "postgres":
        server = request.getfixturevalue("postgres_server")
        assert server is not None
        url = server.clone()
    engine = open_engine(url)
    with engine.begin() as connection:
        METADATA.drop_all(connection)
        connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")
    yield engine
    engine.dispose()
    if server is not None:
        server.drop(url)


def _tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_up_is_clean_down_is_empty_and_up_again(empty_engine: Engine) -> None:
    migrate.upgrade(empty_engine)
    assert migrate.differences(empty_engine) == []
    assert _tables(empty_engine) == set(METADATA.tables)

    migrate.downgrade(empty_engine)
    assert _tables(empty_engine) == set()

    migrate.upgrade(empty_engine)
    assert migrate.differences(empty_engine) == []


def test_one_revision_at_a_time_down_and_up(empty_engine: Engine) -> None:
    migrate.upgrade(empty_engine)
    last = int(migrate.head())
    for number in range(last - 1, 0, -1):
        migrate.downgrade(empty_engine, "-1")
        assert migrate.current(empty_engine) == f"{number:04d}"
    assert "partner" in _tables(empty_engine)
    assert "risk" not in _tables(empty_engine)
    for number in range(2, last + 1):
        migrate.upgrade(empty_engine, "+1")
        assert migrate.current(empty_engine) == f"{number:04d}"
    assert migrate.differences(empty_engine) == []


def test_risks_and_evidence_of_an_older_release_stay_readable(empty_engine: Engine) -> None:
    migrate.upgrade(empty_engine, "0002")
    now = "'2026-03-11 14:00:00'"
    with empty_engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO workspace (id, name, url, bot_user, bot_id, app_id, created_at)"
            f" VALUES ('T0HOME', '', '', '', '', '', {now})"
        )
        connection.exec_driver_sql(
            "INSERT INTO risk (workspace_id, kind, category, state, channel, thread_ts, due_phrase, reader, rule,"
            " policy_version, first_seen_at, last_seen_at, times_seen, version)"
            f" VALUES ('T0HOME', 'risk', 'delay', 'detected', 'C', '1', '', 'rules', 'r', 'p', {now}, {now}, 1, 1)"
        )
        connection.exec_driver_sql(
            "INSERT INTO evidence (workspace_id, subject_kind, subject_id, channel, ts, permalink, author, side,"
            ' said_at, start, "end", quote, text_hash, state)'
            f" VALUES ('T0HOME', 'risk', 1, 'C', '1', '', 'U', 'partner', {now}, 0, 2, 'it', '', 'current')"
        )
    migrate.upgrade(empty_engine)
    with Session(empty_engine) as session:
        risk = session.exec(select(Risk)).one()
        assert (risk.confidence, risk.note) == (1.0, "")
        evidence = session.exec(select(Evidence)).one()
        assert (evidence.quote, evidence.weighed, evidence.holder) == ("it", [], None)


def test_is_current_says_what_to_do(empty_engine: Engine) -> None:
    assert "no tables yet" in (migrate.is_current(empty_engine) or "")
    migrate.upgrade(empty_engine, "0001")
    assert "needs" in (migrate.is_current(empty_engine) or "")
    migrate.upgrade(empty_engine)
    assert migrate.is_current(empty_engine) is None
    with empty_engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert "newer than this release" in (migrate.is_current(empty_engine) or "")


def test_partial_indexes_reach_the_database(empty_engine: Engine) -> None:
    migrate.upgrade(empty_engine)
    indexes = {index["name"]: index for index in inspect(empty_engine).get_indexes("delivery")}
    in_flight = indexes["uq_delivery_lane_in_flight"]
    assert in_flight["unique"]
    dialect = empty_engine.dialect.name
    condition = in_flight["dialect_options"]["sqlite_where" if dialect == "sqlite" else "postgresql_where"]
    assert "sending" in str(condition)


def test_two_processes_may_upgrade_at_once(empty_engine: Engine) -> None:
    def go() -> None:
        own = open_engine(empty_engine.url.render_as_string(hide_password=False))
        migrate.upgrade(own)
        own.dispose()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(go) for _ in range(2)]:
            done.result()
    assert migrate.is_current(empty_engine) is None


@pytest.fixture
def family(tmp_path: Path) -> Iterator[Engine]:
    """A parent with one child that is deleted with it."""
    engine = open_engine(f"sqlite:///{tmp_path}/family.db")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE parent (id INTEGER PRIMARY KEY, name VARCHAR(8))")
        connection.exec_driver_sql(
            "CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent(id) ON DELETE CASCADE)"
        )
        connection.exec_driver_sql("INSERT INTO parent VALUES (1, 'a')")
        connection.exec_driver_sql("INSERT INTO child VALUES (1, 1)")
    yield engine
    engine.dispose()


def _rebuild_parent(connection: Connection) -> None:
    operations = Operations(MigrationContext.configure(connection))
    with operations.batch_alter_table("parent", recreate="always") as batch:
        batch.alter_column("name", type_=String(64))


def _children(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM child").scalar_one())


def test_rebuilding_a_table_keeps_its_children(family: Engine) -> None:
    with migrate.transaction(family) as connection:
        _rebuild_parent(connection)
    assert _children(family) == 1
    with family.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1


def test_the_trap_is_real_without_our_transaction(family: Engine) -> None:
    with family.begin() as connection:
        _rebuild_parent(connection)
    assert _children(family) == 0


def test_a_migration_that_orphans_rows_is_undone(family: Engine) -> None:
    with (
        pytest.raises(migrate.BrokenReferences, match="1 rows of child would lose their parent"),
        migrate.transaction(family) as connection,
    ):
        connection.exec_driver_sql("DELETE FROM parent")
    with family.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM parent").scalar_one() == 1
