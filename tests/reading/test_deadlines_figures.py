"""The date figures count what was read, on small sets of our own written in the labelled sets' shapes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evals.dates import DateFigures, evaluate_dates, wilson


def write(folder: Path, name: str, rows: list[dict[str, Any]]) -> None:
    (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")


def spoken(text: str, expected: str | None, **more: object) -> dict[str, Any]:
    return {"text": text, "reference": "2026-11-18T10:00:00", "expected": expected, **more}


def figures_by_name(folder: Path) -> dict[str, DateFigures]:
    return {figures.name: figures for figures in evaluate_dates(folder)}


def test_right_wrong_and_missing_are_told_apart(tmp_path: Path) -> None:
    span = {"has_date": True, "cls": "due_like", "results": [{"text": "x", "start": 0}]}
    rows = [spoken("tomorrow", "2026-11-19", **span), spoken("today", "2026-11-19", **span)]
    rows.append(spoken("whenever", "2026-11-19", **span))
    rows.append(spoken("We may see.", None, has_date=False, cls="none", results=[]))
    rows.append(spoken("It runs tomorrow.", None, has_date=False, cls="none", results=[]))
    write(tmp_path, "dates_recognizers", rows)
    figures = figures_by_name(tmp_path)
    due_like = figures["recognizers due-like"]
    assert (due_like.n, due_like.right, due_like.wrong, due_like.missing) == (3, 1, 1, 1)
    invented = figures["no date, invented"]
    assert (invented.n, invented.wrong, invented.share) == (2, 1, 0.5)


@pytest.mark.parametrize(("expected", "within", "last"), [("2026-11-23", 1, 1), ("2026-11-30", 0, 0)])
def test_a_week_is_right_within_and_on_its_friday(tmp_path: Path, expected: str, within: int, last: int) -> None:
    row = spoken("next week", expected, cls="due_like", grain="week", expected_type="date")
    write(tmp_path, "dates_duckling", [row])
    figures = figures_by_name(tmp_path)
    assert figures["duckling due-like"].right == within
    assert figures["duckling due-like, last day"].right == last


def test_labelled_due_phrases_are_read_in_their_sentence(tmp_path: Path) -> None:
    label = {"quote": "You have it by Friday, not today.", "due_phrase": "by Friday", "due_date": "2026-11-20"}
    write(tmp_path, "training_messages", [{"sent_at": "2026-11-18T10:00:00+01:00", "labels": [label]}])
    message = {"sent_at": "2026-11-18T10:00:00+01:00", "text": label["quote"]}
    undated = {"quote": "soon", "due_phrase": "soon", "due_date": None, "message": 0}
    write(tmp_path, "joint_threads", [{"messages": [message], "labels": [{**label, "message": 0}, undated]}])
    figures = figures_by_name(tmp_path)
    assert figures["training messages"].right == 1
    assert (figures["joint threads"].n, figures["joint threads"].right) == (1, 1)


def test_no_sets_no_figures(tmp_path: Path) -> None:
    assert evaluate_dates(tmp_path) == []


def test_wilson_interval() -> None:
    low, high = wilson(8, 10)
    assert (round(low, 3), round(high, 3)) == (0.49, 0.943)  # Newcombe 1998, method 3
    assert wilson(0, 0) == (0.0, 1.0)
