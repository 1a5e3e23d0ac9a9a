"""`/pm commitments`: who promised what by when, and how often the date moved."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import text, words
from bot.cards.blocks import Node, actions, bold, button, footer, header, line, quote, rich
from bot.cards.card import Card
from bot.desk.views import CommitmentView, PersonView

_SHOWN = 15
_QUOTE = 300


def commitments_card(commitments: Sequence[CommitmentView], reader: PersonView, name: str = "") -> Card:
    """The first fifteen for `reader`; `name` is the partner or account that was asked for, "" for all."""
    about = f" for {name}" if name else ""
    if not commitments:
        return Card(text=text.own(f"No open commitments{about}."), blocks=[rich(line(f"No open commitments{about}."))])
    late = sum(item.overdue for item in commitments)
    heading = f"{text.count(len(commitments), 'open commitment')}{about}" + (f", {late} overdue" if late else "")
    blocks = [header(heading)]
    for item in commitments[:_SHOWN]:
        blocks += commitment_entry(item, reader)
    if len(commitments) > _SHOWN:
        blocks.append(footer(f"The first {_SHOWN} are shown. Ask for one partner or account to see fewer."))
    return Card(text=text.own(heading), blocks=blocks)


def commitment_entry(item: CommitmentView, reader: PersonView) -> list[Node]:
    """One commitment in a list: its title, the words of the promise, one line with the rest, and its button."""
    dated = (words.due(item) or "no date") + (", overdue" if item.overdue else "")
    said = item.evidence[:1]
    moved = "date moved: " + " → ".join(text.day(day) for day in item.slips) if len(item.slips) > 1 else ""
    entry = rich(
        line(bold(f"{words.subject(item.partner, item.account)}: {_owner(item)}{dated}")),
        *(quote(words.shown_quote(evidence, _QUOTE)) for evidence in said),
        *words.dotted(
            *(words.said_short(evidence, reader.zone) for evidence in said),
            [moved],
            *(words.open_thread(evidence) for evidence in said),
        ),
    )
    kept = button("Kept", "commitment_kept", str(item.id))
    return [entry, actions([kept], f"listed-commitment:{item.id}")]


def _owner(item: CommitmentView) -> str:
    """Who is to do it, when that is neither the partner the title names nor who said it."""
    return f"{item.owner}, " if item.owner not in ("", item.partner, item.by.name) else ""
