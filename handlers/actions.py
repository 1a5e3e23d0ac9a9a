"""Buttons and menus: `handlers/commands/*.py` say what each does. Rights and "already done" are the desk's; cards that
were posted are edited by the deliveries it queues."""

from __future__ import annotations

from bot.errors import Choice, Refused
from bot.services import Services
from handlers import home
from handlers.answers import Answer, ByResponseUrl, InDirectMessage
from handlers.commands.dispatch import answer_request, question
from handlers.commands.registry import buttons
from handlers.context import STALE, ButtonContext, Json
from handlers.unit import require_member
from handlers.work import Received


async def handle(services: Services, received: Received) -> None:
    """Do what the pressed control says, once. Raises Refused: not one of ours, not allowed, or done already."""
    payload = received.payload
    actor = payload["user"]["id"]
    await require_member(services, received.workspace_id, actor)
    for action in payload.get("actions") or []:
        if action["action_id"].startswith("request_"):
            await _request(services, received, action["value"], actor)
        else:
            await _press(services, received, action, actor)
    if (payload.get("view") or {}).get("type") == "home":
        await home.show(services, received.workspace_id, actor, payload)


async def _press(services: Services, received: Received, action: Json, actor: str) -> None:
    """Run the button; its card goes beside the message it was on, or in its place."""
    button = buttons().get(action["action_id"].partition(":")[0])
    if button is None:
        raise Refused(STALE)
    payload = received.payload
    context = ButtonContext(
        services=services,
        workspace_id=received.workspace_id,
        actor=actor,
        now=services.clock.now(),
        answer=_answer(services, received),
        trigger_id=payload.get("trigger_id", ""),
        response_url=payload.get("response_url", ""),
        action=action,
        payload=payload,
    )
    try:
        card = await button.press(context)
    except Choice as choice:
        await context.answer.say(question(choice))
        return
    if card is None:
        return
    if button.replaces and context.response_url:
        # In a channel whatever we said was for one pair of eyes; should the original be gone, this is so, too.
        in_dm = context.channel.startswith("D")
        await services.gateway.respond(context.response_url, card, ephemeral=not in_dm, replace=True)
    else:
        await context.answer.say(card)


async def _request(services: Services, received: Received, text: str, actor: str) -> None:
    """A button that says what a person could have typed."""
    payload = received.payload
    channel = (payload.get("channel") or {}).get("id", "")
    await answer_request(
        services,
        received.workspace_id,
        actor,
        text,
        channel=channel,
        in_dm=channel.startswith("D"),
        thread_ts=(payload.get("message") or payload.get("container") or {}).get("thread_ts"),
        answer=_answer(services, received),
        trigger_id=payload.get("trigger_id", ""),
        response_url=payload.get("response_url", ""),
    )


def _answer(services: Services, received: Received) -> Answer:
    """Beside the message the control was on; from the Home tab and from forms, in the person's DM with us."""
    payload = received.payload
    if payload.get("response_url"):
        return ByResponseUrl(services, payload["response_url"])
    return InDirectMessage(services, received.workspace_id, payload["user"]["id"], f"answer:{received.id}")
