"""The deadline grammar, phenomenon by phenomenon. Said on Wednesday 18 November 2026 unless stated otherwise."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from bot.reading.deadlines import DateContext, country_of, find_dates, find_due, read_phrase

SAID = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
HERE = DateContext(SAID)
BERLIN = DateContext(SAID, "Europe/Berlin")
NEW_YORK = DateContext(SAID, "America/New_York")


def day_of(text: str, context: DateContext = HERE) -> date | None:
    """The first dated deadline of a text."""
    return next((due.day for due in find_due(text, context) if due.day), None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The sandbox is rebuilt tomorrow.", date(2026, 11, 19)),
        ("You get the numbers tonight", date(2026, 11, 18)),
        ("I can have it the day after tomorrow.", date(2026, 11, 20)),
        ("will do it tmrw!", date(2026, 11, 19)),
        ("We sign on Friday.", date(2026, 11, 20)),
        ("Our reviewer looks at it Thursday", date(2026, 11, 19)),
        ("Send the draft by Wednesday", date(2026, 11, 25)),
        ("this Friday works for the handover", date(2026, 11, 20)),
        ("Let us demo next Thursday", date(2026, 11, 26)),
        ("The coming Monday we start", date(2026, 11, 23)),
        ("back to you Monday week", date(2026, 11, 30)),
        ("The kit ships a week on Friday", date(2026, 11, 27)),
        ("You have it Friday of next week", date(2026, 11, 27)),
        ("Workshop is next week on Tuesday", date(2026, 11, 24)),
        ("They install on the Monday after Thanksgiving", date(2026, 11, 30)),
        ("please answer by tommorrow", date(2026, 11, 19)),
        ("see you on wendesday", date(2026, 11, 25)),
    ],
)
def test_days_near_the_message(text: str, expected: date) -> None:
    assert day_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Contract ends 14 March", date(2027, 3, 14)),
        ("Final cut by Mar 14th.", date(2027, 3, 14)),
        ("the 3rd of May 2027 is the deadline", date(2027, 5, 3)),
        ("Cut-over on Saturday, December 5", date(2026, 12, 5)),
        ("Sign-off by the twenty second of January", date(2027, 1, 22)),
        ("We close on 2027-03-14.", date(2027, 3, 14)),
        ("Payment on 14.03.2027", date(2027, 3, 14)),
        ("Rolled out by Dec-12-2026", date(2026, 12, 12)),
        ("We deliver by the 14th.", date(2026, 12, 14)),
        ("The last day to object is the 27th", date(2026, 11, 27)),
        ("Ready on the 5th of next month", date(2026, 12, 5)),
        ("Could you sign by the 1st?", date(2026, 12, 1)),
        ("Mon 7th we meet", date(2026, 12, 7)),
        ("We'll start on the first Tuesday of January", date(2027, 1, 5)),
        ("Leap check by 29 February", date(2028, 2, 29)),
    ],
)
def test_dates_of_the_calendar(text: str, expected: date) -> None:
    assert day_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We are done by EOD", date(2026, 11, 18)),
        ("EOD Friday is fine", date(2026, 11, 20)),
        ("invoice out COB tomorrow", date(2026, 11, 19)),
        ("by close of play on Thursday", date(2026, 11, 19)),
        ("needed by EOW", date(2026, 11, 20)),
        ("I will finish it this week", date(2026, 11, 20)),
        ("the spec follows next week", date(2026, 11, 27)),
        ("Patch lands the week after next", date(2026, 12, 4)),
        ("the end of next week is realistic", date(2026, 11, 27)),
        ("Early next week you get the keys", date(2026, 11, 24)),
        ("by mid-week", date(2026, 11, 18)),
        ("We will test over the weekend", date(2026, 11, 22)),
        ("Please merge before the weekend", date(2026, 11, 20)),
        ("Draft in KW 50", date(2026, 12, 11)),
        ("Delivery in W2", date(2027, 1, 15)),
        ("CW14/2027 is when we ship", date(2027, 4, 9)),
        ("Training in the week of 7 December", date(2026, 12, 11)),
        ("w/c 30 Nov we onboard them", date(2026, 12, 4)),
    ],
)
def test_ends_of_days_and_weeks(text: str, expected: date) -> None:
    assert day_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("by end of month", date(2026, 11, 30)),
        ("Budget is approved by EOM", date(2026, 11, 30)),
        ("We migrate in February", date(2027, 2, 28)),
        ("Go-live by mid-January", date(2027, 1, 15)),
        ("Ready late January", date(2027, 1, 31)),
        ("It ships by the start of December", date(2026, 12, 1)),
        ("We sign next month", date(2026, 12, 31)),
        ("by end of Q1", date(2027, 3, 31)),
        ("Certification in Q2 2027", date(2027, 6, 30)),
        ("before Q2 we need the connector", date(2027, 4, 1)),
        ("Done by EOQ", date(2026, 12, 31)),
        ("Rollout is planned for H1 2027", date(2027, 6, 30)),
        ("We hand over by year-end", date(2026, 12, 31)),
        ("the last working day of the quarter is when we bill", date(2026, 12, 31)),
        ("first half of December", date(2026, 12, 16)),
        ("by 2028", date(2028, 12, 31)),
    ],
)
def test_months_quarters_and_years_are_due_on_their_last_day(text: str, expected: date) -> None:
    assert day_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Expect it in two weeks", date(2026, 12, 2)),
        ("within a fortnight you have it", date(2026, 12, 2)),
        ("We reply in 3 days", date(2026, 11, 21)),
        ("three weeks from tomorrow", date(2026, 12, 10)),
        ("Answer within 10 working days", date(2026, 12, 2)),
        ("in a day or two", date(2026, 11, 20)),
        ("in 3-5 business days", date(2026, 11, 25)),
        ("The lab is free in a month's time", date(2026, 12, 18)),
        ("I call you in an hour", date(2026, 11, 18)),
        ("You will have it within 24h", date(2026, 11, 19)),
        ("over the next two weeks we rebuild it", date(2026, 12, 2)),
        ("5 days before Christmas", date(2026, 12, 20)),
        ("a week from Friday", date(2026, 11, 27)),
        ("2 months 3 days from now", date(2027, 1, 21)),
    ],
)
def test_amounts_of_time(text: str, expected: date) -> None:
    assert day_of(text) == expected


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("Thanksgiving", date(2026, 11, 26)),
        ("Black Friday", date(2026, 11, 27)),
        ("Christmas Eve", date(2026, 12, 24)),
        ("New Year's Day", date(2027, 1, 1)),
        ("Easter Monday", date(2027, 3, 29)),
        ("Good Friday 2028", date(2028, 4, 14)),
        ("Labor Day", date(2027, 9, 6)),
        ("Memorial Day of next year", date(2027, 5, 31)),
    ],
)
def test_named_days(phrase: str, expected: date) -> None:
    assert read_phrase(phrase, HERE) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("by 5pm", date(2026, 11, 18)),
        ("by 9 am please", date(2026, 11, 19)),  # nine has passed today
        ("by noon PT Friday", date(2026, 11, 20)),
        ("tomorrow at 10", date(2026, 11, 19)),
        ("I'll post it at 15:30", date(2026, 11, 18)),
        ("Friday 20 Nov, 18:00", date(2026, 11, 20)),
    ],
)
def test_times_of_day_only_choose_the_day(text: str, expected: date) -> None:
    assert day_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We are out from 1 December to 11 December", date(2026, 12, 11)),
        ("Testing 14-16 December", date(2026, 12, 16)),
        ("The audit runs between the 24th and the 26th of November", date(2026, 11, 26)),
        ("from Friday to Monday", date(2026, 11, 23)),
        ("Migration window Dec 29 - Jan 3", date(2027, 1, 3)),
        ("Tuesday or Wednesday", date(2026, 11, 25)),
    ],
)
def test_ranges_are_due_on_the_later_day(text: str, expected: date) -> None:
    assert day_of(text) == expected


def test_both_ends_of_a_move_are_found_apart() -> None:
    days = [found.day for found in find_dates("We moved it from the 12th to the 26th.", HERE)]
    assert days == [date(2026, 11, 12), date(2026, 11, 26)]


@pytest.mark.parametrize(
    ("written", "context", "expected"),
    [
        ("by 3/4", NEW_YORK, date(2027, 3, 4)),
        ("by 3/4", DateContext(SAID, "Asia/Manila"), date(2027, 3, 4)),
        ("by 3/4", BERLIN, date(2027, 4, 3)),
        ("by 3/4", DateContext(SAID, "Asia/Kolkata"), date(2027, 4, 3)),
        ("by 3/4", DateContext(SAID, "Asia/Calcutta"), date(2027, 4, 3)),  # the old name of the same zone
        ("by 14/3", NEW_YORK, date(2027, 3, 14)),
        ("by 3/14", BERLIN, date(2027, 3, 14)),
        ("by 10.12.", NEW_YORK, date(2026, 12, 10)),
        ("on 4/12/2026", BERLIN, date(2026, 12, 4)),
        ("on 4/12/2026", NEW_YORK, date(2026, 4, 12)),
    ],
)
def test_day_month_order_follows_the_zone(written: str, context: DateContext, expected: date) -> None:
    assert read_phrase(written, context) == expected


def test_without_a_zone_the_offset_decides_the_order() -> None:
    east = DateContext(SAID.astimezone(timezone(timedelta(hours=2))))
    west = DateContext(SAID.astimezone(timezone(timedelta(hours=-5))))
    assert (read_phrase("by 3/4", east), read_phrase("by 3/4", west)) == (date(2027, 4, 3), date(2027, 3, 4))


def test_tomorrow_is_the_authors_tomorrow() -> None:
    auckland = datetime(2026, 11, 19, 8, 0, tzinfo=timezone(timedelta(hours=13)))
    los_angeles = auckland.astimezone(timezone(timedelta(hours=-8)))
    assert day_of("tomorrow", DateContext(auckland)) == date(2026, 11, 20)
    assert day_of("tomorrow", DateContext(los_angeles)) == date(2026, 11, 19)


def test_working_days_skip_the_named_countrys_holidays_only() -> None:
    assert day_of("in 10 business days", HERE) == date(2026, 12, 2)
    assert day_of("in 10 business days", DateContext(SAID, country="US")) == date(2026, 12, 3)  # Thanksgiving
    assert day_of("in 10 business days", DateContext(SAID, country="XX")) == date(2026, 12, 2)
    assert (country_of("America/Chicago"), country_of("Etc/UTC")) == ("US", "")


@pytest.mark.parametrize(
    ("said", "text", "expected"),
    [
        (datetime(2026, 12, 30, 9, tzinfo=UTC), "by Friday", date(2027, 1, 1)),
        (datetime(2026, 12, 31, 23, tzinfo=UTC), "tomorrow", date(2027, 1, 1)),
        (datetime(2026, 12, 30, 9, tzinfo=UTC), "this week", date(2027, 1, 1)),
        (datetime(2026, 12, 15, 9, tzinfo=UTC), "in W1", date(2027, 1, 8)),
        (datetime(2028, 2, 28, 9, tzinfo=UTC), "tomorrow", date(2028, 2, 29)),
        (datetime(2027, 1, 31, 9, tzinfo=UTC), "in a month", date(2027, 2, 28)),
        (datetime(2028, 2, 29, 9, tzinfo=UTC), "in a year", date(2029, 2, 28)),
        (datetime(2026, 3, 28, 23, 30, tzinfo=timezone(timedelta(hours=1))), "in 2 days", date(2026, 3, 30)),
        (datetime(2026, 11, 20, 9, tzinfo=UTC), "by Friday", date(2026, 11, 27)),
        (datetime(2026, 11, 21, 9, tzinfo=UTC), "this week", date(2026, 11, 21)),
    ],
)
def test_borders_of_years_months_and_weeks(said: datetime, text: str, expected: date) -> None:
    assert day_of(text, DateContext(said)) == expected


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("I'll send it by the end of April, promise", "by the end of April"),
        ("Deadline: 3 March", "3 March"),
        ("no later than 31 March!", "no later than 31 March"),
        ("ahead of Thursday we talk", "ahead of Thursday"),
        ("done the 19th", "the 19th"),
        ("<@U0AAAAAAA> &amp; co: by Friday", "by Friday"),
    ],
)
def test_the_phrase_holds_its_preposition(text: str, phrase: str) -> None:
    assert [due.phrase for due in find_due(text, HERE)] == [phrase]


@pytest.mark.parametrize("text", ["please fix asap", "as soon as possible", "you get it soon", "over the coming days"])
def test_fuzzy_deadlines_have_no_day(text: str) -> None:
    assert [due.day for due in find_due(text, HERE)] == [None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the report was due last Friday", date(2026, 11, 13)),
        ("it was due yesterday", date(2026, 11, 17)),
        ("The file was due on 2 November", date(2026, 11, 2)),
    ],
)
def test_a_due_word_keeps_a_past_date(text: str, expected: date) -> None:
    assert day_of(text) == expected
