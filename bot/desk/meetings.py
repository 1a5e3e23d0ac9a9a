"""When one of our people is in a meeting that PartnerDesk knows of: check-ins, business reviews, kickoffs."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.policy import Policy
from models.calendar import CheckIn, OnboardingTask, Qbr
from models.store import UnitOfWork


def busy(uow: UnitOfWork, person: str, now: datetime, *, policy: Policy) -> tuple[tuple[datetime, datetime], ...]:
    """Beginning and end (UTC) of every open meeting that `person` owns and that is still to come."""
    check_ins = select(CheckIn.starts_at, CheckIn.minutes).where(
        CheckIn.owner == person, col(CheckIn.closed_at).is_(None), CheckIn.starts_at > now
    )
    reviews = select(Qbr.starts_at, Qbr.minutes).where(
        Qbr.owner == person, col(Qbr.closed_at).is_(None), col(Qbr.starts_at) > now
    )
    kickoffs = select(OnboardingTask.starts_at).where(
        OnboardingTask.owner == person, col(OnboardingTask.closed_at).is_(None), col(OnboardingTask.starts_at) > now
    )
    found = [*uow.session.exec(check_ins).all(), *uow.session.exec(reviews).all()]
    found += [(starts_at, policy.onboarding.kickoff_minutes) for starts_at in uow.session.exec(kickoffs).all()]
    return tuple((starts_at, starts_at + timedelta(minutes=minutes)) for starts_at, minutes in found if starts_at)
