"""Never lost, never twice: redelivery, two processes, restarts, a Slack that fails, double clicks."""

from __future__ import annotations

import asyncio
import copy
from datetime import timedelta

import pytest

from bot.clock import ManualClock, SystemClock
from models.delivery import Delivery
from models.escalations import Escalation, Handoff, Proposal
from models.events import Event
from models.messages import Message as Stored
from models.risks import Risk
from sandbox.faults import FaultKind
from sandbox.workspace import Message
from tests.wire.manners import posted_keys
from tests.wire.office import HOME, Office, play, running, slack

SLIP = "The cutover has slipped from the 14th to the 26th."
BLOCKED = "We are blocked: the firewall rules on your side are still missing."
BROKEN = "The connector crashes on every second invoice since the update."


def test_one_message_is_one_risk_however_often_slack_tells_it(database: str) -> None:
    async def scenario(desk: Office) -> None:
        box = desk.box
        await box.say("U0PARTNER", "C0JOINT", f"{SLIP} FYI <@{box.bot_user_id}>")  # message and app_mention
        message, mention = list(box.dispatcher.log)[-2:]
        assert (message.payload["event"]["type"], mention.payload["event"]["type"]) == ("message", "app_mention")
        await box.redeliver(message)
        another = copy.deepcopy(message.payload)
        another["event_id"] = "Ev0ANOTHER"
        await box.raw_event(another)
        await desk.quiet()
        for late in (message, mention):
            await box.redeliver(late)
        again = copy.deepcopy(mention.payload) | {"event_id": "Ev0YETANOTHER"}
        await box.raw_event(again)
        await desk.quiet()
        assert len(desk.rows(Stored)) == 1
        assert desk.risk().times_seen == 1
        assert [len(desk.cards(user)) for user in ("U0SM", "U0AE", "U0VP", "U0PM")] == [1, 1, 0, 0]
        assert len(box.bot_messages("C0ALERTS")) == 1
        assert len(box.ephemerals("U0PARTNER")) == 1

    play(database, scenario)


def test_an_event_whose_ack_was_lost_is_not_done_twice(sqlite_url: str) -> None:
    """The connection is cut with the ack on its way: Slack sends it again over the next one, as a retry."""

    async def scenario(desk: Office) -> None:
        box = desk.box
        await box.say("U0PM", "C0JOINT", "morning all")
        await desk.quiet()
        await box.say("U0PARTNER", "C0JOINT", SLIP)
        box.sockets.drop()
        await box.say("U0PARTNER", "C0JOINT", BLOCKED)
        await box.connected(timeout=15)
        await box.wait_for(lambda: len(desk.rows(Stored)) == 3)
        await desk.quiet()
        assert [risk.times_seen for risk in desk.rows(Risk)] == [1, 1]
        assert len(desk.cards("U0SM")) == 2

    play(sqlite_url, scenario)


FAULTS: list[FaultKind] = ["429", "500", "500_after", "drop_before", "drop_after"]


def test_a_slack_that_fails_gets_every_message_once(database: str) -> None:
    """Every way a call can fail, on posts and then on edits; some happened, some did not."""

    async def scenario(desk: Office) -> None:
        for kind in FAULTS:
            desk.box.faults.add("chat.postMessage", kind, times=1)
        await desk.box.say("U0PARTNER", "C0JOINT", SLIP)
        await rest(desk)
        assert all(fault.fired == 1 for fault in desk.box.faults.rules)
        assert_each_told_once(desk)
        desk.box.faults.clear()
        for kind in FAULTS:
            desk.box.faults.add("chat.update", kind, times=1)
        await desk.box.click("U0SM", desk.cards("U0SM")[0].channel, desk.cards("U0SM")[0].ts, "risk_ack")
        await rest(desk)
        assert all(fault.fired == 1 for fault in desk.box.faults.rules)
        shown = [*desk.cards("U0SM"), *desk.cards("U0AE"), *desk.box.bot_messages("C0ALERTS")]
        assert len(shown) == 3
        assert all(card.edited for card in shown)
        assert "Acknowledged by Sam Ortiz" in desk.read(desk.cards("U0SM")[0])
        assert all(row.state in ("sent", "cancelled") for row in desk.rows(Delivery))

    play(database, scenario, trouble=True)


def assert_each_told_once(desk: Office) -> None:
    """One card to each of the three who hear of a risk at once."""
    assert [len(desk.cards(user)) for user in ("U0SM", "U0AE")] == [1, 1]
    assert len(desk.box.bot_messages("C0ALERTS")) == 1
    assert set(posted_keys(desk.box).values()) == {1}


async def rest(desk: Office) -> None:
    """Let retries happen, in steps too short for anything to climb."""
    for _ in range(8):
        await desk.later(minutes=2)


