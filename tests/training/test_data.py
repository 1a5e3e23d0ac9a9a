"""The labelled data is what the guide says it is: verbatim quotes, known labels, nothing written twice."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from bot.reading.learned.targets import KINDS, TARGETS
from training.examples import Row, files, rows
from training.mixing import mixed
from training.repeats import near_copies, repeated_runs

_PLAIN = {"watch", "relationship", "scope", "technical", "referral", "sow", "commit", "request"}
_SORTS: dict[str, set[str | None]] = {
    "risk": {"delay", "blocked", "at_risk", "missed"},
    "misalign": {"date", "owner", "view", None},
}


@pytest.fixture(scope="module")
def everything() -> list[Row]:
    return list(rows())


def stored() -> Iterator[tuple[str, list[str], dict[str, Any]]]:
    """Every row's name, its texts and the row."""
    for path in files():
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            texts = [message["text"] for message in row["messages"]] if "messages" in row else [row["text"]]
            yield str(row.get("id") or row["thread_id"]), texts, row


def test_every_label_is_known_and_its_words_stand_in_the_message() -> None:
    for name, texts, row in stored():
        for label in row["labels"]:
            assert label["quote"] in texts[label.get("message", 0)], name
            if label["due_phrase"]:
                assert label["due_phrase"] in label["quote"], name
            sort = label["kind"]
            if label["type"] == "none":
                assert f"none.{sort}" in TARGETS, name
            else:
                assert label["type"] in _PLAIN or sort in _SORTS[label["type"]], name


def test_no_two_rows_have_one_name() -> None:
    assert [name for name, many in Counter(name for name, _, _ in stored()).items() if many > 1] == []


def test_a_partner_belongs_to_one_writer() -> None:
    writers: dict[str, set[str]] = {}
    for name, _, row in stored():
        if "partner" in row:
            writers.setdefault(row["partner"], set()).add(name[:2] if "-" in name else "joint")
    assert {partner: found for partner, found in writers.items() if len(found) > 1} == {}


def test_there_are_as_many_hard_look_alikes_as_risks_and_many_thousand_sentences(everything: list[Row]) -> None:
    targets = [each for row in everything for each in row.targets]
    nothings = range(TARGETS.index("none.other_sense"), len(TARGETS))
    look_alikes = sum(any(each[i] == 1 for i in nothings) for each in targets)
    assert look_alikes >= sum(each[0] == 1 for each in targets) > 4_000
    assert len(targets) > 35_000


def test_every_label_reaches_a_sentence(everything: list[Row]) -> None:
    labelled = sum(bool(row["labels"]) for _, _, row in stored())
    taught = {row.group for row in everything if any(any(each) for each in row.targets)}
    assert len(taught) >= 0.99 * labelled


def test_nothing_is_written_twice(everything: list[Row]) -> None:
    assert list(repeated_runs((row.id, " ".join(row.passage.words)) for row in everything)) == []
    sentences = ((f"{row.id}.{i}", words) for row in everything for i, words in enumerate(row.passage.words))
    assert list(near_copies(sentences)) == []


def test_a_repeat_is_found() -> None:
    told = "the crate with the second pump stands in the yard since Monday"
    [run] = repeated_runs([("a", told), ("b", f"they say {told}, sadly")])
    assert (run.first, run.second) == ("a", "b")
    [copy] = near_copies([("a", told), ("b", told.replace("second", "third"))])
    assert (copy.first, copy.second) == ("a", "b")


def test_a_round_keeps_every_sentence_with_its_targets(everything: list[Row]) -> None:
    some = [row for row in everything if row.targets][:2_000]
    known = {pair for row in some for pair in zip(row.passage.words, row.targets, strict=True)}
    before = mixed(some, random.Random(3))
    assert before == mixed(some, random.Random(3)) != mixed(some, random.Random(4))
    lengths = Counter(len(row.targets) for row in before)
    assert lengths != Counter(len(row.targets) for row in some)
    for row in before:
        assert len(row.passage.words) == len(row.passage.sentences) == len(row.targets) > 0
        assert known.issuperset(zip(row.passage.words, row.targets, strict=True))


def test_the_first_targets_are_the_kinds() -> None:
    assert TARGETS[: len(KINDS)] == tuple(kind.value for kind in KINDS)
