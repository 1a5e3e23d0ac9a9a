"""`python -m evals`."""

from __future__ import annotations

from pathlib import Path

import click

from bot.console import told
from bot.reading.ear import open_ear
from bot.reading.reader import RulesReader
from evals import feedback
from evals.run import run


@click.command()
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Sets to measure (default: ../shared/data/dev, else our own).",
)
@click.option("--set", "only", help="Measure only this set (file name without .jsonl).")
@click.option("--rules", is_flag=True, help="Measure the rules alone.")
@click.option(
    "--weights",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Measure with the trained files of this folder, for example a fold's in training/build.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per set.")
@click.option(
    "--from-feedback",
    "feedback_to",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Measure nothing: write what people judged (Not a risk, flags, worth a look) to this file as labelled cases.",
)
@click.pass_context
@told
def main(
    context: click.Context,
    folder: Path | None,
    only: str | None,
    rules: bool,
    weights: Path | None,
    as_json: bool,
    feedback_to: Path | None,
) -> None:
    """Measure the reader, or export what people judged."""
    if feedback_to is None:
        reader = RulesReader() if rules else open_ear(weights).reader if weights else None
        run(folder, only=only, as_json=as_json, reader=reader)
        return
    if context.obj is None:
        raise click.UsageError("the database is known to `partnerdesk evals --from-feedback`, not to `python -m evals`")
    store = context.obj.store()
    try:
        written = feedback.write(store, feedback_to)
    finally:
        store.dispose()
    click.echo(f"{written} case{'' if written == 1 else 's'} written to {feedback_to}.")


if __name__ == "__main__":
    main()
