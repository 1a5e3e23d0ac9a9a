"""Deal registrations as people ask for them, through the real bot: the sentences, the buttons, the forms."""

from __future__ import annotations

import pytest

from models.deals import ConflictCase, DealRegistration, Touch
from models.escalations import Proposal
from tests.wire.office import Office, play

RIVAL = "Initech"


def open_form(desk: Office, user: str) -> str:
    """The id of the form in front of somebody."""
    modals = desk.box.workspace.modals[user]
    assert modals, "no form is open"
    return modals[-1]


def row(desk: Office, number: int = 1) -> DealRegistration:
    [found] = desk.rows(DealRegistration, id=number)
    return found


def test_registered_and_approved_in_the_sentences_people_say(database: str) -> None:
    async def scenario(desk: Office) -> None:
        asked = await desk.pm("U0AE", "register deal for BigCo, $250,000")
        assert "Register BigCo, USD 250,000, for Globex Consulting?" in asked
        assert "To approve: Dana Park, then Sam Ortiz." in asked
        assert not desk.rows(DealRegistration)
        await desk.click("U0AE", desk.box.ephemerals("U0AE", "C0JOINT")[-1], "proposal_approve")
        assert (row(desk).account_name, row(desk).state) == ("BigCo", "pending_approval")
        assert row(desk).value == 250_000
        assert "APPROVAL: DEAL #1, GLOBEX CONSULTING, BIGCO" in desk.read(desk.cards("U0PM")[0])
        assert "You submitted this" in await desk.pm("U0AE", "approve deal #1")
        done = await desk.confirm("U0PM", "Approve Globex deal registration")
        assert "Sam Ortiz has to decide by" in done
        assert "Approved by Dana Park" in desk.read(desk.cards("U0PM")[0])
        await desk.click("U0SM", desk.cards("U0SM")[-1], "approval_approve")
        assert (row(desk).state, str(row(desk).protected_until)) == ("approved", "2026-06-09")
        result = desk.read(desk.cards("U0AE")[-1])
        assert "protected until Tue 9 Jun 2026" in result
        assert "You get this because you submitted it." in result
        said = await desk.pm("U0PM", "approve the Globex deal registration")
        assert "There is no deal registration of Globex that is pending approval" in said

    play(database, scenario)


