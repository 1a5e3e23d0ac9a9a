"""`/pm commitments`: who promised what by when, and how often the date moved."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import text, words
from bot.cards.blocks import Node, bold, footer, header, line, quote, rich
from bot.cards.card import Card
from bot.desk.views import CommitmentView

_SHOWN = 15
_QUOTE = 300


def commitments_card(commitments: Sequence[CommitmentView], name: str = "") -> Card:
    """The first fifteen; `name` is the partner or account that was asked for, "" for all."""
    about = f" for {name}" if name else ""
    if not commitments:
        return Card(text=text.own(f"No open commitments{about}."), blocks=[rich(line(f"No open commitments{about}."))])
    late = sum(item.overdue for item in commitments)
    heading = f"{text.count(len(commitments), 'open commitment')}{about}" + (f", {late} overdue" if late else "")
    blocks = [header(heading), *(rich(*commitment_lines(item)) for item in commitments[:_SHOWN])]
    if len(commitments) > _SHOWN:
        blocks.append(footer(f"The first {_SHOWN} are shown. Ask for one partner or account to see fewer."))
    return Card(text=text.own(heading), blocks=blocks)


def commitment_lines(item: CommitmentView) -> list[Node]:
    """One commitment: its line, the words of the promise, its dates."""
    late = "Overdue. " if item.overdue else ""
    who = item.owner or words.name(item.by)
    lines = [line(bold(f"{late}{words.subject(item.partner, item.account)}: {who}, {words.due(item) or 'no date'}"))]
    for evidence in item.evidence[:1]:
        lines += [quote(words.shown_quote(evidence, _QUOTE)), words.said_by(evidence)]
    if len(item.slips) > 1:
        lines.append(line("Dates so far: " + " → ".join(text.day(moved) for moved in item.slips)))
    return lines
