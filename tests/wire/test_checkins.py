"""Check-ins as people use them: a sentence, a confirmation, the brief, the form after it, the file for the calendar."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar

from models.calendar import ActionItem, Cadence, CheckIn
from sandbox.workspace import Message
from tests.wire.office import Office, play

NEW_YORK = ZoneInfo("America/New_York")


def there(when: str) -> datetime:
    """A local moment of Dana, who lives in New York."""
    return datetime.fromisoformat(when).replace(tzinfo=NEW_YORK).astimezone(UTC)


def test_a_monthly_check_in_from_the_sentence_to_the_next_one(database: str) -> None:
    async def scenario(desk: Office) -> None:
        asked = await desk.pm("U0PM", "Schedule monthly check-in with Globex")
        assert "Schedule a monthly check-in with Globex Consulting?" in asked
        assert "on the third Tuesday of the month at 10:00 your time (America/New_York), 30 minutes" in asked
        assert "The first is on Tue 17 Mar, then Tue 21 Apr, Tue 19 May." in asked
        assert desk.rows(Cadence) == []
        done = await desk.confirm("U0PM", "Schedule monthly check-in with Globex")
        assert "the next one is on Tue 17 Mar 10:00" in done
        [row] = desk.rows(CheckIn)
        await desk.box.say("U0PARTNER", "C0JOINT", "The cutover has slipped from the 14th to the 26th.")
        await desk.until(there("2026-03-16T17:00"))
        [brief] = briefs(desk)
        shown = desk.read(brief)
        assert "The cutover has slipped from the 14th to the 26th." in shown
        assert "You get this because this check-in is yours." in shown
        await desk.until(there("2026-03-17T11:00"))
        [brief] = briefs(desk)
        assert "Was it held?" in desk.read(brief)
        await desk.click("U0PM", brief, "checkin_done")
        view = desk.box.modal("U0PM")
        assert view is not None
        filled = {"notes": "Good talk.", "what0": "Send the roster", "side0": "partner", "due0": "2026-03-20"}
        result = await desk.box.submit_view("U0PM", view["id"], filled)
        assert not result.error
        await desk.quiet()
        [action] = desk.rows(ActionItem)
        assert (action.what, action.side, action.owner, action.subject_id) == (
            "Send the roster",
            "partner",
            "U0PM",
            row.id,
        )
        assert [each.state for each in desk.rows(CheckIn)] == ["held", "planned"]
        [brief] = briefs(desk)
        assert "Held, by Dana Park." in desk.read(brief)
        assert "[Held]" not in desk.read(brief)

    play(database, scenario)


def briefs(desk: Office) -> list[Message]:
    return [card for card in desk.cards("U0PM") if "CHECK-IN WITH GLOBEX" in desk.read(card)]


def test_the_file_opens_in_a_calendar(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        await desk.confirm("U0PM", "check-in with Globex on Tue 17 March at 15:00")
        listed = await desk.pm("U0PM", "checkins")
        assert "1 CHECK-IN TO COME" in listed
        shown = desk.box.ephemerals("U0PM", "C0JOINT")[-1]
        await desk.click("U0PM", shown, "checkin_calendar")
        [file] = desk.box.files()
        assert file.content is not None
        assert file.name == "check-in-globex-consulting.ics"
        calendar: Any = Calendar.from_ical(file.content)
        [event] = calendar.walk("VEVENT")
        assert event["DTSTART"].dt == datetime(2026, 3, 17, 15, tzinfo=NEW_YORK)
        assert str(event["SUMMARY"]) == "Check-in with Globex Consulting"

    play(sqlite_url, scenario)


def test_moved_skipped_and_stopped_in_a_sentence(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        await desk.confirm("U0PM", "weekly check-in with Globex every Tuesday at 9:30")
        moved = await desk.confirm("U0PM", "reschedule check-in with Globex to Thu 19 March at 15:00")
        assert "the next one is on Thu 19 Mar 15:00" in moved
        skipped = await desk.confirm("U0PM", "skip check-in with Globex because they travel")
        assert "Skipped, by Dana Park: they travel. The next one is on Tue 24 Mar 09:30." in skipped
        for words in ("prepare me for Globex", "check-in brief Globex", "brief me on the check-in with Globex"):
            assert "CHECK-IN WITH GLOBEX CONSULTING" in await desk.pm("U0PM", words), words
        assert "[prepare for the QBR with Globex]" in await desk.pm("U0PM", "prepare me for the QBR with Globex")
        stopped = await desk.confirm("U0PM", "stop check-in with Globex")
        assert "Cancelled, by Dana Park. No more of them are planned." in stopped
        assert [row.state for row in desk.rows(CheckIn)] == ["skipped", "cancelled"]
        assert "No check-in is planned." in await desk.pm("U0PM", "checkins")

    play(sqlite_url, scenario)


def test_what_is_not_said_is_asked_with_buttons(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        asked = await desk.pm("U0PM", "schedule check-in with Globex")
        assert "How often do you want to meet Globex Consulting?" in asked
        assert "[Monthly]" in asked
        assert "How often is" in await desk.pm("U0PM", "schedule check-in with Globex twice a month")
        assert "There is no check-in with Globex Consulting planned." in await desk.pm(
            "U0PM", "skip check-in with Globex"
        )
        await desk.pm("U0NEW", "schedule monthly check-in with Globex", "C0OFFICE")
        assert desk.rows(Cadence) == []

    play(sqlite_url, scenario)


def test_by_mention_the_form_is_behind_a_button(sqlite_url: str) -> None:
    async def scenario(desk: Office) -> None:
        us = desk.box.bot_user_id
        await desk.box.say("U0PM", "C0JOINT", f"<@{us}> Schedule monthly check-in with Globex")
        await desk.quiet()
        shown = desk.box.ephemerals("U0PM", "C0JOINT")[-1]
        assert "Schedule a monthly check-in with Globex Consulting?" in desk.read(shown)
        await desk.click("U0PM", shown, "proposal_approve")
        assert len(desk.rows(Cadence)) == 1
        await desk.box.say("U0PM", "C0JOINT", f"<@{us}> skip check-in with Globex")
        await desk.quiet()
        shown = desk.box.ephemerals("U0PM", "C0JOINT")[-1]
        await desk.click("U0PM", shown, "checkin_skip")
        view = desk.box.modal("U0PM")
        assert view is not None
        result = await desk.box.submit_view("U0PM", view["id"], {"reason": "they travel"})
        assert not result.error
        await desk.quiet()
        assert [(row.state, row.reason) for row in desk.rows(CheckIn)] == [("skipped", "they travel"), ("planned", "")]

    play(sqlite_url, scenario)
