"""Work offered to another role, with the words it stands on."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import text, words
from bot.cards.blocks import Node, Piece, actions, bold, button, footer, header, line, quote, rich, spoken, when
from bot.cards.card import Card, Scalar
from bot.cards.limits import clip
from bot.desk.views import HandoffView

# trigger -> (what the card is called, the event type other agents subscribe to)
_KINDS = {
    "technical": ("Technical issue", "partner_technical_issue"),
    "referral": ("Referral", "partner_referral"),
    "sow": ("Statement of work needed", "partner_sow_needed"),
    "executive_approval": ("Executive approval", "partner_request"),
    "deal_desk": ("Deal desk request", "partner_request"),
    "commission": ("Commission request", "partner_request"),
    "campaign": ("Joint campaign", "partner_request"),
    "request": ("Request", "partner_request"),
}
_SETTLED = {"accepted": "Accepted", "declined": "Declined", "done": "Done", "cancelled": "No longer needed"}
_QUOTES = 3
_NOTE = 500
_LISTED = 10


def handoff_card(view: HandoffView) -> Card:
    """What is handed over, why to you, until when, and Accept / Decline / Done."""
    heading = called(view)
    quotes = [part for evidence in view.evidence[:_QUOTES] for part in words.words_said(evidence, _zone(view))]
    blocks = [
        header(heading),
        rich(*(quotes or _asked(view))),
        rich(line(bold("Why you: "), view.reason), line(*_state(view))),
    ]
    if buttons := _buttons(view):
        blocks.append(actions(buttons, f"handoff:{view.id}:{view.state}"))
    blocks.append(footer(f"Handoff #{view.id}", *words.provenance("", view.rule, view.policy_version)))
    said = view.evidence[0].quote if view.evidence and view.evidence[0].state != "deleted" else view.note
    first = f" “{text.title(said, 200)}”" if said else ""
    return Card(
        text=f"{text.own(heading)}.{first} {text.own(spoken(_state(view), _zone(view)))}",
        blocks=blocks,
        event_type=_kind(view)[1],
        event_payload=_payload(view),
    )


def answer_card(view: HandoffView) -> Card:
    """What became of a request, for whoever made it."""
    heading = f"{called(view)}: {_SETTLED.get(view.state, 'offered again').lower()}"
    if view.settled_by and view.state in _SETTLED:
        heading += f" by {words.name(view.settled_by)}"
    then = "Ask somebody else: say who with @name." if view.state == "declined" else ""
    blocks = [
        rich(line(bold(heading)), quote(clip(text.clean(view.note), _NOTE)), *words.lines([then])),
        footer(f"You get this because you asked for it. Handoff #{view.id}"),
    ]
    return Card(text=text.own(f"{heading}. {then}"), blocks=blocks)


def handoffs_card(mine: Sequence[HandoffView], asked: Sequence[HandoffView]) -> Card:
    """What waits for the reader, and what they asked of others."""
    if not mine and not asked:
        nothing = "Nothing is handed to you, and nothing you asked of others is open."
        return Card(text=nothing, blocks=[rich(line(nothing))])
    blocks: list[Node] = [header("Handed to you")] if mine else []
    for view in mine[:_LISTED]:
        blocks += [rich(line(bold(f"#{view.id} {called(view)}")), *_about(view))]
        blocks += [actions(_buttons(view), f"listed-handoff:{view.id}")]
    if asked:
        blocks += [header("You asked for")]
        for view in asked[:_LISTED]:
            blocks += [rich(line(bold(f"#{view.id} {called(view)}")), *_about(view), line(_whose(view)))]
    left = max(0, len(mine) - _LISTED) + max(0, len(asked) - _LISTED)
    blocks += [footer(f"And {left} more.")] if left else []
    spoken = "; ".join([*(called(view) for view in mine), *(f"{called(view)}: {_whose(view)}" for view in asked)])
    return Card(text=text.own(spoken, 1_000), blocks=blocks)


def called(view: HandoffView) -> str:
    """ "Referral: Globex Consulting, Acme Corp"; a request may be about no partner."""
    if view.requested_by and not view.partner and not view.account:
        return _kind(view)[0]
    return f"{_kind(view)[0]}: {words.subject(view.partner, view.account)}"


def _asked(view: HandoffView) -> list[Node]:
    if not view.note:
        return [line("Handed over by hand, without a message.")]
    return [line(f"{words.name(view.requested_by)} asks:"), quote(clip(text.clean(view.note), _NOTE))]


def _about(view: HandoffView) -> list[Node]:
    said = [words.shown_quote(each, _NOTE) for each in view.evidence[:1]] or [clip(text.clean(view.note), _NOTE)]
    return [quote(each) for each in said if each]


def _whose(view: HandoffView) -> str:
    """ "Offered to Vera Petit"."""
    state = {"accepted": "accepted by", "declined": "declined by"}.get(view.state, "offered to")
    return f"{state.capitalize()} {words.name(view.settled_by if view.state == 'declined' else view.assignee)}"


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
