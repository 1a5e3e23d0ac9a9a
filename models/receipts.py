"""The inbox: what Slack sent, committed once before it is acked, then claimed, finished, retried or buried.

Every function takes a session of `Store.system()`: receipts belong to the engine, not to one workspace's unit of work.
`now` is the machine's own time here (leases), never a replayed one. PostgreSQL claims with FOR UPDATE SKIP LOCKED;
SQLite ignores that clause and is safe because the session began with BEGIN IMMEDIATE.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import TextClause, bindparam, delete, text, update
from sqlmodel import Session, UTCDateTime, col, func, select

from models.base import row_id
from models.messages import Receipt, ReceiptState

# All rows travel as one JSON parameter: one cached statement and one round trip whatever the size of the batch.
_INSERT = """
INSERT INTO receipt (workspace_id, key, message_key, kind, lane, payload,
                     received_at, lease_until, owner, state, attempts, error)
SELECT {columns}, :now, :lease_until, :owner, 'pending', 0, '' FROM {rows} WHERE true
ON CONFLICT DO NOTHING
"""
_SQLITE = _INSERT.format(
    columns=", ".join(f"json_extract(r.value, '$[{place}]')" for place in range(6)),
    rows="json_each(:rows) AS r",
)
# RETURNING steps through SQLite row by row, and every step waits for Python's lock again. This is one step.
_SQLITE_LAST = "SELECT coalesce(max(id), 0) FROM receipt"
_SQLITE_NEW = "SELECT json_group_object(key, id) FROM receipt WHERE id > :last"
_POSTGRES = (
    _INSERT.format(
        columns=", ".join(f"r.value->>{place}" for place in range(5)) + ", r.value->5",
        rows="jsonb_array_elements(CAST(:rows AS jsonb)) AS r(value)",
    )
    + "RETURNING id, key"
)
# A literal, not a parameter: only then can both databases use the partial index.
_OPEN = text("receipt.state = 'pending'")


@dataclass(frozen=True, slots=True)
class NewReceipt:
    """What arrived. The strings fit their columns; `payload` is what Slack sent, as parsed JSON."""

    workspace_id: str
    key: str
    message_key: str | None
    kind: str
    lane: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A receipt somebody holds a lease on. `attempts` counts the earlier tries that failed."""

    id: int
    workspace_id: str
    kind: str
    lane: str
    payload: dict[str, Any]
    received_at: datetime
    attempts: int = 0


def insert(
    session: Session, arrived: Sequence[NewReceipt], *, owner: str, now: datetime, lease: timedelta
) -> list[Claimed | None]:
    """Store what is new, leased to `owner` until `now + lease`. One answer per row, in order: None where it was seen
    before (by `key` or `message_key`, in the table or earlier among `arrived`).
    """
    arrived, rows = _storable_rows(arrived)
    bind = {"rows": rows, "now": now, "lease_until": now + lease, "owner": owner}
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        last = connection.execute(text(_SQLITE_LAST)).scalar_one()
        connection.execute(_timed(_SQLITE), bind)
        ids = json.loads(connection.execute(text(_SQLITE_NEW), {"last": last}).scalar_one())
    else:
        ids = {key: row for row, key in connection.execute(_timed(_POSTGRES), bind)}
    return [_claimed(one, ids.pop(one.key, None), now) for one in arrived]


def any_claimable(session: Session, *, now: datetime) -> bool:
    """Would `claim` find something? A look only, so that an idle pulse writes nothing."""
    return session.exec(select(Receipt.id).where(_OPEN, col(Receipt.lease_until) <= now).limit(1)).first() is not None


