from __future__ import annotations

from bot.cards import text
from bot.cards.card import Card
from bot.cards.commitment_form import CALLBACK_ID, DUE, OWNER
from bot.cards.commitments_list import commitments_card
from bot.cards.notice import notice_card
from bot.cards.words import due
from bot.desk import commitments
from bot.desk.naming import person_view
from bot.language.arguments import a_name
from bot.slack.people import ensure_people
from handlers.commands.registry import CommandContext, FormContext, command, form
from handlers.fields import Fields
from handlers.settle import settle
from handlers.unit import read, write


@command(
    "commitments",
    aliases=("commitment", "promises", "promised", "ledger"),
    usage="commitments [partner | account]",
    summary="Who promised what by when, soonest due first, with every date it ever had.",
)
async def list_commitments(context: CommandContext) -> Card:
    name = a_name(context.parts)
    services, workspace_id = context.services, context.workspace_id
    found = await read(services, workspace_id, commitments.find_open, name or None, now=context.now)
    return commitments_card(found, await read(services, workspace_id, person_view, context.actor), name)


kept = settle("commitment_kept", commitments.keep, "Commitment #{} is kept.")


def check(fields: Fields) -> dict[str, str]:
    """What is wrong with the form “Track commitment”."""
    errors = {}
    if not fields.one(OWNER):
        errors[OWNER] = "Pick the person who does it."
    try:
        fields.day(DUE)
    except ValueError:
        errors[DUE] = "Pick a date, or leave it empty."
    return errors


@form(CALLBACK_ID, check=check)
async def track(context: FormContext) -> Card:
    owner, where = context.fields.one(OWNER), context.metadata
    await ensure_people(context.services, context.workspace_id, [owner], context.now)
    tracked = await write(
        context.services, context.workspace_id, commitments.track, where["channel"], where["ts"], owner=owner,
        due=context.fields.day(DUE), actor=context.actor, now=context.now, policy=context.services.policy,
    )  # fmt: skip
    said = f"Tracked: {tracked.owner}, {due(tracked) or 'no date'}, for {tracked.partner}."
    return notice_card(text.clean(said))
