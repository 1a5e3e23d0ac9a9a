"""The forms of a business review: when it is, that it was held, what closes it, why it is skipped."""

from __future__ import annotations

from datetime import date

from bot.cards.agreed import PLACES, agreed_fields
from bot.cards.blocks import Node, line, rich
from bot.cards.forms import field, modal, words
from bot.cards.qbr import CLOSE, HOLD, SCHEDULE, SKIP
from bot.desk.qbr_views import QbrView

DAY, TIME, PEOPLE, NOTES, REASON, NEXT = "day", "time", "people", "notes", "reason", "next"


def schedule_form(view: QbrView, zone: str, at: str) -> Node:
    """Day, time (in `zone`, proposed at `at`, "10:00") and who of us comes."""
    day: Node = {"type": "datepicker", "action_id": "day"}
    if view.on is not None:
        day["initial_date"] = view.on.isoformat()
    time = {"type": "timepicker", "action_id": "time", "initial_time": at}
    blocks = [
        _about(view),
        field(DAY, "Day", day),
        field(TIME, f"Time ({zone})", time),
        field(PEOPLE, "Who of us comes", _people(view), optional=True),
    ]
    return modal(SCHEDULE, "Schedule QBR", "Schedule", blocks)


def hold_form(view: QbrView, today: date) -> Node:
    """When it was held, who of us was there, notes."""
    held = view.on if view.on is not None and view.on <= today else today
    day = {"type": "datepicker", "action_id": "day", "initial_date": held.isoformat()}
    blocks = [
        _about(view),
        field(DAY, "Held on", day),
        field(PEOPLE, "Who of us was there", _people(view), optional=True),
        field(NOTES, "Notes", words(3_000, multiline=True), optional=True),
    ]
    return modal(HOLD, "QBR held", "It was held", blocks)


def close_form(view: QbrView) -> Node:
    """Up to three actions, the first of which is needed, and the date of the next review."""
    blocks = [_about(view)]
    for place in range(PLACES):
        blocks += agreed_fields(place, "Action", optional=place > 0)
    next_day = {"type": "datepicker", "action_id": "day"}
    blocks.append(field(NEXT, "The next QBR is on", next_day, hint="You can move it later."))
    return modal(CLOSE, "Close QBR", "Close", blocks)


def skip_form(view: QbrView) -> Node:
    """Why it is not held."""
    return modal(SKIP, "Skip QBR", "Skip", [_about(view), field(REASON, "Why is it not held?", words())])


def _people(view: QbrView) -> Node:
    select: Node = {"type": "multi_users_select", "action_id": "users"}
    return select | ({"initial_users": [each.slack_id for each in view.attendees]} if view.attendees else {})


def _about(view: QbrView) -> Node:
    return rich(line(f"{view.partner}, looking back on {view.label}"))
