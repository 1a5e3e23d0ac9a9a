"""From a partner's message to the manager's button, through the real bot."""

from __future__ import annotations

from tests.desk.world import JOINT
from tests.handlers.office import Office, run

SLIP = "[risk delay] the cutover slips to Friday &amp; we cannot staff it"


def test_a_slip_reaches_the_manager_and_is_acknowledged_once(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        await office.box.say("U0PARTNER", JOINT, SLIP)
        await office.quiet()
        card = office.card("U0SM")
        shown = office.read(card)
        assert "DELAY: GLOBEX CONSULTING, ACME CORP" in shown
        assert "│ the cutover slips to Friday & we cannot staff it" in shown
        assert "Threatens: Acme ERP, USD 250,000" in shown
        assert "[Acknowledge] [Resolve] [Not a risk]" in shown
        assert "nothing is asked of you" in office.read(office.card("U0AE"))
        assert office.box.bot_messages(JOINT) == []

        await office.click("U0SM", card, "risk_ack")
        assert "Acknowledged by Sam Ortiz" in office.read(office.card("U0SM"))
        assert "Sam Ortiz has it." in office.read(office.card("U0AE"))

        again = await office.box.click("U0SM", card.channel, card.ts, "risk_resolve")
        assert not again.error
        await office.quiet()
        assert "Resolved by Sam Ortiz" in office.read(office.card("U0AE"))
        assert "[" not in office.read(office.card("U0SM")).replace("[risk", "")

    run(sqlite_url, scenario)


def test_a_second_click_is_told_who_was_first(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        await office.box.say("U0PARTNER", JOINT, SLIP)
        await office.quiet()
        card = office.card("U0SM")
        first = await office.box.click("U0SM", card.channel, card.ts, "risk_ack")
        second = await office.box.click("U0SM", card.channel, card.ts, "risk_ack")
        assert not first.error and not second.error
        told = await second.reply()
        assert "already acknowledged, by Sam Ortiz" in told.text
        assert first.responses == []

    run(sqlite_url, scenario)


def test_snooze_hand_off_and_not_a_risk(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        await office.box.say("U0PARTNER", JOINT, SLIP)
        await office.quiet()
        await office.click("U0SM", office.card("U0SM"), "risk_snooze", option="24")
        assert "Snoozed until" in office.read(office.card("U0SM"))
        await office.click("U0SM", office.card("U0SM"), "risk_handoff", option="U0NEW")
        assert "Why you: Sam Ortiz handed it to you" in office.read(office.card("U0NEW"))
        await office.click("U0NEW", office.card("U0NEW"), "risk_dismiss")
        assert "Marked as not a risk by Nia Ewing" in office.read(office.card("U0SM"))
        assert [risk.state for risk in office.risks()] == ["dismissed"]

    run(sqlite_url, scenario)


def test_edits_and_deletions_reach_the_card(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        ts = await office.box.say("U0PARTNER", JOINT, SLIP)
        await office.quiet()
        await office.box.edit("U0PARTNER", JOINT, ts, "all is well")
        await office.quiet()
        assert "The message was edited since." in office.read(office.card("U0SM"))
        await office.box.delete("U0PARTNER", JOINT, ts)
        await office.quiet()
        shown = office.read(office.card("U0SM"))
        assert "(the message was deleted)" in shown
        assert "cutover" not in shown + office.card("U0SM").text

    run(sqlite_url, scenario)


def test_bots_and_files_and_joins(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        office.box.user("U0ROBOT", name="Jira", is_bot=True)
        await office.box.join("U0ROBOT", JOINT)
        joint = office.box.workspace.channels[JOINT]
        robot = office.box.draft(office.box.workspace.users["U0ROBOT"], joint, SLIP)
        robot.bot_id = "B0ROBOT"
        office.box.post(joint, robot)
        await office.quiet()
        assert office.risks() == []
        await office.box.say("U0PARTNER", JOINT, SLIP, files=[{"id": "F1", "name": "plan.pdf"}])
        await office.quiet()
        assert len(office.risks()) == 1

    run(sqlite_url, scenario)
