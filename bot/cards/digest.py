"""One person's morning: what waits for them."""

from __future__ import annotations

from bot.cards import text, words
from bot.cards.blocks import Node, actions, bold, button, footer, header, line, rich
from bot.cards.card import Card
from bot.cards.commitments_list import commitment_lines
from bot.cards.notice import request_buttons
from bot.cards.risks_list import risk_entry
from bot.desk.views import DigestView, HandoffView

_RISKS = 8
_COMMITMENTS = 8
_HANDOFFS = 5


def digest_card(view: DigestView) -> Card:
    """Risks, then commitments due, then work handed over; what does not fit is counted."""
    heading = f"{text.day(view.day)}: {_summary(view)}"
    blocks: list[Node] = [header(heading)]
    for risk in view.risks[:_RISKS]:
        blocks += risk_entry(risk)
    if view.commitments_due:
        blocks.append(header("Commitments due"))
        blocks += [rich(*commitment_lines(item)) for item in view.commitments_due[:_COMMITMENTS]]
    if view.handoffs:
        blocks.append(header("Handed to you"))
        for handoff in view.handoffs[:_HANDOFFS]:
            blocks += _handoff(handoff)
    why = "You get this because these are yours by the partner book. Snooze takes one off the list."
    blocks.append(footer(why, _hidden(view)))
    blocks += request_buttons(["digest off"])
    return Card(text=text.own(heading), blocks=blocks)


def _summary(view: DigestView) -> str:
    parts = (
        text.count(len(view.risks), "open risk") if view.risks else "",
        f"{text.count(len(view.commitments_due), 'commitment')} due" if view.commitments_due else "",
        text.count(len(view.handoffs), "handoff") if view.handoffs else "",
    )
    return ", ".join(part for part in parts if part) or "nothing waits for you"


def _hidden(view: DigestView) -> str:
    """How many items the limits above left out, "" for none."""
    left_out = (len(view.risks) - _RISKS, len(view.commitments_due) - _COMMITMENTS, len(view.handoffs) - _HANDOFFS)
    hidden = sum(max(0, number) for number in left_out)
    return f"{text.count(hidden, 'more item')} not shown: ask me for risks or commitments." if hidden else ""


def _handoff(view: HandoffView) -> list[Node]:
    quotes = [part for evidence in view.evidence[:1] for part in words.words_said(evidence, 300)]
    value = str(view.id)
    buttons = [button("Accept", "handoff_accept", value), button("Decline", "handoff_decline", value)]
    if view.state == "accepted":
        buttons = [button("Done", "handoff_done", value)]
    title = line(bold(f"Handoff #{view.id}: {words.subject(view.partner, view.account)}"), f". {view.reason}")
    return [rich(title, *quotes), actions(buttons, f"listed-handoff:{view.id}")]
