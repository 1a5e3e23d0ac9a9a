from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, time
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from bot import links
from bot.cards import onboarding_forms as forms
from bot.cards.blocks import actions, line, rich
from bot.cards.blocks import button as button_node
from bot.cards.card import SENT_TO_DM, Card
from bot.cards.notice import choice_card, notice_card
from bot.cards.onboarding import (
    alike_card,
    ask_new_card,
    changed_card,
    list_card,
    onboarding_card,
    quotable,
    started_card,
)
from bot.cards.onboarding_words import confirmation, day, kind
from bot.cards.text import own
from bot.desk import lookup, onboarding, onboarding_plan, onboarding_views
from bot.desk.naming import person_view
from bot.desk.onboarding_plan import Meant
from bot.desk.onboarding_views import Changed, OnboardingView
from bot.desk.views import PersonView
from bot.errors import Choice, Refused
from bot.language import arguments, topics
from bot.language.requests import Setting
from bot.policy import Policy
from bot.slack.people import ensure_people
from handlers.commands.registry import ButtonContext, CommandContext, FormContext, button, command, form, outcome
from handlers.confirm import confirm
from handlers.context import STALE, Context
from handlers.fields import Fields
from handlers.settle import settle
from handlers.unit import read, write
from models.base import row_id
from models.partners import PartnerType
from models.store import UnitOfWork


@command(
    "onboard",
    aliases=("onboarding",),
    usage="onboard <partner> [as <tier> <type>]",
    summary="Start onboarding a partner, or show how far it is. Alone: every onboarding that runs.",
    topics=topics.ONBOARD,
    examples=("onboard Acme Corp as Gold SI partner", "onboarding of Acme Corp"),
)
async def onboard(context: CommandContext) -> Card | None:
    services, workspace_id, policy = context.services, context.workspace_id, context.services.policy
    reader = await read(services, workspace_id, person_view, context.actor)
    setting = Setting(
        now=context.now.astimezone(ZoneInfo(reader.zone)),
        zone=reader.zone,
        tiers=_tiers(policy),
        fiscal_start=policy.fiscal.year_starts,
        currency=policy.fiscal.currency,
    )
    asked = arguments.onboard(context.parts, setting)
    if asked.verb == "done":
        return await _finish(context, asked.step, asked.name)
    if not asked.name:
        return list_card(await read(services, workspace_id, onboarding_views.overview, now=context.now))
    if asked.verb == "show":
        return await _show(context, asked.name, reader)
    who = await read(services, workspace_id, onboarding_plan.meant, asked.name, policy=policy)
    if who.plan_id is not None:
        view = await _view(context, who.plan_id)
        lead = f"{who.name} is being onboarded already, since {day(view.starts_on)}. Nothing was changed."
        return onboarding_card(view, reader, lead, posted=False)
    kind_ = asked.type or who.type
    if who.alike:
        requests = [_request(name, asked.tier, asked.type) for name in who.alike]
        return alike_card(who, requests, _carried(who, asked.tier, asked.type))
    if asked.tier is None and not who.tier:
        tiers = [_request(who.name, tier, asked.type) for tier in _tiers(policy)]
        raise Choice(f"In which tier is {who.name}?", tiers, labels=_tiers(policy))
    tier = asked.tier or who.tier
    if kind_ is None:
        types = [_request(who.name, tier, each) for each in PartnerType]
        raise Choice(f"What kind of partner is {who.name}?", types, labels=[kind(each) for each in PartnerType])
    return await _ask(context, who, tier, kind_)


@button("onboard_new")
async def onboard_new(context: ButtonContext) -> Card:
    """It is nobody whose name is alike: the tier and the type that were not said are asked with buttons of our own,
    because the same request again would ask whether somebody else is meant."""
    carried = _read_carried(context.value)
    who, tier, kind_ = Meant(carried["name"]), carried["tier"], carried["type"]
    tiers = _tiers(context.services.policy)
    if tier not in tiers:
        answers = [(each, json.dumps(carried | {"tier": each})) for each in tiers]
        return ask_new_card(f"In which tier is {who.name}?", answers)
    if kind_ not in [*PartnerType]:
        answers = [(kind(each), json.dumps(carried | {"type": each.value})) for each in PartnerType]
        return ask_new_card(f"What kind of partner is {who.name}?", answers)
    return await _ask(context, who, tier, PartnerType(kind_))


