"""One pulse: everything that is due, in every workspace, then the outbox. Late is fine, lost is not.

With handlers/work.py one of the two places that catch everything: a step that fails is logged under a reference and the
others go on; what it left undone is still due at the next pulse.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol

import structlog
from sqlmodel import col, select

from bot.in_thread import in_thread
from bot.log import reference
from bot.policy import Policy
from bot.slack.outbox import Outbox
from models.base import Workspace
from models.store import Store, UnitOfWork

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
        """Do everything due at `now` (product time); returns how many steps failed. Never raises."""
        failed: list[str] = []
        if self._adopt is not None:
            await _isolated(failed, "receipts", self._adopt())
        await _isolated(failed, "desk", self._desk(now, failed))
        await _isolated(failed, "outbox", self._outbox.send_due(now, budget=self._send_budget))
        return len(failed)

    async def _desk(self, now: datetime, failed: list[str]) -> None:
        for workspace_id in await in_thread(self._workspaces):
            for name, use_case in self._use_cases:
                await _isolated(failed, name, in_thread(self._run, use_case, workspace_id, now))

    def _workspaces(self) -> Sequence[str]:
        with self._store.system(write=False) as session:
            return session.exec(select(Workspace.id).order_by(col(Workspace.id))).all()

    def _run(self, use_case: UseCase, workspace_id: str, now: datetime) -> int:
        with self._store.write(workspace_id) as uow:
            return use_case(uow, now=now, policy=self._policy)


async def _isolated(failed: list[str], name: str, step: Awaitable[object]) -> None:
    """Wait for one step. When it fails that is logged, and its name goes into `failed`."""
    try:
        await step
    except Exception as error:
        failed.append(name)
        _log.error("a step of the pulse failed", step=name, reference=reference(), exc_info=error)