@pytest.mark.parametrize("method", ["users.info", "conversations.open", "conversations.info", "conversations.members"])
def test_a_look_up_that_fails_only_delays(sqlite_url: str, method: str) -> None:
    async def scenario(desk: Office) -> None:
        desk.box.faults.add(method, "429", times=1)
        desk.box.faults.add(method, "500", times=1)
        desk.box.faults.add(method, "drop_before", times=1)
        await desk.box.say("U0PARTNER", "C0JOINT", SLIP)
        await rest(desk)
        assert_each_told_once(desk)

    play(sqlite_url, scenario, trouble=True)


def test_two_processes_on_one_database_share_the_work(postgres_url: str) -> None:
    async def scenario() -> None:
        async with slack() as place, running(place, postgres_url) as one, running(place, postgres_url) as two:
            box = place.box
            await box.connected(2)
            for text in (SLIP, BLOCKED, "Data migration is late because of staffing."):
                await box.say("U0PARTNER", "C0JOINT", text)
            ts = await box.say("U0PARTNER", "C0JOINT", BROKEN)
            await box.redeliver(box.dispatcher.log[-1])
            await asyncio.gather(one.quiet(), two.quiet())
            assert sorted(risk.kind for risk in one.rows(Risk)) == ["risk"] * 3 + ["technical"]
            assert [len(one.cards(user)) for user in ("U0SM", "U0AE", "U0SA")] == [3, 3, 1]
            assert len(box.bot_messages("C0ALERTS")) == 3
            # Both are pulsed at once when everything is due to climb.
            place.clock.advance(5 * 3600)
            await asyncio.gather(one.quiet(), two.quiet())
            assert len(one.cards("U0VP")) == 3
            assert len(one.cards("U0PM")) == 1  # the handoff nobody accepted
            await box.delete("U0PARTNER", "C0JOINT", ts)
            await asyncio.gather(one.quiet(), two.quiet())
            assert "(the message was deleted)" in one.read(one.cards("U0SA")[0])

    asyncio.run(scenario())


def test_a_process_that_dies_in_the_middle_of_a_post_repeats_and_loses_nothing(database: str) -> None:
    """The posts arrive and nobody is left to hear so; the next process looks before it posts."""

    async def scenario() -> None:
        async with slack(trouble=True) as place:
            box = place.box
            async with running(place, database) as first:
                slow = box.faults.add("chat.postMessage", "delay", after_s=1.0)
                await box.say("U0PARTNER", "C0JOINT", SLIP)
                await box.wait_for(lambda: len(posted_keys(box)) == 3)
                frozen = [(row.id, row.state, row.owner, row.attempts, row.lease_until) for row in first.rows(Delivery)]
                assert {state for _, state, *_ in frozen} == {"sending"}
            slow.times = 0
            # As if the process had died at that moment: the rows are as they were then.
            with first.desk.services.store.write(HOME) as uow:
                for number, state, owner, attempts, lease in frozen:
                    row = uow.get(Delivery, number)
                    assert row is not None
                    row.state, row.owner, row.attempts, row.lease_until = state, owner, attempts, lease
                    row.channel = row.ts = ""
            first.desk.services.store.dispose()
            machine = ManualClock(SystemClock().now() + timedelta(minutes=5))
            async with running(place, database, machine=machine) as second:
                await second.quiet()
                assert_each_told_once(second)
                assert all(row.state == "sent" and row.ts for row in second.rows(Delivery))

    asyncio.run(scenario())


def test_a_stopped_bot_takes_up_where_it_was(database: str) -> None:
    """Stopped while Slack is failing, and down while people talk; the next start does it all, once."""

    async def scenario() -> None:
        async with slack(trouble=True) as place:
            box = place.box
            async with running(place, database) as first:
                root = await box.say("U0PARTNER", "C0JOINT", "About the plan:")
                await first.quiet()
                box.faults.add("chat.postMessage", "500")
                await box.say("U0PARTNER", "C0JOINT", SLIP)
                await first.quiet()
                assert posted_keys(box) == {}
            box.faults.clear()
            await box.say("U0PARTNER", "C0JOINT", BLOCKED, thread_ts=root)
            edited = await box.say("U0PARTNER", "C0JOINT", "All is well.")
            await box.edit("U0PARTNER", "C0JOINT", edited, "The training rooms are at risk, budget is not approved.")
            place.clock.advance(600)
            async with running(place, database) as second:
                await box.wait_for(lambda: len(second.rows(Risk)) == 3, timeout=10)
                await second.quiet()
                assert len(second.cards("U0SM")) == 3

    asyncio.run(scenario())


