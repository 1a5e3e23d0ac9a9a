"""The store: one engine, and units of work that see a single workspace.

SQLite: WAL, foreign keys on, synchronous=FULL (a power cut must not undo a "sending" mark), and every write begins with
BEGIN IMMEDIATE so that two writers wait instead of failing. PostgreSQL: psycopg 3.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from typing import Any, Protocol, TypeAlias, TypeVar

from sqlalchemy import Engine, column, event, inspect, make_url
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import LoaderCriteriaOption, ORMExecuteState, with_loader_criteria
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm.util import identity_key
from sqlmodel import Session, SQLModel, create_engine, select

from models import states
from models.base import TenantRow, row_id
from models.calendar import ActionItem, Cadence, CheckIn, OnboardingPlan, OnboardingTask, Qbr, Renewal
from models.deals import ApprovalStep, ConflictCase, DealRegistration
from models.delivery import Delivery
from models.escalations import Escalation, Handoff, Proposal
from models.events import Event
from models.risks import Ask, Commitment, Hint, Risk

Row = TypeVar("Row", bound=SQLModel)

StatefulRow: TypeAlias = (
    Risk
    | Commitment
    | Ask
    | Escalation
    | Handoff
    | Proposal
    | Hint
    | OnboardingPlan
    | OnboardingTask
    | Cadence
    | CheckIn
    | Qbr
    | Renewal
    | ActionItem
    | DealRegistration
    | ApprovalStep
    | ConflictCase
)
# Each kind of row and the transition table (models/states.py) it follows.
_MACHINES: dict[type[SQLModel], str] = {
    Risk: "risk",
    Commitment: "commitment",
    Ask: "ask",
    Escalation: "escalation",
    Handoff: "handoff",
    Proposal: "proposal",
    Hint: "hint",
    OnboardingPlan: "onboardingplan",
    OnboardingTask: "onboardingtask",
    Cadence: "cadence",
    CheckIn: "checkin",
    Qbr: "qbr",
    Renewal: "renewal",
    ActionItem: "actionitem",
    DealRegistration: "dealregistration",
    ApprovalStep: "approvalstep",
    ConflictCase: "conflictcase",
}


class TenantBreach(RuntimeError):
    """A unit of work of one workspace was given a row of another."""


class HistoryIsReadOnly(RuntimeError):
    """Something tried to change or delete an Event, or to change a state without one."""


def database_url(url: str) -> str:
    """The URL with the driver we ship: `postgresql://` and `postgres://` mean psycopg 3."""
    parsed = make_url(url)
    if parsed.drivername in {"postgres", "postgresql"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    return parsed.render_as_string(hide_password=False)


def open_engine(url: str) -> Engine:
    """An engine for `url` (SQLite file or PostgreSQL) with the settings of this module's docstring."""
    # hide_parameters: an exception that reaches the log must not carry message text.
    engine = create_engine(
        database_url(url), pool_pre_ping=url.startswith("postgres"), pool_size=10, hide_parameters=True
    )
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
    return engine


def _sqlite_connect(dbapi_connection: Any, _record: object) -> None:
    dbapi_connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        dbapi_connection.execute(f"PRAGMA {pragma}").close()


def _sqlite_begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


class Guard(Protocol):
    """Makes the block of `UnitOfWork.apart`."""

    def __call__(
        self, uow: UnitOfWork, model: type[SQLModel], key: int, due: str, /
    ) -> AbstractContextManager[object]: ...


