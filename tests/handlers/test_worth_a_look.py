"""Worth a look, through the real bot: the morning's digest, its two answers, and who may give them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.desk import digests
from bot.desk.rights import NOT_OURS
from models.risks import Hint, Lesson
from sandbox.workspace import Message
from tests.desk.world import HOME, JOINT
from tests.handlers.office import Office, run
from tests.wire.manners import stored_with

QUOTE = "the other bidder already has his price on their table"
MAYBE = f"[risk at_risk 0.62] {QUOTE}"
NINE = datetime(2026, 3, 12, 13, 0, tzinfo=UTC)  # Thursday, nine in New York


async def morning(office: Office) -> Message:
    """It is nine o'clock: Dana's digest."""
    office.world.clock.set(NINE)
    with office.world.store.write(HOME) as uow:
        digests.plan_due(uow, now=NINE, policy=office.world.policy)
    await office.quiet()
    return office.card("U0PM")


def state(office: Office) -> tuple[list[str], list[bool], list[str]]:
    """The hints' states, the lessons, the risks' states."""
    with office.world.store.read(HOME) as uow:
        hints, lessons = uow.list(Hint), uow.list(Lesson)
    return [row.state for row in hints], [row.is_one for row in lessons], [risk.state for risk in office.risks()]


def test_a_person_says_it_is_one_and_it_escalates(database: str) -> None:
    async def scenario(office: Office) -> None:
        await office.box.say("U0PARTNER", JOINT, MAYBE)
        await office.quiet()
        assert office.box.dms("U0SM") == [], "nobody is called for what is not sure"
        card = await morning(office)
        shown = office.read(card)
        assert "WORTH A LOOK" in shown
        assert "At risk: Globex Consulting, Acme Corp?" in shown
        assert f"│ {QUOTE}" in shown
        assert "Heard by the model, 0.62, because of “the”" in shown
        assert "[Track it] [Not a risk]" in shown

        await office.click("U0PM", card, "hint_take")
        told = office.read(office.card("U0SM"))
        assert "AT RISK: GLOBEX CONSULTING, ACME CORP" in told
        assert f"│ {QUOTE}" in told
        after = office.read(office.card("U0PM"))
        assert "Tracked as risk #1, by Dana Park." in after
        assert "[Track it]" not in after
        assert state(office) == (["taken"], [True], ["detected"])

    run(database, scenario)


def test_a_person_says_it_is_not_one(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        await office.box.say("U0PARTNER", JOINT, MAYBE)
        await office.quiet()
        card = await morning(office)
        first = await office.box.click("U0PM", card.channel, card.ts, "hint_dismiss")
        second = await office.box.click("U0PM", card.channel, card.ts, "hint_take")
        assert not first.error and not second.error
        assert "already closed, by Dana Park" in (await second.reply()).text
        await office.quiet()
        assert "Marked “Not a risk”, by Dana Park." in office.read(office.card("U0PM"))
        assert office.box.dms("U0SM") == []
        assert state(office) == (["dismissed"], [False], [])

    run(sqlite_url, scenario)


@pytest.mark.parametrize("outsider", ["U0PARTNER", "U0GUEST"])
def test_outsiders_can_neither_answer_nor_teach(database: str, outsider: str) -> None:
    """Whoever gets hold of the digest, or of a flag, is told no."""

    async def scenario(office: Office) -> None:
        ts = await office.box.say("U0PARTNER", JOINT, MAYBE)
        await office.quiet()
        card = await morning(office)
        office.box.workspace.channels[card.channel].members.append(outsider)
        for action in ("hint_take", "hint_dismiss"):
            result = await office.box.click(outsider, card.channel, card.ts, action)
            assert (await result.reply()).text == NOT_OURS
        flagged = await office.box.message_shortcut(outsider, JOINT, ts, "flag_risk")
        assert (await flagged.reply()).text == NOT_OURS
        await office.box.react(outsider, JOINT, ts, office.services.policy.flag_emoji)
        await office.quiet()
        assert state(office) == (["open"], [], [])

    run(database, scenario)


def test_one_of_ours_without_a_part_in_it_is_told_who_may(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        await office.box.say("U0PARTNER", JOINT, MAYBE)
        await office.quiet()
        card = await morning(office)
        office.box.workspace.channels[card.channel].members.append("U0NEW")
        result = await office.box.click("U0NEW", card.channel, card.ts, "hint_take")
        assert "Only the partner's manager" in (await result.reply()).text
        assert state(office) == (["open"], [], [])

    run(sqlite_url, scenario)


def test_a_flag_teaches_and_the_next_message_is_heard(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        await office.box.say("U0PARTNER", JOINT, "[risk delay 0.69] the badge printer is broken")
        missed = await office.box.say("U0PARTNER", JOINT, QUOTE)
        await office.quiet()
        assert state(office) == (["open"], [], [])
        await office.box.react("U0PM", JOINT, missed, office.services.policy.flag_emoji)
        await office.quiet()
        await office.box.say("U0PARTNER", JOINT, "[risk delay 0.695] nobody booked the rehearsal room")
        await office.quiet()
        assert state(office) == (["open"], [True], ["detected", "detected"])

    run(sqlite_url, scenario)


def test_deleted_words_leave_the_digest(sqlite_url: str) -> None:
    async def scenario(office: Office) -> None:
        ts = await office.box.say("U0PARTNER", JOINT, MAYBE)
        await office.quiet()
        await morning(office)
        await office.box.delete("U0PARTNER", JOINT, ts)
        await office.quiet()
        shown = office.read(office.card("U0PM"))
        assert "bidder" not in shown + str(office.card("U0PM").blocks)
        assert "No longer listed." in shown
        assert stored_with(office.world.store, "bidder") == []

    run(sqlite_url, scenario)
