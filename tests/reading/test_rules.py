"""One sentence of our own per rule, and the look-alikes each guard is there for."""

from __future__ import annotations

import pytest

from bot.reading.rules.engine import RULES
from bot.reading.rules.frame import View
from bot.reading.rules.guards import GUARDS, silenced_by
from bot.reading.sentences import split_sentences
from bot.reading.types import Category, Kind
from tests.reading.helpers import kinds, message, read

HEARD = {
    "risk.missed.overdue": "The signed order form is overdue since last week.",
    "risk.missed.missed-date": "Your team missed the design milestone.",
    "risk.missed.should-have": "The test report should have arrived on Monday.",
    "risk.missed.nth-reminder": "This is our third reminder for the tax form to your finance team.",
    "risk.missed.still-waiting": "We have been waiting for the sandbox for three weeks now.",
    "risk.missed.no-reply-since": "No answer from your legal people since 12 February.",
    "risk.missed.due-and-not-there": "The architecture document was promised for the 2nd and is not in the folder.",
    "risk.missed.not-arrived": "The hardware never arrived at the customer.",
    "risk.missed.day-count": "It's the 4th today and the customer still waits for the quote.",
    "risk.blocked.state": "The rollout in Leeds is blocked by a missing firewall rule.",
    "risk.blocked.blocks": "The missing certificate is holding up the go-live.",
    "risk.blocked.idle-hands": "Two of our consultants sit around at the client site.",
    "risk.blocked.refused": "The customer's auditor refuses to sign the protocol.",
    "risk.blocked.cannot-until": "We can't load the data until your architect opens the port.",
    "risk.blocked.until-no": "Until the contract is signed, nobody on our team can book hours.",
    "risk.blocked.cannot-proceed": "Our testers cannot start the second wave.",
    "risk.blocked.so-nothing": "The customer lost the badge list, so nobody gets into the building.",
    "risk.missed.not-received": "We still haven't received the dongle.",
    "risk.blocked.outright": "The mailbox move is on hold.",
    "risk.blocked.unable": "We can't move any further here.",
    "risk.delay.outright": "The paint job has been delayed.",
    "risk.delay.slips": "The go-live has slipped by two weeks.",
    "risk.delay.moved-to": "The pilot is pushed back to October.",
    "risk.delay.delayed": "The shipment is delayed by the customs office.",
    "risk.delay.behind": "We are three weeks behind on the data migration.",
    "risk.delay.late": "The vendor's update is running late.",
    "risk.delay.takes-longer": "The mapping for the client is taking longer than we thought.",
    "risk.delay.more-time": "The vendor needs another two weeks for the patch.",
    "risk.delay.nth-time": "The steering board was adjourned for the second time.",
    "risk.delay.date-pair": "The handover went from 12 March to 26 March.",
    "risk.at_risk.at-risk": "The September go-live is at risk.",
    "risk.at_risk.running-out": "We are running out of time for the acceptance.",
    "risk.at_risk.person-gone": "Our lead consultant rolled off the project on Friday.",
    "risk.at_risk.wont-make": "We won't make the 15 May deadline.",
    "risk.at_risk.may-slip": "The go-live might slip.",
    "risk.at_risk.will-miss": "At this pace we will miss the cut-over window.",
    "risk.at_risk.have-of-needed": "We need 12 testers for the pilot and have only four.",
    "watch.waiting-for": "We are waiting for the approval of your legal team.",
    "watch.pending": "The approval from procurement is still pending.",
    "watch.still-need": "We still need the signed form from your finance team.",
    "watch.yet-to": "The customer has not signed the contract yet.",
    "watch.sits-with": "The contract is still with your legal team.",
    "relationship.threat-to-end": "If this goes on my board will look for another vendor for the project.",
    "relationship.lost-trust": "The customer has lost confidence in our joint plan.",
    "relationship.let-down": "Your support team left us hanging in front of the client.",
    "relationship.refusal": "The client won't work with either of us again.",
    "relationship.passed-over": "Your direct rep called my customer with a lower quote.",
    "relationship.escalate-above": "My CEO wants to end the project.",
    "scope.not-in-paper": "The archive export is not part of the statement of work.",
    "scope.never-priced": "Training for the night shift was never priced.",
    "scope.in-or-out": "Is the cleansing of old records in or out?",
    "scope.nobody-owns": "Nobody owns the cutover checklist.",
    "scope.extra-work": "The customer now also wants a mobile app.",
    "misalignment.not-agreed": "That is not what we agreed with your team.",
    "misalignment.thought-you": "We thought your team was doing the data mapping.",
    "misalignment.understood": "Our understanding was 12 seats in the contract.",
    "misalignment.told-otherwise": "We were told the archive is included, but your invoice has it as an extra.",
    "misalignment.differs": "Your schedule doesn't match our contract.",
    "misalignment.registered-vs": "We registered the deal in May but another reseller is quoting it.",
    "technical.since-update": "Since the last firmware the scanners read every barcode twice.",
    "technical.shows-wrong": "The delivery app shows a blank map.",
    "technical.symptom": "Two of the routers are in a boot loop.",
    "referral.asked-who": "The waterworks asked me who to call for backups.",
    "referral.asked-for-us": "A hospital we serve is looking for an archive vendor.",
    "referral.passing-on": "They need backups for 80 seats, I can introduce you.",
    "sow.paper-needed": "For the second site we need a change order.",
    "sow.contract-to-change": "The contract has to be amended.",
}


def test_every_rule_has_a_sentence() -> None:
    assert set(HEARD) == {rule.id for rule in RULES.rules}


