"""The account plan as far as a reader is shown it."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable
from datetime import date, timedelta

from bot.reading.types import PlanDate

PLAN_LINES = 50  # of one account's plan


def shown(
    lines: Iterable[tuple[PlanDate, Hashable | None]], ours: Collection[Hashable], today: date
) -> tuple[PlanDate, ...]:
    """The lines without those other partners deliver, the one due nearest to `today` first, those without a day last;
    PLAN_LINES at most.

    Each of `lines` comes with the partner who delivers it; `ours` is what the channel's partner may be called there.
    """
    wanted = [line for line, partner in lines if partner is None or partner in ours]
    return tuple(sorted(wanted, key=lambda line: abs(line.due - today) if line.due else timedelta.max)[:PLAN_LINES])
