"""What a person has to do, one thing each: in a digest with its buttons, and all of it as a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.cards import actions_list, charts, checkin_forms, qbr, text
from bot.cards.blocks import Node, Piece, actions, bold, button, footer, header, line, option, plain, rich
from bot.cards.card import Card
from bot.cards.limits import clip
from bot.cards.notice import request_button
from bot.cards.registration import decide_buttons
from bot.desk.agenda import Agenda, AgendaItem
from models.risks import SubjectKind

_TITLE, _LABEL = 200, 40
# What settles an item where it is listed: its words, and the button of the skill it belongs to.
_STEPS = {
    (SubjectKind.ACTION_ITEM, "done"): ("Done", actions_list.DONE),
    (SubjectKind.ONBOARDING_TASK, "done"): ("Done", "onboarding_done"),
    (SubjectKind.CHECK_IN, "hold"): ("Held", checkin_forms.DONE),
    (SubjectKind.QBR, "hold"): ("Held", qbr.HOLD),
    (SubjectKind.QBR, "close"): ("Close it", qbr.CLOSE),
    (SubjectKind.QBR, "schedule"): ("Schedule", qbr.SCHEDULE),
}
_SNOOZES = (("Quiet for a day", "1"), ("Quiet for 3 days", "3"), ("Quiet for a week", "7"))


def agenda_entry(item: AgendaItem, day: date) -> list[Node]:
    """One thing to do on `day`: what it is, when it is due, its one next step, and how to hear less of it."""
    told: list[Piece] = [piece for part in (due(item, day), clip(item.note, _TITLE)) if part for piece in (" · ", part)]
    entry = rich(line(bold(clip(f"{item.partner}: {item.title}" if item.partner else item.title, _TITLE)), *told))
    controls = [*_next_step(item), *([quiet_menu(item.kind, item.id)] if _can_wait(item) else [])]
    return [entry, actions(controls, f"listed-item:{item.kind}:{item.id}")] if controls else [entry]


def due(item: AgendaItem, day: date) -> str:
    """ "3 days late, due Tue 10 Mar 2026"; "due today"; "" for what has no day."""
    if item.due_on is None:
        return ""
    if item.due_on == day:
        return "due today"
    late = f"{text.count(item.late_by(day), 'day')} late, " if item.late_by(day) else ""
    return f"{late}due {text.day(item.due_on)}"


def summary(items: Sequence[AgendaItem], day: date) -> list[str]:
    """ "2 late", "1 due today", "3 coming up": what there is of it."""
    late = sum(bool(item.late_by(day)) for item in items)
    today = sum(item.due_on == day for item in items)
    rest = len(items) - late - today
    counts = ((late, "late"), (today, "due today"), (rest, "coming up"))
    return [f"{number} {word}" for number, word in counts if number]


def agenda_card(agenda: Agenda, day: date) -> Card:
    """Everything that is late, due or coming up, as a table."""
    if not agenda.items:
        nothing = "Nothing is late, due today or coming up in the next days."
        return Card(text=nothing, blocks=[rich(line(nothing))])
    heading = f"Your agenda: {', '.join(summary(agenda.items, day))}"
    rows = [
        [item.partner, clip(item.title, _TITLE), due(item, day), f"/pm {item.request}" if item.request else ""]
        for item in agenda.items
    ]
    columns = ("Partner", charts.Column("What", wrap=True), "Due", charts.Column("Next step", wrap=True))
    table = charts.table(columns, rows)
    more = f"and {agenda.more} more" if agenda.more else ""
    blocks = [header(heading), table] + ([footer(more)] if more else [])
    # Only our own words may stand in the top-level text as they are; a title may hold somebody's.
    told = [f"{text.own(item.partner)}: {text.title(item.title)}, {due(item, day)}" for item in agenda.items]
    return Card(text="\n".join([text.own(heading), *told, more]), blocks=blocks)


def quiet_menu(kind: str, number: int) -> Node:
    """How long this person wants to hear nothing of one item; others still do."""
    options = [option(label, f"{kind}:{number}:{days}") for label, days in _SNOOZES]
    options.append(option("Stop reminding me", f"{kind}:{number}:stop"))
    return {
        "type": "static_select",
        "action_id": "quiet",
        "placeholder": plain("Remind me less"),
        "options": options,
    }


def _can_wait(item: AgendaItem) -> bool:
    return item.kind not in (SubjectKind.APPROVAL_STEP, SubjectKind.PROPOSAL)


def _next_step(item: AgendaItem) -> list[Node]:
    if item.kind == SubjectKind.PROPOSAL:
        value = str(item.id)
        return [button("Yes", "proposal_approve", value), button("No", "proposal_decline", value)]
    if item.step == "decide":
        return [*decide_buttons(item.id), request_button("Show the deal", text.clean(item.request))]
    if step := _STEPS.get((item.kind, item.step)):
        label, action_id = step
        return [button(label, action_id, str(item.id))]
    label = clip(item.request.replace('"', ""), _LABEL)
    request = text.clean(item.request)
    return [request_button(label[:1].upper() + label[1:], request)] if request else []
