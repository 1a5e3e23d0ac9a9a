"""What every table shares: the constraint names, the tenant column and the JSON columns that notice changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.mutable import MutableDict, MutableList
from sqlmodel import Field, SQLModel

# Names for every constraint, so that Alembic can drop them again on both databases.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
METADATA: MetaData = SQLModel.metadata

# Two type objects: SQLAlchemy remembers which mutable wrapper belongs to which object.
JSON_LIST: Any = MutableList.as_mutable(JSON().with_variant(JSONB(), "postgresql"))
JSON_DICT: Any = MutableDict.as_mutable(JSON().with_variant(JSONB(), "postgresql"))


class TenantRow(SQLModel):
    """A row that belongs to one Slack workspace. A scoped unit of work sees and writes only its own."""

    workspace_id: str = Field(foreign_key="workspace.id", max_length=32)


class Workspace(SQLModel, table=True):
    """Our Slack workspace; `id` is Slack's team id. `url` and `bot_user`, our own user, come from auth.test."""

    id: str = Field(primary_key=True, max_length=32)
    name: str = ""
    url: str = ""
    bot_user: str = ""
    bot_id: str = ""
    app_id: str = ""
    created_at: datetime
    retention_due_at: datetime | None = Field(default=None, index=True)


def row_id(row: object) -> int:
    """The primary key of a stored row; ValueError when it was never flushed."""
    value = getattr(row, "id", None)
    if not isinstance(value, int):
        raise ValueError(f"{type(row).__name__} has no id yet: flush the unit of work first")
    return value
