"""Onboarding over the wire: the sentences people type, the buttons and forms, the file, and other systems' word."""

from __future__ import annotations

from datetime import date

import pytest

from bot.language.topics import ONBOARD
from handlers.commands.registry import topics
from models.calendar import OnboardingPlan, OnboardingTask
from models.partners import Account, Partner
from sandbox.workspace import Json, Message
from tests.wire.office import Office, play

LINK = "https://contoso.slack.com/archives/C0OFFICE/p1773151500000100"


def newest(desk: Office, user: str = "U0PM", channel: str = "C0JOINT") -> Message:
    return desk.box.ephemerals(user, channel)[-1]


async def press(desk: Office, action_id: str, value: str | None = None, user: str = "U0PM") -> str:
    """Press a button on the newest answer; returns what is shown then, in its place or below."""
    shown = newest(desk, user)
    result = await desk.box.click(user, shown.channel, shown.ts, action_id, value)
    return await desk.answer(result, user)


async def fill(desk: Office, card: Message, action_id: str, values: Json, option: str | None = None) -> str:
    """Open a form from the card, fill it in, submit it; returns what is said then."""
    await desk.click("U0PM", card, action_id, option)
    opened: Json = await desk.box.wait_for(lambda: desk.box.modal("U0PM"))
    result = await desk.box.submit_view("U0PM", opened["id"], values)
    assert not result.error
    await desk.quiet()
    return desk.read(newest(desk, channel=card.channel))


def step(desk: Office, key: str) -> OnboardingTask:
    return desk.rows(OnboardingTask, key=key)[-1]


async def started(desk: Office) -> Message:
    """Globex is being onboarded; the card its owner got."""
    await desk.confirm("U0PM", "onboard Globex Gold")
    return desk.cards("U0PM")[-1]


@pytest.mark.parametrize(
    ("sentence", "name", "tier"),
    [
        ("onboard Acme Corp Gold", "Acme Corp", "Gold"),
        ("Onboard TechCorp as Silver partner", "TechCorp", "Silver"),
        ("Onboard Acme Corp as a new Gold partner", "Acme Corp", "Gold"),
    ],
)
def test_the_sentences_of_the_issue_make_a_partner(sqlite_url: str, sentence: str, name: str, tier: str) -> None:
    async def scenario(desk: Office) -> None:
        asked = await desk.pm("U0PM", sentence)
        assert f"What kind of partner is {name}?" in asked
        shown = await press(desk, "request_0")  # SI
        assert f"Make {name} a {tier} SI partner and start its onboarding?" in shown
        is_customer = any(row.name == name for row in desk.rows(Account))
        assert ("customer account in the book" in shown) == is_customer
        assert not desk.rows(OnboardingPlan), "nothing before yes"
        said = desk.read((await desk.click("U0PM", newest(desk), "proposal_approve")).responses[-1])
        assert said.startswith(
            f"Starting onboarding for {name} ({tier} SI): partner agreement to be signed by Mon 16 Mar"
        )
        assert "portal access by Fri 13 Mar, kickoff on Fri 13 Mar 10:00" in said
        [row] = desk.rows(Partner, name=name)
        assert (row.tier, row.status, row.manager) == (tier, "onboarding", "U0PM")
        [plan] = desk.rows(OnboardingPlan)
        assert (plan.tier, plan.owner, plan.starts_on) == (tier, "U0PM", date(2026, 3, 11))
        assert f"Onboarding: {name} ({tier} SI)" in desk.cards("U0PM")[-1].text

    play(sqlite_url, scenario)


def test_it_works_by_mention_too_and_in_no_joint_channel_is_anything_said(database: str) -> None:
    async def scenario(desk: Office) -> None:
        await desk.box.say("U0PM", "C0JOINT", f"<@{desk.box.bot_user_id}> please onboard Globex as Silver SI partner")
        await desk.quiet()
        shown = desk.read(newest(desk))
        assert "Start onboarding Globex Consulting as Silver SI?" in shown
        assert "Its tier changes from gold to Silver." in shown
        assert "It is active already and stays so." in shown
        await desk.click("U0PM", newest(desk), "proposal_approve")
        [row] = desk.rows(Partner, name="Globex Consulting")
        assert (row.tier, row.status) == ("Silver", "active")

    play(database, scenario)


