"""What people type on a normal day: each is answered by what it asks for, or by a question with buttons."""

from __future__ import annotations

import pytest

from models.calendar import OnboardingTask
from models.deals import ApprovalStep, DealRegistration
from models.partners import Partner
from tests.wire.office import HOME, Office, play
from tests.wire.test_deals import open_form


async def last(desk: Office, user: str, action: str) -> str:
    """Press `action` on the newest answer in C0JOINT; what is read then."""
    return await desk.answer(await desk.click(user, desk.box.ephemerals(user, "C0JOINT")[-1], action), user)


async def typed_for_a_form(desk: Office, text: str) -> None:
    """Type `/pm text`, which is answered by a form."""
    await desk.box.slash("U0PM", "C0JOINT", "/pm", text)
    await desk.quiet()


@pytest.mark.parametrize(
    ("typed", "offered", "reads"),
    [
        ("status initch", "[Initech]", "Initech"),
        ("run QBR for initch's Q4", "[Initech]", "Q4"),
        ("check-in with Glob", "[Globex Consulting] [Globstar]", "Globex Consulting"),
        ("risks Globx", "[Globex Consulting]", "No open risks for Globex Consulting"),
    ],
)
def test_a_slip_in_a_name_is_one_press_away_from_the_answer(
    sqlite_url: str, typed: str, offered: str, reads: str
) -> None:
    async def scenario(desk: Office) -> None:
        with desk.desk.services.store.write(HOME) as uow:
            uow.add(Partner(workspace_id=HOME, name="Globstar", manager="U0PM", status="active"))
        asked = await desk.pm("U0PM", typed)
        assert offered in asked
        assert reads in await last(desk, "U0PM", "request_0")

    play(sqlite_url, scenario)


def test_a_deal_whose_partner_was_named_last(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        shown = await desk.confirm("U0PM", "register BigCo deal for Initech $40k closing 31 Mar 2027")
        assert "BigCo" in shown
        [deal] = desk.rows(DealRegistration)
        [initech] = desk.rows(Partner, name="Initech")
        assert (deal.account_name, deal.partner_id, str(deal.expected_close)) == ("BigCo", initech.id, "2027-03-31")
        await typed_for_a_form(desk, "deal touch #1 demo for their CFO")
        assert "demo for their CFO" in str(desk.box.workspace.views[open_form(desk, "U0PM")])
        [asked] = [step for step in desk.rows(ApprovalStep) if step.state == "asked"]
        assert "BigCo" in await desk.pm(asked.approver, "pending approvals")
        assert "as lost?" in await desk.pm("U0PM", "mark deal #1 as lost")

    play(sqlite_url, scenario)


@pytest.mark.parametrize(
    ("typed", "reads"),
    [
        ("what's late", "late"),
        ("what's on today", "today"),
        ("list partners", "Your partners: "),
        ("status of all partners", "All partners: "),
        ("my team's portfolio", "Your team's partners: "),
        ("portfolio of Ben", "Whose partners?"),
        ("digest only on mondays", "week"),
        ("pending approvals", "Nothing waits for your approval."),
        ("approve", "Nothing waits for your approval."),
        ("snooze Globex renewal a week", "Remind me less"),
        ("action #1 done", "action"),
        ("mark kickoff done", "No onboarding that runs has an open step “kickoff”."),
        ("“Run QBR for Globex Q4”", "Q4"),
    ],
)
def test_daily_sentences(sqlite_url: str, typed: str, reads: str) -> None:
    async def scenario(desk: Office) -> None:
        assert reads.lower() in (await desk.pm("U0PM", typed)).lower()

    play(sqlite_url, scenario)


def test_a_step_is_done_in_words(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        await desk.confirm("U0PM", "onboard Initech as Silver reseller partner")
        await typed_for_a_form(desk, "mark kickoff done")
        [kickoff] = desk.rows(OnboardingTask, key="kickoff")
        assert f'"task": "{kickoff.id}"' in str(desk.box.workspace.views[open_form(desk, "U0PM")])

    play(sqlite_url, scenario)
