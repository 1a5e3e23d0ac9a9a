"""Renewals, escalations on request and requests for other desks, as people type and press them."""

from __future__ import annotations

from datetime import date
from typing import Any

from models.calendar import ActionItem, Renewal
from models.escalations import Escalation, Handoff
from models.partners import Partner
from sandbox.workspace import Message
from tests.wire.office import Office, play

Json = dict[str, Any]
SLIP = "The cutover has slipped from the 14th to the 26th."
ENDS = date(2026, 5, 1)


async def ending(desk: Office) -> None:
    """Globex's agreement ends in 51 days."""
    with desk.desk.services.store.write("T0HOME") as uow:
        partner = uow.find(Partner, name="Globex Consulting")
        assert partner is not None
        partner.agreement_starts, partner.agreement_ends = date(2025, 5, 2), ENDS
    await desk.quiet()


def last(desk: Office, user: str = "U0PM", channel: str = "C0OFFICE") -> Message:
    return desk.box.ephemerals(user, channel)[-1]


def test_a_renewal_is_listed_prepared_worked_on_and_recorded(database: str) -> None:
    async def scenario(desk: Office) -> None:
        await ending(desk)
        assert [row.state for row in desk.rows(Renewal)] == ["negotiating"]
        listed = await desk.pm("U0PM", "Prepare renewal for 2026", "C0OFFICE")
        assert "1 AGREEMENT ENDING IN 2026" in listed
        assert "[Globex Consulting]" in listed
        assert "The end is not recorded for Initech." in listed
        assert "No recorded agreement ends in 2025." in await desk.pm("U0PM", "Prepare renewal for 2025", "C0OFFICE")
        await desk.pm("U0PM", "prepare renewal for 2026", "C0OFFICE")
        result = await desk.box.click("U0PM", "C0OFFICE", last(desk).ts, "request_0")
        shown = await desk.answer(result, "U0PM")
        assert "RENEWAL OF GLOBEX CONSULTING" in shown
        assert "The agreement ends Fri 1 May 2026, in 51 days." in shown
        assert "No quota is recorded for this term." in shown
        result = await desk.box.click("U0PM", "C0OFFICE", last(desk).ts, "action_done")
        assert await desk.answer(result, "U0PM") == "Action #1 is done."
        actions = await desk.pm("U0PM", "actions", "C0OFFICE")
        assert "2 OPEN ACTIONS OF YOURS" in actions
        assert "Agree the terms with the partner" in actions
        assert "#1 Read the dossier" in await desk.pm("U0PM", "action #1", "C0OFFICE")
        said = await desk.confirm("U0PM", "renewal of Globex renewed until 30 Apr 2027", "C0OFFICE")
        assert "The agreement is renewed until Fri 30 Apr 2027, by Dana Park." in said
        [partner] = desk.rows(Partner, name="Globex Consulting")
        assert partner.agreement_ends == date(2027, 4, 30)
        assert {row.state for row in desk.rows(ActionItem)} == {"done", "dropped"}
        assert "is renewed until Fri 30 Apr 2027" in await desk.pm("U0PM", "renewals 2026", "C0OFFICE")

    play(database, scenario)