@pytest.mark.parametrize(("rule_id", "sentence"), HEARD.items())
def test_the_rule_hears_its_sentence(rule_id: str, sentence: str) -> None:
    view = View(message(sentence), split_sentences(sentence)[0])
    rule = next(rule for rule in RULES.rules if rule.id == rule_id)
    assert rule in RULES.awake(view.words)
    match = rule.frame.search(view.low)
    assert match is not None
    assert silenced_by(view, rule, match) is None
    finding = next(finding for finding in read(sentence) if finding.kind is rule.kind)
    assert finding.quote == sentence
    assert finding.category == (rule.category if finding.rule == rule_id else finding.category)


# What each guard silences: a sentence of our own, and the kind that would be heard in it without the guard.
LOOK_ALIKES = [
    ("courtesy", Kind.RISK, "Sorry that our reply is delayed by a day."),
    ("negated", Kind.RISK, "The migration is not blocked."),
    ("negated", Kind.RISK, "No blockers for the go-live on our side, nothing is blocked."),
    ("negated", Kind.RISK, "Nothing's been put back to June in the plan."),
    ("negated", Kind.RISK, "The migration was never delayed by the audit."),
    ("resolved", Kind.RISK, "The pilot has been blocked by your firewall, now it is fixed."),
    ("hypothetical", Kind.RISK, "If the contract slips to June we tell the board."),
    ("hypothetical", Kind.RISK, "Orders will be delayed if they come without a cost centre."),
    ("hypothetical", Kind.RISK, "Unless throughput is a bottleneck we keep the small box."),
    ("question", Kind.RISK, "Is the rollout still blocked by procurement?"),
    ("question", Kind.RISK, "does the date hold or is it slipping again"),
    ("past", Kind.RISK, "Back then the pilot was delayed by two weeks."),
    ("past", Kind.RISK, "We were three weeks behind with the invoices once."),
    ("past", Kind.RISK, "In FY24 the delivery was delayed by three months."),
    ("past", Kind.RISK, "Legal had been a bottleneck until last month."),
    ("request", Kind.RISK, "Please don't ship until the customer has signed."),
    ("calendar", Kind.RISK, "The weekly call is pushed to Thursday."),
    ("calendar", Kind.WATCH, "We are still waiting for the photos of the team dinner."),
    ("negated", Kind.WATCH, "We are not waiting for your approval."),
    ("generic", Kind.RISK, "As a rule orders are delayed by a week in December."),
    ("decision", Kind.RISK, "We decided to have the launch pushed back to June."),
    ("other_sense", Kind.RISK, "The packing slips are with the shipment."),
    ("off_topic", Kind.RISK, "My parser is running out of days to count."),
    ("no_work", Kind.RISK, "My regex parser is stuck in a loop since Monday."),
    ("no_work", Kind.RISK, "Lunch is late, the lift is stuck again."),
    ("no_work", Kind.RISK, "The dentist moved me to Thursday."),
    ("no_work", Kind.WATCH, "I spent Monday waiting for a plumber."),
    ("on_track", Kind.RISK, "We are on track, nobody can start before the freeze ends."),
    ("own_machine", Kind.TECHNICAL, "After the upgrade my laptop shows a blank screen."),
    ("other_paper", Kind.SOW, "The senate wants an amendment to the bill."),
    ("paper_done", Kind.SOW, "We needed a change order and it is signed."),
    ("paper_done", Kind.SOW, "Would you open the page in the annex again."),
    ("paper_done", Kind.SOW, "No amendment is needed for the new address."),
]


@pytest.mark.parametrize(("guard", "kind", "sentence"), LOOK_ALIKES)
def test_the_guard_silences_the_look_alike(guard: str, kind: Kind, sentence: str) -> None:
    view = View(message(sentence), split_sentences(sentence)[0])
    fired = {
        name
        for rule in RULES.awake(view.words)
        if rule.kind is kind and (match := rule.frame.search(view.low))
        for name in rule.guards
        if GUARDS[name](view, match)
    }
    assert guard in fired
    assert kind not in kinds(sentence)


def test_every_guard_has_a_look_alike() -> None:
    assert {guard for guard, _, _ in LOOK_ALIKES} == set(GUARDS)


def test_a_clause_of_a_contract_is_too_long_to_be_a_statement() -> None:
    clause = "and the party of the second part " * 7
    assert Kind.RISK not in kinds(f"The go-live is blocked {clause}")


def test_a_question_hanging_on_a_statement_does_not_silence_it() -> None:
    assert Kind.RISK in kinds("The pilot is blocked by your firewall, can you look at it?")


def test_a_resolved_word_that_is_only_hoped_for_does_not_silence() -> None:
    assert Kind.RISK in kinds("The pilot stays blocked until the port is fixed.")


def test_a_risk_silences_watch_in_the_same_sentence() -> None:
    heard = kinds("The go-live is blocked, we are waiting for your approval.")
    assert Kind.RISK in heard
    assert Kind.WATCH not in heard


def test_nothing_is_found_in_code_quotes_or_links() -> None:
    assert (
        read(
            "```the go-live is blocked until June```\n&gt; the rollout slipped by two weeks\n<https://x.example/?q=overdue>"
        )
        == []
    )


def test_curly_apostrophes_and_capitals_are_heard_alike() -> None:
    assert Kind.RISK in kinds("WE CAN’T START THE PILOT UNTIL LEGAL SIGNS.")


def test_the_category_is_that_of_the_family() -> None:
    heard = {finding.category for finding in read("The go-live has slipped by two weeks.") if finding.kind is Kind.RISK}
    assert heard == {Category.DELAY}
