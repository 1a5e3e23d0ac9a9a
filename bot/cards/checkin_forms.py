"""The forms of a check-in: what came of it, when it is held instead, why it is not."""

from __future__ import annotations

from datetime import date

from bot.cards.agreed import PLACES, agreed_fields
from bot.cards.blocks import Node, line, rich
from bot.cards.forms import field, modal, words
from bot.desk.checkins_views import CheckInView

DONE, MOVE, SKIP = "checkin_done", "checkin_move", "checkin_skip"
NOTES, REASON, DAY, TIME = "notes", "reason", "day", "time"


def done_form(view: CheckInView) -> Node:
    """Notes, and up to three things that were agreed."""
    blocks = [_about(view), field(NOTES, "What came of it", words(2_000, multiline=True), optional=True)]
    for place in range(PLACES):
        blocks += agreed_fields(place, "Agreed", owner_hint="Leave it empty to take it yourself.")
    return modal(DONE, "Check-in held", "Done", blocks)


def move_form(view: CheckInView) -> Node:
    """Another day and time, in the zone of the check-in."""
    day = {"type": "datepicker", "action_id": "day", "initial_date": view.on.isoformat()}
    time = {"type": "timepicker", "action_id": "time", "initial_time": f"{view.at:%H:%M}", "timezone": view.zone}
    blocks = [_about(view), field(DAY, "Day", day), field(TIME, f"Time ({view.zone})", time)]
    return modal(MOVE, "Move check-in", "Move", blocks)


def skip_form(view: CheckInView) -> Node:
    """Why it is not held."""
    return modal(SKIP, "Skip check-in", "Skip", [_about(view), field(REASON, "Why is it not held?", words())])


def _about(view: CheckInView) -> Node:
    return rich(line(f"{view.partner}, {_day(view.on)} at {view.at:%H:%M} ({view.zone})"))


def _day(on: date) -> str:
    return f"{on:%a} {on.day} {on:%b %Y}"
