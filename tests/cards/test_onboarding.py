"""The cards of an onboarding: what stands on them, and that nobody's words become anything else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.cards import limits
from bot.cards import onboarding_forms as forms
from bot.cards.onboarding import alike_card, changed_card, list_card, onboarding_card, started_card
from bot.cards.onboarding_words import confirmation, to_do
from bot.desk.gaps import Gap, GapKind
from bot.desk.onboarding_plan import Meant, Plan, PlannedStep
from bot.desk.onboarding_views import Changed, OnboardingView, Progress, StepView
from models.partners import PartnerType
from sandbox.blocks import validate, validate_view
from tests.cards.readable import readable, words
from tests.cards.samples import DANA, SAM, VIC
from tests.cards.test_hostile_words import HOSTILE, assert_harmless

NOW = datetime(2026, 11, 25, 14, 5, tzinfo=UTC)
AGREEMENT = StepView(
    id=1, key="agreement", title="Partner agreement signed", side="partner", owner=DANA, state="open",
    due_on=date(2026, 11, 24), starts_at=None, zone="", done_means="the countersigned agreement is filed", evidence="",
    note="", waits_for=(), is_late=True, closed_by=None, closed_on=None,
)  # fmt: skip
PORTAL = replace(
    AGREEMENT, id=2, key="portal", title="Portal access", side="us", is_late=False, state="done", closed_by=SAM,
    closed_on=date(2026, 11, 23), evidence="https://portal.example/acme", note="by phone",
)  # fmt: skip
KICKOFF = replace(
    AGREEMENT, id=3, key="kickoff", title="Kickoff", side="us", is_late=False, due_on=date(2026, 11, 30), owner=SAM,
    starts_at=datetime(2026, 11, 30, 15, 0, tzinfo=UTC), zone="America/New_York", done_means="",
)  # fmt: skip
TRAINING = replace(
    AGREEMENT, id=4, key="training", title="Training", is_late=False, due_on=date(2026, 12, 4), owner=None,
    waits_for=("Kickoff",), done_means="two sellers finished",
)  # fmt: skip
PLAN = OnboardingView(
    id=7, partner="Acme Corp", tier="Gold", type="si", state="running", owner=DANA, sponsor=VIC,
    starts_on=date(2026, 11, 20), due_on=date(2026, 12, 4), closed_on=None,
    steps=(AGREEMENT, PORTAL, KICKOFF, TRAINING),
    gaps=(Gap(GapKind.SELLERS, "1 active seller recorded (2 wanted)"), Gap(GapKind.QBR, "no next QBR")),
    policy_version="2026-11-20", version=3, as_of=NOW,
)  # fmt: skip
CARD = """\
# Onboarding: Acme Corp (Gold SI)
1 of 4 steps done, 1 late, planned until Fri 4 Dec. Owner: Dana Park. Executive sponsor: Vic Lang.
Gaps: 1 active seller recorded (2 wanted); no next QBR.
Partner agreement to be signed: due Tue 24 Nov, late; the partner does it, you see to it.
Done means: the countersigned agreement is filed.
[*Done*] […: Skip… / Give to somebody else… / Move date…]
Kickoff: <Mon 30 Nov 15:00>; we do it, Sam Ortiz sees to it.
[*Done*] [Add to calendar] […: Skip… / Give to somebody else… / Move date…]
Training: due Fri 4 Dec; the partner does it, nobody sees to it.
Done means: two sellers finished. Waits for: Kickoff.
[*Done*] […: Skip… / Give to somebody else… / Move date…]
Settled
- Portal access: done Mon 23 Nov by Sam Ortiz, https://portal.example/acme -> https://portal.example/acme (by phone)
[Cancel plan]
~ You get this because this onboarding is yours; it stays up to date. Reminders come in your morning digest; \
“Remind me less” beside a step there ends them. · As of Wed 25 Nov 09:05 EST · Plan #7, policy 2026-11-20"""


def test_the_plan_reads_like_this() -> None:
    assert readable(onboarding_card(PLAN, DANA)) == CARD


def test_a_closed_plan_has_no_buttons() -> None:
    closed = replace(PLAN, state="cancelled", closed_on=date(2026, 11, 25), gaps=())
    shown = readable(onboarding_card(closed, SAM))
    assert "Cancelled on Wed 25 Nov, 1 of 4 steps done" in shown
    assert "[" not in shown


def test_started_reads_like_the_answer_people_expect() -> None:
    fresh = replace(PLAN, steps=(AGREEMENT, replace(PORTAL, state="open"), KICKOFF, TRAINING))
    assert readable(started_card(fresh, DANA)).split("\n")[0] == (
        "Starting onboarding for Acme Corp (Gold SI): partner agreement to be signed by Tue 24 Nov, portal access by"
        " Tue 24 Nov, kickoff on Mon 30 Nov 10:00. 4 steps until Fri 4 Dec. Owner: Dana Park. Executive sponsor:"
        " Vic Lang."
    )
    assert "I send nothing to the partner." in readable(started_card(fresh, DANA))


