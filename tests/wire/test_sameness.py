"""The same thing said again is one risk; another thing said in the same words is another (issue point 6)."""

from __future__ import annotations

from models.escalations import Proposal
from models.risks import Risk
from tests.wire.office import Office, play


def test_the_same_thing_said_again_is_one_risk(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        root = await desk.box.say("U0PARTNER", "C0JOINT", "The cutover has slipped from the 14th to the 26th.")
        await desk.quiet()
        await desk.box.say("U0PM", "C0JOINT", "So the cutover is delayed again?!", thread_ts=root)
        await desk.box.say("U0PARTNER", "C0JOINT", "Yes, the cutover is delayed, sorry.", thread_ts=root)
        await desk.box.say("U0PM", "C0OFFICE", "The cutover is delayed.")
        await desk.quiet()
        assert desk.risk().times_seen >= 2
        [card] = desk.cards("U0SM")
        assert "Yes, the cutover is delayed, sorry." in desk.read(card)
        await desk.box.say("U0PARTNER", "C0JOINT", "Good news: it is resolved, we are back on track.", thread_ts=root)
        await desk.quiet()
        [offer] = desk.rows(Proposal)
        assert (offer.kind, offer.offered_to) == ("close_risk", "U0PM")
        assert desk.risk().closed_at is None, "a person closes it, not we"

    play(sqlite_url, scenario)


def test_two_things_that_slip_alike_are_two_risks(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        await desk.box.say("U0PARTNER", "C0JOINT", "The cutover has slipped by two weeks.")
        await desk.box.say("U0PARTNER", "C0JOINT", "The data migration has slipped by two weeks.")
        await desk.quiet()
        assert len(desk.rows(Risk)) == 2
        assert len(desk.cards("U0SM")) == 2

    play(sqlite_url, scenario)
