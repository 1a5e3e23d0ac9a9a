"""The trained files: found, checked against their manifest, and loaded as far as this machine can use them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from bot.reading.learned.decide import Scales, read_scales

if TYPE_CHECKING:
    from bot.reading.learned.encoder import Encoder
    from bot.reading.learned.linear import Linear

FOLDER = Path(__file__).parent / "weights"
MANIFEST = "manifest.json"
ENCODER, TOKENIZER, LINEAR, SCALES = "encoder.onnx", "tokenizer.json", "linear.npz", "scales.json"
_INSTALL = "{0} is not installed: pip install {0}"
_AGAIN = "restore it with git, or run make train"


@dataclass(frozen=True, slots=True)
class Weights:
    """What the reader was given. `encoder` is None where it cannot be used; `missing` says why, in words for `doctor`
    and the log ("" when all is there)."""

    linear: Linear
    scales: Scales
    encoder: Encoder | None
    missing: str = ""


class WeightsRefused(Exception):
    """Nothing of the trained reader can be used; the message says why and what to do."""


def load(folder: Path = FOLDER) -> Weights:
    """The trained files of `folder`, each proved by the manifest's SHA-256 before it is opened.

    Without the encoder's files or libraries the rest is used. Raises WeightsRefused when nothing can be.
    """
    missing = lacking(folder)
    try:
        from bot.reading.learned.linear import Linear  # its library may not work here

        scales = read_scales(json.loads((folder / SCALES).read_text(encoding="utf-8")))
        linear = Linear(folder / LINEAR)
    except (ImportError, KeyError, TypeError, ValueError) as error:
        raise WeightsRefused(f"the trained files do not fit this program ({error!r}): {_AGAIN}") from error
    if missing:
        return Weights(linear, scales, None, missing)
    try:
        from bot.reading.learned.encoder import Encoder  # its libraries may not work here
    except ImportError as error:
        return Weights(linear, scales, None, f"{error.name} does not work here ({error})")
    return Weights(linear, scales, Encoder(folder / ENCODER, folder / TOKENIZER))


def lacking(folder: Path = FOLDER) -> str:
    """Why there is no encoder, "" when there is one; nothing is loaded.

    Raises WeightsRefused when the manifest, the linear model, the scales or numpy are missing, or when any file that is
    there is not the one that was trained.
    """
    hashes = _manifest(folder)
    there = {name: _proved(folder / name, hashes) for name in (LINEAR, SCALES, ENCODER, TOKENIZER)}
    lost = [f"{name} is missing: {_AGAIN}" for name in there if not there[name]]
    if not (there[LINEAR] and there[SCALES]):
        raise WeightsRefused(lost[0])
    if not _installed("numpy"):
        raise WeightsRefused(_INSTALL.format("numpy"))
    lost += [_INSTALL.format(name) for name in ("onnxruntime", "tokenizers") if not _installed(name)]
    return lost[0] if lost else ""


def _installed(library: str) -> bool:
    try:
        return find_spec(library) is not None
    except ValueError:  # it was barred from this process
        return False


def _manifest(folder: Path) -> dict[str, str]:
    try:
        stored = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return {str(name): str(value) for name, value in stored["sha256"].items()}
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise WeightsRefused(f"{folder / MANIFEST} cannot be read: {_AGAIN}") from error


def _proved(path: Path, hashes: dict[str, str]) -> bool:
    """Whether the file is there. Raises WeightsRefused when it is there and is not the one the manifest names."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != hashes.get(path.name):
        raise WeightsRefused(f"{path.name} is not the file that was trained (wrong SHA-256): {_AGAIN}")
    return True
