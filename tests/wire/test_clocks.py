"""The clocks: 24 hours, four working hours, quiet hours, weekends, digests in one's own zone."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.policy import load_policy
from models.delivery import Delivery
from models.partners import Person
from tests.wire.office import HOME, Office, play, running, slack

SLIP = "The cutover has slipped from the 14th to the 26th."
UNCLEAR = "We thought your team was doing the data mapping."
REFERRAL = "We need a statement of work for the extra migration."
ROOT = Path(__file__).parents[2]


def new_york(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo("America/New_York"))


def berlin(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo("Europe/Berlin"))


def count(desk: Office, *users: str) -> list[int]:
    """How many cards each of them got, without what comes every morning or week."""
    return [len([key for key in keys(desk, user) if not key.startswith(("digest:", "portfolio:"))]) for user in users]


def test_what_is_unclear_waits_24_hours_and_only_goes_on_if_still_open(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        await desk.box.say("U0PARTNER", "C0JOINT", UNCLEAR)
        await desk.quiet()
        assert count(desk, "U0PM", "U0SM", "U0AE") == [0, 0, 0]
        await desk.until(new_york(12, 8, 29))
        assert [digests(desk, user) for user in ("U0PM", "U0SM")] == [[], []]
        await desk.until(new_york(12, 8, 30))
        assert [digests(desk, user) for user in ("U0PM", "U0SM")] == [["2026-03-12"], []]
        assert count(desk, "U0PM", "U0SM") == [0, 0], "the manager's own digest, at half past eight of her own clock"
        assert UNCLEAR in desk.read(desk.cards("U0PM")[0])
        await desk.until(new_york(12, 9, 59))
        assert count(desk, "U0SM") == [0]
        await desk.until(new_york(12, 10, 0))
        assert count(desk, "U0SM", "U0VP") == [1, 0]
        assert UNCLEAR in desk.read(desk.cards("U0SM")[0])

    play(sqlite_url, scenario)


def test_what_was_settled_within_the_24_hours_goes_nowhere(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        await desk.box.say("U0PARTNER", "C0JOINT", UNCLEAR)
        await desk.quiet()
        await desk.until(new_york(12, 9, 0))
        await desk.click("U0PM", desk.cards("U0PM")[0], "risk_resolve")
        await desk.until(new_york(16, 12, 0))
        assert count(desk, "U0SM", "U0PM") == [0, 0]
        assert [digests(desk, user) for user in ("U0PM", "U0SM")] == [["2026-03-12"], []]

    play(sqlite_url, scenario)


def test_24_hours_over_a_weekend_and_the_change_of_clocks_end_on_monday_at_nine(sqlite_url: str) -> None:
    """Friday 6 March 16:00 in New York; the clocks there go forward on Sunday the 8th."""

    async def scenario(desk: Office) -> None:
        await desk.box.say("U0PARTNER", "C0JOINT", UNCLEAR)
        await desk.quiet()
        for moment in (new_york(7, 16, 1), new_york(8, 12, 0), new_york(9, 8, 59)):
            await desk.until(moment)
            assert count(desk, "U0PM", "U0SM") == [0, 0], moment
        assert digests(desk, "U0PM") == ["2026-03-09"]
        await desk.until(new_york(9, 9, 0))
        assert count(desk, "U0PM", "U0SM") == [0, 1]

    play(sqlite_url, scenario, start=new_york(6, 16, 0))


def test_nobody_acknowledges_it_climbs_by_working_hours_to_the_end_of_the_line(database: str) -> None:
    """Told on Friday at four: two working hours on Friday, two on Monday."""

    async def scenario(desk: Office) -> None:
        await desk.box.say("U0PARTNER", "C0JOINT", SLIP)
        await desk.quiet()
        assert count(desk, "U0SM", "U0VP") == [1, 0]
        for moment in (new_york(13, 20, 0), new_york(15, 12, 0), new_york(16, 10, 59)):
            await desk.until(moment)
            assert count(desk, "U0VP") == [0], moment
        await desk.until(new_york(16, 11, 0))
        assert count(desk, "U0SM", "U0VP") == [1, 1]
        assert "Sam Ortiz has not acknowledged it in 4 working hours" in desk.read(desk.cards("U0VP")[-1])
        assert "it went on to Vera Petit" in desk.read(desk.cards("U0SM")[0])
        await desk.until(new_york(20, 17, 0))
        assert count(desk, "U0SM", "U0VP") == [1, 1], "there is nobody above"

    play(database, scenario, start=new_york(13, 16, 0))


def test_an_acknowledged_risk_does_not_climb(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        await desk.box.say("U0PARTNER", "C0JOINT", SLIP)
        await desk.quiet()
        await desk.click("U0SM", desk.cards("U0SM")[0], "risk_ack")
        await desk.until(new_york(20, 17, 0))
        assert count(desk, "U0VP") == [0]

    play(sqlite_url, scenario)


def test_what_is_urgent_comes_at_night_and_what_is_not_in_the_morning(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        await desk.box.say("U0PARTNER", "C0JOINT", SLIP)
        await desk.box.say("U0PARTNER", "C0JOINT", REFERRAL)
        await desk.quiet()
        assert count(desk, "U0SM", "U0PS") == [1, 0]
        await desk.until(new_york(16, 8, 59))
        assert count(desk, "U0SM", "U0PS", "U0VP") == [1, 0, 0]
        await desk.until(new_york(16, 9, 0))
        assert count(desk, "U0PS") == [1]

    play(sqlite_url, scenario, start=new_york(15, 3, 0))


def test_snoozed_it_comes_back_to_whoever_snoozed_it_before_it_climbs(sqlite_url: str) -> None:
    """Snoozed at four for four hours: that ends in the evening, the acknowledgement would be due the next morning."""

    async def scenario(desk: Office) -> None:
        await desk.box.say("U0PARTNER", "C0JOINT", SLIP)
        await desk.quiet()
        await desk.click("U0SM", desk.cards("U0SM")[0], "risk_snooze", option="4")
        assert "Snoozed until" in desk.read(desk.cards("U0SM")[0])
        await desk.until(new_york(11, 19, 59))
        assert count(desk, "U0SM", "U0VP") == [1, 0]
        await desk.until(new_york(12, 9, 1))
        assert count(desk, "U0SM", "U0VP") == [2, 0], "it comes back by itself if it is still open"
        await desk.until(new_york(12, 18, 0))
        assert count(desk, "U0SM", "U0VP") == [2, 1]

    play(sqlite_url, scenario, start=new_york(11, 16, 0))


def test_a_snooze_does_not_wake_anybody_at_night_or_at_the_weekend(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        await desk.box.say("U0PARTNER", "C0JOINT", SLIP)
        await desk.quiet()
        await desk.click("U0SM", desk.cards("U0SM")[0], "risk_snooze", option="24")
        for moment in (new_york(14, 10, 1), new_york(15, 22, 0), new_york(16, 8, 59)):
            await desk.until(moment)
            assert count(desk, "U0SM", "U0VP") == [1, 0], moment
        await desk.until(new_york(16, 9, 0))
        assert count(desk, "U0SM", "U0VP") == [2, 0]

    play(sqlite_url, scenario, start=new_york(13, 10, 0))


def test_snoozed_twice_it_wakes_twice(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        await desk.box.say("U0PARTNER", "C0JOINT", SLIP)
        await desk.quiet()
        for woken in (2, 3):
            await desk.click("U0SM", desk.cards("U0SM")[-1], "risk_snooze", option="24")
            await desk.later(hours=24)
            assert count(desk, "U0SM", "U0VP") == [woken, 0]

    play(sqlite_url, scenario, start=new_york(9, 10, 0))


@pytest.mark.parametrize(("first", "then"), [(6, (9, 10)), (27, (30, 31))])
def test_digests_at_half_past_eight_of_ones_own_clock_across_a_change_of_clocks(
    sqlite_url: str, first: int, then: tuple[int, ...]
) -> None:
    """New York changes on Sunday 8 March 2026, Berlin on the 29th; working days only, one digest a day."""

    async def scenario(desk: Office) -> None:
        await desk.box.say("U0PARTNER", "C0JOINT", SLIP)
        await desk.quiet()
        with desk.desk.services.store.write(HOME) as uow:
            sam = uow.find(Person, slack_id="U0SM")
            assert sam is not None
            sam.timezone, sam.digest_due_at = "Europe/Berlin", berlin(first, 8, 30)
        mornings = [
            (at(day, 8, 30), user) for day in (first, *then) for at, user in ((new_york, "U0PM"), (berlin, "U0SM"))
        ]
        for moment, user in sorted(mornings):
            await desk.until(moment - timedelta(minutes=1))
            before = digests(desk, user)
            await desk.until(moment)
            assert digests(desk, user) == [*before, moment.date().isoformat()], user

    play(sqlite_url, scenario, start=new_york(first - 1, 16, 0))


def digests(desk: Office, user: str) -> list[str]:
    """The days of the digests somebody got."""
    return [key.rpartition(":")[2] for key in keys(desk, user) if key.startswith(f"digest:{user}:")]


def keys(desk: Office, user: str) -> list[str]:
    """The delivery keys of the cards somebody got."""
    return [(card.metadata or {})["event_payload"]["key"] for card in desk.cards(user)]


def test_late_is_fine_lost_is_not(sqlite_url: str) -> None:
    """Nobody pulsed for five days: everything happens at once then, each thing once."""

    async def scenario(desk: Office) -> None:
        await desk.box.say("U0PARTNER", "C0JOINT", SLIP)
        await desk.box.say("U0PARTNER", "C0JOINT", UNCLEAR)
        await desk.quiet()
        await desk.until(new_york(16, 10, 0))
        await desk.later(minutes=1)
        assert count(desk, "U0SM", "U0VP", "U0AE", "U0PM") == [2, 1, 1, 0]
        assert [digests(desk, user) for user in ("U0SM", "U0PM")] == [["2026-03-16"], ["2026-03-16"]]

    play(sqlite_url, scenario)


def test_a_tick_from_the_command_line_beside_a_running_bot(postgres_url: str, tmp_path: Path) -> None:
    """Both find the same things due at the same moment; each message goes out once."""

    async def scenario() -> None:
        async with slack() as place, running(place, postgres_url) as desk:
            await place.box.say("U0PARTNER", "C0JOINT", SLIP)
            await place.box.say("U0PARTNER", "C0JOINT", UNCLEAR)
            await desk.quiet()
            moment = new_york(12, 12, 0)
            place.clock.set(moment)
            ticking = await tick(desk, postgres_url, moment, tmp_path)
            await desk.quiet()
            out, err = await asyncio.wait_for(ticking.communicate(), 30)
            assert ticking.returncode == 0, (out, err)
            assert b"xoxb-" not in out + err
            assert b"cutover" not in out + err
            await desk.quiet()
            assert count(desk, "U0SM", "U0VP", "U0PM") == [2, 1, 0]
            assert [digests(desk, user) for user in ("U0SM", "U0PM")] == [["2026-03-12"], ["2026-03-12"]]
            assert {row.state for row in desk.rows(Delivery)} <= {"sent", "cancelled"}

    asyncio.run(scenario())


async def tick(desk: Office, database: str, moment: datetime, folder: Path) -> asyncio.subprocess.Process:
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | {
        "SLACK_BOT_TOKEN": desk.box.bot_token,
        "SLACK_API_URL": desk.box.api_url,
        "DATABASE_URL": database,
        "PYTHONPATH": str(ROOT),
    }
    return await asyncio.create_subprocess_exec(
        sys.executable, str(ROOT / "app.py"), "tick", "--at", moment.isoformat(), cwd=folder, env=environment,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


def test_the_default_policy_is_what_these_tests_are_about() -> None:
    policy = load_policy()
    assert policy.escalation.acknowledge_within_hours == 4
    assert (policy.hours.start.hour, policy.hours.end.hour, str(policy.digest.at)) == (9, 18, "08:30:00")