def test_a_slip_is_asked_about_and_a_new_one_is_made_only_when_it_is_said(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        asked = await desk.pm("U0PM", "onboard Globx Consulting")
        assert "Did you mean one of these, or is it a new partner?" in asked
        assert "[Globex Consulting] [New partner: Globx Consulting]" in asked
        assert "In which tier is Globx Consulting?" in await press(desk, "onboard_new")
        assert "What kind of partner is Globx Consulting?" in await press(desk, "onboard_new:2")
        assert "Make Globx Consulting a Gold Reseller partner" in await press(desk, "onboard_new:1")
        assert len(desk.rows(Partner)) == 2, "nothing before yes"
        await desk.pm("U0PM", "onboard Globx Consulting Gold")
        assert "Start onboarding Globex Consulting as Gold SI?" in await press(desk, "request_0")

    play(sqlite_url, scenario)


def test_running_it_is_shown_and_not_started_again(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        assert "No onboarding of Globex Consulting was started." in await desk.pm("U0PM", "onboarding of Globex")
        await started(desk)
        shown = await desk.pm("U0PM", "onboard Globex Gold")
        assert "Globex Consulting is being onboarded already, since Wed 11 Mar. Nothing was changed." in shown
        assert "0 of 9 steps done, planned until Thu 9 Apr." in await desk.pm("U0AE", "onboarding of Globex")
        assert "Globex Consulting (Gold): 0 of 9 steps settled" in await desk.pm("U0PM", "onboarding")
        assert len(desk.rows(OnboardingPlan)) == 1
        assert "Only partner managers" in await desk.pm("U0AE", "onboard Umbrella as Gold MSP partner")

    play(sqlite_url, scenario)


def test_the_card_takes_what_happens_and_is_edited_in_place(database: str) -> None:
    async def scenario(desk: Office) -> None:
        card = await started(desk)
        before = len(desk.cards("U0PM"))
        # The first step on the card is the one due soonest: portal access.
        said = await fill(desk, card, "onboarding_done", {"evidence": LINK, "note": "two people are in"})
        assert "Portal access (Globex Consulting): done. 1 of 9 steps done. Next: Kickoff, due Fri 13 Mar." in said
        said = await fill(desk, card, "onboarding_more", {"day": "2026-03-16", "time": "15:30"}, option="move")
        assert "Kickoff (Globex Consulting): moved to Mon 16 Mar 15:30." in said
        said = await fill(desk, card, "onboarding_more", {"reason": "they signed last year"}, option="skip")
        assert "Partner agreement signed (Globex Consulting): skipped." in said
        said = await fill(desk, card, "onboarding_more", {"user": "U0SA"}, option="reassign")
        assert "Kickoff (Globex Consulting): Sol Arch sees to it now." in said
        shown = desk.read(card)
        assert "Portal access: done Wed 11 Mar by Dana Park" in shown
        assert "(they signed last year)" in shown
        assert "Kickoff: Mar 16, 2026 at 19:30" in shown, "the renderer shows UTC"
        assert "Sol Arch sees to it" in shown
        assert len(desk.cards("U0PM")) == before, "edited, not posted again"
        assert "Onboarding: Globex Consulting" in desk.cards("U0SA")[-1].text
        assert [step(desk, key).state for key in ("portal", "agreement", "kickoff")] == ["done", "skipped", "open"]

    play(database, scenario)


def test_a_bad_link_stays_in_the_form(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        card = await started(desk)
        await desk.click("U0PM", card, "onboarding_done")
        opened: Json = await desk.box.wait_for(lambda: desk.box.modal("U0PM"))
        wrong = await desk.box.submit_view("U0PM", opened["id"], {"evidence": "http://portal.example"})
        assert isinstance(wrong.ack, dict) and "https://" in wrong.ack["errors"]["evidence"]
        assert step(desk, "portal").state == "open"

    play(sqlite_url, scenario)


def test_the_kickoff_comes_as_a_calendar_file(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        card = await started(desk)
        result = await desk.box.click("U0PM", card.channel, card.ts, "onboarding_calendar")
        assert "direct message" in await desk.answer(result, "U0PM")
        [file] = desk.box.files()
        assert file.name == "kickoff-globex-consulting.ics"
        lines = (file.content or b"").decode().split("\r\n")
        assert "SUMMARY:Kickoff with Globex Consulting" in lines
        assert "DTSTART;TZID=America/New_York:20260313T100000" in lines

    play(sqlite_url, scenario)


def test_cancelled_by_button_it_is_what_it_was(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        card = await started(desk)
        await desk.click("U0PM", card, "onboarding_cancel")
        assert "Cancelled on Wed 11 Mar, 0 of 9 steps done" in desk.read(card)
        assert [row.status for row in desk.rows(Partner, name="Globex Consulting")] == ["active"]

    play(sqlite_url, scenario)


def test_every_way_of_saying_it_names_the_command() -> None:
    assert all(topics()[phrase] == "onboard" for phrase in ONBOARD)
