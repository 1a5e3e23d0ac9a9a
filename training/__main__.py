"""`python -m training`: teach the reader (`fit`), and check the data it is taught on (`repeats`, `review`)."""

from __future__ import annotations

import shutil

import click
import onnxruntime
import torch

from bot.reading.learned.weights import ENCODER, FOLDER, LINEAR, TOKENIZER
from training import card, export, fit_scales, repeats, review
from training.examples import files, rows
from training.folds import fingerprint, teach


@click.group()
def main() -> None:
    """Teach PartnerDesk's ear."""


@main.command()
def fit() -> None:
    """Judge every writer by models that never saw them, set the thresholds, teach on everything, write the weights."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    everything = list(rows())
    click.echo(f"{len(everything)} messages, {sum(len(row.targets) for row in everything)} sentences")
    folds, whole = teach(everything)
    scales = fit_scales.fit(folds)
    notes = {
        "data": {path.name: export.sha256(path) for path in files()},
        "fingerprint": fingerprint(),
        "made_with": {"torch": torch.__version__, "onnxruntime": onnxruntime.__version__},
    }
    for folder in [fold.folder for fold in folds]:
        export.seal(folder, scales, notes)  # so that a fold can be measured: python -m evals --weights
    for name in (ENCODER, LINEAR, TOKENIZER):
        shutil.copyfile(whole / name, FOLDER / name)
    hashes = export.seal(FOLDER, scales, notes)
    card.write(everything, folds, scales, hashes)
    click.echo(f"{ENCODER} {hashes[ENCODER]}")


main.add_command(repeats.command, "repeats")
main.add_command(review.command, "review")

if __name__ == "__main__":
    main()
