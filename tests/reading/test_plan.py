"""What is said against the account plan: another day, another owner; and all that only looks like it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from bot.reading.reader import RulesReader, read_window
from bot.reading.rules.plan_items import items_of, spoken_of
from bot.reading.types import Finding, Kind, PlanDate, ReadMessage, Side, Window
from bot.reading.verifier import why_not
from tests.reading.helpers import message, window

CUTOVER = PlanDate("Data migration cutover", date(2026, 3, 14), "partner")
PLAN = (
    CUTOVER,
    PlanDate("Penetration test (external)", date(2026, 4, 10), "customer"),
    PlanDate("UAT sign-off pack", date(2026, 5, 8), "partner"),
    PlanDate("Load cycles 1-4 complete", date(2026, 4, 17), "partner"),
    PlanDate("Hypercare roster", date(2026, 6, 1), "us"),
    PlanDate("Training material for drivers", date(2026, 5, 29), "partner"),
    PlanDate("Interface specification", None, "us"),
)


def heard(
    text: str, *earlier: ReadMessage, side: Side = Side.PARTNER, plan: Sequence[PlanDate] = PLAN
) -> list[Finding]:
    """What is heard against the plan in a message of Wednesday, 4 March 2026."""
    user = {Side.PARTNER: "U0PAT", Side.US: "U0ANN", Side.CUSTOMER: "U0CUS"}.get(side, "U0WHO")
    shown = replace(_window(message(text, ts="9.0", user=user, side=side), *earlier), plan=tuple(plan))
    kept, dropped = read_window(RulesReader(), shown)
    assert dropped == []
    return [finding for finding in kept if finding.rule.startswith("misalignment.plan-")]


def _window(said: ReadMessage, *earlier: ReadMessage) -> Window:
    return replace(
        window(*earlier, said, new_from=len(earlier)), names={"U0PAT": "Pat Lim", "U0ANN": "Ann Ray", "U0CUS": "Cy Oz"}
    )


def rules(text: str, *earlier: ReadMessage, side: Side = Side.PARTNER) -> list[str]:
    return [finding.rule for finding in heard(text, *earlier, side=side)]


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("Cutover is booked for 21 March, hotels are paid.", "Data migration cutover"),
        ("Morning! We cut over on Saturday 28 March.", "Data migration cutover"),
        ("For the cut-over, we've got the 21st of March in everybody's diary.", "Data migration cutover"),
        ("The Acme cutover lands on 2026-03-07 and the bank knows.", "Data migration cutover"),
        ("Cutover: 21 March.", "Data migration cutover"),
        ("FYI the migration cutover runs from 20 to 22 March.", "Data migration cutover"),
        ("The pen test is set for 20 April.", "Penetration test"),
        ("You'll have the UAT sign-off pack by 15 May.", "UAT sign-off pack"),
        ("We finish load cycle 4 on 24 April.", "Load cycles 1-4"),
        ("The hypercare roster is ready on June 8.", "Hypercare roster"),
        ("Training material for the drivers comes on 5 June.", "Training material"),
        ("Their calendar says cutover is on the 27th.", "Data migration cutover"),
        ("Load cycle 4 is completed on Friday 24 April.", "Load cycles 1-4"),
        ("The cutover has to be on 21 March, says the bank.", "Data migration cutover"),
    ],
)
def test_another_day_than_the_plans(text: str, item: str) -> None:
    [found] = heard(text)
    assert (found.rule, found.kind) == ("misalignment.plan-date", Kind.MISALIGNMENT)
    assert found.note.startswith(f"the plan says {item}")
    assert found.positions == (), "the plan is no message"


@pytest.mark.parametrize("side", [Side.US, Side.CUSTOMER, Side.UNKNOWN])
def test_whoever_says_it(side: Side) -> None:
    [found] = heard("Cutover is booked for 21 March.", side=side)
    assert found.note == "the plan says Data migration cutover, 14 March 2026"


@pytest.mark.parametrize(
    "text",
    [
        # the plan's own day, in whatever form
        "Cutover is booked for 14 March, hotels are paid.",
        "Cutover stays on Saturday 14/03.",
        "Cutover is on the 14th.",
        "Cutover is Saturday.",
        "Cutover runs from 13 to 15 March.",
        "UAT sign-off pack from us on 05/08.",
        "UAT sign-off pack from us on 08/05.",
        # not said as what is
        "Is the cutover on 21 March?",
        "If the bank agrees the cutover is on 21 March.",
        "Provided the bank agrees, the cutover is on 21 March.",
        "The cutover could be on 21 March.",
        "Let's do the cutover on 21 March.",
        "Can you plan the cutover for 21 March please?",
        "We need the cutover by 21 March.",
        "The cutover is not on 21 March.",
        # over, agreed, or a move: that is a risk or settled
        "The cutover was booked for 21 March, wrongly.",
        "As agreed the cutover is now on 21 March.",
        "We completed load cycle 4 on Friday, 24 April is for the report.",
        "Cutover moves to 21 March.",
        "The cutover slips to 21 March.",
        # something beside it
        "Cutover rehearsal is on 21 March.",
        "The mock cutover is on 21 March.",
        "Cutover meeting on 21 March, invite follows.",
        "I'll send you the cutover runbook on 21 March.",
        "The invoice for the cutover is due on 21 March.",
        "We present the cutover to the board on 21 March.",
        "The payroll cutover is booked for 21 March.",
        "Cutover of the warehouse is on 21 March.",
        "Data migration starts on 21 March.",
        "The test is on 20 April.",
        "We finish load cycle 2 on 24 April.",
        "The third cycle ends on 24 April.",
        "The material is ready on 5 June.",
        "Pat is away on 21 March, the cutover team knows.",
        "Since the cutover is done, lunch is on 21 March.",
        # no day, or one that the plan's may be
        "Cutover is at the end of March.",
        "Cutover is in week 12.",
        "The pen test is set for April.",
        "Cutover is in March 2026.",
        "Cutover is the Monday after.",
        "The interface specification comes on 21 March.",
        # earlier than it is due
        "You'll have the UAT sign-off pack by 24 April.",
        "The hypercare roster is ready on May 4.",
    ],
)
def test_no_other_day(text: str) -> None:
    assert heard(text) == []


def test_a_move_stays_the_risk_it_is() -> None:
    shown = replace(window(message("The cutover has slipped to 21 March.")), plan=PLAN)
    found = RulesReader().read(shown)
    assert [(finding.kind, finding.note) for finding in found if finding.kind is not Kind.COMMITMENT] == [
        (Kind.RISK, "")
    ]


def test_of_several_lines_the_one_that_is_meant() -> None:
    plan = (
        PlanDate("Cutover wave 1", date(2026, 3, 14), "partner"),
        PlanDate("Cutover wave 2", date(2026, 4, 11), "partner"),
    )
    assert heard("Cutover is on 11 April.", plan=plan) == []
    assert heard("Cutover is on 18 April.", plan=plan) == [], "which of the two?"
    [found] = heard("Cutover wave 2 is on 18 April.", plan=plan)
    assert found.note == "the plan says Cutover wave 2, 11 April 2026"
    assert heard("Cutover wave 2 is on 11 April.", plan=plan) == []


def test_a_weekend_is_more_than_a_day() -> None:
    plan = (PlanDate("Go-live weekend", date(2026, 3, 14), "partner"),)
    assert heard("Go-live is on 15 March.", plan=plan) == []
    assert [each.rule for each in heard("We go live on 21 March.", plan=plan)] == ["misalignment.plan-date"]


SIGN_OFF = message("Who signs off after the pen test?", ts="1.0", user="U0ANN", side=Side.US)


@pytest.mark.parametrize(
    ("side", "text"),
    [
        (Side.PARTNER, "As soon as your team has run load cycle 4 we start the next one."),
        (Side.PARTNER, "Once you've finished the cutover we switch the old box off."),
        (Side.PARTNER, "The cutover sits with you."),
        (Side.PARTNER, "We assume the data migration cutover is on your side."),
        (Side.PARTNER, "Cutover is yours, right?"),
        (Side.PARTNER, "Cutover is not our job."),
        (Side.PARTNER, "We don't do the cutover."),
        (Side.PARTNER, "The cutover is a customer task for us."),
        (Side.PARTNER, "We understand that you have the pen test covered."),
        (Side.PARTNER, "<@U0ANN> runs the cutover."),
        (Side.US, "The hypercare roster is done by you."),
        (Side.US, "The pen test is on your plate."),
        (Side.US, "Acme handles the cutover."),
        (Side.US, "The customer provides the hypercare roster."),
        (Side.CUSTOMER, "Globex takes care of the pen test."),
    ],
)
def test_somebody_elses_than_the_plan_has_it(side: Side, text: str) -> None:
    [found] = heard(text, side=side)
    assert found.rule == "misalignment.plan-owner"
    assert found.note.startswith("the plan gives ")


@pytest.mark.parametrize(
    ("side", "text"),
    [
        # as the plan has it
        (Side.US, "The cutover sits with you."),
        (Side.PARTNER, "The pen test is on the customer's side."),
        (Side.PARTNER, "You provide the hypercare roster."),
        (Side.US, "The cutover is not on our side."),
        # asked, wished, supposed, or over
        (Side.PARTNER, "Is the cutover on your side?"),
        (Side.PARTNER, "Could you run the cutover?"),
        (Side.PARTNER, "If your team does the cutover we save a week."),
        (Side.PARTNER, "Thanks for having the cutover covered."),
        (Side.PARTNER, "You did the cutover last year."),
        (Side.PARTNER, "As agreed, the cutover is yours."),
        # something beside it
        (Side.PARTNER, "The cutover rehearsal sits with you."),
        (Side.PARTNER, "You handle the invoice for the cutover."),
        # where a paper lies is not whose it is to write
        (Side.PARTNER, "The UAT sign-off pack is with you since Monday."),
        (Side.PARTNER, "The UAT sign-off pack is with you for review."),
        # nobody that can be placed
        (Side.UNKNOWN, "The cutover sits with you."),
        (Side.PARTNER, "The cutover sits with Kestrel."),
        (Side.PARTNER, "Kestrel runs the cutover."),
        # no line of the plan
        (Side.PARTNER, "The sandbox sits with you."),
        (Side.PARTNER, "We don't do the cutover until Friday."),
    ],
)
def test_no_other_owner(side: Side, text: str) -> None:
    assert heard(text, side=side) == []


def test_it_is_what_is_being_answered() -> None:
    asked = message("So when does the cutover start?", ts="1.0", user="U0ANN", side=Side.US)
    [found] = heard("Hm, for us it's a customer task.", asked)
    assert found.note == "the plan gives Data migration cutover to the partner"
    assert rules("Hm, for us it's a customer task.") == []
    both = message("When are the cutover and the pen test?", ts="1.0", user="U0ANN", side=Side.US)
    assert rules("Hm, for us it's a customer task.", both) == [], "which of the two?"


LINES = items_of(PLAN)


@pytest.mark.parametrize(
    "text",
    [
        "happy new year everybody, lunch at noon?",
        "i went over to the open packaging area and cut it off, matter of minutes",
        "the test passed but the data was bad, so load it again",
    ],
)
def test_ordinary_talk_speaks_of_no_line(text: str) -> None:
    assert spoken_of(text, LINES) == []


@pytest.mark.parametrize("text", ["we cut over at dawn", "pen-test, anybody?", "cycle 4 is green", "the spec, signed"])
def test_talk_of_a_line_is_listened_to(text: str) -> None:
    assert len(spoken_of(text, LINES)) == 1


def test_without_a_plan_nothing_is_heard() -> None:
    assert heard("Cutover is booked for 21 March.", plan=()) == []


def test_the_plan_wins_over_a_rule_that_knows_only_the_words() -> None:
    found = heard("That's not how we priced it, the cutover is a customer task.")
    assert [finding.rule for finding in found] == ["misalignment.plan-owner"]
    shown = replace(_window(message("That's not how we priced it, the cutover is a customer task.")), plan=PLAN)
    kinds = [finding.rule for finding in RulesReader().read(shown) if finding.kind is Kind.MISALIGNMENT]
    assert kinds == ["misalignment.plan-owner"]


def test_a_note_that_is_not_the_plans_is_refused() -> None:
    [found] = heard("Cutover is booked for 21 March.")
    said = replace(window(message("Cutover is booked for 21 March.", ts="9.0")), plan=PLAN)
    assert why_not(found, said) is None
    assert why_not(replace(found, note="<!channel> pay now"), said) == "the plan does not say that"
    assert why_not(found, replace(said, plan=PLAN[1:])) == "the plan does not say that"


@pytest.mark.parametrize(
    "text", ["cutover " * 40 + "is on 21 March", "it " * 45, "21 March " * 20 + "cutover", "\0" * 50]
)
def test_odd_text_is_read_at_once(text: str) -> None:
    assert heard(text) == [] or len(heard(text)) == 1


def test_odd_lines_of_a_plan_do_no_harm() -> None:
    plan = tuple(
        PlanDate(item, date(2026, 3, 14), "us") for item in ("", "!!!", "the", "1", "A & B", "Go-live", "x" * 999)
    )
    [found] = heard("Go-live is on 21 March.", plan=plan)
    assert found.note == "the plan says Go-live, 14 March 2026"
