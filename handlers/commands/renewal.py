"""Renewals: the dossier of one, the list of those that end in a period, and what is decided."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

from bot.cards import renewal as cards
from bot.cards import renewal_forms as forms
from bot.cards.blocks import Node
from bot.cards.card import Card
from bot.desk import renewals, renewals_dossier
from bot.desk.naming import person_view
from bot.desk.renewals_views import RenewalView
from bot.language import arguments, topics
from bot.language.requests import Renewal, Setting
from handlers.commands.registry import ButtonContext, CommandContext, FormContext, button, command, form, outcome
from handlers.confirm import confirm
from handlers.context import Context
from handlers.fields import Fields
from handlers.unit import read, write
from models.partners import Partner
from models.states import RenewalState

_OUTCOMES = {
    "renewed": RenewalState.RENEWED,
    "lapsed": RenewalState.LAPSED,
    "terminated": RenewalState.TERMINATED,
}


@command(
    "renewal",
    aliases=("renewals",),
    usage="renewal [partner | year]",
    summary="What an agreement was worth and what is to be done before it ends; record what was decided in a sentence.",
    topics=topics.RENEWAL,
    examples=("prepare renewal for Acme Corp", "prepare renewal for 2027", "renewal of Acme renewed until 31 Dec 2027"),
)
async def renewal(context: CommandContext) -> Card | None:
    reader = await read(context.services, context.workspace_id, person_view, context.actor)
    setting = Setting(
        now=context.now.astimezone(ZoneInfo(reader.zone)),
        zone=reader.zone,
        fiscal_start=context.services.policy.fiscal.year_starts,
    )
    asked = arguments.renewal(context.parts, setting)
    # A period alone is a question about all partners, also where the channel is one partner's.
    here = "" if asked.period else context.channel
    partner = await read(context.services, context.workspace_id, renewals.whose, asked.name, here)
    if asked.verb in ("prepare", "show"):
        if partner is not None:
            return await _dossier(context, partner)
        found = await read(
            context.services, context.workspace_id, renewals_dossier.ending, asked.period, person=context.actor,
            now=context.now, policy=context.services.policy,
        )  # fmt: skip
        return cards.ending_card(found, reader)
    if partner is None or partner.id is None:
        raise await read(context.services, context.workspace_id, renewals.one_of_open, asked.verb)
    return await _change(context, partner.id, asked)


async def _dossier(context: Context, partner: Partner) -> Card:
    found = await read(
        context.services, context.workspace_id, renewals_dossier.dossier, partner, now=context.now,
        policy=context.services.policy,
    )  # fmt: skip
    return cards.dossier_card(found)


async def _change(context: CommandContext, partner_id: int, asked: Renewal) -> Card | None:
    """Ask whether to do it where everything was said, else for the rest."""
    if asked.verb == "negotiate":
        view = await read(
            context.services, context.workspace_id, renewals.negotiation, partner_id, actor=context.actor,
            now=context.now,
        )  # fmt: skip
        lines = cards.negotiation(view)
        return await confirm(context, "renewal_negotiate", {"partner": str(partner_id)}, lines, yes="Yes")
    if context.can_open_form and asked.verb == "renewed" and asked.until is None:
        await _open(context, partner_id, forms.renewed_form)
        return None
    if context.can_open_form and asked.verb == "terminated" and not asked.note:
        await _open(context, partner_id, forms.terminated_form)
        return None
    return await _ask(context, partner_id, _OUTCOMES[asked.verb], until=asked.until, reason=asked.note)


async def _ask(context: Context, partner_id: int, to: RenewalState, *, until: date | None, reason: str) -> Card:
    plan = await read(
        context.services, context.workspace_id, renewals.plan, partner_id, to, until=until, reason=reason,
        actor=context.actor, now=context.now,
    )  # fmt: skip
    return await confirm(context, "renewal", plan.params, cards.question(plan), yes="Yes", no="No")


async def _open(context: Context, partner_id: int, make: Callable[[RenewalView], Node]) -> None:
    view = await read(
        context.services, context.workspace_id, renewals.for_change, partner_id, actor=context.actor, now=context.now
    )
    await context.open_form(make(view), partner=str(partner_id))


decided = outcome("renewal")(cards.decided_card)
negotiating = outcome("renewal_negotiate")(cards.negotiating_card)


@button(forms.RENEWED)
async def renewed(context: ButtonContext) -> None:
    await _open(context, context.row, forms.renewed_form)


@button(forms.TERMINATED)
async def terminated(context: ButtonContext) -> None:
    await _open(context, context.row, forms.terminated_form)


@button(cards.LAPSE)
async def lapse(context: ButtonContext) -> Card:
    return await _ask(context, context.row, RenewalState.LAPSED, until=None, reason="")


def _check_until(fields: Fields) -> dict[str, str]:
    return {} if fields.one(forms.UNTIL) else {forms.UNTIL: "Pick the last day of the new term."}


@form(forms.RENEWED, check=_check_until)
async def take_renewed(context: FormContext) -> Card:
    return await _decide(context, RenewalState.RENEWED, until=context.fields.day(forms.UNTIL))


def _check_reason(fields: Fields) -> dict[str, str]:
    return {} if fields.one(forms.REASON) else {forms.REASON: "Say why in a few words."}


@form(forms.TERMINATED, check=_check_reason)
async def take_terminated(context: FormContext) -> Card:
    return await _decide(context, RenewalState.TERMINATED, reason=context.fields.one(forms.REASON))


async def _decide(context: FormContext, to: RenewalState, *, until: date | None = None, reason: str = "") -> Card:
    """The form showed what happens: it is done at once."""
    partner_id = int(context.metadata["partner"])
    plan = await read(
        context.services, context.workspace_id, renewals.plan, partner_id, to, until=until, reason=reason,
        actor=context.actor, now=context.now,
    )  # fmt: skip
    view = await write(
        context.services, context.workspace_id, renewals.decide, plan.params, actor=context.actor, now=context.now,
        policy=context.services.policy,
    )  # fmt: skip
    reader = await read(context.services, context.workspace_id, person_view, context.actor)
    return cards.decided_card(view, reader)