class UnitOfWork:
    """One transaction of one workspace. Every query is filtered to it, every new row is stamped with it.

    `guard` lets one row of many fail alone (jobs/tick.py sets it); without one the whole unit fails with it.
    """

    def __init__(self, session: Session, workspace_id: str) -> None:
        self.session = session
        self.workspace_id = workspace_id
        self.guard: Guard | None = None

    def apart(self, model: type[SQLModel], key: int | None, due: str = "next_at") -> AbstractContextManager[object]:
        """The block about one row of many whose time has come. `due` is the column that says when, "" for none."""
        return self.guard(self, model, key, due) if self.guard and key is not None else nullcontext()

    def add(self, row: Row) -> Row:
        """Add `row`, stamped with this workspace, and flush so that it has its id."""
        if isinstance(row, TenantRow) and not getattr(row, "workspace_id", None):
            row.workspace_id = self.workspace_id
        self.session.add(row)
        self.session.flush()
        return row

    def get(self, model: type[Row], key: int | None) -> Row | None:
        """The row with that primary key in this workspace, or None. One this unit has loaded is not asked for again."""
        if key is None:
            return None
        loaded = self.session.identity_map.get(identity_key(model, key))
        if isinstance(loaded, model) and getattr(loaded, "workspace_id", "") == self.workspace_id:
            state = inspect(loaded)
            if not (state.expired or state.deleted):
                return loaded
        return self.find(model, id=key)

    def find(self, model: type[Row], **equals: object) -> Row | None:
        """The first row whose columns equal the given values, or None."""
        statement = select(model).filter_by(**equals).limit(1)
        return self.session.exec(statement).first()

    def lock(self, model: type[Row], key: int | None, *, wait: bool = True) -> Row | None:
        """`get`, as others committed it last, and nobody else changes the row until this unit ends.

        Without `wait` None also when somebody is at it. bot/desk/locks.py says in which order rows are taken. SQLite
        has no row locks and needs none: there the whole unit is alone.
        """
        if key is None:
            return None
        statement = select(model).filter_by(id=key).with_for_update(key_share=True, skip_locked=not wait)
        return self.session.exec(statement.execution_options(populate_existing=True)).first()

    def list(self, model: type[Row], **equals: object) -> Sequence[Row]:
        """Every row whose columns equal the given values, oldest first."""
        statement = select(model).filter_by(**equals).order_by(model.id)  # type: ignore[attr-defined]  # every table here has an id
        return self.session.exec(statement).all()

    def move(
        self,
        row: StatefulRow,
        to_state: str,
        *,
        actor: str,
        at: datetime,
        rule: str = "",
        policy_version: str = "",
        evidence: Sequence[int] = (),
        note: str = "",
    ) -> Event:
        """Change a state the transition tables allow, and write the Event that says so.

        Raises states.IllegalTransition, and nothing has changed then.
        """
        machine = _MACHINES[type(row)]
        from_state = row.state
        states.check(machine, from_state, to_state)
        row.state = to_state
        self.session.info.setdefault("moves", set()).add((machine, row_id(row), to_state))
        return self.record(
            machine,
            row_id(row),
            at=at,
            actor=actor,
            from_state=from_state,
            to_state=to_state,
            rule=rule,
            policy_version=policy_version,
            evidence=evidence,
            note=note,
        )

    def record(
        self,
        subject_kind: str,
        subject_id: int,
        *,
        at: datetime,
        actor: str,
        from_state: str = "",
        to_state: str = "",
        rule: str = "",
        policy_version: str = "",
        evidence: Sequence[int] = (),
        note: str = "",
    ) -> Event:
        """Append an Event about something that has no state machine, or was just created."""
        entry = Event(
            workspace_id=self.workspace_id,
            at=at,
            actor=actor,
            subject_kind=subject_kind,
            subject_id=subject_id,
            from_state=from_state,
            to_state=to_state,
            rule=rule,
            policy_version=policy_version,
            evidence=[*evidence],
            note=note,
        )
        self.session.add(entry)
        self.session.flush()
        return entry

    def enqueue(self, delivery: Delivery) -> Delivery | None:
        """Put a message in the outbox once: None when a delivery with this key already exists."""
        if self.find(Delivery, key=delivery.key) is not None:
            return None
        try:
            with self.session.begin_nested():
                return self.add(delivery)
        except IntegrityError:
            if self.find(Delivery, key=delivery.key) is None:
                raise
            return None  # another process queued it between our look and our insert


class Store:
    """Opens units of work. `read` may run beside a writer; `write` is one at a time on SQLite."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = open_engine(url)
        self._writer = self.engine.execution_options(write=True)
        # Waiting in line here is fair and immediate; SQLite's own busy handler sleeps up to 100 ms between tries.
        self._turn: AbstractContextManager[object] = (
            threading.Lock() if self.engine.dialect.name == "sqlite" else nullcontext()
        )

    @contextmanager
    def write(self, workspace_id: str) -> Iterator[UnitOfWork]:
        """A transaction that commits at the end of the block and rolls back on any exception."""
        with self._turn, Session(self._writer, expire_on_commit=False) as session:
            _guard(session, workspace_id)
            with session.begin():
                yield UnitOfWork(session, workspace_id)

    @contextmanager
    def read(self, workspace_id: str) -> Iterator[UnitOfWork]:
        """A transaction for looking only: closing it rolls back; rows stay readable afterwards."""
        with Session(self.engine, expire_on_commit=False) as session:
            _guard(session, workspace_id)
            yield UnitOfWork(session, workspace_id)

    @contextmanager
    def system(self, *, write: bool = True) -> Iterator[Session]:
        """The engine's own view over all workspaces: receipts, claims, clocks. Use cases never use it."""
        with (
            self._turn if write else nullcontext(),
            Session(self._writer if write else self.engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def _criterion(workspace_id: str) -> LoaderCriteriaOption:
    """One WHERE for every tenant table, wherever in a statement it appears. It is one option for all of them: with one
    per table, making the key of SQLAlchemy's statement cache costs more than the statement."""
    if not hasattr(TenantRow, "workspace_id"):
        # SQLModel takes the attribute away from a class without a table, but the lambda is tried out on this class.
        type.__setattr__(TenantRow, "workspace_id", column("workspace_id"))
    return with_loader_criteria(TenantRow, lambda row: row.workspace_id == workspace_id, include_aliases=True)


def _guard(session: Session, workspace_id: str) -> None:
    """Filter every statement of `session` to one workspace and refuse foreign or stateless writes."""

    only_ours = _criterion(workspace_id)

    def scope(execution: ORMExecuteState) -> None:
        mapper = execution.bind_mapper
        if (execution.is_update or execution.is_delete) and mapper is not None and mapper.class_ is Event:
            raise HistoryIsReadOnly("an Event is never changed or deleted")
        if execution.is_select or execution.is_update or execution.is_delete:
            execution.statement = execution.statement.options(only_ours)

    def before_flush(flushing: OrmSession, _context: object, _instances: object) -> None:
        for row in (*flushing.new, *flushing.dirty, *flushing.deleted):
            if isinstance(row, TenantRow) and row.workspace_id != workspace_id:
                raise TenantBreach(f"{type(row).__name__} of {row.workspace_id!r} in a unit of {workspace_id!r}")
        for row in (*flushing.dirty, *flushing.deleted):
            if isinstance(row, Event):
                raise HistoryIsReadOnly("an Event is never changed or deleted")
            machine = _MACHINES.get(type(row))
            changed = machine and inspect(row).attrs.state.history.deleted
            if changed and (machine, row.id, row.state) not in flushing.info.get("moves", ()):
                raise HistoryIsReadOnly(f"the state of a {machine} changes only through UnitOfWork.move")

    event.listen(session, "do_orm_execute", scope)
    event.listen(session, "before_flush", before_flush)
