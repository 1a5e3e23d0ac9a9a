"""What changes more than the asker's own view is shown first, and done once, when whoever asked says so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from sqlmodel import select

from bot.desk.rights import NOT_OURS
from models.escalations import Escalation, Proposal
from models.messages import Receipt, ReceiptState
from models.partners import Partner
from sandbox.workspace import Message
from tests.wire.office import HOME, Office, play
from tests.wire.test_rights import outsiders, press

SLIP = "The cutover has slipped from the 14th to the 26th."
ASK = "escalate #1 to VP"
QUESTION = "Send risk #1 (Delay: Globex Consulting, Acme Corp) to Vera Petit?"
DONE = "Risk #1 (Delay: Globex Consulting, Acme Corp) goes to Vera Petit now."


def told(desk: Office) -> list[str]:
    """Who was told of the risk by hand."""
    return [row.recipient for row in desk.rows(Escalation) if row.recipient == "U0VP"]


async def slipped(desk: Office) -> None:
    await desk.box.say("U0PARTNER", "C0JOINT", SLIP)
    await desk.quiet()


async def by_slash(desk: Office) -> Message:
    await desk.pm("U0PM", ASK)
    return desk.box.ephemerals("U0PM", "C0JOINT")[-1]


async def by_mention(desk: Office) -> Message:
    await desk.box.say("U0PM", "C0JOINT", f"<@{desk.box.bot_user_id}> please {ASK}")
    await desk.quiet()
    return desk.box.ephemerals("U0PM", "C0JOINT")[-1]


async def by_direct_message(desk: Office) -> Message:
    await desk.box.dm("U0PM", ASK)
    await desk.quiet()
    return desk.cards("U0PM")[-1]


@pytest.mark.parametrize("ask", [by_slash, by_mention, by_direct_message])
def test_nothing_happens_before_yes_and_its_result_takes_the_place(
    database: str, ask: Callable[[Office], Awaitable[Message]]
) -> None:
    async def scenario(desk: Office) -> None:
        await slipped(desk)
        card = await ask(desk)
        shown = desk.read(card)
        assert QUESTION in shown
        assert SLIP in shown
        assert "Nothing is done until you press Escalate." in shown
        assert "[Escalate] [Cancel]" in shown
        assert told(desk) == []
        before = len(desk.cards("U0PM")), len(desk.box.ephemerals("U0PM"))
        await desk.click("U0PM", card, "proposal_approve")
        assert desk.read(card) == DONE, "the buttons are gone"
        assert told(desk) == ["U0VP"]
        assert SLIP in desk.read(desk.cards("U0VP")[0])
        assert (len(desk.cards("U0PM")), len(desk.box.ephemerals("U0PM"))) == before, "nothing is said twice"

    play(database, scenario)


def test_cancel_does_nothing_and_stays_so(database: str) -> None:
    async def scenario(desk: Office) -> None:
        await slipped(desk)
        card = await by_slash(desk)
        first = await desk.box.click("U0PM", "C0JOINT", card.ts, "proposal_decline")
        await desk.answer(first, "U0PM")
        assert desk.read(card) == "Cancelled. Nothing was done."
        said = await press(desk, "U0PM", HOME, plain(card), "proposal_approve", value=number(desk))
        assert "You cancelled this, and nothing was done." in said
        assert told(desk) == []
        assert "goes to Vera Petit now" in await desk.confirm("U0PM", ASK), "it may be asked for again"
        assert told(desk) == ["U0VP"]

    play(database, scenario)


def test_a_double_click_does_it_once(database: str) -> None:
    async def scenario(desk: Office) -> None:
        await slipped(desk)
        card = await by_slash(desk)
        id_ = number(desk)
        await press(desk, "U0PM", HOME, plain(card), "proposal_approve", value=id_)
        said = await press(desk, "U0PM", HOME, plain(card), "proposal_approve", value=id_)
        assert said == "You confirmed this already, and it was done once."
        said = await press(desk, "U0PM", HOME, plain(card), "proposal_decline", value=id_)
        assert said == "You confirmed this already, and it was done once."
        assert told(desk) == ["U0VP"]
        assert len(desk.cards("U0VP")) == 1

    play(database, scenario)


def test_nobody_else_confirms(database: str) -> None:
    """Not even those who could ask for the same, and outsiders get the polite sentence."""

    async def scenario(desk: Office) -> None:
        outsiders(desk)
        await slipped(desk)
        card = await by_slash(desk)
        id_ = number(desk)
        for user in ("U0SM", "U0VP", "U0NEW"):
            for action in ("proposal_approve", "proposal_decline"):
                said = await press(desk, user, HOME, plain(card), action, value=id_)
                assert said == "Only Dana Park, who asked for this, can confirm it. Ask me the same to do it yourself."
        for user in ("U0GUEST", "U0PARTNER", "U0RIVAL", "U0GONE"):
            assert await press(desk, user, HOME, plain(card), "proposal_approve", value=id_) == NOT_OURS
        assert [row.state for row in desk.rows(Proposal)] == ["open"]
        assert told(desk) == []

    play(database, scenario)


def test_it_expires(database: str) -> None:
    async def scenario(desk: Office) -> None:
        await slipped(desk)
        card = await by_slash(desk)
        minutes = desk.desk.services.policy.proposals.request_expires_minutes
        await desk.later(minutes=minutes)
        result = await desk.box.click("U0PM", "C0JOINT", card.ts, "proposal_approve")
        assert "Too much time has passed since you asked, and nothing was done." in await desk.answer(result, "U0PM")
        assert told(desk) == []
        assert "goes to Vera Petit now" in await desk.confirm("U0PM", ASK)
        assert [row.state for row in desk.rows(Proposal)] == ["expired", "approved"]

    play(database, scenario)


def test_asked_twice_is_one_request(database: str) -> None:
    async def scenario(desk: Office) -> None:
        await slipped(desk)
        first, second = await by_slash(desk), await by_mention(desk)
        await desk.click("U0PM", first, "proposal_approve")
        result = await desk.box.click("U0PM", "C0JOINT", second.ts, "proposal_approve")
        assert "You confirmed this already" in await desk.answer(result, "U0PM")
        assert told(desk) == ["U0VP"]
        assert len(desk.rows(Proposal)) == 1

    play(database, scenario)


def test_what_changed_meanwhile_is_said_and_can_be_cancelled(database: str) -> None:
    async def scenario(desk: Office) -> None:
        await slipped(desk)
        card = await by_slash(desk)
        [posted] = desk.cards("U0SM")
        await desk.click("U0SM", posted, "risk_resolve")
        result = await desk.box.click("U0PM", "C0JOINT", card.ts, "proposal_approve")
        assert "Risk #1 was closed meanwhile, so nothing was sent." in await desk.answer(result, "U0PM")
        assert [row.state for row in desk.rows(Proposal)] == ["open"]
        await desk.click("U0PM", card, "proposal_decline")
        assert desk.read(card) == "Cancelled. Nothing was done."
        assert told(desk) == []

    play(database, scenario)


def test_done_but_not_said_is_not_done_again(database: str) -> None:
    """The process dies before the click counts as worked off: it is again, finds it done, and says so."""

    async def scenario(desk: Office) -> None:
        await slipped(desk)
        card = await by_slash(desk)
        await desk.click("U0PM", card, "proposal_approve")
        token, url = desk.box.new_response_url("C0JOINT", "U0PM", "actions", card)
        action = {"action_id": "proposal_approve", "block_id": "", "value": number(desk)}
        with desk.desk.services.store.system() as session:
            receipt = session.exec(select(Receipt).where(Receipt.kind == "action")).one()
            receipt.state, receipt.owner = ReceiptState.PENDING, "a process that died"
            receipt.payload = {"user": {"id": "U0PM"}, "response_url": url, "actions": [action]}
        await desk.retry()
        await desk.quiet()
        [said] = desk.box.workspace.response_urls[token].posts
        assert said.text == "You confirmed this already, and it was done once."
        assert desk.read(card) == DONE
        assert told(desk) == ["U0VP"]
        assert len(desk.cards("U0VP")) == 1

    play(database, scenario)


def test_somebody_who_left_cannot_confirm(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        await slipped(desk)
        card = await by_slash(desk)
        await desk.box.deactivate("U0PM")
        await desk.quiet()
        assert await press(desk, "U0PM", HOME, plain(card), "proposal_approve", value=number(desk)) == NOT_OURS
        assert told(desk) == []

    play(sqlite_url, scenario)


def test_which_of_several_is_a_choice_and_then_a_question(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        await slipped(desk)
        await desk.box.say("U0PARTNER", "C0JOINT", "We are blocked by the missing firewall rule for the test system.")
        await desk.quiet()
        asked = await desk.pm("U0PM", "escalate globex to @vera.petit")
        assert "More than one open risk fits. Which one?" in asked
        assert f"[#1 {SLIP}]" in asked
        result = await desk.box.click("U0PM", "C0JOINT", desk.box.ephemerals("U0PM", "C0JOINT")[-1].ts, "request_0")
        shown = await desk.answer(result, "U0PM")
        assert QUESTION in shown
        assert told(desk) == []
        await desk.click("U0PM", result.responses[-1], "proposal_approve")
        assert told(desk) == ["U0VP"]

    play(sqlite_url, scenario)


def test_an_ambiguous_name_asks_with_the_whole_request(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        with desk.desk.services.store.write(HOME) as uow:
            for name in ("Umbrella Consulting", "Umbrella Partners"):
                uow.add(Partner(workspace_id=HOME, name=name))
        asked = await desk.pm("U0PM", "show me the open risks of “umbrella”, please!")
        assert "[Umbrella Consulting] [Umbrella Partners]" in asked
        result = await desk.box.click("U0PM", "C0JOINT", desk.box.ephemerals("U0PM", "C0JOINT")[-1].ts, "request_1")
        assert "No open risks for Umbrella Partners" in await desk.answer(result, "U0PM")

    play(sqlite_url, scenario)


def plain(card: Message) -> dict[str, object]:
    """The card as Slack's own JSON, for a payload made by hand."""
    return {"channel": card.channel, "ts": card.ts, "blocks": card.blocks, "text": card.text}


def number(desk: Office) -> str:
    """The id of the newest request."""
    return str(desk.rows(Proposal)[-1].id)
