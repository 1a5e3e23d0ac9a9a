"""The forms of deal registrations, and the buttons on their cards."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.cards import text
from bot.cards.blocks import actions, line, rich
from bot.cards.blocks import button as button_node
from bot.cards.card import Card
from bot.cards.notice import notice_card
from bot.cards.registration import called, submission_lines
from bot.cards.registration_forms import reason_form, registration_form, touch_form
from bot.days import sensible_day
from bot.desk import lookup, registrations, registrations_find, registrations_protection, registrations_views
from bot.desk.naming import person_view
from bot.desk.registrations_views import RegistrationView
from bot.errors import Refused
from bot.language.slots.money import Money, find_money
from bot.services import Services
from handlers.commands.registry import ButtonContext, FormContext, button, form
from handlers.confirm import confirm
from handlers.context import STALE, Context, number
from handlers.fields import Fields
from handlers.unit import read, write
from models.partners import Partner
from models.states import ApprovalState
from models.store import UnitOfWork

_PLAIN = re.compile(r"\d{1,12}(?:\.\d{1,2})?")
_LONGEST = 1_900  # characters a button may carry
_GIVEN = ("account", "products", "region", "contact", "domain", "customer_choice", "type", "expected_close")
_CARRIED = {*_GIVEN, "number", "partner_id", "value", "currency"}


async def ask_registration(context: Context, given: Mapping[str, str], *, private: bool) -> Card | None:
    """The form with `given` filled in; where none can be opened, a button that opens it."""
    if not context.can_open_form:
        value = json.dumps({name: said for name, said in given.items() if said}, ensure_ascii=False)
        opener = button_node(
            "Fill in the form", "deal_form", value if len(value) <= _LONGEST else "{}", style="primary"
        )
        words = "I need the account, the partner and the value of the deal. The form asks for all of it."
        return Card(text=text.own(words), blocks=[rich(line(words)), actions([opener])])
    partners = await read(context.services, context.workspace_id, registrations_find.partners, context.actor)
    if not partners:
        raise Refused("The partner book has no partners yet, so nobody can register a deal.")
    view = registration_form(partners, given, context.services.policy.fiscal.currency)
    metadata = {"number": given.get("number", ""), "private": "yes" if private else ""}
    await context.open_form(view, **metadata)
    return None


@button("deal_form")
async def open_form(context: ButtonContext) -> Card | None:
    return await ask_registration(context, _read_given(context.value), private=context.channel.startswith("D"))


def _read_given(value: str) -> dict[str, str]:
    """What a button of ours carried. Raises Refused when it is none of ours."""
    try:
        given = json.loads(value or "{}")
    except ValueError:
        given = None
    if not isinstance(given, dict) or not set(given) <= _CARRIED:
        raise Refused(STALE)
    return {key: str(each) for key, each in given.items()}


@button("deal_edit")
async def edit(context: ButtonContext) -> Card | None:
    view = await _view(context, context.row)
    given = {
        "number": str(view.id), "partner_id": str(view.partner_id), "account": view.account, "type": view.type,
        "value": f"{view.value.normalize():,f}", "currency": view.currency, "products": ", ".join(view.products),
        "region": view.region, "contact": view.contact, "domain": view.domain,
        "customer_choice": view.customer_choice,
        "expected_close": view.expected_close.isoformat() if view.expected_close else "",
    }  # fmt: skip
    return await ask_registration(context, given, private=context.channel.startswith("D"))


def _sum(fields: Fields) -> Money | None:
    """The value and currency filled in, None when they are no sum."""
    said, currency = fields.one("value"), fields.one("currency").upper()
    plain = said.replace(",", "").replace(" ", "")
    if _PLAIN.fullmatch(plain):
        return Money(Decimal(plain), currency)
    found = find_money(said, currency)
    return found.value if found else None


def _check_registration(fields: Fields) -> dict[str, str]:
    wrong = {}
    money = _sum(fields)
    if money is None or money.amount <= 0:
        wrong["value"] = "Write a sum above zero, for example 250,000 or 1.5M."
    if not re.fullmatch(r"[A-Za-z]{3}", fields.one("currency")):
        wrong["currency"] = "Write an ISO code of three letters, for example USD."
    return wrong


@form("deal_registration", check=_check_registration)
async def take_registration(context: FormContext) -> Card | None:
    """Checked by the referee and shown once more before it is submitted."""
    money, again = _sum(context.fields), context.metadata.get("number", "")
    if money is None:
        raise Refused("I could not read the value. Please fill the form in again.")
    partner = await read(context.services, context.workspace_id, _partner, context.fields.one("partner"))
    given = {name: context.fields.one(name) for name in _GIVEN}
    submission = registrations.from_params(
        {**given, "partner_id": str(partner), "value": str(money.amount), "currency": money.currency}
    )
    plan = await read(
        context.services, context.workspace_id, registrations.plan, submission, number=int(again) if again else None,
        actor=context.actor, now=context.now, policy=context.services.policy,
    )  # fmt: skip
    lines = submission_lines(plan, private=bool(context.metadata.get("private")))
    params = submission.params() | ({"number": again} if again else {})
    return await confirm(context, "deal_register", params, lines, yes="Send again" if again else "Register")


def _partner(uow: UnitOfWork, chosen: str) -> int:
    """The partner chosen from the menu, or typed where there are too many for one."""
    row = uow.get(Partner, int(chosen)) if chosen.isdecimal() and len(chosen) < 10 else None
    row = row or lookup.resolve_partner(uow, chosen)
    assert row.id is not None  # it is stored
    return row.id


@button("approval_approve")
async def approve(context: ButtonContext) -> Card | None:
    view = await write(
        context.services, context.workspace_id, registrations.approve_step, context.row, actor=context.actor,
        now=context.now, policy=context.services.policy,
    )  # fmt: skip
    return _said(context, f"You approved deal #{view.id} ({called(view)}). {_what_next(view)}")


def _what_next(view: RegistrationView) -> str:
    waits = next((step.approver.name for step in view.steps if step.state == "asked"), "")
    if waits:
        return f"{waits} is asked next."
    until = text.day(view.protected_until) if view.protected_until else ""
    return f"It is protected until {until}." if until else ""


def _said(context: ButtonContext, words: str) -> Card | None:
    """Nothing where a delivery edits the card that was pressed; a sentence beside any other."""
    posted = str(context.action.get("block_id", "")).startswith(("approval:", "conflict:"))
    return None if posted else notice_card(words)


@button("approval_reject")
async def reject(context: ButtonContext) -> Card | None:
    return await _ask_reason(context, "rejected")


@button("approval_return")
async def give_back(context: ButtonContext) -> Card | None:
    return await _ask_reason(context, "returned")


async def _ask_reason(context: ButtonContext, verdict: str) -> Card | None:
    deal = await read(context.services, context.workspace_id, registrations.number_of, context.row)
    await read(context.services, context.workspace_id, registrations.require_decidable, deal, context.actor)
    view = await _view(context, deal)
    form_view = reason_form(verdict, view.account, deal)
    await context.open_form(form_view, number=str(deal), verdict=verdict, step=str(context.row))
    return None


def _check_words(fields: Fields) -> dict[str, str]:
    return {} if fields.one("words") else {"words": "Say it in a few words."}


@form("deal_decision", check=_check_words)
async def take_decision(context: FormContext) -> Card | None:
    """A rejection or return with its reason, or a withdrawal."""
    deal, verdict, words = int(context.metadata["number"]), context.metadata["verdict"], context.fields.one("words")
    if verdict == "withdrawn":
        view = await write(
            context.services, context.workspace_id, registrations.withdraw,
            {"number": str(deal), "words": words, "version": context.metadata.get("version", "")},
            actor=context.actor, now=context.now, policy=context.services.policy,
        )  # fmt: skip
    else:
        view = await write(
            context.services, context.workspace_id, registrations.decide, deal, ApprovalState(verdict), words,
            step_id=number(context.metadata.get("step", "")), actor=context.actor, now=context.now,
            policy=context.services.policy,
        )  # fmt: skip
    return notice_card(f"Deal #{view.id} ({called(view)}) is {view.state}. To tell {view.partner}: {view.neutral}")


@button("deal_withdraw")
async def withdraw(context: ButtonContext) -> Card | None:
    view = await _view(context, context.row)
    form_view = reason_form("withdrawn", view.account, view.id)
    await context.open_form(form_view, number=str(view.id), verdict="withdrawn", version=str(view.version))
    return None


@button("deal_extend")
async def extend(context: ButtonContext) -> Card | None:
    return await ask_extension(context, context.row)


async def ask_extension(context: Context, number: int) -> Card:
    """The confirmation of an extension. Raises Refused when the policy does not allow one."""
    plan = await read(
        context.services, context.workspace_id, registrations_protection.plan_extension, number, actor=context.actor,
        now=context.now, policy=context.services.policy,
    )  # fmt: skip
    lines = [
        f"Extend the protection of {plan.account} (#{plan.number}) to {text.day(plan.new_until)}?",
        f"It ends on {text.day(plan.until)} now. {text.count(plan.touches, 'qualified activity')} on record;"
        f" this would be extension {plan.count}.".replace("activitys", "activities"),
    ]
    params = {"number": str(number), "count": str(plan.count)}
    return await confirm(context, "deal_extend", params, lines, yes="Extend")


@button("deal_won")
async def won(context: ButtonContext) -> Card | None:
    return await ask_finish(context, context.row, "converted", "won")


@button("deal_lost")
async def lost(context: ButtonContext) -> Card | None:
    return await ask_finish(context, context.row, "lost", "lost")


async def ask_finish(context: Context, deal: int, state: str, words: str) -> Card:
    """The confirmation that a deal is over."""
    view = await _view(context, deal)
    lines = [f"Close deal #{view.id}, {called(view)}, as {words}?", "Its protection ends."]
    params = {"number": str(view.id), "state": state, "version": str(view.version)}
    return await confirm(context, "deal_finish", params, lines, yes=f"It is {words}")


@button("deal_link")
async def link(context: ButtonContext) -> Card | None:
    view = await write(
        context.services, context.workspace_id, registrations.link, context.row, number(context.chosen),
        actor=context.actor, now=context.now, policy=context.services.policy,
    )  # fmt: skip
    return notice_card(f"Deal #{view.id} is {view.deal} in the CRM now. When that closes, so does the registration.")


@button("deal_touch")
async def touch(context: ButtonContext) -> Card | None:
    return await ask_activity(context, context.row, "")


async def ask_activity(context: Context, deal: int, note: str) -> Card | None:
    """The form of what was done; where none can be opened, a button that opens it."""
    view = await _view(context, deal)
    if not context.can_open_form:
        words = f"What was done for deal #{deal}, {called(view)}?"
        opener = button_node("Record activity", "deal_touch", str(deal), style="primary")
        return Card(text=text.own(words), blocks=[rich(line(words)), actions([opener])])
    today = await read(context.services, context.workspace_id, registrations_find.today_of, context.actor, context.now)
    await context.open_form(touch_form(view.account, deal, note, today), number=str(deal))
    return None


def _check_activity(fields: Fields) -> dict[str, str]:
    said = fields.one("link")
    if said and not said.startswith(("https://", "http://")):
        return {"link": "A link begins with https://"}
    return {}


@form("deal_touch", check=_check_activity)
async def take_activity(context: FormContext) -> Card | None:
    day = context.fields.day("day")
    zone = await _zone(context.services, context.workspace_id, context.actor)
    # The day is known, not the hour: noon of it, or now when that is earlier.
    if day:
        sensible_day(day, context.now)
    noon = datetime.combine(day, time(12), tzinfo=ZoneInfo(zone)).astimezone(UTC) if day else context.now
    same_day = day is not None and day == context.now.astimezone(ZoneInfo(zone)).date()
    view = await write(
        context.services, context.workspace_id, registrations_protection.touch, int(context.metadata["number"]),
        context.fields.one("kind"), at=min(noon, context.now) if same_day else noon, note=context.fields.one("note"),
        link=context.fields.one("link"), actor=context.actor, now=context.now,
    )  # fmt: skip
    count = text.count(view.touches, "time").replace("1 time", "once")
    return notice_card(f"Recorded for deal #{view.id} ({called(view)}): active {count} in the last 30 days.")


async def _zone(services: Services, workspace_id: str, person: str) -> str:
    return (await read(services, workspace_id, person_view, person)).zone


async def _view(context: Context, deal: int) -> RegistrationView:
    return await read(context.services, context.workspace_id, registrations_views.view, deal, now=context.now)
