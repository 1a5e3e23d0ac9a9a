"""A side effect that waits for a person's Approve."""

from __future__ import annotations

from dataclasses import dataclass

from bot.cards import text, words
from bot.cards.blocks import Node, Piece, actions, bold, button, footer, header, line, rich
from bot.cards.card import Card
from bot.desk.views import EvidenceView, ProposalView

_SAID = 2


@dataclass(frozen=True, slots=True)
class _Wording:
    """`about` is what it would change (in words, with its quote), `ask` the offer; `yes` and `no` are the buttons,
    `approved` and `declined` what each came to, before the name of who pressed it."""

    heading: str
    about: tuple[str, tuple[EvidenceView, ...]]
    ask: str
    yes: str = "Approve"
    no: str = "No"
    approved: str = "Approved"
    declined: str = "Declined"
    after: str = ""


def proposal_card(view: ProposalView) -> Card:
    """What would change, on which words it stands, and the two buttons while it is open."""
    wording, zone = _wording(view), view.offered_to.zone
    label, quotes = wording.about
    blocks: list[Node] = [header(wording.heading)]
    if label:
        said = [part for evidence in quotes[:1] for part in words.words_said(evidence, zone)]
        blocks.append(rich(line(bold(label)), *said))
    if view.evidence:
        since = [part for evidence in view.evidence[:_SAID] for part in words.words_said(evidence, zone)]
        blocks.append(rich(line(bold("Said since:")), *since))
    if view.state == "open":
        value = str(view.id)
        approve = button(wording.yes, "proposal_approve", value, style="primary")
        decline = button(wording.no, "proposal_decline", value)
        blocks += [rich(line(wording.ask)), actions([approve, decline], f"proposal:{view.id}:open")]
    else:
        blocks.append(rich(line(*_outcome(view, wording))))
    blocks.append(footer(f"Proposal #{view.id}", _until(view)))
    return Card(text=f"{text.own(wording.heading)} {text.own(wording.ask)}", blocks=blocks)


def _outcome(view: ProposalView, wording: _Wording) -> list[Piece]:
    by = f" by {words.name(view.settled_by)}" if view.settled_by else ""
    if view.state == "approved":
        return [bold(wording.approved + by), f". {wording.after}".rstrip()]
    if view.state == "declined":
        return [bold(wording.declined + by), "."]
    return [bold("Expired"), "; nothing was changed."]


def _until(view: ProposalView) -> str:
    until = view.expires_at.astimezone(text.zone_of(view.offered_to.zone)).date()
    return f"Nothing happens without you. The offer ends {text.day(until)}." if view.state == "open" else ""


def _wording(view: ProposalView) -> _Wording:
    if view.kind == "close_risk" and view.risk is not None:
        risk = view.risk
        return _Wording(
            f"Close risk #{risk.id}?", (words.called(risk), risk.evidence), "This reads as if it is settled.",
            yes="Close the risk", no="Leave it open", approved="Closed", declined="Left open",
        )  # fmt: skip
    if view.kind == "close_commitment" and view.commitment is not None:
        promise = view.commitment
        dated = f", {words.due(promise)}" if words.due(promise) else ""
        label = f"Promised: {words.subject(promise.partner, promise.account)}{dated}"
        return _Wording(
            "Was this promise kept?", (label, promise.evidence), "This reads as if it is done.",
            yes="Kept", no="Not yet", approved="Marked as kept", declined="Left open",
        )  # fmt: skip
    if view.kind == "link_channel":
        return _link(view)
    return _Wording("Approve this?", ("", ()), view.kind.replace("_", " "))


def _link(view: ProposalView) -> _Wording:
    channel = f"#{view.params.get('channel_name') or view.params.get('channel', 'a channel')}"
    partner, account = view.params.get("partner", "a partner"), view.params.get("account", "")
    about = f"{partner}, {account}" if account else partner
    name_it = "" if account else f"To name the account, type in {channel}: /pm watch {partner} for <account>"
    ask = f"I was added to {channel}, which is shared with {partner}. Read it for {about}?"
    return _Wording(f"Watch {channel}?", ("", ()), ask, yes="Watch it", after=name_it)
