"""Submitted forms: `handlers/commands/*.py` say what each does. `validate` is the only thing that runs before the ack;
it looks at nothing but the payload."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.errors import Choice
from bot.services import Services
from handlers.answers import Answer, ByResponseUrl, InDirectMessage
from handlers.commands.dispatch import question
from handlers.commands.registry import forms
from handlers.context import FormContext
from handlers.fields import Fields
from handlers.unit import require_member
from handlers.work import Received


def validate(payload: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with a submitted form, by block id; empty when nothing is. `payload` is the view_submission."""
    form = forms().get(payload["view"].get("callback_id"))
    return form.check(_fields(payload["view"])) if form else {}


async def handle(services: Services, received: Received) -> None:
    """Do what a submitted form is for; a form that was closed is nothing to do. Raises Refused."""
    payload = received.payload
    view = payload["view"]
    form = forms().get(view.get("callback_id"))
    if payload["type"] != "view_submission" or form is None:
        return
    actor = payload["user"]["id"]
    await require_member(services, received.workspace_id, actor)
    metadata: dict[str, str] = json.loads(view.get("private_metadata") or "{}")
    in_dm = InDirectMessage(services, received.workspace_id, actor, f"answer:{received.id}")
    url = metadata.get("response_url", "")
    # It may have lain open for longer than Slack lets us answer where it was opened.
    answer: Answer = ByResponseUrl(services, url, otherwise=in_dm) if url else in_dm
    context = FormContext(
        services=services,
        workspace_id=received.workspace_id,
        actor=actor,
        now=services.clock.now(),
        answer=answer,
        response_url=url,
        fields=_fields(view),
        metadata=metadata,
    )
    try:
        card = await form.run(context)
    except Choice as choice:
        card = question(choice)
    if card is not None:
        await answer.say(card)


def _fields(view: Mapping[str, Any]) -> Fields:
    return Fields(view.get("state", {}).get("values", {}))
