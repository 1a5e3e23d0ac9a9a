"""One person's morning: what waits for them."""

from __future__ import annotations

from bot.cards import text, words
from bot.cards.blocks import Node, actions, bold, button, footer, header, line, quote, rich, when
from bot.cards.card import Card
from bot.cards.commitments_list import commitment_entry
from bot.cards.handoff import called
from bot.cards.hint import hint_entry
from bot.cards.limits import MESSAGE_BLOCKS
from bot.cards.risks_list import risk_buttons, risk_entry
from bot.desk.views import DigestView, HandoffView, PersonView, RiskView

_RISKS = 8
_COMMITMENTS = 8
_HANDOFFS = 5
_QUOTE = 300


def digest_card(view: DigestView) -> Card:
    """Risks, then commitments due, then work handed over, then what is worth a look; what does not fit is counted."""
    heading = f"{view.day:%a} {view.day.day} {view.day:%b}: {_summary(view)}"
    blocks: list[Node] = [header(heading)]
    for risk in view.risks[:_RISKS]:
        blocks.append(risk_entry(risk, view.person))
        if _is_theirs(risk, view.person):
            blocks.append(risk_buttons(risk))
    if view.commitments_due:
        blocks.append(header("Commitments due"))
        for item in view.commitments_due[:_COMMITMENTS]:
            blocks += commitment_entry(item, view.person)
    if view.handoffs:
        blocks.append(header("Handed to you"))
        for handoff in view.handoffs[:_HANDOFFS]:
            blocks += _handoff(handoff, view.person)
    hints = _hints(view, MESSAGE_BLOCKS - len(blocks) - 2)
    blocks += [header("Worth a look"), *(node for entry in hints for node in entry)] if hints else []
    blocks.append(
        footer(_hidden(view, len(hints)), "These are yours by the partner book. /pm digest off stops this message.")
    )
    return Card(text=text.own(heading), blocks=blocks)


def _hints(view: DigestView, room: int) -> list[list[Node]]:
    """As many as `room` blocks hold: what waits comes first."""
    entries: list[list[Node]] = []
    for hint in view.hints:
        entry = hint_entry(hint, view.person)
        room -= len(entry)
        entries += [entry] if room >= 0 else []
    return entries


def _is_theirs(risk: RiskView, reader: PersonView) -> bool:
    """Whether it is for the reader to settle: nobody else took it on."""
    return risk.held_by is None or risk.held_by.slack_id == reader.slack_id


def _summary(view: DigestView) -> str:
    late = sum(item.overdue for item in view.commitments_due)
    waiting = sum(hint.state == "open" for hint in view.hints)
    parts = (
        text.count(len(view.risks), "open risk") if view.risks else "",
        f"{text.count(len(view.commitments_due), 'commitment')} due" if view.commitments_due else "",
        f"{late} overdue" if late else "",
        text.count(len(view.handoffs), "handoff") if view.handoffs else "",
        f"{waiting} worth a look" if waiting else "",
    )
    return ", ".join(part for part in parts if part) or "nothing waits for you"


def _hidden(view: DigestView, hints: int) -> str:
    """How many items the limits above left out, "" for none."""
    left_out = (len(view.risks) - _RISKS, len(view.commitments_due) - _COMMITMENTS, len(view.handoffs) - _HANDOFFS)
    hidden = sum(max(0, number) for number in left_out) + len(view.hints) - hints
    return f"{text.count(hidden, 'more item')} not shown: ask me for risks or commitments." if hidden else ""


def _handoff(view: HandoffView, reader: PersonView) -> list[Node]:
    said, value = view.evidence[:1], str(view.id)
    buttons = [button("Accept", "handoff_accept", value), button("Decline", "handoff_decline", value)]
    if view.state == "accepted":
        buttons = [button("Done", "handoff_done", value)]
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
