"""The finding of a moved date is due on the new one, and the verifier can prove it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from bot.reading.deadlines import DateContext
from bot.reading.moved import moved_to
from bot.reading.types import Category, Finding, Kind
from bot.reading.verifier import why_not
from tests.reading.helpers import message, read, window

EARLY_MARCH = datetime(2026, 3, 4, 10, tzinfo=UTC)


def moved(text: str, said_at: datetime = EARLY_MARCH, zone: str = "") -> tuple[str, date | None] | None:
    due = moved_to(text, DateContext(said_at=said_at, zone=zone))
    assert due is None or text[due.start : due.end] == due.phrase
    return (due.phrase, due.day) if due else None


@pytest.mark.parametrize(
    ("text", "phrase", "day"),
    [
        ("The go-live slipped from the 14th to the 26th.", "the 26th", date(2026, 3, 26)),
        ("Hand-over was the 7th, now the 14th.", "the 14th", date(2026, 3, 14)),
        ("Hand-over was 12.03., now 26.03.", "26.03.", date(2026, 3, 26)),
        ("The pilot has a new date: 26 March.", "26 March", date(2026, 3, 26)),
        ("The new go-live date is 9 April", "9 April", date(2026, 4, 9)),
        ("The pilot is pushed back to October.", "October", date(2026, 10, 31)),
        ("The wave slipped from March to May.", "May", date(2026, 5, 31)),
        ("We get it on the 19th instead of the 12th.", "the 19th", date(2026, 3, 19)),
        ("We moved it to the 12th because of the audit.", "the 12th", date(2026, 3, 12)),
    ],
)
def test_the_new_date_is_read(text: str, phrase: str, day: date) -> None:
    assert moved(text) == (phrase, day)


@pytest.mark.parametrize("text", ["The go-live moved from the 28th to the 4th.", "It was the 28th, now the 4th."])
def test_a_bare_day_before_the_old_one_is_of_the_month_after(text: str) -> None:
    assert moved(text, datetime(2026, 3, 1, 10, tzinfo=UTC)) == ("the 4th", date(2026, 4, 4))
    assert moved(text, datetime(2026, 12, 20, 10, tzinfo=UTC)) == ("the 4th", date(2027, 1, 4))


def test_a_named_date_may_also_be_brought_forward() -> None:
    assert moved("The audit went from 5 May to 28 April.") == ("28 April", date(2026, 4, 28))


def test_day_and_month_stand_as_the_author_writes_them() -> None:
    text = "The go-live moved from 3/4 to 5/4."
    assert moved(text, zone="America/New_York") == ("5/4", date(2026, 5, 4))
    assert moved(text, zone="Europe/London") == ("5/4", date(2026, 4, 5))
    east = datetime(2026, 3, 4, 10, tzinfo=timezone(timedelta(hours=1)))
    assert moved(text, east) == ("5/4", date(2026, 4, 5))


@pytest.mark.parametrize("text", ["The go-live slipped by two weeks.", "The pilot now may slip.", "We moved on."])
def test_without_a_new_date_there_is_none(text: str) -> None:
    assert moved(text) is None


def delay(text: str) -> Finding:
    return next(finding for finding in read(text) if finding.category is Category.DELAY)


def test_the_finding_is_due_on_the_new_date_and_passes_the_verifier() -> None:
    text = "Morning. The go-live slipped from the 28th to the 4th."
    found = delay(text)
    assert (found.kind, found.due, found.due_phrase) == (Kind.RISK, date(2026, 4, 4), "the 4th")
    assert why_not(found, window(message(text))) is None
    old = replace(found, due=date(2026, 3, 28), due_phrase="the 28th")
    assert why_not(old, window(message(text))) == "due phrase does not stand in the quote or means another day"


def test_a_delay_that_names_no_new_date_has_no_due() -> None:
    found = delay("The crew works from Monday to Friday and we are three weeks behind on the migration.")
    assert (found.due, found.due_phrase) == (None, None)
