"""A message that finally could not be delivered: somebody has to know."""

from __future__ import annotations

from bot.cards import text, words
from bot.cards.blocks import actions, bold, footer, header, line, rich
from bot.cards.card import Card
from bot.cards.escalation import settle_buttons
from bot.desk.views import AlertView

# What a message was, for those that are about no risk.
_CARDS = {
    "digest": "The morning digest",
    "portfolio": "The weekly portfolio",
    "handoff": "A handoff",
    "proposal": "A question that waits for an answer",
    "notice": "An answer",
}


def alert_card(view: AlertView) -> Card:
    """What was not delivered to whom, why, what to do; with the risk's words so that nothing is lost."""
    heading = "A message could not be delivered"
    about = words.called(view.risk) if view.risk else _CARDS.get(view.card, view.card)
    step = "pass it on yourself and put right what was in the way. I do not send this one again."
    blocks = [
        header(heading),
        rich(
            line(bold("What: "), about),
            line(bold("To: "), view.target),
            line(bold("Why: "), view.error or "Slack gave no answer."),
            line(bold("Next: "), step),
        ),
    ]
    if view.risk is not None:
        quotes = [part for evidence in view.risk.evidence[:1] for part in words.words_said(evidence)]
        blocks += [rich(*quotes)] if quotes else []
        blocks += [actions(settle_buttons(view.risk.id), f"listed:{view.risk.id}")] if view.risk.is_open else []
    blocks.append(footer(f"Delivery {view.delivery_id}"))
    return Card(text=f"{heading}: {text.own(about)}. Next: {text.own(step)}", blocks=blocks)
