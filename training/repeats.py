"""Finds what was written twice: runs of words that stand in two messages, and sentences that are near copies."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import click

from training.examples import rows

RUN = 8  # words in a row
_SHINGLE = 3
_NEAR = 0.7  # of a sentence's three-word runs also stand in the other
_SHORTEST = 8  # words; shorter sentences ("thanks, will do") are said again by anybody
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")


@dataclass(frozen=True, slots=True)
class Repeat:
    """Words of message `second` that stood in message `first` before."""

    first: str
    second: str
    words: str


def repeated_runs(messages: Iterable[tuple[str, str]]) -> Iterator[Repeat]:
    """Runs of RUN words that stand in two of the (id, words) messages; at most one for each later message."""
    seen: dict[tuple[str, ...], str] = {}
    for name, text in messages:
        said = _WORD.findall(text.lower())
        runs = {tuple(said[i : i + RUN]) for i in range(len(said) - RUN + 1)}
        again = next((run for run in sorted(runs) if run in seen), None)
        if again:
            yield Repeat(seen[again], name, " ".join(again))
        seen |= {run: name for run in runs if run not in seen}


def near_copies(sentences: Iterable[tuple[str, str]]) -> Iterator[Repeat]:
    """Sentences most of whose three-word runs stand in one earlier sentence."""
    holders: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for name, text in sentences:
        said = _WORD.findall(text.lower())
        if len(said) < _SHORTEST:
            continue
        shingles = {tuple(said[i : i + _SHINGLE]) for i in range(len(said) - _SHINGLE + 1)}
        shared = Counter(holder for shingle in shingles for holder in holders.get(shingle, ()))
        if shared:
            nearest, many = shared.most_common(1)[0]
            if many >= _NEAR * len(shingles):
                yield Repeat(nearest, name, text)
        for shingle in shingles:
            holders[shingle].append(name)


@click.command(help="Word runs and sentences that stand in the training data twice; fails when there are any.")
def command() -> None:
    """Print every repeat; exit with 1 when there is one."""
    everything = list(rows())
    found = list(repeated_runs((row.id, " ".join(row.passage.words)) for row in everything))
    found += near_copies((f"{row.id}.{i}", words) for row in everything for i, words in enumerate(row.passage.words))
    for repeat in found:
        click.echo(f"{repeat.second} repeats {repeat.first}: {repeat.words}")
    click.echo(f"{len(everything)} messages, {len(found)} repeats")
    if found:
        raise SystemExit(1)
