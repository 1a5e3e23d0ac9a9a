"""Phrases and sentences of our own, phenomenon by phenomenon: `deadline_phrases.txt` with the day each is due, and
`deadline_none.txt`, whose numbers and month-like words are no dates."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.reading.deadlines import DateContext, find_due

_FOLDER = Path(__file__).parent
_Cases = list[tuple[str, date]]


def _groups() -> dict[str, tuple[DateContext, _Cases]]:
    """Heading -> when its phrases are said, and the phrases with their days."""
    groups: dict[str, tuple[DateContext, _Cases]] = {}
    said = DateContext(datetime.min.replace(tzinfo=UTC))
    cases: _Cases = []
    for line in (_FOLDER / "deadline_phrases.txt").read_text(encoding="utf-8").splitlines()[1:]:
        if line.startswith("said "):
            said = DateContext(datetime.fromisoformat(line.removeprefix("said ")).replace(tzinfo=UTC))
        elif line.startswith("# "):
            cases = []
            groups[line.removeprefix("# ")] = (said, cases)
        elif line:
            day, _, phrase = line.partition("  ")
            cases.append((phrase, date.fromisoformat(day)))
    return groups


_GROUPS = _groups()


def _first_day(text: str, context: DateContext) -> date | None:
    return next((due.day for due in find_due(text, context) if due.day), None)


@pytest.mark.parametrize("group", _GROUPS)
def test_phrases_are_due_on_their_day(group: str) -> None:
    context, cases = _GROUPS[group]
    assert len(cases) > 3
    assert [(phrase, _first_day(phrase, context)) for phrase, _ in cases] == cases


@pytest.mark.parametrize("said", [datetime(2027, 3, 9, 10, tzinfo=UTC), datetime(2025, 8, 14, 15, tzinfo=UTC)])
def test_numbers_and_month_like_words_are_no_deadlines(said: datetime) -> None:
    texts = (_FOLDER / "deadline_none.txt").read_text(encoding="utf-8").splitlines()
    assert len(texts) > 400
    assert {text: day for text in texts if (day := _first_day(text, DateContext(said)))} == {}


@pytest.mark.parametrize(
    "text", ["We ship this summer.", "by the spring of 2028", "early next autumn", "I need it before the end of summer"]
)
def test_seasons_are_due_without_a_day(text: str) -> None:
    context = DateContext(datetime(2027, 3, 9, 10, tzinfo=UTC))
    assert [due.day for due in find_due(text, context)] == [None]


@pytest.mark.parametrize(
    "text",
    [
        "Spring Boot 3 is out",
        "the fall in sales",
        "that was last summer",
        "we met in the summer of 2026 and agreed",
        "On Friday we merged it",
        "They agreed in March",
        "It broke at 9:15 for them",
    ],
)
def test_seasons_and_days_of_the_past_are_no_deadlines(text: str) -> None:
    assert find_due(text, DateContext(datetime(2027, 3, 9, 10, tzinfo=UTC))) == []
