"""Commitments and requests: what is one, whose it is, and by when."""

from __future__ import annotations

from datetime import date

import pytest

from bot.reading.reader import RulesReader
from bot.reading.types import Finding, Kind, Side
from tests.reading.helpers import message, read, window

FRIDAY = date(2026, 3, 6)


def only(kind: Kind, text: str, side: Side = Side.PARTNER, user: str = "U0PAT") -> Finding:
    found = [finding for finding in read(text, side=side, user=user) if finding.kind is kind]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("text", "rule", "owner", "due"),
    [
        ("I'll send the mapping by Friday.", "commitment.first-person", "U0PAT", FRIDAY),
        ("We will share the runbook tomorrow.", "commitment.first-person", "partner", date(2026, 3, 5)),
        ("Will check and report", "commitment.first-person", "U0PAT", None),
        ("Leave it with me", "commitment.first-person", "U0PAT", None),
        ("You'll have the estimate by Friday.", "commitment.you-get-it-by", "U0PAT", FRIDAY),
        ("<@U0ANN> will call the hospital by Friday.", "commitment.will-by-date", "U0ANN", FRIDAY),
        ("I rerun the load on Friday.", "commitment.present-with-date", "U0PAT", FRIDAY),
        ("We deliver the second lot on Friday.", "commitment.present-with-date", "partner", FRIDAY),
        ("Minna repairs the interface by Friday.", "commitment.third-with-date", "partner", FRIDAY),
        ("Test report from us by Friday.", "commitment.from-us-by", "U0PAT", FRIDAY),
        ("Runbook draft by Friday", "commitment.fragment-with-date", "U0PAT", FRIDAY),
        ("Action: review the cutover checklist", "commitment.action-item", None, None),
        ("Minna Berg will open a ticket with the vendor.", "commitment.named-will", "partner", None),
        ("The customer will sign the protocol by Friday.", "commitment.will-by-date", "customer", FRIDAY),
        ("Your team will provide the export by Friday.", "commitment.will-by-date", "us", FRIDAY),
    ],
)
def test_a_promise_its_owner_and_its_day(text: str, rule: str, owner: str, due: date | None) -> None:
    finding = only(Kind.COMMITMENT, text)
    assert (finding.rule, finding.owner, finding.due) == (rule, owner, due)
    assert finding.quote == text
    assert finding.due_phrase is None or finding.due_phrase in finding.quote


@pytest.mark.parametrize(
    "text",
    [
        "If you like, I'll send you the template.",
        "I can hold the price until Friday.",
        "We'll see on Friday.",
        "I'll be out until Friday.",
        "The licence expires on Friday.",
        "The weekly meeting is on Friday.",
        "We sent the list on Friday.",
        "Will you send the list by Friday?",
        "I think we'll probably know more next week.",
        "The rollout is delayed until Friday.",
    ],
)
def test_offers_plain_dates_and_the_past_are_no_promise(text: str) -> None:
    assert Kind.COMMITMENT not in {finding.kind for finding in read(text)}


@pytest.mark.parametrize(
    ("text", "rule", "owner", "due"),
    [
        ("Please send us the signed form by Friday.", "request.please", "us", FRIDAY),
        ("Could you check the firewall logs?", "request.can-you", "us", None),
        ("Can someone open the port?", "request.can-you", "us", None),
        ("We need the price list from you by Friday.", "request.we-need-from-you", "us", FRIDAY),
        ("It would be great if you could share the plan.", "request.if-you-could", "us", None),
        ("<@U0ANN> stop the nightly job", "request.imperative", "U0ANN", None),
        ("Confirm by Friday.", "request.imperative", "us", FRIDAY),
        ("Do keep us informed about the audit", "request.let-me-know", "us", None),
        ("<@U0ANN> could you ask Rita for a date?", "request.can-you", "U0ANN", None),
    ],
)
def test_a_request_its_addressee_and_its_day(text: str, rule: str, owner: str, due: date | None) -> None:
    finding = only(Kind.REQUEST, text)
    assert (finding.rule, finding.owner, finding.due) == (rule, owner, due)


@pytest.mark.parametrize(
    "text",
    [
        "Please let me know if you have any questions.",
        "Please find the deck attached.",
        "When does the workshop start?",
        "Is the SKU the same as last year?",
        "Order desk lost the form.",
        "Release 2 went out at noon.",
        "I asked them to send the list.",
        "Have a good weekend.",
        "Feel free to call.",
    ],
)
def test_courtesies_and_questions_are_no_request(text: str) -> None:
    assert Kind.REQUEST not in {finding.kind for finding in read(text)}


def test_a_request_of_ours_is_for_the_partner_and_unknown_sides_name_nobody() -> None:
    assert only(Kind.REQUEST, "Please send us the list.", Side.US, "U0ANN").owner == "partner"
    assert only(Kind.REQUEST, "Please send us the list.", Side.UNKNOWN, "U0XYZ").owner is None
    assert only(Kind.COMMITMENT, "We'll send the list.", Side.UNKNOWN, "U0XYZ").owner is None


def test_a_mention_that_opens_the_message_is_whom_a_later_sentence_asks() -> None:
    assert only(Kind.REQUEST, "Hi <@U0ANN>, long time. Please send the list.").owner == "U0ANN"


def test_a_customer_asking_after_our_message_asks_the_one_of_us_who_spoke() -> None:
    seen = window(
        message("The deck is in the folder.", ts="1.0", user="U0ANN", side=Side.US),
        message("Please add the prices.", ts="2.0", user="U0CUS", side=Side.CUSTOMER),
    )
    asked = [finding for finding in RulesReader().read(seen) if finding.kind is Kind.REQUEST]
    assert [finding.owner for finding in asked] == ["U0ANN"]


def test_the_partner_named_by_us_owns_what_it_will_do() -> None:
    assert only(Kind.COMMITMENT, "Globex uploads the files by Friday.", Side.US, "U0ANN").owner == "partner"
