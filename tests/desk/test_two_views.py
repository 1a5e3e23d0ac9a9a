"""Both views of a disagreement and why it was heard: kept with the risk, and gone with the words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.desk import retention, risks, threads
from bot.desk.evidence import attach_positions
from bot.desk.risk_views import view_of
from bot.desk.views import RiskView
from bot.reading.positions import with_positions
from bot.reading.types import Category, Finding, Kind, Position, Window
from models.base import Workspace
from models.messages import Message
from models.risks import Evidence, Risk, SubjectKind
from models.store import Store
from tests.desk.world import HOME, World, build

SAID = "The spare parts are part of phase 1."
DENIED = "Not how we sold it, spare parts were extra."
WEIGHED = "spare parts were extra"


class Model:
    """Hears a misalignment in every message that says "extra", at .91."""

    def read(self, window: Window) -> list[Finding]:
        message = window.messages[-1]
        if "extra" not in message.text:
            return []
        found = Finding(
            message.ts, Kind.MISALIGNMENT, 0, len(message.text), message.text, Category.MISALIGNMENT, reader="model",
            rule="model.misalignment", confidence=0.91, weighed=(WEIGHED,),
        )  # fmt: skip
        return with_positions([found], window)


@pytest.fixture
def world(store: Store) -> World:
    return replace(build(store), reader=Model())


def dispute(world: World) -> tuple[str, str]:
    """Dana of ours says one thing, the partner answers another; returns both timestamps."""
    root, _ = world.say(SAID, by="U0PM")
    answer, result = world.say(DENIED, thread=root)
    assert len(result.risks) == 1
    return root, answer


def seen(world: World) -> RiskView:
    with world.store.read(HOME) as uow:
        [risk] = uow.list(Risk)
        return view_of(uow, risk, now=world.clock.now())


def version(world: World) -> int:
    with world.store.read(HOME) as uow:
        return uow.list(Risk)[0].version


def views(world: World) -> list[tuple[str, str, str]]:
    return [(each.side, each.said.author.name, each.said.quote) for each in seen(world).positions]


def test_both_views_are_kept_with_who_said_them_and_why_it_was_heard(world: World) -> None:
    dispute(world)
    assert views(world) == [("us", "Dana Park", SAID), ("partner", "Pia", DENIED)]
    risk = seen(world)
    assert (risk.reader, risk.confidence, risk.weighed) == ("model", 0.91, (WEIGHED,))
    assert [evidence.quote for evidence in risk.evidence] == [DENIED], "the other's words are no evidence by themselves"


def test_said_again_keeps_the_first_two_views(world: World) -> None:
    root, _ = dispute(world)
    world.say(DENIED.replace("Not", "That is not"), thread=root)
    assert len(views(world)) == 2
    with world.store.read(HOME) as uow:
        assert len(uow.list(Evidence, subject_kind=SubjectKind.POSITION)) == 2


@pytest.mark.parametrize("which", [0, 1])
def test_deleting_either_message_drops_its_words(world: World, which: int) -> None:
    stamps = dispute(world)
    before = version(world)
    threads.deleted(world.store, HOME, "C0JOINT", stamps[which], now=world.clock.now())
    assert views(world) == []
    gone = (SAID, DENIED)[which]
    with world.store.read(HOME) as uow:
        words = [row.quote for row in uow.list(Evidence)] + [
            piece for row in uow.list(Evidence) for piece in row.weighed
        ]
    assert gone not in words
    assert (WEIGHED in words) is (which == 0)
    assert version(world) > before, "the cards that show it are edited"


def test_an_edit_of_what_was_answered_is_marked(world: World) -> None:
    root, _ = dispute(world)
    world.say("Forget it.", by="U0PM", ts=root)
    assert [each.said.state for each in seen(world).positions] == ["edited", "current"]
    assert views(world)[0] == ("us", "Dana Park", SAID), "what was said was said"


def test_a_view_that_was_deleted_before_it_could_be_stored_leaves_none(world: World) -> None:
    root, _ = world.say(SAID, by="U0PM")
    found: list[Finding] = []

    class Late(Model):
        def read(self, window: Window) -> list[Finding]:
            found.extend(super().read(window))
            threads.deleted(world.store, HOME, "C0JOINT", root, now=world.clock.now())
            return found

    world.reader = Late()
    _, result = world.say(DENIED, thread=root)
    assert len(found[0].positions) == 2
    assert len(result.risks) == 1
    assert views(world) == []


def test_a_new_pair_takes_the_place_of_half_an_old_one(world: World) -> None:
    root, first = dispute(world)
    threads.deleted(world.store, HOME, "C0JOINT", root, now=world.clock.now())
    assert views(world) == []
    world.say("The spare parts were in phase 1 all along.", by="U0PM", thread=root)
    _, result = world.say("No, the spare parts were extra, we said so.", thread=root)
    assert result.risks == (1,)
    assert [(side, name) for side, name, _ in views(world)] == [("us", "Dana Park"), ("partner", "Pia")]
    with world.store.read(HOME) as uow:
        kept = [row.ts for row in uow.list(Evidence, subject_kind=SubjectKind.POSITION) if row.quote]
    assert len(kept) == 2
    assert first not in kept


def test_one_view_alone_is_not_kept_and_does_not_keep_a_pair_out(world: World) -> None:
    root, answer = dispute(world)
    with world.store.write(HOME) as uow:
        message = uow.find(Message, channel="C0JOINT", ts=answer)
        assert message is not None
        ours, theirs = Position(root, 0, len(SAID), SAID, "U0PM"), Position(answer, 0, len(DENIED), DENIED, "U0PARTNER")
        for positions, kept in (((ours,), 0), ((ours, theirs), 2), ((theirs,), 2)):
            attach_positions(uow, 99, positions, message)
            assert len(uow.list(Evidence, subject_kind=SubjectKind.POSITION, subject_id=99)) == kept


def test_views_are_forgotten_with_the_closed_risk(world: World) -> None:
    dispute(world)
    with world.store.write(HOME) as uow:
        [risk] = uow.list(Risk)
        risks.resolve(uow, risk.id or 0, actor="U0PM", now=world.clock.now(), policy=world.policy)
    world.pass_time(days=world.policy.retention.quote_days + 1)
    with world.store.write(HOME) as uow:
        workspace = uow.session.get(Workspace, HOME)
        assert workspace is not None
        workspace.retention_due_at = None
        retention.purge(uow, now=world.clock.now() + timedelta(hours=1), policy=world.policy)
    with world.store.read(HOME) as uow:
        assert [(row.quote, row.weighed) for row in uow.list(Evidence)] == [("", [])] * 3
