"""A check-in: the brief before it, what became of it, and the list of those to come."""

from __future__ import annotations

from functools import partial

from bot.cards import checkin_words as said
from bot.cards import text, words
from bot.cards.blocks import Node, Piece, actions, bold, bullets, button, footer, header, line, quote, rich, when
from bot.cards.card import Attachment, Card
from bot.cards.notice import notice_card, request_button, request_buttons
from bot.desk.checkins_invites import Invitation
from bot.desk.checkins_views import AgreedView, AskView, Brief, CheckInView, Held, Listed, Prepared
from bot.desk.views import CommitmentView, PersonView, RiskView
from bot.invites import invite

_QUOTE = 160
_NOTES = 400
_TURNS = {"us": "us", "partner": "the partner", "customer": "the customer"}


def brief_card(prepared: Prepared) -> Card:
    """What to know before a check-in, and the buttons for after it; without a meeting only what to know."""
    brief, meeting = prepared.brief, prepared.meeting
    zone = meeting.owner.zone if meeting else "UTC"
    blocks: list[Node] = [header(f"Check-in with {brief.partner}" if meeting else f"Brief on {brief.partner}")]
    spoken = f"What happened with {brief.partner} lately"
    if meeting:
        blocks.append(rich(line(*_state(meeting))))
        spoken = f"Check-in with {brief.partner} {text.short(meeting.starts_at, zone)}"
    blocks.append(rich(*_what_happened(brief, zone)))
    if prepared.unanswered is not None:
        blocks += _ask_about(prepared.unanswered)
    if meeting and meeting.is_open:
        blocks += [_buttons(meeting), footer(_why(meeting))]
    return Card(text=text.own(f"{spoken}. {_summary(brief)}", 1_000), blocks=blocks)


def planned_card(view: CheckInView, reader: PersonView) -> Card:
    """Just scheduled or moved."""
    on = "the next one is on" if view.rule else "on"
    title = f"{said.meeting(view)}:"
    buttons = [_calendar(view), button("Move", "checkin_move", str(view.id))]
    return Card(
        text=text.own(f"{title} {on} {said.at(view, reader)}."),
        blocks=[
            rich(line(bold(title), f" {on} {said.at(view, reader)}, {view.minutes} minutes.")),
            actions(buttons, f"listed:{view.id}:{view.version}"),
        ],
    )


def settled_card(view: CheckInView, reader: PersonView) -> Card:
    """Skipped or stopped: what became of it, and when the next one is."""
    next_one = f" The next one is on {text.short(view.following, reader.zone)}." if view.following else ""
    gone = "" if view.following or not view.rule else " No more of them are planned."
    return notice_card(f"{said.meeting(view)}, {said.at(view, reader)}: {said.settled(view)}{next_one}{gone}")


def held_card(held: Held, reader: PersonView) -> Card:
    """Closed as held: what is tracked, what fell to the reader, when the next one is."""
    view = held.meeting
    tracked = f" {text.count(held.agreed, 'thing')} agreed will be followed up." if held.agreed else ""
    next_one = f" The next one is on {text.short(view.following, reader.zone)}." if view.following else ""
    others = ", ".join(held.taken_over)
    taken = f" {others} is not one of our people, so you are to see to it." if others else ""
    return notice_card(
        f"Check-in with {view.partner} of {said.at(view, reader)} is closed as held.{tracked}{next_one}{taken}"
    )


def choose_card(view: CheckInView, reader: PersonView) -> Card:
    """One check-in with its buttons, where a form cannot be opened straight away."""
    title = f"{said.meeting(view)}, {said.at(view, reader)}"
    return Card(text=text.own(title), blocks=[rich(line(bold(title))), _buttons(view)])


