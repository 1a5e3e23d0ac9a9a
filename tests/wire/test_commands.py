"""`/pm` typed, mentioned and written in a DM; shortcuts, the flag, watching: through the real bot and reader."""

from __future__ import annotations

from datetime import UTC, datetime

from models.messages import Message as Stored
from models.risks import Commitment, Risk
from sandbox.workspace import Json
from tests.wire.office import GLOBEX, RIVAL, Office, play

SLIP = "The cutover has slipped from the 14th to the 26th."
PROMISE = "We will send the runbook by Friday."
QUIET = "The licences, hmm."


FORGIVEN = (
    "RISKS",
    " Risks “globex” ",
    "risks ‘Globex Consulting’.",
    "show me the open risks for Acme, please!",
    "risks\u00a0globex",
    "risks globex.example",
    "\u200brisks",
    "Risks GLOBEX CONSULTING INC.",
    "risks for acme.example",
    "issues with globex?",
)


def test_every_command_typed_in_a_shared_channel_answers_only_the_asker(database: str) -> None:
    async def scenario(desk: Office) -> None:
        await desk.box.say("U0PARTNER", "C0JOINT", f"{SLIP} {PROMISE}")
        await desk.quiet()
        assert "WHAT YOU CAN ASK ME" in await desk.pm("U0PM", "help")
        risks = await desk.pm("U0PM", "risks")
        assert "1 OPEN RISK" in risks
        assert SLIP in risks
        commitments = await desk.pm("U0PM", "commitments acme corp")
        assert "1 OPEN COMMITMENT FOR ACME CORP" in commitments
        assert PROMISE in commitments
        assert "Fri 13 Mar 2026" in commitments
        assert "1 channel watched" in await desk.pm("U0PM", "status")
        assert "WHO IS TOLD WHAT" in await desk.pm("U0PM", "policy")
        assert "goes to Vera Petit now" in await desk.confirm("U0PM", "escalate #1 to VP")
        assert "goes to Nia Ewing now" in await desk.confirm("U0PM", "escalate the cutover to @nia.ewing")
        assert "quiet for 1 day" in await desk.pm("U0PM", "snooze #1 24h")
        assert "no longer read" in await desk.pm("U0PM", "unwatch")
        assert desk.watched() == set()
        assert "for Globex Consulting, Acme Corp" in await desk.pm("U0PM", "watch globex for acme")
        assert desk.watched() == {"C0JOINT"}
        assert SLIP in desk.read(desk.cards("U0VP")[0])
        assert SLIP in desk.read(desk.cards("U0NEW")[0])

    play(database, scenario)


