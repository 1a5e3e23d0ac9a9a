"""What managers do about two claims on one deal."""

from __future__ import annotations

from bot.cards.card import Card
from bot.cards.notice import notice_card
from bot.cards.registration_conflict import closing_words
from bot.cards.registration_forms import appeal_form, verdict_form
from bot.desk import conflicts
from bot.desk.registrations_views import CaseView, case_view
from bot.errors import Refused
from handlers.commands.registry import ButtonContext, FormContext, button, form
from handlers.fields import Fields
from handlers.settle import settle
from handlers.unit import read, write

triage = settle("conflict_triage", conflicts.triage, "Case #{} is triaged.")
investigate = settle("conflict_investigate", conflicts.investigate, "Case #{} is being looked into.")
accept = settle("conflict_accept", conflicts.accept, "You agreed with the decision on case #{}.")


@button("conflict_decide")
async def decide(context: ButtonContext) -> Card | None:
    view = await _case(context)
    shown = verdict_form(_about(view), view.id, with_co_sell=bool(view.direct))
    await context.open_form(shown, number=str(view.id))
    return None


@button("conflict_appeal")
async def appeal(context: ButtonContext) -> Card | None:
    view = await _case(context)
    await context.open_form(appeal_form(_about(view), view.id), number=str(view.id))
    return None


def _check(fields: Fields) -> dict[str, str]:
    return {} if fields.one("words") else {"words": "Say it in a few words."}


@form("conflict_verdict", check=_check)
async def take_verdict(context: FormContext) -> Card | None:
    view = await write(
        context.services, context.workspace_id, conflicts.decide, int(context.metadata["number"]),
        context.fields.one("verdict"), context.fields.one("words"), actor=context.actor, now=context.now,
        policy=context.services.policy,
    )  # fmt: skip
    return notice_card(closing_words(view))


@form("conflict_appeal", check=_check)
async def take_appeal(context: FormContext) -> Card | None:
    view = await write(
        context.services, context.workspace_id, conflicts.appeal, int(context.metadata["number"]),
        context.fields.one("words"), actor=context.actor, now=context.now, policy=context.services.policy,
    )  # fmt: skip
    return notice_card(closing_words(view))


async def _case(context: ButtonContext) -> CaseView:
    view = await read(context.services, context.workspace_id, case_view, context.row, now=context.now)
    if view is None:
        raise Refused("I do not know that case any more. `/pm deals` shows what is open.")
    return view


def _about(view: CaseView) -> str:
    return f"{view.registration.account}, deal #{view.registration.id}"
