"""Both views of a disagreement, cut from what was said."""

from __future__ import annotations

import pytest

from bot.reading.positions import with_positions
from bot.reading.reader import RulesReader, read_window
from bot.reading.types import Finding, Kind, ReadMessage, Side
from tests.reading.helpers import message, window

Views = list[tuple[str | None, str]]


def views(said: ReadMessage, quote: str, *earlier: ReadMessage, kind: Kind = Kind.MISALIGNMENT) -> Views:
    """Holder and words of both views of the finding with that quote."""
    start = said.text.index(quote)
    finding = Finding(said.ts, kind, start, start + len(quote), quote)
    [found] = with_positions([finding], window(*earlier, said, new_from=len(earlier)))
    assert len(found.positions) in (0, 2)
    return [(position.holder, position.quote) for position in found.positions]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Your sheet has 12 racks, our count gives 14.",
            [("us", "Your sheet has 12 racks"), ("U0PAT", "our count gives 14.")],
        ),
        (
            "We load on Friday, and your calendar has us on Monday.",
            [("U0PAT", "We load on Friday"), ("us", "your calendar has us on Monday.")],
        ),
        (
            "Customer takes the spare parts for granted; we never quoted any.",
            [("customer", "Customer takes the spare parts for granted"), ("U0PAT", "we never quoted any.")],
        ),
        (
            "Our plan and the port's calendar both give the 12th, you gave the 19th.",
            [("U0PAT", "Our plan and the port's calendar both give the 12th"), ("us", "you gave the 19th.")],
        ),
        ("I suppose, our count gives 14.", []),
        ("Nobody here ever agreed to 14 racks.", []),
    ],
)
def test_two_views_in_one_sentence(text: str, expected: Views) -> None:
    assert views(message(text), text) == expected


def test_two_views_in_two_sentences() -> None:
    said = message("Good morning. Your sheet counts twelve racks. We counted fourteen racks.")
    expected = [("us", "Your sheet counts twelve racks."), ("U0PAT", "We counted fourteen racks.")]
    assert views(said, "We counted fourteen racks.") == expected
    assert views(said, "Your sheet counts twelve racks.") == expected


def test_an_answer_against_what_another_side_said() -> None:
    theirs = message("Hello all. The spare parts are part of phase 1.", ts="1.0", user="U0ANN", side=Side.US)
    ours = message("Not how we sold it, spare parts were extra.", ts="2.0")
    expected = [("U0ANN", "The spare parts are part of phase 1."), ("U0PAT", ours.text)]
    assert views(ours, ours.text, theirs) == expected
    assert views(ours, ours.text, theirs, kind=Kind.SCOPE) == expected


def test_an_answer_about_something_else_or_of_the_same_side_is_none() -> None:
    theirs = message("Lunch is at noon.", ts="1.0", user="U0ANN", side=Side.US)
    colleague = message("The spare parts are part of phase 1.", ts="1.0", user="U0PIA")
    ours = message("Spare parts were extra.", ts="2.0")
    assert views(ours, ours.text, theirs) == []
    assert views(ours, ours.text, colleague) == []


def test_other_kinds_have_no_positions() -> None:
    text = "Your sheet has 12 racks, our count gives 14."
    assert views(message(text), text, kind=Kind.RISK) == []


def test_what_any_reader_hears_is_given_its_positions_and_verified() -> None:
    text = "Your sheet says 12 racks, our count says 14."
    [found], dropped = read_window(RulesReader(), window(message(text)))
    assert [position.quote for position in found.positions] == ["Your sheet says 12 racks", "our count says 14."]
    assert dropped == []