def test_what_is_missing_is_asked_with_buttons_or_the_form(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        asked = await desk.pm("U0PM", "deal for Acme Corp, $1.5M", channel="C0OFFICE")
        assert "Which partner registers it?" in asked
        shown = desk.box.ephemerals("U0PM", "C0OFFICE")[-1]
        result = await desk.box.click("U0PM", "C0OFFICE", shown.ts, "request_1")
        assert "Register Acme Corp, USD 1,500,000, for Initech?" in await desk.answer(result, "U0PM")
        await desk.box.slash("U0PM", "C0JOINT", "/pm", "deal")
        await desk.quiet()
        result = await desk.box.submit_view(
            "U0PM", open_form(desk, "U0PM"), {"account": "Nile", "value": "lots", "partner": "1", "currency": "EURO"}
        )
        assert result.ack == {
            "response_action": "errors",
            "errors": {
                "value": "Write a sum above zero, for example 250,000 or 1.5M.",
                "currency": "Write an ISO code of three letters, for example USD.",
            },
        }
        values = {"account": "Nile", "value": "1.5M", "partner": "1", "currency": "eur", "products": "ERP, Payroll"}
        assert not (await desk.box.submit_view("U0PM", open_form(desk, "U0PM"), values)).error
        await desk.quiet()
        shown = desk.box.ephemerals("U0PM", "C0JOINT")[-1]
        assert "Register Nile, EUR 1,500,000, for Globex Consulting?" in desk.read(shown)
        assert "EUR is not our base currency (USD) and no rate is on file" in desk.read(shown)
        await desk.click("U0PM", shown, "proposal_approve")
        assert (row(desk).products, row(desk).currency) == (["ERP", "Payroll"], "EUR")

    play(sqlite_url, scenario)


def test_in_a_direct_message_and_by_mention_a_button_opens_the_form(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        await desk.box.say("U0PM", "C0JOINT", f"<@{desk.box.bot_user_id}> register deal for Nile")
        await desk.quiet()
        shown = desk.box.ephemerals("U0PM", "C0JOINT")[-1]
        assert "Fill in the form" in desk.read(shown)
        await desk.click("U0PM", shown, "deal_form")
        form = desk.box.workspace.views[open_form(desk, "U0PM")]
        assert '"initial_value": "Nile"' in str(form.body).replace("'", '"')

    play(sqlite_url, scenario)


@pytest.mark.parametrize(("sentence", "verdict"), [("reject deal #1", "rejected"), ("return deal #1", "returned")])
def test_rejected_or_returned_with_a_reason(sqlite_url: str, sentence: str, verdict: str) -> None:
    async def scenario(desk: Office) -> None:
        await desk.confirm("U0AE", "register deal for BigCo, $20k")
        await desk.box.slash("U0PM", "C0JOINT", "/pm", sentence)
        await desk.quiet()
        assert not (await desk.box.submit_view("U0PM", open_form(desk, "U0PM"), {"words": "no budget named"})).error
        await desk.quiet()
        assert row(desk).state == verdict
        assert "no budget named" in desk.read(desk.cards("U0AE")[-1])
        if verdict == "returned":
            await desk.click("U0AE", desk.cards("U0AE")[-1], "deal_edit")
            await desk.box.submit_view("U0AE", open_form(desk, "U0AE"), {"contact": "Ann, CFO"})
            await desk.quiet()
            [again] = desk.box.ephemerals("U0AE", desk.cards("U0AE")[-1].channel)
            await desk.click("U0AE", again, "proposal_approve")
            assert (row(desk).state, row(desk).contact) == ("pending_approval", "Ann, CFO")

    play(sqlite_url, scenario)


def test_the_rivals_name_stays_out_of_the_joint_channel(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        await desk.confirm("U0AE", "register deal for BigCo, $20k with Initech", channel="C0OFFICE")
        in_channel = [await desk.pm("U0PM", "register deal for BigCo, $30k")]
        await desk.click("U0PM", desk.box.ephemerals("U0PM", "C0JOINT")[-1], "proposal_approve")
        for request in ("deal #2", "deals", "approve deal #2", "deal Globex"):
            in_channel.append(await desk.pm("U0PM", request))
        assert all(RIVAL not in said for said in in_channel), in_channel
        for message in desk.box.ephemerals("U0PM", "C0JOINT"):
            assert RIVAL not in str(message.blocks) + message.text
        assert "To tell Globex Consulting: We cannot confirm BigCo yet" in in_channel[1]
        [case] = desk.rows(ConflictCase)
        [told] = [card for card in desk.cards("U0PM") if "Conflict about".upper() in desk.read(card)]
        assert RIVAL in desk.read(told)
        # Dana sent it in herself, so Sam decides; she answers for the other side, which she manages too.
        await desk.click("U0SM", desk.cards("U0SM")[-1], "conflict_decide")
        await desk.box.submit_view("U0SM", open_form(desk, "U0SM"), {"verdict": "reject", "words": "first come"})
        await desk.quiet()
        assert desk.rows(ConflictCase)[0].state == "decided"
        [told] = [card for card in desk.cards("U0PM") if "Conflict about".upper() in desk.read(card)]
        await desk.click("U0PM", told, "conflict_accept")
        assert (desk.rows(ConflictCase)[0].state, row(desk, 2).state) == ("closed", "rejected")
        assert desk.rows(ConflictCase, id=case.id)[0].decision == "reject: first come"
        for message in desk.box.ephemerals("U0PM", "C0JOINT"):
            assert RIVAL not in str(message.blocks) + message.text

    play(sqlite_url, scenario)


def test_protected_extended_on_activity_and_won(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        await desk.confirm("U0AE", "register deal for BigCo, $20k")
        await desk.click("U0PM", desk.cards("U0PM")[-1], "approval_approve")
        assert "it needs 2 qualified activities in the last 30 days; 0 on record" in await desk.pm(
            "U0PM", "extend deal #1"
        )
        for kind in ("demo", "customer meeting"):
            await desk.box.slash("U0PM", "C0JOINT", "/pm", "deal touch #1 with the CFO")
            await desk.quiet()
            await desk.box.submit_view("U0PM", open_form(desk, "U0PM"), {"kind": kind, "link": "https://a.example/1"})
            await desk.quiet()
        assert [(touch.kind, touch.qualified) for touch in desk.rows(Touch)] == [
            ("demo", True), ("customer meeting", True),
        ]  # fmt: skip
        assert "Thu 9 Jul 2026" in await desk.confirm("U0PM", "extend deal #1")
        assert "with the CFO" not in await desk.pm("U0PM", "deal #1")  # people's own words: in direct messages only
        await desk.click("U0AE", desk.cards("U0AE")[-1], "deal_won")
        [asked] = desk.box.ephemerals("U0AE", desk.cards("U0AE")[-1].channel)
        await desk.click("U0AE", asked, "proposal_approve")
        assert row(desk).state == "converted"
        assert {proposal.state for proposal in desk.rows(Proposal)} == {"approved"}

    play(sqlite_url, scenario)


def test_time_expires_it_and_an_undecided_one_climbs(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        await desk.confirm("U0AE", "register deal for BigCo, $20k")
        await desk.later(days=1)
        assert any("DECIDE SOON: DEAL #1" in desk.read(card) for card in desk.cards("U0PM"))
        await desk.later(days=1)
        assert any("Passed on: Sam Ortiz has to decide now" in desk.read(card) for card in desk.cards("U0PM"))
        await desk.click(
            "U0SM", [card for card in desk.cards("U0SM") if "approval_" in str(card.blocks)][-1], "approval_approve"
        )
        await desk.later(days=95)
        assert row(desk).state == "expired"
        assert any("The protection of BigCo has ended" in desk.read(card) for card in desk.cards("U0AE"))

    play(sqlite_url, scenario)


@pytest.mark.parametrize("junk", ["no json", "[]", '"x"', '{"partner": 1}', "{"])
def test_a_button_that_carries_junk_is_refused(sqlite_url: str, junk: str) -> None:
    async def scenario(desk: Office) -> None:
        await desk.box.say("U0PM", "C0JOINT", f"<@{desk.box.bot_user_id}> register deal for Nile")
        await desk.quiet()
        shown = desk.box.ephemerals("U0PM", "C0JOINT")[-1]
        [opener] = [each for block in shown.blocks for each in block.get("elements", []) if "action_id" in each]
        opener["value"] = junk
        result = await desk.box.click("U0PM", "C0JOINT", shown.ts, "deal_form")
        assert "from an older version of me" in await desk.answer(result, "U0PM")
        assert not desk.box.workspace.modals.get("U0PM")

    play(sqlite_url, scenario)


@pytest.mark.parametrize(("sentence", "state"), [("withdraw deal #1", "approved"), ("won deal #1", "approved")])
def test_what_changed_after_the_question_is_asked_again(sqlite_url: str, sentence: str, state: str) -> None:
    async def scenario(desk: Office) -> None:
        await desk.confirm("U0AE", "register deal for BigCo, $20k")
        await desk.click("U0PM", desk.cards("U0PM")[-1], "approval_approve")
        await desk.pm("U0AE", sentence)
        asked = desk.box.ephemerals("U0AE", "C0JOINT")[-1]
        await desk.box.slash("U0PM", "C0JOINT", "/pm", "deal touch #1 with the CFO")
        await desk.quiet()
        await desk.box.submit_view("U0PM", open_form(desk, "U0PM"), {"kind": "demo", "link": "https://a.example/1"})
        await desk.quiet()
        await desk.click("U0AE", asked, "proposal_approve")
        assert row(desk).state == state
        assert "has changed since I asked you" in desk.read(desk.box.ephemerals("U0AE", "C0JOINT")[-1])
        await desk.confirm("U0AE", sentence)
        assert row(desk).state != state

    play(sqlite_url, scenario)
