"""The card that tells one person about one risk, and later what became of it."""

from __future__ import annotations

from bot.cards import text, words
from bot.cards.blocks import (
    Node,
    Piece,
    actions,
    bold,
    button,
    confirmation,
    footer,
    header,
    line,
    option,
    rich,
    spoken,
    when,
)
from bot.cards.card import Card
from bot.desk.views import EscalationView

_SNOOZES = (("4 hours", "4"), ("1 day", "24"), ("3 days", "72"), ("1 week", "168"))
_QUOTES = 3
_STOP = "To stop it, press Snooze or Not a risk."
_COPY = "A copy for this channel: the partner book says it receives escalations. To stop them, change `receives` there."
_CLOSED = {
    "mitigated": "Resolved",
    "dismissed": "Marked as not a risk",
    "accepted": "Accepted as it is",
    "materialized": "Closed as happened",
}


def escalation_card(view: EscalationView) -> Card:
    """Partner, account, the exact words, the deal, why you, what happens next, and the buttons still possible."""
    risk = view.risk
    heading = words.called(risk)
    blocks = [
        header(heading),
        rich(*_quotes(view)),
        rich(
            *words.positions(risk, view.recipient.zone),
            *words.lines(words.deals(risk), words.dependency(risk), [words.heard(risk)], _why(view), _state(view)),
        ),
    ]
    if buttons := _buttons(view):
        blocks.append(actions(buttons, f"risk:{risk.id}:{view.state}:{risk.times_seen}"))
    blocks.append(footer(f"Risk #{risk.id}", *words.provenance(risk.reader, risk.rule, risk.policy_version)))
    return Card(text=_notification(view, heading), blocks=blocks)


def acknowledge_button(risk_id: int) -> Node:
    """ "I have it in hand": the risk stops climbing."""
    return button("Acknowledge", "risk_ack", str(risk_id), style="primary")


def settle_buttons(risk_id: int) -> list[Node]:
    """Resolve, Not a risk and Snooze: what can be done with any open risk, wherever it is shown."""
    value = str(risk_id)
    sure = confirmation(
        "Not a risk?", "It is closed and the same words do not raise it again.", "Not a risk", "Keep it open"
    )
    return [
        button("Resolve", "risk_resolve", value),
        button("Not a risk", "risk_dismiss", value, confirm=sure),
        {
            "type": "static_select",
            "action_id": "risk_snooze",
            "placeholder": {"type": "plain_text", "text": "Snooze"},
            "options": [option(label, hours) for label, hours in _SNOOZES],
        },
    ]


def _quotes(view: EscalationView) -> list[Node]:
    risk = view.risk
    shown = [part for evidence in risk.evidence[:_QUOTES] for part in words.words_said(evidence, view.recipient.zone)]
    if len(risk.evidence) > _QUOTES:
        shown.append(line(f"and {text.count(len(risk.evidence) - _QUOTES, 'earlier message')} in the thread"))
    return shown or [line("Flagged by hand, without a message.")]


def _waiting(view: EscalationView) -> bool:
    """Whether the card still asks its reader for something."""
    return view.risk.is_open and view.risk.snoozed_until is None and view.state in ("open", "notified", "send_failed")


def _why(view: EscalationView) -> list[Piece]:
    if view.to_role == "channel":
        return [_COPY]
    if view.informs:
        return [bold("For your information: "), f"{view.reason}; nothing is asked of you."]
    return [bold("Why you: "), view.reason]


def _state(view: EscalationView) -> list[Piece]:
    """The one next step, or what became of it."""
    if not _waiting(view):
        return _outcome(view)
    if view.informs:
        return [words.held(view.risk) or "Nobody has it yet", "."]
    if view.climbs_at is None:
        return [bold("Next: "), f"press Acknowledge when you have it in hand. {_STOP}"]
    climbs_to = words.name(view.climbs_to, "the next manager")
    return [bold("Next: "), "press Acknowledge by ", when(view.climbs_at), f", or it goes to {climbs_to}. {_STOP}"]


def _outcome(view: EscalationView) -> list[Piece]:
    """Who did what when."""
    risk = view.risk
    if not risk.is_open:
        return _done(_CLOSED.get(risk.state, "Closed"), view)
    if risk.snoozed_until is not None:
        return ["Snoozed until ", when(risk.snoozed_until), ". It comes back by itself if it is still open."]
    if view.state == "climbed":
        return [f"Nobody acknowledged in time, so it went on to {words.name(view.climbs_to, 'the next manager')}."]
    if view.state == "acked":
        return [*_done("Acknowledged", view), *_then(view)]
    if view.state == "resolved":
        return _done("Settled", view)
    return ["This no longer needs you."]


def _done(what: str, view: EscalationView) -> list[Piece]:
    by = f" by {words.name(view.settled_by)}" if view.settled_by else ""
    at: list[Piece] = [" ", when(view.settled_at)] if view.settled_at else []
    return [bold(what + by), *at, "."]


def _then(view: EscalationView) -> list[Piece]:
    """Who has it since, or what is left to do."""
    taker = view.risk.held_by
    if taker is not None and view.settled_by is not None and taker.slack_id != view.settled_by.slack_id:
        return [f" {words.held(view.risk)} now."]
    return [bold(" Next: "), "press Resolve when it is settled."]


def _buttons(view: EscalationView) -> list[Node]:
    if not view.risk.is_open or view.state in ("resolved", "cancelled"):
        return []
    resolve, dismiss, snooze = settle_buttons(view.risk.id)
    hand_off: Node = {
        "type": "users_select",
        "action_id": "risk_handoff",
        "placeholder": {"type": "plain_text", "text": "Hand off to…"},
    }
    if view.informs:
        return [resolve]
    if view.state == "acked":
        return [resolve, dismiss, hand_off]
    later = [] if view.risk.snoozed_until else [snooze]
    return [acknowledge_button(view.risk.id), resolve, dismiss, *later, hand_off]


def _notification(view: EscalationView, heading: str) -> str:
    """What a phone shows and a screen reader says: what, who said it, and the one next step."""
    said = f" {words.spoken_quote(view.risk.evidence)}" if view.risk.evidence else ""
    step = spoken(_state(view), view.recipient.zone)
    if _waiting(view) and not view.informs and view.climbs_at is not None:
        step = f"Acknowledge by {text.local(view.climbs_at, view.recipient.zone)}."
    return f"{text.own(heading)}.{said} {text.own(step)}"
