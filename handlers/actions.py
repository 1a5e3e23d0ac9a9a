"""Buttons and menus. Rights and "already done" are the desk's; posted cards are edited by the deliveries it queues."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from bot.cards.notice import notice_card
from bot.cards.text import span
from bot.desk import approvals, commitments, handling, hints, proposals, risks
from bot.errors import Refused
from bot.policy import Policy
from bot.services import Services
from bot.slack.people import ensure_people
from handlers import home
from handlers.answers import ByResponseUrl
from handlers.commands.dispatch import answer_request
from handlers.unit import require_member, write
from handlers.work import Received
from models.store import UnitOfWork

Json = dict[str, Any]
_STALE = "That button is from an older version of me. Ask me for risks to get a new one."


class Settle(Protocol):
    """A use case behind a button: it acts on one row, for one person."""

    def __call__(self, uow: UnitOfWork, row: int, /, *, actor: str, now: datetime, policy: Policy) -> object: ...


_BUTTONS: dict[str, tuple[Settle, str]] = {
    "risk_ack": (risks.acknowledge, "You acknowledged risk #{}."),
    "risk_resolve": (risks.resolve, "Risk #{} is resolved."),
    "risk_dismiss": (risks.dismiss, "Risk #{} is closed as not a risk."),
    "commitment_kept": (commitments.keep, "Commitment #{} is kept."),
    "handoff_accept": (handling.accept, "Handoff #{} is yours."),
    "handoff_decline": (handling.decline, "Handoff #{} went back."),
    "handoff_done": (handling.done, "Handoff #{} is done."),
    "proposal_approve": (approvals.approve, ""),
    "proposal_decline": (proposals.decline, ""),
    "hint_take": (hints.take, ""),
    "hint_dismiss": (hints.dismiss, ""),
}


async def handle(services: Services, received: Received) -> None:
    """Do what the pressed control says, once. Raises Refused: not one of ours, not allowed, or done already."""
    payload = received.payload
    actor = payload["user"]["id"]
    await require_member(services, received.workspace_id, actor)
    for action in payload.get("actions") or []:
        said = await _act(services, received, action, actor)
        if said and _is_list(payload, action):
            await ByResponseUrl(services, payload["response_url"]).say(notice_card(said))
    if (payload.get("view") or {}).get("type") == "home":
        await home.show(services, received.workspace_id, actor)


async def _act(services: Services, received: Received, action: Json, actor: str) -> str:
    """What happened, in words; "" when the answer was given already or needs none."""
    action_id = action["action_id"]
    if action_id.startswith("request_"):
        await _request(services, received, action["value"], actor)
        return ""
    row = _row(action)
    workspace_id, now, policy = received.workspace_id, services.clock.now(), services.policy
    if action_id in _BUTTONS:
        use_case, said = _BUTTONS[action_id]
        await write(services, workspace_id, use_case, row, actor=actor, now=now, policy=policy)
        return said.format(row)
    if action_id == "risk_snooze":
        hours = _number(str((action.get("selected_option") or {}).get("value", "")))
        await write(services, workspace_id, risks.snooze, row, hours=hours, actor=actor, now=now, policy=policy)
        return f"Risk #{row} is quiet for {span(hours)}."
    if action_id == "risk_handoff" and action.get("selected_user"):
        to = action["selected_user"]
        await ensure_people(services, workspace_id, [to], now)
        await write(services, workspace_id, risks.hand_off, row, to=to, actor=actor, now=now, policy=policy)
        return f"Risk #{row} is handed over."
    raise Refused(_STALE)


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
        thread_ts=(payload.get("message") or {}).get("thread_ts"),
        answer=ByResponseUrl(services, payload["response_url"]),
    )


def _is_list(payload: Json, action: Json) -> bool:
    """Lists and digests stay as they were; only there the person needs to be told that it worked."""
    return bool(payload.get("response_url")) and str(action.get("block_id", "")).startswith("listed")


def _row(action: Json) -> int:
    """The row a control is about: a button says it in its value, a menu in its block ("risk:12:…", "listed:12")."""
    _kind, _, rest = str(action.get("block_id", "")).partition(":")
    return _number(str(action.get("value") or rest.partition(":")[0]))


def _number(value: str) -> int:
    if not value.isdecimal() or len(value) > 9:
        raise Refused(_STALE)
    return int(value)
