"""Work offered to another role, with the words it stands on."""

from __future__ import annotations

from bot.cards import text, words
from bot.cards.blocks import Node, Piece, actions, bold, button, footer, header, line, rich, spoken, when
from bot.cards.card import Card, Scalar
from bot.desk.views import HandoffView

# trigger -> (what the card is called, the event type other agents subscribe to)
_KINDS = {
    "technical": ("Technical issue", "partner_technical_issue"),
    "referral": ("Referral", "partner_referral"),
    "sow": ("Statement of work needed", "partner_sow_needed"),
}
_SETTLED = {"accepted": "Accepted", "declined": "Declined", "done": "Done", "cancelled": "No longer needed"}
_QUOTES = 3


def handoff_card(view: HandoffView) -> Card:
    """What is handed over, why to you, until when, and Accept / Decline / Done."""
    heading = called(view)
    quotes = [part for evidence in view.evidence[:_QUOTES] for part in words.words_said(evidence, _zone(view))]
    blocks = [
        header(heading),
        rich(*(quotes or [line("Handed over by hand, without a message.")])),
        rich(line(bold("Why you: "), view.reason), line(*_state(view))),
    ]
    if buttons := _buttons(view):
        blocks.append(actions(buttons, f"handoff:{view.id}:{view.state}"))
    blocks.append(footer(f"Handoff #{view.id}", *words.provenance("", view.rule, view.policy_version)))
    first = (
        f" “{text.title(view.evidence[0].quote, 200)}”" if view.evidence and view.evidence[0].state != "deleted" else ""
    )
    return Card(
        text=f"{text.own(heading)}.{first} {text.own(spoken(_state(view), _zone(view)))}",
        blocks=blocks,
        event_type=_kind(view)[1],
        event_payload=_payload(view),
    )


def called(view: HandoffView) -> str:
    """ "Referral: Globex Consulting, Acme Corp"."""
    return f"{_kind(view)[0]}: {words.subject(view.partner, view.account)}"


def _kind(view: HandoffView) -> tuple[str, str]:
    return _KINDS.get(view.trigger, ("Risk handed to you", "partner_risk"))


def _state(view: HandoffView) -> list[Piece]:
    if view.state == "offered":
        until: list[Piece] = [" by ", when(view.due_at)] if view.due_at else []
        return [
            bold("Next: "),
            "accept it or decline it",
            *until,
            ". If you decline or do not answer, the partner manager is told.",
        ]
    by = f" by {words.name(view.settled_by)}" if view.settled_by else ""
    then = " Press Done when it is finished." if view.state == "accepted" else ""
    return [bold(_SETTLED.get(view.state, view.state.capitalize()) + by), f".{then}"]


def _zone(view: HandoffView) -> str:
    return view.assignee.zone if view.assignee else "UTC"


def _buttons(view: HandoffView) -> list[Node]:
    value = str(view.id)
    if view.state == "offered":
        accept = button("Accept", "handoff_accept", value, style="primary")
        return [accept, button("Decline", "handoff_decline", value)]
    if view.state == "accepted":
        return [
            button("Done", "handoff_done", value, style="primary"),
            button("Give it back", "handoff_decline", value),
        ]
    return []


def _payload(view: HandoffView) -> dict[str, Scalar]:
    """Ids and names only: metadata is readable by every app in the conversation."""
    payload: dict[str, Scalar] = {
        "handoff": view.id,
        "to_role": view.to_role,
        "state": view.state,
        "partner": view.partner,
        "account": view.account,
    }
    if view.evidence:
        payload |= {"channel": view.evidence[0].channel, "ts": view.evidence[0].ts}
    return payload | ({"due_at": view.due_at.isoformat()} if view.due_at else {})
