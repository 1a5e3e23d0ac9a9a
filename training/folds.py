"""Held-out judgement: every writer's sentences are judged by models that never saw that writer.

A writer is one hand (a part of training_messages, the joint threads, one of our own files): sentences of one writer are
alike, and a figure taken across sentences of the same writer flatters.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import click

from training import export, fit_encoder, fit_linear
from training.examples import Row, files, rows
from training.voices import Voices, voices

FOLDS = 3
BUILD = Path(__file__).parent / "build"
_TAUGHT_BY = ("encoder.py", "export.py", "fit_encoder.py", "fit_linear.py", "mixing.py", "examples.py")
_READ_BY = ("features.py", "pieces.py", "targets.py", "words.py")


@dataclass(frozen=True, slots=True)
class Fold:
    """Some writers' rows, the folder of the models that never saw them, and what those say of the rows."""

    writers: frozenset[str]
    folder: Path
    rows: list[Row]
    voices: Voices


def writers_by_fold(everything: Sequence[Row]) -> list[frozenset[str]]:
    """The writers in FOLDS groups of about as many messages each, the largest writers first."""
    groups: list[set[str]] = [set() for _ in range(FOLDS)]
    sizes = [0] * FOLDS
    for writer, many in sorted(Counter(row.writer for row in everything).items(), key=lambda item: (-item[1], item[0])):
        smallest = sizes.index(min(sizes))
        groups[smallest].add(writer)
        sizes[smallest] += many
    return [frozenset(group) for group in groups]


def teach(everything: Sequence[Row]) -> tuple[list[Fold], Path]:
    """The folds, and the folder of the models taught on everything; one process per core, one thread each.

    What is in training/build from a run with the same data and code is not made again.
    """
    groups = writers_by_fold(everything)
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as pool:
        whole, *without = pool.map(_taught, [frozenset[str](), *groups])
    return [_fold(everything, group, folder) for group, folder in zip(groups, without, strict=True)], whole


def held_out(everything: Sequence[Row]) -> list[Fold]:
    """Every fold, judged."""
    return teach(everything)[0]


def _taught(group: frozenset[str]) -> Path:
    """The folder of models taught without the writers of `group`."""
    folder = BUILD / f"without-{'-'.join(sorted(group)) or 'nobody'}-{fingerprint()[:12]}"
    if not (folder / "taught").is_file():
        outside = [row for row in rows() if row.writer not in group]
        started = time.monotonic()
        export.write_models(folder, fit_encoder.fit(outside), fit_linear.fit(outside))
        (folder / "taught").touch()
        click.echo(f"taught without {', '.join(sorted(group)) or 'nobody'} in {time.monotonic() - started:.0f} s")
    return folder


def _fold(everything: Sequence[Row], group: frozenset[str], folder: Path) -> Fold:
    inside = [row for row in everything if row.writer in group and row.targets]
    return Fold(group, folder, inside, voices(folder, inside))


def fingerprint() -> str:
    """SHA-256 over the data and the code that turns it into weights."""
    learned = Path(__file__).parent.parent / "bot" / "reading" / "learned"
    code = [Path(__file__).parent / name for name in _TAUGHT_BY] + [learned / name for name in _READ_BY]
    whole = hashlib.sha256()
    for path in [*files(), *code]:
        whole.update(path.read_bytes())
    return whole.hexdigest()
