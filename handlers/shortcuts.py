"""The two message shortcuts: “Flag partner risk” and “Track commitment”."""

from __future__ import annotations

import json
from typing import Any

from bot.cards.commitment_form import commitment_form
from bot.cards.notice import notice_card
from bot.cards.words import called
from bot.desk import byhand
from bot.services import Services
from handlers.answers import ByResponseUrl
from handlers.sightings import sighting_of, take_in
from handlers.unit import require_member, write
from handlers.work import Received


async def handle(services: Services, received: Received) -> None:
    """Do what the shortcut says with the message it was used on. Raises Refused."""
    payload = received.payload
    await require_member(services, received.workspace_id, payload["user"]["id"])
    shortcut = SHORTCUTS.get(payload["callback_id"])
    if shortcut is not None:
        await shortcut(services, received, payload)


async def _flag(services: Services, received: Received, payload: dict[str, Any]) -> None:
    message, channel = payload["message"], payload["channel"]["id"]
    await _read(services, received, payload)
    risk = await write(
        services, received.workspace_id, byhand.flag, channel, message["ts"], actor=payload["user"]["id"],
        now=services.clock.now(), policy=services.policy,
    )  # fmt: skip
    said = f"Flagged as risk #{risk.id} ({called(risk)}). Whoever has to act is told."
    await ByResponseUrl(services, payload["response_url"]).say(notice_card(said))


async def _open_form(services: Services, received: Received, payload: dict[str, Any]) -> None:
    message = payload["message"]
    where = {"channel": payload["channel"]["id"], "ts": message["ts"], "response_url": payload["response_url"]}
    form = commitment_form(message.get("text") or "", message.get("user") or "", json.dumps(where))
    # The trigger is good for three seconds: the form first, the reading after.
    await services.gateway.open_view(received.workspace_id, payload["trigger_id"], form)
    await _read(services, received, payload)


async def _read(services: Services, received: Received, payload: dict[str, Any]) -> None:
    """The message may be older than the watch: the desk gets to see it as it is now."""
    seen = sighting_of(payload["message"], payload["channel"]["id"])
    if seen is not None:
        await take_in(services, received.workspace_id, seen)


SHORTCUTS = {"flag_risk": _flag, "track_commitment": _open_form}
