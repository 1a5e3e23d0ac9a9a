"""Two people at once, on both databases: one wins, the other is told; of two rival claims one is the earlier."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from bot.errors import Refused
from models.store import Store
from tests.desk.deals import Deals, build


@pytest.fixture
def deals(store: Store) -> Deals:
    return build(store)


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Run all at the same moment; what each was told, "" for done."""
    start, told = threading.Barrier(len(acts)), [""] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
        except Refused as refused:
            told[place] = str(refused)

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not any(thread.is_alive() for thread in threads)
    return told


def test_one_decision_counts_and_the_other_is_told(deals: Deals) -> None:
    number = deals.register()
    told = at_once(
        lambda: deals.decide(number, "U0PM"),
        lambda: deals.decide(number, "U0SM", "rejected", "no"),
        lambda: deals.decide(number, "U0VP", "returned", "more"),
    )
    assert sorted(map(bool, told)) == [False, True, True]
    winner = ["approved", "rejected", "returned"][told.index("")]
    assert deals.view(number).state == winner
    assert all(words.startswith(f"Registration #{number} is {winner}") for words in told if words)


def test_two_rival_claims_in_one_moment_are_one_earlier_and_one_later(deals: Deals) -> None:
    told = at_once(lambda: deals.register(), lambda: deals.register("Initech"), lambda: deals.register("Initech"))
    assert [words for words in told if words] == [next(words for words in told if "registered BigCo already" in words)]
    assert sorted(deals.view(number).state for number in (1, 2)) == ["pending_approval", "under_review"]
    assert {deals.view(number).rule for number in (1, 2)} == {"C0", "C2"}
