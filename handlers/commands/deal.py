"""Deal registrations in words: register, list, show, decide, extend, withdraw, record what was done."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from zoneinfo import ZoneInfo

from bot.cards import text
from bot.cards.card import Card
from bot.cards.notice import notice_card
from bot.cards.registration import called, registration_card, registrations_card, submission_lines
from bot.cards.registration_forms import reason_form
from bot.desk import registrations, registrations_find, registrations_views
from bot.desk.naming import person_view
from bot.desk.registrations_find import pick
from bot.desk.registrations_views import RegistrationView
from bot.desk.views import PersonView
from bot.errors import Choice, Refused
from bot.language import arguments, topics
from bot.language.arguments.reading import quoted
from bot.language.requests import Deal, Setting
from bot.language.slots.money import written
from handlers.commands.deal_forms import ask_extension, ask_finish, ask_registration
from handlers.commands.registry import CommandContext, command, outcome
from handlers.confirm import confirm
from handlers.context import Context
from handlers.unit import read
from models.states import RegistrationState as State

_OPEN = (State.SUBMITTED, State.UNDER_REVIEW, State.PENDING_APPROVAL, State.RETURNED, State.APPROVED)
_VERDICTS = {"approve": "approved", "reject": "rejected", "return": "returned"}


@command(
    "deal",
    aliases=("deals", "registration", "registrations", "approve", "reject", "extend", "withdraw"),
    usage="deal [partner | #number]",
    summary="Deal registrations: register one, see where they stand, approve, return, extend or withdraw them.",
    topics=topics.DEAL,
    examples=("register deal for BigCo, $250,000", "approve TechCorp deal registration", "extend deal #12"),
)
async def deal(context: CommandContext) -> Card | None:
    reader = await read(context.services, context.workspace_id, person_view, context.actor)
    policy = context.services.policy
    asked = arguments.deal(
        context.parts,
        Setting(
            now=context.now.astimezone(ZoneInfo(reader.zone)),
            zone=reader.zone,
            tiers=tuple(tier.name for tier in policy.tiers),
            fiscal_start=policy.fiscal.year_starts,
            currency=policy.fiscal.currency,
        ),
    )
    return await _VERBS[asked.verb](context, asked)


async def _register(context: CommandContext, asked: Deal) -> Card | None:
    """Everything said: a confirmation. Only the partner missing: buttons. Anything else: the form."""
    partner, account = await read(
        context.services, context.workspace_id, registrations_find.whose, asked, context.channel
    )
    closes = asked.closes.isoformat() if asked.closes else ""
    if not account or asked.value is None:
        given = {"account": account, "partner_id": str(partner.id) if partner else "", "expected_close": closes}
        if asked.value is not None:
            given |= {"value": f"{asked.value.amount:,f}", "currency": asked.value.currency}
        return await ask_registration(context, given, private=context.in_dm)
    if partner is None:
        known = await read(context.services, context.workspace_id, registrations_find.partners, context.actor)
        names = [name for _number, name in known]
        said_so = f"register deal for {quoted(account)}, {written(asked.value)}"
        said_so += f", closing {closes}" if closes else ""
        raise Choice("Which partner registers it?", [f"{said_so}, with {quoted(n)}" for n in names], labels=names)
    submission = registrations.from_params(
        {
            "partner_id": str(partner.id),
            "account": account,
            "value": str(asked.value.amount),
            "currency": asked.value.currency,
            "expected_close": closes,
        }
    )
    plan = await read(
        context.services, context.workspace_id, registrations.plan, submission, actor=context.actor, now=context.now,
        policy=context.services.policy,
    )  # fmt: skip
    lines = submission_lines(plan, private=context.in_dm)
    return await confirm(context, "deal_register", submission.params(), lines, yes="Register")


async def _decide(context: CommandContext, asked: Deal) -> Card | None:
    """Approve, reject or return what waits: a confirmation; without the words a rejection needs, the form for them."""
    number = await _picked(context, asked, State.PENDING_APPROVAL)
    step = await read(context.services, context.workspace_id, registrations.require_decidable, number, context.actor)
    view, verdict = await _view(context, number), _VERDICTS[asked.verb]
    if verdict != "approved" and not asked.note:
        if not context.can_open_form:
            example = f"{asked.verb} deal #{number} because …"
            raise Refused(f"Please say why, so that the partner knows what to do: {example}")
        form = reason_form(verdict, view.account, number)
        await context.open_form(form, number=str(number), verdict=verdict, step=str(step))
        return None
    value = text.money(view.value, view.currency)
    question = f"{asked.verb.capitalize()} deal #{number}, {called(view)}, {value}?"
    later = [step.approver.name for step in view.steps if step.state == "waiting"]
    then = f"After you: {', then '.join(later)}." if later else f"You are the last one: {_effect(verdict)}"
    lines = [question, then if verdict == "approved" else f"The reason: {asked.note}"]
    # What was shown is what is decided: sent in anew meanwhile, it has another step.
    params = {"number": str(number), "verdict": verdict, "words": asked.note, "step": str(step)}
    return await confirm(context, "deal_decide", params, lines, yes=asked.verb.capitalize())


def _effect(verdict: str) -> str:
    return "the deal is protected from today." if verdict == "approved" else "the registration ends."


async def _extend(context: CommandContext, asked: Deal) -> Card:
    return await ask_extension(context, await _picked(context, asked, State.APPROVED))


async def _withdraw(context: CommandContext, asked: Deal) -> Card:
    number = await _picked(context, asked, *_OPEN)
    view = await _view(context, number)
    lines = [f"Withdraw deal #{number}, {called(view)}?", "It ends for good; the partner can register it anew."]
    params = {"number": str(number), "words": asked.note, "version": str(view.version)}
    return await confirm(context, "deal_withdraw", params, lines, yes="Withdraw", no="Keep it")


async def _finish(context: CommandContext, asked: Deal) -> Card:
    state = "converted" if asked.verb == "won" else "lost"
    return await ask_finish(context, await _picked(context, asked, State.APPROVED), state, asked.verb)


async def _show(context: CommandContext, asked: Deal) -> Card | None:
    """One by its number, or the only one that fits; else a list. `deal` alone is the form of a new one."""
    if asked.number is not None:
        return registration_card(await _view(context, asked.number), context.actor, private=context.in_dm)
    about = asked.name or asked.partner or asked.account
    if not about and re.match(r"\W*deal\W*$", context.text, re.IGNORECASE):
        return await ask_registration(context, {}, private=context.in_dm)
    if not about and not context.in_dm:
        here = await read(context.services, context.workspace_id, registrations_find.partner_here, context.channel)
        asked, about = (Deal("show", partner=here.name), here.name) if here else (asked, "")
    rows = await read(
        context.services, context.workspace_id, registrations_find.find, asked.name, partner=asked.partner,
        account=asked.account,
    )  # fmt: skip
    if about and len(rows) == 1 and rows[0].id is not None:
        return registration_card(await _view(context, rows[0].id), context.actor, private=context.in_dm)
    listed = await read(context.services, context.workspace_id, registrations_views.lines, rows)
    return registrations_card(listed, about)


async def _picked(context: CommandContext, asked: Deal, *states: State) -> int:
    return await read(context.services, context.workspace_id, pick, asked, states, actor=context.actor)


async def _view(context: Context, number: int) -> RegistrationView:
    return await read(context.services, context.workspace_id, registrations_views.view, number, now=context.now)


_VERBS: Mapping[str, Callable[[CommandContext, Deal], Awaitable[Card | None]]] = {
    "register": _register,
    "approve": _decide,
    "reject": _decide,
    "return": _decide,
    "extend": _extend,
    "withdraw": _withdraw,
    "won": _finish,
    "lost": _finish,
    "show": _show,
}


@outcome("deal_register")
def registered(view: RegistrationView, reader: PersonView) -> Card:
    return registration_card(view, reader.slack_id)


@outcome("deal_decide")
def decided(view: RegistrationView, reader: PersonView) -> Card:
    return registration_card(view, reader.slack_id)


@outcome("deal_withdraw")
def withdrawn(view: RegistrationView, reader: PersonView) -> Card:
    del reader
    return notice_card(f"Deal #{view.id} ({called(view)}) is withdrawn.")


@outcome("deal_finish")
def finished(view: RegistrationView, reader: PersonView) -> Card:
    return registration_card(view, reader.slack_id)


@outcome("deal_extend")
def extended(view: RegistrationView, reader: PersonView) -> Card:
    return registration_card(view, reader.slack_id)
