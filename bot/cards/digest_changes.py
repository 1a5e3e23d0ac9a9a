"""What was settled, a line each."""

from __future__ import annotations

from bot.cards import words
from bot.cards.limits import clip
from bot.desk.views import ChangeView

_ABOUT = 60
_STATES = {
    "risk": {"mitigated": "resolved", "dismissed": "closed as not a risk", "accepted": "accepted",
             "materialized": "has happened", "reopened": "opened again"},
    "onboardingplan": {"running": "started", "done": "finished", "cancelled": "cancelled"},
    "dealregistration": {"converted": "won"},
}  # fmt: skip


def told(change: ChangeView) -> str:
    """ "Risk #12 with Globex (Delay): resolved by Sam Ortiz"."""
    state = _STATES.get(change.kind, {}).get(change.state, change.state.replace("_", " "))
    by = f" by {clip(change.by, _ABOUT)}" if change.by else ""
    return f"{_called(change)}: {state}{by}"


def _called(change: ChangeView) -> str:
    partner, about = clip(change.partner, _ABOUT), clip(change.about, _ABOUT)
    match change.kind:
        case "risk":
            return f"Risk #{change.id} with {partner} ({words.category(about)})"
        case "commitment":
            return f"Promise #{change.id} with {partner}"
        case "dealregistration":
            return f"Deal #{change.id}, {about}, of {partner}"
        case "qbr":
            return f"QBR {about} with {partner}"
        case "checkin":
            return f"Check-in with {partner}"
        case "onboardingplan":
            return f"Onboarding of {partner}"
        case "renewal":
            return f"Renewal of {partner}"
    return partner
