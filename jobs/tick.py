"""One pulse: everything that is due, in every workspace, then the outbox. Late is fine, lost is not.

With handlers/work.py one of the two places that catch everything: a step that fails is logged under a reference and the
others go on; what it left undone is still due at the next pulse. A use case brings up its rows one by one in
`UnitOfWork.apart`: a row that fails is undone, logged and put off alone, so that it does not hold up the others.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlmodel import SQLModel, col, select

from bot.in_thread import in_thread
from bot.log import reference
from bot.policy import Policy
from bot.slack.outbox import Outbox
from models.base import Workspace
from models.store import Store, UnitOfWork

_PUT_OFF = timedelta(hours=1)  # until a row that failed is tried again

_log = structlog.get_logger(__name__)


class UseCase(Protocol):
    """Does what is due at `now` in one workspace and returns how many rows it handled; 0 means there is no more."""

    def __call__(self, uow: UnitOfWork, /, *, now: datetime, policy: Policy) -> int: ...


class Tick:
    """One pulse as a callable. `use_cases` by name, run in every workspace; `adopt` takes over abandoned receipts.

    `send_budget` (seconds) bounds how long one pulse keeps starting sends, so that clocks are not late behind a long
    backlog; None sends until nothing is due.
    """

    def __init__(
        self,
        store: Store,
        policy: Policy,
        outbox: Outbox,
        use_cases: Sequence[tuple[str, UseCase]],
        *,
        adopt: Callable[[], Awaitable[int]] | None = None,
        send_budget: float | None = 5.0,
    ) -> None:
        self._store = store
        self._policy = policy
        self._outbox = outbox
        self._use_cases = use_cases
        self._adopt = adopt
        self._send_budget = send_budget

    async def __call__(self, now: datetime) -> int:
        """Do everything due at `now` (product time); returns how many steps and rows failed. Never raises."""
        failed: list[str] = []
        if self._adopt is not None:
            await _isolated(failed, "receipts", self._adopt())
        await _isolated(failed, "desk", self._desk(now, failed))
        await _isolated(failed, "outbox", self._outbox.send_due(now, budget=self._send_budget))
        return len(failed)

    async def _desk(self, now: datetime, failed: list[str]) -> None:
        for workspace_id in await in_thread(self._workspaces):
            for name, use_case in self._use_cases:
                await _isolated(failed, name, in_thread(self._run, name, use_case, workspace_id, now, failed))

    def _workspaces(self) -> Sequence[str]:
        with self._store.system(write=False) as session:
            return session.exec(select(Workspace.id).order_by(col(Workspace.id))).all()

    def _run(self, name: str, use_case: UseCase, workspace_id: str, now: datetime, failed: list[str]) -> int:
        with self._store.write(workspace_id) as uow:
            uow.guard = _Guard(name, now, failed)
            return use_case(uow, now=now, policy=self._policy)


class _Guard:
    """A row's own savepoint. When its block fails that is logged, and the row is due again later."""

    def __init__(self, name: str, now: datetime, failed: list[str]) -> None:
        self._name = name
        self._now = now
        self._failed = failed

    @contextmanager
    def __call__(self, uow: UnitOfWork, model: type[SQLModel], key: int, due: str) -> Iterator[None]:
        try:
            with uow.session.begin_nested():
                yield
        except Exception as error:
            # Where the database itself is the trouble this fails, too, and with it the whole step.
            with uow.session.begin_nested():
                row = uow.lock(model, key) if due else None
                if row is not None:
                    setattr(row, due, self._now + _PUT_OFF)
            self._failed.append(self._name)
            _failed(self._name, error, row=f"{model.__name__} {key}")


async def _isolated(failed: list[str], name: str, step: Awaitable[object]) -> None:
    """Wait for one step. When it fails that is logged, and its name goes into `failed`."""
    try:
        await step
    except Exception as error:
        failed.append(name)
        _failed(name, error)


def _failed(step: str, error: Exception, **where: str) -> None:
    _log.error("a step of the pulse failed", step=step, reference=reference(), exc_info=error, **where)