@outcome("onboard")
def started(view: OnboardingView, reader: PersonView) -> Card:
    return started_card(view, reader)


cancel = settle("onboarding_cancel", onboarding.cancel, "Onboarding plan #{} is cancelled; its partner is what it was.")


@button("onboarding_done")
async def done(context: ButtonContext) -> Card | None:
    return await _open(context, forms.done_form)


@button("onboarding_more")
async def more(context: ButtonContext) -> Card | None:
    chosen = {"skip": forms.skip_form, "reassign": forms.reassign_form, "move": forms.move_form}
    if context.chosen not in chosen:
        raise Refused(STALE)
    return await _open(context, chosen[context.chosen])


@button("onboarding_calendar")
async def calendar(context: ButtonContext) -> Card:
    occasion = context.trigger_id or f"{context.now:%Y%m%d%H%M%S}"
    await write(
        context.services, context.workspace_id, onboarding.send_invite, context.row, actor=context.actor,
        now=context.now, occasion=occasion,
    )  # fmt: skip
    return notice_card(SENT_TO_DM)


def check_done(fields: Fields) -> dict[str, str]:
    """Words are welcome; what looks like an address must be one that people can open safely."""
    said = fields.one(forms.EVIDENCE)
    looks_like_one = "://" in said or said.lower().startswith("www.")
    if looks_like_one and not links.is_safe(said):
        return {forms.EVIDENCE: "A link begins with https:// and has no spaces in it."}
    return {}


@form(forms.DONE, check=check_done)
async def take_done(context: FormContext) -> Card:
    evidence, note = context.fields.one(forms.EVIDENCE), context.fields.one(forms.NOTE)
    return changed_card(await _change(context, partial(onboarding.finish, evidence=evidence, note=note)), "done")


def check_skip(fields: Fields) -> dict[str, str]:
    return {} if fields.one(forms.REASON) else {forms.REASON: "Write a word or two on why it is not needed."}


@form(forms.SKIP, check=check_skip)
async def take_skip(context: FormContext) -> Card:
    reason = context.fields.one(forms.REASON)
    return changed_card(await _change(context, partial(onboarding.skip, reason=reason)), "skipped")


def check_reassign(fields: Fields) -> dict[str, str]:
    return {} if fields.one(forms.OWNER) else {forms.OWNER: "Pick somebody."}


@form(forms.REASSIGN, check=check_reassign)
async def take_reassign(context: FormContext) -> Card:
    to = context.fields.one(forms.OWNER)
    await ensure_people(context.services, context.workspace_id, [to], context.now)
    changed = await _change(context, partial(onboarding.reassign, to=to))
    name = changed.step.owner.name if changed.step.owner else "nobody"
    return changed_card(changed, f"{name} sees to it now")


def check_move(fields: Fields) -> dict[str, str]:
    try:
        on = fields.day(forms.DAY)
        time.fromisoformat(fields.one(forms.TIME) or "00:00")
    except ValueError:
        on = None
    return {} if on else {forms.DAY: "Pick a day."}


@form(forms.MOVE, check=check_move)
async def take_move(context: FormContext) -> Card:
    on, at = context.fields.day(forms.DAY), context.fields.one(forms.TIME)
    if on is None:
        raise Refused("Pick a day to move the step to.")
    changed = await _change(context, partial(onboarding.move, on=on, at=time.fromisoformat(at) if at else None))
    return changed_card(changed, f"moved to {day(on)}{f' {at}' if at else ''}")


async def _ask(context: Context, who: Meant, tier: str, kind_: PartnerType) -> Card:
    plan = await read(
        context.services, context.workspace_id, onboarding_plan.plan, who, tier, kind_, actor=context.actor,
        now=context.now, policy=context.services.policy,
    )  # fmt: skip
    return await confirm(context, "onboard", plan.params, confirmation(plan))


