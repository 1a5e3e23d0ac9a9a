"""Messages through the main job: stored once, edits and deletions honoured, sides decided by the workspace."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.desk import retention, threads
from bot.desk.evidence import NotVerbatim, attach
from bot.reading.types import Finding, Kind, Window
from models.base import Workspace
from models.messages import Message
from models.partners import Channel, Person
from models.risks import Ask, Commitment, Evidence, Risk, SubjectKind
from models.store import Store
from tests.desk.world import HOME, World, build


@pytest.fixture
def world(store: Store) -> World:
    return build(store)


def test_the_same_message_twice_is_taken_in_once(world: World) -> None:
    ts, first = world.say("[risk delay] the cutover slips")
    _, second = world.say("[risk delay] the cutover slips", ts=ts)
    assert (first.read, second.read) == (True, False)
    with world.store.read(HOME) as uow:
        assert (len(uow.list(Message)), len(uow.list(Risk)), uow.list(Risk)[0].times_seen) == (1, 1, 1)


def test_an_unwatched_channel_is_neither_read_nor_stored(world: World) -> None:
    _, result = world.say("[risk delay] the cutover slips", channel="C0OTHER")
    assert not result.read
    with world.store.read(HOME) as uow:
        assert uow.list(Message) == []


def test_what_a_bot_says_is_kept_as_context_only(world: World) -> None:
    _, result = world.say("[risk delay] the cutover slips", by="U0BOT", is_speech=False)
    assert result.risks == ()


def test_a_reader_that_makes_up_a_quote_leaves_nothing_behind(world: World) -> None:
    class Liar:
        def read(self, window: Window) -> list[Finding]:
            message = window.messages[-1]
            return [Finding(message_ts=message.ts, kind=Kind.RISK, start=0, end=9, quote="made up!!", rule="lie")]

    world.reader = Liar()
    _, result = world.say("all is well")
    assert (result.risks, result.dropped) == ((), 1)
    with world.store.read(HOME) as uow:
        assert uow.list(Risk) == []


def test_evidence_that_is_not_the_slice_is_refused(world: World) -> None:
    ts, _ = world.say("all is well")
    with world.store.write(HOME) as uow:
        message = uow.find(Message, ts=ts)
        assert message is not None
        with pytest.raises(NotVerbatim):
            attach(uow, SubjectKind.RISK, 1, message, 0, 3, "ALL")


def test_an_edit_is_said_and_the_words_stay(world: World) -> None:
    ts, _ = world.say("[risk delay] the cutover slips to the 26th")
    world.say("[risk delay] the cutover is as planned", ts=ts)
    with world.store.read(HOME) as uow:
        quotes = {(row.quote, row.state) for row in uow.list(Evidence)}
    assert ("the cutover slips to the 26th", "edited") in quotes


def test_a_deleted_message_takes_its_words_with_it(world: World) -> None:
    ts, _ = world.say("[risk delay] the cutover slips to the 26th")
    assert threads.deleted(world.store, HOME, "C0JOINT", ts, now=world.clock.now())
    assert not threads.deleted(world.store, HOME, "C0JOINT", ts, now=world.clock.now())
    with world.store.read(HOME) as uow:
        assert [(row.quote, row.state) for row in uow.list(Evidence)] == [("", "deleted")]
        assert uow.list(Message)[0].text == ""
    _, again = world.say("[risk delay] the cutover slips to the 26th", ts=ts)
    assert not again.read


@pytest.mark.parametrize(
    ("author", "side"),
    [("U0PM", "us"), ("U0PARTNER", "partner"), ("U0GUEST", "partner"), ("U0CUST", "customer"), ("U0WHO", "unknown")],
)
def test_the_side_comes_from_the_workspace_and_for_guests_from_the_mail_domain(
    world: World, author: str, side: str
) -> None:
    with world.store.write(HOME) as uow:
        uow.add(
            Person(workspace_id=HOME, slack_id="U0GUEST", team_id=HOME, is_guest=True, slack_email="pia@globex.example")
        )
        uow.add(
            Person(
                workspace_id=HOME, slack_id="U0CUST", team_id="T0ACME", is_stranger=True, slack_email="c@acme.example"
            )
        )
    world.say("hello", by=author)
    with world.store.read(HOME) as uow:
        assert uow.list(Message)[0].side == side


def test_an_ask_is_open_until_the_other_side_answers(world: World) -> None:
    ts, found = world.say("[request] please send the price list", by="U0PARTNER")
    world.say("one more thing", by="U0PARTNER", thread=ts)
    with world.store.read(HOME) as uow:
        assert uow.list(Ask)[0].state == "open"
    world.say("it is in the folder", by="U0PM", thread=ts)
    with world.store.read(HOME) as uow:
        assert uow.list(Ask)[0].state == "answered"
    assert len(found.asks) == 1


def test_two_promises_in_one_message_are_two(world: World) -> None:
    world.say("[commitment] we send the mapping file\n[commitment] we book the rehearsal room")
    with world.store.read(HOME) as uow:
        assert len(uow.list(Commitment)) == 2


def test_text_is_forgotten_after_the_policy_and_the_hash_stays(world: World) -> None:
    world.say("[risk delay] the cutover slips")
    world.pass_time(days=31)
    world.say("a fresh one")
    with world.store.write(HOME) as uow:
        assert retention.purge(uow, now=world.clock.now(), policy=world.policy) == 1
    with world.store.read(HOME) as uow:
        old, new = uow.list(Message)
        assert (old.text, len(old.text_hash), new.text) == ("", 64, "a fresh one")
        assert uow.list(Evidence)[0].quote == "the cutover slips"
        workspace = uow.session.get(Workspace, HOME)
        assert workspace is not None
        assert workspace.retention_due_at == world.clock.now() + timedelta(days=1)


def test_the_cursor_follows_the_newest_message(world: World) -> None:
    first, _ = world.say("one")
    second, _ = world.say("two")
    world.say("an older one arrives late", ts=f"{float(first) - 60:.6f}")
    with world.store.read(HOME) as uow:
        channel = uow.find(Channel, slack_id="C0JOINT")
        assert channel is not None
        assert channel.cursor_ts == second
