"""A side effect that waits for a person's Approve."""

from __future__ import annotations

from bot.cards import text, words
from bot.cards.blocks import Node, actions, bold, button, footer, header, line, rich, when
from bot.cards.card import Card
from bot.desk.views import ProposalView

_SETTLED = {"approved": "Approved", "declined": "Declined", "expired": "Expired; nothing was changed"}


def proposal_card(view: ProposalView) -> Card:
    """What would happen on approval, on which words it stands, and the two buttons while it is open."""
    heading, ask, yes = _wording(view)
    blocks: list[Node] = [header(heading)]
    quotes = [part for evidence in view.evidence[:2] for part in words.words_said(evidence)]
    if quotes:
        blocks.append(rich(*quotes))
    if view.state == "open":
        until = line("Nothing happens until you approve. The offer ends ", when(view.expires_at), ".")
        blocks.append(rich(line(ask), until))
        value = str(view.id)
        approve = button(yes, "proposal_approve", value, style="primary")
        blocks.append(actions([approve, button("No", "proposal_decline", value)], f"proposal:{view.id}:open"))
    else:
        by = f" by {words.name(view.settled_by)}" if view.settled_by else ""
        blocks.append(rich(line(bold(_SETTLED.get(view.state, view.state.capitalize()) + by), ".")))
    blocks.append(footer(f"Proposal #{view.id}"))
    return Card(text=f"{text.own(heading)} {text.own(ask)}", blocks=blocks)


def _wording(view: ProposalView) -> tuple[str, str, str]:
    """Heading, question, and the label of the approving button."""
    if view.kind == "close_risk" and view.risk is not None:
        risk = view.risk
        called = f"{words.category(risk.category)}: {words.subject(risk.partner, risk.account)}"
        return f"Close risk #{risk.id}?", f"This reads as if it is settled. Close “{called}”?", "Close the risk"
    if view.kind == "link_channel":
        channel = view.params.get("channel_name") or view.params.get("channel", "a channel")
        partner = view.params.get("partner", "a partner")
        ask = f"I was added to #{channel}, which is shared with {partner}. Read it for {partner}?"
        return f"Watch #{channel}?", ask, "Watch it"
    return "Approve this?", view.kind.replace("_", " "), "Approve"
