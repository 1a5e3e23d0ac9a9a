"""`python -m evals`."""

from __future__ import annotations

from pathlib import Path

import click

from evals.run import run


@click.command()
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Sets to measure (default: ../shared/data/dev, else our own).",
)
@click.option("--set", "only", help="Measure only this set (file name without .jsonl).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per set.")
def main(folder: Path | None, only: str | None, as_json: bool) -> None:
    """Measure the reader."""
    run(folder, only=only, as_json=as_json)


if __name__ == "__main__":
    main()
