"""`evals`: prints how well the reader does on every set of a folder."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TextIO

import click
from rich.console import Console
from rich.table import Table

from bot.reading import ear
from bot.reading.types import Finding, Reader, Window
from evals import phrasings
from evals.measure import Report, dates, measure
from evals.scoring import Score

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "dev"
OWN = Path(__file__).resolve().parent / "cases"


class Sure:
    """Another reader's findings without those that are only worth a look: what would be tracked and escalated."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def read(self, window: Window) -> list[Finding]:
        """The findings that are sure."""
        return [finding for finding in self._reader.read(window) if finding.sure]


def default_folder() -> Path:
    """The shared development sets when they lie beside the project, otherwise the project's own cases."""
    return SHARED if SHARED.is_dir() else OWN


def run(
    folder: Path | None = None,
    out: TextIO | None = None,
    only: str | None = None,
    as_json: bool = False,
    reader: Reader | None = None,
) -> list[Report]:
    """Measure `reader` (default: the bot's) on every `*.jsonl` of `folder`, print to `out` (stdout), return them.

    `only` names one set (its file name without .jsonl). Raises click.UsageError when there is nothing to measure.
    """
    where = folder or default_folder()
    chosen = Sure(reader or ear.reader())
    files = [path for path in sorted(where.glob("*.jsonl")) if only is None or path.stem == only]
    reports = [report for path in files if (report := measure(path.stem, path, chosen)) is not None]
    if only is None or only.startswith("dates"):
        reports += dates(where)
    if only == "phrasings" or (only is None and folder is None):
        reports.append(Report("phrasings", counts=phrasings.figures(list(phrasings.outcomes()))))
    stream = out or sys.stdout
    if not reports:
        raise click.UsageError(f"no set{f' named {only}' if only else ''} to measure in {where}")
    if as_json:
        for report in reports:
            stream.write(json.dumps(report.as_dict()) + "\n")
    else:
        _print(reports, where, stream)
    return reports


def _print(reports: list[Report], where: Path, stream: TextIO) -> None:
    console = Console(file=stream, width=None if stream.isatty() else 130)
    scores = Table(title=f"Reader on {where}", title_justify="left")
    for heading in ("set", "kind", "precision", "recall", "F1", "tp", "fp", "fn"):
        scores.add_column(heading, justify="left" if heading in ("set", "kind") else "right")
    counts = Table(title="Counts", title_justify="left")
    for heading in ("set", "figure", "value"):
        counts.add_column(heading, justify="right" if heading == "value" else "left")
    for report in reports:
        for row in report.scores:
            scores.add_row(report.name, row.name, *_figures(row), str(row.tp), str(row.fp), str(row.fn))
        for figure, value in report.counts.items():
            counts.add_row(report.name, figure, f"{value:g}")
    console.print(scores)
    console.print(counts)


def _figures(row: Score) -> list[str]:
    points = (row.precision, row.recall, row.f1)
    return [f"{point:.3f} [{low:.2f}, {high:.2f}]" for point, (low, high) in zip(points, row.intervals, strict=True)]
