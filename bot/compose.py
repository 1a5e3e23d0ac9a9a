"""A queued delivery -> the card as it is true at the moment of sending."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TypeVar

from bot.cards.alert import alert_card
from bot.cards.card import Card
from bot.cards.checkin import brief_card, calendar_card
from bot.cards.digest import digest_card
from bot.cards.escalation import escalation_card
from bot.cards.handoff import answer_card, handoff_card
from bot.cards.notice import notice_card
from bot.cards.onboarding import invite_card, onboarding_card
from bot.cards.portfolio import weekly_card
from bot.cards.proposal import proposal_card
from bot.cards.qbr import file_card
from bot.cards.qbr_pack import deck_card
from bot.cards.registration import result_card
from bot.cards.registration_approval import approval_card
from bot.cards.registration_conflict import conflict_card
from bot.desk import (
    checkins_brief,
    checkins_invites,
    digests,
    escalations,
    handoffs,
    onboarding,
    onboarding_views,
    portfolio,
    proposals,
    qbr_asked,
    qbr_pack,
    registrations_views,
)
from bot.desk.naming import person_view
from bot.policy import Policy
from models.delivery import Delivery
from models.store import UnitOfWork

View = TypeVar("View")


def compose(uow: UnitOfWork, delivery: Delivery, *, now: datetime, policy: Policy) -> Card | None:
    """The card of `delivery` as of `now` (UTC); None when there is nothing left to tell.

    Raises ValueError for a card name nobody knows.
    """
    subject, params = delivery.subject_id, delivery.params
    match delivery.card:
        case "escalation":
            return _card(escalation_card, escalations.view(uow, subject, now=now, policy=policy))
        case "handoff":
            return _card(partial(handoff_card, reader=delivery.target), handoffs.view(uow, subject))
        case "handoff_answer":
            return _card(answer_card, handoffs.view(uow, subject))
        case "proposal":
            return _card(proposal_card, proposals.view(uow, subject, now=now))
        case "digest":
            return _card(digest_card, digests.as_listed(uow, delivery, now=now))
        case "portfolio":
            return _card(weekly_card, portfolio.as_sent(uow, delivery, now=now))
        case "alert":
            return _card(alert_card, escalations.alert(uow, int(params["delivery_id"]), now=now))
        case "checkin":
            return _card(brief_card, checkins_brief.as_sent(uow, delivery, now=now))
        case "checkin_file":
            return _card(calendar_card, checkins_invites.invitation(uow, delivery, policy=policy))
        case "registration":
            return result_card(registrations_views.view(uow, subject, now=now), delivery.target)
        case "approval":
            step = registrations_views.approval(
                uow, subject, reader=delivery.target, is_new=delivery.updates is None, now=now
            )
            warns = bool(params.get("warning"))
            return _card(partial(approval_card, reader=delivery.target, is_warning=warns), step)
        case "conflict":
            conflict = registrations_views.case_view(uow, subject, is_new=delivery.updates is None, now=now)
            return _card(partial(conflict_card, reader=delivery.target), conflict)
        case "onboarding_plan":
            plan = onboarding_views.view(uow, subject, now=now, policy=policy)
            return _card(partial(onboarding_card, reader=person_view(uow, delivery.target)), plan)
        case "onboarding_file":
            return _card(invite_card, onboarding.invitation(uow, delivery, policy=policy))
        case "qbr_deck":
            return deck_card(qbr_pack.loaded(uow, params["pack"]))
        case "qbr_file":
            return _card(file_card, qbr_asked.invitation(uow, delivery))
        case "notice":
            return notice_card(params["text"])
    raise ValueError(f"no card is called {delivery.card!r}")


def _card(make: Callable[[View], Card], view: View | None) -> Card | None:
    return None if view is None else make(view)
