"""A queued delivery -> the card as it is true at the moment of sending."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from bot.cards.alert import alert_card
from bot.cards.card import Card
from bot.cards.digest import digest_card
from bot.cards.escalation import escalation_card
from bot.cards.handoff import handoff_card
from bot.cards.notice import notice_card
from bot.cards.proposal import proposal_card
from bot.desk import digests, escalations, handoffs, proposals
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
            return _card(handoff_card, handoffs.view(uow, subject))
        case "proposal":
            return _card(proposal_card, proposals.view(uow, subject, now=now))
        case "digest":
            return _card(digest_card, digests.as_listed(uow, delivery, now=now))
        case "alert":
            return _card(alert_card, escalations.alert(uow, int(params["delivery_id"]), now=now))
        case "notice":
            return notice_card(params["text"])
    raise ValueError(f"no card is called {delivery.card!r}")


def _card(make: Callable[[View], Card], view: View | None) -> Card | None:
    return None if view is None else make(view)
