"""An onboarding: the plan with its steps and their buttons, what became of a step, and the list of those that run."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from bot import links
from bot.cards import onboarding_words as said
from bot.cards import text, words
from bot.cards.blocks import (
    Node,
    Piece,
    actions,
    bold,
    bullets,
    button,
    confirmation,
    footer,
    header,
    line,
    link,
    option,
    rich,
    when,
)
from bot.cards.card import Attachment, Card
from bot.cards.limits import clip
from bot.cards.notice import notice_card, request_button, request_buttons
from bot.desk.onboarding import Invitation
from bot.desk.onboarding_plan import Meant
from bot.desk.onboarding_views import Changed, OnboardingView, Progress, StepView
from bot.desk.views import PersonView
from bot.invites import invite

_SHOWN = 18  # open steps with their buttons: two blocks each, fifty in a message
_LISTED = 15
_START = "To start one: onboard Acme Corp as Gold partner"
_WORDS = 150  # characters of a note
_LINK = 80
_SPOKEN = 1_000  # characters for a notification or a screen reader
_CLOSED = {"done": "Done", "cancelled": "Cancelled"}


def onboarding_card(view: OnboardingView, reader: PersonView, lead: str = "", *, posted: bool = True) -> Card:
    """The plan for `reader`. `posted` when a delivery keeps it up to date; an answer says what happened instead."""
    heading = f"Onboarding: {view.partner} ({said.programme(view.tier, view.type)})"
    state = said.progress(view) if view.is_running else _ended(view)
    blocks: list[Node] = [*([rich(line(lead))] if lead else []), header(heading), rich(*_facts(view, state))]
    place = "" if posted else "listed-"
    for step in view.open_steps[:_SHOWN] if view.is_running else ():
        blocks += [rich(*_entry(step, reader)), _buttons(step, f"{place}step:{step.id}:{view.version}")]
    hidden = len(view.open_steps) - _SHOWN
    if view.is_running and hidden > 0:
        blocks.append(rich(line(f"And {text.count(hidden, 'step')} after these.")))
    blocks += _settled(view)
    if view.is_running:
        blocks.append(actions([_cancel(view)], f"{place}onboarding:{view.id}:{view.version}"))
    blocks += [_footer(view, reader, posted)]
    todo = "; ".join(_spoken(step) for step in view.open_steps) if view.is_running else ""
    return Card(text=text.title(f"{lead} {heading}: {state}. {todo}", _SPOKEN), blocks=blocks)


def started_card(view: OnboardingView, reader: PersonView) -> Card:
    """Just started: the sentence, and where the plan is."""
    sentence = said.started(view, reader.zone)
    is_owner = view.owner is not None and view.owner.slack_id == reader.slack_id
    where = "The plan is in your direct messages." if is_owner else "Its owner has the plan in a direct message."
    show = request_buttons([f'onboarding of "{quotable(view.partner)}"'], ["Show the plan"])
    return Card(
        text=text.title(sentence, _SPOKEN),
        blocks=[rich(line(text.clean(sentence)), line(f"{where} {said.NOTHING_SENT}")), *show],
    )


def changed_card(changed: Changed, what: str) -> Card:
    """What just became of a step (`what`: "done", "moved to Fri 4 Dec"), and what is next."""
    view, step = changed.plan, changed.step
    sentence = f"{step.title} ({view.partner}): {what}. {said.progress(view)}."
    upcoming = [each for each in view.open_steps if not each.waits_for]
    if not view.is_running:
        sentence += f" The onboarding of {view.partner} is finished."
    elif upcoming:
        sentence += f" Next: {said.to_do(upcoming[0].title)}, due {said.day(upcoming[0].due_on)}."
    return Card(text=text.title(sentence, _SPOKEN), blocks=[rich(line(sentence))])


def list_card(found: Sequence[Progress]) -> Card:
    """Every onboarding that runs."""
    if not found:
        return notice_card(f"No onboarding is running. {_START}")
    heading = f"{text.count(len(found), 'onboarding')} running"
    blocks: list[Node] = [header(heading)]
    for number, each in enumerate(found[:_LISTED]):
        show = request_button("Show", f'onboarding of "{quotable(each.partner)}"', number)
        entry = rich(line(bold(each.partner), f" {_one_line(each)}"))
        blocks += [entry, actions([show], f"listed-onboardings:{number}")]
    hidden = len(found) - _LISTED
    more = f"And {hidden} more. Ask for one: onboarding of <partner>" if hidden > 0 else ""
    blocks.append(footer(more, _START))
    spoken = "; ".join(f"{each.partner} {_one_line(each)}" for each in found[:_LISTED])
    return Card(text=text.title(f"{heading}: {spoken}", _SPOKEN), blocks=blocks)


def alike_card(who: Meant, requests: Sequence[str], new: str) -> Card:
    """Nobody is called that: is one of those meant whose names are alike, or somebody new? `requests` are whole
    requests for the former, `new` is what the button for the latter carries."""
    question = f"I know no partner called {who.name}. Did you mean one of these, or is it a new partner?"
    buttons = [request_button(name, ask, n) for n, (name, ask) in enumerate(zip(who.alike, requests, strict=True))]
    buttons.append(button(f"New partner: {who.name}", "onboard_new", new))
    return Card(text=text.title(question, _SPOKEN), blocks=[rich(line(question)), actions(buttons)])


def ask_new_card(question: str, answers: Sequence[tuple[str, str]]) -> Card:
    """Something more about a new partner: (what the button says, what it carries)."""
    buttons = [button(label, f"onboard_new:{n}", value) for n, (label, value) in enumerate(answers)]
    return Card(text=text.title(question, _SPOKEN), blocks=[rich(line(question)), actions(buttons)])


def invite_card(invitation: Invitation) -> Card:
    """The file that puts a meeting into a calendar."""
    meeting = invitation.meeting
    words_ = f"{meeting.title}: open the file to put it into your calendar."
    file = Attachment(f"{invitation.file}.ics", meeting.title, partial(invite, meeting, now=invitation.made_at))
    return Card(text=text.own(words_), blocks=[rich(line(words_))], attachment=file)


def _facts(view: OnboardingView, state: str) -> list[Node]:
    owner = words.name(view.owner, "nobody")
    until = f", planned until {said.day(view.due_on)}" if view.is_running else ""
    lines = [line(bold(state), f"{until}. Owner: {owner}. {said.sponsor(view.sponsor)}")]
    if view.is_running and view.gaps:
        lines.append(line(bold("Gaps: "), "; ".join(gap.words for gap in view.gaps), "."))
    return lines


def _ended(view: OnboardingView) -> str:
    on = f" on {said.day(view.closed_on)}" if view.closed_on else ""
    return f"{_CLOSED.get(view.state, view.state.capitalize())}{on}, {said.progress(view)}"


def _entry(step: StepView, reader: PersonView) -> list[Node]:
    """ "Kickoff — Tue 24 Nov at 10:00", whose turn it is, what done means and what it waits for."""
    due: list[Piece] = [when(step.starts_at, near=False)] if step.starts_at else [f"due {said.day(step.due_on)}"]
    late: list[Piece] = [bold(", late")] if step.is_late else []
    turn = f"{said.side(step.side)} does it" if step.side != "us" else "we do it"
    yours = step.owner is not None and step.owner.slack_id == reader.slack_id
    sees = "you see to it" if yours else f"{words.name(step.owner, 'nobody')} sees to it"
    more = [f"Done means: {step.done_means}." if step.done_means else ""]
    more += [f"Waits for: {', '.join(step.waits_for)}." if step.waits_for else ""]
    return [
        line(bold(said.to_do(step.title)), ": ", *due, *late, f"; {turn}, {sees}."),
        *words.lines([" ".join(each for each in more if each)]),
    ]


def _buttons(step: StepView, block_id: str) -> Node:
    value = str(step.id)
    made = [button("Done", "onboarding_done", value, style="primary")]
    if step.starts_at is not None:
        made.append(button("Add to calendar", "onboarding_calendar", value))
    menu = [option("Skip…", "skip"), option("Give to somebody else…", "reassign"), option("Move date…", "move")]
    return actions([*made, {"type": "overflow", "action_id": "onboarding_more", "options": menu}], block_id)


def _cancel(view: OnboardingView) -> Node:
    ask = confirmation(
        "Cancel this onboarding?",
        f"{view.partner} is again what it was before. The steps that are done stay on record.",
        "Cancel the plan",
        "Keep it",
    )
    return button("Cancel plan", "onboarding_cancel", str(view.id), style="danger", confirm=ask)


def _settled(view: OnboardingView) -> list[Node]:
    """The steps that are done or skipped, a line each."""
    rows = [_closed_line(step) for step in view.steps if not step.is_open]
    return [rich(line(bold("Settled")), bullets(*rows))] if rows else []


def _closed_line(step: StepView) -> list[Piece]:
    on = f" {said.day(step.closed_on)}" if step.closed_on else ""
    pieces: list[Piece] = [f"{step.title}: {step.state}{on} by {clip(said.who(step.closed_by), 60)}"]
    if links.is_safe(step.evidence):
        # The address itself is what is clicked: nothing can look like another place than it is.
        pieces += [", ", link(step.evidence, clip(text.clean(step.evidence), _LINK))]
    elif step.evidence:
        pieces.append(f", {clip(text.clean(step.evidence), _WORDS)}")
    return [*pieces, f" ({clip(text.clean(step.note), _WORDS)})"] if step.note else pieces


def _spoken(step: StepView) -> str:
    late = ", late" if step.is_late else ""
    return f"{said.to_do(step.title)} due {said.day(step.due_on)}{late}"


def _one_line(each: Progress) -> str:
    late = f", {each.late} late" if each.late else ""
    owner = f"; {words.name(each.owner)}" if each.owner else ""
    settled = f"{each.settled} of {text.count(each.steps, 'step')} settled"
    return f"({each.tier}): {settled}{late}, until {said.day(each.due_on)}{owner}"


def _footer(view: OnboardingView, reader: PersonView, posted: bool) -> Node:
    is_owner = view.owner is not None and view.owner.slack_id == reader.slack_id
    why = "this onboarding is yours" if is_owner else "a step of it is yours, or was"
    stop = "Reminders come in your morning digest; “Remind me less” beside a step there ends them."
    return footer(
        f"You get this because {why}; it stays up to date. {stop}" if posted and view.is_running else "",
        f"As of {text.local(view.as_of, reader.zone)}",
        f"Plan #{view.id}, policy {view.policy_version}",
    )


def quotable(name: str) -> str:
    """A name as it stands in a request, in quotes."""
    return text.clean(name).replace('"', "'")
