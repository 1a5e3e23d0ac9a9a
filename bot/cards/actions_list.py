"""Action items: one, and the list of those that are open."""

from __future__ import annotations

from bot.cards import text, words
from bot.cards.blocks import Node, actions, bold, button, footer, header, line, rich
from bot.cards.card import Card
from bot.desk.actions import Actions, ActionView

DONE, DROP = "action_done", "action_drop"
_SETTLED = {"done": "done", "dropped": "no longer needed"}
_TURNS = {"partner": "the partner does it", "customer": "the customer does it"}


def action_card(view: ActionView) -> Card:
    """One action item with its buttons."""
    return Card(text=text.own(f"#{view.id} {view.what}: {_state(view)}", 500), blocks=_entry(view))


def actions_card(found: Actions) -> Card:
    """The open ones, the soonest due first."""
    about = f" with {found.partner}" if found.partner else " of yours"
    if not found.items:
        nothing = f"Nothing agreed{about} is open."
        return Card(text=text.own(nothing), blocks=[rich(line(nothing))])
    heading = f"{text.count(len(found.items) + found.more, 'open action')}{about}"
    blocks = [header(heading), *(node for view in found.items for node in _entry(view))]
    if found.more:
        blocks.append(footer(f"And {found.more} more. Ask for one partner: actions <partner>"))
    spoken = "; ".join(f"#{view.id} {view.what}, {_state(view)}" for view in found.items)
    return Card(text=text.own(f"{heading}: {spoken}", 1_000), blocks=blocks)


def _entry(view: ActionView) -> list[Node]:
    entry = rich(
        line(bold(f"#{view.id} {view.what}")),
        *words.dotted([view.partner], [_state(view)], [words.name(view.owner, "")], [_TURNS.get(view.side, "")]),
    )
    if not view.is_open:
        return [entry]
    value = str(view.id)
    return [entry, actions([button("Done", DONE, value), button("Not needed", DROP, value)], f"listed-action:{value}")]


def _state(view: ActionView) -> str:
    if not view.is_open:
        by = f" by {words.name(view.closed_by)}" if view.closed_by and view.closed_by.slack_id[:1] in "UW" else ""
        return f"{_SETTLED[view.state]}{by}"
    if view.due_on is None:
        return "no day"
    return f"{'late, ' if view.is_late else ''}due {text.day(view.due_on)}"