def list_card(found: Listed, reader: PersonView) -> Card:
    """Check-ins nobody answered first, then those to come."""
    about = f" with {found.partner}" if found.partner else ""
    if not found.unanswered and not found.upcoming:
        sentence = f"No check-in{about} is planned."
        example = f'schedule monthly check-in with "{_quotable(found.partner)}"' if found.partner else ""
        ask = request_buttons([example], ["Schedule a monthly one"]) if example else []
        return Card(text=text.own(sentence), blocks=[rich(line(sentence)), *ask])
    heading = f"{text.count(len(found.upcoming), 'check-in')} to come{about}"
    blocks: list[Node] = [header(heading)]
    for view in (*found.unanswered, *found.upcoming):
        blocks += [rich(line(*_entry(view, reader))), _list_buttons(view)]
    if found.more:
        blocks.append(footer(f"And {found.more} more. Ask for one partner: checkins <partner>"))
    spoken = "; ".join(f"{view.partner} {said.at(view, reader)}" for view in (*found.unanswered, *found.upcoming))
    return Card(text=text.own(f"{heading}: {spoken}", 1_000), blocks=blocks)


def calendar_card(invitation: Invitation) -> Card:
    """The file that puts it into a calendar."""
    meeting = invitation.meeting
    sentence = f"{meeting.title}: open the file to put it into your calendar."
    if meeting.repeats is not None:
        sentence += " It holds the whole series; where nobody works on a day, that one is moved."
    if invitation.is_old:
        sentence = f"{meeting.title}: this changed after the file was made. Ask for a new one with Add to calendar."
    file = Attachment(
        f"check-in-{invitation.file}.ics", meeting.title, partial(invite, meeting, now=invitation.made_at)
    )
    return Card(text=text.own(sentence), blocks=[rich(line(sentence))], attachment=file)


def _state(view: CheckInView) -> list[Piece]:
    often = f", {said.often(view.rule)}" if view.rule else ""
    moment: list[Piece] = [when(view.starts_at), f", {view.minutes} minutes{often}. "]
    if not view.is_open:
        return [*moment, bold(said.settled(view))]
    return [*moment, bold("Was it held?")] if view.is_over else moment


def _what_happened(brief: Brief, zone: str) -> list[Node]:
    since = text.short(brief.since, zone).rsplit(" ", 1)[0]
    title = f"Since the last check-in on {since}" if brief.is_since_last else f"In the last 30 days (since {since})"
    parts: list[Node] = []
    if brief.notes:
        parts += [line(bold("Last time: "), text.clean(brief.notes)[:_NOTES])]
    parts += [line(bold(title))]
    found = _facts(brief)
    parts += [bullets(*found)] if found else [line("Nothing new in what I read and hold.")]
    parts += [node for risk in brief.new_risks for node in _risk(risk)]
    late = [_commitment(each, "overdue") for each in brief.overdue]
    parts += _listed("Commitments", [*late, *(_commitment(each, "slipped") for each in brief.slipped)])
    parts += _listed("Waiting for an answer", [_ask(each) for each in brief.asks])
    parts += _listed("Agreed before, not done", [_agreed(each) for each in brief.agreed])
    parts += _listed(
        "Deals", [[f"{deal.name}: {deal.what}{f', {deal.amount}' if deal.amount else ''}"] for deal in brief.deals]
    )
    return parts


def _facts(brief: Brief) -> list[list[Piece]]:
    """One line each for what there is to tell; what did not happen is left out."""
    risks = _counts((brief.new_risk_count, "new"), (brief.closed_risk_count, "closed"), (brief.open_risk_count, "open"))
    promises = _counts((brief.kept_count, "kept"), (brief.slipped_count, "slipped"), (brief.overdue_count, "overdue"))
    lines = [
        f"Risks: {risks}" if risks else "",
        f"Commitments: {promises}" if promises else "",
        f"Waiting for an answer: {brief.ask_count}" if brief.ask_count else "",
        f"Agreed before and not done: {brief.agreed_count}" if brief.agreed_count else "",
        f"Deals: {brief.deal_count} with news" if brief.deal_count else "",
        _silence(brief),
        _onboarding(brief),
    ]
    return [[each] for each in lines if each]


