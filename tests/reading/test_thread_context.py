"""What a message means because of what the other side said before it."""

from __future__ import annotations

import pytest

from bot.reading.reader import RulesReader
from bot.reading.types import Finding, Kind, Side, Window
from tests.reading.helpers import kinds, message, window


def replies(theirs: str, ours: str, *, same_side: bool = False) -> list[Finding]:
    """What is heard in our reply to what the partner said (or, same_side, a colleague of ours)."""
    side = Side.US if same_side else Side.PARTNER
    seen = window(
        message(theirs, ts="1.0", user="U0PAT", side=side),
        message(ours, ts="2.0", user="U0ANN", side=Side.US),
        new_from=1,
    )
    return RulesReader().read(seen)


def rules(found: list[Finding], kind: Kind) -> list[str]:
    return [finding.rule for finding in found if finding.kind is kind]


@pytest.mark.parametrize(
    "text",
    [
        "Your statement shows 61k open, ours 14k.",
        "We ordered 40 seats, your confirmation says 30.",
        "You call it a defect, our lawyers call it a change.",
        "Your engineer says on-site, our buyer says remote.",
        "The test plan has the 12th, our calendar has the 19th.",
    ],
)
def test_two_parties_give_their_word_on_one_thing(text: str) -> None:
    assert Kind.MISALIGNMENT in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "We ship on Monday, you get the tracking number on Tuesday.",
        "I think it works and I think you like it.",
        "Your plan says March and our contract says nothing yet.",
        "Your list shows 12 names.",
        "Our plan says the 17th, you say the 17th.",
        "We have ten days and they have 40.",
        "Does your plan say 12 where our contract says 15?",
    ],
)
def test_one_voice_or_no_claim_is_no_clash(text: str) -> None:
    assert Kind.MISALIGNMENT not in kinds(text)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Go-live is 30 May.", "The account plan says 16 May."),
        ("All 120 users are in.", "Our quote covers 40 users."),
    ],
)
def test_a_reply_against_the_word_of_the_other_side(theirs: str, ours: str) -> None:
    assert rules(replies(theirs, ours), Kind.MISALIGNMENT) == ["misalignment.other-word"]
    assert rules(replies(theirs, ours, same_side=True), Kind.MISALIGNMENT) == []


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Go-live is 16 May.", "The account plan says 16 May."),
        ("How many users are in? We have 120.", "Our quote covers 40 users."),
        ("Shall we ship today?", "No, tomorrow please."),
        ("Training is on you.", "No problem."),
    ],
)
def test_a_reply_that_agrees_or_informs_is_no_clash(theirs: str, ours: str) -> None:
    assert rules(replies(theirs, ours), Kind.MISALIGNMENT) == []


ASK = "Could you send us the price list by Friday?"


@pytest.mark.parametrize("reply", ["Will do", "Sure, no problem", "yes", "Yes, Thursday", "done by EOD", "Tomorrow."])
def test_a_short_yes_to_an_ask_is_a_promise_of_its_author(reply: str) -> None:
    found = [finding for finding in replies(ASK, reply) if finding.kind is Kind.COMMITMENT]
    assert [finding.owner for finding in found] == ["U0ANN"]
    assert found[0].quote == reply


@pytest.mark.parametrize(
    ("theirs", "reply"),
    [
        ("The list is in the folder.", "yes"),
        ("The list is in the folder.", "Thursday"),
        (ASK, "No, Thursday is a holiday"),
        (ASK, "Thursday or Friday"),
        (ASK, "Yes?"),
        (ASK, "It was sent on Monday"),
        (ASK, "Thanks, see you Thursday at the meeting"),
    ],
)
def test_a_short_reply_without_an_ask_or_with_another_sense_is_none(theirs: str, reply: str) -> None:
    assert rules(replies(theirs, reply), Kind.COMMITMENT) == []


def test_a_bare_day_answers_when() -> None:
    assert rules(replies("When do we get the report?", "Thursday"), Kind.COMMITMENT) == ["commitment.answer"]


def named(text: str, names: dict[str, str], kind: Kind = Kind.COMMITMENT) -> str | None:
    said = message(text)
    people = dict.fromkeys(names, Side.US)
    found = RulesReader().read(Window([said], people=people, names=names))
    return next(finding.owner for finding in found if finding.kind is kind)


def test_a_first_name_is_its_one_bearer() -> None:
    names = {"U0MAR": "Martin Kern", "U0PIA": "Pia Lund"}
    assert named("Martin owns the plan and sends it by Friday.", names) == "U0MAR"
    assert named("Pia Lund repairs the interface by Friday.", names) == "U0PIA"
    assert named("Martin, can you check the firewall?", names, Kind.REQUEST) == "U0MAR"


def test_a_name_two_people_bear_or_nobody_bears_resolves_to_nobody() -> None:
    names = {"U0MAR": "Martin Kern", "U0MA2": "Martin Hall"}
    assert named("Martin sends the list by Friday.", names) == "partner"
    assert named("Oskar sends the list by Friday.", names) == "partner"
    assert named("Martin Hall sends the list by Friday.", {"U0MA2": "Martin Hall", "U0PIA": "Pia Lund"}) == "U0MA2"


def test_the_one_who_receives_is_not_the_owner() -> None:
    assert named("Our lawyers send Martin the list by Friday.", {"U0MAR": "Martin Kern"}) == "partner"
