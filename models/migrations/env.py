"""Run by Alembic for every command. The connection, its transaction and its pragmas are `models.migrate`'s business."""

from __future__ import annotations

from alembic import context

from models.migrate import configure_options

attributes = context.config.attributes
context.configure(connection=attributes["connection"], **configure_options(attributes.get("only_tables")))
with context.begin_transaction():
    context.run_migrations()
