"""Every skill's agenda as one: what a person has to do, the most urgent first."""

from __future__ import annotations

from bot.desk import actions, checkins_clock, onboarding_agenda, qbr_clock, registrations_agenda, renewals_clock
from bot.desk.agenda import Agenda, AgendaItem, Morning, merged
from bot.policy import Policy
from models.store import UnitOfWork


def collect(uow: UnitOfWork, morning: Morning, *, policy: Policy, limit: int) -> Agenda:
    """What is late, due or to be reminded of for this person, from every skill."""
    skills = [
        onboarding_agenda.agenda(uow, morning, policy=policy, limit=limit),
        checkins_clock.agenda(uow, morning, limit=limit),
        qbr_clock.agenda(uow, morning, policy=policy, limit=limit),
        registrations_agenda.agenda(uow, morning, policy=policy, limit=limit),
        renewals_clock.agenda(uow, morning, policy=policy, limit=limit),
        actions.agenda(uow, morning, policy=policy, limit=limit),
    ]
    return merged(skills, morning.day, limit)


def decisions(uow: UnitOfWork, morning: Morning) -> tuple[AgendaItem, ...]:
    """What waits for this person's yes or no, the soonest due first."""
    return registrations_agenda.decisions(uow, morning)
