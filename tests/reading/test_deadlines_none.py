"""What the deadline grammar must leave alone, and what holds for any text whatever."""

from __future__ import annotations

import string
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reading.deadlines import DateContext, find_dates, find_due, read_phrase

HERE = DateContext(datetime(2026, 11, 18, 10, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    "text",
    [
        "We may march on without them, may I add.",
        "This may not be what they wanted",
        "The sun was out and I sat down",
        "Give me a second, I want to go first",
        "On second thought we keep it",
        "by the second attempt it worked",
        "5 of 12 tests pass, 1/2 of the rest is flaky",
        "we run 24/7 support and 3/4 of the fleet is up",
        "Upgrade to version 5.12 or v2.3.1 first",
        "host 10.2.3.4 answers on port 8080",
        "Call +49 170 5551234 or 555-0142",
        "It costs $14 or 1,200 EUR",
        "see PROJ-14 and ABC-2024-11-x",
        "the 14th floor and the 3rd release",
        "libfoo32 needs x86 and w32tools",
        "GET /api/1.1 gave 503",
        "It takes 3 days to build",
        "in two weeks of testing nothing broke",
        "the budget for Q3 and the March release",
        "It was 9:30 when I looked",
        "Happy Easter everyone",
        "every Friday we sync",
        "each Monday there is a stand-up",
        "today's stand-up notes are here",
        "we sent it on Friday",
        "they told us Monday",
        "last week was hard",
        "two days ago it failed",
        "yesterday it broke",
        "since Tuesday nothing moved",
        "<https://example.com/2027-03-14/notes|notes of 14 March>",
        "see https://example.com/2027/03/14",
        "mail march.14@example.com",
        "not before Monday",
        "[Wed Nov 25 05:14:15] kernel: ok",
        "it is broken now",
        "",
    ],
)
def test_no_deadline_where_none_is_said(text: str) -> None:
    assert [due for due in find_due(text, HERE) if due.day] == []


@pytest.mark.parametrize("phrase", ["", "perhaps", "32 March", "31 June", "31/31", "99:99", "KW 77", "the 45th"])
def test_a_phrase_that_is_no_date_reads_as_none(phrase: str) -> None:
    assert read_phrase(phrase, HERE) is None


_WORDS = """by before until due on next this last end of mid early the in within two a few 14 14th 3/4 12.03. 2026-12-01
    march may friday fri week weeks month days day year q3 w38 kw 22 eod cob tomorrow today noon 10:30 5pm and or to -
    , . ( ) <@U1> first second business working ago from now later weekend easter new year's eve half quarter 00000 31
    999999999 2027 thousand twenty fy26 '27 24h 2.5 hours asap soon then every each hundred penultimate weekdays summer
    1H26 3Q27 past o'clock pm evening eid diwali chinese new fiscal eta up third st patrick's"""
_SAID = st.builds(
    lambda shift, hours: datetime(1990, 1, 1, tzinfo=timezone(timedelta(hours=hours))) + shift,
    st.timedeltas(timedelta(0), timedelta(days=40_000)),
    st.integers(-14, 14),
)
_ZONES = st.sampled_from(["", "America/New_York", "Europe/Berlin", "Asia/Tokyo", "Etc/UTC", "Nowhere/Else"])
_CONTEXTS = st.builds(DateContext, _SAID, _ZONES)
_SENTENCES = st.lists(st.sampled_from(_WORDS.split()), max_size=14).map(" ".join)


@settings(deadline=None, max_examples=400)
@given(text=st.one_of(st.text(max_size=80), _SENTENCES), context=_CONTEXTS)
def test_never_raises_and_every_span_is_the_slice_it_says(text: str, context: DateContext) -> None:
    for found in (*find_due(text, context), *find_dates(text, context)):
        assert found.phrase == text[found.start : found.end] != ""
    read_phrase(text, context)


@settings(deadline=None, max_examples=300)
@given(text=_SENTENCES, context=_CONTEXTS)
def test_deadlines_stand_in_order_and_do_not_overlap(text: str, context: DateContext) -> None:
    dues = find_due(text, context)
    assert all(one.end <= two.start for one, two in pairwise(dues))


_PLAIN = """the vendor connector was rebuilt without our review and nobody in their office knows why it fails under load
    we go ahead but partner teams want a call about scope price data maps keys access tokens and our joint plan"""


@settings(deadline=None)
@given(st.lists(st.sampled_from(_PLAIN.split()), max_size=30).map(" ".join), _CONTEXTS)
def test_prose_without_date_words_holds_no_deadline(text: str, context: DateContext) -> None:
    assert find_due(text, context) == []


@settings(deadline=None)
@given(st.text(alphabet=string.punctuation + string.whitespace, max_size=60), _CONTEXTS)
def test_punctuation_is_no_date(text: str, context: DateContext) -> None:
    assert find_dates(text, context) == []


@settings(deadline=None)
@given(day=st.dates(date(2001, 1, 1), date(2099, 12, 31)), context=_CONTEXTS)
def test_a_full_date_means_the_same_whenever_it_is_said(day: date, context: DateContext) -> None:
    for form in ("%Y-%m-%d", "%d %B %Y", "%B %d, %Y", "%d-%b-%Y"):
        assert read_phrase(f"by {day.strftime(form)}", context) == day


@settings(deadline=None)
@given(ahead=st.integers(1, 300), context=_CONTEXTS)
def test_a_day_and_month_without_a_year_is_the_next_such_day(ahead: int, context: DateContext) -> None:
    day = context.today + timedelta(days=ahead)
    assert [due.day for due in find_due(f"We deliver on {day.strftime('%d %B')}.", context)] == [day]
