"""The engine's own queries: receipts in, due rows out. Safe with any number of processes on one database.

PostgreSQL claims with FOR UPDATE SKIP LOCKED; SQLite ignores that clause and is safe because the session began with
BEGIN IMMEDIATE. `now` decides what is due (it may be a replayed time); `clock` is the machine's own time, for leases.
"""

from __future__ import annotations
