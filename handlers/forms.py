"""Submitted forms. `validate` is the only thing that runs before the ack; it looks at nothing but the payload."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.cards import text
from bot.cards.card import Card
from bot.cards.commitment_form import CALLBACK_ID, DUE, OWNER
from bot.cards.notice import notice_card
from bot.cards.words import due
from bot.desk import commitments
from bot.services import Services
from bot.slack.errors import Rejected
from bot.slack.people import ensure_people
from handlers.answers import ByResponseUrl, InDirectMessage
from handlers.unit import require_member, write
from handlers.work import Received


def validate(payload: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with a submitted form, by block id; empty when nothing is. `payload` is the view_submission."""
    view = payload["view"]
    if view.get("callback_id") != CALLBACK_ID:
        return {}
    errors = {}
    if not _chosen(view, OWNER, "selected_user"):
        errors[OWNER] = "Pick the person who does it."
    try:
        _day(view)
    except ValueError:
        errors[DUE] = "Pick a date, or leave it empty."
    return errors


async def handle(services: Services, received: Received) -> None:
    """Track the commitment of a submitted form; a form that was closed is nothing to do. Raises Refused."""
    payload = received.payload
    view = payload["view"]
    if payload["type"] != "view_submission" or view.get("callback_id") != CALLBACK_ID:
        return
    actor, owner = payload["user"]["id"], _chosen(view, OWNER, "selected_user")
    await require_member(services, received.workspace_id, actor)
    now = services.clock.now()
    await ensure_people(services, received.workspace_id, [owner], now)
    where = json.loads(view["private_metadata"])
    tracked = await write(
        services, received.workspace_id, commitments.track, where["channel"], where["ts"], owner=owner,
        due=_day(view), actor=actor, now=now, policy=services.policy,
    )  # fmt: skip
    said = f"Tracked: {tracked.owner}, {due(tracked) or 'no date'}, for {tracked.partner}."
    await _tell(services, received, where["response_url"], notice_card(text.clean(said)))


async def _tell(services: Services, received: Received, response_url: str, card: Card) -> None:
    """Where the form was opened; by DM when it lay open for longer than Slack lets us answer there."""
    try:
        await ByResponseUrl(services, response_url).say(card)
    except Rejected:
        channel = await services.gateway.open_dm(received.workspace_id, received.payload["user"]["id"])
        await InDirectMessage(services, received.workspace_id, channel, f"answer:{received.id}").say(card)


def _chosen(view: Mapping[str, Any], block: str, key: str) -> str:
    """The value of the one element of a block, "" when nothing was chosen."""
    elements = view.get("state", {}).get("values", {}).get(block, {})
    return next((str(element.get(key) or "") for element in elements.values()), "")


def _day(view: Mapping[str, Any]) -> date | None:
    """The chosen day, None for none. Raises ValueError when it is no date."""
    chosen = _chosen(view, DUE, "selected_date")
    return date.fromisoformat(chosen) if chosen else None
