"""Write a revision from the difference between the newest revision and the tables in `models`. Needs the dev tools.

python -m models.migrations "add renewals"      # the next revision
python -m models.migrations --initial           # rewrite the first two, before the first release only
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations.ops import DropTableOp, MigrationScript, ModifyTableOps
from sqlmodel import SQLModel

from models import migrate
from models.store import open_engine

VERSIONS = Path(__file__).parent / "versions"
# Two files instead of one keep both readable; the second may refer to the first.
FOUNDATION = ("models.base", "models.partners", "models.messages", "models.events")


def write_initial() -> None:
    """Replace the first two revisions by ones that make every table there is."""
    for number in ("0001", "0002"):
        for old in VERSIONS.glob(f"{number}_*.py"):
            old.unlink()
    migrate.configure_options()  # imports every table
    foundation = {
        str(mapper.class_.__tablename__)
        for mapper in SQLModel._sa_registry.mappers
        if mapper.class_.__module__ in FOUNDATION
    }
    write_revision("Partner book, messages and receipts", foundation)
    write_revision("Tracked work and the outbox")


def write_revision(message: str, only_tables: set[str] | None = None) -> None:
    """Generate the next revision on an empty SQLite database brought to head, and tidy it with ruff."""
    number = f"{len(list(VERSIONS.glob('[0-9]*.py'))) + 1:04d}"
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/empty.db")
        migrate.upgrade(engine)
        with engine.connect() as connection:
            config = migrate.make_config(connection)
            config.attributes["only_tables"] = only_tables
            config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
            _tidy_with_ruff(config)
            command.revision(
                config, message=message, autogenerate=True, rev_id=number,
                process_revision_directives=_without_needless_drops,
            )  # fmt: skip
        engine.dispose()


def _tidy_with_ruff(config: Config) -> None:
    ruff = str(Path(sys.executable).with_name("ruff")).replace("%", "%%")
    for option, value in {
        "hooks": "fix, format",
        "fix.type": "exec",
        "fix.executable": ruff,
        "fix.options": "check --silent --exit-zero --fix --unsafe-fixes REVISION_SCRIPT_FILENAME",
        "format.type": "exec",
        "format.executable": ruff,
        "format.options": "format --quiet REVISION_SCRIPT_FILENAME",
    }.items():
        config.set_section_option("post_write_hooks", option, value)


def _without_needless_drops(_context: MigrationContext, _revision: object, directives: list[MigrationScript]) -> None:
    """A dropped table takes its indexes with it: the downgrade need not drop them one by one."""
    for script in directives:
        if script.downgrade_ops:
            dropped = {step.table_name for step in script.downgrade_ops.ops if isinstance(step, DropTableOp)}
            script.downgrade_ops.ops = [
                step
                for step in script.downgrade_ops.ops
                if not (isinstance(step, ModifyTableOps) and step.table_name in dropped)
            ]


if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit(__doc__)
    if sys.argv[1:] == ["--initial"]:
        write_initial()
    else:
        write_revision(" ".join(sys.argv[1:]))
