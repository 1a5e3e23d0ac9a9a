"""`/pm risks`: the open ones, newest words first, each with the buttons that settle it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import text, words
from bot.cards.blocks import Node, actions, bold, footer, header, line, quote, rich, when
from bot.cards.card import Card
from bot.cards.escalation import settle_buttons
from bot.desk.views import RiskView

_SHOWN = 10
_QUOTE = 300


def risks_card(risks: Sequence[RiskView], name: str = "") -> Card:
    """The first ten of `risks`; `name` is the partner or account that was asked for, "" for all."""
    about = f" for {name}" if name else ""
    if not risks:
        return Card(text=text.own(f"No open risks{about}."), blocks=[rich(line(f"No open risks{about}."))])
    heading = f"{text.count(len(risks), 'open risk')}{about}"
    blocks = [header(heading)]
    for risk in risks[:_SHOWN]:
        blocks += risk_entry(risk)
    if len(risks) > _SHOWN:
        blocks.append(footer(f"The first {_SHOWN} are shown. Ask for one partner or account to see fewer."))
    summary = "; ".join(f"#{risk.id} {words.called(risk)}" for risk in risks[:_SHOWN])
    return Card(text=text.own(f"{heading}: {summary}", 1_000), blocks=blocks)


def risk_entry(risk: RiskView) -> list[Node]:
    """One risk in a list: its line, its newest words, its buttons."""
    title = line(bold(f"#{risk.id} {words.called(risk)}"), ", last seen ", when(risk.last_seen_at))
    parts: list[Node] = [title]
    for evidence in risk.evidence[:1]:
        parts += [quote(words.shown_quote(evidence, _QUOTE)), words.said_by(evidence)]
    parts += [*words.owner_and_due(risk), *words.deals(risk.deals)]
    if risk.snoozed_until:
        parts.append(line("Snoozed until ", when(risk.snoozed_until), "."))
    return [rich(*parts), actions(settle_buttons(risk.id), f"listed:{risk.id}")]
