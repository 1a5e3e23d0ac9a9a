"""`/pm risks`: the open ones, newest words first, each with the buttons that settle it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.cards import text, words
from bot.cards.blocks import Node, actions, bold, footer, header, line, quote, rich, when
from bot.cards.card import Card
from bot.cards.escalation import acknowledge_button, settle_buttons
from bot.desk.views import PersonView, RiskView

_SHOWN = 10
_QUOTE = 300


def risks_card(risks: Sequence[RiskView], reader: PersonView, name: str = "") -> Card:
    """The first ten of `risks` for `reader`; `name` is the partner or account that was asked for, "" for all."""
    about = f" for {name}" if name else ""
    if not risks:
        return Card(text=text.own(f"No open risks{about}."), blocks=[rich(line(f"No open risks{about}."))])
    heading = f"{text.count(len(risks), 'open risk')}{about}"
    blocks = [header(heading)]
    for risk in risks[:_SHOWN]:
        blocks += [risk_entry(risk, reader), risk_buttons(risk)]
    if len(risks) > _SHOWN:
        blocks.append(footer(f"The first {_SHOWN} are shown. Ask for one partner or account to see fewer."))
    summary = "; ".join(f"#{risk.id} {words.called(risk)}" for risk in risks[:_SHOWN])
    return Card(text=text.own(f"{heading}: {summary}", 1_000), blocks=blocks)


def risk_entry(risk: RiskView, reader: PersonView, answer_by: datetime | None = None) -> Node:
    """One risk in a list: its title, its newest words, and one line with what else there is to know; `answer_by` is
    until when the reader is to acknowledge it."""
    again = f", said {risk.times_seen} times" if risk.times_seen > 1 else ""
    said = risk.evidence[:1]
    return rich(
        line(bold(f"#{risk.id} {words.called(risk)}"), again),
        *(quote(words.shown_quote(evidence, _QUOTE)) for evidence in said),
        *words.dotted(
            *(words.said_short(evidence, reader.zone) for evidence in said),
            words.deals(risk, most=1),
            [words.due(risk)],
            [words.note(risk)],
            [words.held(risk, reader)],
            ["snoozed until ", when(risk.snoozed_until)] if risk.snoozed_until else [],
            ["acknowledge by ", when(answer_by)] if answer_by else [],
            *(words.open_thread(evidence) for evidence in said),
        ),
    )


def risk_buttons(risk: RiskView, *, asked: bool = False) -> Node:
    """What can be done with it; Acknowledge first where the reader is `asked` to."""
    acknowledge = [acknowledge_button(risk.id)] if asked else []
    return actions([*acknowledge, *settle_buttons(risk.id)], f"listed:{risk.id}")
