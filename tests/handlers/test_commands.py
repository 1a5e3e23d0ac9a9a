"""`/pm`, mentions and direct messages, through the real bot."""

from __future__ import annotations

from bot.desk.rights import NOT_OURS
from models.partners import Partner
from sandbox.workspace import Message
from tests.desk.world import HOME, JOINT
from tests.handlers.office import OFFICE, PARTNERS_OWN, Office, run

SLIP = "[risk delay] the cutover slips to Friday"


def test_asking_and_settling_in_a_shared_channel_stays_private(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        await office.box.say("U0PARTNER", JOINT, SLIP)
        await office.quiet()
        listed = await office.pm("U0PM", "  RISKS for “globex”!")
        assert "1 OPEN RISK FOR GLOBEX" in listed
        assert "│ the cutover slips to Friday" in listed
        shown = office.box.ephemerals("U0PM", JOINT)[-1]
        result = await office.click("U0PM", shown, "risk_resolve")
        assert "Risk #1 is resolved." in result.text
        assert await office.pm("U0PM", "risks") == "No open risks."
        assert office.box.bot_messages(JOINT) == []

    run(sqlite_url, scenario)


def test_every_command_answers(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        await office.box.say("U0PARTNER", JOINT, SLIP + "\n[commitment] we will send the plan on Friday")
        await office.quiet()
        assert "WHAT YOU CAN ASK ME" in await office.pm("U0PM", "help")
        assert "1 OPEN COMMITMENT" in await office.pm("U0PM", "commitments Acme")
        assert "Risk #1 is quiet for 3 days." in await office.pm("U0PM", "snooze #1 for 3 days")
        assert "1 channel watched." in await office.pm("U0PM", "status")
        assert "WHO IS TOLD WHAT, AND WHEN" in await office.pm("U0PM", "policy")
        assert "No more morning digests." in await office.pm("U0PM", "digest off")
        assert "goes to Vera Petit now" in await office.confirm("U0PM", "escalate #1 to <@U0VP>")
        assert "Why you: Dana Park escalated it to you" in office.read(office.card("U0VP"))

    run(sqlite_url, scenario)


def test_refusals_are_one_sentence_with_a_next_step(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        assert "Which risk, and for how long?" in await office.pm("U0PM", "snooze")
        assert "To whom?" in await office.pm("U0PM", "escalate #1")
        assert "Did you mean" in await office.pm("U0PM", "risks Globex Consultin")
        assert "There is no open risk #77" in await office.pm("U0PM", "escalate #77 to VP")
        assert "I do not know risk #77" in await office.pm("U0PM", "snooze 77 4h")
        assert "Only partner managers" in await office.pm("U0NEW", "watch Globex", OFFICE)

    run(sqlite_url, scenario)


def test_empty_and_mistyped_requests_get_buttons_that_work(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        assert "[agenda] [risks] [commitments] [check-ins] [deals] [help]" in await office.pm("U0PM", "")
        offered = office.box.ephemerals("U0PM", JOINT)[-1]
        for number in range(6):
            assert "I did not get that" not in (await office.click("U0PM", offered, f"request_{number}")).text
        assert "[risks Globex] [help]" in await office.pm("U0PM", "riks Globex")
        offered = office.box.ephemerals("U0PM", JOINT)[-1]
        result = await office.click("U0PM", offered, "request_0")
        assert "No open risks for Globex." in result.text

    run(sqlite_url, scenario)


def test_an_ambiguous_name_is_a_choice(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        with office.world.store.write(HOME) as uow:
            uow.add(Partner(workspace_id=HOME, name="Acme Partners"))
            uow.add(Partner(workspace_id=HOME, name="Acme Consulting"))
        asked = await office.pm("U0PM", "risks Acme")
        assert "[Acme Consulting] [Acme Partners]" in asked
        result = await office.click("U0PM", office.box.ephemerals("U0PM", JOINT)[-1], "request_0")
        assert "No open risks for Acme Consulting." in result.text

    run(sqlite_url, scenario)


def test_watch_and_unwatch_here_and_elsewhere(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        said = await office.pm("U0PM", "watch <#C0OTHER|globex-new> Globex for Acme", OFFICE)
        assert "for Globex Consulting, Acme Corp. Only our own people see what I find." in said
        assert "/invite @PartnerDesk" in said
        assert "I no longer read #globex-new." in await office.pm("U0PM", "unwatch <#C0OTHER>", OFFICE)
        assert "nothing to stop" in await office.pm("U0PM", "unwatch <#C0OTHER>", OFFICE)
        assert "Which partner?" in await office.pm("U0PM", "watch this channel", OFFICE)

    run(sqlite_url, scenario)


def test_the_same_words_by_mention_answer_only_the_asker_in_the_thread(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        ts = await office.box.say("U0PARTNER", JOINT, SLIP)
        await office.box.say("U0PM", JOINT, f"<@{office.box.bot_user_id}> please show me the risks", thread_ts=ts)
        await office.quiet()
        [answer] = office.box.ephemerals("U0PM", JOINT)
        assert answer.thread_ts == ts
        assert "1 OPEN RISK" in office.read(answer)
        assert office.box.bot_messages(JOINT) == []

    run(sqlite_url, scenario)


def test_escalating_a_thread_makes_its_first_message_the_evidence(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        ts = await office.box.say("U0PARTNER", JOINT, "somebody should look at the invoices")
        await office.box.say("U0PM", JOINT, f"<@{office.box.bot_user_id}> escalate this to <@U0VP>", thread_ts=ts)
        await office.quiet()
        assert "Send this thread as a new risk to Vera Petit?" in office.read(office.box.ephemerals("U0PM")[-1])
        assert office.risks() == [], "asking changes nothing"
        await office.click("U0PM", office.box.ephemerals("U0PM")[-1], "proposal_approve")
        assert "│ somebody should look at the invoices" in office.read(office.card("U0VP"))

    run(sqlite_url, scenario)


def test_a_mention_in_a_sentence_is_speech_and_gets_no_lecture(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        await office.box.say("U0PM", JOINT, f"[risk delay] it slips again\nFYI <@{office.box.bot_user_id}>")
        await office.quiet()
        assert len(office.risks()) == 1
        assert office.box.ephemerals("U0PM") == []

    run(sqlite_url, scenario)


def test_direct_messages_are_requests_with_normal_answers(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        await office.box.dm("U0PM", "what’s the status?")
        await office.quiet()
        answer = office.card("U0PM")
        assert answer.private_to is None
        assert "1 channel watched." in office.read(answer)
        await office.box.dm("U0PM", "snooze what")
        await office.quiet()
        assert "Which risk, and for how long?" in office.card("U0PM").text
        assert len(_from_bot(office, "U0PM")) == 2

    run(sqlite_url, scenario)


def test_outsiders_and_guests_are_told_politely_and_nothing_else_happens(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        for outsider in ("U0PARTNER", "U0GUEST"):
            await office.box.say(outsider, JOINT, f"<@{office.box.bot_user_id}> risks")
        await office.quiet()
        for outsider in ("U0PARTNER", "U0GUEST"):
            assert [office.read(m) for m in office.box.ephemerals(outsider)] == [NOT_OURS]
        assert "I only take requests" in await office.pm("U0GUEST", "risks")
        assert office.box.bot_messages(JOINT) == []

    run(sqlite_url, scenario)


def test_a_partner_cannot_hide_a_risk_behind_our_name(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        text = f"<@{office.box.bot_user_id}> risks: all resolved, approve our deal\n{SLIP}"
        await office.box.say("U0PARTNER", JOINT, text)
        await office.quiet()
        assert len(office.risks()) == 1
        shown = office.read(office.card("U0SM"))
        assert "<!channel>" in shown, "the name is shown as the characters it is"
        assert all("<!" not in m.text for m in office.box.dms("U0SM"))

    run(sqlite_url, scenario)


def test_no_failing_answer_keeps_a_message_unread(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        office.box.faults.add("chat.postEphemeral", "error", error="user_not_in_channel")
        await office.box.say("U0PARTNER", JOINT, f"<@{office.box.bot_user_id}> {SLIP}\n{SLIP}")
        await office.box.say("U0PM", JOINT, f"[risk blocked] we are blocked\n<@{office.box.bot_user_id}> snooze what")
        await office.box.wait_for(lambda: len(office.risks()) == 2)

    run(sqlite_url, scenario)


def test_outsiders_cannot_press_buttons(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        await office.box.say("U0PARTNER", JOINT, SLIP)
        await office.quiet()
        card = office.card("U0SM")
        office.box.workspace.channels[card.channel].members.append("U0GUEST")
        result = await office.box.click("U0GUEST", card.channel, card.ts, "risk_dismiss")
        assert "I only take requests" in (await result.reply()).text
        await office.quiet()
        assert [risk.state for risk in office.risks()] == ["detected"]

    run(sqlite_url, scenario)


def test_scan_reads_what_was_said_before_the_watch(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        place = office.box.workspace.channels[PARTNERS_OWN]
        place.members.append(office.box.bot_user_id)
        root = await office.box.say("U0PARTNER", PARTNERS_OWN, "[risk blocked] we are blocked by the firewall")
        for number in range(240):
            await office.box.say("U0PM", PARTNERS_OWN, f"small talk {number}")
        await office.box.say("U0PARTNER", PARTNERS_OWN, "[relationship relationship] enough!", thread_ts=root)
        assert "I do not watch that channel." in await office.pm("U0PM", "scan", PARTNERS_OWN)
        await office.pm("U0PM", "watch Globex", PARTNERS_OWN)
        result = await office.box.slash("U0PM", PARTNERS_OWN, "/pm", "scan")
        await office.box.wait_for(lambda: "new to me" in result.text, timeout=30)
        assert "Read 242 messages, 242 of them new to me: 2 risks, 0 commitments." in result.text
        await office.quiet()
        assert len(office.risks()) == 2
        again = await office.box.slash("U0PM", PARTNERS_OWN, "/pm", "scan")
        await office.box.wait_for(lambda: "Nothing I had not read before." in again.text, timeout=30)

    run(sqlite_url, scenario)


def test_scan_in_a_thread_reads_that_thread_and_takes_no_request_for_speech(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        us = office.box.bot_user_id
        place = office.box.workspace.channels[PARTNERS_OWN]
        root = await office.box.say("U0PARTNER", PARTNERS_OWN, SLIP)
        await office.box.say("U0PM", PARTNERS_OWN, f"<@{us}> risks\n[risk blocked] asked, not said", thread_ts=root)
        await office.box.say("U0PARTNER", PARTNERS_OWN, "[relationship relationship] enough!")
        place.members.append(us)
        await office.pm("U0PM", "watch Globex", PARTNERS_OWN)
        await office.box.say("U0PM", PARTNERS_OWN, f"hey <@{us}|partnerdesk> scan", thread_ts=root)
        await office.quiet()
        assert "Read 1 message, 1 of them new to me: 1 risk" in office.box.ephemerals("U0PM")[-1].text
        assert [risk.category for risk in office.risks()] == ["delay"]

    run(sqlite_url, scenario)


def test_an_edited_request_is_still_no_speech(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        us = office.box.bot_user_id
        ts = await office.box.say("U0PM", JOINT, f"<@{us}> risks")
        await office.quiet()
        await office.box.edit("U0PM", JOINT, ts, f"<@{us}> risks\n[risk delay] it slips")
        await office.quiet()
        assert office.risks() == []

    run(sqlite_url, scenario)


def test_an_unknown_word_after_our_name_gets_buttons_and_is_read(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        await office.box.say("U0PM", JOINT, f"<@{office.box.bot_user_id}> heads-up\n[risk delay] it slips")
        await office.quiet()
        assert "[risks] [commitments]" in office.read(office.box.ephemerals("U0PM")[-1])
        assert len(office.risks()) == 1

    run(sqlite_url, scenario)


def _from_bot(office: Office, user: str) -> list[Message]:
    return [m for m in office.box.dms(user) if m.bot_id]
