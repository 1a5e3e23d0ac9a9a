"""Worth a look, in digests: which are listed, and what a digest that waits or was posted says of them later."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import event

from bot.cards.card import Card
from bot.compose import compose
from bot.desk import digests, threads
from models.delivery import Delivery, DeliveryState
from models.store import Store
from tests.desk.test_hints import MAYBE, another_partner, digest, dismiss, take, the_hints
from tests.desk.world import HOME, JOINT, World, build

NINE = datetime(2026, 3, 12, 13, 0, tzinfo=UTC)  # Thursday, nine in New York


@pytest.fixture
def world(store: Store) -> World:
    return build(store)


def plan(world: World) -> list[Delivery]:
    """Queue the digests that are due, and say that all of them were posted."""
    before = len(world.deliveries("digest"))
    with world.store.write(HOME) as uow:
        digests.plan_due(uow, now=world.clock.now(), policy=world.policy)
        for row in uow.list(Delivery, card="digest"):
            row.state = DeliveryState.SENT
    return world.deliveries("digest")[before:]


def composed(world: World, delivery: Delivery) -> Card | None:
    with world.store.read(HOME) as uow:
        return compose(uow, delivery, now=world.clock.now(), policy=world.policy)


@contextmanager
def looks_at_digests(world: World) -> Iterator[list[str]]:
    """The statements that look for digests meanwhile."""
    statements: list[str] = []

    def heard(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith("SELECT") and "delivery.card = " in statement:
            statements.append(statement)

    event.listen(world.store.engine, "before_cursor_execute", heard)
    yield statements
    event.remove(world.store.engine, "before_cursor_execute", heard)


def test_a_digest_goes_out_for_it_once_and_not_again_every_morning(world: World) -> None:
    world.say(MAYBE)
    world.clock.set(NINE)
    [sent] = plan(world)
    assert (sent.target, sent.params["hint"]) == ("U0PM", [1])
    for _ in range(3):
        world.pass_time(days=1)
        assert plan(world) == [], "still open, but no news"
    world.say("[risk delay 0.5] the interface looks shaky")
    world.pass_time(days=3)
    [again] = plan(world)
    assert again.params["hint"] == [2, 1], "with what is still open"


def test_a_partner_who_causes_many_does_not_hide_another(world: World) -> None:
    other = another_partner(world)
    world.say("[risk delay 0.6] our rehearsal may slip", channel=other)
    for letter in "abcdefghij":
        world.say(f"[risk delay 0.6] {letter * 5} may slip")
    shown = digest(world)
    assert shown is not None
    assert [hint.partner for hint in shown.hints] == ["Globex Consulting", "Initech"] + ["Globex Consulting"] * 3


def test_an_answer_edits_the_digest_it_is_listed_in_each_time(world: World) -> None:
    world.say(MAYBE)
    world.say("[risk delay 0.6] the rehearsal room may be gone")
    world.say("[risk delay] the licences slip")
    world.clock.set(NINE)
    [sent] = plan(world)
    take(world, 1)
    dismiss(world, 2)  # at the same instant
    edits = [row for row in world.deliveries("digest") if row.updates == sent.id]
    assert len(edits) == 2
    with world.store.read(HOME) as uow:
        shown = digests.as_listed(uow, edits[-1], now=world.clock.now())
    assert shown is not None
    assert {(hint.state, hint.became) for hint in shown.hints} == {("taken", "risk #2"), ("dismissed", "")}
    assert [risk.id for risk in shown.risks] == [1], "what it listed, not what came later"


def test_a_digest_holds_what_it_was_planned_with_and_loses_it_with_the_words(world: World) -> None:
    """What was found while it waited to be sent comes in the next one: nothing of it could be taken back."""
    world.say("[risk delay] the licences slip")
    ts, _ = world.say("[risk delay 0.6] the wombat may not make it")
    world.clock.set(NINE)
    [waiting] = plan(world)
    world.say("[risk delay 0.6] the quokka may not make it")
    card = composed(world, waiting)
    assert card is not None
    assert "wombat" in str(card.blocks)
    assert "quokka" not in str(card.blocks)
    threads.deleted(world.store, HOME, JOINT, ts, now=world.clock.now())
    after = composed(world, waiting)
    assert after is not None
    assert "wombat" not in str(after.blocks)
    assert "Worth a look" not in str(after.blocks), "it never stood there"
    [edit] = [row for row in world.deliveries("digest") if row.updates == waiting.id]
    edited = composed(world, edit)
    assert edited is not None
    assert "No longer listed" in str(edited.blocks)


@pytest.mark.parametrize("how", ["edited", "deleted"])
def test_words_that_go_leave_the_posted_digest_in_one_edit(world: World, how: str) -> None:
    ts, _ = world.say(MAYBE)
    world.clock.set(NINE)
    [sent] = plan(world)
    if how == "edited":
        world.say("the mapping is fine after all", ts=ts)
    else:
        threads.deleted(world.store, HOME, JOINT, ts, now=world.clock.now())
    [edit] = [row for row in world.deliveries("digest") if row.updates == sent.id]
    card = composed(world, edit)
    assert card is not None
    assert "mapping" not in str(card.blocks)


def test_a_digest_of_which_nothing_is_left_is_not_sent(world: World) -> None:
    world.say(MAYBE)
    world.clock.set(NINE)
    [waiting] = plan(world)
    assert composed(world, waiting) is not None
    dismiss(world)
    assert composed(world, waiting) is None


def test_only_the_digests_that_may_list_it_are_looked_for(world: World) -> None:
    three = [f"[risk delay 0.6] {letter * 5} may slip" for letter in "abc"]
    ts, _ = world.say("\n".join(three))
    world.say("[risk delay 0.6] the badge printer may be late")
    with looks_at_digests(world) as statements:
        dismiss(world, 4)
    assert statements == [], "no digest has listed it"
    world.clock.set(NINE)
    [sent] = plan(world)
    with looks_at_digests(world) as statements:
        world.say("\n".join(three).replace("0.6", "0.9"), ts=ts)
    [statement] = statements
    assert "delivery.subject_id IN" in statement, "their manager's, nobody else's"
    assert [hint.state for hint in the_hints(world)[:3]] == ["taken"] * 3
    assert len([row for row in world.deliveries("digest") if row.updates == sent.id]) == 1
