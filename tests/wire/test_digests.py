"""Digest, Home, portfolio and status through the real bot."""

from __future__ import annotations

import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

from models.calendar import ActionItem, Quiet
from models.partners import Person
from tests.wire.office import HOME, Office, play

SLIP = "The cutover has slipped from the 14th to the 26th."


def new_york(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=ZoneInfo("America/New_York"))


def action(desk: Office, owner: str) -> None:
    with desk.desk.services.store.write(HOME) as uow:
        uow.add(
            ActionItem(
                workspace_id=HOME,
                subject_kind="qbr", subject_id=1, partner_id=1, what="Send the price list", owner=owner, state="open",
                due_on=date(2026, 3, 2), created_at=desk.clock.now(),
            )
        )  # fmt: skip


def test_how_somebody_wants_their_digest(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        said = await desk.pm("U0PM", "digest weekly at 7:30")
        assert "Your digest comes once a week, on Mondays at 07:30." in said
        assert "without worth-a-look" in await desk.pm("U0PM", "digest without worth-a-look")
        person = desk.rows(Person, slack_id="U0PM")[0]
        assert (person.digest_every, str(person.digest_at), person.digest_without) == (
            "week", "07:30:00", ["worth-a-look"],
        )  # fmt: skip
        assert "No more morning digests. Escalations, approvals" in await desk.pm("U0PM", "digest off")
        assert desk.rows(Person, slack_id="U0PM")[0].digest_due_at is None
        assert "Your digest comes on working days at 07:30" in await desk.pm("U0PM", "digest daily")
        assert "NOW: NOTHING WAITS FOR YOU" in await desk.pm("U0PM", "digest")

    play(sqlite_url, scenario)


def test_an_item_is_kept_quiet_from_the_digest_itself_and_again_not(database: str) -> None:
    async def scenario(desk: Office) -> None:
        action(desk, "U0PM")
        await desk.until(new_york(12, 8, 30))
        await desk.box.wait_for(lambda: bool(desk.cards("U0PM")))  # the bot's own pulse may have been first
        [digest] = desk.cards("U0PM")
        assert "Send the price list" in desk.read(digest)
        result = await desk.click("U0PM", digest, "quiet", option="actionitem:1:stop")
        said = result.responses[-1]
        assert "I do not remind you of it again. Others who have it still hear of it." in desk.read(said)
        assert [(row.person, row.until) for row in desk.rows(Quiet)] == [("U0PM", None)]
        await desk.until(new_york(13, 9, 0))
        assert len(desk.cards("U0PM")) == 1
        await desk.click("U0PM", said, "quiet_undo")
        assert not desk.rows(Quiet)
        await desk.until(new_york(16, 8, 30))
        await desk.box.wait_for(lambda: len(desk.cards("U0PM")) == 2)

    play(database, scenario)


def test_the_home_tab_shows_what_waits_and_keeps_what_one_looks_at(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        await desk.box.say("U0PARTNER", "C0JOINT", SLIP)
        action(desk, "U0PM")
        await desk.quiet()
        await desk.box.open_home("U0PM")
        await desk.quiet()
        home = desk.box.home("U0PM")
        assert home is not None
        assert SLIP in str(home)
        assert "Send the price list" in str(home)
        assert "Open risks" in str(home), "the portfolio's table"
        result = await desk.box.click_view("U0PM", home["id"], "home_section", option="due")
        assert not result.error
        await desk.quiet()
        home = desk.box.home("U0PM")
        assert home is not None
        assert SLIP not in str(home)
        assert "Send the price list" in str(home)
        await desk.box.click_view("U0PM", home["id"], "home_scope", option="all")
        await desk.quiet()
        home = desk.box.home("U0PM")
        assert home is not None
        assert json.loads(home["private_metadata"]) == {"scope": "all", "partner": "", "section": "due"}
        assert "Send the price list" in str(home)
        await desk.box.open_home("U0PARTNER")
        await desk.quiet()
        outsider = desk.box.home("U0PARTNER")
        assert outsider is not None
        assert "Globex" not in str(outsider)

    play(sqlite_url, scenario)


def test_status_of_a_partner_and_an_account_the_portfolio_and_the_agenda(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        await desk.box.say("U0PARTNER", "C0JOINT", SLIP)
        action(desk, "U0PM")
        await desk.quiet()
        said = await desk.pm("U0PM", "status of Globex")
        assert "GLOBEX CONSULTING" in said
        assert "Risks: 1 open (1 delay)." in said
        assert "Promises: 0 open commitments, 1 agreed action, 1 late." in said
        assert "ACME CORP (ACCOUNT)" in await desk.pm("U0PM", "status of Acme Corp")
        assert "Did you mean" in await desk.pm("U0PM", "status of Globix")
        assert "Health: everything sent is delivered." in await desk.pm("U0PM", "status")
        said = await desk.pm("U0PM", "portfolio")
        assert "1 OPEN RISK, 1 ITEM LATE" in said
        assert "Whose partners?" in await desk.pm("U0PM", "portfolio banana")
        assert "Send the price list" in await desk.pm("U0PM", "my agenda")

    play(sqlite_url, scenario)
