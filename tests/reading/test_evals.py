"""The measuring itself: scoring rules, and a run over the project's own cases."""

from __future__ import annotations

import io
import json

import click
import pytest

from evals.run import OWN, run
from evals.scoring import Gold, Tally, bootstrap, prf, score, tally_message

GOLD = [
    Gold("The go-live is late by a week.", True, True),
    Gold("Lunch was good.", False, False),
    Gold("Maybe late.", False, True),
]


@pytest.mark.parametrize(
    ("quotes", "tp", "fp", "fn"),
    [
        (["The go-live is late by a week."], 1, 0, 0),
        (["is late by a week."], 1, 0, 0),
        (["The go-live is late by a week.", "late by a week"], 1, 0, 0),
        (["Lunch was good."], 0, 1, 1),
        (["Maybe late."], 0, 0, 1),
        (["a quote nobody wrote"], 0, 1, 1),
        ([], 0, 0, 1),
    ],
)
def test_a_message_is_counted_like_the_shared_scorer_counts(quotes: list[str], tp: int, fp: int, fn: int) -> None:
    assert tally_message("t", GOLD, quotes) == Tally("t", tp, fp, fn)


def test_precision_recall_and_f1() -> None:
    assert prf(3, 1, 2) == pytest.approx((0.75, 0.6, 2 * 0.75 * 0.6 / 1.35))
    assert prf(0, 0, 0) == (0.0, 0.0, 0.0)


def test_the_interval_holds_the_point_and_is_the_same_each_time() -> None:
    tallies = [Tally(str(i), int(i % 3 > 0), int(i % 5 == 0), int(i % 4 == 0)) for i in range(60)]
    got = score("x", tallies)
    assert got.intervals == bootstrap(tallies)
    for point, (low, high) in zip((got.precision, got.recall, got.f1), got.intervals, strict=True):
        assert low <= point <= high
    assert bootstrap([]) == [(0.0, 0.0)] * 3


def test_a_run_over_our_own_cases_keeps_what_it_must() -> None:
    out = io.StringIO()
    reports = {report.name: report for report in run(OWN, out, as_json=True)}
    assert {json.loads(line)["name"] for line in out.getvalue().splitlines()} == set(reports)
    joint = reports["joint_threads"]
    scores = {row.name: row for row in joint.scores}
    assert scores["risk"].precision >= 0.80
    assert scores["commitment"].f1 >= 0.65
    assert joint.counts["quotes not verbatim"] == 0
    assert joint.counts["refused by the verifier"] == 0
    assert joint.counts["owner right"] >= 0.85
    assert min(value for name, value in joint.counts.items() if name.endswith((": owner right", ": due exact"))) >= 0.85
    assert reports["background_own"].counts["escalations now or in 24 h per 1,000"] == 0


def test_one_set_can_be_picked_and_an_unknown_one_is_refused() -> None:
    out = io.StringIO()
    assert [report.name for report in run(OWN, out, only="background_own")] == ["background_own"]
    assert "escalations now" in out.getvalue()
    with pytest.raises(click.UsageError, match="no set named nosuch"):
        run(OWN, out, only="nosuch")
