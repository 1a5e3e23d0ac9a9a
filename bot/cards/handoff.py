"""Work offered to another role, with the words it stands on."""

from __future__ import annotations

from collections.abc import Sequence

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
    plain,
    quote,
    rich,
    spoken,
    when,
)
from bot.cards.card import Card, Scalar
from bot.cards.limits import clip
from bot.desk.related import OTHER
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
    OTHER: ("Request", "partner_request"),
}
_ANSWERED = {"accepted": "Accepted", "declined": "Declined", "done": "Done", "cancelled": "No longer needed"}
_QUOTES = 3
_NOTE = 500
_TITLE = 60
_LISTED = 10


def handoff_card(view: HandoffView, reader: str = "") -> Card:
    """What is handed over, why to you, until when, and Accept / Decline / Done; without them for a `reader` (user id)
    from whom it was passed on to somebody else."""
    heading = called(view)
    quotes = [part for evidence in view.evidence[:_QUOTES] for part in words.words_said(evidence, _zone(view))]
    is_passed_on = bool(reader and view.requested_by and view.assignee and view.assignee.slack_id != reader)
    state = [f"It went to {words.name(view.assignee)}. Nothing is asked of you."] if is_passed_on else _state(view)
    why = [] if is_passed_on else [line(bold("Why you: "), view.reason)]
    blocks = [header(heading), rich(*(quotes or _asked(view))), rich(*why, line(*state))]
    if buttons := [] if is_passed_on else _buttons(view):
        blocks.append(actions(buttons, f"handoff:{view.id}:{view.state}"))
    blocks.append(footer(f"Handoff #{view.id}", *words.provenance("", view.rule, view.policy_version)))
    said = view.evidence[0].quote if view.evidence and view.evidence[0].state != "deleted" else view.note
    first = f" “{text.title(said, 200)}”" if said else ""
    return Card(
        text=f"{_in_text(view)}.{first} {text.own(spoken(state, _zone(view)))}",
        blocks=blocks,
        event_type=_kind(view)[1],
        event_payload=_payload(view),
    )


def answer_card(view: HandoffView) -> Card:
    """What became of a request, for whoever made it, and what they can do about it."""
    blocks = [
        rich(line(bold(f"{called(view)}: {_became(view)}")), quote(clip(text.clean(view.note), _NOTE))),
        *_follow_ups(view, f"handoff-answer:{view.id}:{view.version}"),
        footer(f"You get this because you asked for it. Handoff #{view.id}"),
    ]
    return Card(text=f"{_in_text(view)}: {text.own(_became(view))}.", blocks=blocks)


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
            blocks += [rich(line(bold(f"#{view.id} {called(view)}")), *_about(view), line(f"{_whose(view)}."))]
            blocks += _follow_ups(view, f"listed-asked:{view.id}")
    left = max(0, len(mine) - _LISTED) + max(0, len(asked) - _LISTED)
    blocks += [footer(f"And {left} more.")] if left else []
    told = [*map(_in_text, mine), *(f"{_in_text(view)}: {text.own(_whose(view))}" for view in asked)]
    return Card(text=clip("; ".join(told), 1_000), blocks=blocks)


def called(view: HandoffView) -> str:
    """ "Referral: Globex Consulting, Acme Corp"; a request may be about no partner. One for no particular desk is
    called by its words: "Request: the pricing question"."""
    if view.trigger == OTHER and view.note:
        return f"{_kind(view)[0]}: {clip(' '.join(text.clean(view.note).split()), _TITLE)}"
    if view.requested_by and not view.partner and not view.account:
        return _kind(view)[0]
    return f"{_kind(view)[0]}: {words.subject(view.partner, view.account)}"


def _in_text(view: HandoffView) -> str:
    """What it is called, for the top-level text: an asker's words must be harmless there."""
    return text.title(called(view), 200) if view.trigger == OTHER else text.own(called(view))


def _asked(view: HandoffView) -> list[Node]:
    if not view.note:
        return [line("Handed over by hand, without a message.")]
    return [line(f"{words.name(view.requested_by)} asks:"), quote(clip(text.clean(view.note), _NOTE))]


def _about(view: HandoffView) -> list[Node]:
    said = [words.shown_quote(each, _NOTE) for each in view.evidence[:1]] or [clip(text.clean(view.note), _NOTE)]
    return [quote(each) for each in said if each]


def _whose(view: HandoffView) -> str:
    """ "Asked Vera Petit", "Vera Petit has not answered since Mon 16 Nov"."""
    became = _became(view)
    return became[:1].upper() + became[1:]


def _became(view: HandoffView) -> str:
    """ "accepted by Vera Petit", "Vera Petit has not answered since Mon 16 Nov"."""
    whose = words.name(view.assignee)
    if view.is_unanswered and view.requested_by and view.offered_at:
        since = view.offered_at.astimezone(text.zone_of(view.requested_by.zone))
        return f"{whose} has not answered since {since:%a} {since.day} {since:%b}"
    if view.state == "offered":
        return f"asked {whose}"
    by = f" by {words.name(view.settled_by)}" if view.settled_by else ""
    return f"{_ANSWERED.get(view.state, view.state).lower()}{by}"


def _follow_ups(view: HandoffView, block_id: str) -> list[Node]:
    """What whoever asked can do about a request that was declined or not answered."""
    if not view.is_unanswered and view.state != "declined":
        return []
    value = str(view.id)
    sure = confirmation("Drop it?", "Nobody is asked for it any more.", "Drop it", "Keep it")
    give: Node = {"type": "users_select", "action_id": "handoff_give", "placeholder": plain("Give to…")}
    remind = button(clip(f"Remind {words.name(view.assignee)}", _TITLE), "handoff_remind", value, style="primary")
    drop = button("Drop", "handoff_drop", value, confirm=sure)
    return [actions([*([remind] if view.is_unanswered else []), give, drop], block_id)]


def _kind(view: HandoffView) -> tuple[str, str]:
    return _KINDS.get(view.trigger, ("Risk handed to you", "partner_risk"))


def _state(view: HandoffView) -> list[Piece]:
    if view.state == "offered":
        told = words.name(view.requested_by, "the partner manager")
        if view.is_unanswered:
            return [bold("Next: "), f"accept it or decline it. {told} knows that it is not answered yet."]
        until: list[Piece] = [" by ", when(view.due_at)] if view.due_at else []
        return [
            bold("Next: "),
            "accept it or decline it",
            *until,
            f". If you decline or do not answer, {told} is told.",
        ]
    by = f" by {words.name(view.settled_by)}" if view.settled_by else ""
    then = " Press Done when it is finished." if view.state == "accepted" else ""
    return [bold(_ANSWERED.get(view.state, view.state.capitalize()) + by), f".{then}"]


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
