"""A business review as an appointment: where it stands, the list of open ones, and what closing one came to."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from bot.cards import charts, text, words
from bot.cards import qbr_words as said
from bot.cards.blocks import Node, Piece, actions, bold, bullets, button, footer, header, line, rich, spoken
from bot.cards.card import Attachment, Card
from bot.cards.limits import clip
from bot.cards.notice import notice_card, request_buttons
from bot.desk.qbr_asked import Invitation
from bot.desk.qbr_views import Closed, Listed, QbrView, SchedulePlan
from bot.desk.views import PersonView
from bot.invites import invite
from models.states import QbrState as State

SCHEDULE, HOLD, CLOSE, SKIP, FILE = "qbr_schedule", "qbr_hold", "qbr_close", "qbr_skip", "qbr_calendar"
_STATES = {
    State.DUE: "To be scheduled",
    State.SCHEDULED: "Scheduled",
    State.PREPARED: "Prepared",
    State.HELD: "Held, to be closed",
    State.CLOSED: "Closed",
    State.SKIPPED: "Skipped",
    State.OVERDUE: "Overdue",
}
_LONGEST_LIST = 5
_NOTES = 600


def review_card(view: QbrView, reader: PersonView) -> Card:
    """One review: its state, what it looks back on, who comes, and the next steps."""
    heading = f"QBR {view.partner}, {view.label}"
    state = _state(view, reader)
    lines = [line(*state), line(_looks_back(view))]
    if view.attendees:
        lines.append(line(bold("Comes: "), _names(view.attendees)))
    if view.actions:
        lines += [line(bold("Agreed: ")), bullets(*([_action(view, place)] for place in range(len(view.actions))))]
    if view.notes:
        lines.append(line(bold("Notes: "), clip(text.clean(view.notes), _NOTES)))
    blocks = [header(heading), rich(*lines)]
    if steps := [*request_buttons([_run(view)], ["Show the figures"])[:1], *_steps_block(view)]:
        blocks += steps
    return Card(text=text.own(f"{heading}. {spoken(state, reader.zone)}", 500), blocks=blocks)


def scheduled_card(view: QbrView, reader: PersonView) -> Card:
    """Just scheduled or moved."""
    when = _when(view, reader)
    title = f"The QBR of {view.label} with {view.partner} is set for {when}."
    lines: list[list[Piece]] = [[bold(title)], [f"{view.minutes} minutes. {_looks_back(view)}"]]
    if view.attendees:
        lines.append([f"{_names(view.attendees)} will be reminded, too."])
    return Card(text=text.own(title), blocks=[rich(*(line(*each) for each in lines)), _file(view)])


def held_card(view: QbrView) -> Card:
    """Marked as held; closing it is the next step."""
    words_said = f"The QBR of {view.label} with {view.partner} is marked as held on {said.day(view.on)}."
    then = "Close it with what was agreed and the date of the next one."
    close = button("Close it", CLOSE, str(view.id), style="primary")
    return Card(
        text=text.own(f"{words_said} {then}"),
        blocks=[rich(line(bold(words_said)), line(then)), actions([close], f"listed:{view.id}:{view.version}")],
    )


def closed_card(closed: Closed, reader: PersonView) -> Card:
    """Closed or skipped, and when the next one is."""
    view, following = closed.closed, closed.following
    agreed = f" {text.count(len(view.actions), 'action')} will be followed up." if view.actions else ""
    because = f" ({view.reason})" if view.reason else ""
    done = f"The QBR of {view.label} with {view.partner} is {_STATES[State(view.state)].lower()}{because}.{agreed}"
    if following is None:
        return notice_card(done)
    if following.starts_at is None:
        return notice_card(f"{done} The next one, on {following.label}, is due by {said.day(following.due_on)}.")
    told = f"{done} The next one, on {following.label}, is set for {_when(following, reader)}."
    return Card(text=text.own(told), blocks=[rich(line(told)), _file(following)])


def list_card(found: Listed, reader: PersonView) -> Card:
    """The open reviews; a button for the first few."""
    if not found.reviews:
        about = f" with {found.partner}" if found.partner else ""
        return notice_card(f"There is no open QBR{about}. To set one, say: schedule QBR with Acme Corp on Tue 24 Nov")
    heading = f"{text.count(len(found.reviews) + found.more, 'open QBR')}"
    rows = [[each.partner, each.label, _STATES[State(each.state)], _when(each, reader) or f"by {said.day(each.due_on)}"]
            for each in found.reviews]  # fmt: skip
    table = charts.table(["Partner", "Looks back on", "State", "When"], rows)
    first = found.reviews[:_LONGEST_LIST]
    blocks = [header(heading), table]
    blocks += request_buttons(
        [f"show QBR with {_quoted(each.partner)}" for each in first], [each.partner for each in first]
    )
    if found.more:
        blocks.append(footer(f"{found.more} more are open. Ask for one partner: qbr Acme Corp"))
    return Card(text=f"{text.own(heading)}\n{charts.spoken(table)}", blocks=blocks)


def file_card(invitation: Invitation) -> Card:
    """The calendar file of a review, by direct message."""
    meeting = invitation.meeting
    about = f"QBR of {invitation.label} with {invitation.partner}"
    at = f"{meeting.on:%a} {said.day(meeting.on)} at {meeting.at:%H:%M} ({meeting.zone})"
    words_said = f"{about}, {at}. Open the file to add it to your calendar."
    if invitation.is_old:
        words_said = f"{about} was moved or skipped since. Ask me for a new file."
    return Card(
        text=text.own(words_said),
        blocks=[rich(line(words_said)), footer("You asked for this file. Nobody else was invited by it.")],
        attachment=Attachment("qbr.ics", about, partial(invite, meeting, now=invitation.made_at)),
    )


def question(plan: SchedulePlan, reader: PersonView) -> list[str]:
    """What scheduling will do, the first line as a question."""
    when = _at(plan, reader)
    what = f"the QBR of {plan.label} with {plan.partner}"
    before = f" from {text.short(plan.before, reader.zone)} to" if plan.before else " for"
    due = f" It is due by {said.day(plan.due_on)}." if plan.before is None else ""
    asked = f"{'Move' if plan.before else 'Set'} {what}{before} {when}?"
    if plan.before == plan.starts_at:
        asked = f"Change {what}? It stays at {when}."
    lines = [
        asked,
        f"{plan.minutes} minutes, looking back on {said.day(plan.covers_from)} to {_last(plan.covers_to)}.{due}",
    ]
    if plan.is_day_off:
        lines.append("Nobody works on that day where you are.")
    days = ", ".join(str(each) for each in plan.remind_days[:-1]) + f" and {plan.remind_days[-1]}"
    who = f"The partner's manager and {_names(plan.attendees)}" if plan.attendees else "The partner's manager"
    lines.append(f"{who} will be reminded {days} days before in the morning digest.")
    lines.append("The figures are prepared a week before. The partner is not invited by me: you get a calendar file.")
    return lines


def skip_question(view: QbrView, reason: str) -> list[str]:
    return [
        f"Skip the QBR of {view.label} with {view.partner}?",
        f"The reason: {reason}",
        "The next one is planned by the cadence of the tier.",
    ]


def step_buttons(view: QbrView) -> list[Node]:
    """What can be done with a review now, the next step first."""
    value = str(view.id)
    if not view.is_open:
        return []
    if view.state == State.HELD:
        return [button("Close it", CLOSE, value, style="primary")]
    held = button("It was held", HOLD, value, style="primary" if view.is_over else "")
    move = button("Schedule" if view.on is None else "Move", SCHEDULE, value, style="" if view.on else "primary")
    file = [button("Add to calendar", FILE, value)] if view.on is not None and not view.is_over else []
    return [*([held, move] if view.is_over else [move, held]), button("Skip", SKIP, value), *file]


def _steps_block(view: QbrView) -> list[Node]:
    steps = step_buttons(view)
    return [actions(steps, f"listed:{view.id}:{view.version}")] if steps else []


def _file(view: QbrView) -> Node:
    return actions([button("Add to calendar", FILE, str(view.id))], f"listed:{view.id}:{view.version}")


def _run(view: QbrView) -> str:
    return f"run QBR for {_quoted(view.partner)}"


def _state(view: QbrView, reader: PersonView) -> list[Piece]:
    when = _when(view, reader)
    state = State(view.state)
    if state in (State.SCHEDULED, State.PREPARED):
        ready = f" The figures are ready ({text.short(view.pack_at, reader.zone)})." if view.pack_at else ""
        return [bold(f"{when}, {view.minutes} minutes."), " Was it held?" if view.is_over else ready]
    if state == State.HELD:
        return [bold(f"Held on {said.day(view.on)}."), " Close it with what was agreed and the next date."]
    if state in (State.CLOSED, State.SKIPPED):
        by = f" by {words.name(view.settled_by)}" if view.settled_by else ""
        return [bold(f"{_STATES[state]}{by}."), f" {view.reason}" if view.reason else ""]
    if state == State.OVERDUE:
        was = f" It was set for {when} and not marked as held." if when else ""
        return [bold(f"Overdue: it was due by {said.day(view.due_on)}."), was]
    return [bold(f"Due by {said.day(view.due_on)}, not scheduled yet.")]


def _looks_back(view: QbrView) -> str:
    return f"It looks back on {said.day(view.covers_from)} to {_last(view.covers_to)}."


def _action(view: QbrView, place: int) -> str:
    action = view.actions[place]
    due = f", by {said.day(action.due_on)}" if action.due_on else ""
    return f"{action.what} ({action.owner}{due}): {action.state}"


def _when(view: QbrView, reader: PersonView) -> str:
    """The day and time in the reader's zone; "" while it has none."""
    return text.short(view.starts_at, reader.zone) if view.starts_at else ""


def _at(plan: SchedulePlan, reader: PersonView) -> str:
    return text.short(plan.starts_at, reader.zone)


def _last(end: date) -> str:
    return said.day(end - timedelta(days=1))


def _names(people: tuple[PersonView, ...]) -> str:
    named = [words.name(person) for person in people]
    return ", ".join(named[:-1]) + (" and " if len(named) > 1 else "") + named[-1]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', "'") + '"'
