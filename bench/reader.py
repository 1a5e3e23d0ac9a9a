"""`make bench-reader`: what each stage of the reader costs per message, and how many messages come to the encoder.

    python -m bench.reader [--messages N] [--weights FOLDER]

Every message is read alone, with what stood before it, on one core, `read_window` as a whole (the verifier included).
The stages are the rows of the ablation table: the rules; with the linear model; with the encoder.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from bench.memory import held_mb
from bench.traffic import joint_windows, ordinary_windows
from bot.clock import elapsed
from bot.reading.learned.weights import ENCODER, FOLDER, TOKENIZER, Weights, WeightsRefused, load
from bot.reading.reader import RulesReader, read_window
from bot.reading.types import Reader, Window

if TYPE_CHECKING:
    from bot.reading.learned.encoder import Heard
    from bot.reading.learned.words import Passage

_LONGEST = 40_000  # characters of the longest message Slack takes


@click.command()
@click.option("--messages", default=2_000, show_default=True, help="Of each sort.")
@click.option("--weights", type=click.Path(path_type=Path), default=FOLDER, help="Folder of the trained files.")
def main(messages: int, weights: Path) -> None:
    result: dict[str, float] = {}
    readers: dict[str, Reader] = {"rules": RulesReader()}
    try:
        trained, result = _loaded(weights)
        readers |= _learned(trained)
    except WeightsRefused as error:
        click.echo(f"Rules only: {error}", err=True)
    traffic = {"ordinary": ordinary_windows(messages), "joint threads": joint_windows(messages)}
    traffic |= {"longest": [_longest(traffic["joint threads"])]}
    table = Table("traffic", "reader", "µs of CPU", "p50 ms", "p99 ms", "p50 waited", "p99 waited")
    for sort, windows in traffic.items():
        for name, reader in readers.items():
            figures = _cost(reader, windows)
            result |= {f"{sort}, {name}, {measure}": value for measure, value in figures.items()}
            table.add_row(sort, name, *(f"{value:,}" for value in figures.values()))
    if len(readers) > 1:
        for sort in ("ordinary", "joint threads"):
            result[f"{sort}, share that comes to the encoder"] = _share_heard(trained, weights, traffic[sort])
    Console().print(table)
    click.echo(json.dumps(result, indent=1, ensure_ascii=False))


def _loaded(folder: Path) -> tuple[Weights, dict[str, float]]:
    """The trained files and what it costs to have them: seconds and megabytes, libraries included."""
    before, started = held_mb(), elapsed()
    weights = load(folder)
    read_window(_learned(weights)["+ encoder"], ordinary_windows(1)[0])
    return weights, {"load s": round(elapsed() - started, 2), "load MB": round(held_mb() - before, 1)}


def _learned(weights: Weights) -> dict[str, Reader]:
    from bot.reading.learned.reader import LearnedReader  # needs numpy, which the rules do not

    return {"+ linear": LearnedReader(replace(weights, encoder=None)), "+ encoder": LearnedReader(weights)}


def _cost(reader: Reader, windows: Sequence[Window]) -> dict[str, float]:
    """What one message costs: CPU, as on a core of its own, and how long it waits on this machine as it is."""
    cpu_ms: list[float] = []
    waited_ms: list[float] = []
    for window in windows:
        started, started_cpu = elapsed(), time.process_time()
        read_window(reader, window)
        cpu_ms.append(1e3 * (time.process_time() - started_cpu))
        waited_ms.append(1e3 * (elapsed() - started))
    return {
        "µs of CPU": round(1e3 * sum(cpu_ms) / len(cpu_ms)),
        "p50 ms": _at(cpu_ms, 0.5),
        "p99 ms": _at(cpu_ms, 0.99),
        "p50 ms waited": _at(waited_ms, 0.5),
        "p99 ms waited": _at(waited_ms, 0.99),
    }


def _at(values: list[float], share: float) -> float:
    return round(sorted(values)[int(share * len(values))], 2)


def _share_heard(trained: Weights, folder: Path, windows: Sequence[Window]) -> float:
    from bot.reading.learned.encoder import Encoder
    from bot.reading.learned.reader import LearnedReader

    class Counting(Encoder):
        passages = 0

        def hear(self, read: Passage) -> list[Heard]:
            self.passages += 1
            return super().hear(read)

    encoder = Counting(folder / ENCODER, folder / TOKENIZER)
    reader = LearnedReader(replace(trained, encoder=encoder))
    for window in windows:
        reader.read(window)
    return round(encoder.passages / len(windows), 3)


def _longest(windows: Sequence[Window]) -> Window:
    """One message of 40,000 characters: all that is said in joint threads up to what Slack takes."""
    text = "\n".join(window.messages[-1].text for window in windows)[:_LONGEST]
    last = windows[-1]
    return replace(last, messages=[*last.messages[:-1], replace(last.messages[-1], text=text)])


if __name__ == "__main__":
    main()
