"""How often the deadline grammar reads the right day, per labelled set, and how often it invents one.

The sets are read from a folder such as `../shared/data/dev`; sets that are not there are left out. Every figure is
taken with the function that is shipped (`find_due`) and its defaults: no zone, no country, whole text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import sqrt
from pathlib import Path
from typing import Any

from bot.reading.deadlines import DateContext, find_due
from bot.reading.types import Due

Row = dict[str, Any]
_Z95 = 1.959964
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DateFigures:
    """`right` of `n` rows were read as expected, `wrong` differently, in `missing` nothing was found. `share` is
    right / n, or wrong / n in the sets named "… invented"; `low` and `high` bound it (Wilson score, 95 %)."""

    name: str
    n: int
    right: int
    wrong: int
    missing: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class _Case:
    """A text, when it was said, the days that are right, and where the expected phrase stands (default: anywhere)."""

    text: str
    said_at: datetime
    right: Callable[[date], bool]
    start: int = 0
    end: int = 1 << 30


def evaluate_dates(folder: Path) -> list[DateFigures]:
    """The figures of every date set found in `folder`. Raises json.JSONDecodeError for a malformed row."""
    recognizers = list(_rows(folder / "dates_recognizers.jsonl"))
    duckling = list(_rows(folder / "dates_duckling.jsonl"))
    due_like = [row for row in duckling if row.get("cls") == "due_like"]
    days = [row for row in due_like if row["grain"] == "day" and row["expected_type"] == "date"]
    undated = [row for row in recognizers if not row["has_date"]]
    undated += [row for row in duckling if row["expected"] is None]
    real = [row for row in _rows(folder / "dates_real_sentences.jsonl") if row["expected"] and row["reference"]]
    figures = [
        _score("recognizers due-like", map(_recognizers_case, (r for r in recognizers if r["cls"] == "due_like"))),
        _score("duckling due-like", (_duckling_case(row, within=True) for row in due_like)),
        _score("duckling due-like, last day", (_duckling_case(row, within=False) for row in due_like)),
        _score("duckling due-like, single days", (_duckling_case(row, within=False) for row in days)),
        _score("dateparser", map(_dateparser_case, _rows(folder / "dates_dateparser.jsonl"))),
        _score("real sentences", map(_real_case, real)),
        _score("joint threads", _labelled(_rows(folder / "joint_threads.jsonl"))),
        _score("training messages", _labelled(_rows(folder / "training_messages.jsonl"))),
        _invented("no date, invented", map(_undated_case, undated)),
    ]
    return [figure for figure in figures if figure.n]


def _rows(path: Path) -> Iterator[Row]:
    if path.exists():
        with path.open(encoding="utf-8") as lines:
            yield from (json.loads(line) for line in lines if line.strip())


def _aware(written: str) -> datetime:
    said_at = datetime.fromisoformat(written)
    return said_at if said_at.tzinfo else said_at.replace(tzinfo=UTC)


def _score(name: str, cases: Iterable[_Case]) -> DateFigures:
    right = wrong = missing = 0
    for case in cases:
        read = [due.day for due in _read(case) if due.day]
        if not read:
            missing += 1
        elif case.right(read[0]):
            right += 1
        else:
            wrong += 1
    return _figures(name, right, wrong, missing, right)


def _invented(name: str, cases: Iterable[_Case]) -> DateFigures:
    wrong = right = 0
    for case in cases:
        invented = any(due.day for due in _read(case))
        wrong, right = wrong + invented, right + (not invented)
    return _figures(name, right, wrong, 0, wrong)


def _read(case: _Case) -> list[Due]:
    dues = find_due(case.text, DateContext(case.said_at))
    return [due for due in dues if due.start < case.end and due.end > case.start]


def _figures(name: str, right: int, wrong: int, missing: int, hits: int) -> DateFigures:
    n = right + wrong + missing
    low, high = wilson(hits, n)
    return DateFigures(name, n, right, wrong, missing, hits / n if n else 0.0, low, high)


def wilson(hits: int, n: int) -> tuple[float, float]:
    """95 % score interval of a share (Wilson 1927); (0, 1) when nothing was counted."""
    if not n:
        return 0.0, 1.0
    share, squared = hits / n, _Z95**2
    middle = (share + squared / (2 * n)) / (1 + squared / n)
    reach = _Z95 * sqrt(share * (1 - share) / n + squared / (4 * n * n)) / (1 + squared / n)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def _recognizers_case(row: Row) -> _Case:
    span = row["results"][0]
    expected = date.fromisoformat(row["expected"])
    end = span["start"] + len(span["text"]) if "start" in span else 1 << 30
    return _Case(row["text"], _aware(row["reference"]), expected.__eq__, span.get("start", 0), end)


def _duckling_case(row: Row, *, within: bool) -> _Case:
    """Duckling answers with a day or a stretch ("next March", "end of next week"). `within`: any day of the stretch is
    right; otherwise only its last day, as this project reads such phrases (a week's Friday or Sunday)."""
    first, last = _stretch(row)
    ends = {last, first + timedelta(days=(4 - first.weekday()) % 7)} if (last - first).days == 6 else {last}
    right = (lambda day: first <= day <= last) if within else ends.__contains__
    return _Case(row["text"], _aware(row["reference"]), right)


def _stretch(row: Row) -> tuple[date, date]:
    """First and last day of what Duckling expects: a day, or the week, month, quarter or year that starts there."""
    expected = row["expected"]
    if isinstance(expected, dict):
        first, end = (datetime.fromisoformat(expected[side]) for side in ("start", "end"))
        return first.date(), max(first.date(), (end - timedelta(seconds=1)).date())
    first_day = date.fromisoformat(expected[:10])
    days = {"week": 7, "month": 31, "quarter": 92, "year": 366}.get(row["grain"], 1)
    if row["grain"] == "week":
        return first_day, first_day + 6 * _DAY
    after = (first_day + days * _DAY).replace(day=1) if days > 1 else first_day + _DAY
    return first_day, after - _DAY


def _dateparser_case(row: Row) -> _Case:
    expected = datetime.fromisoformat(row["expected"]).date()
    return _Case(row["text"], _aware(row["reference"]), expected.__eq__)


def _real_case(row: Row) -> _Case:
    written, _, until = row["expected"].partition("..")
    first, last = date.fromisoformat(written), date.fromisoformat(until or written)
    start = row["text"].index(row["phrase"])
    end = start + len(row["phrase"])
    return _Case(row["text"], _aware(row["reference"]), lambda day: first <= day <= last, start, end)


def _undated_case(row: Row) -> _Case:
    return _Case(row["text"], _aware(row["reference"]), lambda _: False)


def _labelled(rows: Iterator[Row]) -> Iterator[_Case]:
    """Dated due phrases of our own sets, read in their whole sentence."""
    for row in rows:
        for label in row["labels"]:
            if not label["due_phrase"] or not label["due_date"]:
                continue
            message = row["messages"][label["message"]] if "messages" in row else row
            start = label["quote"].index(label["due_phrase"])
            expected = date.fromisoformat(label["due_date"])
            end = start + len(label["due_phrase"])
            yield _Case(label["quote"], _aware(message["sent_at"]), expected.__eq__, start, end)
