"""Edited and deleted messages: "edited since" is shown, deleted words are gone everywhere (issue point 6)."""

from __future__ import annotations

import pytest

from models.messages import Message as Stored
from models.risks import Evidence, Risk
from tests.wire.manners import outgoing, stored_with
from tests.wire.office import Office, play

SLIP = "The quokka cutover is delayed."
PROMISE = "We will send the quokka report by next Friday."
FINE = "All is well with the cutover."


def test_an_edit_after_the_escalation_is_shown_on_every_card(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        box = desk.box
        ts = await box.say("U0PARTNER", "C0JOINT", f"Hi. {SLIP}")
        await desk.quiet()
        await box.edit("U0PARTNER", "C0JOINT", ts, f"Hi. {SLIP} Sorry!")
        await desk.quiet()
        assert "edited since" not in desk.read(desk.cards("U0SM")[0]), "the words still stand where they stood"
        await box.edit("U0PARTNER", "C0JOINT", ts, FINE)
        await desk.quiet()
        for card in (desk.cards("U0SM")[0], desk.cards("U0AE")[0], box.bot_messages("C0ALERTS")[0]):
            shown = desk.read(card)
            assert "The message was edited since." in shown
            assert SLIP in shown, "what was said was said"
        assert [row.text for row in desk.rows(Stored)] == [FINE]
        assert len(desk.rows(Risk)) == 1

    play(sqlite_url, scenario)


def test_an_edit_that_brings_a_risk_is_read(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        ts = await desk.box.say("U0PARTNER", "C0JOINT", FINE)
        await desk.quiet()
        assert desk.rows(Risk) == []
        await desk.box.edit("U0PARTNER", "C0JOINT", ts, SLIP)
        await desk.quiet()
        assert SLIP in desk.read(desk.cards("U0SM")[0])

    play(sqlite_url, scenario)


async def held_back(desk: Office) -> str:
    """A risk is said, and no card of it gets out for a minute."""
    desk.box.faults.add("chat.postMessage", "429", retry_after=60)
    ts = await desk.box.say("U0PARTNER", "C0JOINT", f"{SLIP} {PROMISE}")
    await desk.quiet()
    desk.box.faults.clear()
    return ts


def test_an_edit_before_the_card_is_out_is_on_it_from_the_start(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        ts = await held_back(desk)
        await desk.box.edit("U0PARTNER", "C0JOINT", ts, FINE)
        await desk.later(minutes=2)
        [card] = desk.cards("U0SM")
        assert "The message was edited since." in desk.read(card)
        assert not card.edited

    play(sqlite_url, scenario)


@pytest.mark.parametrize("when", ["before the card is out", "after it"])
def test_deleted_words_are_gone_from_everything(database: str, when: str) -> None:
    async def scenario(desk: Office) -> None:
        box = desk.box
        ts = await (
            held_back(desk) if when.startswith("before") else box.say("U0PARTNER", "C0JOINT", f"{SLIP} {PROMISE}")
        )
        await desk.quiet()
        assert {"message.text", "evidence.quote"} <= set(stored_with(desk.desk.services.store, "quokka"))
        assert "commitment.due_phrase" in stored_with(desk.desk.services.store, "next Friday")
        await box.delete("U0PARTNER", "C0JOINT", ts)
        await desk.quiet()
        sent_before = len(box.calls())
        await desk.later(minutes=2)
        for text in ("risks", "commitments", "status"):
            await desk.pm("U0PM", text)
        await desk.later(hours=30)  # it climbs, digests go out
        assert "quokka" not in str([call.args for call in box.calls()[sent_before:]])
        for card in (*desk.cards("U0SM"), *desk.cards("U0AE"), *desk.cards("U0VP"), *box.bot_messages("C0ALERTS")):
            assert "quokka" not in card.text + str(card.blocks)
        for words in ("quokka", "next Friday"):
            assert stored_with(desk.desk.services.store, words) == [], words
        assert "quokka" not in desk.log.getvalue()

    play(database, scenario)


def test_deleted_words_are_gone_from_offers_and_digests_too(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        box = desk.box
        root = await box.say(
            "U0PARTNER", "C0JOINT", "That is out of scope for us, it was never in the wombat contract."
        )
        await desk.quiet()
        done = await box.say("U0PARTNER", "C0JOINT", "The numbat is fixed now.", thread_ts=root)
        await desk.quiet()
        await desk.later(hours=23)
        shown = " ".join(desk.read(card) for card in desk.cards("U0PM"))
        assert "wombat" in shown
        assert "numbat" in shown
        for ts in (root, done):
            await box.delete("U0PARTNER", "C0JOINT", ts)
        await desk.quiet()
        left = [card.text for card in desk.cards("U0PM") if "numbat" in str(card) or "wombat" in str(card)]
        assert left == []
        assert stored_with(desk.desk.services.store, "numbat") == []
        assert stored_with(desk.desk.services.store, "wombat") == []

    play(sqlite_url, scenario)


def test_what_is_deleted_before_it_could_be_read_is_never_read(sqlite_url: str) -> None:
    """Slack is down while the message is handled; when the second try comes, the message is gone."""

    async def scenario(desk: Office) -> None:
        box = desk.box
        fault = box.faults.add("users.info", "error", error="missing_scope", times=1)
        ts = await box.say("U0PARTNER", "C0JOINT", SLIP)
        await box.settled()
        await box.wait_for(lambda: fault.fired == 1)
        await box.delete("U0PARTNER", "C0JOINT", ts)
        await box.settled()
        await desk.retry()
        await desk.quiet()
        assert stored_with(desk.desk.services.store, "quokka") == []
        assert desk.cards("U0SM") == []

    play(sqlite_url, scenario, trouble=True)


def test_an_edit_that_overtakes_its_message_stays(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        box = desk.box
        fault = box.faults.add("users.info", "error", error="missing_scope", times=1)
        ts = await box.say("U0PARTNER", "C0JOINT", SLIP)
        await box.settled()
        await box.wait_for(lambda: fault.fired == 1)
        await box.edit("U0PARTNER", "C0JOINT", ts, FINE)
        await box.settled()
        await box.wait_for(lambda: desk.rows(Stored))
        await desk.retry()
        await desk.quiet()
        assert [row.text for row in desk.rows(Stored)] == [FINE]
        assert desk.rows(Risk) == []

    play(sqlite_url, scenario, trouble=True)


def test_a_deleted_thread_root_and_its_replies(sqlite_url: str) -> None:
    """Slack leaves a tombstone where a message had replies: that is a deletion like any other."""

    async def scenario(desk: Office) -> None:
        box = desk.box
        root = await box.say("U0PARTNER", "C0JOINT", SLIP)
        await box.say("U0PM", "C0JOINT", "ok, noted", thread_ts=root)
        await desk.quiet()
        body = {"type": "message", "ts": root, "user": "U0PARTNER", "text": SLIP, "thread_ts": root}
        gone = body | {"subtype": "tombstone", "text": "This message was deleted.", "user": "USLACKBOT"}
        ts = box.workspace.next_ts()
        event = {
            "type": "message", "subtype": "message_changed", "hidden": True, "channel": "C0JOINT",
            "channel_type": "channel", "ts": ts, "event_ts": ts, "message": gone, "previous_message": body,
        }  # fmt: skip
        box.emit(box.workspace.channels["C0JOINT"], event, "T0GLOBEX")
        await desk.quiet()
        assert "(the message was deleted)" in desk.read(desk.cards("U0SM")[0])
        assert [row.state for row in desk.rows(Evidence, subject_kind="risk")] == ["deleted"]
        assert not any("quokka" in text for where, text, _ in outgoing(box) if where.startswith("shown"))

    play(sqlite_url, scenario)
