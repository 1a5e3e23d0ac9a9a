"""Check-ins: scheduled, prepared, held, moved, skipped and stopped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

from bot.cards import checkin, checkin_forms, checkin_words
from bot.cards.agreed import WHAT
from bot.cards.card import SENT_TO_DM, Card
from bot.cards.checkin_forms import DAY, NOTES, REASON, TIME
from bot.cards.notice import notice_card
from bot.desk import checkins, checkins_invites, checkins_plan, checkins_views
from bot.desk.checkins_views import CheckInView
from bot.desk.naming import person_view
from bot.language import arguments, topics
from bot.language.requests import CheckIn, Setting
from bot.slack.people import ensure_people
from handlers.agreed import agreed, missing
from handlers.commands.brief import brief_of
from handlers.commands.registry import ButtonContext, CommandContext, FormContext, button, command, form, outcome
from handlers.confirm import confirm
from handlers.fields import Fields
from handlers.unit import read, write

_FORMS: dict[str, Callable[[CheckInView], dict[str, Any]]] = {
    "done": checkin_forms.done_form,
    "reschedule": checkin_forms.move_form,
    "skip": checkin_forms.skip_form,
}


@command(
    "checkin",
    aliases=("checkins", "check-in", "check-ins"),
    usage="checkin [partner]",
    summary="Your check-ins with partners: schedule, prepare, close, move, skip or stop them in a sentence.",
    topics=topics.CHECKIN,
    examples=("schedule monthly check-in with Globex", "check-in with Globex on Tue 24 Nov at 15:00"),
)
async def check_in(context: CommandContext) -> Card | None:
    reader = await read(context.services, context.workspace_id, person_view, context.actor)
    now = context.now.astimezone(ZoneInfo(reader.zone))
    asked = arguments.checkin(context.parts, Setting(now=now, zone=reader.zone))
    if asked.verb == "schedule":
        plan = await read(
            context.services, context.workspace_id, checkins_plan.plan, asked, text=context.text,
            channel=context.channel, actor=context.actor, now=context.now, policy=context.services.policy,
        )  # fmt: skip
        return await confirm(context, "checkin", plan.params, checkin_words.confirmation(plan), yes="Schedule")
    if asked.verb == "brief":
        return await brief_of(context, asked.name)
    if asked.verb == "show":
        partner = await read(context.services, context.workspace_id, checkins_plan.whose, asked.name, "")
        found = await read(
            context.services, context.workspace_id, checkins_views.listed, partner, person=context.actor,
            now=context.now,
        )  # fmt: skip
        return checkin.list_card(found, reader)
    return await _change(context, asked)


async def _change(context: CommandContext, asked: CheckIn) -> Card | None:
    """Ask whether to do it where everything was said, else for the rest."""
    view = await read(
        context.services, context.workspace_id, checkins.picked, asked.name, context.channel, actor=context.actor,
        now=context.now, verb=asked.verb,
    )  # fmt: skip
    reader = await read(context.services, context.workspace_id, person_view, context.actor)
    if asked.verb == "stop":
        lines = checkin_words.stop_question(view, reader)
        return await confirm(context, "checkin_stop", {"id": str(view.id)}, lines, yes="End it", no="Keep it")
    if asked.verb == "skip" and asked.note:
        params = {"id": str(view.id), "reason": asked.note}
        lines = checkin_words.skip_question(view, asked.note, reader)
        return await confirm(context, "checkin_skip", params, lines, yes="Skip it", no="Keep it")
    if asked.verb == "reschedule" and (asked.day or asked.at):
        moved = await read(
            context.services, context.workspace_id, checkins.plan_move, view, asked.day, asked.at,
            actor=context.actor, now=context.now, policy=context.services.policy,
        )  # fmt: skip
        lines = checkin_words.move_question(moved, reader)
        return await confirm(context, "checkin_move", moved.params, lines, yes="Move it", no="Keep it")
    if not context.can_open_form:
        return checkin.choose_card(view, reader)
    await context.open_form(_FORMS[asked.verb](view), id=str(view.id))
    return None


started = outcome("checkin")(checkin.planned_card)
moved_as_asked = outcome("checkin_move")(checkin.planned_card)
skipped_as_asked = outcome("checkin_skip")(checkin.settled_card)
stopped_as_asked = outcome("checkin_stop")(checkin.settled_card)


@button(checkin_forms.DONE)
async def done(context: ButtonContext) -> None:
    await _open(context, checkin_forms.done_form)


@button(checkin_forms.MOVE)
async def move(context: ButtonContext) -> None:
    await _open(context, checkin_forms.move_form)


@button(checkin_forms.SKIP)
async def skip(context: ButtonContext) -> None:
    await _open(context, checkin_forms.skip_form)


@button("checkin_calendar")
async def calendar(context: ButtonContext) -> Card:
    await write(
        context.services, context.workspace_id, checkins_invites.send, context.row, actor=context.actor,
        now=context.now, occasion=context.trigger_id or f"{context.now:%Y%m%dT%H%M%S}",
    )  # fmt: skip
    return notice_card(SENT_TO_DM)


async def _open(context: ButtonContext, make: Callable[[CheckInView], dict[str, Any]]) -> None:
    view = await read(
        context.services, context.workspace_id, checkins.shown, context.row, actor=context.actor, now=context.now
    )
    await context.open_form(make(view), id=str(view.id))


def _check_done(fields: Fields) -> dict[str, str]:
    """What somebody is to do by when needs to say what."""
    return missing(fields, {WHAT: "What was agreed?"})


@form(checkin_forms.DONE, check=_check_done)
async def close(context: FormContext) -> Card:
    listed = agreed(context.fields)
    owners = sorted({each.owner for each in listed if each.owner})
    await ensure_people(context.services, context.workspace_id, owners, context.now)
    held = await write(
        context.services, context.workspace_id, checkins.hold, int(context.metadata["id"]),
        notes=context.fields.one(NOTES), agreed=listed, actor=context.actor, now=context.now,
        policy=context.services.policy,
    )  # fmt: skip
    return checkin.held_card(held, await read(context.services, context.workspace_id, person_view, context.actor))


@form(checkin_forms.MOVE)
async def take_move(context: FormContext) -> Card:
    on, at = context.fields.day(DAY), time.fromisoformat(context.fields.one(TIME))
    assert on is not None
    view = await write(
        context.services, context.workspace_id, checkins.move, int(context.metadata["id"]), on=on, at=at,
        actor=context.actor, now=context.now, policy=context.services.policy,
    )  # fmt: skip
    return checkin.planned_card(view, await read(context.services, context.workspace_id, person_view, context.actor))


@form(checkin_forms.SKIP)
async def take_skip(context: FormContext) -> Card:
    view = await write(
        context.services, context.workspace_id, checkins.skip, int(context.metadata["id"]),
        reason=context.fields.one(REASON), actor=context.actor, now=context.now, policy=context.services.policy,
    )  # fmt: skip
    return checkin.settled_card(view, await read(context.services, context.workspace_id, person_view, context.actor))
