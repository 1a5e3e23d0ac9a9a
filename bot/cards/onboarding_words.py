"""Steps, days and gaps of an onboarding in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bot.cards import text
from bot.desk.onboarding_plan import Plan, PlannedStep
from bot.desk.onboarding_views import OnboardingView, StepView
from bot.desk.views import PersonView

NOTHING_SENT = "I keep track of these steps and remind our people; I send nothing to the partner."
_FIRST = 3  # steps named in a sentence
_SIDES = {"partner": "the partner", "us": "our side", "customer": "the customer"}
_TYPES = {"si": "SI", "msp": "MSP", "isv": "ISV"}
_ROBOTS = {"import": "an import", "hook": "the portal"}


def kind(type_: str) -> str:
    """ "SI", "Reseller"."""
    return _TYPES.get(type_, type_.capitalize())


def programme(tier: str, type_: str) -> str:
    """ "Gold SI"."""
    return " ".join(part for part in (tier, kind(type_)) if part)


def to_do(title: str) -> str:
    """The title of a step nobody has done: "Partner agreement signed" -> "Partner agreement to be signed"."""
    return f"{title.removesuffix(' signed')} to be signed" if title.endswith(" signed") else title


def day(value: date) -> str:
    """ "Tue 24 Nov"."""
    return f"{value:%a} {value.day} {value:%b}"


def side(value: str) -> str:
    return _SIDES.get(value, value)


def who(person: PersonView | None) -> str:
    """Who closed a step."""
    return _ROBOTS.get(person.slack_id, text.clean(person.name)) if person else "somebody"


def first_steps(steps: Sequence[PlannedStep | StepView], zone: str) -> str:
    """ "partner agreement to be signed by Wed 25 Nov, portal access by Tue 24 Nov, kickoff on Tue 24 Nov 10:00": the
    steps that wait for nothing; meetings in `zone`."""
    return ", ".join(_dated(step.title, step.due_on, step.starts_at, zone) for step in steps[:_FIRST])


def _dated(title: str, due_on: date, starts_at: datetime | None, zone: str) -> str:
    goal = to_do(title)
    goal = goal[0].lower() + goal[1:] if not goal[:2].isupper() else goal
    return f"{goal} on {text.short(starts_at, zone)}" if starts_at else f"{goal} by {day(due_on)}"


def confirmation(plan: Plan) -> list[str]:
    """What starting does, for the card that asks whether to do it."""
    called = programme(plan.tier, plan.type)
    question = f"Start onboarding {plan.partner} as {called}?"
    if plan.is_new:
        question = f"Make {plan.partner} a {called} partner and start its onboarding?"
    count = text.count(len(plan.steps), "step")
    firsts = first_steps([step for step in plan.steps if not step.depends_on], plan.zone)
    owner = f"{text.clean(plan.owner.name)} owns the plan and gets it by direct message. {sponsor(plan.sponsor)}"
    lines = [
        question,
        *_who_it_is(plan),
        *_what_changes(plan),
        f"{count} until {day(plan.due_on)}: {firsts}{', and more' if len(plan.steps) > _FIRST else ''}."
        f" Days and times are of {plan.zone}.",
        owner,
        NOTHING_SENT,
    ]
    return [text.clean(each) for each in lines]


def _who_it_is(plan: Plan) -> list[str]:
    if plan.is_account:
        return [f"{plan.partner} is a customer account in the book, not a partner. It will be both."]
    return [f"I know no partner called {plan.partner} yet, so a new one is made."] if plan.is_new else []


def _what_changes(plan: Plan) -> list[str]:
    if plan.is_new:
        return ["You become its manager."]
    lines = ["It has no manager now; you become its manager."] if plan.becomes_manager else []
    if plan.was_tier.casefold() != plan.tier.casefold():
        lines.append(f"Its tier changes from {plan.was_tier or 'none'} to {plan.tier}.")
    if plan.was_type != plan.type:
        lines.append(f"Its type changes from {kind(plan.was_type)} to {kind(plan.type)}.")
    if plan.keeps_status:
        lines.append(f"It is {plan.was_status.replace('_', ' ')} already and stays so.")
    if plan.is_agreed:
        lines.append("Its agreement is in force, so no step asks for a signature.")
    return lines


def sponsor(person: PersonView | None) -> str:
    return f"Executive sponsor: {text.clean(person.name)}." if person else "No executive sponsor is recorded."


def started(view: OnboardingView, zone: str) -> str:
    """ "Starting onboarding for Acme Corp (Gold SI): …", with who owns and sponsors it."""
    firsts = first_steps([step for step in view.steps if not step.waits_for], zone)
    owner = f"Owner: {text.clean(view.owner.name)}. " if view.owner else ""
    count = text.count(len(view.steps), "step")
    return (
        f"Starting onboarding for {view.partner} ({programme(view.tier, view.type)}): {firsts}."
        f" {count} until {day(view.due_on)}. {owner}{sponsor(view.sponsor)}"
    )


def progress(view: OnboardingView) -> str:
    """ "3 of 9 steps done, 1 skipped, 1 late"."""
    done = sum(step.state == "done" for step in view.steps)
    skipped = sum(step.state == "skipped" for step in view.steps)
    parts = [f"{done} of {text.count(len(view.steps), 'step')} done"]
    parts += [f"{skipped} skipped"] if skipped else []
    parts += [f"{view.late} late"] if view.late else []
    return ", ".join(parts)
