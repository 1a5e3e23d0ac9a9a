"""The way out, against a real Slack protocol: nothing lost, nothing twice, whatever the wire and the processes do."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator
from datetime import timedelta
from typing import Any

import pytest

from models.base import row_id
from models.delivery import Delivery, DeliveryState
from models.partners import Person
from models.store import Store
from tests.slack.support import ALERTS, HOME, JOINT, NOW, Office, run


def test_a_dm_is_opened_posted_with_its_key_and_settled_with_the_callback(store: Store) -> None:
    async def scenario(office: Office) -> None:
        office.put("risk:1")
        assert await office.send() == 1
        (message,) = office.box.dms("U0PM")
        assert message.metadata == {
            "event_type": "partnerdesk_delivery",
            "event_payload": {"key": "risk:1", "risk": 12},
        }
        row = office.row("risk:1")
        assert (row.state, row.ts, row.sent_at) == (DeliveryState.SENT, message.ts, NOW)
        assert office.settled == [("sent", "risk:1")]
        (call,) = office.box.calls("chat.postMessage")
        assert (call.args["unfurl_links"], call.args["unfurl_media"]) == (False, False)
        office.put("risk:2")
        await office.send()
        assert len(office.box.calls("conversations.open")) == 1
        with office.store.read(HOME) as uow:
            person = uow.find(Person, slack_id="U0PM")
            assert person is not None and person.dm_channel == message.channel

    run(store, scenario)


def test_nothing_left_to_tell_cancels(store: Store) -> None:
    async def scenario(office: Office) -> None:
        office.put("gone", params={"gone": True})
        await office.send()
        assert office.row("gone").state == DeliveryState.CANCELLED
        assert office.settled == [] and office.posted("gone") == []

    run(store, scenario)


def test_messages_of_one_channel_keep_their_order(store: Store) -> None:
    async def scenario(office: Office) -> None:
        office.box.faults.add("chat.postMessage", "delay", before_s=0.02, jitter=True)
        for number in range(8):
            office.put(f"n{number}", ALERTS)
        await asyncio.gather(office.send(), office.send())
        keys = [(m.metadata or {})["event_payload"]["key"] for m in office.box.bot_messages(ALERTS)]
        assert keys == [f"n{number}" for number in range(8)]

    run(store, scenario)


@pytest.mark.parametrize("kind", ["429", "500", "500_after", "drop_before", "drop_after"])
def test_every_fault_of_the_wire_ends_in_exactly_one_message(store: Store, kind: Any) -> None:
    async def scenario(office: Office) -> None:
        fault = office.box.faults.add("chat.postMessage", kind, times=2, retry_after=30)
        office.put("hard", ALERTS)
        for _ in range(6):
            await office.send()
            office.later(31)
        assert fault.fired == (1 if kind.endswith("after") else 2)
        assert len(office.posted("hard")) == 1
        assert office.row("hard").state == DeliveryState.SENT
        assert office.settled == [("sent", "hard")]

    run(store, scenario)


def test_an_answer_later_than_the_timeout_is_looked_up_not_posted_again(store: Store) -> None:
    async def scenario(office: Office) -> None:
        office.box.faults.add("chat.postMessage", "delay", after_s=1.5, times=1)
        office.put("slow")
        await office.send()
        assert office.row("slow").state == DeliveryState.PENDING
        office.later(60)
        await office.send()
        assert len(office.posted("slow")) == 1 and len(office.box.calls("chat.postMessage")) == 1

    run(store, scenario)


def test_retry_after_is_kept_and_the_lane_waits(store: Store) -> None:
    async def scenario(office: Office) -> None:
        office.box.faults.add("chat.postMessage", "429", times=1, retry_after=30)
        office.put("first", ALERTS)
        office.put("second", ALERTS)
        await office.send()
        office.put("other lane")
        await office.send()
        assert office.posted("second") == [] and len(office.posted("other lane")) == 1
        assert timedelta(seconds=30) <= office.row("first").not_before - NOW < timedelta(seconds=33)
        office.later(29)
        assert await office.send() == 0
        office.later(5)
        await office.send()
        first, second = office.row("first"), office.row("second")
        assert first.ts < second.ts and second.state == DeliveryState.SENT

    run(store, scenario)


def test_a_reply_in_a_thread_is_found_there(store: Store) -> None:
    async def scenario(office: Office) -> None:
        parent = await office.box.say("U0PM", ALERTS, "the thread")
        office.box.faults.add("chat.postMessage", "drop_after", times=1)
        office.put("reply", ALERTS, thread_ts=parent)
        await office.send()
        office.later(60)
        await office.send()
        assert len(office.posted("reply")) == 1
        assert office.row("reply").state == DeliveryState.SENT

    run(store, scenario)


def test_the_key_is_found_behind_hundreds_of_later_messages(store: Store) -> None:
    async def scenario(office: Office) -> None:
        office.box.faults.add("chat.postMessage", "drop_after", times=1)
        office.put("deep", ALERTS)
        await office.send()
        for number in range(450):
            await office.box.say("U0SM", ALERTS, f"chatter {number}")
        office.later(60)
        await office.send()
        assert len(office.posted("deep")) == 1

    run(store, scenario)


def test_a_post_is_never_begun_in_the_second_half_of_the_lease(store: Store) -> None:
    async def scenario(office: Office) -> None:
        slow = office.box.faults.add("users.info", "delay", before_s=0.4, times=1)
        worker = office.outbox(lease=timedelta(seconds=0.6))
        office.put("paused")
        await worker.send_due(office.clock.now())
        assert slow.fired == 1 and office.posted("paused") == []
        assert (office.row("paused").state, office.row("paused").attempts) == (DeliveryState.PENDING, 0)
        office.later(1)
        await office.send()
        assert len(office.posted("paused")) == 1

    run(store, scenario)


class _Crash:
    """Runs a coroutine up to its n-th suspension and never goes on, as after a kill: what it has written is written."""

    def __init__(self, work: Coroutine[Any, Any, Any], at: int) -> None:
        self.steps, self.at, self.happened = work.__await__(), at, False

    def __await__(self) -> Generator[Any, None, None]:
        for number, step in enumerate(self.steps):
            if number == self.at:
                self.happened = True
                return
            yield step


@pytest.mark.parametrize("what", ["post", "edit", "file"])
def test_a_crash_at_any_await_loses_nothing_and_posts_nothing_twice(store: Store, what: str) -> None:
    async def scenario(office: Office) -> None:
        original = 0
        if what == "edit":
            original = office.put("card")
            await office.send()
        crashes: list[_Crash] = []
        for at in range(60):

            def crashing(loop: asyncio.AbstractEventLoop, work: Any, at: int = at, **options: Any) -> Any:
                if getattr(work, "__qualname__", "") != "Outbox._send":
                    return asyncio.Task(work, loop=loop, **options)
                crashes.append(_Crash(work, at))

                async def until_then(crash: _Crash = crashes[-1]) -> None:
                    await crash

                return asyncio.Task(until_then(), loop=loop, **options)

            key, office.words = f"crash{at}", f"words {at}"
            office.put(key, updates=original or None, params={"file": f"{key}.ics"} if what == "file" else {})
            loop = asyncio.get_running_loop()
            loop.set_task_factory(crashing)
            await office.send()
            loop.set_task_factory(None)
            await asyncio.sleep(0.02)  # what reached Slack, or a thread, goes on without us
            office.later(61)
            await office.send()
            assert office.row(key).state == DeliveryState.SENT, at
            assert len(office.box.files(f"{key}.ics")) == (what == "file"), at
            if what == "edit":
                assert office.posted("card") == [f"notice: words {at}"]
            else:
                assert len(office.posted(key)) == 1, at
                assert office.settled.count(("sent", key)) == 1, at
            if not crashes[-1].happened:
                assert at > 8
                for frozen in crashes:
                    frozen.steps.close()
                return
        raise AssertionError("it never got through")

    run(store, scenario)


def test_a_dead_message_moves_its_escalation_and_tells_the_manager(store: Store) -> None:
    async def scenario(office: Office) -> None:
        await office.box.deactivate("U0PM")
        number = office.put("lost", card="escalation")
        await office.send()
        assert office.row("lost").state == DeliveryState.DEAD
        assert "deactivated" in office.row("lost").error
        assert office.settled == [("failed", "lost"), ("sent", f"alert:{number}")]
        alert = office.row(f"alert:{number}")
        assert (alert.card, alert.target, alert.params) == ("alert", "U0SM", {"delivery_id": str(number)})
        assert [m.text for m in office.box.dms("U0SM")] == ["alert: the partner slipped"]

    run(store, scenario)


def test_it_gives_up_after_so_many_attempts_and_a_dead_alert_raises_no_alert(store: Store) -> None:
    async def scenario(office: Office) -> None:
        office.box.faults.add("chat.postMessage", "500")
        number = office.put("doomed")
        for _ in range(6):
            await office.send(office.outbox(give_up_after=3))
            office.later(400)
        assert office.row("doomed").state == DeliveryState.DEAD
        assert office.row("doomed").attempts == 3
        assert office.row(f"alert:{number}").state == DeliveryState.DEAD
        with store.read(HOME) as uow:
            assert len(uow.list(Delivery)) == 2

    run(store, scenario)


def test_a_card_that_cannot_be_made_holds_up_its_lane_for_three_tries_only(store: Store) -> None:
    async def scenario(office: Office) -> None:
        number = office.put("broken", params={"broken": "card"})
        office.put("next")
        for _ in range(2):
            await office.send()
            assert office.row("broken").state == DeliveryState.SENDING
            assert office.posted("next") == []
            office.later(61)
        await office.send()
        assert (office.row("broken").state, office.row("broken").attempts) == (DeliveryState.DEAD, 3)
        assert office.row(f"alert:{number}").target == "U0SM"
        assert len(office.posted("next")) == 1

    run(store, scenario)


@pytest.mark.parametrize(
    ("error", "state"),
    [
        ("invalid_blocks", DeliveryState.DEAD),
        ("not_in_channel", DeliveryState.DEAD),
        ("restricted_action", DeliveryState.DEAD),
        ("token_revoked", DeliveryState.PENDING),
        ("missing_scope", DeliveryState.PENDING),
        ("fatal_error", DeliveryState.PENDING),
    ],
)
def test_which_refusals_are_final(store: Store, error: str, state: str) -> None:
    async def scenario(office: Office) -> None:
        office.box.faults.add("chat.postMessage", "error", error=error, times=1)
        office.put("refused", ALERTS)
        await office.send()
        row = office.row("refused")
        assert (row.state, error in row.error) == (state, True)

    run(store, scenario)


def test_an_edit_replaces_the_card_and_keeps_its_key(store: Store) -> None:
    async def scenario(office: Office) -> None:
        original = office.put("card")
        await office.send()
        office.words = "it is resolved"
        office.put("card:v2", updates=original)
        await office.send()
        (message,) = office.box.dms("U0PM")
        assert message.text == "notice: it is resolved"
        assert (message.metadata or {})["event_payload"]["key"] == "card"
        assert office.settled == [("sent", "card")]

    run(store, scenario)


def test_an_edit_of_a_card_that_never_went_out_or_was_deleted_is_dropped(store: Store) -> None:
    async def scenario(office: Office) -> None:
        await office.box.archive("C0GUESTS", "U0PM")
        dead = office.put("dead", "C0GUESTS")
        await office.send()
        office.put("dead:v2", "C0GUESTS", updates=dead)
        await office.send()
        assert office.row("dead:v2").state == DeliveryState.CANCELLED
        original = office.put("deleted")
        await office.send()
        office.box.faults.add("chat.update", "error", error="message_not_found", times=1)
        office.put("deleted:v2", updates=original)
        await office.send()
        assert office.row("deleted:v2").state == DeliveryState.CANCELLED

    run(store, scenario)


def test_an_edit_is_refused_once_the_channel_was_shared(store: Store) -> None:
    async def scenario(office: Office) -> None:
        original = office.put("card", ALERTS)
        await office.send()
        await office.box.share(ALERTS, "T0INITECH")
        office.words = "an internal secret"
        number = office.put("card:v2", ALERTS, updates=original)
        await office.send()
        assert office.row("card:v2").state == DeliveryState.DEAD
        assert office.box.calls("chat.update") == []
        assert office.row(f"alert:{number}").target == "U0VP"  # not the alerts channel: that is the one
        assert office.posted("card") == ["notice: the partner slipped"]

    run(store, scenario)


def test_the_cards_of_somebody_who_left_are_not_edited_and_nobody_is_bothered(store: Store) -> None:
    async def scenario(office: Office) -> None:
        original = office.put("card")
        await office.send()
        await office.box.deactivate("U0PM")
        office.put("card:v2", updates=original)
        await office.send()
        assert office.row("card:v2").state == DeliveryState.DEAD
        with store.read(HOME) as uow:
            assert len(uow.list(Delivery)) == 2

    run(store, scenario)


def test_nothing_is_posted_while_slack_does_not_say_who_can_read_it(store: Store) -> None:
    async def scenario(office: Office) -> None:
        blind = office.box.faults.add("conversations.info", "500")
        office.put("blind", ALERTS)
        await office.send()
        assert office.row("blind").state == DeliveryState.PENDING and office.posted("blind") == []
        office.box.faults.rules.remove(blind)
        office.later(10)
        await office.send()
        assert len(office.posted("blind")) == 1

    run(store, scenario)


def test_an_internal_message_for_a_joint_channel_is_dead_and_its_partners_manager_hears_of_it(store: Store) -> None:
    async def scenario(office: Office) -> None:
        with store.write(HOME) as uow:
            number = row_id(uow.add(Delivery(
                workspace_id=HOME, key="leak", lane=JOINT, target=JOINT, card="notice", partner_id=1,
                created_at=NOW, not_before=NOW,
            )))  # fmt: skip
        await office.send()
        assert office.row("leak").state == DeliveryState.DEAD and "T0GLOBEX" in office.row("leak").error
        assert office.row(f"alert:{number}").target == "U0PM"
        assert office.box.bot_messages(JOINT) == []

    run(store, scenario)


def test_two_processes_never_send_one_message_twice(store: Store) -> None:
    async def scenario(office: Office) -> None:
        for number in range(20):
            office.put(f"m{number}", ("U0PM", "U0SM", ALERTS)[number % 3])
        await asyncio.gather(*(office.send(office.outbox()) for _ in range(4)))
        assert [len(office.posted(f"m{number}")) for number in range(20)] == [1] * 20

    run(store, scenario)
