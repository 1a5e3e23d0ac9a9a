"""One step of an approval, for whoever has to decide: the deal, the referee's words, and three buttons."""

from __future__ import annotations

from bot.cards import text, words
from bot.cards.blocks import Piece, actions, bold, footer, header, line, rich, spoken, when
from bot.cards.card import Card
from bot.cards.registration import STATES, called, decide_buttons, facts, reasons, to_tell
from bot.desk.registrations_views import ApprovalView

_DONE = {"approved": "Approved", "rejected": "Rejected", "returned": "Returned", "cancelled": "No longer needed"}


def approval_card(view: ApprovalView, reader: str, *, is_warning: bool = False) -> Card:
    """For `reader` (a user id), who was asked: to decide, or that it is decided or with somebody else now."""
    deal, step = view.registration, view.step
    is_theirs = view.is_current and step.approver.slack_id == reader
    heading = f"{'Decide soon' if is_warning and is_theirs else 'Approval'}: deal #{deal.id}, {called(deal)}"
    said = _state(view, is_theirs)
    blocks = [
        header(heading),
        rich(line(*said)),
        rich(*facts(deal)),
        rich(*reasons(deal, private=True), to_tell(deal)),
    ]
    if is_theirs:
        blocks.append(actions(decide_buttons(step.id), f"approval:{step.id}:{step.state}"))
    policy = f"policy {deal.policy_version}" if deal.policy_version else ""
    why = f"You get this because {step.why}. Approvals come whatever your digest says." if is_theirs else ""
    blocks.append(footer(why, policy))
    spoken_state = spoken(said, step.approver.zone)
    return Card(
        text=text.own(f"{heading}, {text.money(deal.value, deal.currency)}. {spoken_state}", 600), blocks=blocks
    )


def _state(view: ApprovalView, is_theirs: bool) -> list[Piece]:
    step, deal = view.step, view.registration
    if is_theirs and deal.case:
        return [bold("Wait: "), f"conflict case #{deal.case} about it has to be decided before you can approve it."]
    if is_theirs:
        due: list[Piece] = [" by ", when(step.due_at)] if step.due_at else []
        return [bold("Next: "), "approve it, reject it or return it", *due, ". After that your manager is asked."]
    if view.is_current:
        return [bold("Passed on: "), f"{words.name(step.approver)} has to decide now, because {step.why}."]
    by = f" by {words.name(step.decided_by)}" if step.decided_by else ""
    note = f" “{text.clean(step.note)}”" if step.note else ""
    now = f" The registration: {STATES.get(deal.state, deal.state).lower()}."
    return [bold(f"{_DONE.get(step.state, step.state.capitalize())}{by}"), f".{note}{now}"]
