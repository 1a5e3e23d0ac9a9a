"""The partner says another day than the account plan, over the wire: our managers are shown what the plan says, nobody
else, and another partner's line of it counts for nothing."""

from __future__ import annotations

from bot.desk import book
from bot.imports.book import parse_book
from tests.wire.office import BOOK, HOME, START, Office, play

PLANNED = BOOK.replace(
    "    owner: U0AE\n",
    "    owner: U0AE\n    plan:\n"
    "      - {item: Quokka portal go-live, owner: partner, partner: Globex, due: 2026-05-16}\n"
    "      - {item: Numbat load test, owner: partner, partner: Initech, due: 2026-05-16}\n",
)
SAID = "Go-live is booked for 30 May, the crew is flying in."
PLAN = "the plan says Quokka portal go-live, 16 May 2026"


def test_our_managers_cards_name_the_line_of_the_plan(database: str) -> None:
    async def scenario(desk: Office) -> None:
        with desk.desk.services.store.write(HOME) as uow:
            book.apply(uow, parse_book(PLANNED), now=START, actor="test")
        await desk.box.say("U0PARTNER", "C0JOINT", f"Morning all. {SAID}")
        await desk.box.say("U0PARTNER", "C0JOINT", "The Numbat load test is on 30 May.")
        await desk.quiet()
        await desk.later(hours=26)
        for user, note in (("U0PM", PLAN), ("U0SM", f"Heard by pattern match: {PLAN}")):
            [shown] = [desk.read(card) for card in desk.cards(user)]
            assert SAID in shown
            assert note in shown
            assert "plan says Numbat" not in shown
        assert "Quokka" not in "".join(card.text for card in desk.cards("U0PM") + desk.cards("U0SM"))
        assert not any("Quokka" in str(seen.blocks) + seen.text for seen in desk.box.bot_messages("C0JOINT"))

    play(database, scenario)