@pytest.mark.parametrize(
    ("title", "said"),
    [("Partner agreement signed", "Partner agreement to be signed"), ("Kickoff", "Kickoff"), ("signed", "signed")],
)
def test_what_nobody_signed_is_to_be_signed(title: str, said: str) -> None:
    assert to_do(title) == said


def plan(**changes: Any) -> Plan:
    made = Plan(
        params={}, partner="Acme Corp", tier="Gold", type=PartnerType.SI, is_new=False, is_account=False,
        was_tier="Gold", was_type="si", was_status="recruiting", keeps_status=False, is_agreed=False, owner=DANA,
        sponsor=None, becomes_manager=False, zone="America/New_York", due_on=date(2026, 12, 4),
        steps=(PlannedStep("portal", "Portal access", "us", date(2026, 11, 24), None, (), ""),),
    )  # fmt: skip
    return replace(made, **changes)


def test_the_confirmation_says_what_changes_and_nothing_else() -> None:
    assert confirmation(plan()) == [
        "Start onboarding Acme Corp as Gold SI?",
        "1 step until Fri 4 Dec: portal access by Tue 24 Nov. Days and times are of America/New_York.",
        "Dana Park owns the plan and gets it by direct message. No executive sponsor is recorded.",
        "I keep track of these steps and remind our people; I send nothing to the partner.",
    ]
    changed = " ".join(confirmation(plan(was_tier="Silver", was_type="msp", was_status="active", keeps_status=True)))
    assert (
        "Its tier changes from Silver to Gold. Its type changes from MSP to SI. It is active already and stays so."
        in changed
    )
    new = confirmation(plan(is_new=True, was_status=""))
    assert new[0] == "Make Acme Corp a Gold SI partner and start its onboarding?"
    assert "I know no partner called Acme Corp yet, so a new one is made." in new
    assert any("customer account in the book" in each for each in confirmation(plan(is_new=True, is_account=True)))


@pytest.mark.parametrize("said", HOSTILE)
def test_whatever_somebody_writes_stays_words(said: str) -> None:
    step = replace(PORTAL, title=said or "x", evidence=said, note=said, closed_by=replace(SAM, name=said))
    hostile = replace(
        PLAN, partner=said[:200] or "x", tier=said, owner=replace(DANA, name=said), sponsor=replace(VIC, name=said),
        steps=(step, replace(AGREEMENT, title=said or "x", done_means=said, waits_for=(said,))),
    )  # fmt: skip
    cards = [
        onboarding_card(hostile, DANA, said),
        started_card(hostile, DANA),
        changed_card(Changed(hostile, step), said),
        list_card([Progress(said[:200], said, replace(DANA, name=said), 1, 2, 1, date(2026, 12, 4))]),
        alike_card(Meant(said[:80], alike=(said[:80],)), ["onboard x"], "{}"),
    ]
    for card in cards:
        assert_harmless(card)


@pytest.mark.parametrize(
    "evidence", ["http://portal.example", "https://me@evil.example", "javascript:x", "https://a b"]
)
def test_only_a_safe_link_can_be_clicked(evidence: str) -> None:
    card = onboarding_card(replace(PLAN, steps=(replace(PORTAL, evidence=evidence),)), DANA)
    assert not [node for node in words(card.blocks) if node.get("type") == "link"]
    assert evidence in readable(card)


def test_a_plan_of_many_steps_fits_a_message() -> None:
    many = tuple(replace(TRAINING, id=n, title=f"Step {n} " + "x" * 140) for n in range(60))
    card = onboarding_card(replace(PLAN, steps=many), DANA)
    assert validate(card.blocks, "message") == []
    assert len(card.blocks) <= limits.MESSAGE_BLOCKS
    assert "And 42 steps after these." in readable(card) or "There is more than one message can hold" in readable(card)


@pytest.mark.parametrize("make", [forms.done_form, forms.skip_form, forms.reassign_form, forms.move_form])
@pytest.mark.parametrize("step", [AGREEMENT, KICKOFF, replace(TRAINING, title="x" * 300)])
def test_the_forms_are_what_slack_takes(make: Any, step: StepView) -> None:
    assert validate_view(limits.view(make(Changed(PLAN, step)))) == []


def test_what_became_of_a_step_names_the_next_one() -> None:
    said = readable(changed_card(Changed(PLAN, PORTAL), "done"))
    assert said == (
        "Portal access (Acme Corp): done. 1 of 4 steps done, 1 late. Next: Partner agreement to be signed,"
        " due Tue 24 Nov."
    )


def test_the_list_says_who_is_late() -> None:
    rows = [Progress("Acme Corp", "Gold", DANA, 3, 9, 1, date(2026, 12, 21))]
    assert readable(list_card(rows)) == (
        "# 1 onboarding running\nAcme Corp (Gold): 3 of 9 steps settled, 1 late, until Mon 21 Dec; Dana Park\n[Show]\n"
        "~ To start one: onboard Acme Corp as Gold partner"
    )
    assert "No onboarding is running." in readable(list_card([]))