def _counts(*counted: tuple[int, str]) -> str:
    return ", ".join(f"{number} {what}" for number, what in counted if number)


def _silence(brief: Brief) -> str:
    if not brief.is_read:
        return "I read no channel with them, so I know of nothing said."
    if brief.silent_days is None:
        return "They have written nothing in the channels I read."
    if brief.silent_days == 0:
        return "They last wrote today."
    return f"They last wrote {text.count(brief.silent_days, 'day')} ago."


def _onboarding(brief: Brief) -> str:
    progress = brief.onboarding
    if progress is None:
        return ""
    late = f", {progress.late} late" if progress.late else ""
    return f"Onboarding: {progress.done} of {text.count(progress.steps, 'step')} done{late}"


def _risk(risk: RiskView) -> list[Node]:
    return [
        line(bold(f"#{risk.id} {words.called(risk)}")),
        *(quote(words.shown_quote(e, _QUOTE)) for e in risk.evidence[:1]),
    ]


def _commitment(view: CommitmentView, state: str) -> list[Piece]:
    owner = f"{view.owner}: " if view.owner else ""
    by = f" ({state}, {words.due(view)})" if words.due(view) else f" ({state})"
    what = words.shown_quote(view.evidence[0], _QUOTE) if view.evidence else "(the message was deleted)"
    return [f"{owner}“{what}”{by}"]


def _ask(view: AskView) -> list[Piece]:
    return [f"{words.name(view.said.author)}: “{words.shown_quote(view.said, _QUOTE)}”"]


def _agreed(view: AgreedView) -> list[Piece]:
    due = f", due {text.day(view.due_on)}" if view.due_on else ""
    late = ", late" if view.is_late else ""
    return [f"{view.what} ({_TURNS.get(view.side, view.side)}, {view.owner}{due}{late})"]


def _listed(title: str, found: list[list[Piece]]) -> list[Node]:
    return [line(bold(title)), bullets(*found)] if found else []


def _ask_about(view: CheckInView) -> list[Node]:
    asked = f"You have not said whether the one on {view.on:%a} {view.on.day} {view.on:%b} was held."
    held = button("It was held", "checkin_done:before", str(view.id))
    skipped = button("It was not", "checkin_skip:before", str(view.id))
    return [rich(line(asked)), actions([held, skipped], f"checkin:{view.id}:before")]


def _buttons(view: CheckInView) -> Node:
    value = str(view.id)
    made = [
        button("Held", "checkin_done", value, style="primary"),
        button("Move", "checkin_move", value),
        button("Skip", "checkin_skip", value),
    ]
    if not view.is_over:
        made.append(_calendar(view))
    return actions(made, f"checkin:{view.id}:{view.version}")


def _calendar(view: CheckInView) -> Node:
    return button("Add to calendar", "checkin_calendar", str(view.id))


def _list_buttons(view: CheckInView) -> Node:
    if view.is_over:
        return _buttons(view)
    prepare = request_button("Prepare", f'check-in brief "{_quotable(view.partner)}"', view.id)
    value = str(view.id)
    made = [prepare, button("Move", "checkin_move", value), button("Skip", "checkin_skip", value)]
    return actions([*made, _calendar(view)], f"listed:{view.id}:{view.version}")


def _entry(view: CheckInView, reader: PersonView) -> list[Piece]:
    yours = "" if view.owner.slack_id == reader.slack_id else f", {words.name(view.owner)}"
    often = f", {said.often(view.rule)} {said.on_which_day(view.rule)}" if view.rule else ""
    asked = ". Was it held?" if view.is_over else ""
    return [bold(view.partner), f" {said.at(view, reader)}{often}{yours}{asked}"]


def _why(view: CheckInView) -> str:
    return f"You get this because this check-in is yours. To end it: /pm stop check-in with {view.partner}"


def _summary(brief: Brief) -> str:
    return "; ".join(str(each[0]) for each in _facts(brief))


def _quotable(name: str) -> str:
    return name.replace('"', "'")