async def _show(context: CommandContext, name: str, reader: PersonView) -> Card:
    partner, view = await read(
        context.services, context.workspace_id, _latest, name, now=context.now, policy=context.services.policy
    )
    if view is None:
        return choice_card(f"No onboarding of {partner} was started.", [_request(partner, None, None)], ["Start one"])
    return onboarding_card(view, reader, posted=False)


async def _finish(context: CommandContext, step: str, name: str) -> Card | None:
    """The form that finishes the step called so; buttons where several are. Raises Refused, Choice."""
    services, workspace_id = context.services, context.workspace_id
    partner = await read(services, workspace_id, lookup.resolve_partner, name) if name else None
    found = await read(services, workspace_id, onboarding_views.called, step, partner.id if partner else None)
    if not found:
        raise Choice(f"No onboarding that runs has an open step “{step}”. These run:", ["onboarding", "agenda"])
    if len(found) > 1:
        requests = [f'mark {title} of "{quotable(whose)}" done' for _id, title, whose in found]
        raise Choice("Which one?", requests, labels=[f"{title}, {whose}" for _id, title, whose in found])
    [(task, title, whose)] = found
    if not context.can_open_form:
        words = f"{title} of {whose}:"
        opener = button_node("Done", "onboarding_done", str(task), style="primary")
        return Card(text=own(words), blocks=[rich(line(words)), actions([opener])])
    changed = await read(
        services, workspace_id, onboarding.get, task, actor=context.actor, now=context.now, policy=services.policy
    )
    await context.open_form(forms.done_form(changed), task=str(task))
    return None


async def _view(context: Context, plan_id: int) -> OnboardingView:
    view = await read(
        context.services, context.workspace_id, onboarding_views.view, plan_id, now=context.now,
        policy=context.services.policy,
    )  # fmt: skip
    assert view is not None  # its id was just found
    return view


async def _open(context: ButtonContext, make: Callable[[Changed], dict[str, Any]]) -> Card | None:
    """Open the form of a step that may be changed now."""
    step = await read(
        context.services, context.workspace_id, onboarding.get, context.row, actor=context.actor, now=context.now,
        policy=context.services.policy,
    )  # fmt: skip
    await context.open_form(make(step), task=str(context.row))
    return None


async def _change(context: FormContext, use_case: Callable[..., Changed]) -> Changed:
    return await write(
        context.services, context.workspace_id, use_case, int(context.metadata["task"]), actor=context.actor,
        now=context.now, policy=context.services.policy,
    )  # fmt: skip


def _latest(uow: UnitOfWork, name: str, *, now: datetime, policy: Policy) -> tuple[str, OnboardingView | None]:
    partner = lookup.resolve_partner(uow, name)
    plan = onboarding_views.latest(uow, row_id(partner))
    return partner.name, onboarding_views.view_of(uow, plan, now=now, policy=policy) if plan else None


def _tiers(policy: Policy) -> tuple[str, ...]:
    return tuple(tier.name for tier in policy.tiers)


def _request(name: str, tier: str | None, kind_: PartnerType | None) -> str:
    """A whole request, as it could be typed."""
    said: Sequence[str] = [tier or "", kind_.value if kind_ else ""]
    called = " ".join(each for each in said if each)
    return f'onboard "{quotable(name)}"' + (f" as {called} partner" if called else "")


def _carried(who: Meant, tier: str | None, kind_: PartnerType | None) -> str:
    return json.dumps({"name": who.name, "tier": tier or "", "type": kind_.value if kind_ else ""})


def _read_carried(value: str) -> dict[str, str]:
    """What a button of ours carried. Raises Refused when it is none of ours."""
    try:
        carried = json.loads(value)
    except ValueError:
        carried = None
    if not isinstance(carried, dict) or set(carried) != {"name", "tier", "type"}:
        raise Refused(STALE)
    return {key: str(each) for key, each in carried.items()}
