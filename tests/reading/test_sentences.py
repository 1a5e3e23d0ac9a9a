from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading.sentences import mask, split_sentences


def texts(text: str) -> list[str]:
    return [sentence.text for sentence in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We start Monday. Then we test.", ["We start Monday.", "Then we test."]),
        ("all good here. next one please", ["all good here.", "next one please"]),
        ("line one\nline two", ["line one", "line two"]),
        ("- first item\n• second item\n3) third item", ["first item", "second item", "third item"]),
        ("Uses TLS, e.g. for mail. Done", ["Uses TLS, e.g. for mail.", "Done"]),
        ("It took 3.5 days vs. 2.0 planned.", ["It took 3.5 days vs. 2.0 planned."]),
        ("Due on 10.07. and not later.", ["Due on 10.07. and not later."]),
        ("Plan done :tada: Next is the test", ["Plan done", "Next is the test"]),
        ("we are late :cry:", ["we are late"]),
        ("Really?! Yes… Fine", ["Really?!", "Yes…", "Fine"]),
        ("Ask J. Smith about it. Ok.", ["Ask J. Smith about it.", "Ok."]),
        ("See <https://a.example/x.y?z=1> for it. Ok", ["See <https://a.example/x.y?z=1> for it.", "Ok"]),
        ("The answer is no. we go on", ["The answer is no.", "we go on"]),
        ("That is box no. 7 of 9", ["That is box no. 7 of 9"]),
        ("   \n\n  ", []),
    ],
)
def test_splits_the_way_people_write(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "```\nstatus: blocked\n```",
        "&gt; the go-live is blocked",
        "> the go-live is blocked",
        "`blocked`",
        "<https://status.example/blocked>",
        "---------- Forwarded message\nThe go-live is blocked until June.",
        "On Tuesday Pat Doe wrote:\nThe go-live is blocked until June.",
    ],
)
def test_what_is_not_the_authors_speech_is_marked(text: str) -> None:
    sentences = split_sentences(text)
    assert sentences
    assert not any(sentence.speech for sentence in sentences)


def test_speech_around_a_quoted_line_stays_speech() -> None:
    sentences = split_sentences("&gt; is it late?\nno, it is done")
    assert [sentence.speech for sentence in sentences] == [False, True]


def test_masking_keeps_every_offset() -> None:
    text = "run `make all` at <https://x.example/late> now"
    masked = mask(text)
    assert len(masked) == len(text)
    assert "late" not in masked and "make" not in masked
    assert masked.endswith(" now")


@given(st.text(alphabet=st.sampled_from("ab Z.!?:;\n-*`<>@&gt;1)é🙂\u200b\t…’"), max_size=200))
def test_every_sentence_is_its_slice_and_none_overlap(text: str) -> None:
    end = 0
    for number, sentence in enumerate(split_sentences(text)):
        assert sentence.number == number
        assert sentence.text == text[sentence.start : sentence.end] != ""
        assert sentence.start >= end
        end = sentence.end
