from __future__ import annotations

import pytest

from bot.reading.rules.resolution import settles, settling_sentence


@pytest.mark.parametrize(
    "text",
    [
        "Done",
        "done :white_check_mark:",
        "<@U0PAT> sent, thanks",
        "The port is open, the issue is resolved.",
        "We are back on track.",
        "The missing server arrived this morning.",
        "That unblocks us.",
        "Import works again.",
        "Good news: the contract has been signed.",
        "We fixed the login",
    ],
)
def test_says_that_it_is_settled(text: str) -> None:
    assert settles(text)


@pytest.mark.parametrize(
    "text",
    [
        "Not done yet",
        "Tell me when it is done.",
        "Is it done?",
        "It should be fixed by Friday.",
        "It will be resolved tomorrow.",
        "Almost done",
        "The contract is not signed.",
        "The first half is done, but the second is stuck.",
        "&gt; it is done",
        "```done```",
        "We hope it is resolved soon",
        "Once the server has arrived we start.",
        "See you tomorrow",
    ],
)
def test_does_not_take_hope_or_half_for_settled(text: str) -> None:
    assert not settles(text)


def test_the_settling_sentence_has_its_span() -> None:
    text = "Morning all. The port is fixed now. Lunch?"
    sentence = settling_sentence(text)
    assert sentence is not None
    assert text[sentence.start : sentence.end] == "The port is fixed now."
