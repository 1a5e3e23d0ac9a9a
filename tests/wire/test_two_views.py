"""A disagreement in a joint thread, over the wire: the card shows both views with who said them."""

from __future__ import annotations

from tests.wire.manners import stored_with
from tests.wire.office import Office, play

OURS = "Go-live of the quokka portal is 30 May."
THEIRS = "Our plan of the numbat portal says 16 May."


def test_both_views_are_on_the_card_and_leave_it_when_one_is_deleted(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        box = desk.box
        root = await box.say("U0AE", "C0JOINT", OURS)
        await box.say("U0PARTNER", "C0JOINT", THEIRS, thread_ts=root)
        await desk.quiet()
        await desk.later(hours=26)
        shown = desk.read(desk.cards("U0SM")[0])
        assert f"We: “{OURS}” Alex Eng, " in shown
        assert f"They: “{THEIRS}” Pia Globex, " in shown
        assert "rule misalignment.other-word" in shown
        await box.delete("U0AE", "C0JOINT", root)
        await desk.quiet()
        after = desk.read(desk.cards("U0SM")[0])
        assert "quokka" not in after
        assert "We:" not in after
        assert THEIRS in after
        assert stored_with(desk.desk.services.store, "quokka") == []

    play(sqlite_url, scenario)
