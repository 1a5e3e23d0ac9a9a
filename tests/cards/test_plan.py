"""What the plan says, on the cards of our own people."""

from __future__ import annotations

from dataclasses import replace

from bot.cards.escalation import escalation_card
from bot.cards.risks_list import risks_card
from tests.cards.readable import readable
from tests.cards.samples import DANA, ESCALATION, RISK

NOTE = "the plan says Data migration cutover, 14 March 2026"
AGAINST = replace(RISK, rule="misalignment.plan-date", note=NOTE)


def test_the_card_names_the_line_of_the_plan() -> None:
    card = escalation_card(replace(ESCALATION, risk=AGAINST))
    lines = readable(card).splitlines()
    assert f"Heard by pattern match: {NOTE}" in lines
    assert "rule misalignment.plan-date, " in lines[-1], "for the next engineer, in the small print"
    assert NOTE not in card.text, "a phone shows it to whoever stands beside"


def test_a_list_names_it_too() -> None:
    assert NOTE in readable(risks_card([AGAINST], DANA))
    assert "the plan" not in readable(risks_card([RISK], DANA))


def test_a_line_of_the_plan_is_plain_and_short() -> None:
    odd = replace(AGAINST, note="the plan says <!channel>\u202e *x*\nnext " + "y" * 500)
    shown = readable(escalation_card(replace(ESCALATION, risk=odd)))
    [heard] = [line for line in shown.splitlines() if line.startswith("Heard by")]
    assert "\u202e" not in heard
    assert "next" in heard
    assert len(heard) < 260
