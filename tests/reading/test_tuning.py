"""Learning on the spot is bounded: whoever provokes judgements cannot make the reader deaf, nor shrill."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.reading.tuning import (
    CERTAIN,
    EXAMPLES,
    FLOOR,
    MAX_SHIFT,
    OTHERS_SHIFT,
    OWN_SHIFT,
    Judged,
    adjusted,
    tuning_from,
)
from bot.reading.types import Example, Kind, Tuning

NOW = datetime(2026, 3, 11, 14, 0, tzinfo=UTC)
RISK = Kind.RISK

kinds = st.sampled_from([Kind.RISK, Kind.WATCH, Kind.SCOPE])
judgements = st.builds(
    Judged,
    kind=kinds,
    text=st.sampled_from(["", "the file is late again", "The  file is LATE again", "all good", "late " * 150]),
    is_one=st.booleans(),
    by=st.sampled_from(["U1", "U2", "U3"]),
    thread=st.sampled_from([f"C1 {number}" for number in range(30)]),
    at=st.integers(0, 400).map(lambda days: NOW - timedelta(days=days)),
    own=st.booleans(),
)
history = st.lists(judgements, max_size=80)
probability = st.floats(0, 1)


def not_one(number: int, *, own: bool = True, by: str = "U1", days: float = 0) -> Judged:
    return Judged(RISK, "the file is late again", False, by, f"C1 {number}", NOW - timedelta(days=days), own)


@given(history)
def test_shifts_stay_within_what_is_allowed(told: list[Judged]) -> None:
    shifts = tuning_from(told, NOW).shifts
    assert all(abs(shift) < MAX_SHIFT for shift in shifts.values())
    assert {judged.kind for judged in told} == set(shifts)


@given(history, probability, kinds)
def test_a_threshold_moves_little_and_never_out_of_reach(told: list[Judged], threshold: float, kind: Kind) -> None:
    moved = adjusted(threshold, kind, tuning_from(told, NOW))
    assert abs(moved - threshold) <= MAX_SHIFT + 1e-9
    assert moved <= max(threshold, CERTAIN)
    assert moved >= min(threshold, FLOOR)


@given(st.floats(-5, 5), probability)
def test_even_a_tuning_made_elsewhere_cannot_move_it_further(shift: float, threshold: float) -> None:
    assert abs(adjusted(threshold, RISK, Tuning({RISK: shift})) - threshold) <= MAX_SHIFT + 1e-9


@given(history)
def test_what_other_partners_taught_moves_this_one_by_a_small_share_only(told: list[Judged]) -> None:
    own = [judged for judged in told if judged.own]
    alone, together = tuning_from(own, NOW), tuning_from(told, NOW)
    for kind in Kind:
        assert abs(together.shifts.get(kind, 0) - alone.shifts.get(kind, 0)) < OTHERS_SHIFT
    assert together.examples == alone.examples, "what was judged elsewhere neither demotes nor lifts anything here"


@given(history, judgements)
def test_one_more_not_one_never_lowers_a_threshold_and_one_missed_never_raises_it(
    told: list[Judged], more: Judged
) -> None:
    fresh = Judged(more.kind, more.text, more.is_one, "U9", "C1 new", NOW, more.own)  # an act not counted yet
    before = adjusted(0.6, more.kind, tuning_from(told, NOW))
    after = adjusted(0.6, more.kind, tuning_from([*told, fresh], NOW))
    assert after < before if more.is_one else after > before


@given(history)
def test_examples_are_bounded_and_of_two_judgements_the_newest_counts(told: list[Judged]) -> None:
    tuning = tuning_from(told, NOW)
    words = [(item.kind, " ".join(item.text.casefold().split())) for item in tuning.examples]
    assert len(words) == len(set(words))
    assert all(len(item.text) <= 600 and len(item.text.split()) >= 5 for item in tuning.examples)
    ages = [(n, NOW - timedelta(days=n)) for n in range(200)]
    many = [Judged(RISK, f"the file is late, {n}", n % 2 == 0, "U1", f"C1 {n}", at) for n, at in ages]
    newest = tuning_from([*told, *many], NOW).examples
    assert len([item for item in newest if item.kind is RISK]) == EXAMPLES


def test_the_first_judgements_move_it_a_little_and_hundreds_not_much_further() -> None:
    one, ten, hundreds = (tuning_from([not_one(n) for n in range(many)], NOW).shifts[RISK] for many in (1, 10, 200))
    assert 0 < one < 0.02 < ten < 0.06 < hundreds < OWN_SHIFT


def test_many_clicks_of_one_person_in_one_thread_count_once() -> None:
    once = tuning_from([not_one(1)], NOW)
    assert tuning_from([not_one(1)] * 40, NOW).shifts == once.shifts
    assert tuning_from([not_one(1), not_one(1, by="U2")], NOW).shifts[RISK] > once.shifts[RISK]


def test_an_old_judgement_fades() -> None:
    fresh, old = (tuning_from([not_one(n, days=days) for n in range(10)], NOW).shifts[RISK] for days in (0, 360))
    assert 0 < old < fresh / 3


def test_the_newest_judgement_of_the_same_words_is_the_example() -> None:
    said_so = not_one(1, days=2)
    missed = Judged(RISK, "The file is  late AGAIN", True, "U2", "C1 2", NOW)
    assert tuning_from([said_so], NOW).examples == (Example(RISK, "the file is late again", False),)
    assert tuning_from([said_so, missed], NOW).examples == (Example(RISK, "The file is  late AGAIN", True),)


def test_nothing_learned_is_the_reader_as_it_was_shipped() -> None:
    assert tuning_from([], NOW) == Tuning()
    assert adjusted(0.63, RISK, Tuning()) == 0.63
