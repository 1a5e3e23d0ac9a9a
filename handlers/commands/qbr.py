"""Business reviews: figures at once, and the appointment: scheduled, held, closed and skipped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from bot.cards import qbr as cards
from bot.cards import qbr_canvas, qbr_forms, qbr_pack
from bot.cards.agreed import DUE, OWNER, WHAT
from bot.cards.blocks import line as paragraph
from bot.cards.blocks import link, rich
from bot.cards.card import SENT_TO_DM, Card
from bot.cards.notice import notice_card
from bot.cards.qbr_forms import DAY, NEXT, NOTES, PEOPLE, REASON, TIME
from bot.desk import qbr_asked, qbr_clock, qbr_pack_rows, qbr_views, qbrs
from bot.desk.naming import person_view
from bot.desk.qbr_asked import Asked
from bot.desk.qbr_views import Pack, QbrView
from bot.desk.views import PersonView
from bot.errors import Choice, Refused
from bot.language import arguments, topics
from bot.language.requests import Qbr, Setting
from bot.language.tokens import TokenKind
from bot.slack.errors import MissingScope, NotAllowed, UnknownOutcome
from bot.slack.people import ensure_people
from handlers.agreed import agreed, missing
from handlers.commands.registry import ButtonContext, CommandContext, FormContext, button, command, form, outcome
from handlers.confirm import confirm
from handlers.context import Context
from handlers.fields import Fields
from handlers.unit import read, write
from models.partners import Partner
from models.store import UnitOfWork

P = ParamSpec("P")
T = TypeVar("T")

_LOST = "Slack did not answer, so the canvas may or may not be there. Look under your canvases before you ask me again."


@command(
    "qbr",
    aliases=("qbrs",),
    usage="qbr [partner] [period]",
    summary="Business reviews: their figures and deck at once; schedule, hold, close or skip them in a sentence.",
    topics=topics.QBR,
    examples=("run QBR for Acme Corp Q4", "schedule QBR with Acme Corp on Tue 24 Nov at 10:00", "qbr deck Acme Corp"),
)
async def qbr(context: CommandContext) -> Card | None:
    reader = await _reader(context)
    mentioned = [token.id for token in context.parts if token.kind == TokenKind.USER]
    asked = arguments.qbr([each for each in context.parts if each.kind != TokenKind.USER], _setting(context, reader))
    if asked.verb == "show" and not asked.period:
        return await _show(context, asked, reader)
    partner = await _whose(context, asked)
    if asked.verb in ("run", "show"):
        return qbr_pack.pack_card(await _figures(context, partner, asked))
    if asked.verb == "deck":
        return await _send_deck(context, (await _figures(context, partner, asked)).pack)
    if asked.verb == "schedule" and asked.day is not None:
        return await _schedule(context, partner, asked, mentioned, reader)
    return await _change(context, partner, asked, reader)


async def _show(context: CommandContext, asked: Qbr, reader: PersonView) -> Card:
    """One partner's open review, or the list of those that are the asker's."""
    partner = await _ask(context, qbrs.whose, asked.name, "") if asked.name else None
    found = await _ask(context, qbr_views.listed, partner, person=context.actor, now=context.now)
    if partner is not None and found.reviews:
        return cards.review_card(found.reviews[0], reader)
    return cards.list_card(found, reader)


async def _whose(context: CommandContext, asked: Qbr) -> Partner:
    """The partner that is meant; where nobody said which, a button for each of the asker's own."""
    try:
        return await _ask(context, qbrs.whose, asked.name, context.channel)
    except Refused:
        names = () if asked.name else await _ask(context, qbrs.partners_of, context.actor)
        if not names:
            raise
    when = [asked.period.label] if asked.period else []
    when += [f"on {asked.day.isoformat()}"] if asked.day else []
    when += [f"at {asked.at:%H:%M}"] if asked.at else []
    because = f" because {asked.note}" if asked.note else ""
    plain = [name.replace('"', "'") for name in names]
    requests = [" ".join([asked.verb, "QBR for", f'"{name}"', *when]) + because for name in plain]
    raise Choice("With which partner?", requests, labels=names)


async def _figures(context: Context, partner: Partner, asked: Qbr) -> Asked:
    """The pack as of now; an open review of that period keeps it when the asker may change it."""
    policy = context.services.policy
    period = await _ask(context, qbrs.period_for, partner, asked.period, now=context.now, policy=policy)
    found = await _ask(context, qbr_asked.asked, partner, period, actor=context.actor, now=context.now, policy=policy)
    if found.may_store and found.review is not None:
        await write(
            context.services, context.workspace_id, qbrs.store_pack, found.review.id, found.pack, actor=context.actor,
            now=context.now, policy=policy,
        )  # fmt: skip
    return found