def test_a_decision_by_form_and_by_button(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        await ending(desk)
        result = await desk.box.slash("U0PM", "C0JOINT", "/pm", "mark globex renewal as terminated")
        assert not result.error
        view: Json = await desk.box.wait_for(lambda: desk.box.modal("U0PM"))
        wrong = await desk.box.submit_view("U0PM", view["id"], {"reason": " "})
        assert isinstance(wrong.ack, dict)
        assert wrong.ack["response_action"] == "errors"
        assert not (await desk.box.submit_view("U0PM", view["id"], {"reason": "They were bought."})).error
        await desk.quiet()
        [row] = desk.rows(Renewal)
        assert (row.state, row.reason, row.closed_by) == ("terminated", "They were bought.", "U0PM")
        assert "is terminated already, by Dana Park" in await desk.pm("U0PM", "renewal of globex lapsed", "C0OFFICE")

    play(sqlite_url, scenario)


def test_a_support_issue_is_escalated_to_the_vp(database: str) -> None:
    async def scenario(desk: Office) -> None:
        await desk.box.say("U0PARTNER", "C0JOINT", SLIP)
        await desk.quiet()
        asked = await desk.pm("U0PM", "Escalate support issue to VP", "C0OFFICE")
        assert "Which partner is it about?" in asked
        assert "[Globex Consulting]" in asked
        result = await desk.box.click("U0PM", "C0OFFICE", last(desk).ts, "request_0")
        which = await desk.answer(result, "U0PM")
        assert "None of the open risks with Globex Consulting mentions “support issue”." in which
        result = await desk.box.click("U0PM", "C0OFFICE", last(desk).ts, "request_0")
        assert "Send risk #1 (Delay: Globex Consulting, Acme Corp) to Vera Petit?" in await desk.answer(result, "U0PM")
        await desk.click("U0PM", last(desk), "proposal_approve")
        assert SLIP in desk.read(desk.cards("U0VP")[0])
        [row] = desk.rows(Escalation, recipient="U0VP")
        assert (row.state, row.due_at is not None) == ("notified", True), "its clock runs"
        await desk.click("U0VP", desk.cards("U0VP")[0], "risk_ack")
        assert desk.risk().held_by == "U0VP"

    play(database, scenario)


def test_in_a_thread_its_words_are_the_evidence(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        root = await desk.box.say("U0PARTNER", "C0JOINT", "Good morning from Berlin, a short note on support.")
        said = "Our tickets with support sit there, and the customer asks daily."
        await desk.box.say("U0PARTNER", "C0JOINT", said, thread_ts=root)
        await desk.quiet()
        us = desk.box.bot_user_id
        await desk.box.say("U0PM", "C0JOINT", f"<@{us}> escalate support tickets to my boss", thread_ts=root)
        await desk.quiet()
        card = desk.box.ephemerals("U0PM", "C0JOINT")[-1]
        assert "to Sam Ortiz?" in desk.read(card)
        assert said in desk.read(card)
        await desk.click("U0PM", card, "proposal_approve")
        assert said in desk.read(desk.cards("U0SM")[-1])

    play(sqlite_url, scenario)


def test_a_request_for_another_desk_is_tracked_to_done(database: str) -> None:
    async def scenario(desk: Office) -> None:
        asked = await desk.pm("U0PM", "get executive approval for the Globex discount")
        assert "Send this to Vera Petit?" in asked
        assert "“get executive approval for the Globex discount”. It is about Globex Consulting." in asked
        assert "Executive approval requests go to a VP." in asked
        assert desk.rows(Handoff) == []
        await desk.click("U0PM", last(desk, channel="C0JOINT"), "proposal_approve")
        [card] = desk.cards("U0VP")
        assert "get executive approval for the Globex discount" in desk.read(card)
        await desk.click("U0VP", card, "handoff_accept")
        assert "Accepted by Vera Petit" in await desk.pm("U0PM", "handoffs")
        await desk.click("U0VP", desk.cards("U0VP")[0], "handoff_done")
        assert [row.state for row in desk.rows(Handoff)] == ["done"]
        [answer] = desk.cards("U0PM")
        assert "Executive approval: Globex Consulting: done by Vera Petit" in desk.read(answer)
        assert "which desk is it for" in (await desk.pm("U0PM", "handoff the Globex paperwork")).lower()
        for text in ("process the commission for Acme deal", "set up a joint campaign with Globex"):
            assert "Send this to" in await desk.pm("U0PM", text), text

    play(database, scenario)


def test_a_request_nobody_answers_comes_back_to_who_asked(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        await desk.confirm("U0PM", "get executive approval for the Globex discount", "C0OFFICE")
        await desk.later(hours=26)
        [told] = desk.cards("U0PM")
        assert "Vera Petit has not answered since" in desk.read(told)
        await desk.click("U0PM", told, "handoff_remind")
        assert "Asked Vera Petit." in await desk.pm("U0PM", "handoffs", "C0OFFICE")
        await desk.later(hours=26)
        told = desk.cards("U0PM")[-1]
        await desk.click("U0PM", told, "handoff_give", option="U0SM")
        assert "Why you: Dana Park asked for you" in desk.read(desk.cards("U0SM")[-1])
        await desk.click("U0SM", desk.cards("U0SM")[-1], "handoff_decline")
        result = await desk.pm("U0PM", "handoffs", "C0OFFICE")
        assert "Declined by Sam Ortiz." in result
        pressed = await desk.box.click("U0PM", "C0OFFICE", last(desk).ts, "handoff_drop")
        assert "Handoff #1 is dropped." in await desk.answer(pressed, "U0PM")
        assert [row.state for row in desk.rows(Handoff)] == ["cancelled"]

    play(sqlite_url, scenario)


def test_what_no_message_says_is_sent_in_the_askers_words(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        refused = await desk.pm("U0PM", "escalate Initech support issue to VP", "C0OFFICE")
        assert "Initech has no open risk." in refused
        assert "[Send it to Vera Petit as a request]" in refused
        result = await desk.box.click("U0PM", "C0OFFICE", last(desk).ts, "request_0")
        asked = await desk.answer(result, "U0PM")
        assert "Send this to Vera Petit?" in asked
        assert "“Initech support issue”. It is about Initech." in asked
        await desk.click("U0PM", last(desk), "proposal_approve")
        assert "REQUEST: INITECH SUPPORT ISSUE" in desk.read(desk.cards("U0VP")[0])
        asked = await desk.pm("U0PM", "hand off the pricing question to Vera", "C0OFFICE")
        assert "Send this to Vera Petit?" in asked
        assert "“the pricing question”." in asked

    play(sqlite_url, scenario)
