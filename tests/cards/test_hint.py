"""What is worth a look, as the digest shows it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.cards.digest import digest_card
from bot.cards.limits import MESSAGE_BLOCKS
from bot.desk.views import DigestView, HintView
from sandbox.blocks import validate
from tests.cards.readable import readable
from tests.cards.samples import COMMITMENT, DANA, HANDOFF, LEE, LINK, RISK, SAID, SPOKEN
from tests.cards.test_hostile_words import HOSTILE, NAMES, assert_harmless

HINT = HintView(
    id=6, kind="risk", category="at_risk", state="open", partner="Globex Consulting", account="Acme Corp",
    evidence=(SPOKEN,), reader="model", rule="model.risk", confidence=0.618, weighed=("slips", "cannot staff"),
    is_new=True, became="", settled_by=None,
)  # fmt: skip


def shown(*hints: HintView) -> str:
    return readable(digest_card(DigestView(DANA, SAID.date(), (), (), (), hints)))


def test_the_words_why_they_are_listed_and_two_answers() -> None:
    assert shown(HINT).splitlines() == [
        "# Tue 10 Mar: 1 worth a look",
        "# Worth a look",
        "At risk: Globex Consulting, Acme Corp?",
        "| the cutover slips to Friday & we cannot staff it before",
        "Lee Chan, Tue 10 Mar 10:05 (22:05 theirs) · Heard by the model, 0.62, because of “slips”, “cannot staff”"
        f" · Open the thread -> {LINK}",
        "[Track it] [Not a risk]",
        "~ These are yours by the partner book. /pm digest changes what you get and when, /pm digest off stops it.",
    ]
    card = digest_card(DigestView(DANA, SAID.date(), (), (), (), (HINT,)))
    [buttons] = [block for block in card.blocks if block["type"] == "actions"]
    assert [(node["action_id"], node["value"]) for node in buttons["elements"]] == [
        ("hint_take", "6"),
        ("hint_dismiss", "6"),
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "sow", "category": ""}, "Statement of work needed: Globex Consulting, Acme Corp?"),
        ({"kind": "commitment", "category": ""}, "Commitment: Globex Consulting, Acme Corp?"),
        ({"judged_not_one": True}, "“cannot staff” · marked “Not a risk” before · Open the thread"),
        ({"judged_not_one": True, "kind": "request"}, "marked “Not a request” before"),
        ({"state": "taken", "became": "risk #12", "settled_by": DANA}, "Tracked as risk #12, by Dana Park."),
        ({"state": "dismissed", "settled_by": DANA}, "Marked “Not a risk”, by Dana Park."),
        ({"state": "dismissed", "kind": "referral"}, "Marked “Nothing”."),
        ({"state": "expired"}, "No longer listed."),
    ],
)
def test_what_it_may_be_and_how_it_was_answered(change: dict[str, Any], words: str) -> None:
    text = shown(replace(HINT, **change))
    assert words in text
    assert ("[Track it]" in text) is (change.get("state") is None)


@pytest.mark.parametrize(
    ("kind", "no"),
    [
        ("risk", "Not a risk"), ("technical", "Not a risk"), ("commitment", "Not a promise"),
        ("request", "Not a request"), ("referral", "Nothing"), ("sow", "Nothing"),
    ],
)  # fmt: skip
def test_the_buttons_say_what_they_are_an_answer_to(kind: str, no: str) -> None:
    assert f"[Track it] [{no}]" in shown(replace(HINT, kind=kind, category=""))


def test_what_is_no_longer_listed_shows_no_words() -> None:
    text = shown(replace(HINT, state="expired"))
    assert "slips" not in text
    assert "deleted" not in text, "nobody says that its message is gone"


def test_what_waits_comes_first_and_what_does_not_fit_is_counted() -> None:
    view = DigestView(
        DANA,
        SAID.date(),
        risks=tuple(replace(RISK, id=n) for n in range(8)),
        commitments_due=tuple(replace(COMMITMENT, id=n) for n in range(8)),
        handoffs=tuple(replace(HANDOFF, id=n) for n in range(5)),
        hints=tuple(replace(HINT, id=n) for n in range(5)),
    )
    card = digest_card(view)
    assert validate(card.blocks, "message") == []
    assert len(card.blocks) <= MESSAGE_BLOCKS
    text = readable(card)
    assert "5 worth a look" in text
    assert text.count("[Track it]") == 2
    assert "3 more under “Worth a look”" in text


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("said", HOSTILE)
def test_hostile_words_stay_words(said: str, name: str) -> None:
    evidence = (replace(SPOKEN, quote=said, author=replace(LEE, name=name)),)
    hint = replace(HINT, evidence=evidence, weighed=(said,), settled_by=replace(LEE, name=name))
    for state in ("open", "taken"):
        view = DigestView(DANA, SAID.date(), (), (), (), (replace(hint, state=state, became="risk #1"),))
        assert_harmless(digest_card(view))