async def _schedule(context: Context, partner: Partner, asked: Qbr, attendees: list[str], reader: PersonView) -> Card:
    assert asked.day is not None
    if attendees:
        await ensure_people(context.services, context.workspace_id, attendees, context.now)
    plan = await _ask(
        context, qbrs.plan_schedule, partner, asked.period, asked.day, asked.at, attendees=attendees,
        actor=context.actor, now=context.now, policy=context.services.policy,
    )  # fmt: skip
    yes = "Schedule" if plan.before is None else "Change it" if plan.before == plan.starts_at else "Move it"
    return await confirm(context, "qbr_schedule", plan.params, cards.question(plan, reader), yes=yes)


async def _change(context: CommandContext, partner: Partner, asked: Qbr, reader: PersonView) -> Card | None:
    """Ask for the rest with a form, or whether to do it where everything was said."""
    view = await _ask(context, qbrs.for_change, partner, actor=context.actor, now=context.now)
    if asked.verb == "skip" and asked.note:
        params = {"id": str(view.id), "reason": asked.note}
        lines = cards.skip_question(view, asked.note)
        return await confirm(context, "qbr_skip", params, lines, yes="Skip it", no="Keep it")
    if asked.verb == "close":
        await _ask(context, qbrs.require_held, view.id)
    if not context.can_open_form:
        return cards.review_card(view, reader)
    action = {"schedule": cards.SCHEDULE, "hold": cards.HOLD, "close": cards.CLOSE, "skip": cards.SKIP}[asked.verb]
    await context.open_form(_FORMS[action](view, reader, context), id=str(view.id), zone=reader.zone)
    return None


def _schedule_form(view: QbrView, reader: PersonView, context: Context) -> dict[str, Any]:
    is_here = view.at is not None and view.zone == reader.zone
    at = view.at if view.at is not None and is_here else context.services.policy.qbr.at
    return qbr_forms.schedule_form(view, reader.zone, f"{at:%H:%M}")


def _hold_form(view: QbrView, reader: PersonView, context: Context) -> dict[str, Any]:
    return qbr_forms.hold_form(view, qbr_clock.local_day(context.now, view.zone or reader.zone))


_FORMS: dict[str, Callable[[QbrView, PersonView, Context], dict[str, Any]]] = {
    cards.SCHEDULE: _schedule_form,
    cards.HOLD: _hold_form,
    cards.CLOSE: lambda view, _reader, _context: qbr_forms.close_form(view),
    cards.SKIP: lambda view, _reader, _context: qbr_forms.skip_form(view),
}

scheduled = outcome("qbr_schedule")(cards.scheduled_card)
skipped = outcome("qbr_skip")(cards.closed_card)


@button(cards.SCHEDULE)
async def schedule(context: ButtonContext) -> None:
    await _open(context, cards.SCHEDULE)


@button(cards.HOLD)
async def hold(context: ButtonContext) -> None:
    await _open(context, cards.HOLD)


@button(cards.CLOSE)
async def close(context: ButtonContext) -> None:
    await _ask(context, qbrs.require_held, context.row)
    await _open(context, cards.CLOSE)


@button(cards.SKIP)
async def skip(context: ButtonContext) -> None:
    await _open(context, cards.SKIP)


async def _open(context: ButtonContext, action: str) -> None:
    view = await _ask(context, qbrs.shown, context.row, actor=context.actor, now=context.now)
    reader = await _reader(context)
    await context.open_form(_FORMS[action](view, reader, context), id=str(view.id), zone=reader.zone)


@button(qbr_pack.ROWS)
async def rows(context: ButtonContext) -> Card | None:
    """The rows behind one figure."""
    place, _, key = context.chosen.partition("|")
    if not key:
        return None
    pack = await _pack(context, place)
    return qbr_pack.rows_card(await _ask(context, qbr_pack_rows.listing, pack, key), pack)


@button(qbr_pack.DECK)
async def deck(context: ButtonContext) -> Card:
    return await _send_deck(context, await _pack(context, context.value))


@button(qbr_pack.CANVAS)
async def canvas(context: ButtonContext) -> Card:
    """A canvas only the asker may read; where Slack allows none, why."""
    pack = await _pack(context, context.value)
    title, words = qbr_canvas.canvas_title(pack), qbr_canvas.canvas_markdown(pack)
    try:
        made = await context.services.gateway.create_canvas(
            context.workspace_id, title, words, share_with=[context.actor]
        )
    except (MissingScope, NotAllowed) as problem:
        return notice_card(f"{problem.sentence} The deck works without it.")
    except UnknownOutcome:
        return notice_card(_LOST)
    said = "Only you can read it until you share it."
    return Card(text=f"The canvas is ready. {said}", blocks=[rich(paragraph(link(made.url, title), f". {said}"))])


