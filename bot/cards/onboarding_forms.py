"""The forms of an onboarding step: what shows that it is done, why it is not needed, who sees to it, when it is due."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.cards.blocks import Node, line, rich
from bot.cards.forms import field, modal, words
from bot.cards.onboarding_words import day, to_do
from bot.desk.onboarding_views import Changed

DONE, SKIP, REASSIGN, MOVE = "onboarding_done", "onboarding_skip", "onboarding_reassign", "onboarding_move"
EVIDENCE, NOTE, REASON, OWNER, DAY, TIME = "evidence", "note", "reason", "owner", "day", "time"
_LONGEST = 500


def done_form(changed: Changed) -> Node:
    means = changed.step.done_means
    hint = f"A link that begins with https://, or a few words. Done means: {means}." if means else "A link or words."
    blocks = [
        field(EVIDENCE, "What shows that it is done", words(_LONGEST), optional=True, hint=hint),
        field(NOTE, "Note", words(_LONGEST, multiline=True), optional=True),
    ]
    return _form(changed, DONE, "Step done", "Done", blocks)


def skip_form(changed: Changed) -> Node:
    return _form(changed, SKIP, "Skip step", "Skip", [field(REASON, "Why is it not needed?", words(_LONGEST))])


def reassign_form(changed: Changed) -> Node:
    people = {"type": "users_select", "action_id": "user"}
    if changed.step.owner:
        people["initial_user"] = changed.step.owner.slack_id
    hint = "Somebody of our own workspace; they get the plan by direct message."
    blocks = [field(OWNER, "Who of us sees to it", people, hint=hint)]
    return _form(changed, REASSIGN, "Give step to", "Give", blocks)


def move_form(changed: Changed) -> Node:
    """Another day; of a meeting another time, too, in its own zone."""
    step = changed.step
    picker = {"type": "datepicker", "action_id": "day", "initial_date": step.due_on.isoformat()}
    blocks = [field(DAY, "New day", picker)]
    if step.starts_at is not None:
        local = step.starts_at.astimezone(ZoneInfo(step.zone))
        clock = {"type": "timepicker", "action_id": "time", "initial_time": f"{local:%H:%M}", "timezone": step.zone}
        blocks.append(field(TIME, f"Time ({step.zone})", clock))
    return _form(changed, MOVE, "Move step", "Move", blocks)


def _form(changed: Changed, callback_id: str, title: str, submit: str, blocks: list[Node]) -> Node:
    step = changed.step
    about = rich(line(f"{changed.plan.partner}: {to_do(step.title)}, due {day(step.due_on)}"))
    return modal(callback_id, title, submit, [about, *blocks])
