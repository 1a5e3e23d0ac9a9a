"""Who owes it and by when, for sentences known to be a commitment or a request, whoever heard them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.reading.rules.context import last_of_the_other_side
from bot.reading.rules.frame import View
from bot.reading.slots import due_of_request, owner_of_commitment, owner_of_request
from bot.reading.types import ReadMessage, Sentence, Side, Window
from tests.reading.helpers import SAID_AT, message

ANN = ReadMessage("0.1", "U0ANN", Side.US, "Thanks for the slides.", SAID_AT - timedelta(hours=1))
NAMES = {"U0MAR": "Martin Kern", "U0PIA": "Pia Lund", "U0WEI": "Wei Ling Tan"}


def view_of(text: str, before: str, side: Side, earlier: Sequence[ReadMessage]) -> tuple[View, Window]:
    said = message(before + text, user="U0PAT", side=side)
    window = Window([*earlier, said], len(earlier), "Globex Consulting", "Acme Corp", {}, NAMES)
    window = replace(window, people=dict.fromkeys(NAMES, Side.UNKNOWN))
    sentence = Sentence(0, len(before), len(before) + len(text), text)
    return View(said, sentence, last_of_the_other_side(said, window)), window


def doer(text: str, *, before: str = "", side: Side = Side.PARTNER) -> str | None:
    return owner_of_commitment(*view_of(text, before, side, ()))


def asked(text: str, *, before: str = "", side: Side = Side.PARTNER, earlier: Sequence[ReadMessage] = ()) -> str | None:
    return owner_of_request(*view_of(text, before, side, earlier))


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        ("The figures I push to the share tonight.", "U0PAT"),
        ("gonna have the matrix over to you on Friday", "U0PAT"),
        ("You have the matrix on Friday.", "U0PAT"),
        ("The matrix is yours on Friday.", "U0PAT"),
        ("Rework drawing on Friday", "U0PAT"),
        ("Friday noon it's in the share.", "U0PAT"),
        ("Your credit of 900 euro is approved, expect it on Friday.", "U0PAT"),
        ("We load the master data on Friday.", "partner"),
        ("The fitters start on both halls on Friday.", "partner"),
        ("One of our fitters looks at it on Friday.", "partner"),
        ("The refund is booked, expect it on Friday.", "partner"),
        ("Your purchasing team promised the form for Friday.", "us"),
        ("The customer signs the protocol on Friday.", "customer"),
        ("<@U0ANN> will ring the port on Friday.", "U0ANN"),
        ("<@U0ANN> as discussed we ring the port on Friday.", "partner"),
        ("Martin rings the port on Friday.", "U0MAR"),
        ("The port gets a call from Pia Lund on Friday.", "partner"),
        ("Wei Ling - the spare parts, Friday", "U0WEI"),
        ("Action: Pia to ring the port", "U0PIA"),
        ("Action: ring the port", None),
        ("Half the crew is ill, so the port I ring myself on Friday.", "U0PAT"),
    ],
)
def test_who_will_do_it(text: str, owner: str | None) -> None:
    assert doer(text) == owner


def test_a_pronoun_is_whoever_was_named_before() -> None:
    assert doer("She rings the port on Friday.", before="<@U0ANN> is back from leave. ") == "U0ANN"
    assert doer("They ring the port on Friday.", before="It lies with your customs desk. ") == "us"


def test_where_sides_are_unknown_only_persons_are_named() -> None:
    assert doer("We load the data on Friday.", side=Side.UNKNOWN) is None
    assert doer("I load the data on Friday.", side=Side.UNKNOWN) == "U0PAT"


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        ("<@U0ANN> the clean copy please", "U0ANN"),
        ("Please ask <@U0ANN> who holds the key.", "us"),
        ("Pia, could you count the racks?", "U0PIA"),
        ("Wei Ling, pls count the racks", "U0WEI"),
        ("Please count the racks.", "us"),
        ("Could everyone count their own racks?", None),
        ("Can someone count the racks?", "us"),
    ],
)
def test_who_is_asked(text: str, owner: str | None) -> None:
    assert asked(text) == owner


def test_who_was_called_before_in_the_message_is_asked() -> None:
    assert asked("Please count the racks.", before="<@U0ANN> six of the racks are bent. ") == "U0ANN"
    assert asked("Please count the racks.", before="<@U0ANN> has left the project. ") == "us"
    assert asked("Please count the racks.", before="Hi Pia,\n") == "U0PIA"


def test_an_answer_asks_the_one_who_is_answered() -> None:
    assert asked("Please count the racks.", earlier=[ANN]) == "U0ANN"
    assert asked("Could your team count the racks?", earlier=[ANN]) == "us"
    assert asked("Please count the racks.", before="Hi Oskar, ", earlier=[ANN]) == "us"


def test_a_short_name_is_the_one_it_stands_for() -> None:
    assert asked("Please count the racks.", before="Hi Mart, ", earlier=[ANN]) == "U0MAR"


def test_a_customer_asks_the_partner_about_work_and_us_about_our_things() -> None:
    assert asked("Please correct the wall plan.", side=Side.CUSTOMER) == "partner"
    assert asked("Please correct it.", before="Your release broke the tills. ", side=Side.CUSTOMER) == "us"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Please send the list by Friday.", date(2026, 3, 6)),
        ("Please send the list this week, the port closes on 20 March.", date(2026, 3, 6)),
        ("Please keep the gate open until Friday.", None),
        ("Please answer until Friday.", date(2026, 3, 6)),
    ],
)
def test_by_when_it_is_wanted(text: str, day: date | None) -> None:
    due = due_of_request(view_of(text, "", Side.PARTNER, ())[0])
    assert (due.day if due else None) == day