def test_two_people_who_click_at_the_same_moment(database: str) -> None:
    """Their clicks are worked at once, by two threads or two processes: one of them is first, the other is told."""

    async def scenario(desk: Office) -> None:
        box = desk.box
        ts = await box.say("U0PARTNER", "C0JOINT", SLIP)
        await desk.quiet()
        await desk.later(hours=5)
        for action, said, state in (
            ("risk_ack", "acknowledged", "confirmed"),
            ("risk_resolve", "resolved", "mitigated"),
        ):
            told = await together(desk, {user: desk.cards(user)[-1] for user in ("U0SM", "U0VP")}, action)
            assert [f"already {said}, by" in text for text in told] == [True], (action, told)
            assert len(desk.rows(Event, subject_kind="risk", subject_id=1, to_state=state)) == 1
        await box.say("U0PARTNER", "C0JOINT", BLOCKED, thread_ts=ts)
        await desk.quiet()
        await box.say("U0PM", "C0JOINT", "All fixed now, it works again.", thread_ts=ts)
        await desk.quiet()
        offer = desk.cards("U0PM")[-1]
        box.workspace.channels[offer.channel].members.append("U0SM")
        told = await together(desk, {"U0PM": offer, "U0SM": offer}, "proposal_approve")
        assert ["already approved by" in text for text in told] == [True], told
        assert len(desk.rows(Event, subject_kind="proposal", to_state="approved")) == 1

    play(database, scenario)


async def together(desk: Office, cards: dict[str, Message], action_id: str) -> list[str]:
    """Everybody presses the button on their own card at once; returns what those who were told something were told."""
    clicks = (desk.box.click(user, card.channel, card.ts, action_id) for user, card in cards.items())
    results = await asyncio.gather(*clicks)
    await desk.quiet()
    return [result.text for result in results if result.text]


async def twice(desk: Office, user: str, card: Message, action_id: str, option: str | None = None) -> str:
    """Press the same button two times at once; returns what the second was told."""
    clicks = (desk.box.click(user, card.channel, card.ts, action_id, option=option) for _ in range(2))
    results = await asyncio.gather(*clicks)
    await desk.quiet()
    assert not any(result.error for result in results)
    told = [result.text for result in results if result.text]
    assert len(told) == 1, f"{action_id}: {told}"
    return told[0]


def test_a_double_click_on_any_button_has_one_effect(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        await desk.box.say("U0PARTNER", "C0JOINT", SLIP)
        await desk.quiet()
        card = desk.cards("U0SM")[0]
        assert "already acknowledged, by Sam Ortiz" in await twice(desk, "U0SM", card, "risk_ack")
        assert "already has this risk" in await twice(desk, "U0SM", card, "risk_handoff", "U0NEW")
        assert len(desk.cards("U0NEW")) == 1
        assert "already resolved, by Sam Ortiz" in await twice(desk, "U0SM", card, "risk_resolve")
        assert [e.to_state for e in desk.rows(Event, subject_kind="risk")] == ["detected", "confirmed", "mitigated"]
        await desk.box.say("U0PARTNER", "C0JOINT", BLOCKED)
        await desk.quiet()
        told = await twice(desk, "U0SM", desk.cards("U0SM")[1], "risk_dismiss")
        assert "already marked not a risk, by Sam Ortiz" in told
        assert {row.state for row in desk.rows(Escalation, risk_id=2)} == {"cancelled"}

    play(sqlite_url, scenario)


def test_a_double_click_on_handoffs_and_proposals_has_one_effect(database: str) -> None:
    async def scenario(desk: Office) -> None:
        await desk.box.say("U0PARTNER", "C0JOINT", BROKEN)
        await desk.quiet()
        [card] = desk.cards("U0SA")
        assert "already accepted, by Sol Arch" in await twice(desk, "U0SA", card, "handoff_accept")
        assert "already done, by Sol Arch" in await twice(desk, "U0SA", card, "handoff_done")
        assert [row.state for row in desk.rows(Handoff)] == ["done"]
        ts = await desk.box.say("U0PARTNER", "C0JOINT", SLIP)
        await desk.quiet()
        await desk.box.say("U0PM", "C0JOINT", "All fixed now, it works again.", thread_ts=ts)
        await desk.quiet()
        [offer] = desk.cards("U0PM")
        assert "already approved by Dana Park" in await twice(desk, "U0PM", offer, "proposal_approve")
        assert [row.state for row in desk.rows(Proposal)] == ["approved"]
        closed = desk.rows(Event, subject_kind="risk", to_state="mitigated", subject_id=2)
        assert len(closed) == 1
        await desk.box.say("U0PARTNER", "C0JOINT", "We need a statement of work for the extra migration.")
        await desk.quiet()
        assert "already declined, by Pat Serv" in await twice(desk, "U0PS", desk.cards("U0PS")[0], "handoff_decline")

    play(database, scenario)
