"""How often, when and which: check-ins in words."""

from __future__ import annotations

from bot.cards import text, words
from bot.desk.checkins_views import CheckInView, Moved, Plan
from bot.desk.views import PersonView
from bot.recurrence import Slot, counts_from_the_end
from models.events import ROBOT

_DAYS = {"MO": "Monday", "TU": "Tuesday", "WE": "Wednesday", "TH": "Thursday", "FR": "Friday", "SA": "Saturday",
         "SU": "Sunday"}  # fmt: skip
_RANKS = {"1": "first", "2": "second", "3": "third", "4": "fourth", "5": "fifth", "-1": "last"}
_OFTEN = {("WEEKLY", 1): "weekly", ("MONTHLY", 1): "monthly", ("MONTHLY", 3): "quarterly"}


def often(rule: str) -> str:
    """ "weekly", "every 2 weeks", "monthly", "quarterly": how often an RRULE comes round; "" for none."""
    if not rule:
        return ""
    parts = _parts(rule)
    every = int(parts.get("INTERVAL", "1"))
    unit = "weeks" if parts["FREQ"] == "WEEKLY" else "months"
    return _OFTEN.get((parts["FREQ"], every), f"every {every} {unit}")


def on_which_day(rule: str) -> str:
    """ "on Tuesdays", "on the last Thursday of the month", "on the 15th": which days an RRULE means."""
    parts = _parts(rule)
    days = [day for day in parts.get("BYDAY", "").split(",") if day]
    if days and parts["FREQ"] == "WEEKLY":
        return "on " + " and ".join(f"{_DAYS[day[-2:]]}s" for day in days)
    if days:
        ranked = " and ".join(f"{_RANKS.get(day[:-2], 'every')} {_DAYS[day[-2:]]}" for day in days)
        return f"on the {ranked} of the month"
    number = parts.get("BYMONTHDAY", "")
    if number == "-1":
        return "on the last day of the month"
    return f"on the {_ordinal(int(number))}" if number else ""


def called(rule: str, partner: str) -> str:
    """ "monthly check-in with Globex Consulting", "check-in with Globex Consulting every 2 weeks"."""
    how = often(rule)
    return f"check-in with {partner} {how}" if how.startswith("every") else f"{how} check-in with {partner}".strip()


def meeting(view: CheckInView) -> str:
    """The same of a check-in, as a line begins: "Monthly check-in with Globex Consulting"."""
    words_ = called(view.rule, view.partner)
    return words_[0].upper() + words_[1:]


def slot(each: Slot) -> str:
    """ "Thu 26 Nov", and where nobody works on the day of the rule, from which day it was moved."""
    on = f"{each.on:%a} {each.on.day} {each.on:%b}"
    if each.on == each.rule_day:
        return on
    return f"{on} (nobody works on {each.rule_day:%a} {each.rule_day.day} {each.rule_day:%b})"


def at(view: CheckInView, reader: PersonView) -> str:
    """ "Thu 26 Nov 10:00", in the reader's own zone; their day and time, whoever's check-in it is."""
    return text.short(view.starts_at, reader.zone)


def settled(view: CheckInView) -> str:
    """ "Held, by Dana Park.", with the reason where it was not; "" while it is open."""
    if view.is_open:
        return ""
    because = f": {view.reason}" if view.reason else ""
    by_us = view.settled_by is None or view.settled_by.slack_id == ROBOT
    by = "" if by_us else f", by {words.name(view.settled_by)}"
    return f"{view.state.capitalize()}{by}{because}."


def confirmation(plan: Plan) -> list[str]:
    """What scheduling does, for the card that asks whether to do it."""
    first, *others = plan.slots
    when = f"at {plan.at:%H:%M} your time ({plan.zone}), {plan.minutes} minutes"
    before = f"{text.count(plan.brief_hours, 'working hour')} before it" if plan.brief_hours else "when it begins"
    brief = f"You get a brief {before}."
    if not plan.rule:
        off = ["Nobody works on that day where you are."] if plan.is_day_off else []
        return [f"Schedule a check-in with {plan.partner}?", f"{slot(first)} {when}. {brief}", *off]
    ahead = ", ".join(slot(each) for each in others)
    beside = "before" if counts_from_the_end(plan.rule) else "after"
    how = f"{often(plan.rule).capitalize()}, {on_which_day(plan.rule)} {when}."
    lines = [
        f"Schedule a {called(plan.rule, plan.partner)}?",
        f"{how} The first is on {slot(first)}, then {ahead}.",
        f"{brief} Where nobody works on a day, it is held on the working day {beside} (your weekends and holidays).",
    ]
    if plan.replaces:
        lines.append(f"This ends your {called(plan.replaces, plan.partner)} ({on_which_day(plan.replaces)}).")
    return lines


def move_question(moved: Moved, reader: PersonView) -> list[str]:
    """What moving it does."""
    view = moved.meeting
    question = (
        f"Move the check-in with {view.partner} from {at(view, reader)} to {text.short(moved.starts_at, reader.zone)}?"
    )
    off = ["Nobody works on that day where it is held."] if moved.is_day_off else []
    return [question, *off, *(["Only this one moves; the series stays as it is."] if view.rule else [])]


def skip_question(view: CheckInView, reason: str, reader: PersonView) -> list[str]:
    """What skipping it does."""
    after = ["The next one of the series comes as planned."] if view.rule else []
    return [f"Skip the check-in with {view.partner} on {at(view, reader)}?", f"Reason: {reason}", *after]


def stop_question(view: CheckInView, reader: PersonView) -> list[str]:
    """What ending it does."""
    if not view.rule:
        return [f"Cancel the check-in with {view.partner} on {at(view, reader)}?"]
    return [
        f"End the {called(view.rule, view.partner)}?",
        f"The one on {at(view, reader)} is cancelled, and no more are planned.",
    ]


def _parts(rule: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in rule.split(";"))


def _ordinal(number: int) -> str:
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
