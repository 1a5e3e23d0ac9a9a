"""What time does by itself: each is asked at every pulse for what is due, in this order."""

from __future__ import annotations

from bot.desk import (
    checkins_clock,
    digests,
    escalations,
    handoffs,
    portfolio,
    qbr_clock,
    registrations_protection,
    renewals_clock,
    retention,
)
from jobs.tick import UseCase

CLOCKS: tuple[tuple[str, UseCase], ...] = (
    ("escalations", escalations.fire_due),
    ("handoffs", handoffs.fire_due),
    ("check-ins", checkins_clock.fire_due),
    ("business reviews", qbr_clock.fire_due),
    ("deal registrations", registrations_protection.fire_due),
    ("renewals", renewals_clock.fire_due),
    ("digests", digests.plan_due),
    ("portfolios", portfolio.plan_due),
    ("retention", retention.purge),
)
