"""One person's morning: what waits for them."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.cards import agenda_list, digest_changes, text, words
from bot.cards.blocks import Node, Piece, actions, bold, bullets, button, footer, header, line, quote, rich, when
from bot.cards.card import Card
from bot.cards.commitments_list import commitment_entry
from bot.cards.handoff import called
from bot.cards.hint import hint_entry
from bot.cards.limits import MESSAGE_BLOCKS, MESSAGE_CHARACTERS, characters, clip
from bot.cards.risks_list import risk_buttons, risk_entry
from bot.desk.agenda import AgendaItem, Weight, weight
from bot.desk.digest_sections import Section
from bot.desk.views import CommitmentView, DigestView, HandoffView, PersonView, RiskView
from models.risks import SubjectKind

_QUOTE = 300
_FIRST = 2  # of each section before any gets more
_SMALL_PRINT = 800  # characters kept free for it
_WHY = "These are yours by the partner book. /pm digest changes what you get and when, /pm digest off stops it."


@dataclass(slots=True)
class Part:
    """A section on its way onto a card: entries of one or more blocks, and how many are `shown`. `more` are not even
    listed; `ask` shows them all."""

    name: str
    entries: list[list[Node]]
    more: int = 0
    ask: str = ""
    shown: int = field(default=0, init=False)

    @property
    def hidden(self) -> int:
        return self.more + len(self.entries) - self.shown


def digest_card(view: DigestView) -> Card:
    """What waits for a decision, what is due, what is at risk, promises, work handed over, what changed and what is
    worth a look; of a long one a part of each, and what is left out is counted."""
    heading = f"{view.day:%a} {view.day.day} {view.day:%b}: {summary(view)}"
    parts = sections(view)
    fit(parts, MESSAGE_BLOCKS - 2, MESSAGE_CHARACTERS - _SMALL_PRINT)
    blocks = [header(heading), *drawn(parts), footer(left_out(parts), _WHY)]
    return Card(text=text.own(heading), blocks=blocks)


def sections(view: DigestView) -> list[Part]:
    """The parts of a digest, what it costs most to leave undone first (bot/desk/agenda.py); those with nothing in them
    are left out."""
    more, reader, day = view.more, view.person, view.day
    waits, ends, work = (_weighing(view, each) for each in Weight)
    late = sum(item.overdue for item in view.commitments_due)
    parts = [
        Part(
            "Waiting for your decision",
            [agenda_list.agenda_entry(item, day) for item in (*view.decisions, *waits)],
            more.get(Section.DECISIONS, 0),
            "deals",
        ),
        Part("Handed to you", [_handoff(each, reader) for each in view.handoffs], more.get(Section.HANDOFFS, 0)),
        Part("Ends soon", [agenda_list.agenda_entry(item, day) for item in ends]),
        Part("At risk", [_risk(risk, view) for risk in view.risks], more.get(Section.RISKS, 0), "risks"),
        Part(
            f"Promised and overdue: {late}" if late else "Commitments due",
            [_promise(item, reader) for item in view.commitments_due],
            more.get(Section.PROMISES, 0),
            "commitments",
        ),
        Part(
            ", ".join(agenda_list.summary(work, day)).capitalize() or "On your agenda",
            [agenda_list.agenda_entry(item, day) for item in work],
            more.get(Section.DUE, 0),
            "agenda",
        ),
        Part(
            "Slipped since your last digest",
            [_slipped(item, reader) for item in view.slipped],
            more.get(Section.SLIPPED, 0),
            "commitments",
        ),
        Part("Changed since your last digest", _changes(view), more.get(Section.CHANGES, 0)),
        Part("Worth a look", [hint_entry(hint, reader) for hint in view.hints]),
    ]
    return [part for part in parts if part.entries]


def fit(parts: list[Part], blocks: int, letters: int) -> None:
    """Decide how many entries of each part are shown in so many blocks and characters: a few of each first, then more
    of them in their order."""
    for most in (_FIRST, None):
        for part in parts:
            for entry in part.entries[part.shown : most]:
                needed = len(entry) + (part.shown == 0)
                blocks, letters = blocks - needed, letters - characters(entry)
                if blocks < 0 or letters < 0:
                    blocks, letters = blocks + needed, letters + characters(entry)
                    break
                part.shown += 1


def drawn(parts: list[Part]) -> list[Node]:
    """The parts as `fit` left them, each under its name."""
    return [
        node
        for part in parts
        if part.shown
        for node in (header(part.name), *(node for entry in part.entries[: part.shown] for node in entry))
    ]


def left_out(parts: list[Part]) -> str:
    """ "Not shown: 37 more under “At risk” (/pm risks).", "" for nothing."""
    hidden = [
        f"{part.hidden} more under “{part.name}”" + (f" (/pm {part.ask})" if part.ask else "")
        for part in parts
        if part.hidden
    ]
    return f"Not shown: {'; '.join(hidden)}." if hidden else ""


def _weighing(view: DigestView, which: Weight) -> list[AgendaItem]:
    return [item for item in view.agenda if weight(item, view.day) == which]


def summary(view: DigestView) -> str:
    """ "2 to decide, 4 on your agenda, 11 open risks"."""
    more = view.more
    late = sum(item.overdue for item in view.commitments_due)
    waiting = sum(hint.state == "open" for hint in view.hints)
    risks = len(view.risks) + more.get(Section.RISKS, 0)
    promises = len(view.commitments_due) + more.get(Section.PROMISES, 0)
    slipped = len(view.slipped) + more.get(Section.SLIPPED, 0)
    handoffs = len(view.handoffs) + more.get(Section.HANDOFFS, 0)
    decisions = len(view.decisions) + more.get(Section.DECISIONS, 0)
    due = len(view.agenda) + more.get(Section.DUE, 0)
    parts = (
        f"{decisions} to decide" if decisions else "",
        f"{due} on your agenda" if due else "",
        text.count(risks, "open risk") if risks else "",
        f"{text.count(late, 'commitment')} overdue" if late else "",
        f"{text.count(promises - late, 'commitment')} due" if promises > late else "",
        f"{slipped} slipped" if slipped else "",
        text.count(handoffs, "handoff") if handoffs else "",
        f"{waiting} worth a look" if waiting else "",
    )
    return ", ".join(part for part in parts if part) or "nothing waits for you"


def _risk(risk: RiskView, view: DigestView) -> list[Node]:
    """Buttons only where it is for the reader to settle: nobody else took it on."""
    is_theirs = risk.held_by is None or risk.held_by.slack_id == view.person.slack_id
    buttons = [risk_buttons(risk, asked=risk.id in view.unanswered)] if is_theirs else []
    return [risk_entry(risk, view.person, view.unanswered.get(risk.id)), *buttons]


def _promise(item: CommitmentView, reader: PersonView) -> list[Node]:
    entry, controls = commitment_entry(item, reader)
    controls["elements"].append(agenda_list.quiet_menu(SubjectKind.COMMITMENT, item.id))
    return [entry, controls]


def _slipped(item: CommitmentView, reader: PersonView) -> list[Node]:
    """What was promised, and how its day moved."""
    said = item.evidence[:1]
    moved = " → ".join(text.day(day) for day in item.slips[-3:])
    return [
        rich(
            line(bold(words.subject(item.partner, item.account)), f": {moved}"),
            *(quote(words.shown_quote(evidence, _QUOTE)) for evidence in said),
            *words.dotted(
                *(words.said_short(evidence, reader.zone) for evidence in said),
                *(words.open_thread(evidence) for evidence in said),
            ),
        )
    ]


def _changes(view: DigestView) -> list[list[Node]]:
    """All of them are one list."""
    told: list[list[Piece]] = [[clip(digest_changes.told(change), _QUOTE)] for change in view.changes]
    return [[rich(bullets(*told))]] if told else []


def _handoff(view: HandoffView, reader: PersonView) -> list[Node]:
    said, value = view.evidence[:1], str(view.id)
    buttons = [button("Accept", "handoff_accept", value), button("Decline", "handoff_decline", value)]
    if view.state == "accepted":
        buttons = [button("Done", "handoff_done", value)]
    buttons.append(agenda_list.quiet_menu(SubjectKind.HANDOFF, view.id))
    entry = rich(
        line(bold(called(view))),
        *(quote(words.shown_quote(evidence, _QUOTE)) for evidence in said),
        *words.dotted(
            *(words.said_short(evidence, reader.zone) for evidence in said),
            [view.reason],
            ["answer by ", when(view.due_at)] if view.due_at else [],
            *(words.open_thread(evidence) for evidence in said),
        ),
    )
    return [entry, actions(buttons, f"listed-handoff:{view.id}")]
