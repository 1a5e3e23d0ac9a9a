"""Alembic's home: `env.py` runs a migration on the connection that `models.migrate` hands it."""