def claim(session: Session, *, owner: str, now: datetime, lease: timedelta, limit: int = 100) -> list[Claimed]:
    """Take over up to `limit` open receipts whose lease ran out or whose retry is due, oldest first."""
    statement = (
        select(Receipt)
        .where(_OPEN, col(Receipt.lease_until) <= now)
        .order_by(col(Receipt.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = session.exec(statement).all()
    for row in rows:
        row.owner = owner
        row.lease_until = now + lease
    session.flush()
    return [
        Claimed(row_id(row), row.workspace_id, row.kind, row.lane, dict(row.payload), row.received_at, row.attempts)
        for row in rows
    ]


def renew(session: Session, ids: Collection[int], *, owner: str, until: datetime) -> None:
    """Hold on to receipts that wait in line here: `until` may be `now` to let go of them."""
    _settle(session, ids, owner, lease_until=until)


def finish(session: Session, ids: Collection[int], *, owner: str) -> None:
    """Mark receipts done and drop what they said: only their keys are needed from here on."""
    _settle(session, ids, owner, state=ReceiptState.DONE, payload={}, error="")


def put_back(session: Session, receipt: int, *, owner: str, due: datetime, error: str) -> None:
    """Give a failed receipt another try, not before `due`, by any process."""
    _settle(session, [receipt], owner, attempts=Receipt.attempts + 1, owner="", lease_until=due, error=error)


def bury(session: Session, receipt: int, *, owner: str, error: str) -> None:
    """Stop trying. The row stays with its payload until the purge, for whoever looks into it."""
    _settle(session, [receipt], owner, attempts=Receipt.attempts + 1, state=ReceiptState.DEAD, error=error)


def purge(session: Session, *, done_before: datetime, dead_before: datetime, limit: int = 5_000) -> int:
    """Delete up to `limit` done and dead receipts that were received earlier; returns how many.

    Slack redelivers for some five minutes, and replays "delayed events" after an outage: keep done ones for a day.
    """
    old = (
        select(Receipt.id)
        .where(
            ((col(Receipt.state) == ReceiptState.DONE) & (col(Receipt.received_at) < done_before))
            | ((col(Receipt.state) == ReceiptState.DEAD) & (col(Receipt.received_at) < dead_before))
        )
        .order_by(col(Receipt.received_at))
        .limit(limit)
    )
    return int(session.connection().execute(delete(Receipt).where(col(Receipt.id).in_(old))).rowcount)


def oldest_open(session: Session) -> datetime | None:
    """When the oldest receipt that is not done yet was received."""
    return session.exec(select(func.min(Receipt.received_at)).where(_OPEN)).first()


def _claimed(new: NewReceipt, row: int | None, now: datetime) -> Claimed | None:
    return None if row is None else Claimed(row, new.workspace_id, new.kind, new.lane, new.payload, now)


def _settle(session: Session, ids: Collection[int], holder: str, **values: object) -> None:
    """Change receipts only while `holder` still owns them: a lease that was lost settles nothing."""
    statement = update(Receipt).where(col(Receipt.id).in_(ids), col(Receipt.owner) == holder, _OPEN)
    session.connection().execute(statement.values(**values))


@cache
def _timed(sql: str) -> TextClause:
    return text(sql).bindparams(bindparam("now", type_=UTCDateTime()), bindparam("lease_until", type_=UTCDateTime()))


def _storable_rows(arrived: Sequence[NewReceipt]) -> tuple[Sequence[NewReceipt], str]:
    """The rows, and the same as JSON, without what a database cannot hold."""
    dumped = ""
    with suppress(ValueError):  # NaN and lone surrogates are no JSON
        dumped = _as_json(arrived)
        dumped.encode()
    if dumped and "\\u0000" not in dumped:  # PostgreSQL has no NUL in text
        return arrived, dumped
    clean = [replace(one, payload=_storable(one.payload)) for one in arrived]
    return clean, _as_json(clean)


def _as_json(arrived: Sequence[NewReceipt]) -> str:
    rows = [[r.workspace_id, r.key, r.message_key, r.kind, r.lane, r.payload] for r in arrived]
    return json.dumps(rows, ensure_ascii=False, allow_nan=False)


def _storable(value: Any) -> Any:
    """The same value without what a database cannot hold: NUL, lone surrogates, NaN and infinities."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {_storable(name): _storable(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_storable(inner) for inner in value]
    return value