def test_requests_are_forgiving(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        await desk.box.say("U0PARTNER", "C0JOINT", SLIP)
        await desk.quiet()
        for text in FORGIVEN:
            assert "1 OPEN RISK" in await desk.pm("U0PM", text), text
        assert "No open risks for initech" in await desk.pm("U0PM", "risks initech")
        said = await desk.pm("U0PM", "risks globx")
        assert "Did you mean “Globex" in said
        assert "It has to be in the partner book first" in await desk.pm("U0PM", "risks Umbrella")
        guess = await desk.pm("U0PM", "rsiks globex")
        assert "[risks globex]" in guess
        assert "I can do these" in await desk.pm("U0PM", "make me a sandwich")
        assert "Which risk, and for how long?" in await desk.pm("U0PM", "snooze tomorrow")
        assert "I do not know risk #999" in await desk.pm("U0PM", "snooze #999 4h")
        assert "1 to 168 hours" in await desk.pm("U0PM", "snooze #1 9 weeks")
        assert "Did you mean" in await desk.pm("U0PM", "watch Globx")
        assert "I do not know who" in await desk.pm("U0PM", "escalate #1 to the pope")
        assert desk.risk().snoozed_until is None

    play(sqlite_url, scenario)


def test_a_suggestion_is_a_button_that_asks_again(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        await desk.pm("U0PM", "commitmants")
        [shown] = desk.box.ephemerals("U0PM", "C0JOINT")
        result = await desk.box.click("U0PM", "C0JOINT", shown.ts, "request_0")
        assert "No open commitments" in await desk.answer(result, "U0PM")

    play(sqlite_url, scenario)


def test_the_same_words_by_mention_and_by_direct_message(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        us = desk.box.bot_user_id
        root = await desk.box.say("U0PARTNER", "C0JOINT", SLIP)
        await desk.quiet()
        await desk.box.say("U0PM", "C0JOINT", f"Hey <@{us}>, what’s at risk with “Globex”?", thread_ts=root)
        await desk.quiet()
        [answer] = desk.box.ephemerals("U0PM", "C0JOINT")
        assert answer.thread_ts == root
        assert SLIP in desk.read(answer)
        await desk.box.say("U0PM", "C0JOINT", f"<@{us}> escalate this to <@U0VP>", thread_ts=root)
        await desk.quiet()
        assert "to Vera Petit?" in desk.read(desk.box.ephemerals("U0PM", "C0JOINT")[-1])
        await desk.click("U0PM", desk.box.ephemerals("U0PM", "C0JOINT")[-1], "proposal_approve")
        assert "goes to Vera Petit now" in desk.read(desk.box.ephemerals("U0PM", "C0JOINT")[-1])
        assert SLIP in desk.read(desk.cards("U0VP")[0])
        for number, words in enumerate(("risks globex", "Commitments", "status", "help", "policy")):
            await desk.box.dm("U0PM", words)
            await desk.quiet()
            assert len(desk.cards("U0PM")) == number + 1
        assert SLIP in desk.read(desk.cards("U0PM")[0])
        assert all(card.private_to is None for card in desk.cards("U0PM"))
        # What was asked of us is no evidence of anything.
        assert [row.text for row in desk.rows(Stored)] == [SLIP]

    play(sqlite_url, scenario)


def test_scan_reads_a_channel_and_a_thread_from_before_the_watch(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        box = desk.box
        box.channel("C0OLD", name="globex-old", members=["U0PM", "U0PARTNER"], ext_shared_with=[GLOBEX])
        root = await box.say("U0PARTNER", "C0OLD", SLIP, at=datetime(2026, 3, 9, 9, 0, tzinfo=UTC))
        await box.say("U0PARTNER", "C0OLD", PROMISE, thread_ts=root, at=datetime(2026, 3, 9, 10, 0, tzinfo=UTC))
        for number in range(120):
            await box.say("U0PM", "C0OLD", f"lunch on {number}?", at=datetime(2026, 3, 10, 9, 0, tzinfo=UTC))
        await desk.quiet()
        assert desk.rows(Stored) == []
        assert "I do not watch that channel" in await desk.pm("U0PM", "scan", "C0OLD")
        await desk.pm("U0PM", "watch Globex for Acme", "C0OLD")
        result = await box.slash("U0PM", "C0OLD", "/pm", "scan")
        await box.wait_for(lambda: "new to me" in result.text, timeout=20)
        assert "Fetching" in result.text.splitlines()[0]
        assert any(line.startswith("Read 100 of") for line in result.text.splitlines()), "no progress was shown"
        await desk.quiet()
        assert [risk.kind for risk in desk.rows(Risk)] == ["risk"]
        assert len(desk.rows(Commitment)) == 1
        # By mention in a thread only the thread is read.
        await box.say("U0PM", "C0OLD", f"<@{box.bot_user_id}> scan", thread_ts=root)
        await desk.quiet()
        assert "Nothing I had not read before" in desk.read(box.ephemerals("U0PM", "C0OLD")[-1])
        assert len(desk.cards("U0SM")) == 1

    play(sqlite_url, scenario, joint=("C0JOINT", "C0OLD"))


def test_flagging_by_shortcut_and_by_emoji(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        box = desk.box
        ts = await box.say("U0PARTNER", "C0JOINT", QUIET)
        other = await box.say("U0PARTNER", "C0JOINT", "The invoices, hmm.")
        await desk.quiet()
        assert desk.rows(Risk) == []
        result = await box.message_shortcut("U0PM", "C0JOINT", ts, "flag_risk")
        assert "Flagged as risk #1" in await desk.answer(result, "U0PM")
        flag = desk.desk.services.policy.flag_emoji
        await box.react("U0PM", "C0JOINT", other, "eyes")
        await box.react("U0AE", "C0JOINT", other, flag)
        await desk.quiet()
        assert "Flagged as risk #2" in desk.read(box.ephemerals("U0AE", "C0JOINT")[-1])
        shown = [desk.read(card) for card in desk.cards("U0SM")]
        assert [QUIET in shown[0], "The invoices, hmm." in shown[1]] == [True, True]
        ts = await box.say("U0PM", "C0OFFICE", "hmm")
        result = await box.message_shortcut("U0PM", "C0OFFICE", ts, "flag_risk")
        assert "not linked to a partner yet" in await desk.answer(result, "U0PM")

    play(sqlite_url, scenario)


def test_tracking_a_commitment_with_the_form(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        box = desk.box
        ts = await box.say("U0PARTNER", "C0JOINT", "Runbook: us, before the rehearsal.")
        await desk.quiet()
        await box.message_shortcut("U0PM", "C0JOINT", ts, "track_commitment")
        form: Json = await box.wait_for(lambda: box.modal("U0PM"))
        wrong = await box.submit_view("U0PM", form["id"], {"user": "U0AE", "day": "the day after"})
        assert isinstance(wrong.ack, dict)
        assert wrong.ack["response_action"] == "errors"
        assert not wrong.error
        assert box.modal("U0PM") is not None, "the form stays open"
        right = await box.submit_view("U0PM", form["id"], {"user": "U0AE", "day": "2026-03-20"})
        assert not right.error
        await desk.quiet()
        assert box.modal("U0PM") is None
        assert "Tracked: Alex Eng, due Fri 20 Mar 2026" in desk.read(box.ephemerals("U0PM", "C0JOINT")[-1])
        assert "Runbook: us, before the rehearsal." in await desk.pm("U0PM", "commitments globex")

    play(sqlite_url, scenario)


def test_a_form_that_lay_open_over_lunch_still_works(sqlite_url: str) -> None:
    """The shortcut's response_url has expired by then; what was asked for is done all the same, and said."""

    async def scenario(desk: Office) -> None:
        box = desk.box
        ts = await box.say("U0PARTNER", "C0JOINT", "Runbook: us, before the rehearsal.")
        await desk.quiet()
        await box.message_shortcut("U0PM", "C0JOINT", ts, "track_commitment")
        form: Json = await box.wait_for(lambda: box.modal("U0PM"))
        desk.clock.advance(45 * 60)
        await box.submit_view("U0PM", form["id"], {"user": "U0AE", "day": "2026-03-20"})
        await desk.quiet()
        assert [row.owner for row in desk.rows(Commitment)] == ["U0AE"]
        said = [*box.ephemerals("U0PM", "C0JOINT"), *desk.cards("U0PM")]
        assert any("Tracked" in desk.read(message) for message in said)

    play(sqlite_url, scenario)


def test_joining_a_shared_channel_offers_to_watch_it(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        box = desk.box
        box.channel("C0NEW", name="globex-new", members=["U0PM", "U0PARTNER"], ext_shared_with=[GLOBEX], bot=False)
        box.channel("C0RIVALS", name="rivals", members=["U0PM", "U0RIVAL"], ext_shared_with=[RIVAL], bot=False)
        box.channel("C0OWN", name="own", members=["U0PM"], bot=False)
        for channel in ("C0RIVALS", "C0OWN", "C0NEW"):
            await box.invite_bot(channel, inviter="U0PM")
        await desk.quiet()
        [offer] = desk.cards("U0PM")
        assert "#globex-new" in desk.read(offer)
        assert desk.watched() == {"C0JOINT"}
        await desk.click("U0PM", offer, "proposal_approve")
        assert desk.watched() == {"C0JOINT", "C0NEW"}
        assert "Approved by Dana Park" in desk.read(desk.cards("U0PM")[0])
        await box.say("U0PARTNER", "C0NEW", SLIP)
        await desk.quiet()
        assert SLIP in desk.read(desk.cards("U0SM")[0])
        await box.leave(box.bot_user_id, "C0NEW")
        await desk.quiet()
        assert desk.watched() == {"C0JOINT"}

    play(sqlite_url, scenario, joint=("C0JOINT", "C0NEW", "C0RIVALS"))


def test_a_channel_that_receives_our_own_messages_is_never_offered_for_reading(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        await desk.box.share("C0ALERTS", GLOBEX)
        await desk.quiet()
        assert desk.cards("U0PM") == []
        assert "receives our internal messages" in await desk.pm("U0PM", "watch Globex", "C0ALERTS")

    play(sqlite_url, scenario, joint=("C0JOINT", "C0ALERTS"))


def test_unwatched_channels_are_not_read_and_nothing_of_them_is_kept(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        await desk.pm("U0PM", "unwatch")
        await desk.box.say("U0PARTNER", "C0JOINT", SLIP)
        await desk.box.say("U0PM", "C0OFFICE", SLIP)
        await desk.quiet()
        assert desk.rows(Stored) == []
        assert desk.rows(Risk) == []
        assert desk.cards("U0SM") == []

    play(sqlite_url, scenario)
