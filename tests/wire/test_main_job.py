"""The main job through Slack's own protocol: said in a thread, quoted to the right manager, settled by a click."""

from __future__ import annotations

import asyncio

from tests.wire.office import office

SLIP = "The cutover has slipped from the 14th to the 26th."


def test_a_slipped_cutover_reaches_the_senior_manager_with_the_exact_words(database: str) -> None:
    async def scenario() -> None:
        async with office(database) as desk:
            box = desk.box
            before = len(box.bot_messages("C0JOINT"))
            ts = await box.say("U0PARTNER", "C0JOINT", f"Morning all. {SLIP}")
            await desk.quiet()
            [card] = desk.cards("U0SM")
            seen = str(card.blocks) + card.text
            assert SLIP in seen
            for part in ("Globex Consulting", "Acme Corp", "Acme ERP", "Pia Globex", ts.replace(".", "")):
                assert part in seen, part
            assert len(desk.cards("U0AE")) == 1
            assert len(box.bot_messages("C0ALERTS")) == 1
            assert len(box.bot_messages("C0JOINT")) == before  # nothing in the joint channel
            await box.click("U0SM", card.channel, card.ts, "risk_ack")
            await desk.quiet()
            [edited] = desk.cards("U0SM")
            assert "Sam Ortiz" in str(edited.blocks)
            assert edited.edited
            assert all(one.edited for one in desk.cards("U0AE") + box.bot_messages("C0ALERTS"))

    asyncio.run(scenario())
