"""A message that finally could not be delivered: somebody has to know."""

from __future__ import annotations

from bot.cards import text, words
from bot.cards.blocks import actions, bold, code, footer, header, line, rich
from bot.cards.card import Card
from bot.cards.escalation import settle_buttons
from bot.desk.views import AlertView

# Slack's error -> what a person can do about it.
_FIXES = {
    "not_in_channel": "Invite me there: /invite @PartnerDesk",
    "channel_not_found": "Invite me there, or correct the channel in the partner book.",
    "is_archived": "The channel is archived. Name another one in the partner book.",
    "user_not_found": "The person is not in this workspace. Correct the partner book.",
    "user_disabled": "The person's account is deactivated. Name somebody else in the partner book.",
    "missing_scope": "PartnerDesk needs another permission. Reinstall it from manifest.yml.",
    "invalid_auth": "Slack refuses PartnerDesk's token. Run `partnerdesk doctor`.",
    "account_inactive": "PartnerDesk was removed from the workspace. Install it again.",
}


def alert_card(view: AlertView) -> Card:
    """What was not delivered to whom, why, what to do; with the risk's words so that nothing is lost."""
    heading = "A message could not be delivered"
    about = words.called(view.risk) if view.risk else view.card
    fix = _FIXES.get(view.error, "Run `partnerdesk doctor`, or tell the person yourself.")
    blocks = [
        header(heading),
        rich(
            line(bold("What: "), about),
            line(bold("To: "), view.target),
            line(bold("Slack said: "), code(view.error or "no answer")),
            line(bold("Next: "), fix),
        ),
    ]
    if view.risk is not None:
        quotes = [part for evidence in view.risk.evidence[:1] for part in words.words_said(evidence)]
        blocks += [rich(*quotes)] if quotes else []
        blocks += [actions(settle_buttons(view.risk.id), f"listed:{view.risk.id}")] if view.risk.is_open else []
    blocks.append(footer(f"Delivery {view.delivery_id}"))
    return Card(text=f"{heading}: {text.own(about)}. {text.own(fix)}", blocks=blocks)