@button(cards.FILE)
async def calendar(context: ButtonContext) -> Card:
    await write(
        context.services, context.workspace_id, qbr_asked.send_invitation, context.row, actor=context.actor,
        now=context.now, occasion=_occasion(context),
    )  # fmt: skip
    return notice_card(SENT_TO_DM)


def _check_schedule(fields: Fields) -> dict[str, str]:
    return {} if fields.one(DAY) else {DAY: "Pick a day."}


@form(cards.SCHEDULE, check=_check_schedule)
async def take_schedule(context: FormContext) -> Card:
    """What was filled in is what is done: the form showed it."""
    view = await _ask(context, qbrs.shown, _id(context), actor=context.actor, now=context.now)
    people, day = context.fields.many(PEOPLE), context.fields.day(DAY)
    assert day is not None
    await ensure_people(context.services, context.workspace_id, people, context.now)
    params = {
        "partner": str(view.partner_id), "from": view.covers_from.isoformat(), "to": view.covers_to.isoformat(),
        "label": view.label, "on": day.isoformat(), "at": context.fields.one(TIME), "zone": context.metadata["zone"],
        "attendees": " ".join(people),
    }  # fmt: skip
    done = await write(
        context.services, context.workspace_id, qbrs.schedule, params, actor=context.actor, now=context.now,
        policy=context.services.policy,
    )  # fmt: skip
    return cards.scheduled_card(done, await _reader(context))


@form(cards.HOLD, check=_check_schedule)
async def take_hold(context: FormContext) -> Card:
    people, day = context.fields.many(PEOPLE), context.fields.day(DAY)
    assert day is not None
    await ensure_people(context.services, context.workspace_id, people, context.now)
    view = await write(
        context.services, context.workspace_id, qbrs.hold, _id(context), held_on=day, attendees=people,
        notes=context.fields.one(NOTES), actor=context.actor, now=context.now, policy=context.services.policy,
    )  # fmt: skip
    return cards.held_card(view)


def _check_close(fields: Fields) -> dict[str, str]:
    """An action has all of its parts, or none where it may be left out; the next date is needed."""
    needed = {WHAT: "What was agreed?", OWNER: "Who sees to it?", DUE: "By when?"}
    errors = missing(fields, needed, at_least=1)
    return errors if fields.one(NEXT) else errors | {NEXT: "A QBR closes with the date of the next one."}


@form(cards.CLOSE, check=_check_close)
async def take_close(context: FormContext) -> Card:
    actions = agreed(context.fields)
    await ensure_people(context.services, context.workspace_id, [each.owner for each in actions], context.now)
    closed = await write(
        context.services, context.workspace_id, qbrs.close, _id(context), agreed=actions,
        next_on=context.fields.day(NEXT), actor=context.actor, now=context.now, policy=context.services.policy,
    )  # fmt: skip
    return cards.closed_card(closed, await _reader(context))


def _check_skip(fields: Fields) -> dict[str, str]:
    return {} if fields.one(REASON) else {REASON: "A word or two on why."}


@form(cards.SKIP, check=_check_skip)
async def take_skip(context: FormContext) -> Card:
    closed = await write(
        context.services, context.workspace_id, qbrs.skip, _id(context), reason=context.fields.one(REASON),
        actor=context.actor, now=context.now, policy=context.services.policy,
    )  # fmt: skip
    return cards.closed_card(closed, await _reader(context))


async def _send_deck(context: Context, pack: Pack) -> Card:
    await write(
        context.services, context.workspace_id, qbr_asked.send_deck, pack, actor=context.actor, now=context.now,
        occasion=_occasion(context),
    )  # fmt: skip
    return notice_card(SENT_TO_DM)


async def _pack(context: Context, place: str) -> Pack:
    return await _ask(
        context, qbr_asked.at, place, actor=context.actor, now=context.now, policy=context.services.policy
    )


async def _ask(
    context: Context, query: Callable[Concatenate[UnitOfWork, P], T], /, *args: P.args, **kwargs: P.kwargs
) -> T:
    """What `query` says, looked up and nothing changed."""
    return await read(context.services, context.workspace_id, query, *args, **kwargs)


async def _reader(context: Context) -> PersonView:
    return await _ask(context, person_view, context.actor)


def _setting(context: Context, reader: PersonView) -> Setting:
    policy = context.services.policy
    return Setting(
        now=context.now.astimezone(ZoneInfo(reader.zone)),
        zone=reader.zone,
        tiers=tuple(tier.name for tier in policy.tiers),
        fiscal_start=policy.fiscal.year_starts,
        currency=policy.fiscal.currency,
    )


def _occasion(context: Context) -> str:
    """One press of a button or one request: what it queues is queued once."""
    return context.trigger_id or f"{context.now:%Y%m%dT%H%M%S}"


def _id(context: FormContext) -> int:
    return int(context.metadata["id"])
