"""Short and long messages that make careless patterns take for ever: one such message would stop the whole bot, because
a search holds every thread of the process until it is over."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.cards.text import readable, title
from bot.reading.positions import with_positions
from bot.reading.reader import RulesReader, read_window
from bot.reading.rules.clash import two_voices
from bot.reading.rules.frame import View
from bot.reading.rules.resolution import settling_sentence
from bot.reading.sentences import LONGEST_SPEECH, split_sentences
from bot.reading.slots import owner_of_commitment, owner_of_request
from bot.reading.types import Finding, Kind, ReadMessage, Side, Window

SAID_AT = datetime(2026, 3, 11, 14, 0, tzinfo=UTC)
LONGEST = 40_000  # characters: Slack's longest message
# 28 repeats of what a sign and a word can both be: read in every way there is, that is 2^28 readings.
_NAMES = ("and", "hi", "ok", "now", "yes", "then", "so", "thanks", "all", "the", "your", "final", "team", "sure")
TWICE_READ = [form.format(name) * 28 for name in _NAMES for form in ("<@{}>", ":{}:", "@{} ", "{}, ")]
RUNS = [
    *(sign * LONGEST for sign in (".", "!", "…", "-", " ", ":", "*", "_", "<", "`", "1", "'", "<http", "e.g. ", "a-")),
    *(sign * LONGEST for sign in ("- -", "1.", " :a:", "not ", "by ", "is is ", "a b c ", "&gt; ", "&gt;\na\n")),
    "The cutover slips by a week.\n" * 1_350,
    "Could you send the list?\n" * 1_500,
]
TAILS = ("", " ok?", " it is late by a week", " please send it by Friday", " resolved")


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fail when it takes longer, in time of this process alone, also in the middle of a search."""

    def late(*_: Any) -> None:
        raise AssertionError(f"not done after {seconds} s")

    before = signal.signal(signal.SIGVTALRM, late)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def read(text: str, *, answer_to: str = "") -> None:
    """What the desk does with a message: read, verified, and asked whether it settles something."""
    said = [(answer_to, Side.US)] if answer_to else []
    messages = [
        ReadMessage(ts=f"{number}.0", user=f"U{number}", side=side, text=words, said_at=SAID_AT, zone="UTC")
        for number, (words, side) in enumerate([*said, (text, Side.PARTNER)])
    ]
    window = Window(messages=messages, new_from=len(messages) - 1, partner="Globex", account="Acme", people={})
    read_window(RulesReader(), window)
    settling_sentence(text)


@pytest.mark.parametrize("text", TWICE_READ, ids=lambda text: text[:12].strip())
def test_what_can_be_read_in_many_ways_is_read_in_one(text: str) -> None:
    with within(1.0):
        for tail in TAILS:
            read(text + tail, answer_to="Could you send the list by Friday?")


@pytest.mark.parametrize("text", RUNS, ids=lambda text: repr(text[:8]))
def test_the_longest_message_is_read_in_a_moment(text: str) -> None:
    with within(4.0):
        read(f"it is late {text[:LONGEST]}")
        read(text[: LONGEST - 30] + "\nsent, and back on track")
        readable(text[:LONGEST])
        title(text[:LONGEST])


@pytest.mark.parametrize("unit", ["Al ", "-", "!!!", "! ", "our list says 4, "])
def test_whose_it_is_and_both_views_are_found_in_a_moment(unit: str) -> None:
    """Asked of every sentence that a reader hears something in, each a thousand characters of the same."""
    text = f"{(unit * 1_380)[:1_380]}\n" * 27
    messages = [
        ReadMessage(ts=f"{number}.0", user=f"U{number}", side=side, text=text, said_at=SAID_AT, zone="UTC")
        for number, side in enumerate((Side.US, Side.PARTNER))
    ]
    window = Window(messages, 1, "Globex", "Acme", {}, {"U0": "Al Ray", "U2": "Al"})
    heard = [sentence for sentence in split_sentences(text) if len(sentence.text) <= LONGEST_SPEECH][:20]
    findings = [Finding("1.0", Kind.MISALIGNMENT, each.start, each.end, each.text) for each in heard]
    with within(0.5):
        for sentence in heard:
            view = View(messages[1], sentence, messages[0])
            owner_of_commitment(view, window)
            owner_of_request(view, window)
            two_voices(view)
        with_positions(findings, window)


def test_two_who_answer_each_other_at_length_are_read_in_a_moment() -> None:
    with within(4.0):
        read("ok yes\n" * 5_600, answer_to="Could you send the list?\n" * 1_500)
