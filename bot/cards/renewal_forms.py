"""The forms of a renewal: until when it is renewed, why it is terminated."""

from __future__ import annotations

from dateutil.relativedelta import relativedelta

from bot.cards import text
from bot.cards.blocks import Node, line, rich
from bot.cards.forms import field, modal, words
from bot.desk.renewals_views import RenewalView

RENEWED, TERMINATED = "renewal_renewed", "renewal_terminated"
UNTIL, REASON = "until", "reason"


def renewed_form(view: RenewalView) -> Node:
    """The last day of the new term; a year on is proposed."""
    day: Node = {"type": "datepicker", "action_id": "day"}
    if view.ends_on is not None:
        day["initial_date"] = (view.ends_on + relativedelta(years=1)).isoformat()
    hint = "The agreement ends on this day from now on, also in the partner book."
    return modal(RENEWED, "Renewed", "It is renewed", [_about(view), field(UNTIL, "Until", day, hint=hint)])


def terminated_form(view: RenewalView) -> Node:
    """Why it ends for good."""
    return modal(TERMINATED, "Terminated", "It is terminated", [_about(view), field(REASON, "Why?", words())])


def _about(view: RenewalView) -> Node:
    return rich(line(f"{view.partner}: the term ends {text.day(view.ends_on)}." if view.ends_on else view.partner))
